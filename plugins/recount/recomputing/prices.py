"""What a month costs by its contract: terms, bands and tiers, shares, and what limits the sum."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from recount.evaluator import Event, Log, duration, listed

NOTHING = Decimal(0)
MILLIONTH = Decimal("0.000001")  # what quantities and prices are exact to
DIGITS = 60  # enough for every product here, which is therefore exact
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


def performance_terms(pricing: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The shares that something follows from: those of `performance`, and that of an escrow."""
    escrow = {"escrow": pricing["escrow"]} if "escrow" in pricing else {}
    return {**pricing.get("performance", {}), **escrow}


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
    with localcontext(prec=DIGITS):
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
            fewer = fewer_than(against, share.met, share.judged)
            yield from _term(name, {"each": against["each"]}, fewer, minor_units)
    elif reached := [share for share in judged if reaches(term, share)]:
        pays = {"each": term.get("pays", NOTHING)}
        yield from _term(name, pays, Decimal(len(reached)), minor_units)
    elif judged:
        credit = rounded(-base * Decimal(term.get("otherwise", NOTHING)) / 100, minor_units)
        if credit:
            yield Step(name, credit)


def fewer_than(against: Mapping[str, Any], met: int, judged: int) -> Decimal:
    """How many fewer than by a baseline are not met, to a millionth."""
    expected = Decimal(against["percent"]) / 100 * judged
    return max(expected - (judged - met), NOTHING).quantize(MILLIONTH, ROUND_HALF_UP)


def reaches(term: Mapping[str, Any], share: Share) -> bool:
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


def in_month(pricing: Mapping[str, Any], first_day: str) -> dict[str, Any]:
    """Return a month's prices: fees, usage and a floor that no milestone opened cost nothing."""
    closed = {
        name
        for milestone in pricing.get("milestones", {}).values()
        if not milestone.get("reached_on") or milestone["reached_on"] > first_day
        for name in listed(milestone["opens"])
    }
    month = {**pricing, "usage": dict(pricing.get("usage", {}))}
    month["usage"] |= {name: {"each": "0"} for name in month["usage"] if name in closed}
    if "platform_fee" in closed:
        del month["platform_fee"]
    if "monthly_floor" in closed:
        month["monthly"] = {key: each for key, each in pricing["monthly"].items() if key != "floor"}
    return month


def tiered(pricing: Mapping[str, Any], outcome: str, tier: str | None) -> tuple[str, Any] | None:
    """Return the name and the price of the term that an outcome of a tier falls under, if any."""
    price = pricing[outcome]
    if "by_tier" not in price:
        return outcome, price
    return (f"{outcome}.{tier}", price["by_tier"][tier]) if tier in price["by_tier"] else None


@dataclass(frozen=True)
class Band:
    """A price of the places up to one of them, or of all that are left."""

    up_to: Decimal | None
    each: Decimal


def placed(pricing: Mapping[str, Any], price: Mapping[str, Any], left: Left) -> list[Band]:
    """Return what each outcome costs at its place in the month, as bands of places.

    Of what draws credits, nothing else drawing: nothing until all are drawn. A share of value has
    no bands, and of volume the band that the number reaches is everybody's.
    """
    if "percent_of_value" in price:
        return []
    if "credits" in price:
        draws = Decimal(price["credits"])
        beyond = Decimal(pricing["credits"]["each"]) * draws
        return [Band(left.credits // draws, NOTHING), Band(None, beyond)]
    steps = price.get("graduated") or price.get("volume") or [{"each": price["per_outcome"]}]
    return [
        Band(Decimal(step["up_to"]) if "up_to" in step else None, Decimal(step["each"]))
        for step in steps
    ]


def places_in_bands(
    found: Sequence[Band], count: int, *, is_volume: bool
) -> list[tuple[Decimal, int]]:
    """Return each band's price, and how many of that many outcomes have their place in it."""
    starts_at, result = 0, []
    for band in found:
        ends_at = count if band.up_to is None else min(count, int(band.up_to))
        result.append((band.each, max(ends_at - starts_at, 0)))
        starts_at = max(ends_at, starts_at)
    if not is_volume:
        return result
    reached = next(n for n, b in enumerate(found) if b.up_to is None or count <= b.up_to)
    return [(each, count if n == reached else 0) for n, (each, _) in enumerate(result)]


def value_of(
    price: Mapping[str, Any], concluding: Event, log: Log, currency: str
) -> Decimal | None:
    """What a conclusion is worth, less what is taken off; None where that is not known."""
    worth = concluding.value if concluding.unit == currency else None
    net = price.get("net_of")
    if net is None or worth is None:
        return worth
    ends_at = concluding.occurred_at + duration(net["within"])
    gone_back = [
        event.value if event.unit == currency else None
        for event in log.by_subject[concluding.subject_id]
        if event.event_type in listed(net["event"])
        and concluding.occurred_at < event.occurred_at <= ends_at
    ]
    if None in gone_back:
        return None
    return max(worth - sum(filter(None, gone_back), NOTHING), NOTHING) if gone_back else worth
