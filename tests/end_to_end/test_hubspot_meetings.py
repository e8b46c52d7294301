"""Meetings of HubSpot: what became of them is the history of their outcome."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.emulators.hubspot import HubSpot
from tests.emulators.hubspot_records import WORKFLOW, Record, app
from tests.end_to_end.buyer import Buyer
from tests.end_to_end.hubspot_desk import (
    AGENT,
    ANOTHER,
    DAY,
    HOUR,
    NOW,
    OPENED,
    Desk,
    bill,
    buyer_of,
)
from tests.end_to_end.traced import unlanded_events

MEETINGS = {
    "subject": "meeting",
    "says": "A meeting of 15 minutes or more that the AI agent booked, and that was not cancelled.",
    "scope": {"queue": "Demo"},
    "concluded_by": {"event": "held"},
    "clauses": {
        "booked_by_it": {"requires": {"event": "booked", "by": "ai_agent", "until": "concluded"},
                         "if_missing": "not_met"},
        "long_enough": {"requires": {"event": "held", "at_least": "15", "unit": "minutes"}},
        "stood": {"forbids": {"event": ["cancelled", "no_show"], "within": "7 days"}},
    },
}  # fmt: skip


def _meetings(desk: Desk) -> dict[str, Record]:
    """Book meetings for the next day, and say what became of each."""
    hubspot, starts, after = desk.hubspot, OPENED + DAY, OPENED + DAY + HOUR

    def booked(*outcomes: str, by: int = AGENT, minutes: int = 30) -> Record:
        meeting = hubspot.book(desk.asker, at=OPENED, by=app(by), starts=starts, minutes=minutes)
        for days, outcome in enumerate(outcomes):
            hubspot.set_outcome(meeting, outcome, at=after + days * DAY, by=desk.person)
        return meeting

    return {
        "held": booked("COMPLETED"),
        "held at last": booked("RESCHEDULED", "COMPLETED"),
        "short": booked("COMPLETED", minutes=14),
        "just long enough": booked("COMPLETED", minutes=15),
        "booked by another": booked("COMPLETED", by=ANOTHER),
        "nobody came": booked("NO_SHOW"),
        "moved": booked("RESCHEDULED"),
        "called off": booked("CANCELED"),
        "held, and then not": booked("COMPLETED", "NO_SHOW"),
        "still to come": booked(),
    }


EXPECTED = {
    "held": None, "held at last": None, "short": "long_enough", "just long enough": None,
    "booked by another": "booked_by_it", "nobody came": "not_concluded", "moved": "not_concluded",
    "called off": "not_concluded", "held, and then not": "stood", "still to come": "not_concluded",
}  # fmt: skip


@pytest.fixture
def sales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Buyer, Desk]]:
    """A buyer of meetings, who is invoiced all of them."""
    with HubSpot(NOW) as hubspot:
        desk = Desk(hubspot)
        meetings = _meetings(desk)
        buyer = buyer_of(desk, tmp_path, monkeypatch, subject_types="meeting")
        terms = yaml.safe_load(buyer.contract.read_text("utf-8"))
        terms["outcomes"] = {"resolution": MEETINGS}
        buyer.contract.write_text(yaml.safe_dump(terms, sort_keys=False), "utf-8")
        bill(tmp_path, {story: each.id for story, each in meetings.items()})
        yield buyer, desk


def test_a_meeting_counts_by_the_history_of_its_outcome(sales: tuple[Buyer, Desk]) -> None:
    buyer, _ = sales
    statement = buyer.statement()
    lines = {line["line_id"]: line["reason"] for line in buyer.mart("reconciliation_lines")}
    assert lines == EXPECTED
    assert statement["outcomes"]["resolution"]["recounted_count"] == 3
    assert b"Person" not in buyer.unpacked()
    assert list(unlanded_events(buyer)) == []


def test_a_buyer_of_meetings_needs_no_scope_for_tickets(sales: tuple[Buyer, Desk]) -> None:
    buyer, desk = sales
    desk.hubspot.gate.scopes -= {"tickets", "conversations.read"}
    assert buyer.matched().lines["agreed"] == 3


def test_an_outcome_of_the_accounts_own_stops_the_run_until_the_contract_explains_it(
    sales: tuple[Buyer, Desk],
) -> None:
    buyer, desk = sales
    meeting = next(iter(desk.hubspot.account.records["meetings"].values()))
    desk.hubspot.set_outcome(meeting, "SHOWED", at=OPENED + 2 * DAY, by=WORKFLOW)
    done = buyer.run()
    assert done.exit_code == 2
    assert 'add meeting_outcomes: {"SHOWED": held}' in done.output
    terms = yaml.safe_load(buyer.contract.read_text("utf-8"))
    terms["sources"]["helpdesk"]["meeting_outcomes"] = {"SHOWED": "held"}
    buyer.contract.write_text(yaml.safe_dump(terms, sort_keys=False), "utf-8")
    assert buyer.matched().lines["agreed"] == 3
