"""What a contract may say of how a month's outcomes did together."""

from decimal import Decimal
from pathlib import Path

import pytest

from recount.contract.tables import terms_tables
from tests.unit.contract.acme import acme_with, contract_of, refusal_of

FEE = '  platform_fee: "500.00"\n'


def performing(terms: str) -> str:
    return acme_with(FEE, f"  performance: {{{terms}}}\n")


BASELINE = 'against: {id: B-1, percent: "1", each: "1.00"}'
UNCLEAR = "performance.bonus: write at_least with pays, otherwise or both; or against a baseline"
NOT_PAID = "performance.bonus.per: each day can be paid for, and nothing else; write pays alone"
REFUSED = [
    ('bonus: {of: resolution, at_least: "80"}', UNCLEAR),
    ('bonus: {of: resolution, pays: "80.00"}', UNCLEAR),
    ('bonus: {of: resolution, otherwise: "10"}', UNCLEAR),
    ("bonus: {of: resolution}", UNCLEAR),
    (f'bonus: {{of: resolution, at_least: "80", pays: "1", {BASELINE}}}', UNCLEAR),
    (f'bonus: {{of: resolution, otherwise: "1", {BASELINE}}}', UNCLEAR),
    (f'bonus: {{of: resolution, at_least: "80", {BASELINE}}}', UNCLEAR),
    ('bonus: {of: resolution, per: week, at_least: "80", pays: "1"}', "bonus.per: 'week' is no"),
    ('bonus: {of: resolution, per: day, at_least: "80", otherwise: "1"}', NOT_PAID),
    ('bonus: {of: resolution, per: day, at_least: "80", pays: "1", otherwise: "1"}', NOT_PAID),
    (f"bonus: {{of: resolution, per: day, {BASELINE}}}", NOT_PAID),
    ('bonus: {of: resolutions, at_least: "80", pays: "1.00"}', "performance.bonus.of: "
     "'resolutions' is no outcome of the contract; did you mean resolution?"),
    ('bonus: {of: resolution, at_least: "101", pays: "1.00"}', "'101' is no percentage"),
    ('resolution: {of: resolution, at_least: "80", pays: "1.00"}', "performance.resolution: "
     "resolution has a price already; give it another name"),
    ('monthly: {of: resolution, at_least: "80", pays: "1.00"}', "monthly has a price already"),
    ('bonus: {of: resolution, against: {percent: "1", each: "1"}}', "bonus.against: id is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("terms", "sentence"), REFUSED)
def test_performance_from_which_nothing_or_two_things_follow_is_refused(
    tmp_path: Path, terms: str, sentence: str
) -> None:
    assert sentence in refusal_of(tmp_path, performing(terms))


def test_a_name_that_usage_has_is_refused(tmp_path: Path) -> None:
    both = ('  usage: {seats: {each: "1.00"}}\n  performance: {seats: {of: resolution, '
            'at_least: "80", pays: "1.00"}}\n')  # fmt: skip
    refusal = refusal_of(tmp_path, acme_with(FEE, both))
    assert "performance.seats: seats has a price already" in refusal


def test_what_follows_becomes_rows(tmp_path: Path) -> None:
    terms = """
        bonus: {of: resolution, per: hour, at_least: "80", pays: "1000.00"},
        credit: {of: resolution, at_least: 75, otherwise: "12.5"},
        prevented: {of: resolution, against: {id: B-1, percent: "33.3", each: "4.00"}}
    """.replace("\n", " ")
    tables = terms_tables([contract_of(tmp_path, performing(terms))])
    rows = {row.pop("term"): row for row in tables["performance_terms"].to_pylist()}
    names = (
        "per",
        "at_least",
        "amount_paid",
        "share_credited",
        "baseline",
        "baseline_share",
        "price_each",
    )
    assert {term: tuple(row[name] for name in names) for term, row in rows.items()} == {
        "bonus": ("hour", 80, 1000, None, None, None, None),
        "credit": ("month", 75, None, Decimal("0.125"), None, None, None),
        "prevented": ("month", None, None, None, "B-1", Decimal("0.333"), 4),
    }
    assert {row["outcome"] for row in rows.values()} == {"resolution"}


MEASURED = '  performance: {bonus: {of: resolution, at_least: "80", pays: "1.00"}}\n'


def test_a_contract_of_which_no_outcome_is_billed_is_refused(tmp_path: Path) -> None:
    text = acme_with('  resolution: {per_outcome: "0.99"}\n', MEASURED)
    assert "none of the outcomes has a price" in refusal_of(tmp_path, text)


def test_what_is_measured_alone_is_no_outcome_of_either_side(tmp_path: Path) -> None:
    again = contract_of(tmp_path, performing('bonus: {of: resolution, at_least: "80", pays: "1"}'))
    outcomes = {**again.outcomes, "kept": again.outcomes["resolution"]}
    bonus = again.pricing.performance["bonus"].model_copy(update={"of": "kept"})
    pricing = again.pricing.model_copy(update={"performance": {"bonus": bonus}})
    contract = again.model_copy(update={"outcomes": outcomes, "pricing": pricing})
    definitions = terms_tables([contract])["definitions"].to_pylist()
    assert [(row["outcome"], row["counted_by"]) for row in definitions] == [
        ("resolution", "buyer"), ("resolution", "vendor"), ("kept", "measured"),
    ]  # fmt: skip
