"""What the contract's own prices charge (DESIGN 8): bands, tiers, shares of value, usage."""

from decimal import Decimal

from tests.spec.bills import Bill, month
from tests.spec.examples import BOOK, example
from tests.support.cases import Case, Recounted

D = Decimal
BANDS = [{"up_to": 50, "each": "0.95"}, {"up_to": 100, "each": "0.90"}, {"each": "0.85"}]
GRADUATED = {"resolution": {"graduated": BANDS}}
VOLUME = {"resolution": {"volume": BANDS}}


TIERED_BILL = """
    line  subject  price  quantity
    T1             0.95   50
    T2             0.90   50
    T3             0.85   153
"""
SHORT_BILL = """
    line  subject  price  quantity
    T1             0.95   40
"""

# --- bands of units


@month("253 met", pricing=GRADUATED, billed="0 met", more=TIERED_BILL)
def test_each_unit_is_priced_by_its_own_band(bill: Bill) -> None:
    assert (bill.amounts["invoiced"], bill.amounts["recounted"]) == ("222.55", "222.55")
    assert (bill.decision.action, bill.amounts["pay_now"]) == ("pay", "222.55")


@month("50 met", pricing=GRADUATED)
def test_the_last_unit_of_a_band_has_its_price(bill: Bill) -> None:
    assert bill.amounts["recounted"] == "47.50"


@month("51 met", pricing=GRADUATED)
def test_the_first_unit_of_the_next_band_has_the_next_price(bill: Bill) -> None:
    assert bill.amounts["recounted"] == "48.40"


@month("50 met", pricing=VOLUME)
def test_by_volume_a_total_at_the_end_of_a_band_is_still_in_it(bill: Bill) -> None:
    assert bill.amounts["recounted"] == "47.50"


@month("51 met", pricing=VOLUME)
def test_by_volume_the_band_that_the_total_reaches_prices_every_unit(bill: Bill) -> None:
    assert bill.amounts["recounted"] == "45.90"


@month("180 met, 73 failed", pricing=GRADUATED, billed="0 met", more=TIERED_BILL)
def test_what_is_disputed_is_what_the_bill_would_have_been_and_no_price_times_units(
    bill: Bill,
) -> None:
    assert (bill.amounts["recounted"], bill.amounts["disputed"]) == ("160.50", "62.05")
    assert bill.statement.over_invoiced.count == 73
    assert bill.statement.over_invoiced.amount == D("62.05")


@month("60 met", pricing=GRADUATED, billed="0 met", more=SHORT_BILL)
def test_what_a_total_lacks_is_under_invoiced_at_the_price_of_the_last_units(bill: Bill) -> None:
    assert bill.statement.under_invoiced.count == 20
    assert bill.statement.under_invoiced.amount == D("18.50")
    assert (bill.decision.action, bill.amounts["pay_now"]) == ("pay", "38.00")


@month("60 met", pricing=GRADUATED, billed="55 met", price="0.95")
def test_a_line_at_the_price_of_another_band_is_agreed_and_the_sum_is_compared(bill: Bill) -> None:
    assert bill.lines == {"agreed": 55, "not_invoiced": 5}
    assert bill.statement.arithmetic == D("0.25")
    assert bill.statement.under_invoiced.amount == D("4.50")


@month("3 met", pricing=GRADUATED, price="0.99")
def test_a_line_at_the_price_of_no_band_has_a_wrong_price(bill: Bill) -> None:
    assert bill.lines == {"wrong_price": 3}


@month("52 met", pricing=GRADUATED, billed="0 met")
def test_an_outcome_costs_what_it_does_at_its_place_in_the_month(bill: Bill) -> None:
    prices = [row["amount_recounted"] for row in bill.placed]
    assert (prices.count(D("0.95")), prices.count(D("0.90"))) == (50, 2)
    assert sum(prices) == D("49.30")


# --- tiers of subjects

TIERS = {"resolution": {"by_tier": {
    "simple": {"per_outcome": "0.20"},
    "complex": {"graduated": [{"up_to": 1, "each": "3.00"}, {"each": "2.00"}]},
}}}  # fmt: skip
TIERED_LOG = """
    subject  at                event
    s1       2026-01-05 09:00  solved
    s2       2026-01-05 09:00  solved
    c1       2026-01-05 09:00  solved
    c2       2026-01-05 09:00  solved
    other    2026-01-05 09:00  solved
"""
TIERED_SUBJECTS = """
    subject  tier
    s1       simple
    s2       simple
    c1       complex
    c2       complex
    other    free
"""


@example(
    TIERED_LOG,
    described=TIERED_SUBJECTS,
    scope={"tier": ["simple", "complex"]},
    terms={"pricing": TIERS},
    billed="""
        line  subject  price
        1     s1       0.20
        2     s2       2.00
        3     c1       3.00
        4     c2       2.00
        5     other    0.20
    """,
)
def test_each_subject_is_priced_by_its_tier_and_no_other(bill: Bill, batch: Recounted) -> None:
    assert bill.lines == {"agreed": 3, "wrong_price": 1, "out_of_scope": 1}
    assert bill.amounts["recounted"] == "5.40"
    charges = batch.rows("charges", bill.case)
    found = {row["tier"]: (row["quantity"], row["amount"]) for row in charges
             if row["basis"] == "recounted"}  # fmt: skip
    assert found == {"simple": (2, D("0.40")), "complex": (2, D("5.00"))}


@example(
    TIERED_LOG,
    described=TIERED_SUBJECTS,
    scope={"tier": ["simple", "complex"]},
    terms={"pricing": TIERS},
    billed="""
        line  subject  price  quantity
        1              2.00   5
    """,
)
def test_a_total_of_outcomes_priced_by_tier_is_held_against_all_of_ours(
    bill: Bill, batch: Recounted
) -> None:
    assert bill.amounts["recounted"] == "5.40"
    assert bill.statement.contested == D("4.60")
    (controls,) = batch.rows("control_totals", bill.case)
    assert controls["line_without_value_count"] == 1


# --- a share of the value

PERCENT = {"resolution": {"percent_of_value": "12.5", "net_of": {
    "event": ["refunded", "charged_back"], "within": "14 days",
}}}  # fmt: skip
KEPT = "kept: {forbids: {event: reopened, within: 14 days}}"
RECOVERED = """
    subject   at                   event         by         value    unit
    whole     2026-01-05 09:00     solved        ai_agent   1000.00  USD
    part      2026-01-05 09:00     solved        ai_agent   1000.00  USD
    part      2026-01-19 09:00     refunded      requester  400.00   USD
    later     2026-01-05 09:00     solved        ai_agent   1000.00  USD
    later     2026-01-19 09:00:01  charged_back  requester  1000.00  USD
    nothing   2026-01-05 09:00     solved        ai_agent   80.00    USD
    nothing   2026-01-06 09:00     refunded      requester  50.00    USD
    nothing   2026-01-07 09:00     charged_back  requester  50.00    USD
    cents     2026-01-05 09:00     solved        ai_agent   0.20     USD
"""


@example(
    RECOVERED,
    clauses=KEPT,
    terms={"pricing": PERCENT},
    billed="""
        line  subject  price
        1     whole    125.00
        2     part     125.00
        3     cents    0.02
    """,
)
def test_a_share_is_of_what_came_in_less_what_went_back_in_time(batch: Recounted) -> None:
    (case,) = _cases(test_a_share_is_of_what_came_in_less_what_went_back_in_time)
    placed = {row["subject_id"]: row for row in batch.rows("reconciliation_lines", case)}
    assert {subject: row["amount_recounted"] for subject, row in placed.items()} == {
        "whole": D("125"), "part": D("75"), "later": D("125"), "nothing": D("0"),
        "cents": D("0.025"),
    }  # fmt: skip
    assert {subject: row["match_status"] for subject, row in placed.items()} == {
        "whole": "agreed", "part": "wrong_price", "later": "not_invoiced",
        "nothing": "not_invoiced", "cents": "agreed",
    }  # fmt: skip
    (statement,) = batch.rows("statements", case)
    # 2,600.20 net: the sum is rounded, half to even, and no single recovery
    assert statement["amount_recounted"] == D("325.02")


@example(
    """
    subject  at                event   value    unit
    foreign  2026-01-05 09:00  solved  1000.00  EUR
    unknown  2026-01-05 09:00  solved
    """,
    clauses=KEPT,
    terms={"pricing": {"resolution": {"percent_of_value": "12.5"}}},
    billed="""
        line  subject  price
        1     foreign  125.00
        2     unknown  1.00
    """,
)
def test_a_value_in_another_currency_or_none_cannot_be_charged(batch: Recounted) -> None:
    (case,) = _cases(test_a_value_in_another_currency_or_none_cannot_be_charged)
    (controls,) = batch.rows("control_totals", case)
    assert controls["determination_without_value_count"] == 2


# --- what the vendor measures, beside outcomes and fees

HYBRID = {
    "resolution": {"per_outcome": "1.00"},
    "platform_fee": "500.00",
    "usage": {
        "seats": {"each": "30.00", "agreed": 25},
        "minutes": {"volume": [{"up_to": 1000, "each": "0.05"}, {"each": "0.04"}]},
        "api_calls": {"each": "0.0001"},
    },
}
HYBRID_BILL = """
    line  subject  price   quantity  outcome
    fee            500.00  1         platform_fee
    seat           30.00   25        seats
    min            0.04    1000.5    minutes
    api            0.0001  12345     api_calls
"""


@month("3 met", pricing=HYBRID, more=HYBRID_BILL)
def test_an_invoice_of_five_types_of_line_reconciles_to_nothing(
    bill: Bill, batch: Recounted
) -> None:
    assert (bill.amounts["invoiced"], bill.amounts["variance"]) == ("1294.25", "0.00")
    kinds = {row["outcome"]: row["line_kind"] for row in batch.rows("line_totals", bill.case)}
    assert kinds == {
        "resolution": "outcome", "platform_fee": "fee", "seats": "usage", "minutes": "usage",
        "api_calls": "usage",
    }  # fmt: skip


@month("3 met, 2 failed", pricing=HYBRID, more=HYBRID_BILL.replace("25        ", "31        "))
def test_more_units_than_were_agreed_are_disputed_with_the_rest(bill: Bill) -> None:
    assert bill.amounts["disputed"] == "182.00"
    assert bill.statement.arithmetic == 180


@month("3 met, 2 failed", pricing=HYBRID, more=HYBRID_BILL.replace("0.04 ", "0.05 "))
def test_usage_at_another_price_is_disputed_with_the_rest(bill: Bill) -> None:
    # 10.005 more, of an invoice that is rounded as a whole
    assert bill.statement.arithmetic == D("10.01")


@month("3 met", pricing=HYBRID, more=HYBRID_BILL.replace("api_calls", "tokens"))
def test_a_unit_that_the_contract_does_not_price_is_unknown(bill: Bill, batch: Recounted) -> None:
    (controls,) = batch.rows("control_totals", bill.case)
    assert controls["line_of_unknown_type_count"] == 1


def _cases(test: object) -> list[Case]:
    return BOOK[test]
