"""Prices as rows: a term for each thing that is priced by itself, and its bands (DESIGN 8)."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from recount.contract.pricing import OutcomePrice, Priced, Pricing

Row = dict[str, Any]
Rows = Iterator[tuple[str, Row]]


def price_rows(pricing: Pricing, price_keys: Iterator[int]) -> Rows:
    """Yield each price's rows of `price_terms`, `price_bands` and `price_nets`.

    Each tier of an outcome is a term of its own; so is everything that is used.
    """
    for name, price in pricing.outcomes.items():
        row = {"line_type": name, "measured_by": "buyer"}
        if price.by_tier is None:
            yield from _term(row | _net(price), price.priced, key := next(price_keys))
            for event_type in price.net_of.event if price.net_of else ():
                yield "price_nets", {"price_key": key, "event_type": event_type}
        for tier, tier_price in (price.by_tier or {}).items():
            yield from _term(row | {"tier": tier}, tier_price.priced, next(price_keys))
    for name, usage in pricing.usage.items():
        row = {"line_type": name, "measured_by": "vendor"}
        agreed = {"agreed_quantity": usage.agreed}
        yield from _term(row | agreed, usage.priced, next(price_keys))


def _net(price: OutcomePrice) -> Row:
    within = price.net_of and price.net_of.within
    return {"net_within_us": within and within // timedelta(microseconds=1)}


def _term(row: Row, priced: Priced, price_key: int) -> Rows:
    share = None if priced.percent is None else priced.percent / 100
    facts = {"price_key": price_key, "price_model": priced.model, "share": share}
    yield "price_terms", row | facts
    starts_at = Decimal(0)
    for number, step in enumerate(priced.steps, start=1):
        yield (
            "price_bands",
            {
                "price_key": price_key,
                "band_number": number,
                "quantity_from": starts_at,
                "quantity_to": step.up_to,
                "price_each": step.each,
            },
        )
        starts_at = step.up_to or starts_at
