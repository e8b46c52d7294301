"""HubSpot in a month of five tickets, two of which are read at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recount.sources.hubspot import objects
from tests.emulators.hubspot import HubSpot
from tests.emulators.hubspot_records import FORM, app
from tests.faults.rig import SECRET, Rig

NOW = datetime(2026, 5, 10, tzinfo=UTC)
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
AGENT = 52447


@contextmanager
def _start() -> Iterator[HubSpot]:
    with pytest.MonkeyPatch.context() as patch, HubSpot(NOW, token=SECRET) as hubspot:
        patch.setattr(objects, "_MOST_WITH_HISTORY", 2)
        stages = hubspot.add_pipeline("Support", New="OPEN", Closed="CLOSED")
        asker = hubspot.add_contact("Person One", "one@example.com", at=FIRST)
        user = hubspot.add_user()
        for number in range(5):
            at = FIRST + timedelta(hours=number)
            ticket = hubspot.open_ticket(stages["New"], at=at, by=FORM, contact=asker)
            hubspot.email(ticket, "EMAIL", at=at + timedelta(minutes=5), by=app(AGENT))
            hubspot.note(ticket, at=at + timedelta(minutes=5), by=app(AGENT))
            thread = hubspot.thread(ticket, asker, at=at)
            hubspot.say(thread, f"A-{user}", at=at + timedelta(minutes=5), app=AGENT)
            hubspot.move(ticket, stages["Closed"], at=at + timedelta(minutes=6), by=app(AGENT))
        second = list(hubspot.account.records["tickets"].values())[1]
        hubspot.move(second, stages["New"], at=FIRST + timedelta(days=3), by=FORM)
        yield hubspot


def _ids(hubspot: HubSpot) -> dict[str, str]:
    return {f"t{n}": str(each) for n, each in enumerate(hubspot.account.records["tickets"], 1)}


def _contradict(document: Any) -> None:
    """Let an entry come again with another stage."""
    entries = document["results"][0]["propertiesWithHistory"]["hs_pipeline_stage"]
    entries.append({**entries[0], "value": entries[-1]["value"]})


def _shorten(document: Any) -> None:
    document["results"] = document["results"][::2]


def _purge(hubspot: HubSpot, ticket: str) -> None:
    """Delete a ticket for good, so that no recycling bin has it."""
    record = hubspot.account.find("tickets", int(ticket))
    assert record is not None
    hubspot.purge(record)


RIG = Rig(
    system="hubspot",
    start=_start,
    settings={"observed_from": "2026-02-01T00:00:00Z"},
    agent_id=lambda hubspot: f"I-{AGENT}",
    ids=_ids,
    connection=lambda hubspot: {"host": hubspot.host, "password": SECRET,
                                "extra": {"searches_per_minute": 100_000}},
    events="tickets",
    path="/crm/v3/objects/tickets/batch/read",
    records=lambda document: document["results"],
    needed_field="id",
    contradict=_contradict,
    shorten=_shorten,
    purge=_purge,
)  # fmt: skip
