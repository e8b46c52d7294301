"""The lines of a statement counted by why, and the proof that they add up to it.

A mail that disagrees with its own attachment accuses nobody: `reason_rows` refuses instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from recount.errors import ReconcileError
from recount.money import written
from recount.notify.letterhead import Letterhead
from recount.notify.wording import count, money

OVER = ("duplicate", "unknown_subject", "out_of_scope", "out_of_period", "not_an_outcome")
# The order in which people read them; each match status stands in exactly one group.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "over": OVER,
    "price": ("wrong_price",),
    "unverifiable": ("unverifiable",),
    "pending": ("pending",),
    "under": ("not_invoiced",),
    "agreed": ("agreed",),
}
_GROUP_OF = {status: group for group, statuses in GROUPS.items() for status in statuses}
# An outcome that is billed without subjects: its lines have no status of their own.
IN_TOTAL = "unattributed"
_BY = ["outcome", "match_status", "reason"]


@dataclass(frozen=True)
class ReasonRow:
    """Lines of one outcome with one status and reason; `amount` is in the minor unit.

    The amount is what was invoiced; for a wrong price, what it is off by; for `not_invoiced`, what
    the contract would have charged.
    """

    group: str
    outcome: str
    status: str
    reason: str | None
    count: int
    amount: str


def group_of(status: str) -> str:
    """Return the group in which a match status is read."""
    try:
        return _GROUP_OF[status]
    except KeyError:
        raise ReconcileError(
            f"{status!r} is no match status that a mail explains; add it to notify/figures.py"
        ) from None


def over_invoiced_statuses(letterhead: Letterhead) -> tuple[str, ...]:
    """Return the statuses that this contract disputes (DESIGN 8)."""
    return (*OVER, "unverifiable") if letterhead.unverifiable == "dispute" else OVER


def reason_rows(
    statement: Mapping[str, Any], lines: pa.Table, letterhead: Letterhead
) -> tuple[ReasonRow, ...]:
    """Count lines by outcome, status and reason; ReconcileError if the statement differs."""
    _check_total(statement, lines, letterhead)
    rows = _grouped(lines, letterhead.minor_units)
    _check_statuses(statement, rows)
    if pc.any(pc.equal(lines["line_kind"], IN_TOTAL)).as_py():
        return (*rows, *_in_total(statement, lines, rows))
    _check_over_invoiced(statement, lines, letterhead)
    return rows


def _in_total(
    statement: Mapping[str, Any], lines: pa.Table, rows: Sequence[ReasonRow]
) -> list[ReasonRow]:
    """What a bill without subjects is over or under in total: no line of it stands for that."""
    outcomes = lines.filter(pc.equal(lines["line_kind"], IN_TOTAL))["outcome"].unique()
    named = ", ".join(sorted(outcomes.to_pylist()))
    found = []
    for group, figure in (("over", "over_invoiced"), ("under", "under_invoiced")):
        listed = [row for row in rows if row.group == group]
        number = statement[figure]["count"] - sum(row.count for row in listed)
        amount = Decimal(statement[figure]["amount"]) - total(listed)
        if number:
            found.append(ReasonRow(group, named, IN_TOTAL, None, number, str(amount)))
    return found


def total(rows: Sequence[ReasonRow]) -> Decimal:
    """Return what these rows amount to."""
    return sum((Decimal(row.amount) for row in rows), Decimal(0))


def _grouped(lines: pa.Table, minor_units: int) -> tuple[ReasonRow, ...]:
    placed = lines.filter(pc.is_valid(lines["match_status"]))
    sums = placed.group_by(_BY).aggregate(
        [([], "count_all"), ("amount_invoiced", "sum"), ("amount_recounted", "sum")]
    )
    rows = [_row(found, minor_units) for found in sums.to_pylist()]
    groups = list(GROUPS)
    return tuple(
        sorted(
            rows,
            key=lambda r: (groups.index(r.group), -r.count, r.status, r.outcome, r.reason or ""),
        )
    )


def _row(found: Mapping[str, Any], minor_units: int) -> ReasonRow:
    status = found["match_status"]
    invoiced = found["amount_invoiced_sum"] or Decimal(0)
    recounted = found["amount_recounted_sum"]
    amount = invoiced
    if status == "wrong_price":
        amount = invoiced - recounted if recounted is not None else Decimal(0)
    if status == "not_invoiced":
        amount = recounted or Decimal(0)
    return ReasonRow(
        group_of(status),
        found["outcome"],
        status,
        found["reason"],
        found["count_all"],
        written(amount, minor_units),
    )


def _check_total(statement: Mapping[str, Any], lines: pa.Table, letterhead: Letterhead) -> None:
    invoiced = pc.sum(lines["amount_invoiced"]).as_py() or Decimal(0)
    _same(
        statement["amounts"]["invoiced"],
        written(invoiced, letterhead.minor_units),
        "amounts.invoiced",
    )


def _check_statuses(statement: Mapping[str, Any], rows: Sequence[ReasonRow]) -> None:
    counted: dict[tuple[str, str], int] = {}
    for row in rows:
        place = (row.outcome, row.status)
        counted[place] = counted.get(place, 0) + row.count
    stated = {
        (outcome, status): number
        for outcome, counts in statement["outcomes"].items()
        for status, number in counts["lines"].items()
        if number
    }
    _same(stated, counted, "outcomes.*.lines")


def _check_over_invoiced(
    statement: Mapping[str, Any], lines: pa.Table, letterhead: Letterhead
) -> None:
    statuses = pa.array(over_invoiced_statuses(letterhead))
    over = lines.filter(pc.is_in(lines["match_status"], value_set=statuses))
    amount = pc.sum(over["amount_invoiced"]).as_py() or Decimal(0)
    amount += _above_value(lines, letterhead)
    _same(statement["over_invoiced"]["count"], over.num_rows, "over_invoiced.count")
    _same(
        statement["over_invoiced"]["amount"],
        written(amount, letterhead.minor_units),
        "over_invoiced.amount",
    )


def _above_value(lines: pa.Table, letterhead: Letterhead) -> Decimal:
    """Return what lines bill above their share of the value, where that is what is charged."""
    outcomes = pa.array(sorted(letterhead.priced_by_value), pa.string())
    valued = lines.filter(pc.is_in(lines["outcome"], value_set=outcomes))
    wrong = valued.filter(pc.equal(valued["match_status"], "wrong_price"))
    above = pc.subtract(wrong["amount_invoiced"], wrong["amount_recounted"])
    return pc.sum(above.filter(pc.greater(above, 0))).as_py() or Decimal(0)


def over_invoiced_phrase(
    statement: Mapping[str, Any], rows: Sequence[ReasonRow], letterhead: Letterhead
) -> str:
    """Say how many lines are over-invoiced, and by what they are worth together."""
    over = statement["over_invoiced"]
    amount = money(over["amount"], statement["currency"])
    valued = sum(
        row.count
        for row in rows
        if row.group == "price" and row.outcome in letterhead.priced_by_value
    )
    if not valued:
        verb = "is" if over["count"] == 1 else "are"
        return f"{count(over['count'], 'line')} worth {amount} {verb} over-invoiced"
    lines = f"{count(valued, 'line')} billed at another share of the value"
    if not over["count"]:
        return f"by {lines}, {amount} is over-invoiced"
    return f"by {count(over['count'], 'line')}, and by {lines}, {amount} is over-invoiced"


def _same(stated: object, found: object, figure: str) -> None:
    if stated != found:
        raise ReconcileError(
            f"the statement's {figure} is {stated} and its lines give {found}; nothing was mailed, "
            "run the period again and report this"
        )
