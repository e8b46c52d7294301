"""What earlier months left of what a contract's months share: a ceiling, credits, and escrow."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from recount.contract.model import Contract
from recount.contract.shared import (
    Annual,
    AnnualTakenOver,
    Credits,
    CreditsTakenOver,
    Escrow,
    Lot,
)
from recount.money import rounded
from recount.periods import first_day, following

NOTHING = Decimal(0)
Lots = tuple[tuple[Lot, Decimal], ...]


@dataclass(frozen=True)
class Settled:
    """What a month settled: an amount in the contract's currency, and credits that it drew.

    `escrow` is what it held back less what it released.
    """

    period: str
    amount: Decimal
    credits: Decimal = NOTHING
    escrow: Decimal = NOTHING


@dataclass(frozen=True)
class AnnualBalance:
    """What the contract year that begins in `year` may still cost, before this month."""

    year: str
    ceiling: Decimal
    opening: Decimal

    def closing(self, settled: Decimal) -> Decimal:
        """What is left after a month; a month that settled more than was left leaves nothing."""
        return max(self.opening - settled, NOTHING)


@dataclass(frozen=True)
class CreditBalance:
    """The credits at a month's beginning, and those bought in it; `lots` in the order of use."""

    period: str
    opening: Decimal
    bought: Decimal
    price: Decimal
    lots: Lots

    @property
    def available(self) -> Decimal:
        """What the month can draw."""
        return self.opening + self.bought

    @property
    def in_order(self) -> list[tuple[Decimal, bool]]:
        """What is left of each lot in the order of use, and whether this month is its last."""
        after = following(self.period)
        return [(left, not _is_usable(after, lot)) for lot, left in self.lots]

    def used(self, drawn: Decimal) -> Decimal:
        """What comes out of the credits; the rest of what was drawn is paid for."""
        return min(drawn, self.available)

    def expired(self, drawn: Decimal) -> Decimal:
        """What is left of the lots that the month is the last to draw on."""
        left_of = _drawn(self.lots, drawn, partial(_is_usable, self.period))
        after = following(self.period)
        return sum((left for lot, left in left_of if not _is_usable(after, lot)), NOTHING)

    def closing(self, drawn: Decimal) -> Decimal:
        """What the next month begins with."""
        return self.available - self.used(drawn) - self.expired(drawn)


@dataclass(frozen=True)
class EscrowBalance:
    """What is held back when a month begins, and the percentage of it that is held back too."""

    opening: Decimal
    percent: Decimal
    minor_units: int

    def withheld(self, settled: Decimal) -> Decimal:
        """What is held back of what a month settles, rounded half to even to the minor unit."""
        return max(rounded(settled * self.percent / 100, self.minor_units), NOTHING)

    def released(self, settled: Decimal, *, is_reached: bool) -> Decimal:
        """What is paid out: all that is held where the share was reached, and else nothing."""
        return self.opening + self.withheld(settled) if is_reached else NOTHING


@dataclass(frozen=True)
class Balances:
    """What a month may take of what it shares with others; None of what the contract has not."""

    annual: AnnualBalance | None = None
    credits: CreditBalance | None = None
    escrow: EscrowBalance | None = None


def balances(contract: Contract, period: str, earlier: Sequence[Settled] = ()) -> Balances:
    """Return what is left at a month's beginning after the months before it."""
    annual, credits_, escrow = (
        getattr(contract.pricing, name) for name in ("annual", "credits", "escrow")
    )
    return Balances(
        annual=_annual(annual, period, earlier) if annual else None,
        credits=_credits(credits_, period, earlier) if credits_ else None,
        escrow=_escrow(escrow, contract.minor_units, earlier)
        if escrow and escrow.since <= period
        else None,
    )


def earlier_periods(versions: Sequence[Contract], contract: Contract, period: str) -> list[str]:
    """Name the months that a month's balances depend on: those in which a version was in force."""
    beginnings = [*_beginnings(contract, period)]
    if not beginnings:
        return []
    found, month = [], min(beginnings)
    while month < period:
        if any(version.effective.holds(first_day(month)) for version in versions):
            found.append(month)
        month = following(month)
    return found


def _beginnings(contract: Contract, period: str) -> Iterator[str]:
    if annual := contract.pricing.annual:
        yield _begun(_year(annual, period), annual.taken_over, period)
    if credits_ := contract.pricing.credits:
        first = min(_month(lot) for lot in credits_.bought)
        yield _begun(first, credits_.taken_over, period)
    if escrow := contract.pricing.escrow:
        yield escrow.since


def _begun(first: str, taken_over: AnnualTakenOver | CreditsTakenOver | None, period: str) -> str:
    """Return where counting begins: at what was taken over, for the months that come after it."""
    return max(first, taken_over.before) if taken_over and taken_over.before <= period else first


def _annual(annual: Annual, period: str, earlier: Sequence[Settled]) -> AnnualBalance:
    year, taken_over = _year(annual, period), annual.taken_over
    settled = sum((each.amount for each in earlier if each.period >= year), NOTHING)
    if taken_over and year < taken_over.before <= period:
        settled += taken_over.settled
    return AnnualBalance(year, annual.ceiling, max(annual.ceiling - settled, NOTHING))


def _year(annual: Annual, period: str) -> str:
    """Return the month in which the contract year of a month began."""
    year, month = int(period[:4]), int(period[5:])
    return f"{year if month >= annual.starts_in else year - 1:04}-{annual.starts_in:02}"


def _credits(terms: Credits, period: str, earlier: Sequence[Settled]) -> CreditBalance:
    drawn = {each.period: each.credits for each in earlier}
    lots: Lots = tuple((lot, lot.credits) for lot in sorted(terms.bought, key=_order))
    month = min(_month(lot) for lot in terms.bought)
    if (taken_over := terms.taken_over) and taken_over.before <= period:
        is_older = partial(_is_bought_before, taken_over.before)
        lots = _drawn(lots, taken_over.used, is_older)
        month = max(month, taken_over.before)
    while month < period:
        lots = _drawn(lots, drawn.get(month, NOTHING), partial(_is_usable, month))
        month = following(month)
    usable = tuple((lot, left) for lot, left in lots if _is_usable(period, lot))
    now = [lot for lot, _ in usable if _month(lot) == period]
    bought = sum((lot.credits for lot in now), NOTHING)
    return CreditBalance(
        period=period,
        opening=sum((left for _, left in usable), NOTHING) - bought,
        bought=bought,
        price=sum((lot.price for lot in now), NOTHING),
        lots=usable,
    )


def _escrow(terms: Escrow, minor_units: int, earlier: Sequence[Settled]) -> EscrowBalance:
    held = sum((each.escrow for each in earlier if each.period >= terms.since), NOTHING)
    return EscrowBalance(terms.opening + held, terms.percent, minor_units)


def _drawn(lots: Lots, drawn: Decimal, is_usable: Callable[[Lot], bool]) -> Lots:
    """Return what is left of each lot after drawing from one after the other."""
    left_of = []
    for lot, left in lots:
        taken = min(left, drawn) if is_usable(lot) else NOTHING
        drawn -= taken
        left_of.append((lot, left - taken))
    return tuple(left_of)


def _month(lot: Lot) -> str:
    return f"{lot.on:%Y-%m}"


def _is_bought_before(period: str, lot: Lot) -> bool:
    return _month(lot) < period


def _is_usable(period: str, lot: Lot) -> bool:
    return _month(lot) <= period and (lot.expires_on is None or first_day(period) < lot.expires_on)


def _order(lot: Lot) -> tuple[date, date]:
    """What expires first is drawn first; of what expires together, what was bought first."""
    return (lot.expires_on or date.max, lot.on)
