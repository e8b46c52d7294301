"""SQL and `recount.charging` charge the same for any prices and quantities, term by term."""

import json
import os
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from recount.charging import Charge, Share, bands, charge
from recount.contract.canonical import canonical_json
from tests.spec.bills import logged
from tests.support.cases import Billed, Case, Recounted, at, contract_of, outcome_of, recount

HOW_MANY = int(os.environ.get("RECOUNT_PRICES", "150"))
EDGES = (1, 2, 5, 8)
BANDS: Sequence[dict[str, str]] = ({"up_to": "50", "each": "0.95"}, {"each": "0.90"})
RATED = {"rated": {"requires": {"event": "rated", "at_least": "4", "within": "14 days"},
                   "if_missing": "not_met"}}  # fmt: skip

money = st.decimals("0", "9.999999", places=6).map(lambda each: f"{each:f}")


@st.composite
def banded(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Bands whose ends lie close together, so that small months reach all of them."""
    ends = sorted(draw(st.sets(st.sampled_from(EDGES), max_size=3)))
    return [*({"up_to": end, "each": draw(money)} for end in ends), {"each": draw(money)}]


def price(*forms: str) -> st.SearchStrategy[dict[str, Any]]:
    """A price of any of the forms."""
    kinds = {"graduated": banded(), "volume": banded()}
    return st.one_of(*(st.fixed_dictionaries({form: kinds.get(form, money)}) for form in forms))


@st.composite
def performance(draw: st.DrawFn) -> dict[str, Any]:
    """A share that is to be reached, and a baseline."""
    share = draw(st.sampled_from(("0", "50", "66.666666", "75", "100")))
    follows = draw(st.sampled_from(("pays", "otherwise", "both")))
    term: dict[str, Any] = {"of": "resolution", "at_least": share}
    if follows != "otherwise":
        term["pays"] = draw(money)
    if follows != "pays":
        term["otherwise"] = draw(st.sampled_from(("0", "0.5", "12.345678", "100")))
    baseline = {"id": "B-1", "percent": draw(st.sampled_from(("0", "12.5", "33.333333", "100"))),
                "each": draw(money)}  # fmt: skip
    return {"share": term, "prevented": {"of": "resolution", "against": baseline}}


@st.composite
def months(draw: st.DrawFn, name: str) -> Case:
    """A month of some outcomes and usage, billed at prices of nobody's choosing."""
    pricing: dict[str, Any] = {
        "resolution": draw(price("per_outcome", "graduated", "volume")),
        "usage": {"minutes": draw(price("each", "graduated", "volume"))},
    }
    if draw(st.booleans()):
        pricing["platform_fee"] = draw(money)
    if draw(st.booleans()):
        floor, cap = sorted(draw(st.lists(st.integers(0, 40), min_size=2, max_size=2)))
        pricing["monthly"] = {"floor": f"{floor}.00", "cap": f"{cap}.50"}
    if draw(st.booleans()):
        pricing["performance"] = draw(performance())
    contract = contract_of(
        contract=name, outcomes=outcome_of(clauses=RATED), pricing=pricing,
        currency=draw(st.sampled_from(("USD", "JPY", "KWD"))),
    )  # fmt: skip
    met, failed = draw(st.integers(0, 10)), draw(st.integers(0, 3))
    used = draw(st.decimals("0", "12", places=2))
    lines = [Billed("used", "", Decimal(1), "minutes", used)] if used else []
    lines += [Billed(f"L{kind}-{number}", f"{kind}-{number}", Decimal(draw(money)))
              for kind, count in (("met", met), ("failed", failed))
              for number in range(1, 1 + draw(st.integers(0, count)))]  # fmt: skip
    log = logged(f"{met} met, {failed} failed")
    return Case(contract, log, "2026-01", at("2026-06-01 00:00"), lines=lines)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    found: list[Case] = []

    @settings(
        max_examples=HOW_MANY, phases=[Phase.generate], database=None, deadline=None,
        derandomize="RECOUNT_PRICES" not in os.environ, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.data())
    def collect(data: st.DataObject) -> None:
        found.append(data.draw(months(f"month-{len(found)}")))

    collect()
    return found


@pytest.fixture(scope="module")
def recounted(cases: list[Case], tmp_path_factory: pytest.TempPathFactory) -> Recounted:
    return recount(cases, tmp_path_factory.mktemp("prices"))


def _charged(case: Case, recounted: Recounted) -> Charge:
    pricing = json.loads(canonical_json(case.contract))["pricing"]
    verdicts = [row["verdict"] for row in recounted.rows("determinations", case)]
    met = verdicts.count("met")
    shares = {"resolution": Share(met, met + verdicts.count("not_met"))}
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
        "resolution", "minutes", "platform_fee", "share", "prevented", "monthly_floor",
        "monthly_cap",
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
