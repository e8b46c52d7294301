"""What is disputed, month by month: from what is published, and from what came of it.

Each movement counts in the month in which it was found, so that nothing that was told before ever
changes.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from recount.contract.model import Contract
from recount.lake import Lake
from recount.ledger import NOTHING, Case, Movement, followed
from recount.money import written
from recount.periods import Period, following, format_instant

MOVEMENTS = ("new", "credited", "withdrawn", "re_measured")


def rollforward(
    lake: Lake, contract: Contract, *, up_to: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what is disputed of a contract, month by month and case by case, as JSON has it.

    With `up_to`, a published statement, only what was known before it, and itself: months that are
    looked at side by side say the same of each other whichever is first.

    In each month the opening amount and its movements make the closing one. Months follow each
    other from the first movement to the last, in the contract's zone; amounts are text.
    """
    ledger = followed(lake, contract.contract, up_to=up_to)
    units = contract.minor_units
    return {
        "contract": contract.contract,
        "currency": contract.currency,
        "months": list(_months(ledger.movements, contract.zone, units)),
        "cases": [
            {"period": case.period, "disputed": written(case.measured, units),
             **{kind: written(_sum(ledger.movements, kind, case.period), units)
                for kind in MOVEMENTS}, "open": written(case.open, units)}
            for case in ledger.cases.values() if _touched(ledger.movements, case)
        ],
        "unmatched_credits": [
            {"at": format_instant(each.at), "credit_note": each.key[0], "line": each.key[1],
             "invoice": each.invoices, "amount": written(each.amount, units),
             "currency": each.currency}
            for each in ledger.unmatched
        ],
        "movements": [
            {"at": format_instant(each.at), "period": each.period, "movement": each.kind,
             "amount": written(each.amount, units), "because": each.because}
            for each in ledger.movements
        ],
    }  # fmt: skip


def _months(
    movements: list[Movement], in_zone: ZoneInfo, minor_units: int
) -> Iterator[dict[str, str]]:
    if not movements:
        return
    found_in = [Period.containing(each.at, in_zone).name for each in movements]
    month, balance = min(found_in), NOTHING
    while month <= max(found_in):
        of = [each for each, name in zip(movements, found_in, strict=True) if name == month]
        sums = {kind: sum((e.amount for e in of if e.kind == kind), NOTHING) for kind in MOVEMENTS}
        closing = balance + sum(sums.values(), NOTHING)
        figures = {"opening": balance, **sums, "closing": closing}
        yield {"month": month, **{name: written(of, minor_units) for name, of in figures.items()}}
        month, balance = following(month), closing


def _sum(movements: list[Movement], kind: str, period: str) -> Decimal:
    return sum((m.amount for m in movements if (m.kind, m.period) == (kind, period)), NOTHING)


def _touched(movements: list[Movement], case: Case) -> bool:
    return any(movement.period == case.period for movement in movements)


def rollforward_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield a roll-forward for people: a row for each month, then what is open, case by case."""
    columns = ("opening", *MOVEMENTS, "closing")
    yield f"{document['contract']}: disputed, in {document['currency']}"
    yield f"  {'month':<10}" + "".join(f"{name.replace('_', '-'):>16}" for name in columns)
    for month in document["months"]:
        yield f"  {month['month']:<10}" + "".join(f"{month[name]:>16}" for name in columns)
    for case in document["cases"]:
        yield f"  of {case['period']}: {case['open']} open"
    for credit in document["unmatched_credits"]:
        yield (
            f"  credit note {credit['credit_note']} of {credit['amount']} {credit['currency']} is "
            f"for invoice {credit['invoice']}, of which nothing more is disputed"
        )
    if not document["months"]:
        yield "  Nothing was disputed yet."
