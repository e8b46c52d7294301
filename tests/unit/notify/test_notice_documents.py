"""The notice as PDF, workbook and JSON: complete, exact, and the same for the same content."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recount.contract.terms import Signatory, Tolerance
from recount.lake import open_lake
from recount.notify.delivery import Post
from recount.notify.notice import Annex, vendor_notice
from tests.end_to_end.figures_of import lines_of
from tests.unit.notify.conftest import AT
from tests.unit.notify.months import ACME, MARCH, lines, statement
from tests.unit.notify.parsing import ReadMail, exact, one_mail_in, rows_in
from tests.unit.notify.reading_pdf import active_parts_of, metadata_of, pages_of, text_of_pdf
from tests.unit.notify.test_vendor_notice import noticed, rows_of, sheets_of

ROOT = Path(__file__).parents[3]
SIGNED = replace(
    ACME,
    contract_sha256="sha256:" + "ab" * 32,
    signatories=(
        Signatory.model_validate({"party": "buyer", "name": "Petra Lang", "on": "2016-01-20"}),
        Signatory.model_validate({"party": "vendor", "name": "Sam Reyes", "on": "2016-01-22"}),
    ),
    method={"own_records": "The buyer counts from its helpdesk's log."},
    verification={"recomputed": "Either side may compute a month again."},
    tolerance_terms=Tolerance.model_validate({"percent": "2", "of": "invoiced"}),
)
ASKING = replace(SIGNED, may_reclassify=False)
DARK = {("agreed", None): 300, ("unverifiable", None): 4}
MONTH = {"opening": "0.00", "new": "31.68", "credited": "0.00", "withdrawn": "0.00",
         "re_measured": "0.00", "closing": "31.68"}  # fmt: skip
ANNEX = Annex(
    history={"currency": "USD", "months": [{"month": "2016-05", **MONTH}]},
    evidence={"name": "pack.zip", "sha256": "cd" * 32},
)


def with_annex(post: Post, annex: Annex = ANNEX) -> ReadMail:
    """Draft a notice that brings a history and evidence along."""
    table = lines()
    vendor_notice(statement(table, decision="dispute"), table, SIGNED, post, annex)
    return one_mail_in(post.lake, "notices")


def document(mail: ReadMail) -> dict[str, Any]:
    """Return the notice's JSON document."""
    found: dict[str, Any] = json.loads(mail.file(".json"))
    return found


# --- PDF


def test_the_letter_is_one_page_and_the_annex_another(outbox: Post) -> None:
    letter, annex = pages_of(noticed(outbox, SIGNED).file(".pdf"))
    assert letter.startswith("Acme GmbH 1 May 2016 To Example AI Inc Dispute notice We dispute")
    assert "WHAT WE DISPUTE, AND WHY" in letter
    assert annex.startswith("Annex: what was agreed, and how this was counted")


def test_the_letter_says_what_the_matter_is_what_is_asked_and_by_what_right(outbox: Post) -> None:
    letter = pages_of(noticed(outbox, SIGNED).file(".pdf"))[0]
    for said in (
        "We dispute 31.68 USD of your invoice for March 2016",
        "Please send a credit note for 31.68 USD by 15 May 2016.",
        "The undisputed 215.82 USD is paid by 15 May 2016.",
        "INV-2016-03 issued 4 April 2016",
        "1 to 31 March 2016 by the clock of Europe/Berlin",
        "Contract acme-support, version 3: rights.reclassify.",
        "Over-invoiced are 32 (31.68 USD), against 250 (247.50 USD) invoiced",
        "reserves its rights under the contract and at law",
        "Invoiced 250 247.50 USD Accepted 214 211.86 USD Disputed 32 31.68 USD "
        "Cannot be verified 4 3.96 USD Can still change 0 0.00 USD",
    ):
        assert said in letter, said


def test_the_annex_says_what_was_agreed_how_it_was_counted_and_how_to_compute_it_again(
    outbox: Post,
) -> None:
    mail = with_annex(outbox)
    annex = pages_of(mail.file(".pdf"))[1]
    for said in (
        f"outcomes.resolution.says {ACME.outcomes['resolution'].says}",
        "outcomes.resolution.clauses.satisfied",
        "signatories.1 Sam Reyes, for the vendor, 2016-01-22",
        "method.own_records The buyer counts from its helpdesk's log.",
        "verification.recomputed Either side may compute a month again.",
        "Every event that can conclude an outcome was tried",
        "python3 -I evaluator.py PACK",
        "ab" * 32,
        "cd" * 32,
        hashlib.sha256(mail.file(".xlsx")).hexdigest(),
        hashlib.sha256(mail.file(".json")).hexdigest(),
    ):
        assert said in annex, said


def test_a_notice_without_evidence_promises_none(outbox: Post) -> None:
    text = text_of_pdf(noticed(outbox, SIGNED).file(".pdf"))
    assert "evidence pack" not in text
    assert "evaluator.py" not in text


def test_the_tolerance_is_held_against_the_contracts_own_denominator(outbox: Post) -> None:
    larger = Tolerance.model_validate({"percent": "2", "of": "larger", "per": "outcome"})
    text = text_of_pdf(noticed(outbox, replace(SIGNED, tolerance_terms=larger)).file(".pdf"))
    assert "against 250 (247.50 USD) invoiced and 217 (214.83 USD) recounted" in text
    assert "tested for each outcome by itself" in text


@pytest.mark.parametrize(("is_agreed", "times"), [(True, 1), (False, 0)])
def test_the_vendors_own_events_are_asked_for_where_that_right_was_agreed(
    outbox: Post, is_agreed: bool, times: int
) -> None:
    mail = noticed(outbox, replace(SIGNED, may_see_raw_events=is_agreed))
    asked = "By rights.raw_event_export, please send with your answer your own events"
    assert text_of_pdf(mail.file(".pdf")).count(asked) == times
    assert document(mail)["rights"]["raw_event_export"] is is_agreed


def test_a_due_date_that_is_past_is_no_deadline(outbox: Post) -> None:
    late = noticed(outbox, replace(ACME, due_on=date(2016, 5, 1)))
    assert "for 31.68 USD within 14 days of this notice." in text_of_pdf(late.file(".pdf"))
    assert "is paid as the invoice falls due." in " ".join(late.text.split())


def test_the_pdf_is_for_archives_and_nothing_in_it_acts(outbox: Post) -> None:
    pdf = noticed(outbox).file(".pdf")
    metadata = metadata_of(pdf)
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert "2016-05-01T00:00:00Z" in metadata
    assert active_parts_of(pdf) == []


def test_equal_content_has_equal_bytes_in_another_process_and_another_lake() -> None:
    code = (
        "import hashlib; from tests.unit.notify.test_notice_documents import known_files;"
        "print(hashlib.sha256(known_files()).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == hashlib.sha256(known_files()).hexdigest(), done.stderr


def known_files() -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        mail = with_annex(Post(open_lake(folder), None, AT))
    return b"".join(mail.files[name] for name in sorted(mail.files))


def test_a_long_table_of_reasons_goes_on_with_its_heading_on_the_next_page(outbox: Post) -> None:
    many = {("not_an_outcome", f"clause_{number:03}"): 1 for number in range(120)}
    pages = pages_of(noticed(outbox, counts=many).file(".pdf"))
    assert len(pages) > 3
    assert all("Why Lines Amount" in page for page in pages[:3])
    assert "Disputed 120 118.80 USD" in " ".join(pages)


# --- query


def test_a_query_asks_and_claims_nothing_in_any_form(outbox: Post) -> None:
    mail = noticed(outbox, ASKING, decision="query")
    assert mail.headers["Subject"] == "Query: Example AI Inc, March 2016, 31.68 USD"
    for text in (mail.text, mail.seen, text_of_pdf(mail.file(".pdf"))):
        flat = " ".join(text.split())
        assert "We ask about 31.68 USD of your invoice for March 2016" in flat
        assert "this is a question and not a claim" in flat
        assert "Please show by 15 May 2016 which events these lines rest on." in flat
        assert "Nothing is withheld because of this question: the 247.50 USD" in flat
        for claim in ("dispute", "Disputed", "send a credit note"):
            assert claim not in flat
    assert "rights.reclassify is not agreed" in text_of_pdf(mail.file(".pdf"))
    assert sheets_of(mail)[:3] == ["Summary", "Reasons", "In question"]
    assert document(mail)["positions"]["in_question"] == {"lines": 32, "amount": "31.68"}
    assert document(mail)["positions"]["disputed"] == {"lines": 0, "amount": "0.00"}


def test_within_the_tolerance_only_what_cannot_be_verified_is_asked_about(outbox: Post) -> None:
    counts = {**DARK, ("duplicate", None): 2}
    mail = noticed(outbox, counts=counts, decision="query", is_above_tolerance=False)
    flat = " ".join(text_of_pdf(mail.file(".pdf")).split())
    assert "We ask about 3.96 USD of your invoice" in flat
    assert "4 lines worth 3.96 USD cannot be verified by our records." in flat
    assert "settlement.unverifiable. What no record can prove is asked about." in flat
    for claim in ("Billed more than once", "In question", "Over-invoiced"):
        assert claim not in flat
    assert sheets_of(mail) == ["Summary", "Reasons", "Asked about", "Definitions"]
    assert document(mail)["reasons"] == []
    assert {line["claim"] for line in lines_of(document(mail))} == {"asked_about"}


# --- figures


@pytest.mark.parametrize("policy", ["accept", "query", "dispute"])
def test_positions_add_up_to_the_invoice(outbox: Post, policy: Any) -> None:
    counts = {**MARCH, ("wrong_price", None): 5, ("pending", None): 2}
    mail = noticed(outbox, replace(ACME, unverifiable=policy), counts)
    positions = document(mail)["positions"]
    invoiced, parts = positions.pop("invoiced"), positions.values()
    assert sum(part["lines"] for part in parts) == invoiced["lines"] == 257
    assert sum(Decimal(part["amount"]) for part in parts) == Decimal(invoiced["amount"])


def test_each_disputed_line_has_one_reason_and_reasons_add_up(outbox: Post) -> None:
    counts = {**MARCH, ("wrong_price", None): 5}
    found = document(noticed(outbox, counts=counts, amounts=capped(counts)))
    reasons, disputed = found["reasons"], found["positions"]["disputed"]
    assert sum(reason["lines"] for reason in reasons) == disputed["lines"] == 37
    total = sum(Decimal(reason["amount"]) for reason in reasons) + Decimal(found["arithmetic"])
    assert total == Decimal(disputed["amount"]) == Decimal("30.00")
    claimed = [line for line in lines_of(found) if line["claim"] in ("disputed", "price")]
    assert len(claimed) == len({line["line_id"] for line in claimed}) == 37


def capped(counts: Any) -> dict[str, str]:
    said: dict[str, str] = statement(lines(counts), decision="dispute")["amounts"]
    return {**said, "disputed": "30.00"}


# --- workbook


def test_the_workbook_has_figures_as_numbers_and_reasons_that_add_up(outbox: Post) -> None:
    mail = noticed(outbox, SIGNED)
    summary = {row["Item"]: row for row in rows_of(mail, "Summary")}
    assert (summary["Disputed"]["Lines"], exact(summary["Disputed"]["USD"])) == (
        32, Decimal("31.68"),
    )  # fmt: skip
    assert summary["Vendor"]["Text"] == "Example AI Inc"
    disputed = [row for row in rows_of(mail, "Reasons") if row["Said of them"] == "Disputed"]
    (total,) = (r for r in rows_of(mail, "Reasons") if r["Said of them"] == "Disputed, in all")
    assert sum(exact(row["USD"]) for row in disputed) == exact(total["USD"]) == Decimal("31.68")
    assert sum(exact(row["Lines"]) for row in disputed) == exact(total["Lines"]) == 32


def test_the_workbook_quotes_the_contract_and_goes_back_to_earlier_months(outbox: Post) -> None:
    mail = with_annex(outbox)
    definitions = {
        row["Place in the contract"]: row["What it says"]
        for row in rows_in(mail.file(".xlsx"), "Definitions")
    }
    assert definitions["outcomes.resolution.says"] == ACME.outcomes["resolution"].says
    assert str(definitions["rights.reclassify"]).startswith("Above the tolerance")
    assert definitions["signatories.0"] == "Petra Lang, for the buyer, 2016-01-20"
    assert definitions["method.own_records"] == SIGNED.method["own_records"]
    assert definitions["verification.recomputed"] == SIGNED.verification["recomputed"]
    (month,) = rows_in(mail.file(".xlsx"), "Roll-forward")
    assert month["Month"] == "2016-05"
    assert exact(month["New, USD"]) == exact(month["Closing, USD"]) == Decimal("31.68")


def test_each_line_has_its_reason_in_words(outbox: Post) -> None:
    rows = rows_of(noticed(outbox), "Disputed")
    (words,) = {str(row["Reason in words"]) for row in rows if row["Reason"] == "stayed_solved"}
    assert words.startswith("Not an outcome: clause stayed_solved is not met. No reopened")
    assert all(row["Reason in words"] for row in rows)


# --- JSON, and what is approved


def test_the_keys_of_the_document_are_those_that_are_documented(outbox: Post) -> None:
    found = document(with_annex(outbox))
    said = (ROOT / "docs" / "vendor.md").read_text("utf-8")
    parts = [found, found["positions"], lines_of(found)[0], found["reasons"][0], found["tolerance"]]
    keys = {key for part in parts for key in part}
    assert len(keys) > 50
    assert [key for key in sorted(keys) if f"`{key}`" not in said] == []


def test_what_the_notice_says_is_what_is_approved(outbox: Post) -> None:
    def content(letterhead: Any, annex: Annex = ANNEX, **changes: Any) -> str:
        lake = open_lake(f"{outbox.lake.place.uri}/{len(seen)}")
        table = lines()
        said = {**statement(table, decision="dispute"), **changes}
        vendor_notice(said, table, letterhead, Post(lake, None, AT), annex)
        (step,) = (
            json.loads(lake.get(key)) for key in lake.keys("notices") if key.endswith(".json")
        )
        seen.append(step["content"])
        return seen[-1]

    seen: list[str] = []
    first = content(SIGNED)
    assert content(SIGNED, Annex(), as_of="2017-01-01T00:00:00Z", evidence=None) == first
    assert content(replace(SIGNED, due_on=date(2016, 5, 16))) != first
    assert content(replace(SIGNED, vendor="Example AI Ltd")) != first
    assert content(replace(SIGNED, method={})) != first
