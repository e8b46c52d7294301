"""Finance reads the decision, its because, and one thing to do; every figure is the statement's."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from recount.errors import ReconcileError
from recount.evidence.register import Register
from recount.lake import Lake
from recount.notify.delivery import Delivery, Post
from recount.notify.finance import finance_mail
from recount.notify.letterhead import Letterhead
from recount.notify.notice import vendor_notice
from recount.notify.waterfall import svg
from recount.periods import parse_instant
from tests.unit.notify.months import (
    ACME,
    BECAUSE,
    MARCH,
    QUARTER,
    accepting,
    lines,
    statement,
)
from tests.unit.notify.parsing import (
    ReadMail,
    exact,
    figures_in,
    mails_in,
    one_mail_in,
    rows_in,
    text_of,
)

PENDING = {**MARCH, ("pending", None): 131}
PAID = {("agreed", None): 310, ("not_an_outcome", "satisfied"): 4, ("not_invoiced", None): 6}
HOLD = {
    "rule": "page_total",
    "severity": "hold",
    "because": "480 of 500 events came: what is missing could be a reopening",
    "observed": "480",
}
NOTE = {"rule": "no_queue", "severity": "note", "because": "3 rows name no queue", "observed": "3"}


def mailed(
    post: Post,
    decision: str,
    *,
    counts: Any = MARCH,
    kind: str = "final",
    letterhead: Letterhead = ACME,
    notice: Delivery | None = None,
    price: str = "0.99",
    **changes: Any,
) -> ReadMail:
    """Mail a month to finance, and read what lies in the outbox."""
    table = lines(counts, price=price)
    said = {**statement(table, decision=decision, kind=kind), **changes}
    finance_mail(said, table, letterhead, post, notice=notice)
    return one_mail_in(post.lake, "outbox", "finance")


def to_do(mail: ReadMail) -> str:
    """Return what stands under TO DO, on one line."""
    return " ".join(mail.text.partition("TO DO\n")[2].partition("\n\n")[0].split())


def test_pay_says_what_by_when_and_because_of_what(outbox: Post) -> None:
    mail = mailed(outbox, "pay", counts=PAID)
    assert mail.headers["Subject"] == "Pay 310.86 USD (Example AI Inc, March 2016)"
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert to_do(mail) == "Pay 310.86 USD by 15 May 2016."
    assert "4 lines worth 3.96 USD are over-invoiced, which is within the tolerance" in mail.seen


@pytest.mark.parametrize("decision", ["pay", "dispute", "query"])
def test_beside_the_tolerance_stands_what_was_held_against_it(outbox: Post, decision: str) -> None:
    flat = " ".join(mailed(outbox, decision).text.split())
    assert f"Tolerance: {ACME.tolerance}, {BECAUSE[decision]} Divergence:" in flat


def test_while_the_month_is_on_hold_nothing_was_held_against_the_tolerance(outbox: Post) -> None:
    flat = " ".join(mailed(outbox, "hold").text.split())
    assert f"Tolerance: {ACME.tolerance} Divergence:" in flat


def test_a_dispute_that_needs_approval_asks_for_it_and_says_that_the_draft_waits(
    outbox: Post,
) -> None:
    table = lines()
    said = statement(table, decision="dispute")
    notice = vendor_notice(said, table, ACME, outbox)
    mail = mailed(outbox, "dispute", notice=notice)
    assert to_do(mail).startswith("Approve the dispute notice by 4 May 2016. It is a draft")
    assert "has not been told anything. Pay 215.82 USD by 15 May 2016." in to_do(mail)
    assert notice is not None
    assert f"Dispute notice {notice.id}: {notice.uri}" in mail.text


@pytest.mark.parametrize(
    ("state", "asks"),
    [
        ("approved", "Send the dispute notice from the outbox by 4 May 2016."),
        ("sent", "Pay 215.82 USD by 15 May 2016 and book 31.68 USD as disputed."),
        ("send_unknown", "Ask Example AI Inc whether the dispute notice arrived by 4 May 2016."),
        ("amendment_drafted", "Read the amendment to the dispute notice by 4 May 2016."),
        ("withdrawn", "Pay 215.82 USD by 15 May 2016."),
    ],
)
def test_what_is_to_do_follows_the_notice(outbox: Post, state: str, asks: str) -> None:
    notice = Delivery("abc", "<m@acme.example>", state)
    assert to_do(mailed(outbox, "dispute", notice=notice)).startswith(asks)


def test_a_notice_that_a_server_refused_is_said_to_be_tried_again(outbox: Post) -> None:
    notice = Delivery("abc", "<m@acme.example>", "approved", because="450 greylisted")
    assert "could not be sent: 450 greylisted. The next run tries again." in to_do(
        mailed(outbox, "dispute", notice=notice)
    )


def test_a_vendor_without_an_address_is_to_be_told_by_hand(outbox: Post) -> None:
    silent = accepting(ACME, vendor_addresses=())
    mail = mailed(outbox, "dispute", letterhead=silent)
    assert to_do(mail).startswith("Send the dispute notice to Example AI Inc yourself by 4 May")


def test_a_query_is_a_question_and_never_a_claim(outbox: Post) -> None:
    mail = mailed(outbox, "query", letterhead=accepting(ACME, may_reclassify=False))
    assert mail.headers["Subject"].startswith("Ask Example AI Inc about 31.68 USD")
    assert "this is a question and not a claim" in mail.seen
    assert "Pay 247.50 USD by 15 May 2016, under reservation of 31.68 USD." in to_do(mail)


@pytest.mark.parametrize(
    ("state", "asks"),
    [
        ("drafted", "Approve the query by 4 May 2016. It is a draft that waits;"),
        ("approved", "Send the query from the outbox by 4 May 2016."),
        ("sent", "Pay 247.50 USD by 15 May 2016, under reservation of 31.68 USD and wait for"),
        ("amendment_drafted", "Read the amendment to the query by 4 May 2016."),
    ],
)
def test_what_is_to_do_about_a_query_follows_where_it_stands(
    outbox: Post, state: str, asks: str
) -> None:
    notice = Delivery("abc", "<m@acme.example>", state)
    assert to_do(mailed(outbox, "query", notice=notice)).startswith(asks)


def test_within_the_tolerance_finance_reads_only_what_cannot_be_verified(outbox: Post) -> None:
    counts = {("agreed", None): 300, ("unverifiable", None): 4, ("duplicate", None): 2}
    mail = mailed(
        outbox, "query", counts=counts, letterhead=accepting(ACME, may_reclassify=False),
        is_above_tolerance=False,
    )  # fmt: skip
    assert mail.headers["Subject"].startswith("Ask Example AI Inc about 4 lines worth 3.96 USD")


def test_a_query_about_what_cannot_be_verified_says_so(outbox: Post) -> None:
    counts = {("agreed", None): 300, ("unverifiable", None): 4}
    mail = mailed(outbox, "query", counts=counts)
    assert mail.headers["Subject"].startswith(
        "Ask Example AI Inc about 4 lines worth 3.96 USD that cannot be verified"
    )
    assert "reservation" not in to_do(mail)


def test_provisional_says_what_is_pending_and_until_when(outbox: Post) -> None:
    mail = mailed(outbox, "hold", counts=PENDING, kind="provisional")
    assert "provisional until at least 30 April 2016" in mail.headers["Subject"]
    assert "131 subjects of the month can still change" in mail.seen
    assert "decided by 14 April 2016, 21:59:59 UTC" in mail.seen
    assert "Claim nothing yet" in to_do(mail)


def test_provisional_warns_when_the_time_for_disputes_ends_first(outbox: Post) -> None:
    early = accepting(ACME, dispute_by=date(2016, 4, 29))
    mail = mailed(outbox, "hold", counts=PENDING, kind="provisional", letterhead=early)
    assert "ends on 29 April 2016, before the count can be final" in to_do(mail)


def test_on_the_day_that_the_count_can_be_final_there_is_no_warning(outbox: Post) -> None:
    in_time = accepting(ACME, dispute_by=date(2016, 4, 30))
    mail = mailed(outbox, "hold", counts=PENDING, kind="provisional", letterhead=in_time)
    assert "before the count can be final" not in mail.text


def test_without_an_invoice_the_expected_charge_is_accrued(outbox: Post) -> None:
    none_yet = accepting(ACME, invoice_ids=(), due_on=None, dispute_by=None)
    counts = {("not_invoiced", None): 210}
    mail = mailed(outbox, "hold", counts=counts, kind="provisional", letterhead=none_yet)
    assert to_do(mail).startswith("Book an accrual of 207.90 USD.")
    assert mail.pictures == {}


def test_every_finding_stands_there_and_those_that_hold_come_first(outbox: Post) -> None:
    mail = mailed(outbox, "hold", findings=[NOTE, HOLD])
    for text in (mail.text, mail.seen):
        flat = " ".join(text.split())
        assert flat.rindex(HOLD["because"]) < flat.index(NOTE["because"])
        assert "page_total" in flat
        assert "observed: 480" in flat
    assert "Do not approve this invoice yet" in to_do(mail)


def test_three_denominators_and_the_year_are_shown_for_the_known_case(outbox: Post) -> None:
    mail = mailed(outbox, "dispute", counts=QUARTER, price="5.00")
    shares = ("34.15 % of invoiced", "51.85 % of recounted", "34.15 % of the larger")
    flat = " ".join(mail.text.split())
    assert all(share in flat for share in shares)
    assert "A year at this rate: 840,000.00 USD, 12 times the variance" in flat
    assert "41,000" in mail.seen
    assert "27,000" in mail.seen


def test_a_year_is_not_extrapolated_from_figures_on_hold(outbox: Post) -> None:
    assert "A year at this rate" not in mailed(outbox, "hold", findings=[HOLD]).text


def test_under_invoicing_is_shown_as_plainly_as_over_invoicing(outbox: Post) -> None:
    html = mailed(outbox, "pay", counts=PAID).html
    rows = [row for row in html.split("<tr>") if "-invoiced <span" in row]
    over, under = (text_of(row).split() for row in rows)
    assert over == ["Over-invoiced", "4", "lines", "3.96", "USD"]
    assert under == ["Under-invoiced", "6", "lines", "5.94", "USD"]
    assert rows[0].count("font-weight:bold") == rows[1].count("font-weight:bold")


def test_nothing_over_nothing_is_not_a_share(outbox: Post) -> None:
    nothing: Mapping[Any, int] = {("agreed", None): 1}
    shares = {"of_invoiced": None, "of_recounted": "0.00", "of_larger": None}
    assert (
        "not defined of invoiced" in mailed(outbox, "pay", counts=nothing, divergence=shares).text
    )


def own_figures(said: Mapping[str, Any]) -> set[str]:
    """Return the amounts of a final statement that people have to see."""
    return {
        *(amount for name, amount in said["amounts"].items() if name != "pending"),
        said["over_invoiced"]["amount"],
        said["under_invoiced"]["amount"],
    }


@pytest.mark.parametrize("decision", ["pay", "dispute", "query", "hold"])
def test_text_html_workbook_and_picture_have_the_statements_own_figures(
    outbox: Post, decision: str
) -> None:
    table = lines(price="1234.50")
    said = statement(table, decision=decision)
    mail = mailed(outbox, decision, price="1234.50")
    assert own_figures(said) <= figures_in(mail.text)
    assert own_figures(said) <= figures_in(mail.seen)
    (book,) = mail.files.values()
    cells = {row["Figure"]: row["Value"] for row in rows_in(book, "Statement")}
    for name, amount in said["amounts"].items():
        assert exact(cells[f"amounts.{name}"]) == Decimal(amount)
    drawn = figures_in(text_of(svg(said)))
    parts = {part.replace("-", "") for part in said["gap"]["amounts"].values()} - {"0.00"}
    assert {said["amounts"]["invoiced"], said["amounts"]["recounted"]} <= drawn
    assert parts <= {figure.lstrip("+-") for figure in drawn}


def test_the_workbooks_lines_add_up_to_the_statement(outbox: Post) -> None:
    said = statement(lines(), decision="dispute")
    (book,) = mailed(outbox, "dispute").files.values()
    rows = rows_in(book, "Lines")
    invoiced = sum(exact(row["Amount, invoiced"] or 0) for row in rows)
    recounted = sum(exact(row["Amount, recounted"] or 0) for row in rows)
    assert len(rows) == lines().num_rows
    assert invoiced == Decimal(said["amounts"]["invoiced"])
    assert recounted == Decimal(said["amounts"]["recounted"])
    reasons = rows_in(book, "Reasons")
    assert sum(int(str(row["Lines"])) for row in reasons) == len(rows)


def test_the_picture_leads_from_invoiced_to_recounted_without_a_rest() -> None:
    said = statement(lines(), decision="dispute")
    figures = [Decimal(f) for f in sorted(figures_in(text_of(svg(said))))]
    steps = [f for f in figures if abs(f) < 100]
    assert steps
    assert Decimal(said["amounts"]["invoiced"]) + sum(steps) == Decimal(
        said["amounts"]["recounted"]
    )


@pytest.mark.parametrize(
    ("spoiled", "figure"),
    [
        ({"amounts": {"invoiced": "1.00"}}, "amounts.invoiced"),
        ({"over_invoiced": {"count": 31, "amount": "31.68"}}, "over_invoiced.count"),
        ({"over_invoiced": {"count": 32, "amount": "31.67"}}, "over_invoiced.amount"),
        ({"outcomes": {"resolution": {"lines": {"agreed": 1}}}}, "outcomes.*.lines"),
    ],
)
def test_a_statement_that_its_lines_do_not_add_up_to_is_not_mailed(
    outbox: Post, spoiled: dict[str, Any], figure: str
) -> None:
    said = {**statement(lines(), decision="dispute"), **spoiled}
    with pytest.raises(ReconcileError, match=figure.replace("*", r"\*")):
        finance_mail(said, lines(), ACME, outbox, notice=None)
    assert outbox.lake.keys() == []


def test_a_status_that_no_mail_explains_stops_it(outbox: Post) -> None:
    table = lines()
    status = pc.if_else(pc.equal(table["match_status"], "agreed"), "odd", table["match_status"])
    place = table.schema.get_field_index("match_status")
    odd = table.set_column(place, "match_status", status.cast(pa.string()))
    with pytest.raises(ReconcileError, match="'odd' is no match status"):
        finance_mail(statement(table, decision="pay"), odd, ACME, outbox, notice=None)


def test_a_later_run_with_the_same_result_mails_nothing_new(outbox: Post) -> None:
    first = mailed(outbox, "pay", counts=PAID)
    later = mailed(outbox, "pay", counts=PAID, as_of="2016-06-01T00:00:00Z", inputs={"a": "b"})
    assert later.headers["Date"] == first.headers["Date"]
    assert len(mails_in(outbox.lake, "outbox")) == 1


def test_another_result_is_another_mail(outbox: Post) -> None:
    mailed(outbox, "pay", counts=PAID)
    table = lines()
    finance_mail(statement(table, decision="dispute"), table, ACME, outbox, notice=None)
    ids = {mail.headers["Message-ID"] for mail in mails_in(outbox.lake).values()}
    assert len(ids) == 2


def test_the_mail_is_in_its_register_before_it_is_in_the_outbox(outbox: Post) -> None:
    table = lines(PAID)
    told = finance_mail(statement(table, decision="pay"), table, ACME, outbox, notice=None)
    steps = Register(outbox.lake, f"mails/{told.id}").steps()
    assert [step.kind for step in steps] == ["drafted", "approved"]
    assert told.message_id == f"<recount-finance-{told.id}@acme.example>"
    assert told.state == "approved"


def test_the_same_statement_gives_the_same_bytes_in_another_lake(
    outbox: Post, tmp_path: Any
) -> None:
    from recount.lake import open_lake

    elsewhere = Post(open_lake(str(tmp_path / "b")), None, outbox.at + timedelta(days=400))
    for post in (outbox, elsewhere):
        mailed(post, "dispute", counts=PENDING, kind="provisional")
    (ours,), (theirs,) = (post.lake.keys("outbox") for post in (outbox, elsewhere))
    assert ours == theirs
    assert outbox.lake.get(ours) == elsewhere.lake.get(theirs)


def test_the_lines_order_in_the_mart_makes_no_difference(outbox: Post, tmp_path: Any) -> None:
    from recount.lake import open_lake

    other, table = Post(open_lake(str(tmp_path / "b")), None, outbox.at), lines()
    said = statement(table, decision="pay")
    finance_mail(said, table, ACME, outbox, notice=None)
    finance_mail(said, table.sort_by([("subject_id", "descending")]), ACME, other, notice=None)
    (key,) = outbox.lake.keys("outbox")
    assert outbox.lake.get(key) == other.lake.get(key)


def test_a_workbook_that_no_server_takes_is_linked_with_its_hash(lake: Lake) -> None:
    small = Post(lake, None, parse_instant("2016-05-01T00:00:00Z"), most_bytes=10_000)
    mail = mailed(small, "pay")
    (key,) = lake.keys("attachments")
    assert mail.files == {}
    assert lake.uri(key) in mail.text
    assert f"SHA-256 of it: {key.split('/')[1].removesuffix('.xlsx')}" in mail.text


def test_the_mail_loads_nothing_from_anywhere(outbox: Post) -> None:
    html = mailed(outbox, "dispute").html
    for word in ("http:", "https:", "//", "<script", "<link", "@import", "url(", "<style"):
        assert word not in html.replace("file:///lake/evidence/pack.zip", "")
    assert html.count("src=") == 1
    assert 'src="cid:waterfall"' in html
