"""What months share: a year's ceiling and credits, and what earlier months leave of them."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from recount.contract.balances import (
    Balances,
    EscrowBalance,
    Settled,
    balances,
    earlier_periods,
)
from recount.contract.model import Contract
from recount.periods import following
from tests.support.cases import contract_of

CEILING = {"ceiling": "100.00", "starts_in": 7}
DRAWING = {"credits": "20"}


def capped(**changes: Any) -> Contract:
    pricing = {"resolution": {"per_outcome": "1.00"}, "annual": {**CEILING, **changes}}
    return contract_of(pricing=pricing)


def prepaid(*lots: dict[str, Any], **changes: Any) -> Contract:
    pool = {"bought": list(lots), "each": "0.01", **changes}
    return contract_of(pricing={"resolution": DRAWING, "credits": pool})


def lot(
    on: str, credits: int, expires_on: str | None = None, price: str = "5.00"
) -> dict[str, Any]:
    expiry = {"expires_on": expires_on} if expires_on else {}
    return {"on": on, "credits": credits, "price": price, **expiry}


def settled(**months: str) -> list[Settled]:
    """Months such as `m2026_07="10.00"`."""
    return [Settled(name[1:].replace("_", "-"), Decimal(amount)) for name, amount in months.items()]


def drawn(**months: int) -> list[Settled]:
    return [
        Settled(name[1:].replace("_", "-"), Decimal(0), Decimal(credits_))
        for name, credits_ in months.items()
    ]


def opening(left: Balances) -> Decimal:
    assert left.annual is not None
    return left.annual.opening


# --- a year's ceiling


@pytest.mark.parametrize(
    ("period", "year"),
    [
        ("2026-06", "2025-07"),
        ("2026-07", "2026-07"),
        ("2026-12", "2026-07"),
        ("2027-06", "2026-07"),
    ],
)
def test_a_year_begins_in_the_month_that_the_contract_says(period: str, year: str) -> None:
    annual = balances(capped(), period).annual
    assert annual is not None
    assert annual.year == year


def test_only_months_of_the_same_year_count_toward_its_ceiling() -> None:
    earlier = settled(m2026_06="90.00", m2026_07="30.00", m2026_08="20.50")
    assert opening(balances(capped(), "2026-09", earlier)) == Decimal("49.50")


def test_nothing_is_left_where_earlier_months_settled_more_than_the_ceiling() -> None:
    assert opening(balances(capped(), "2026-09", settled(m2026_07="100.01"))) == 0


def test_what_was_taken_over_counts_in_its_own_year_and_from_its_month_on() -> None:
    contract = capped(taken_over={"before": "2026-10", "settled": "60.00"})
    assert opening(balances(contract, "2026-09")) == 100
    assert opening(balances(contract, "2026-10")) == 40
    assert opening(balances(contract, "2026-11", settled(m2026_10="10.00"))) == 30
    assert opening(balances(contract, "2027-07")) == 100


def test_what_is_taken_over_at_a_years_beginning_is_of_the_year_before() -> None:
    contract = capped(taken_over={"before": "2026-07", "settled": "60.00"})
    assert opening(balances(contract, "2026-07")) == 100


def test_a_month_closes_with_what_it_left() -> None:
    annual = balances(capped(), "2026-07").annual
    assert annual is not None
    assert [annual.closing(Decimal(amount)) for amount in ("0", "99.99", "100", "100.01")] == [
        100, Decimal("0.01"), 0, 0,
    ]  # fmt: skip


# --- credits


def pool(contract: Contract, period: str, earlier: list[Settled], used: int) -> list[int]:
    """Opening, bought, used, expired and closing."""
    found = balances(contract, period, earlier).credits
    assert found is not None
    drawn_ = Decimal(used)
    return [int(each) for each in (
        found.opening, found.bought, found.used(drawn_), found.expired(drawn_),
        found.closing(drawn_),
    )]  # fmt: skip


def test_a_month_can_draw_on_what_is_bought_on_its_last_day() -> None:
    contract = prepaid(lot("2026-07-31", 100))
    assert pool(contract, "2026-06", [], 10) == [0, 0, 0, 0, 0]
    assert pool(contract, "2026-07", [], 10) == [0, 100, 10, 0, 90]


def test_what_is_drawn_beyond_the_credits_comes_out_of_none() -> None:
    contract = prepaid(lot("2026-07-01", 100))
    assert pool(contract, "2026-08", drawn(m2026_07=70), 31) == [30, 0, 30, 0, 0]
    assert pool(contract, "2026-09", drawn(m2026_07=70, m2026_08=31), 5) == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("expires_on", "closing"),
    [("2026-08-31", [40, 0]), ("2026-09-01", [40, 0]), ("2026-09-02", [0, 40])],
)
def test_credits_are_gone_when_a_month_begins_on_or_after_their_expiry(
    expires_on: str, closing: list[int]
) -> None:
    contract = prepaid(lot("2026-07-01", 100, expires_on))
    assert pool(contract, "2026-08", drawn(m2026_07=50), 10)[3:] == closing


def test_what_expires_first_is_drawn_first_whenever_it_was_bought() -> None:
    contract = prepaid(lot("2026-07-01", 100), lot("2026-07-02", 50, "2026-09-01"))
    assert pool(contract, "2026-08", drawn(m2026_07=30), 15) == [120, 0, 15, 5, 100]
    assert pool(contract, "2026-09", drawn(m2026_07=30, m2026_08=15), 1) == [100, 0, 1, 0, 99]


def test_two_purchases_that_are_alike_are_two() -> None:
    contract = prepaid(lot("2026-07-01", 100), lot("2026-07-01", 100))
    found = balances(contract, "2026-07").credits
    assert found is not None
    assert (found.available, found.price) == (Decimal(200), Decimal(10))
    assert pool(contract, "2026-08", drawn(m2026_07=150), 10) == [50, 0, 10, 0, 40]


def test_what_was_drawn_before_is_taken_over_and_its_months_are_not_asked_for() -> None:
    contract = prepaid(
        lot("2026-01-01", 100), lot("2026-10-01", 50), taken_over={"before": "2026-10", "used": 30}
    )
    assert pool(contract, "2026-10", [], 5) == [70, 50, 5, 0, 115]
    assert earlier_periods([contract], contract, "2026-12") == ["2026-10", "2026-11"]


# --- the months that a month depends on


def test_a_month_depends_on_those_of_its_year_in_which_a_version_was_in_force() -> None:
    first = contract_of(effective={"from": "2026-08-02", "until": "2026-10-01"})
    second = capped().model_copy(
        update={"effective": contract_of(effective={"from": "2026-10-01"}).effective}
    )
    assert earlier_periods([first, second], second, "2026-12") == ["2026-09", "2026-10", "2026-11"]


def test_a_month_depends_on_no_other_where_months_share_nothing() -> None:
    assert earlier_periods([contract_of()], contract_of(), "2026-12") == []


def test_a_month_depends_on_all_since_the_first_purchase_across_years() -> None:
    contract = prepaid(lot("2025-11-30", 1))
    assert earlier_periods([contract], contract, "2026-02") == ["2025-11", "2025-12", "2026-01"]


def test_a_month_depends_on_those_of_whatever_reaches_back_farthest() -> None:
    pool = {"bought": [lot("2026-09-01", 10), lot("2026-05-01", 10)], "each": "0.01"}
    pricing = {"resolution": DRAWING, "annual": CEILING, "credits": pool}
    both = contract_of(pricing=pricing)
    assert earlier_periods([both], both, "2026-08") == ["2026-05", "2026-06", "2026-07"]


def test_a_month_from_which_on_is_counted_depends_on_no_other() -> None:
    contract = capped(taken_over={"before": "2026-10", "settled": "60.00"})
    assert earlier_periods([contract], contract, "2026-10") == []
    assert earlier_periods([contract], contract, "2026-09") == ["2026-07", "2026-08"]


def test_every_month_since_the_first_purchase_draws() -> None:
    contract = prepaid(lot("2026-01-01", 100), lot("2026-06-01", 100))
    assert pool(contract, "2026-07", drawn(m2026_02=30), 0) == [170, 0, 0, 0, 170]


def test_what_was_drawn_before_came_out_of_what_had_been_bought_by_then() -> None:
    taken_over = {"before": "2026-10", "used": 30}
    contract = prepaid(lot("2026-01-01", 20), lot("2026-10-01", 50), taken_over=taken_over)
    assert pool(contract, "2026-10", [], 0) == [0, 50, 0, 0, 50]


def test_months_before_what_was_taken_over_draw_nothing_twice() -> None:
    contract = prepaid(lot("2026-01-01", 100), taken_over={"before": "2026-10", "used": 30})
    assert pool(contract, "2026-11", drawn(m2026_08=10, m2026_10=5), 0) == [65, 0, 0, 0, 65]


# --- escrow


def held(**changes: Any) -> Contract:
    escrow = {"percent": "10", "of": "resolution", "at_least": "75", "since": "2026-03", **changes}
    return contract_of(pricing={"resolution": {"per_outcome": "1.00"}, "escrow": escrow})


def kept(**months: str) -> list[Settled]:
    return [
        Settled(name[1:].replace("_", "-"), Decimal(0), escrow=Decimal(amount))
        for name, amount in months.items()
    ]


def escrow(contract: Contract, period: str, earlier: Sequence[Settled] = ()) -> EscrowBalance:
    found = balances(contract, period, earlier).escrow
    assert found is not None
    return found


def test_an_escrow_opens_with_what_was_held_and_what_earlier_months_kept_back() -> None:
    contract = held(opening="5.00")
    assert escrow(contract, "2026-03").opening == 5
    earlier = kept(m2026_02="100.00", m2026_03="2.00", m2026_04="1.50")
    assert escrow(contract, "2026-05", earlier).opening == Decimal("8.50")


def test_a_month_before_an_escrow_began_holds_nothing_and_depends_on_no_other() -> None:
    assert balances(held(), "2026-02").escrow is None
    assert earlier_periods([held()], held(), "2026-02") == []


def test_a_month_depends_on_all_months_since_an_escrow_began() -> None:
    assert earlier_periods([held()], held(), "2026-03") == []
    assert earlier_periods([held()], held(), "2026-05") == ["2026-03", "2026-04"]


@pytest.mark.parametrize(
    ("settled", "withheld"),
    [("0.05", "0.00"), ("0.15", "0.02"), ("0.25", "0.02"), ("20.00", "2.00"), ("-20.00", "0")],
)
def test_what_is_held_back_is_rounded_half_to_even_and_never_negative(
    settled: str, withheld: str
) -> None:
    assert escrow(held(), "2026-03").withheld(Decimal(settled)) == Decimal(withheld)


def test_all_that_is_held_is_released_where_the_share_is_reached_and_else_nothing() -> None:
    balance = escrow(held(opening="5.00"), "2026-03")
    assert balance.released(Decimal(20), is_reached=True) == 7
    assert balance.released(Decimal(20), is_reached=False) == 0


@pytest.mark.parametrize("seed", range(24))
def test_over_two_years_all_that_was_held_back_is_released_or_still_held(seed: int) -> None:
    chance, contract = Random(seed), held(opening="12.34", percent="7.5")
    month, earlier, moved = "2026-03", list[Settled](), Decimal("12.34")
    for _ in range(24):
        balance = escrow(contract, month, earlier)
        assert balance.opening == moved >= 0
        amount = Decimal(chance.randint(-500, 99_999)).scaleb(-2)
        withheld = balance.withheld(amount)
        released = balance.released(amount, is_reached=chance.random() < 0.3)
        earlier.append(Settled(month, amount, escrow=withheld - released))
        moved += withheld - released
        month = following(month)
    assert any(each.escrow < 0 for each in earlier)
