"""The state of a Zendesk account, with the orders in which its exports read it."""

import bisect
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from tests.emulators.zendesk_records import (
    CUSTOM_STATUS,
    SYSTEM,
    Child,
    Event,
    Json,
    Ticket,
    User,
    to_second,
)

FIRST_ID = 39_770_000_000_000


class Timeline:
    """Entries by second; those of one second in the order in which they were added."""

    def __init__(self) -> None:
        self.seconds: list[int] = []
        self.entries: list[Any] = []

    def add(self, second: int, entry: Any) -> None:
        position = bisect.bisect_right(self.seconds, second)
        self.seconds.insert(position, second)
        self.entries.insert(position, entry)

    def between(self, first: int, last: int) -> Iterator[Any]:
        """Yield the entries of the seconds from `first` to `last`."""
        for position in range(bisect.bisect_left(self.seconds, first), len(self.seconds)):
            if self.seconds[position] > last:
                return
            yield self.entries[position]

    def remove(self, entry: Any) -> None:
        position = self.entries.index(entry)
        del self.seconds[position], self.entries[position]


class Changes:
    """Which record changed last when: by second and id, as the cursors of the exports are."""

    def __init__(self, second_of: Callable[[int], int]) -> None:
        self._second_of = second_of
        self._keys: list[tuple[int, int]] = []

    def add(self, second: int, id_: int) -> None:
        bisect.insort(self._keys, (second, id_))

    def after(self, key: tuple[int, int], until: int) -> Iterator[tuple[int, int]]:
        """Yield the keys after one; a record that changed since is met at its later key."""
        for position in range(bisect.bisect_right(self._keys, key), len(self._keys)):
            second, id_ = self._keys[position]
            if second > until:
                return
            if self._second_of(id_) == second:
                yield second, id_


class Desk:
    """Users, groups, tickets, events, ratings and surveys of one account."""

    def __init__(self) -> None:
        self.users: dict[int, User] = {}
        self.groups: dict[int, Json] = {}
        self.tickets: dict[int, Ticket] = {}
        self.events = Timeline()
        self.ticket_changes = Changes(lambda id_: self.tickets[id_].generated)
        self.user_changes = Changes(lambda id_: self.users[id_].updated)
        self.ratings: dict[int, Json] = {}
        self.surveys: dict[str, Json] = {}
        self.audit_logs: list[Json] = []
        self._rating_of: dict[int, Json] = {}
        self._last_events: dict[int, list[Event]] = {}
        self._ids = 0

    def new_id(self) -> int:
        """Return an id; as with the real ones, a later id need not be the greater one."""
        self._ids += 1
        return FIRST_ID + (self._ids ^ 1) * 8192

    def record(
        self,
        ticket: int,
        children: list[Child],
        *,
        at: datetime,
        by: int | None = None,
        via: str = "Web service",
        **extra: Any,
    ) -> Event:
        """Keep one update of a ticket; without `by`, the system did it."""
        it, second = self.tickets[ticket], to_second(at)
        updater = SYSTEM if by is None else by
        event = Event(self.new_id(), it, second, updater, via, children, extra)
        self.events.add(second, event)
        self._last_events.setdefault(ticket, []).append(event)
        it.updated = max(it.updated, second)
        self.regenerate(it, second)
        return event

    def regenerate(self, ticket: Ticket, second: int) -> None:
        if second > ticket.generated:
            ticket.generated = second
            self.ticket_changes.add(second, ticket.id)

    def change(self, ticket: int, name: str, value: Any, rule: int | None = None,
               rel: str | None = None) -> list[Child]:  # fmt: skip
        """Set a field, and return the parts that tell of it."""
        it = self.tickets[ticket]
        before = getattr(it, name)
        setattr(it, name, value)
        spelled = {"assignee": "assignee_id", "group": "group_id"}.get(name, name)
        parts = [Child("Change", {spelled: value, "previous_value": _text(before)}, rule, rel)]
        if name == "status" and CUSTOM_STATUS[before] != CUSTOM_STATUS[value]:
            custom = {"custom_status_id": str(CUSTOM_STATUS[value])}
            custom["previous_value"] = str(CUSTOM_STATUS[before])
            if "deleted" not in (before, value):
                parts.append(Child("Change", custom, rule, rel))
        return parts

    def forget(self, event: Event) -> None:
        """Let an event vanish from the export."""
        self.events.remove(event)
        self._last_events[event.ticket.id].remove(event)

    def events_of(self, ticket: int) -> list[Event]:
        return list(self._last_events[ticket])

    def touch_user(self, user: User, at: datetime) -> None:
        second = to_second(at)
        if second > user.updated:
            user.updated = second
            self.user_changes.add(second, user.id)

    def score(self, ticket: int, score: str, *, at: datetime, text: str | None = None,
              reason: str | None = None) -> None:  # fmt: skip
        """Set the score of a ticket: its own field, an event, and the list of ratings."""
        it, second = self.tickets[ticket], to_second(at)
        rating = self._rating_of.get(ticket)
        if rating is None:
            rating = {"id": self.new_id(), "created": second, "ticket_id": ticket}
            self._rating_of[ticket] = self.ratings[rating["id"]] = rating
        before = it.rating["score"]
        rating |= {"updated": second, "score": score, "comment": text, "reason": reason,
                   "assignee_id": it.assignee, "group_id": it.group,
                   "requester_id": it.requester}  # fmt: skip
        it.rating = {"score": score}
        if score in ("good", "bad"):
            it.rating |= {"id": rating["id"], "comment": text, "reason": reason}
        fields = {"satisfaction_score": score, "previous_value": before}
        self.record(ticket, [Child("Change", fields)], at=at)


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value
