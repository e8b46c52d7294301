"""A helpdesk and a vendor that live through a quarter while somebody looks, for the demo.

python -m tests.emulators.play FOLDER

The folder holds `events.parquet`, `subjects.csv` and `invoices/`. Standard output gets one line of
JSON that has the connection to each server. Then each line on standard input, an instant, lets
everything happen up to it and sets the servers' clocks, and `ready` is answered; they end with
standard input.
"""

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.emulators.play_billing import Vendor
from tests.emulators.stripe import KEY, Stripe
from tests.emulators.zendesk import Zendesk
from tests.emulators.zendesk_desk import FIRST_ID

RESOLVER = FIRST_ID  # the first user: the one that the AI agent works as
FOUNDED = datetime(2026, 1, 5, tzinfo=UTC)
Event = dict[str, Any]


@dataclass
class Helpdesk:
    """Lets a Zendesk account live through the events of a log, in the order of time."""

    desk: Zendesk
    subjects: dict[str, dict[str, str]]
    continues: dict[str, str]
    people: dict[str, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    opened_at: dict[str, datetime] = field(default_factory=dict)

    def live(self, event: Event) -> None:
        """Let one event happen; what Zendesk has no words for does not show there."""
        happen = getattr(self, f"_{event['event_type']}", None)
        if happen:
            happen(event, _number(event["subject_id"]), event["occurred_at"])

    def person(self, name: str, role: str = "end-user") -> int:
        """Return the user of that name, who is there from the first mention on."""
        if name not in self.people:
            self.people[name] = self.desk.add_user(role, at=FOUNDED, name=name)
        return self.people[name]

    def _actor(self, event: Event) -> int | None:
        if event["actor_type"] == "requester":
            return self._requester(event["subject_id"])
        if event["actor_type"] == "automation":
            return None
        return self.person(event["actor_id"], "agent")

    def _requester(self, subject_id: str) -> int:
        return self.person(self.subjects[subject_id]["requester_key"])

    def _opened(self, event: Event, number: int, at: datetime) -> None:
        subject_id = event["subject_id"]
        subject = self.subjects[subject_id]
        queue = subject["queue"]
        if queue not in self.groups:
            self.groups[queue] = self.desk.add_group(queue, at=FOUNDED)
        values: dict[str, Any] = {"group": self.groups[queue], "number": number}
        self.opened_at[subject_id] = at
        if subject_id in self.continues:
            closed = _number(self.continues[subject_id])
            self.desk.follow_up(closed, at=at, by=self._requester(subject_id), **values)
        else:
            requester = self._requester(subject_id)
            self.desk.create(at=at, requester=requester, channel=subject["channel"], **values)

    def _contacted(self, event: Event, number: int, at: datetime) -> None:
        # the first words come with the ticket, and those of a reopening with it
        if at != self.opened_at[event["subject_id"]] and not self._was_reopened(number, at):
            self.desk.comment(number, at=at, by=self._requester(event["subject_id"]))

    def _was_reopened(self, number: int, at: datetime) -> bool:
        last = self.desk.events_of(number)[-1]
        return last.second == int(at.timestamp()) and any(
            child.fields.get("status") == "open" for child in last.children
        )

    def _replied(self, event: Event, number: int, at: datetime) -> None:
        self.desk.comment(number, at=at, by=self._actor(event) or 0)

    def _noted(self, event: Event, number: int, at: datetime) -> None:
        self.desk.comment(number, at=at, by=self._actor(event) or 0, is_public=False)

    def _assigned(self, event: Event, number: int, at: datetime) -> None:
        by = self._actor(event)
        self.desk.assign(number, at=at, by=by, assignee=by or self.person("resolver", "agent"))

    def _solved(self, event: Event, number: int, at: datetime) -> None:
        self.desk.solve(number, at=at, by=self._actor(event))

    def _closed(self, event: Event, number: int, at: datetime) -> None:
        self.desk.close(number, at=at)

    def _reopened(self, event: Event, number: int, at: datetime) -> None:
        by = self._actor(event)
        if by is None:
            self.desk.set_status(number, "open", at=at)
        else:
            self.desk.reopen(number, at=at, by=by)


def _number(subject_id: str) -> int:
    return int(subject_id.rpartition("-")[2])


def play(folder: Path, desk: Zendesk, billing: Stripe) -> Iterator[datetime]:
    """Yield each instant that standard input names, after all has happened until then."""
    events = pq.read_table(folder / "events.parquet").to_pylist()
    # events of one instant stay in the order of the log; the first one comes off the end
    events.sort(key=lambda event: event["occurred_at"])
    events.reverse()
    with (folder / "subjects.csv").open(encoding="utf-8", newline="") as file:
        subjects = {row["subject_id"]: row for row in csv.DictReader(file)}
    continues = {
        event["related_subject_id"]: event["subject_id"]
        for event in events if event["event_type"] == "followed_up"
    }  # fmt: skip
    helpdesk = Helpdesk(desk, subjects, continues)
    assert helpdesk.person("resolver", "agent") == RESOLVER
    vendor = Vendor.of(folder / "invoices", billing, FOUNDED)
    for line in sys.stdin:
        until = datetime.fromisoformat(line.strip())
        while events and events[-1]["occurred_at"] <= until:
            helpdesk.live(events.pop())
        vendor.live_until(until)
        desk.now = until + timedelta(seconds=61)  # the last minute is withheld
        yield until


def main() -> None:
    """Serve until standard input ends."""
    with Zendesk(FOUNDED) as desk, Stripe(FOUNDED) as billing:
        signed_in = desk.gate.credentials
        where = {
            "zendesk": {"host": desk.host, "login": signed_in.client_id,
                        "password": signed_in.client_secret},
            "stripe": {"host": billing.host, "password": KEY},
        }  # fmt: skip
        print(json.dumps(where), flush=True)
        for _ in play(Path(sys.argv[1]), desk, billing):
            print("ready", flush=True)


if __name__ == "__main__":
    main()
