"""SQL and `recount.recomputing` charge the same for any prices and quantities, term by term."""

import json
import os
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.contract.canonical import canonical_json
from recount.recomputing.prices import Charge, Share, bands, charge
from tests.spec.bills import logged
from tests.support.cases import Billed, Case, Recounted, at, contract_of, outcome_of, recount

HOW_MANY = int(os.environ.get("RECOUNT_PRICES", "150"))
EDGES = (1, 2, 5, 8)
BANDS: Sequence[dict[str, str]] = ({"up_to": "50", "each": "0.95"}, {"each": "0.90"})
RATED = {"rated": {"requires": {"event": "rated", "at_least": "4", "within": "14 days"},
                   "if_missing": "not_met"}}  # fmt: skip


def money(chance: Random) -> str:
    """An amount below ten, with six decimals; drawn evenly, so that limits are reached."""
    return f"{Decimal(chance.randrange(10_000_000)).scaleb(-6):f}"


def banded(chance: Random) -> list[dict[str, Any]]:
    """Bands whose ends lie close together, so that small months reach all of them."""
    ends = sorted(chance.sample(EDGES, chance.randint(0, 3)))
    return [*({"up_to": end, "each": money(chance)} for end in ends), {"each": money(chance)}]


def price(chance: Random, *forms: str) -> dict[str, Any]:
    """A price of any of the forms."""
    form = chance.choice(forms)
    return {form: banded(chance) if form in ("graduated", "volume") else money(chance)}


def performance(chance: Random) -> dict[str, Any]:
    """A share that is to be reached by the month, its days and its hours, and a baseline."""
    share = chance.choice(("0", "50", "50.4", "66.666666", "75", "100"))
    follows = chance.choice(("pays", "otherwise", "both"))
    term: dict[str, Any] = {"of": "resolution", "at_least": share}
    if follows != "otherwise":
        term["pays"] = money(chance)
    if follows != "pays":
        term["otherwise"] = chance.choice(("0", "0.5", "12.345678", "100"))
    baseline = {"id": "B-1", "percent": chance.choice(("0", "12.5", "33.333333", "100")),
                "each": money(chance)}  # fmt: skip
    days = {"of": "resolution", "at_least": share, "pays": money(chance), "per": "day"}
    return {
        "share": term,
        "prevented": {"of": "resolution", "against": baseline},
        "days": days,
        "hours": days | {"per": "hour"},
    }


def is_so(chance: Random) -> bool:
    return chance.random() < 0.5


def month(name: str) -> Case:
    """A month of some outcomes and usage, billed at prices of nobody's choosing."""
    chance = Random(name)
    pricing: dict[str, Any] = {
        "resolution": price(chance, "per_outcome", "graduated", "volume"),
        "usage": {"minutes": price(chance, "each", "graduated", "volume")},
    }
    if is_so(chance):
        pricing["platform_fee"] = money(chance)
    if is_so(chance):
        floor, cap = sorted(chance.randint(0, 60) for _ in range(2))
        pricing["monthly"] = {"floor": f"{floor}.00", "cap": f"{cap}.50"}
    if is_so(chance):
        pricing["performance"] = performance(chance)
    contract = contract_of(
        contract=name, outcomes=outcome_of(clauses=RATED), pricing=pricing,
        currency=chance.choice(("USD", "JPY", "KWD")),
    )  # fmt: skip
    met, failed = chance.randint(0, 10), chance.randint(0, 3)
    used = Decimal(chance.randint(0, 1200)).scaleb(-2)
    lines = [Billed("used", "", Decimal(1), "minutes", used)] if used else []
    lines += [Billed(f"L{kind}-{number}", f"{kind}-{number}", Decimal(money(chance)))
              for kind, count in (("met", met), ("failed", failed))
              for number in range(1, 1 + chance.randint(0, count))]  # fmt: skip
    log = logged(f"{met} met, {failed} failed")
    return Case(contract, log, "2026-01", at("2026-06-01 00:00"), lines=lines)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [month(f"month-{number}") for number in range(HOW_MANY)]


@pytest.fixture(scope="module")
def recounted(cases: list[Case], tmp_path_factory: pytest.TempPathFactory) -> Recounted:
    return recount(cases, tmp_path_factory.mktemp("prices"))


def _charged(case: Case, recounted: Recounted) -> Charge:
    pricing = json.loads(canonical_json(case.contract))["pricing"]
    verdicts = [row["verdict"] for row in recounted.rows("determinations", case)]
    met = verdicts.count("met")
    month = [Share(met, met + verdicts.count("not_met"))]
    # all of them are solved at one instant
    shares = dict.fromkeys(("share", "prevented", "days", "hours"), month)
    used = sum((line.quantity for line in case.lines if line.line_id == "used"), Decimal(0))  # type: ignore[attr-defined]
    quantities = {"resolution": Decimal(met), "minutes": used}
    return charge(pricing, quantities, case.contract.minor_units, shares=shares)


def test_every_charge_is_the_same_to_the_last_minor_unit(
    cases: list[Case], recounted: Recounted
) -> None:
    for case in cases:
        (statement,) = recounted.rows("statements", case)
        assert statement["amount_recounted"] == _charged(case, recounted).amount, case


def test_every_term_of_a_charge_is_the_same(cases: list[Case], recounted: Recounted) -> None:
    compared = set()
    for case in cases:
        expected: dict[str, Decimal] = {}
        for step in _charged(case, recounted).steps:
            term = step.term.removesuffix(" rounding")
            expected[term] = expected.get(term, Decimal(0)) + step.amount
        found = {
            row["term"]: row["amount"]
            for row in recounted.rows("charges", case)
            if row["basis"] == "recounted" and row["amount"]
        }
        assert found == {term: amount for term, amount in expected.items() if amount}, case
        compared |= set(found)
    assert compared == {
        "resolution", "minutes", "platform_fee", "share", "prevented", "days", "hours",
        "monthly_floor", "monthly_cap",
    }  # fmt: skip


def test_the_prices_of_all_outcomes_add_up_to_their_charge(
    cases: list[Case], recounted: Recounted
) -> None:
    for case in cases:
        pricing = json.loads(canonical_json(case.contract))["pricing"]
        rows = recounted.rows("reconciliation_lines", case)
        met = sum(row["verdict"] == "met" for row in recounted.rows("determinations", case))
        exact = sum((units * each for units, each in bands(pricing["resolution"], Decimal(met))),
                    Decimal(0))  # fmt: skip
        assert sum(row["amount_recounted"] for row in rows) == exact, case


@given(st.lists(st.decimals("0", "9", places=2), min_size=1, max_size=4), st.integers(0, 99))
def test_one_more_unit_never_makes_a_graduated_month_cheaper(
    prices: list[Decimal], units: int
) -> None:
    rising = [{"up_to": str(10 * number), "each": str(each)}
              for number, each in enumerate(prices[:-1], start=1)]  # fmt: skip
    pricing = {"resolution": {"graduated": [*rising, {"each": str(prices[-1])}]}}
    amounts = [charge(pricing, {"resolution": Decimal(n)}, 100).amount for n in (units, units + 1)]
    assert amounts == sorted(amounts)


def test_steps_add_up_to_the_amount_even_where_they_are_rounded() -> None:
    pricing = {"resolution": {"graduated": BANDS}, "usage": {"calls": {"each": "0.0001"}},
               "platform_fee": "0.005", "monthly": {"cap": "48.00"}}  # fmt: skip
    found = charge(pricing, {"resolution": Decimal(51), "calls": Decimal(70)}, 100)
    assert found.amount == sum(step.amount for step in found.steps) == 48
    assert [step.term for step in found.steps] == [
        "resolution", "resolution", "calls", "calls rounding", "platform_fee", "monthly_cap",
    ]  # fmt: skip
