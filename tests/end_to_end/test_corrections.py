"""What arrives after a month is final: it corrects, and never rewrites what was settled or sent."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from recount.cli import main
from tests.end_to_end.buyer import LATER, Buyer, html_of, rewritten
from tests.end_to_end.test_invoices import UBL, buyer_of, note_for, of_ubl
from tests.support.small import FINAL
from tests.unit.sources import ubl_documents as ubl
from tests.unit.sources.invoice_files import changed

IN_JUNE, LATER_IN_JUNE = "2026-06-10T00:00:00Z", "2026-06-12T00:00:00Z"
LATE = "e5,T3,ticket,reopened,2026-04-02T09:00:00Z,requester\n"
OF_APRIL = "e6,T4,ticket,solved,2026-04-05T09:00:00Z,ai_agent\n"


def rollforward(buyer: Buyer) -> dict[str, Any]:
    words = ["rollforward", "--contract", str(buyer.contract), "--lake", str(buyer.lake)]
    done = CliRunner().invoke(main, [*words, "--json"])
    assert done.exit_code == 0, done.output
    shown = CliRunner().invoke(main, words)
    found: dict[str, Any] = json.loads(done.stdout)
    assert all(month["closing"] in shown.stdout for month in found["months"])
    return found


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """March is settled in May, looked at again in June, and credited with April's invoice."""
    folder = tmp_path_factory.mktemp("corrections")
    buyer = buyer_of(folder, {**UBL, "credit_notes": "credit-{period}.xml"}, of_ubl())
    until = {"effective.until": "2026-06-01", "settlement.corrections_within": "60 days"}
    rewritten(buyer.contract, buyer.contract, until)
    seen: dict[str, Any] = {"buyer": buyer, "settled": buyer.statement()}
    seen["sent"] = buyer.mails("notice")
    events = folder / "events.csv"
    events.write_text(events.read_text("utf-8") + LATE + OF_APRIL, "utf-8")
    seen["corrected"] = buyer.statement(as_of=IN_JUNE)
    april = changed(
        ubl.document(ubl.line(1, "1.00", ticket="T4"), total="1.00"),
        ("<cbc:ID>INV-1</cbc:ID><cbc:IssueDate>", "<cbc:ID>INV-2</cbc:ID><cbc:IssueDate>"),
    )
    (folder / "2026-04.xml").write_text(april, "utf-8")
    (folder / "credit-2026-04.xml").write_text(note_for("INV-1"), "utf-8")
    seen["april"] = replace(buyer, period="2026-04").statement(as_of=LATER_IN_JUNE)
    seen["rollforward"] = rollforward(buyer)
    return seen


def test_a_late_event_changes_what_is_known_and_not_what_was_settled(
    story: Mapping[str, Any],
) -> None:
    settled, corrected = story["settled"], story["corrected"]
    assert (settled["decision"], settled["corrects"]) == ("dispute", None)
    assert corrected["corrects"]["as_of"] == FINAL
    assert corrected["corrects"]["amounts"] == {
        "invoiced": "0.00", "recounted": "-1.00", "disputed": "1.00",
    }  # fmt: skip
    assert story["buyer"].published() == {**settled, **LATER}


def test_the_notice_that_went_out_is_left_alone_and_an_amendment_waits_for_a_person(
    story: Mapping[str, Any],
) -> None:
    assert story["corrected"]["notice"]["state"] == "amendment_drafted"
    assert [bytes(mail) for mail in story["buyer"].mails("notice")] == [
        bytes(mail) for mail in story["sent"]
    ]


def test_finance_is_told_of_a_correction_and_not_of_another_month_to_pay(
    story: Mapping[str, Any],
) -> None:
    subjects = [str(mail["Subject"]) for mail in story["buyer"].mails("finance")]
    (correction,) = (subject for subject in subjects if "Correction" in subject)
    assert correction.startswith("Correction: 1.00 EUR less recounted")
    (mail,) = (m for m in story["buyer"].mails("finance") if str(m["Subject"]) == correction)
    shown = " ".join(html_of(mail).split())
    assert "settled by what was known on 2 May 2026, and that stands" in shown
    assert "Read the amendment to the dispute notice" in shown


def test_a_roll_forward_has_each_movement_in_the_month_that_found_it(
    story: Mapping[str, Any],
) -> None:
    found = story["rollforward"]
    names = ("month", "opening", "new", "credited", "withdrawn", "re_measured", "closing")
    assert [tuple(month[name] for name in names) for month in found["months"]] == [
        ("2026-05", "0.00", "1.00", "0.00", "0.00", "0.00", "1.00"),
        ("2026-06", "1.00", "0.00", "-1.00", "0.00", "1.00", "1.00"),
    ]
    assert found["cases"] == [{
        "period": "2026-03", "disputed": "2.00", "new": "1.00", "credited": "-1.00",
        "withdrawn": "0.00", "re_measured": "1.00", "open": "1.00",
    }]  # fmt: skip
    assert found["unmatched_credits"] == []


def test_a_month_that_pays_is_no_case(story: Mapping[str, Any]) -> None:
    assert story["april"]["decision"] == "pay"
    assert "2026-04" not in {case["period"] for case in story["rollforward"]["cases"]}


def test_what_was_not_disputed_at_first_is_never_claimed_without_a_person(tmp_path: Path) -> None:
    buyer = buyer_of(tmp_path, UBL, of_ubl())
    rewritten(buyer.contract, buyer.contract, {"tolerance.percent": "50"})
    assert buyer.statement()["decision"] == "pay"
    events = tmp_path / "events.csv"
    events.write_text(events.read_text("utf-8") + LATE, "utf-8")
    corrected = buyer.statement(as_of=IN_JUNE)
    assert (corrected["decision"], corrected["notice"]["state"]) == ("dispute", "drafted")
    assert buyer.mails("notice") == []


def test_a_settled_month_whose_second_look_is_held_is_told_to_operations_alone(
    tmp_path: Path,
) -> None:
    buyer = buyer_of(tmp_path, UBL, of_ubl())
    buyer.statement()
    told = len(buyer.mails("finance"))
    (tmp_path / "2026-03.xml").unlink()
    held = buyer.statement(as_of=IN_JUNE)
    assert (held["decision"], held["corrects"]["amounts"]) == ("hold", None)
    assert len(buyer.mails("finance")) == told
    (operations,) = buyer.mails("operations")
    assert "A settled month was looked at again" in str(operations["Subject"])
