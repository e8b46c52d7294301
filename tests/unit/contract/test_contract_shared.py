"""A year's ceiling, credits and escrow in a contract: what can be said, and what is refused."""

from decimal import Decimal
from pathlib import Path

import pytest

from recount.contract.balances import Balances, balances
from recount.contract.tables import terms_tables
from tests.unit.contract.acme import acme_with, contract_of, refusal_of

FLAT = '{per_outcome: "0.99"}'
FEE = '  platform_fee: "500.00"\n'
ANNUAL = '  annual: {ceiling: "120000.00", starts_in: 7}\n'
LOT = '{on: 2026-07-01, credits: 1000, price: "500.00"}'
CREDITS = f'  credits: {{bought: [{LOT}], each: "0.006"}}\n'
ESCROW = '  escrow: {percent: "10", of: resolution, at_least: "75", since: 2026-10}\n'
DRAWS = '{credits: "20"}'

REFUSED = [
    (FEE, '  annual: {ceiling: "1", starts_in: 0}\n', "starts_in: '0' is no month; write a number"),
    (FEE, '  annual: {ceiling: "1", starts_in: 13}\n', "starts_in: '13' is no month; write a"),
    (FEE, '  annual: {ceiling: "1", starts_in: "7"}\n', "starts_in: '7' is no month; write a"),
    (FEE, "  annual: {ceiling: 1.00, starts_in: 7}\n", 'quote ceiling ("1.00")'),
    (FEE, '  annual: {ceiling: "1", starts_in: 7, taken_over: {before: 2026-13, settled: "1"}}\n',
     "taken_over.before: '2026-13' is no month; write for example 2026-10"),
    (FEE, CREDITS, "pricing.credits: nothing draws them; give an outcome or a usage a price of"),
    (FLAT, DRAWS, "pricing.resolution.credits: no credits were bought; add credits: {bought"),
    (FEE, '  credits: {bought: [], each: "0.006"}\n', "pricing.credits.bought"),
    (FEE, ESCROW.replace("resolution", "resolutions"), "pricing.escrow.of: 'resolutions' is no "
     "outcome of the contract; did you mean resolution?"),
    (FEE, ESCROW.replace("2026-10", "2026"), "escrow.since: '2026' is no month"),
    (FEE, ESCROW.replace('"10"', '"100.5"'), "escrow.percent: '100.5' is no percentage"),
    (FEE, CREDITS.replace("2026-07-01", "2026-07-01, expires_on: 2026-07-01"),
     "pricing.credits.bought[0].expires_on: expires_on is not after on, so no day is left"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), REFUSED)
def test_what_months_share_is_refused_where_it_cannot_be_shared(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert sentence in refusal_of(tmp_path, acme_with(old, new))


def test_a_unit_beyond_the_credits_that_costs_parts_of_a_millionth_is_refused(
    tmp_path: Path,
) -> None:
    drawing = acme_with(FLAT, '{credits: "0.5"}', (FEE, CREDITS.replace("0.006", "0.000001")))
    assert "costs 5E-7, of more than 6 decimals" in refusal_of(tmp_path, drawing)


def test_what_is_left_becomes_part_of_the_terms(tmp_path: Path) -> None:
    contract = contract_of(tmp_path, acme_with(FLAT, DRAWS, (FEE, ANNUAL + CREDITS)))
    tables = terms_tables([contract], [balances(contract, "2026-07")])
    (row,) = tables["contracts"].to_pylist()
    assert (row["annual_left"], row["credits_available"], row["amount_of_credits_bought"]) == (
        120_000, 1000, 500,
    )  # fmt: skip
    drawing, pool = tables["price_terms"].to_pylist()
    assert (drawing["price_model"], drawing["credits_each"]) == ("credits", 20)
    assert (pool["line_type"], pool["measured_by"]) == ("credits", "balance")


@pytest.mark.parametrize(
    ("credits", "bands"),
    [
        (1000, [(0, 50, Decimal(0)), (50, None, Decimal("0.12"))]),
        (1019, [(0, 50, Decimal(0)), (50, None, Decimal("0.12"))]),
        (19, [(0, None, Decimal("0.12"))]),
    ],
)
def test_a_line_may_bill_nothing_for_what_the_credits_cover_and_their_price_beyond(
    tmp_path: Path, credits: int, bands: list[tuple[int, int | None, Decimal]]
) -> None:
    terms = acme_with(FLAT, DRAWS, (FEE, CREDITS.replace("1000", str(credits))))
    contract = contract_of(tmp_path, terms)
    tables = terms_tables([contract], [balances(contract, "2026-07")])
    found = [row for row in tables["price_bands"].to_pylist() if row["price_key"] == 0]
    assert [
        (band["quantity_from"], band["quantity_to"], band["price_each"]) for band in found
    ] == bands


def test_a_contract_whose_months_share_nothing_has_no_balances(tmp_path: Path) -> None:
    assert balances(contract_of(tmp_path, acme_with(FLAT, FLAT)), "2026-07") == Balances()


def test_without_what_is_left_no_line_may_be_free(tmp_path: Path) -> None:
    contract = contract_of(tmp_path, acme_with(FLAT, "{credits: 1}", (FEE, CREDITS)))
    bands = terms_tables([contract])["price_bands"].to_pylist()
    assert [(band["price_key"], band["price_each"]) for band in bands] == [
        (0, Decimal("0.006")), (1, Decimal("0.006")),
    ]  # fmt: skip


def test_credits_and_usage_need_no_subject(tmp_path: Path) -> None:
    seats = '  usage: {seats: {credits: "2"}}\n'
    contract = contract_of(tmp_path, acme_with(FLAT, FLAT, (FEE, seats + CREDITS)))
    terms = terms_tables([contract])["price_terms"].to_pylist()
    assert [(term["line_type"], term["needs_subject"]) for term in terms] == [
        ("resolution", False), ("seats", False), ("credits", False),
    ]  # fmt: skip


def test_the_share_that_releases_an_escrow_becomes_a_row_from_which_no_charge_follows(
    tmp_path: Path,
) -> None:
    tables = terms_tables([contract_of(tmp_path, acme_with(FEE, ESCROW))])
    (row,) = tables["performance_terms"].to_pylist()
    said = {name: figure for name, figure in row.items() if figure is not None}
    assert said == {
        "contract_key": 0, "term": "escrow", "outcome": "resolution", "per": "month",
        "at_least": 75,
    }  # fmt: skip


def test_an_outcome_that_only_releases_an_escrow_needs_no_price(tmp_path: Path) -> None:
    kept = "  kept: {says: It stayed solved., subject: ticket, concluded_by: {event: solved}}\n"
    text = acme_with("outcomes:\n", "outcomes:\n" + kept, (FEE, ESCROW.replace("resol", "k", 1)))
    text = text.replace("of: kution", "of: kept")
    definitions = terms_tables([contract_of(tmp_path, text)])["definitions"].to_pylist()
    counted = {(row["outcome"], row["counted_by"]) for row in definitions}
    assert ("kept", "measured") in counted
