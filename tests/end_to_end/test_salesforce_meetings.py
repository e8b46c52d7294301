"""Meetings of Salesforce: what became of them stands in a field of the org's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.emulators.salesforce import Salesforce
from tests.end_to_end.buyer import Buyer
from tests.end_to_end.salesforce_desk import DAY, HIRED, HOUR, NOW, OPENED, Desk, buyer_of
from tests.end_to_end.traced import unlanded_events

MEETINGS = {
    "subject": "meeting",
    "says": "A meeting of 15 minutes or more that our sales team accepted within 10 days.",
    "concluded_by": {"event": "held"},
    "clauses": {
        "long_enough": {"requires": {"event": "held", "at_least": "15", "unit": "minutes"}},
        "accepted": {"requires": {"event": "accepted", "by": "human_agent", "within": "10 days"},
                     "if_missing": "not_met"},
        "wanted": {"forbids": {"event": "declined", "by": "requester", "until": "concluded"}},
    },
}  # fmt: skip


def _meetings(desk: Desk) -> dict[str, str]:
    """Book meetings for the next day, and say what became of each."""
    org, found = desk.org, {}
    lead = org.add_lead("Lena Lead", "lena@example.com", "Acme", at=HIRED)
    for story, minutes, outcome in (
        ("accepted", 30, "Qualified"), ("short", 10, "Qualified"), ("held", 30, "Held"),
        ("nobody came", 30, "No Show"), ("unknown", 30, None), ("refused", 30, "Qualified"),
        ("accepted too late", 30, "Qualified"),
    ):  # fmt: skip
        found[story] = meeting = org.book(
            lead, owner=desk.ann, by=desk.bot, at=OPENED, starts=OPENED + DAY, minutes=minutes
        )
        days = 13 if story == "accepted too late" else 3
        if outcome:
            org.set_outcome(meeting, outcome, by=desk.ann, at=OPENED + days * DAY)
    org.respond(found["refused"], "Declined", at=OPENED + HOUR)
    return found


@pytest.fixture
def sales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Buyer, Salesforce]]:
    """A buyer of meetings, who is invoiced all of them."""
    with Salesforce(NOW) as org:
        desk = Desk(org)
        desk.rated("case")
        meetings = _meetings(desk)
        buyer = buyer_of(desk, tmp_path, monkeypatch)
        terms = yaml.safe_load(buyer.contract.read_text("utf-8"))
        terms["outcomes"] = {"resolution": MEETINGS}
        terms["sources"]["helpdesk"] = {
            "system": "salesforce", "connection": "salesforce", "subject_types": "meeting",
            "observed_from": "2026-02-01T00:00:00Z",
            "meetings": {"field": "Outcome__c", "held": ["Held", "Qualified"],
                         "accepted": "Qualified", "no_show": "No Show"},
        }  # fmt: skip
        buyer.contract.write_text(yaml.safe_dump(terms, sort_keys=False), "utf-8")
        head = "invoice_id,line_id,subject_id,outcome,quantity,unit_price,amount,currency"
        lines = [f"I,{story},{id_},resolution,1,1,1,USD" for story, id_ in meetings.items()]
        (tmp_path / "2026-03.csv").write_text("\n".join([head, *lines, ""]), "utf-8")
        yield buyer, org


def test_a_meeting_counts_by_what_the_contract_says_of_its_outcome(
    sales: tuple[Buyer, Salesforce],
) -> None:
    buyer, _ = sales
    statement = buyer.statement()
    lines = {line["line_id"]: line["reason"] for line in buyer.mart("reconciliation_lines")}
    assert lines == {
        "accepted": None, "short": "long_enough", "held": "accepted", "refused": "wanted",
        "nobody came": "not_concluded", "unknown": "not_concluded",
        "accepted too late": "accepted",
    }  # fmt: skip
    assert statement["outcomes"]["resolution"]["recounted_count"] == 1
    assert b"Lena" not in buyer.unpacked()
    assert list(unlanded_events(buyer)) == []


def test_a_buyer_of_meetings_needs_no_right_to_read_cases(sales: tuple[Buyer, Salesforce]) -> None:
    buyer, org = sales
    for name in ("Case", "CaseHistory", "CaseComment", "CaseStatus", "EmailMessage"):
        org.hide_object(name)
    assert buyer.matched().lines["agreed"] == 1
