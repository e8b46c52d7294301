"""What every invoice format is read into: the vendor's claims, signed as they stand.

They leave as two streams, `lines` and `credits` (see streams).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from recount.errors import SourceError
from recount.sources.invoices.streams import STREAMS
from recount.sources.words import shown

_ONE = Decimal(1)


@dataclass(frozen=True)
class Document:
    """The head of an invoice or credit note; `billed_month` only where a format says it."""

    number: str
    currency_code: str
    issued_on: date | None = None
    due_on: date | None = None
    purchase_order: str | None = None
    is_credit_note: bool = False
    credited_invoice_id: str | None = None
    reason: str | None = None
    billed_month: str | None = None


@dataclass(frozen=True)
class Claim:
    """One line of a document; amount and quantity have the sign that they have there.

    `place` is what a person finds it by, such as "record 3"; `number` counts the lines from 1.
    An allowance has a negative amount.
    """

    document: Document
    place: str
    number: int
    line_id: str
    outcome: str
    amount: Decimal
    quantity: Decimal = _ONE
    unit_price: Decimal | None = None
    subject_id: str | None = None
    concluded_at: datetime | None = None
    reason: str | None = None
    is_allowance: bool = False

    @property
    def is_line(self) -> bool:
        """Say whether this is billed by an invoice; everything else is a credit."""
        return not self.document.is_credit_note and not self.is_negative

    @property
    def is_negative(self) -> bool:
        """Say whether the amount is taken off the document's total."""
        return self.amount < 0 or (self.amount == 0 and (self.is_allowance or self.quantity < 0))


def batch_of(claims: Sequence[Claim], stream: str, file_name: str) -> pa.RecordBatch:
    """Return the rows of a stream, in the file's order."""
    row, is_line = (_line, True) if stream == "lines" else (_credit, False)
    rows = [row(claim, file_name) for claim in claims if claim.is_line is is_line]
    return pa.RecordBatch.from_pylist(rows, schema=STREAMS[stream])


def refuse(claims: Iterable[Claim], file_name: str, currency: str) -> None:
    """Raise a SourceError at the first claim that no statement can be built on."""
    seen: dict[tuple[str, str], str] = {}
    for claim in claims:
        because = _unusable(claim, currency)
        if because:
            raise SourceError(f"{file_name}, {claim.place}: {because}")
        key = (claim.document.number, claim.line_id)
        if key in seen:
            raise SourceError(
                f"{file_name}, {seen[key]} and {claim.place} are both line {shown(claim.line_id)} "
                f"of {shown(claim.document.number)}; ask the vendor which of them counts"
            )
        seen[key] = claim.place


def _unusable(claim: Claim, currency: str) -> str | None:
    """Say why a claim cannot be used: its currency (FAULTS X11), its quantity or its signs."""
    found = claim.document.currency_code
    if found != currency:
        return (
            f"currency {shown(found)} is not the contract's {currency}; "
            f"ask the vendor for an invoice in {currency}"
        )
    if claim.subject_id is not None and abs(claim.quantity) != 1:
        return (
            f"quantity {shown(claim.quantity)} on a line with a subject; "
            "such a line bills for 1, so ask for a line per subject"
        )
    if claim.quantity < 0 and claim.amount > 0:
        return "the quantity is negative and the amount is not; ask the vendor to correct the line"
    if claim.is_line and claim.unit_price is not None and claim.unit_price < 0:
        return f"unit_price {shown(claim.unit_price)}: it must not be negative; correct the file"
    return None


def _line(claim: Claim, file_name: str) -> dict[str, Any]:
    head = claim.document
    return {
        "invoice_id": head.number,
        "line_id": claim.line_id,
        "subject_id": claim.subject_id,
        "outcome": claim.outcome,
        "concluded_at": claim.concluded_at,
        "quantity": claim.quantity,
        "unit_price": claim.amount if claim.unit_price is None else claim.unit_price,
        "amount": claim.amount,
        "currency_code": head.currency_code,
        "issued_on": head.issued_on,
        "due_on": head.due_on,
        "purchase_order": head.purchase_order,
        "line_number": claim.number,
        "file": file_name,
    }


def _credit(claim: Claim, file_name: str) -> dict[str, Any]:
    head = claim.document
    is_credited = claim.is_negative is not head.is_credit_note
    return {
        "credit_note_id": head.number,
        "document_type": "credit_note" if head.is_credit_note else "invoice",
        "line_id": claim.line_id,
        "line_number": claim.number,
        "credited_invoice_id": head.credited_invoice_id if head.is_credit_note else head.number,
        "credited_line_id": None,
        "outcome": claim.outcome,
        "subject_id": claim.subject_id,
        "effect": "credited" if is_credited else "charged",
        "quantity": abs(claim.quantity),
        "amount": abs(claim.amount),
        "currency_code": head.currency_code,
        "issued_on": head.issued_on,
        "reason": claim.reason or head.reason,
        "file": file_name,
    }
