"""Where each band of a price ends in a month: a price depends on the outcomes before it."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from recount.contract.canonical import canonical_json
from recount.contract.model import Contract
from recount.evaluator import MET
from recount.recomputing.prices import Left, in_month, placed, places_in_bands

_SCHEMA = pa.schema({
    "term": pa.string(), "band_number": pa.int64(), "each": pa.decimal128(18, 6),
    "outcome_count": pa.int64(), "last_concluded_at": pa.timestamp("us"),
    "last_event_id": pa.string(),
})  # fmt: skip


def band_rows(
    contract: Contract, run: Mapping[str, Any], determinations: pa.Table, subjects: pa.Table
) -> pa.Table:
    """Return the last outcome in each band of each priced term, in the order of conclusion.

    With it a price can be found for one outcome alone, and a count over all shows that it is right.
    """
    pricing = in_month(json.loads(canonical_json(contract))["pricing"], f"{run['period']}-01")
    pool = run["left"]["credits"] or {"opening": "0", "bought": "0"}
    left = Left(credits=Decimal(pool["opening"]) + Decimal(pool["bought"]))
    tiers = subjects.select(["subject_id", "tier"])
    rows: list[dict[str, Any]] = []
    for name in contract.pricing.outcomes:
        by_tier = "by_tier" in pricing[name]
        prices = pricing[name]["by_tier"] if by_tier else {None: pricing[name]}
        met = _met(determinations, name)
        for tier, price in prices.items():
            of = met.join(tiers, "subject_id").filter(pc.field("tier") == tier) if by_tier else met
            term = name if tier is None else f"{name}.{tier}"
            rows += _bands(term, price, of, placed(pricing, price, left))
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def _met(determinations: pa.Table, outcome: str) -> pa.Table:
    is_one = (
        (pc.field("outcome") == outcome)
        & (pc.field("counted_by") == "buyer")
        & (pc.field("verdict") == MET)
    )
    columns = ["subject_id", "concluded_at", "candidate_event_id"]
    return determinations.filter(is_one).select(columns)


def _bands(
    term: str, price: Mapping[str, Any], met: pa.Table, bands: list[Any]
) -> Iterator[dict[str, Any]]:
    order = [("concluded_at", "ascending"), ("candidate_event_id", "ascending")]
    in_order = met.sort_by(order)
    counts = places_in_bands(bands, met.num_rows, is_volume="volume" in price) if bands else []
    place = 0
    for number, (each, count) in enumerate((found for found in counts if found[1]), start=1):
        place += count
        yield {
            "term": term, "band_number": number, "each": each, "outcome_count": count,
            "last_concluded_at": in_order["concluded_at"][place - 1].as_py(),
            "last_event_id": in_order["candidate_event_id"][place - 1].as_py(),
        }  # fmt: skip
