"""The notice lists what is disputed and why, and keeps apart what is not."""

import io
from decimal import Decimal
from typing import Any

import openpyxl

from recount.notify.delivery import Post
from recount.notify.letterhead import Letterhead
from recount.notify.notice import vendor_notice
from tests.unit.notify.months import ACME, MARCH, accepting, lines, statement
from tests.unit.notify.parsing import (
    ReadMail,
    exact,
    figures_in,
    mails_in,
    one_mail_in,
    rows_in,
)

WRONG_PRICE = {**MARCH, ("wrong_price", None): 5}


def noticed(
    post: Post,
    letterhead: Letterhead = ACME,
    counts: Any = MARCH,
    decision: str = "dispute",
    **changes: Any,
) -> ReadMail:
    """Draft the notice of a month, and read it."""
    table = lines(counts)
    said = statement(table, decision=decision, unverifiable=letterhead.unverifiable)
    vendor_notice({**said, **changes}, table, letterhead, post)
    return one_mail_in(post.lake, "notices")


def sheets_of(mail: ReadMail) -> list[str]:
    """Return the names of the attached workbook's sheets."""
    return list(openpyxl.load_workbook(io.BytesIO(mail.file(".xlsx"))).sheetnames)


def rows_of(mail: ReadMail, sheet: str) -> list[dict[str, object]]:
    """Return the rows of one sheet of the attached workbook."""
    return rows_in(mail.file(".xlsx"), sheet)


def test_the_notice_says_what_is_disputed_why_and_what_is_asked(outbox: Post) -> None:
    mail = noticed(outbox)
    assert mail.headers["Subject"] == "Dispute notice: Example AI Inc, March 2016, 31.68 USD"
    assert mail.headers["To"] == "billing@vendor.example"
    assert mail.headers["Reply-To"] == "ap@acme.example"
    assert "Auto-Submitted" not in mail.headers
    flat = " ".join(mail.text.split())
    assert "32 lines worth 31.68 USD are over-invoiced" in flat
    assert "Please send a credit note for 31.68 USD by 15 May 2016." in flat
    assert "No reopened or followed_up event within 14 days" in flat
    assert ACME.outcomes["resolution"].says in flat


def test_text_html_and_workbook_have_the_statements_own_figures(outbox: Post) -> None:
    mail, said = noticed(outbox), statement(lines(), decision="dispute")
    own = {said["amounts"][name] for name in ("invoiced", "disputed", "pay_now")}
    own |= {said["over_invoiced"]["amount"], said["under_invoiced"]["amount"]}
    assert own <= figures_in(mail.text)
    assert own <= figures_in(mail.seen)
    disputed = sum(exact(row["Amount, invoiced"]) for row in rows_of(mail, "Disputed"))
    assert disputed == Decimal(said["amounts"]["disputed"])


def test_the_workbook_lists_each_disputed_line_with_the_event_that_decided(
    outbox: Post,
) -> None:
    rows = rows_of(noticed(outbox), "Disputed")
    assert len(rows) == 32
    decided = [row for row in rows if row["Status"] == "Not an outcome"]
    assert len(decided) == 30
    assert all(str(row["Deciding event"]).startswith("event-") for row in decided)


def test_a_pending_line_is_never_among_the_claims(outbox: Post) -> None:
    mail = noticed(outbox, counts={**MARCH, ("pending", None): 7})
    for sheet in sheets_of(mail):
        assert not [row for row in rows_of(mail, sheet) if "pending" in str(row.values())]
    assert "still change" not in mail.text


def test_what_cannot_be_verified_is_asked_about_and_not_disputed(outbox: Post) -> None:
    mail = noticed(outbox)
    claims, _, asked = mail.text.partition("WHAT WE ASK ABOUT, AND DO NOT DISPUTE")
    assert "Cannot be verified" not in claims
    assert "4 lines, 3.96 USD" in asked
    assert sheets_of(mail) == [
        "Summary", "Reasons", "Disputed", "Not invoiced", "Asked about", "Definitions",
    ]  # fmt: skip


def test_what_cannot_be_verified_is_disputed_where_the_contract_says_so(outbox: Post) -> None:
    mail = noticed(outbox, accepting(ACME, unverifiable="dispute"))
    assert "WHAT WE ASK ABOUT" not in mail.text
    assert "We dispute 35.64 USD" in mail.text
    assert len(rows_of(mail, "Disputed")) == 36


def test_what_cannot_be_verified_is_not_mentioned_where_it_is_accepted(outbox: Post) -> None:
    mail = noticed(outbox, accepting(ACME, unverifiable="accept"))
    assert "verified" not in mail.text
    assert "Asked about" not in sheets_of(mail)


def test_what_was_not_invoiced_is_told_as_plainly(outbox: Post) -> None:
    mail = noticed(outbox)
    assert "3 outcomes, 2.97 USD" in mail.text
    assert "We say so that you can invoice it" in mail.text
    assert len(rows_of(mail, "Not invoiced")) == 3


def test_what_was_not_invoiced_is_set_off_only_where_it_is_allowed(outbox: Post) -> None:
    mail = noticed(outbox, accepting(ACME, may_set_off=True))
    assert "set against what is over-invoiced, as the contract allows" in " ".join(
        mail.text.split()
    )


def test_a_wrong_price_stands_at_what_it_is_off_by(outbox: Post) -> None:
    mail = noticed(outbox, counts=WRONG_PRICE)
    assert "We dispute 36.68 USD" in mail.text
    assert "5 lines, 5.00 USD" in mail.text
    assert len(rows_of(mail, "Price")) == 5


def test_the_table_of_reasons_adds_up_to_what_is_disputed(outbox: Post) -> None:
    said = statement(lines(), decision="dispute")
    capped = {**said["amounts"], "disputed": "30.00"}
    mail = noticed(outbox, amounts=capped)
    assert "Effect of the contract's other price terms" in mail.text
    assert "-1.68 USD" in mail.text


def test_our_analysis_of_the_gap_is_not_shown_to_the_vendor(outbox: Post) -> None:
    mail = noticed(outbox)
    assert "Part of the gap" not in rows_of(mail, "Disputed")[0]
    assert "waterfall" not in mail.html


def test_the_evidence_is_offered_only_where_there_is_some(outbox: Post) -> None:
    assert "available on request" not in noticed(outbox, evidence=None).text


def test_an_id_is_the_same_whenever_and_wherever_it_is_computed(outbox: Post) -> None:
    table = lines()
    said = statement(table, decision="dispute")
    two = accepting(ACME, invoice_ids=("B", "A"))
    swapped = accepting(ACME, invoice_ids=("A", "B"))
    first = vendor_notice(said, table, two, outbox)
    again = vendor_notice({**said, "as_of": "2017-01-01T00:00:00Z"}, table, swapped, outbox)
    assert first is not None
    assert again is not None
    assert (first.id, first.message_id) == (again.id, again.message_id)
    assert len(mails_in(outbox.lake, "notices")) == 1


def test_another_invoice_of_the_period_is_another_notice(outbox: Post) -> None:
    table = lines()
    said = statement(table, decision="dispute")
    ids = set()
    for invoice in ("A", "B"):
        delivery = vendor_notice(said, table, accepting(ACME, invoice_ids=(invoice,)), outbox)
        assert delivery is not None
        ids.add(delivery.id)
    assert len(ids) == 2


def test_the_mail_loads_nothing_from_anywhere(outbox: Post) -> None:
    html = noticed(outbox).html
    for word in ("http:", "https:", "//", "src=", "<script", "<link", "@import", "url("):
        assert word not in html
