"""The two tables that every invoice becomes, whichever format it came in.

`lines` are what an invoice of the period bills, never negative. `credits` are what speaks for the
buyer, as positive amounts with their effect: deductions of the invoice itself (`document_type:
invoice`; its net total is its lines less these), and credit notes for whichever invoice.
dbt_project/models/sources.yml says more.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pyarrow as pa

from recount.sources.origins import Origin
from recount.sources.source import Coverage
from recount.sources.terms import SourceTerms

_TEXT = pa.string()
_FIGURE = pa.decimal128(18, 6)

LINES = pa.schema({
    "invoice_id": _TEXT, "line_id": _TEXT, "subject_id": _TEXT, "outcome": _TEXT,
    "concluded_at": pa.timestamp("us"), "quantity": _FIGURE, "unit_price": _FIGURE,
    "amount": _FIGURE, "currency_code": _TEXT, "issued_on": pa.date32(), "due_on": pa.date32(),
    "purchase_order": _TEXT, "line_number": pa.int64(), "file": _TEXT,
})  # fmt: skip
CREDITS = pa.schema({
    "credit_note_id": _TEXT, "document_type": _TEXT, "line_id": _TEXT, "line_number": pa.int64(),
    "credited_invoice_id": _TEXT, "credited_line_id": _TEXT, "outcome": _TEXT, "subject_id": _TEXT,
    "effect": _TEXT, "quantity": _FIGURE, "amount": _FIGURE, "currency_code": _TEXT,
    "issued_on": pa.date32(), "reason": _TEXT, "file": _TEXT,
})  # fmt: skip
STREAMS: Mapping[str, pa.Schema] = {"lines": LINES, "credits": CREDITS}


class Invoice:
    """What all formats have in common: an invoice is a claim, and shows no event."""

    streams = STREAMS
    origins: Sequence[Origin] = ()

    def shows(self, terms: SourceTerms) -> tuple[str, ...]:
        """Return no event type."""
        return ()

    def coverage(
        self, terms: SourceTerms, as_of: datetime, observed: Mapping[str, datetime]
    ) -> list[Coverage]:
        """Return nothing, as nothing is shown."""
        return []
