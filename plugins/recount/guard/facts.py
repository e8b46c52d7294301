"""What a run knows and no mart counts, as the one-row table `run` that the guard judges too."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import pyarrow as pa

from recount.errors import ReconcileError

InvoiceState = Literal["present", "missing", "none"]
UnverifiablePolicy = Literal["accept", "query", "dispute"]

_WORDS: Mapping[str, tuple[str, ...]] = {
    "invoice_state": get_args(InvoiceState),
    "unverifiable_policy": get_args(UnverifiablePolicy),
}
# Lists that may be left out, and the columns that say what is in them and how many they are.
_LISTS: Mapping[str, tuple[str, str]] = {
    "confusable_line_numbers": ("confusable_lines", "confusable_line_count"),
    "periods_of_same_file": ("same_file_periods", "same_file_period_count"),
    "periods_of_same_invoice": ("same_invoice_periods", "same_invoice_period_count"),
    "open_earlier_months": ("open_earlier_months", "open_earlier_month_count"),
}
_MOST_LISTED = 12


def run_facts(parameters: Mapping[str, object]) -> dict[str, Any]:
    """Return the row of table `run`; ReconcileError for a parameter that is not known or missing.

    `invoice_state` (present, missing, or none: the contract names no invoice) and
    `unverifiable_policy` are required. The lists are empty if left out: `confusable_line_numbers`
    are the invoice's lines whose unknown subject looks like a known one, `periods_of_same_file` the
    other periods for which a file with the same bytes and at least one line was landed before, and
    `periods_of_same_invoice` those, landed before, that an invoice number of this one stands in,
    and `open_earlier_months` those that this one depends on and that are not settled yet.
    """
    for name in parameters:
        if name not in _WORDS and name not in _LISTS:
            raise ReconcileError(f"the guard knows no parameter {name!r}; add it to guard/facts.py")
    row: dict[str, Any] = {name: _word(name, parameters.get(name)) for name in _WORDS}
    for name, (text, count) in _LISTS.items():
        values = _listed(name, parameters.get(name, ()))
        row[text], row[count] = _shortened(values), len(values)
    return row


def run_table(row: Mapping[str, Any]) -> pa.Table:
    """Return the facts as a table of one row."""
    return pa.Table.from_pylist([dict(row)])


def _word(name: str, value: object) -> str:
    words = _WORDS[name]
    if value not in words:
        raise ReconcileError(f"the guard needs {name} as {' or '.join(words)}, not {value!r}")
    return str(value)


def _listed(name: str, values: object) -> Sequence[object]:
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise ReconcileError(f"the guard needs {name} as a list, not {values!r}")
    return values


def _shortened(values: Sequence[object]) -> str:
    shown = ", ".join(map(str, values[:_MOST_LISTED]))
    more = len(values) - _MOST_LISTED
    return f"{shown} and {more} more" if more > 0 else shown or "none"
