"""Prices as rows: a term for each thing that is priced by itself, and its bands (DESIGN 8)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from recount.contract.balances import Balances, CreditBalance
from recount.contract.pricing import Band, OutcomePrice, Priced, Pricing
from recount.contract.shared import Credits

# The line type of credits: their purchase on an invoice, and what is drawn beyond them.
CREDITS = "credits"

Row = dict[str, Any]
Rows = Iterator[tuple[str, Row]]


def price_rows(pricing: Pricing, price_keys: Iterator[int], left: Balances) -> Rows:
    """Yield each price's rows of `price_terms`, `price_bands` and `price_nets`.

    Each tier of an outcome is a term of its own; so is everything that is used, and what is drawn
    beyond the credits that are left.
    """

    def term(row: Row, priced: Priced, price_key: int) -> Rows:
        drawn = _drawing(pricing.credits, left.credits, priced.credits)
        yield from _term(row, priced, drawn or priced.bands, price_key)

    for name, price in pricing.outcomes.items():
        needs_subject = price.by_tier is not None or price.percent_of_value is not None
        row = {"line_type": name, "measured_by": "buyer", "needs_subject": needs_subject}
        if price.by_tier is None:
            yield from term(row | _net(price), price.priced, key := next(price_keys))
            for event_type in price.net_of.event if price.net_of else ():
                yield "price_nets", {"price_key": key, "event_type": event_type}
        for tier, tier_price in (price.by_tier or {}).items():
            yield from term(row | {"tier": tier}, tier_price.priced, next(price_keys))
    for name, usage in pricing.usage.items():
        row = {"line_type": name, "measured_by": "vendor", "agreed_quantity": usage.agreed}
        yield from term(row, usage.priced, next(price_keys))
    if pricing.credits:
        row = {"line_type": CREDITS, "measured_by": "balance"}
        yield from term(row, Priced.flat(pricing.credits.each), next(price_keys))


def _net(price: OutcomePrice) -> Row:
    within = price.net_of and price.net_of.within
    return {"net_within_us": within and within // timedelta(microseconds=1)}


def _drawing(
    terms: Credits | None, left: CreditBalance | None, credits_each: Decimal | None
) -> tuple[Band, ...]:
    """What a unit costs at its place, if nothing else draws: nothing, until all are drawn.

    These are the prices at which a line may bill it; the charge is that of the credits themselves.
    """
    if terms is None or credits_each is None:
        return ()
    covered = (left.available if left else Decimal(0)) // credits_each
    free = Band.model_construct(up_to=covered, each=Decimal(0))
    beyond = Band.model_construct(each=terms.each * credits_each)
    return (free, beyond) if covered else (beyond,)


def _term(row: Row, priced: Priced, bands: Sequence[Band], price_key: int) -> Rows:
    share = None if priced.percent is None else priced.percent / 100
    facts = {"price_key": price_key, "price_model": priced.model, "share": share}
    yield "price_terms", {"needs_subject": False} | row | facts | {"credits_each": priced.credits}
    starts_at = Decimal(0)
    for number, band in enumerate(bands, start=1):
        yield (
            "price_bands",
            {
                "price_key": price_key,
                "band_number": number,
                "quantity_from": starts_at,
                "quantity_to": band.up_to,
                "price_each": band.each,
            },
        )
        starts_at = band.up_to or starts_at
