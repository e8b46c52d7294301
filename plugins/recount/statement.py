"""The statement of a month: the marts' counts and amounts, rounded once and added up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Any

import pyarrow as pa

from recount.money import written

VERDICTS = ("met", "not_met", "pending", "unverifiable")
GAP_PARTS = (
    "definition", "data", "timing", "pending", "unverifiable", "not_invoiced", "unattributed",
)  # fmt: skip


class Kind(StrEnum):
    """Provisional until nothing can change any more, then final (DESIGN 7)."""

    PROVISIONAL = "provisional"
    FINAL = "final"


@dataclass(frozen=True)
class Counted:
    """A number of outcomes and what they amount to, in the contract's currency."""

    count: int
    amount: Decimal


@dataclass(frozen=True)
class Sides:
    """Both sides of one outcome, and what is over- and under-invoiced of it, exactly."""

    invoiced: Counted
    recounted: Counted
    over_invoiced: Counted
    under_invoiced: Counted


@dataclass(frozen=True)
class Drawn:
    """How many credits a month draws: by the vendor's count, by ours, and by what is payable."""

    invoiced: Decimal
    recounted: Decimal
    payable: Decimal


@dataclass(frozen=True)
class Statement:
    """One contract and period as of an instant.

    What is paid or withheld is rounded to the minor unit; what is over- or under-invoiced is exact
    until it is written, since the tolerance compares it unrounded (DESIGN 8).
    """

    contract: str
    version: int
    period: str
    as_of: datetime
    final_from: datetime
    kind: Kind
    currency: str
    minor_units: int
    outcomes: Mapping[str, Mapping[str, Any]]
    invoiced: Counted
    recounted: Counted
    at_most: Decimal
    over_invoiced: Counted
    under_invoiced: Counted
    pending: Counted
    unverifiable_count: int
    contested: Decimal
    gap: Mapping[str, Counted]
    arithmetic: Decimal
    by_outcome: Mapping[str, Sides] = field(default_factory=dict)
    credits: Drawn | None = None
    performance: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def variance(self) -> Counted:
        """Invoiced minus recounted; positive means that the vendor billed too much."""
        return Counted(
            self.invoiced.count - self.recounted.count, self.invoiced.amount - self.recounted.amount
        )

    def money(self, amount: Decimal) -> str:
        """Write an amount with the decimals of the currency's minor unit, rounded half-even."""
        return written(amount, self.minor_units)


def from_marts(marts: Mapping[str, pa.Table], minor_units: int) -> Statement:
    """Read a statement out of the marts of one contract and period."""
    (row,) = marts["statements"].to_pylist()
    unit = Decimal(1) / minor_units

    def rounded(amount: Decimal) -> Decimal:
        return amount.quantize(unit, ROUND_HALF_EVEN)

    def counted(name: str) -> Counted:
        return Counted(row[f"{name}_count"], rounded(row[f"amount_{name}"]))

    gap = _gap(marts["line_totals"], rounded)
    variance = rounded(row["amount_invoiced"]) - rounded(row["amount_recounted"])
    return Statement(
        contract=row["contract"],
        version=row["version"],
        period=row["period"],
        # the tables hold instants in UTC without saying so
        as_of=row["as_of"].replace(tzinfo=UTC),
        final_from=row["final_from"].replace(tzinfo=UTC),
        kind=Kind(row["kind"]),
        currency=row["currency_code"],
        minor_units=minor_units,
        outcomes=_outcomes(marts),
        invoiced=counted("invoiced"),
        recounted=counted("recounted"),
        at_most=rounded(row["amount_at_most"]),
        over_invoiced=Counted(row["over_invoiced_count"], row["amount_over_invoiced"]),
        under_invoiced=Counted(row["under_invoiced_count"], row["amount_under_invoiced"]),
        pending=Counted(row["pending_determination_count"], rounded(row["amount_pending"])),
        unverifiable_count=row["unverifiable_count"],
        contested=rounded(row["amount_contested"]),
        gap=gap,
        arithmetic=variance - sum((part.amount for part in gap.values()), Decimal(0)),
        credits=_drawn(row),
        performance={each["term"]: each for each in marts["performance"].to_pylist()},
        by_outcome={row["outcome"]: _sides(row) for row in marts["statement_outcomes"].to_pylist()},
    )


def _drawn(row: Mapping[str, Any]) -> Drawn | None:
    drawn = [row[f"credits_{basis}"] for basis in ("invoiced", "recounted", "payable")]
    return None if None in drawn else Drawn(*drawn)


def _sides(row: Mapping[str, Any]) -> Sides:
    return Sides(*(
        Counted(row[f"{side}_count"], row[f"amount_{side}"])
        for side in ("invoiced", "recounted", "over_invoiced", "under_invoiced")
    ))  # fmt: skip


def _gap(line_totals: pa.Table, rounded: Any) -> dict[str, Counted]:
    counts, amounts = dict.fromkeys(GAP_PARTS, Decimal(0)), dict.fromkeys(GAP_PARTS, Decimal(0))
    for row in line_totals.to_pylist():
        if row["gap_part"]:
            # what is ours alone stands against the invoice
            sign = -1 if row["line_kind"] == "recount" else 1
            counts[row["gap_part"]] += sign * row["quantity"]
            amounts[row["gap_part"]] += row["amount_of_gap"]
    return {part: Counted(int(counts[part]), rounded(amounts[part])) for part in GAP_PARTS}


def _outcomes(marts: Mapping[str, pa.Table]) -> dict[str, dict[str, Any]]:
    outcomes: dict[str, dict[str, Any]] = {}
    for row in marts["statement_outcomes"].to_pylist():
        outcomes[row["outcome"]] = {
            "candidates": dict.fromkeys(VERDICTS, 0),
            "determinations": dict.fromkeys(VERDICTS, 0),
            "invoiced_count": row["invoiced_count"],
            "recounted_count": row["recounted_count"],
            "lines": {},
            "reasons": {},
        }
    for row in marts["verdict_totals"].to_pylist():
        if row["counted_by"] == "buyer":
            judged = outcomes[row["outcome"]][f"{row['judged']}s"]
            judged[row["verdict"]] += row["verdict_count"]
    for row in marts["line_totals"].to_pylist():
        if row["outcome"] in outcomes:
            _add(outcomes[row["outcome"]]["lines"], row["match_status"], row["line_count"])
            if row["match_status"] == "not_an_outcome":
                _add(outcomes[row["outcome"]]["reasons"], row["reason"], row["line_count"])
    return outcomes


def _add(counts: dict[str, int], name: str | None, count: int) -> None:
    if name:
        counts[name] = counts.get(name, 0) + count
