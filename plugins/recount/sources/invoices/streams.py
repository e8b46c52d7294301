"""The two tables that every invoice becomes, whichever format it came in.

`lines` are what an invoice of the period bills, never negative. `credits` are what speaks for the
buyer, as positive amounts with their effect: deductions of the invoice itself (`document_type:
invoice`; its net total is its lines less these), and credit notes for whichever invoice.
dbt_project/models/sources.yml says more.
"""

from collections.abc import Mapping

import pyarrow as pa

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
