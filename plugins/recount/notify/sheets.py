"""The sheets of the attached workbooks: the statement's figures, why, and the lines."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from recount.notify.explained import KIND_WORDS, STATUS_WORDS, detail, title
from recount.notify.figures import ReasonRow
from recount.notify.letterhead import Letterhead
from recount.notify.workbook import Sheet

# Column of the lines, its heading and its width.
_COLUMNS: Mapping[str, tuple[str, int]] = {
    "invoice_id": ("Invoice", 16),
    "line_id": ("Line", 16),
    "subject_id": ("Subject", 24),
    "outcome": ("Outcome or line type", 18),
    "status_words": ("Status", 26),
    "reason": ("Reason", 18),
    "reason_words": ("Reason in words", 60),
    "gap_part": ("Part of the gap", 14),
    "concluded_at_invoiced": ("Concluded, by the invoice (UTC)", 21),
    "concluded_at": ("Concluded, by our log (UTC)", 21),
    "candidate_event_id": ("Concluding event", 24),
    "concluded_by": ("Concluded by", 13),
    "agent_id": ("Agent", 18),
    "deciding_event_id": ("Deciding event", 24),
    "quantity": ("Quantity", 10),
    "unit_price_invoiced": ("Unit price, invoiced", 12),
    "unit_price_contract": ("Unit price, contract", 12),
    "amount_invoiced": ("Amount, invoiced", 14),
    "amount_recounted": ("Amount, recounted", 14),
}
# The columns of the mart that make a line what it is in a notice.
CLAIM_COLUMNS = (
    "match_status",
    *(c for c in _COLUMNS if c not in ("status_words", "reason_words", "gap_part")),
)
_ORDER = [(name, "ascending") for name in ("invoice_id", "line_number", "outcome", "subject_id")]
FIGURE = pa.decimal128(38, 6)


def finance_sheets(
    statement: Mapping[str, Any],
    rows: Sequence[ReasonRow],
    lines: pa.Table,
    letterhead: Letterhead,
) -> list[Sheet]:
    """Return every figure, every reason and every line."""
    return [
        statement_sheet(statement),
        reasons_sheet("Reasons", rows, letterhead, statement["currency"]),
        lines_sheet("Lines", lines),
    ]


def statement_sheet(statement: Mapping[str, Any]) -> Sheet:
    """Return the statement's own figures, each under its name in the JSON document."""
    names, values, units = zip(*_figures(statement), strict=True)
    figures = pa.array([None if v is None else Decimal(v) for v in values], FIGURE)
    table = pa.table([pa.array(names), figures, pa.array(units)], names=["name", "value", "unit"])
    return Sheet("Statement", ("Figure", "Value", "Unit"), (40, 18, 10), table)


def reasons_sheet(
    name: str, rows: Sequence[ReasonRow], letterhead: Letterhead, currency: str
) -> Sheet:
    """Return the reasons with their counts and amounts."""
    table = pa.table(
        {
            "outcome": pa.array([row.outcome for row in rows], pa.string()),
            "title": pa.array([title(row) for row in rows], pa.string()),
            "detail": pa.array([detail(row, letterhead) for row in rows], pa.string()),
            "count": pa.array([row.count for row in rows], pa.int64()),
            "amount": pa.array([Decimal(row.amount) for row in rows], FIGURE),
        }
    )
    headings = ("Outcome", "Status and reason", "What the contract says", "Lines", currency)
    return Sheet(name, headings, (18, 40, 60, 10, 16), table)


def lines_sheet(name: str, lines: pa.Table, *, without: str = "") -> Sheet:
    """Return lines as they stand in the mart, ours beside the invoice's."""
    has = {*lines.column_names, "status_words"} - {without}  # a caller may leave some out
    columns = {column: shown for column, shown in _COLUMNS.items() if column in has}
    known = {**KIND_WORDS, **STATUS_WORDS}
    stands_for = pc.coalesce(lines["match_status"], lines["line_kind"])
    place = pc.index_in(stands_for, value_set=pa.array(list(known)))
    words = pa.array(list(known.values()), pa.string())
    status = pc.coalesce(words.take(place.combine_chunks()), stands_for)
    ordered = lines.append_column("status_words", status).sort_by(_ORDER).select(list(columns))
    headings, widths = zip(*columns.values(), strict=True)
    return Sheet(name, headings, widths, ordered)


def _figures(statement: Mapping[str, Any]) -> Iterator[tuple[str, str | None, str]]:
    currency = statement["currency"]
    for name, amount in statement["amounts"].items():
        yield f"amounts.{name}", amount, currency
    for name in ("over_invoiced", "under_invoiced"):
        yield f"{name}.count", str(statement[name]["count"]), "lines"
        yield f"{name}.amount", statement[name]["amount"], currency
    for name, share in statement["divergence"].items():
        yield f"divergence.{name}", share, "percent"
    for name, part in statement["gap"].items():
        if name != "amounts":
            yield f"gap.{name}", str(part), "lines"
    for name, amount in statement["gap"]["amounts"].items():
        yield f"gap.amounts.{name}", amount, currency
    for outcome, counts in statement["outcomes"].items():
        yield from _outcome_figures(outcome, counts)


def _outcome_figures(
    outcome: str, counts: Mapping[str, Any]
) -> Iterator[tuple[str, str | None, str]]:
    for name, value in counts.items():
        if isinstance(value, Mapping):
            for key, number in value.items():
                yield f"outcomes.{outcome}.{name}.{key}", str(number), "count"
        else:
            yield f"outcomes.{outcome}.{name}", str(value), "count"
