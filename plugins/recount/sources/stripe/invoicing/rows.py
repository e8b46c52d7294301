"""Landed pages of invoices and credit notes as typed rows, in the contract's words and currency."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from recount.errors import SourceError
from recount.periods import zone
from recount.sources import shapes
from recount.sources.stripe.invoicing.settings import StripeInvoiceSettings
from recount.sources.stripe.invoicing.shapes import (
    Credited,
    CreditLine,
    CreditNote,
    CreditNotes,
    Header,
    Line,
    Lines,
    Price,
    net,
)
from recount.sources.stripe.money import decimals, major
from recount.sources.terms import SourceTerms
from recount.sources.words import shown

_SIX_DECIMALS = Decimal("0.000001")
_EFFECTS = {"issued": "credited", "void": "void"}

Number = TypeVar("Number", int, Decimal)


@dataclass(frozen=True)
class Reader:
    """Reads the pages of one source; `what` names the page in a sentence."""

    terms: SourceTerms
    said: StripeInvoiceSettings
    what: str

    def rows(self, stream: str, data: bytes | Path) -> list[dict[str, Any]]:
        """Return the rows of a landed page, one for each of its lines."""
        if stream == "credits":
            notes = shapes.landed(data, CreditNotes, self.what).data
            return [self._credit(note, line) for note in notes for line in note.lines.data]
        page = shapes.landed(data, Lines, self.what)
        invoice, before = page.invoice, page.lines_before
        assert isinstance(invoice, Header), "as we landed it"
        assert isinstance(before, int), "as we landed it"
        return [self._line(invoice, n, line) for n, line in enumerate(page.data, before + 1)]

    def _line(self, invoice: Header, number: int, line: Line) -> dict[str, Any]:
        currency, where = line.currency.upper(), f"{self.what}: line {line.id}"
        self._refuse_other_currency(currency, where)
        quantity, subject = _quantity(line, where), self._subject(line)
        _refuse_bundle(subject, quantity, where)
        amount = major(_never_negative(net(line), where), currency, where)
        return {
            "invoice_id": invoice.number,
            "line_id": line.id,
            "subject_id": subject and self._prefixed(subject),
            "outcome": self._outcome(line),
            "concluded_at": None,
            "quantity": quantity,
            "unit_price": _unit_price(line, quantity, where),
            "amount": amount,
            "currency_code": currency,
            "issued_on": self._day(invoice.issued_at),
            "due_on": self._day(invoice.due_date) if invoice.due_date else None,
            "purchase_order": None,
            "line_number": number,
        }

    def _credit(self, note: CreditNote, line: CreditLine) -> dict[str, Any]:
        currency, where = note.currency.upper(), f"{self.what}: line {line.id}"
        invoice = note.invoice if isinstance(note.invoice, Credited) else Credited(note.invoice)
        return {
            "credit_note_id": note.number,
            "document_type": "credit_note",
            "line_id": line.id,
            "line_number": None,
            "credited_invoice_id": invoice.number or invoice.id,
            "credited_line_id": line.invoice_line_item or None,
            # the line that it corrects says more
            "outcome": f"credit: {line.type}",
            "subject_id": None,
            "effect": self._effect(note),
            "quantity": None if line.quantity is None else Decimal(line.quantity),
            "amount": major(_never_negative(net(line), where), currency, where),
            "currency_code": currency,
            "issued_on": self._day(note.effective_at or note.created),
            "reason": note.reason,
        }

    def _effect(self, note: CreditNote) -> str:
        if note.status not in _EFFECTS:
            raise SourceError(
                f"{self.what}: credit note {note.number} has the status {shown(note.status)}, "
                "which is unknown; report it"
            )
        return _EFFECTS[note.status]

    def _subject(self, line: Line) -> str | None:
        """Return what a line is for; the metadata of a subscription's line is not the line's."""
        is_of_an_item = line.parent is None or line.parent.type == "invoice_item_details"
        return (line.metadata.get(self.said.subject_key) or None) if is_of_an_item else None

    def _prefixed(self, subject: str) -> str:
        return f"{self.said.subjects_of}-{subject}" if self.said.subjects_of else subject

    def _outcome(self, line: Line) -> str:
        """Return what a line bills; what the contract does not name keeps a type of its own."""
        if self.said.outcome_key and (said := line.metadata.get(self.said.outcome_key)):
            return said
        told = list(_told(line))
        meanings = (self.said.meanings.get(name) for name in told)
        unknown = next((text for kind, text in told if kind != "description"), "without a price")
        return next(filter(None, meanings), f"stripe: {unknown}")

    def _refuse_other_currency(self, currency: str, where: str) -> None:
        if currency != self.terms.currency:
            raise SourceError(
                f"{where} is in {shown(currency)} and the contract in {self.terms.currency}; ask "
                f"the vendor for an invoice in {self.terms.currency}"
            )

    def _day(self, second: int) -> date:
        return datetime.fromtimestamp(second, zone(self.terms.time_zone)).date()


def _told(line: Line) -> Iterator[tuple[str, str]]:
    """Yield what may mean an outcome, the most exact first."""
    details = line.pricing.price_details if line.pricing else None
    if details and details.price:
        price = details.price if isinstance(details.price, Price) else Price(details.price)
        yield "price", price.id
        if price.lookup_key:
            yield "lookup_key", price.lookup_key
    if details and details.product:
        yield "product", details.product
    if isinstance(line.description, str):
        yield "description", line.description


def _quantity(line: Line, where: str) -> Decimal:
    """Return how many a line bills; `quantity` is cut to a whole number, `quantity_decimal` not."""
    written = line.quantity_decimal if line.quantity_decimal is not None else line.quantity
    return _never_negative(_exact("1" if written is None else str(written), where), where)


def _unit_price(line: Line, quantity: Decimal, where: str) -> Decimal:
    """Return the price of one as Stripe says it; else of the amount that part which one has."""
    currency = line.currency.upper()
    written = line.pricing.unit_amount_decimal if line.pricing else None
    if written is None:
        amount = major(line.amount, currency, where)
        return amount if not quantity else (amount / quantity).quantize(_SIX_DECIMALS)
    return _exact(written, where, shift=-decimals(currency))


def _exact(written: str, where: str, shift: int = 0) -> Decimal:
    """Return a decimal as it is written; SourceError where six decimals would not hold it."""
    try:
        number = Decimal(written).scaleb(shift)
        if number == number.quantize(_SIX_DECIMALS, ROUND_HALF_EVEN):
            return number
    except InvalidOperation:
        pass
    raise SourceError(
        f"{where} has the number {shown(written)}, of which six decimals do not hold all; ask the "
        "vendor to bill larger units"
    )


def _never_negative(number: Number, where: str) -> Number:
    if number < 0:
        raise SourceError(
            f"{where} bills {number}, and no line of a statement is below 0; ask the vendor for a "
            "credit note in its place"
        )
    return number


def _refuse_bundle(subject: str | None, quantity: Decimal, where: str) -> None:
    """Refuse a line that names one subject and bills for more or less than one (DESIGN 6)."""
    if subject and quantity != 1:
        raise SourceError(
            f"{where} has the quantity {quantity} and names a subject; such a line bills for 1, so "
            "ask for a line per subject"
        )
