"""What a contract charges for quantities, in plain Python: prices in executable form (DESIGN 8).

Read this to know what the words under `pricing` mean; run it to check a charge without Recount. It
needs the standard library only. It is the oracle of the property tests, which compare it with the
SQL. Terms are plain data, as in a contract's canonical JSON; quantities are Decimals.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

NOTHING = Decimal(0)
_DIGITS = 60  # enough for every product here, which is therefore exact
FEES = frozenset({
    "platform_fee", "credits", "performance", "monthly", "annual", "usage", "escrow", "milestones",
})  # fmt: skip


@dataclass(frozen=True)
class Step:
    """How a part of a charge came about: `quantity` times `each`, where it has these."""

    term: str
    amount: Decimal
    quantity: Decimal | None = None
    each: Decimal | None = None


@dataclass(frozen=True)
class Left:
    """What earlier months left of what months share: of a year's ceiling, and of credits.

    `annual` is None where nothing limits the year; `credits` are those that the month can draw, and
    `bought` is what it pays for those that are bought in it.
    """

    annual: Decimal | None = None
    credits: Decimal = NOTHING
    bought: Decimal = NOTHING


FRESH = Left()


@dataclass(frozen=True)
class Share:
    """How many of an outcome's decided determinations are met in an interval, of how many."""

    met: int
    judged: int


@dataclass(frozen=True)
class Charge:
    """What a month costs, and the steps that led there; the steps add up to the amount."""

    amount: Decimal
    steps: Sequence[Step]


def terms(pricing: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return each thing that is priced by itself: outcomes, their tiers (`name.tier`), usage."""
    priced: dict[str, Mapping[str, Any]] = {}
    for name, price in pricing.items():
        if "by_tier" in price:
            priced |= {f"{name}.{tier}": each for tier, each in price["by_tier"].items()}
        elif name not in FEES:
            priced[name] = price
    return priced | dict(pricing.get("usage", {}))


def charge(
    pricing: Mapping[str, Any],
    quantities: Mapping[str, Decimal],
    minor_units: int,
    left: Left = FRESH,
    shares: Mapping[str, Sequence[Share]] | None = None,
) -> Charge:
    """Price quantities by the name of their term; of a share of value, the quantity is the value.

    `shares` has for each term of `performance` that of the month, or those of its days or hours;
    over no decided determination nothing follows.

    What is used and not given is charged as agreed. Each priced term is rounded once, half to even;
    floor and cap are of the sum of all, and what is left of the year's ceiling goes before both.
    """
    with localcontext(prec=_DIGITS):
        steps: list[Step] = []
        drawn = NOTHING
        for name, price in terms(pricing).items():
            quantity = quantities.get(name, Decimal(price.get("agreed", NOTHING)))
            steps += _term(name, price, quantity, minor_units)
            drawn += quantity * Decimal(price.get("credits", NOTHING))
        if "credits" in pricing:
            beyond = max(drawn - left.credits, NOTHING)
            steps += _term("credits", {"each": pricing["credits"]["each"]}, beyond, minor_units)
        fees = {
            "platform_fee": Decimal(pricing.get("platform_fee", NOTHING)),
            "credits_bought": left.bought,
        }
        steps += [Step(name, rounded(fee, minor_units)) for name, fee in fees.items() if fee]
        base = sum((step.amount for step in steps), NOTHING)
        for name, term in pricing.get("performance", {}).items():
            steps += _performed(name, term, (shares or {}).get(name, ()), base, minor_units)
        return _limited(pricing, steps, minor_units, left)


def _performed(
    name: str, term: Mapping[str, Any], shares: Sequence[Share], base: Decimal, minor_units: int
) -> Iterator[Step]:
    """Yield what is charged for shares that were reached, or credited for one that was not."""
    judged = [share for share in shares if share.judged]
    if against := term.get("against"):
        for share in judged:
            expected = Decimal(against["percent"]) / 100 * share.judged
            fewer = max(expected - (share.judged - share.met), NOTHING)
            yield from _term(name, {"each": against["each"]}, fewer, minor_units)
    elif reached := [share for share in judged if _is_reached(term, share)]:
        pays = {"each": term.get("pays", NOTHING)}
        yield from _term(name, pays, Decimal(len(reached)), minor_units)
    elif judged:
        credit = rounded(-base * Decimal(term.get("otherwise", NOTHING)) / 100, minor_units)
        if credit:
            yield Step(name, credit)


def _is_reached(term: Mapping[str, Any], share: Share) -> bool:
    """Multiplied and not divided: exactly what is to be reached is reached."""
    return share.met * 100 >= Decimal(term["at_least"]) * share.judged


def _limited(
    pricing: Mapping[str, Any], steps: Sequence[Step], minor_units: int, left: Left
) -> Charge:
    computed = sum((step.amount for step in steps), NOTHING)
    bounds = pricing.get("monthly", {})
    floor = rounded(Decimal(bounds.get("floor", NOTHING)), minor_units)
    cap = rounded(Decimal(bounds["cap"]), minor_units) if "cap" in bounds else computed
    of_month = max(min(computed, cap), floor)
    amount = of_month if left.annual is None else min(of_month, rounded(left.annual, minor_units))
    limits = {
        "monthly_floor" if of_month > computed else "monthly_cap": of_month - computed,
        "annual_ceiling": amount - of_month,
    }
    return Charge(amount, [*steps, *(Step(name, by) for name, by in limits.items() if by)])


def _term(
    name: str, price: Mapping[str, Any], quantity: Decimal, minor_units: int
) -> Iterator[Step]:
    parts = [
        Step(name, units * each, units, each) for units, each in bands(price, quantity) if units
    ]
    exact = sum((part.amount for part in parts), NOTHING)
    yield from parts
    if rounding := rounded(exact, minor_units) - exact:
        yield Step(f"{name} rounding", rounding)


def bands(price: Mapping[str, Any], quantity: Decimal) -> Iterator[tuple[Decimal, Decimal]]:
    """Yield how many units cost how much each."""
    if "percent_of_value" in price:
        yield quantity, Decimal(price["percent_of_value"]) / 100
    elif "credits" in price:
        return  # they cost what is drawn beyond those that are left
    elif "volume" in price:
        yield quantity, Decimal(_reached(price["volume"], quantity)["each"])
    elif "graduated" in price:
        starts_at = NOTHING
        for band in price["graduated"]:
            ends_at = min(quantity, Decimal(band.get("up_to", quantity)))
            yield max(ends_at - starts_at, NOTHING), Decimal(band["each"])
            starts_at = max(ends_at, starts_at)
    else:
        yield quantity, Decimal(price.get("per_outcome") or price["each"])


def _reached(volume: Sequence[Mapping[str, Any]], quantity: Decimal) -> Mapping[str, Any]:
    """Return the band that holds the whole quantity; its last unit is still inside."""
    return next(b for b in volume if "up_to" not in b or quantity <= Decimal(b["up_to"]))


def rounded(amount: Decimal, minor_units: int) -> Decimal:
    """Round to the currency's minor unit, of which `minor_units` make one; half to even."""
    return (amount * minor_units).quantize(Decimal(1), ROUND_HALF_EVEN) / minor_units
