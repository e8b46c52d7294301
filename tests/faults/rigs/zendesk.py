"""Zendesk in a month of five tickets."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.emulators.zendesk import Zendesk
from tests.emulators.zendesk_access import Credentials
from tests.faults.rig import SECRET, Rig

NOW = datetime(2026, 5, 10, tzinfo=UTC)
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)


@contextmanager
def _start() -> Iterator[Zendesk]:
    with Zendesk(NOW, page_size=4, credentials=Credentials(client_secret=SECRET)) as desk:
        bot = desk.add_user("agent", at=FIRST - timedelta(days=90), name="Resolver")
        asker = desk.add_user(at=FIRST - timedelta(days=90))
        for number in range(5):
            at = FIRST + timedelta(hours=number)
            ticket = desk.create(at=at, requester=asker)
            desk.comment(ticket, at=at + timedelta(minutes=5), by=bot)
            desk.solve(ticket, at=at + timedelta(minutes=6), by=bot)
        desk.reopen(2, at=FIRST + timedelta(days=3), by=asker)
        yield desk


def _agent(desk: Zendesk) -> str:
    return str(next(user.id for user in desk.users.values() if user.name == "Resolver"))


def _contradict(document: Any) -> None:
    """Let an update come again with another status."""
    solved = next(
        event for event in document["ticket_events"]
        if any(child.get("status") == "solved" for child in event["child_events"])
    )  # fmt: skip
    children = [{**child, "status": "open"} for child in solved["child_events"]]
    document["ticket_events"].append({**solved, "child_events": children})
    document["count"] += 1


def _shorten(document: Any) -> None:
    document["ticket_events"] = document["ticket_events"][::2]


RIG = Rig(
    system="zendesk",
    start=_start,
    settings={"observed_from": "2026-02-01T00:00:00Z"},
    agent_id=_agent,
    ids=lambda desk: {f"t{number}": str(number) for number in range(1, 6)},
    connection=lambda desk: {"host": desk.host, "login": "recount", "password": SECRET},
    events="ticket_events",
    path="/api/v2/incremental/ticket_events",
    records=lambda document: document["ticket_events"],
    needed_field="ticket_id",
    contradict=_contradict,
    shorten=_shorten,
    expire=lambda desk: desk.gate.revoke_tokens(),
    purge=lambda desk, ticket: desk.purge(int(ticket), at=NOW - timedelta(hours=1)),
)
