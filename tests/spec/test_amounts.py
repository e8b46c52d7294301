"""What is disputed, reserved and paid (DESIGN 8): models, statement and `decide` together."""

import pytest

from tests.spec.bills import Bill, month

NO_RECLASSIFY = {"reclassify": False, "set_off": False}
SET_OFF = {"reclassify": True, "set_off": True}


def settled(unverifiable: str) -> dict[str, str]:
    return {"final_after": "30 days", "unverifiable": unverifiable}


def tolerating(percent: str, of: str = "invoiced", measure: str = "count") -> dict[str, str]:
    return {"percent": percent, "of": of, "measure": measure}


def priced(each: str = "1.00", **more: object) -> dict[str, object]:
    return {"resolution": {"per_outcome": each}, **more}


# --- contested: disputed, reserved or neither


@month("5 met, 2 failed")
def test_what_is_over_invoiced_is_disputed_and_the_rest_is_paid(bill: Bill) -> None:
    assert bill.decision.action == "dispute"
    assert bill.decision.billing_source == "recount"
    assert bill.amounts == {
        "invoiced": "7.00", "recounted": "5.00", "variance": "2.00", "pending": "0.00",
        "at_most": "5.00", "disputed": "2.00", "reserved": "0.00", "pay_now": "5.00",
    }  # fmt: skip


@month("4 met, 2 failed, 1 pending", as_of="2026-02-10 00:00")
def test_a_provisional_statement_reserves_and_never_claims_a_pending_line(bill: Bill) -> None:
    assert (bill.statement.kind, bill.decision.action) == ("provisional", "hold")
    assert bill.amounts == {
        "invoiced": "7.00", "recounted": "4.00", "variance": "3.00", "pending": "1.00",
        "at_most": "5.00", "disputed": "0.00", "reserved": "2.00", "pay_now": "5.00",
    }  # fmt: skip


@month("5 met, 2 failed", as_of="2026-03-02 23:59:59.999999")
def test_a_statement_is_provisional_until_final_after_has_elapsed(bill: Bill) -> None:
    assert (bill.statement.kind, bill.decision.action) == ("provisional", "hold")


@month("5 met, 2 failed", as_of="2026-03-03 00:00")
def test_a_statement_is_final_from_the_instant_on_at_which_final_after_has_elapsed(
    bill: Bill,
) -> None:
    assert (bill.statement.kind, bill.decision.action) == ("final", "dispute")


@month("5 met, 2 failed", rights=NO_RECLASSIFY)
def test_without_the_right_to_reclassify_the_vendor_is_asked_and_paid(bill: Bill) -> None:
    assert (bill.decision.action, bill.decision.billing_source) == ("query", "invoice")
    assert "no right to reclassify" in bill.decision.because
    assert bill.decided == {"disputed": "0.00", "reserved": "2.00", "pay_now": "7.00"}


@month("99 met, 1 failed")
def test_within_the_tolerance_the_vendors_count_stands(bill: Bill) -> None:
    assert (bill.decision.action, bill.decision.billing_source) == ("pay", "invoice")
    assert bill.amounts["pay_now"] == "100.00"


@month("97 met, 3 failed")
def test_above_the_tolerance_all_of_it_is_disputed_and_not_the_excess_alone(bill: Bill) -> None:
    assert bill.amounts["disputed"] == "3.00"


@month("9 met", billed="5 met")
def test_under_invoicing_is_shown_and_disputes_nothing(bill: Bill) -> None:
    assert bill.decision.action == "pay"
    assert (bill.statement.under_invoiced.count, bill.amounts["pay_now"]) == (4, "5.00")


# --- unverifiable lines


@month("6 met, 1 dark", settlement=settled("accept"))
def test_unverifiable_lines_are_paid_where_the_contract_accepts_them(bill: Bill) -> None:
    assert (bill.decision.action, bill.amounts["pay_now"]) == ("pay", "7.00")
    assert bill.statement.over_invoiced.count == 0


@month("6 met, 1 dark", settlement=settled("query"))
def test_unverifiable_lines_are_asked_about_where_the_contract_says_so(bill: Bill) -> None:
    assert (bill.decision.action, bill.amounts["pay_now"]) == ("query", "7.00")
    assert bill.amounts["reserved"] == "0.00"


@month("6 met, 1 dark", settlement=settled("dispute"))
def test_unverifiable_lines_are_over_invoiced_where_the_contract_disputes_them(bill: Bill) -> None:
    assert (bill.decision.action, bill.amounts["disputed"]) == ("dispute", "1.00")
    assert bill.statement.over_invoiced.count == 1


@month("5 met, 1 failed, 1 dark", settlement=settled("query"))
def test_unverifiable_lines_are_no_part_of_what_is_disputed_unless_the_contract_says_so(
    bill: Bill,
) -> None:
    assert (bill.decision.action, bill.amounts["disputed"]) == ("dispute", "1.00")


# --- set-off


@month("7 met, 2 failed", billed="5 met, 2 failed", rights=SET_OFF)
def test_with_set_off_what_was_not_invoiced_is_set_against_it(bill: Bill) -> None:
    assert (bill.decision.action, bill.amounts["pay_now"]) == ("pay", "7.00")
    over, under = bill.statement.over_invoiced, bill.statement.under_invoiced
    assert (over.count, under.count) == (2, 2), "both signs are shown, never netted"


@month("6 met, 2 failed", billed="5 met, 2 failed", rights=SET_OFF)
def test_with_set_off_the_rest_is_disputed(bill: Bill) -> None:
    assert (bill.decision.action, bill.amounts["disputed"]) == ("dispute", "1.00")


@month("7 met, 2 failed", billed="5 met, 2 failed")
def test_without_set_off_the_two_signs_are_never_netted(bill: Bill) -> None:
    assert (bill.decision.action, bill.amounts["disputed"]) == ("dispute", "2.00")


# --- price, fee, floor and cap


@month(
    "5 met, 1 failed",
    billed="4 met, 1 failed",
    more="""
        line  subject  price
        9     met-5    1.75
    """,
)
def test_a_wrong_price_is_disputed_with_the_rest_but_is_not_over_invoiced(bill: Bill) -> None:
    assert bill.lines == {"agreed": 4, "not_an_outcome": 1, "wrong_price": 1}
    assert bill.statement.over_invoiced.count == 1
    assert bill.amounts["disputed"] == "1.75"


FEE = """
    line  subject  price   outcome
    fee            500.00  platform_fee
"""
DEAR_FEE = FEE.replace("500.00", "600.00")


@month("5 met, 2 failed", more=FEE, pricing=priced(platform_fee="500.00"))
def test_a_fee_of_the_contract_is_recounted_as_it_is_invoiced(bill: Bill) -> None:
    amounts = bill.amounts
    assert (amounts["invoiced"], amounts["recounted"]) == ("507.00", "505.00")
    assert (amounts["disputed"], amounts["pay_now"]) == ("2.00", "505.00")


@month("5 met, 2 failed", pricing=priced(platform_fee="500.00"))
def test_a_fee_that_the_invoice_lacks_is_under_invoiced_in_money(bill: Bill) -> None:
    assert bill.amounts["variance"] == "-498.00"
    assert (bill.decision.action, bill.amounts["disputed"]) == ("dispute", "0.00")
    assert bill.statement.arithmetic == -500


@month("5 met, 2 failed", more=DEAR_FEE, pricing=priced(platform_fee="500.00"))
def test_a_fee_above_the_contracts_is_disputed_with_the_rest(bill: Bill) -> None:
    assert bill.amounts["disputed"] == "102.00"
    assert bill.statement.arithmetic == 100


@month("5 met, 2 failed", pricing=priced(monthly={"floor": "6.00"}))
def test_below_the_floor_a_month_costs_the_floor(bill: Bill) -> None:
    assert (bill.amounts["recounted"], bill.amounts["disputed"]) == ("6.00", "1.00")


@month("5 met, 2 failed", pricing=priced(monthly={"floor": "5.00", "cap": "5.00"}))
def test_a_month_that_costs_exactly_floor_and_cap_costs_that(bill: Bill) -> None:
    assert (bill.amounts["recounted"], bill.amounts["disputed"]) == ("5.00", "2.00")


@month("8 met, 2 failed", pricing=priced(monthly={"cap": "6.00"}))
def test_above_the_cap_a_month_costs_the_cap(bill: Bill) -> None:
    assert (bill.amounts["recounted"], bill.amounts["disputed"]) == ("6.00", "4.00")


# --- minor units


@month("5 met, 1 failed", price="0.5", currency="JPY")
def test_yen_have_no_decimals_and_halves_go_to_the_even(bill: Bill) -> None:
    amounts = bill.amounts
    assert (amounts["invoiced"], amounts["recounted"]) == ("3", "2")
    assert (amounts["variance"], amounts["disputed"]) == ("1", "1")


@month("7 met", price="0.5", currency="JPY")
def test_an_odd_half_yen_goes_up(bill: Bill) -> None:
    assert (bill.amounts["invoiced"], bill.amounts["recounted"]) == ("4", "4")


@month("5 met, 1 failed", price="0.0005", currency="KWD")
def test_dinars_have_three_decimals(bill: Bill) -> None:
    assert (bill.amounts["invoiced"], bill.amounts["recounted"]) == ("0.003", "0.002")


@month("333 met", price="0.333333")
def test_a_price_of_six_decimals_is_rounded_once(bill: Bill) -> None:
    assert (bill.amounts["invoiced"], bill.amounts["recounted"]) == ("111.00", "111.00")


# --- exactly at the tolerance, and one line more


@month("98 met, 2 failed", tolerance=tolerating("2"))
def test_exactly_at_the_tolerance_of_invoiced_the_vendors_count_stands(bill: Bill) -> None:
    assert bill.decision.action == "pay"


@month("97 met, 3 failed", tolerance=tolerating("2"))
def test_one_line_above_the_tolerance_of_invoiced_is_disputed(bill: Bill) -> None:
    assert bill.decision.because == (
        "over-invoiced by 3.00 % of what was invoiced (count), above the tolerance of 2 %"
    )


@month("100 met, 2 failed", tolerance=tolerating("2", of="recounted"))
def test_exactly_at_the_tolerance_of_recounted_the_vendors_count_stands(bill: Bill) -> None:
    assert bill.decision.action == "pay"


@month("99 met, 2 failed", tolerance=tolerating("2", of="recounted"))
def test_one_outcome_fewer_is_above_the_tolerance_of_recounted(bill: Bill) -> None:
    assert "2.02 % of what was recounted" in bill.decision.because


@month("100 met, 2 failed", billed="50 met, 2 failed", tolerance=tolerating("2", of="larger"))
def test_exactly_at_the_tolerance_of_the_larger_the_vendors_count_stands(bill: Bill) -> None:
    assert bill.decision.action == "pay"


@month("99 met, 2 failed", billed="50 met, 2 failed", tolerance=tolerating("2", of="larger"))
def test_one_outcome_fewer_is_above_the_tolerance_of_the_larger(bill: Bill) -> None:
    assert "of what was invoiced or recounted" in bill.decision.because


@month("98 met", tolerance=tolerating("2", measure="amount"), more="""
    line  subject  price
    9     nobody   2.00
""")  # fmt: skip
def test_exactly_at_the_tolerance_in_money_the_vendors_count_stands(bill: Bill) -> None:
    assert bill.decision.action == "pay"


@month("98 met", tolerance=tolerating("2", measure="amount"), more="""
    line  subject  price
    9     nobody   2.01
""")  # fmt: skip
def test_a_cent_above_the_tolerance_in_money_is_disputed(bill: Bill) -> None:
    assert bill.decision.action == "dispute"


@month("98 met", tolerance=tolerating("2", measure="amount"), more="""
    line  subject  price
    9     nobody   2.004
""")  # fmt: skip
def test_part_of_a_cent_above_the_tolerance_is_above_it(bill: Bill) -> None:
    assert bill.decision.action == "dispute"


@month("98 met", tolerance=tolerating("2", measure="either"), more="""
    line  subject  price
    9     nobody   2.50
""")  # fmt: skip
def test_of_either_measure_money_alone_may_exceed(bill: Bill) -> None:
    assert "(amount)" in bill.decision.because


@month("95 met", tolerance=tolerating("2", measure="either"), more="""
    line  subject  price
    7     nobody   0.01
    8     nowhere  0.01
""")  # fmt: skip
def test_of_either_measure_the_count_alone_may_exceed(bill: Bill) -> None:
    assert "(count)" in bill.decision.because


@month("98 met, 2 failed", tolerance=tolerating("2", measure="either"))
def test_exactly_at_the_tolerance_of_either_measure_the_vendors_count_stands(bill: Bill) -> None:
    assert bill.decision.action == "pay"


# --- bounds of the tolerance in money


@month("5 met, 2 failed", tolerance={**tolerating("2"), "at_least": "2.00"})
def test_what_passes_in_any_case_passes_exactly_at_its_amount(bill: Bill) -> None:
    assert bill.decision.action == "pay"
    assert bill.decision.because == "over-invoicing is within the tolerance of 2 %, at least 2.00"


@month("5 met, 2 failed", tolerance={**tolerating("2"), "at_least": "1.99"})
def test_a_cent_above_what_passes_in_any_case_the_share_decides(bill: Bill) -> None:
    assert (bill.decision.action, bill.amounts["disputed"]) == ("dispute", "2.00")


@month("99 met, 1 failed", tolerance={**tolerating("2"), "at_most": "1.00"})
def test_exactly_at_the_most_that_passes_the_vendors_count_stands(bill: Bill) -> None:
    assert bill.decision.action == "pay"


@month("99 met, 1 failed", tolerance={**tolerating("2"), "at_most": "0.999999"})
def test_above_the_most_that_passes_no_share_is_small_enough(bill: Bill) -> None:
    assert bill.decision.because == (
        "over-invoiced by 1.00, above the tolerance of at most 0.999999"
    )


@month(
    "7 met, 2 failed", billed="6 met, 2 failed", rights=SET_OFF,
    tolerance={**tolerating("2"), "at_least": "1.00"},
)  # fmt: skip
def test_with_set_off_the_bounds_are_of_what_is_left(bill: Bill) -> None:
    assert bill.decision.action == "pay"


@month("48 met, 1 failed", tolerance=tolerating("2.04"))
def test_a_share_that_is_printed_as_the_tolerance_may_be_above_it(bill: Bill) -> None:
    assert bill.decision.because.startswith("over-invoiced by 2.04 % of")


@month("5 met", tolerance=tolerating("0"))
def test_without_any_tolerance_nothing_over_invoiced_is_nothing_to_dispute(bill: Bill) -> None:
    assert bill.decision.action == "pay"


@month("5 met, 2 failed", tolerance=tolerating("100"))
def test_a_tolerance_of_everything_is_never_exceeded(bill: Bill) -> None:
    assert bill.decision.action == "pay"


@month("2 failed", tolerance=tolerating("100", of="recounted"))
def test_a_share_of_nothing_is_above_any_tolerance(bill: Bill) -> None:
    assert bill.decision.action == "dispute"
    assert "by all of what was recounted" in bill.decision.because


def test_settlement_has_no_default_for_what_cannot_be_verified() -> None:
    with pytest.raises(Exception, match="unverifiable"):
        month("1 met", settlement={"final_after": "30 days"})
