"""A helpdesk on Freshdesk: people, tickets, and all that happens to them."""

import bisect
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from tests.emulators.freshdesk_records import (
    CLOSED,
    NOTE,
    OPEN,
    PENDING,
    PORTAL,
    REPLY,
    RESOLVED,
    SURVEY_FEEDBACK,
    Activity,
    Conversation,
    Json,
    Rating,
    Ticket,
    User,
    to_second,
)

NAMES = {OPEN: "Open", PENDING: "Pending", RESOLVED: "Resolved", CLOSED: "Closed"}


class Desk:
    """The account. People act by their numbers; None is Freshdesk itself, or a rule."""

    def __init__(self) -> None:
        self.users: dict[int, User] = {}
        self.groups: dict[int, str] = {}
        self.statuses: dict[int, tuple[str, str]] = {
            number: (name, f"{name} for customers") for number, name in NAMES.items()
        }
        self.tickets: dict[int, Ticket] = {}
        self.ratings: list[Rating] = []
        self.conversations: dict[int, list[Conversation]] = {}
        self.activities: list[Activity] = []
        self._sorted: list[Ticket] | None = None
        self._next_id = 1000

    def add_agent(self, *, at: datetime, name: str = "", scope: int = 1) -> int:
        return self._add_user(at, name, is_agent=True, scope=scope)

    def add_contact(self, *, at: datetime, name: str = "") -> int:
        return self._add_user(at, name, is_agent=False, scope=1)

    def _add_user(self, at: datetime, name: str, *, is_agent: bool, scope: int) -> int:
        number = self._number()
        said = (name or f"Person {number}", f"p{number}@example.com")
        self.users[number] = User(number, *said, to_second(at), is_agent, scope)
        return number

    def deactivate(self, agent: int) -> None:
        """Make an agent a contact: the list of agents has him no more."""
        self.users[agent].is_agent = False

    def add_group(self, name: str) -> int:
        number = self._number()
        self.groups[number] = name
        return number

    def add_status(self, name: str) -> int:
        number = max(self.statuses) + 1
        self.statuses[number] = (name, f"{name} for customers")
        return number

    def rename_status(self, status: int, name: str) -> None:
        self.statuses[status] = (name, f"{name} for customers")

    def create(
        self, *, at: datetime, requester: int, by: int | None = -1, status: int = OPEN,
        source: int = PORTAL, group: int | None = None, agent: int | None = None,
        subject: str = "Where is my order?", custom_fields: Json | None = None, **more: Any,
    ) -> int:  # fmt: skip
        """Open a ticket; `by` is the requester unless somebody else does it."""
        number, second = len(self.tickets) + 1, to_second(at)
        ticket = Ticket(
            number, requester, subject, second, second, status, source, group, agent,
            custom_fields=custom_fields or {}, status_updated=second, **more,
        )  # fmt: skip
        self.tickets[number], self.conversations[number] = ticket, []
        told = {"new_ticket": True, "requester_id": requester, "source": source, "priority": 1,
                "status": self.statuses[status][0], "cf_notes": subject}  # fmt: skip
        told |= ({"agent_id": agent} if agent else {}) | (
            {"group": self.groups[group]} if group else {}
        )
        self._record(ticket, second, requester if by == -1 else by, told)
        return number

    def reply(self, ticket: int, *, at: datetime, by: int, text: str = "") -> int:
        is_incoming = not self.users[by].is_agent
        return self._write(ticket, at, by, REPLY, text, is_incoming=is_incoming, is_private=False)

    def note(
        self, ticket: int, *, at: datetime, by: int, is_private: bool = True, text: str = ""
    ) -> int:
        return self._write(ticket, at, by, NOTE, text, is_incoming=False, is_private=is_private)

    def _write(
        self, number: int, at: datetime, by: int, source: int, text: str, **how: bool
    ) -> int:
        ticket, second = self.tickets[number], to_second(at)
        words = text or "We are looking into it, says Person 7."
        said = Conversation(self._number(), number, by, words, second, source=source, **how)
        self.conversations[number].append(said)
        self._record(ticket, second, by, {"note": {"id": said.id, "type": 4 if source else 0}})
        return said.id

    def set_status(
        self, number: int, status: int, *, at: datetime, by: int | None, **more: Any
    ) -> None:
        """Set a status; `more` changes in the same activity."""
        ticket, second = self.tickets[number], to_second(at)
        if status == OPEN and ticket.status in (RESOLVED, CLOSED):
            ticket.reopened, ticket.resolved, ticket.closed = second, None, None
        if status in (RESOLVED, CLOSED) and ticket.resolved is None:
            ticket.resolved = second
        ticket.closed = second if status == CLOSED else ticket.closed
        ticket.status, ticket.status_updated = status, second
        rule = {} if by else {"automation": {"type": 3, "rule": "Close what is resolved"}}
        told = {"status": self.statuses[status][0]}
        self._record(ticket, second, by, told | rule | more)

    def resolve(self, number: int, *, at: datetime, by: int | None) -> None:
        self.set_status(number, RESOLVED, at=at, by=by)

    def close(self, number: int, *, at: datetime, by: int | None = None) -> None:
        self.set_status(number, CLOSED, at=at, by=by)

    def reopen(self, number: int, *, at: datetime, by: int | None) -> None:
        self.set_status(number, OPEN, at=at, by=by)

    def assign(self, number: int, *, at: datetime, by: int | None, agent: int | None) -> None:
        ticket = self.tickets[number]
        ticket.agent = agent
        self._record(ticket, to_second(at), by, {"agent_id": agent})

    def rate(self, number: int, score: int, *, at: datetime, text: str = "") -> int:
        """Answer the survey; what is written with it becomes a conversation of its own."""
        ticket, second = self.tickets[number], to_second(at)
        rating = Rating(self._number(), number, ticket.requester, ticket.agent, score, text,
                        second, second)  # fmt: skip
        self.ratings.append(rating)
        if text:
            said = {"is_incoming": True, "is_private": False}
            self._write(number, at, ticket.requester, SURVEY_FEEDBACK, text, **said)
        return rating.id

    def change_rating(self, rating: int, score: int, *, at: datetime) -> None:
        (found,) = (each for each in self.ratings if each.id == rating)
        found.score, found.updated = score, to_second(at)

    def merge(self, number: int, *, into: int, at: datetime, by: int) -> None:
        """Close a ticket in favour of another (Ticket Merge API): notes say so, no field does."""
        self.note(number, at=at, by=by, text=f"Merged into {into}")
        self.note(into, at=at, by=by, text=f"Merged from {number}")
        self.close(number, at=at, by=by)

    def delete(self, number: int, *, at: datetime, by: int) -> None:
        self.tickets[number].is_deleted = True
        self._record(self.tickets[number], to_second(at), by, {"deleted": True})

    def restore(self, number: int, *, at: datetime, by: int) -> None:
        self.tickets[number].is_deleted = False
        self._record(self.tickets[number], to_second(at), by, {"deleted": False})

    def mark_as_spam(self, number: int, *, at: datetime, by: int | None) -> None:
        self.tickets[number].is_spam = True
        self._record(self.tickets[number], to_second(at), by, {"spam": True})

    def purge(self, number: int) -> None:
        """Delete a ticket for good: no list has it any more."""
        del self.tickets[number], self.conversations[number]
        self._sorted = None

    def archive(self, number: int) -> None:
        self.tickets[number].is_archived = True
        self._sorted = None

    def touch(self, number: int, *, at: datetime) -> None:
        """Change a ticket in a way that tells nothing."""
        self._record(self.tickets[number], to_second(at), None, {"added_tags": ["vip"]})

    def lose_activity(self, number: int) -> None:
        """Let the export forget the last activity of a ticket, and not count it either."""
        last = max(place for place, each in enumerate(self.activities) if each.ticket == number)
        del self.activities[last]

    def updated_since(self, second: int) -> Sequence[Ticket]:
        """Return the tickets that changed since, in the order of time."""
        if self._sorted is None:
            self._sorted = sorted(self.tickets.values(), key=attrgetter("updated", "id"))
        start = bisect.bisect_left(self._sorted, second, key=attrgetter("updated"))
        return self._sorted[start:]

    def _record(self, ticket: Ticket, second: int, by: int | None, told: Json) -> None:
        ticket.updated, self._sorted = max(ticket.updated, second), None
        bisect.insort(self.activities, Activity(ticket.id, second, by, told),
                      key=attrgetter("second"))  # fmt: skip

    def _number(self) -> int:
        self._next_id += 1
        return self._next_id
