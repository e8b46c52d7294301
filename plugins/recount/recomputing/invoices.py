"""What an invoice bills: the kind of each of its lines, and the part of the gap it belongs to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from recount.recomputing.prices import FEES


@dataclass(frozen=True)
class Billed:
    """A line of an invoice as it is billed; one that takes something back is negative."""

    number: int
    invoice_id: str
    line_id: str
    subject_id: str | None
    outcome: str
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal
    concluded_at: datetime | None = None
    is_taken_back: bool = False
    is_unclear: bool = False


def line_types(pricing: Mapping[str, Any]) -> dict[str, str]:
    """What may stand on an invoice: outcomes, usage, and fees."""
    fees = ["platform_fee", *pricing.get("performance", {})]
    fees += [name for name in ("credits", "escrow") if name in pricing]
    outcomes = {name: "outcome" for name in pricing if name not in FEES}
    return outcomes | dict.fromkeys(fees, "fee") | dict.fromkeys(pricing.get("usage", {}), "usage")


def line_kinds(
    lines: Sequence[Billed], types: Mapping[str, str], with_subject: Mapping[str, int]
) -> list[str]:
    """The kind of each line of some subjects, all of whose lines these are.

    A line and what takes it back, at the same amount, bill nothing together: both are reversed.
    `with_subject` is how many lines of each type name a subject, on the whole invoice.
    """
    alike: dict[tuple[Any, ...], dict[bool, list[int]]] = defaultdict(lambda: {True: [], False: []})
    for line in sorted(lines, key=lambda line: -line.number):
        key = (line.outcome, line.subject_id, abs(line.amount))
        alike[key][line.is_taken_back].append(line.number)
    reversed_: set[tuple[str, str, int, bool]] = set()
    for (outcome, subject_id, _), sides in alike.items():
        pairs = min(len(sides[True]), len(sides[False])) if subject_id else 0
        for side, numbers in sides.items():
            reversed_ |= {(outcome, subject_id, n, side) for n in numbers[:pairs]}

    def kind(line: Billed) -> str:
        known = types.get(line.outcome)
        if line.is_unclear or known is None:
            return "unknown"
        if known != "outcome":
            return known
        if (line.outcome, line.subject_id, line.number, line.is_taken_back) in reversed_:
            return "reversed"
        if not line.is_taken_back:
            return "outcome" if line.subject_id else "unattributed"
        if line.quantity == 0:
            return "discount"
        # nobody knows which of the subjects are meant
        is_total = line.subject_id is None and not with_subject.get(line.outcome)
        return "unattributed" if is_total else "unknown"

    return [kind(line) for line in lines]


def gap_part(kind: str, status: str | None, is_met: bool, is_met_by_vendor: bool) -> str | None:
    """The part of the gap that a line belongs to, or an outcome of ours without one (DESIGN 6).

    `is_met_by_vendor` by the vendor's own definition, or where there is none.
    """
    if status == "not_an_outcome" and is_met_by_vendor:
        return "definition"
    if kind == "unattributed" or (kind == "recount" and status is None and is_met):
        return "unattributed"
    return {
        "out_of_scope": "definition", "not_an_outcome": "data", "duplicate": "data",
        "unknown_subject": "data", "out_of_period": "timing", "pending": "pending",
        "unverifiable": "unverifiable", "not_invoiced": "not_invoiced",
    }.get(status or "")  # fmt: skip
