"""Every line of an invoice has one status, the first of DESIGN 6 that fits; the gap adds up."""

from decimal import Decimal

from recount.statement import Counted
from tests.spec.bills import Bill, bills, month
from tests.spec.examples import example
from tests.support.cases import Recounted

QUIET = "quiet: {forbids: {event: reopened, within: 14 days}}"
BILLING = {"queue": ["billing"]}
EVERY_STATUS = """
    subject   at                event
    good      2026-01-05 09:00  solved
    costly    2026-01-05 09:00  solved
    silent    2026-01-05 09:00  solved
    foreign   2026-01-05 09:00  solved
    reopened  2026-01-05 09:00  solved
    reopened  2026-01-06 09:00  reopened
    never     2026-01-05 09:00  replied
    early     2025-12-31 23:59  solved
    dark      2026-01-05 09:00  solved
    late      2026-01-31 09:00  solved
"""
DESCRIBED = """
    subject   queue    requester
    good      billing  R1
    costly    billing  R2
    silent    billing  R3
    foreign   returns  R4
    reopened  billing  R5
    never     billing  R6
    early     billing  R7
    dark      billing
    late      billing  R9
"""
BY_PERSON = f"""
    {QUIET}
    asked_again: {{forbids: {{event: contacted, link: requester, within: 14 days}}}}
"""


# --- the statuses, in their order


@example(
    EVERY_STATUS,
    clauses=BY_PERSON,
    described=DESCRIBED,
    scope=BILLING,
    as_of="2026-02-10 00:00",
    billed="""
        line  subject   price
        1     good      1.00
        2     good      1.00
        3     nobody    1.00
        4     foreign   1.00
        5     early     1.00
        6     never     1.00
        7     reopened  1.00
        8     dark      1.00
        9     late      1.00
        10    costly    1.01
    """,
)
def test_each_status_has_its_reason_and_its_part_of_the_gap(bill: Bill) -> None:
    assert bill.statuses == {
        "1": "agreed",
        "2": "duplicate data",
        "3": "unknown_subject data",
        "4": "out_of_scope definition",
        "5": "out_of_period timing",
        "6": "not_an_outcome not_concluded definition",
        "7": "not_an_outcome quiet definition",
        "8": "unverifiable asked_again unverifiable",
        "9": "pending quiet pending",
        "10": "wrong_price",
        "silent": "not_invoiced not_invoiced",
    }


@example(
    """
    subject      at                event     by
    supported    2026-01-05 09:00  solved
    by_a_person  2026-01-05 09:00  solved    human_agent
    came_back    2026-01-05 09:00  solved
    came_back    2026-01-06 09:00  reopened  requester
    """,
    clauses=QUIET,
    concluded_by={"event": "solved", "by": "ai_agent"},
    billed="""
        line  subject      price
        1     supported    1.00
        2     unlogged     1.00
        3     by_a_person  1.00
        4     came_back    1.00
    """,
)
def test_a_line_that_is_not_logged_attributed_and_validated_says_which_it_lacks(bill: Bill) -> None:
    assert bill.statuses == {
        "1": "agreed",
        "2": "unknown_subject data",
        "3": "not_an_outcome not_concluded definition",
        "4": "not_an_outcome quiet definition",
    }


@example(
    EVERY_STATUS,
    clauses=QUIET,
    described=DESCRIBED,
    scope=BILLING,
    billed="""
        line  subject   price
        1     nobody    1.00
        2     nobody    1.00
        3     foreign   9.00
        4     foreign   9.00
        5     early     9.00
        6     reopened  9.00
        7     reopened  9.00
        8     costly    9.00
        9     costly    9.00
    """,
)
def test_what_fits_several_statuses_has_the_first(bill: Bill) -> None:
    assert bill.statuses == {
        "1": "unknown_subject data", "2": "duplicate data",
        "3": "out_of_scope definition", "4": "duplicate data",
        "5": "out_of_period timing",
        "6": "not_an_outcome quiet definition", "7": "duplicate data",
        "8": "wrong_price", "9": "duplicate data",
        "good": "not_invoiced not_invoiced", "silent": "not_invoiced not_invoiced",
        "dark": "not_invoiced not_invoiced", "late": "not_invoiced not_invoiced",
    }  # fmt: skip


@example(
    """
    subject   at                event   type
    called    2026-01-05 09:00  solved  call
    future    2026-06-01 00:00  solved
    """,
    billed="""
        line  subject  price
        1     called   1.00
        2     future   1.00
        3     Called   1.00
    """,
)
def test_a_subject_is_known_by_its_exact_id_and_its_events_before_as_of(bill: Bill) -> None:
    assert bill.statuses == {
        "1": "out_of_scope definition", "2": "unknown_subject data", "3": "unknown_subject data",
    }  # fmt: skip


@example(
    """
    subject  at                event
    twice    2025-12-10 09:00  solved
    twice    2026-01-10 09:00  solved
    """,
    billed="""
        line  subject  price
        1     twice    1.00
    """,
)
def test_what_was_counted_in_an_earlier_month_is_no_outcome_again(bill: Bill) -> None:
    assert bill.statuses == {"1": "not_an_outcome counted_before definition"}


@example(
    """
    subject  at                event
    hasty    2026-02-01 00:00  solved
    hasty    2026-01-31 23:59  replied
    """,
    billed="""
        line  subject  price
        1     hasty    1.00
    """,
)
def test_what_is_billed_a_month_too_early_is_out_of_period_too(bill: Bill) -> None:
    assert bill.statuses == {"1": "out_of_period timing"}


# --- definition or data: what the vendor's own words say


@example(
    """
    subject  at                event
    pushed   2026-01-05 09:00  solved
    pushed   2026-01-07 09:00  reopened
    nudged   2026-01-05 09:00  solved
    nudged   2026-01-05 10:00  reopened
    idle     2026-01-05 09:00  replied
    """,
    clauses=QUIET,
    vendor_says={
        "concluded_by": {"event": "solved"},
        "clauses": {"quiet": {"forbids": {"event": "reopened", "within": "24 hours"}}},
    },
    billed="""
        line  subject  price
        1     pushed   1.00
        2     nudged   1.00
        3     idle     1.00
    """,
)
def test_a_line_that_fails_the_vendors_own_definition_too_is_a_matter_of_data(bill: Bill) -> None:
    assert bill.statuses == {
        "1": "not_an_outcome quiet definition",
        "2": "not_an_outcome quiet data",
        "3": "not_an_outcome not_concluded data",
    }


# --- in total only, fees, and the sum of it all


@month(
    "3 met, 1 failed",
    billed="",
    more="""
        line  subject  price  quantity
        1              1.00   5
    """,
)
def test_an_invoice_without_subjects_is_reconciled_in_total_only(bill: Bill) -> None:
    assert bill.statuses == {"1": "unattributed"} | {
        f"met-{number}": "unattributed" for number in (1, 2, 3)
    }
    assert bill.gap == {"unattributed": 2}
    assert bill.statement.over_invoiced == Counted(2, Decimal("2.00"))


@month(
    "3 met",
    billed="",
    more="""
        line  subject  price  quantity
        1              1.00   2
    """,
)
def test_a_total_that_is_too_low_is_under_invoiced(bill: Bill) -> None:
    assert bill.gap == {"unattributed": -1}
    assert (bill.statement.over_invoiced.count, bill.statement.under_invoiced.count) == (0, 1)


@month(
    "3 met, 1 failed, 1 dark",
    billed="2 met, 1 failed, 1 dark",
    more="""
        line  subject  price   outcome
        fee            500.00  platform_fee
        9     met-1    1.00
        10    nobody   1.00
        11    met-3    1.25
    """,
    pricing={"resolution": {"per_outcome": "1.00"}, "platform_fee": "500.00"},
)
def test_the_parts_of_the_gap_add_up_to_invoiced_minus_recounted(bill: Bill) -> None:
    statement = bill.statement
    assert bill.gap == {"definition": 1, "data": 2, "unverifiable": 1}
    assert statement.variance.count == 4
    assert statement.variance.amount == Decimal("4.25")
    assert statement.arithmetic == Decimal("0.25"), "the wrong price"


@month("3 met", billed="1 met")
def test_what_was_not_invoiced_lowers_the_gap(bill: Bill) -> None:
    assert bill.gap == {"not_invoiced": -2}
    assert bill.amounts["variance"] == "-2.00"
    assert bill.lines == {"agreed": 1, "not_invoiced": 2}


def test_the_gap_of_every_example_adds_up_in_outcomes_and_in_money(batch: Recounted) -> None:
    all_bills = bills(batch)
    assert len(all_bills) > 10
    for bill in all_bills:
        parts, variance = bill.statement.gap.values(), bill.statement.variance
        assert sum(part.count for part in parts) == variance.count
        assert sum(part.amount for part in parts) + bill.statement.arithmetic == variance.amount


def test_the_lines_of_every_example_add_up_to_its_invoice(batch: Recounted) -> None:
    for bill in bills(batch):
        theirs = [row for row in bill.placed if row["line_kind"] != "recount"]
        assert len(theirs) == len(bill.case.lines)
        amount = sum((row["amount_invoiced"] for row in theirs), Decimal(0))
        lost = abs(amount - bill.statement.invoiced.amount)
        assert lost * 2 * bill.case.contract.minor_units <= 1, "half a minor unit, by rounding"
