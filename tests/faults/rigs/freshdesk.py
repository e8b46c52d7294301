"""Freshdesk in a month of five tickets: by what was written, and by the files of activities."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.emulators.freshdesk import Freshdesk
from tests.emulators.freshdesk_access import Gate
from tests.faults.rig import SECRET, Rig

NOW = datetime(2026, 5, 10, tzinfo=UTC)
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)


@contextmanager
def _start() -> Iterator[Freshdesk]:
    with Freshdesk(NOW, page_size=1, gate=Gate(SECRET)) as desk:
        desk.kept = timedelta(days=400)
        bot = desk.add_agent(at=FIRST - timedelta(days=90), name="Resolver")
        asker = desk.add_contact(at=FIRST - timedelta(days=90))
        for number in range(5):
            at = FIRST + timedelta(hours=number)
            ticket = desk.create(at=at, requester=asker)
            desk.reply(ticket, at=at + timedelta(minutes=5), by=bot)
            desk.resolve(ticket, at=at + timedelta(minutes=6), by=bot)
            desk.reply(ticket, at=at + timedelta(minutes=9), by=asker)
        desk.reopen(2, at=FIRST + timedelta(days=3), by=asker)
        yield desk


def _agent(desk: Freshdesk) -> str:
    return str(next(user.id for user in desk.users.values() if user.name == "Resolver"))


def _contradict_written(document: Any) -> None:
    """Let a reply come again as a private note."""
    document.append({**document[0], "private": True})


def _contradict_acts(document: Any) -> None:
    """Let the last activity that sets a status come again with another one."""
    told = [each for each in document["activities_data"] if "status" in each["activity"]]
    document["activities_data"] += [{**each, "activity": {"status": "Open"}} for each in told[-1:]]


def _shorten_acts(document: Any) -> None:
    document["activities_data"] = document["activities_data"][::2]


WRITTEN = Rig(
    system="freshdesk",
    start=_start,
    settings={"observed_from": "2026-02-28T00:00:00Z"},
    agent_id=_agent,
    ids=lambda desk: {f"t{number}": str(number) for number in range(1, 6)},
    connection=lambda desk: {"host": desk.host, "password": SECRET,
                             "extra": {"export_host": "127.0.0.1"}},
    events="conversations",
    path="/api/v2/tickets/[0-9]+/conversations",
    records=lambda document: document,
    needed_field="user_id",
    contradict=_contradict_written,
    purge=lambda desk, ticket: desk.purge(int(ticket)),
)  # fmt: skip
# a file says how many activities it has, and one that has another number is refused
ACTS = replace(
    WRITTEN,
    events="activities",
    path="/activities-export/",
    records=lambda document: document["activities_data"],
    needed_field="performer_type",
    contradict=_contradict_acts,
    shorten=_shorten_acts,
    is_ordered=True,
)
