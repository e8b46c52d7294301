"""Years of random months: SQL charges what `recount.recomputing` does, and every balance closes."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from recount.contract.balances import Settled
from recount.contract.canonical import canonical_json
from recount.contract.model import Contract
from recount.evaluator import Event
from recount.periods import following
from recount.recomputing.prices import Charge, Left, charge
from tests.support.cases import Billed, Case, Recounted, at, contract_of, recount

YEARS = int(os.environ.get("RECOUNT_YEARS", "6"))
PERIODS = ["2026-01"]
while len(PERIODS) < 24:
    PERIODS.append(following(PERIODS[-1]))

money = st.decimals("0", "9.99", places=2).map(lambda each: f"{each:f}")


@dataclass(frozen=True)
class Year:
    """A contract, and its months in order, each after those before it."""

    contract: Contract
    months: Sequence[Case]

    @property
    def pricing(self) -> dict[str, Any]:
        pricing: dict[str, Any] = json.loads(canonical_json(self.contract))["pricing"]
        return pricing


@st.composite
def lots(draw: st.DrawFn) -> dict[str, Any]:
    bought = draw(st.sampled_from(PERIODS[:20]))
    lasts = draw(st.none() | st.integers(1, 12))
    expires = {}
    if lasts:
        month = bought
        for _ in range(lasts):
            month = following(month)
        expires = {"expires_on": f"{month}-{draw(st.sampled_from(('01', '02', '28')))}"}
    number = draw(st.integers(1, 12)) * 10
    return {"on": f"{bought}-15", "credits": number, "price": draw(money), **expires}


@st.composite
def terms(draw: st.DrawFn) -> dict[str, Any]:
    """A ceiling, credits, or both; and often a floor, a cap or a fee beside them."""
    pricing: dict[str, Any] = {"resolution": {"per_outcome": draw(money)}}
    has_credits = draw(st.booleans())
    if has_credits:
        pricing["resolution"] = {"credits": draw(st.integers(1, 12))}
        bought = draw(st.lists(lots(), min_size=1, max_size=4))
        pricing["credits"] = {"bought": bought, "each": draw(money)}
    if not has_credits or draw(st.booleans()):
        ceiling = draw(st.integers(0, 200))
        pricing["annual"] = {"ceiling": f"{ceiling}.00", "starts_in": draw(st.integers(1, 12))}
    if draw(st.booleans()):
        pricing["monthly"] = {"floor": draw(money), "cap": f"{draw(st.integers(10, 60))}.00"}
    if draw(st.booleans()):
        pricing["platform_fee"] = draw(money)
    return pricing


def month_of(contract: Contract, period: str, met: int, earlier: Sequence[Settled]) -> Case:
    """A month of the contract that has a name of its own, as a batch needs."""
    named = contract.model_copy(update={"contract": f"{contract.contract}-{period}"})
    log = [
        Event(f"{number}", f"T{number}", "ticket", "solved", at(f"{period}-03 09:00"), "ai_agent")
        for number in range(met)
    ]
    lines = [Billed(f"L{number}", f"T{number}", Decimal(0)) for number in range(met)]
    return Case(named, log, period, at("2029-01-01 00:00"), lines=lines, earlier=list(earlier))


def charged(year: Year, month: Case) -> Charge:
    left = month.left
    of_credits = (left.credits.available, left.credits.price) if left.credits else ()
    balances = Left(left.annual.opening if left.annual else None, *of_credits)
    quantities = {"resolution": Decimal(len(month.lines))}
    return charge(year.pricing, quantities, year.contract.minor_units, balances)


@st.composite
def years(draw: st.DrawFn, name: str) -> Year:
    """Months of which each settles what the contract charges for it."""
    contract = contract_of(contract=name, pricing=draw(terms()))
    year, earlier = Year(contract, []), list[Settled]()
    months = []
    for period in PERIODS:
        month = month_of(contract, period, draw(st.integers(0, 6)), earlier)
        months.append(month)
        each = Decimal(year.pricing["resolution"].get("credits", 0))
        earlier.append(Settled(period, charged(year, month).amount, len(month.lines) * each))
    return Year(contract, months)


@pytest.fixture(scope="module")
def found() -> list[Year]:
    found: list[Year] = []

    @settings(
        max_examples=YEARS, phases=[Phase.generate], database=None, deadline=None,
        derandomize="RECOUNT_YEARS" not in os.environ, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.data())
    def collect(data: st.DataObject) -> None:
        found.append(data.draw(years(f"year-{len(found)}")))

    collect()
    return found


@pytest.fixture(scope="module")
def recounted(found: list[Year], tmp_path_factory: pytest.TempPathFactory) -> Recounted:
    months = [month for year in found for month in year.months]
    return recount(months, tmp_path_factory.mktemp("years"))


def test_every_month_of_every_year_is_charged_the_same(
    found: list[Year], recounted: Recounted
) -> None:
    for year in found:
        for month in year.months:
            (statement,) = recounted.rows("statements", month)
            expected = charged(year, month)
            assert statement["amount_recounted"] == expected.amount, month
            steps: dict[str, Decimal] = {}
            for step in expected.steps:
                term = step.term.removesuffix(" rounding")
                steps[term] = steps.get(term, Decimal(0)) + step.amount
            rows = {
                row["term"]: row["amount"]
                for row in recounted.rows("charges", month)
                if row["basis"] == "recounted" and row["amount"]
            }
            assert rows == {term: amount for term, amount in steps.items() if amount}, month


def test_credits_are_drawn_by_all_that_draws_them(found: list[Year], recounted: Recounted) -> None:
    for year in found:
        each = year.pricing["resolution"].get("credits")
        for month in year.months:
            (statement,) = recounted.rows("statements", month)
            drawn = None if each is None else len(month.lines) * Decimal(each)
            assert statement["credits_recounted"] == statement["credits_invoiced"] == drawn


def test_no_year_is_charged_more_than_its_ceiling_and_none_less_than_it_may_be(
    found: list[Year],
) -> None:
    reached = False
    for year in found:
        if year.contract.pricing.annual is None:
            continue
        for month in year.months:
            annual = month.left.annual
            assert annual is not None
            amount = charged(year, month).amount
            before = sum(s.amount for s in month.earlier if s.period >= annual.year)
            assert before + amount <= annual.ceiling
            of_month = charge(
                {k: v for k, v in year.pricing.items() if k != "annual"},
                {"resolution": Decimal(len(month.lines))}, 100,
                Left(None, *((c.available, c.price) if (c := month.left.credits) else ())),
            ).amount  # fmt: skip
            reached = reached or amount < of_month
            assert amount == min(of_month, annual.ceiling - before)
    assert reached


def test_every_balance_closes_with_what_the_next_month_opens_with(found: list[Year]) -> None:
    for year in found:
        for month, after in zip(year.months, year.months[1:], strict=False):
            settled = after.earlier[-1]
            if (pool := month.left.credits) is not None:
                closing = pool.closing(settled.credits)
                assert after.left.credits is not None
                assert closing == after.left.credits.opening
                assert closing == (pool.opening + pool.bought - pool.used(settled.credits)
                                   - pool.expired(settled.credits))  # fmt: skip
            annual, next_annual = month.left.annual, after.left.annual
            if annual and next_annual and annual.year == next_annual.year:
                assert annual.closing(settled.amount) == next_annual.opening


def test_all_credits_that_were_bought_are_used_or_expired_or_left(found: list[Year]) -> None:
    used = expired = Decimal(0)
    for year in found:
        pools = [(m.left.credits, len(m.lines) * Decimal(year.pricing["resolution"]["credits"]))
                 for m in year.months if m.left.credits]  # fmt: skip
        if pools:
            last, drawn = pools[-1]
            used_here = sum(pool.used(drawn) for pool, drawn in pools)
            expired_here = sum(pool.expired(drawn) for pool, drawn in pools)
            bought = sum(pool.bought for pool, _ in pools)
            assert bought == used_here + expired_here + last.closing(drawn)
            used, expired = used + used_here, expired + expired_here
    assert used
    assert expired
