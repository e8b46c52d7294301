"""Prices in a contract: one form each, bands that rise, and tiers and windows that fit."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recount.contract.canonical import canonical_json
from recount.contract.model import Contract
from recount.contract.tables import terms_tables
from recount.errors import ContractError
from tests.support import cases
from tests.unit.contract.acme import acme_with, contract_of, refusal_of

FLAT = '{per_outcome: "0.99"}'
BANDS = '[{up_to: 50, each: "0.95"}, {up_to: 100, each: "0.90"}, {each: "0.85"}]'
TIERS = '{by_tier: {simple: {per_outcome: "0.20"}, complex: {volume: [{each: "2.00"}]}}}'
SCOPE = "{queue: [billing, orders]}"
SHARE = '{percent_of_value: "12.5", net_of: {event: refunded, within: 14 days}}'
FEE = '  platform_fee: "500.00"\n'
SEATS = '  usage: {seats: {each: "30.00", agreed: 25}}\n'


def rows_of(folder: Path, table: str, text: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = terms_tables([contract_of(folder, text)])[table].to_pylist()
    return rows


REFUSED = [
    (FLAT, "{}", "pricing.resolution: there is no price; write one of per_outcome, graduated"),
    (FLAT, '{per_outcome: "1", percent_of_value: "2"}', "pricing.resolution.percent_of_value: "
     "per_outcome and percent_of_value stand together; write one of"),
    (FLAT, "{graduated: []}", "pricing.resolution.graduated"),
    (FLAT, '{graduated: [{each: "1"}, {each: "2"}]}', "pricing.resolution.graduated[0]: only the "
     "last band goes on without an end; add up_to to this one"),
    (FLAT, '{graduated: [{up_to: 50, each: "1"}]}', "pricing.resolution.graduated[0].up_to: units "
     "above it would have no price; leave up_to out of the last band"),
    (FLAT, '{volume: [{up_to: 50, each: "1"}, {up_to: 50, each: "2"}, {each: "3"}]}',
     "pricing.resolution.volume[1].up_to: 50 is not above 50 of the band before; order the bands"),
    (FLAT, '{graduated: [{up_to: 0, each: "1"}, {each: "2"}]}', "graduated[0].up_to: '0' is no "
     "quantity; write up_to as digits above 0"),
    (FLAT, '{graduated: [{up_to: 0.5, each: "1"}, {each: "2"}]}', 'quote up_to ("0.5")'),
    (FLAT, "{graduated: [{up_to: 50, each: 0.95}, {each: 1}]}", 'quote each ("0.95")'),
    (FLAT, '{per_outcome: "1", net_of: {event: refunded, within: 1 day}}', "resolution.net_of: "
     "only a value can be net; remove it"),
    (FLAT, '{percent_of_value: "12.5", net_of: {event: refunded, within: 15 days}}',
     "pricing.resolution.net_of.within: 15 days is longer than every clause of resolution waits"),
    (FLAT, '{percent_of_value: "100.01"}', "'100.01' is no percentage"),
    (FLAT, TIERS, "outcomes.resolution: prices by tier need the same tiers in scope; write tier: "
     "[simple, complex]"),
    (FEE, '  usage: {resolution: {each: "1"}}\n', "pricing.usage.resolution: resolution has a "
     "price already"),
    (FEE, '  usage: {platform_fee: {each: "1"}}\n', "platform_fee has a price already"),
    (FEE, "  usage: {seats: {}}\n", "pricing.usage.seats: there is no price; write one of each"),
    (FEE, '  usage: {seats: {each: "1", agreed: -1}}\n', "agreed: '-1' is no quantity"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), REFUSED)
def test_a_price_that_cannot_be_charged_is_refused_where_it_stands(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert sentence in refusal_of(tmp_path, acme_with(old, new))


def test_prices_of_other_tiers_than_the_scopes_are_refused_at_the_scope(tmp_path: Path) -> None:
    refusal = refusal_of(tmp_path, acme_with(FLAT, TIERS, (SCOPE, "{tier: [simple, free]}")))

    assert "outcomes.resolution.scope.tier: prices by tier need the same tiers in scope" in refusal


def test_a_flat_price_is_one_band_without_an_end(tmp_path: Path) -> None:
    text = acme_with(FLAT, FLAT)

    assert rows_of(tmp_path, "price_terms", text) == [{
        "contract_key": 0, "price_key": 0, "line_type": "resolution", "measured_by": "buyer",
        "tier": None, "needs_subject": False, "price_model": "graduated", "share": None,
        "net_within_us": None, "agreed_quantity": None, "credits_each": None,
    }]  # fmt: skip
    assert rows_of(tmp_path, "price_bands", text) == [{
        "contract_key": 0, "price_key": 0, "band_number": 1, "quantity_from": Decimal(0),
        "quantity_to": None, "price_each": Decimal("0.990000"),
    }]  # fmt: skip


@pytest.mark.parametrize("model", ["graduated", "volume"])
def test_each_band_begins_where_the_one_before_ends(tmp_path: Path, model: str) -> None:
    text = acme_with(FLAT, f"{{{model}: {BANDS}}}")

    (term,) = rows_of(tmp_path, "price_terms", text)
    bands = rows_of(tmp_path, "price_bands", text)
    assert term["price_model"] == model
    assert [(band["quantity_from"], band["quantity_to"]) for band in bands] == [
        (0, 50), (50, 100), (100, None),
    ]  # fmt: skip


def test_each_tier_is_a_term_of_its_own(tmp_path: Path) -> None:
    text = acme_with(FLAT, TIERS, (SCOPE, "{tier: [complex, simple]}"))

    terms = rows_of(tmp_path, "price_terms", text)
    assert [(term["price_key"], term["tier"], term["needs_subject"]) for term in terms] == [
        (0, "simple", True), (1, "complex", True),
    ]  # fmt: skip
    assert [band["price_key"] for band in rows_of(tmp_path, "price_bands", text)] == [0, 1]


def test_a_share_has_no_bands_and_says_what_is_taken_off_and_for_how_long(tmp_path: Path) -> None:
    text = acme_with(FLAT, SHARE)

    (term,) = rows_of(tmp_path, "price_terms", text)
    assert (term["share"], term["net_within_us"]) == (Decimal("0.125"), 14 * 86_400 * 10**6)
    assert rows_of(tmp_path, "price_bands", text) == []
    (net,) = rows_of(tmp_path, "price_nets", text)
    assert net == {"contract_key": 0, "price_key": 0, "event_type": "refunded"}


def test_what_is_used_is_measured_by_the_vendor_unless_both_agreed(tmp_path: Path) -> None:
    _, seats = rows_of(tmp_path, "price_terms", acme_with(FEE, SEATS))

    assert (seats["line_type"], seats["measured_by"], seats["agreed_quantity"]) == (
        "seats", "vendor", 25,
    )  # fmt: skip


def test_two_contracts_never_share_a_price(tmp_path: Path) -> None:
    first = contract_of(tmp_path, acme_with(FLAT, SHARE))
    keys = terms_tables([first, first])["price_terms"].column("price_key").to_pylist()
    nets = terms_tables([first, first])["price_nets"].to_pylist()

    assert keys == [0, 1]
    assert [(net["contract_key"], net["price_key"]) for net in nets] == [(0, 0), (1, 1)]


@pytest.mark.parametrize("price", [FLAT, f"{{graduated: {BANDS}}}", SHARE])
def test_a_price_reads_the_same_from_its_canonical_form(tmp_path: Path, price: str) -> None:
    written = canonical_json(contract_of(tmp_path, acme_with(FLAT, price)))

    assert canonical_json(contract_of(tmp_path, written)) == written


def net_of(within: str, **clauses: str) -> Contract:
    """A contract whose clauses wait so long, and whose value is net of what comes in a time."""
    waiting = {
        name: {"forbids": {"event": "reopened", **({"within": length} if length else {})}}
        for name, length in clauses.items()
    }
    share = {"percent_of_value": "10", "net_of": {"event": "refunded", "within": within}}
    return cases.contract_of(
        outcomes=cases.outcome_of(clauses=waiting), pricing={"resolution": share}
    )


def test_what_is_taken_off_may_come_as_late_as_the_clause_that_waits_longest() -> None:
    net_of("14 days", short="3 days", long="14 days", at_once="")
    with pytest.raises(ContractError, match="15 days is longer than every clause"):
        net_of("15 days", short="3 days", long="14 days")


def test_where_no_clause_waits_nothing_can_be_taken_off_later() -> None:
    with pytest.raises(ContractError, match="24 hours is longer than every clause"):
        net_of("1 day", at_once="")
