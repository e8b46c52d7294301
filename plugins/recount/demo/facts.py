"""What the final statements of the bundled quarter must say, counted from the catalogue alone."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from recount.demo.catalogue import PRICE, STORIES, Line
from recount.demo.months import PERIODS
from recount.periods import Period

FINAL_AFTER = timedelta(days=30)  # settlement.final_after of the bundled contract
PROVISIONAL_AFTER = timedelta(days=3)
_RECOUNTED = ("agreed", "wrong_price", "not_invoiced")


@dataclass(frozen=True)
class MonthFacts:
    """One month's final statement: counts by status, reason and part of the gap."""

    period: str
    provisional_as_of: datetime
    final_as_of: datetime
    lines: dict[str, int]
    reasons: dict[str, int]
    gap: dict[str, int]
    amount_invoiced: Decimal

    @property
    def invoiced_count(self) -> int:
        """Outcomes that the vendor bills."""
        return sum(self.lines.values()) - self.lines.get("not_invoiced", 0)

    @property
    def recounted_count(self) -> int:
        """Outcomes that the contract gives."""
        return sum(self.lines.get(status, 0) for status in _RECOUNTED)

    @property
    def amount_variance(self) -> Decimal:
        """Invoiced minus recounted, in USD."""
        return self.amount_invoiced - self.recounted_count * Decimal(PRICE)


@dataclass(frozen=True)
class Facts:
    """Where the bundled quarter was written, and what must come out of it."""

    contract: Path
    months: tuple[MonthFacts, ...]

    @property
    def invoiced_count(self) -> int:
        """Outcomes that the vendor bills in the quarter."""
        return sum(month.invoiced_count for month in self.months)

    @property
    def recounted_count(self) -> int:
        """Outcomes that the contract gives in the quarter."""
        return sum(month.recounted_count for month in self.months)

    @property
    def amount_variance(self) -> Decimal:
        """Invoiced minus recounted in the quarter, in USD."""
        return sum((month.amount_variance for month in self.months), Decimal(0))


def facts_of(contract: Path, scale: float) -> Facts:
    """Count what the catalogue says about each month at this size."""
    numbered = enumerate(PERIODS)
    return Facts(contract, tuple(_month(period, _lines(at, scale)) for at, period in numbered))


def _month(period: Period, counted: Counter[Line]) -> MonthFacts:
    lines, reasons, gap = Counter[str](), Counter[str](), Counter[str]()
    amount_invoiced = Decimal(0)
    for line, count in counted.items():
        lines[line.match_status] += count
        if line.match_status == "not_an_outcome":
            reasons[line.reason or ""] += count
        if line.gap_part:
            gap[line.gap_part] += -count if line.match_status == "not_invoiced" else count
        if line.match_status != "not_invoiced":
            amount_invoiced += count * Decimal(line.unit_price)
    return MonthFacts(
        period=period.name,
        provisional_as_of=period.ends_at + PROVISIONAL_AFTER,
        final_as_of=period.ends_at + FINAL_AFTER,
        lines=dict(lines),
        reasons=dict(reasons),
        gap=dict(gap),
        amount_invoiced=amount_invoiced,
    )


def _lines(month_number: int, scale: float) -> Counter[Line]:
    counted = Counter[Line]()
    for story in STORIES:
        tickets = story.scaled(scale)
        for line in story.lines:
            concluded_in = month_number - line.months_later
            if concluded_in >= 0:
                counted[line] += tickets[concluded_in]
    return +counted
