"""The stories of a vendor's bills: drafted, finalized, paid or not, corrected later.

Written from prose: docs.stripe.com/invoicing/overview (states), /api/invoices, /api/credit_notes,
/invoicing/integration/programmatic-credit-notes; who may be voided or deleted from
/api/invoices/delete and /api/credit_notes/void.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from tests.emulators.stripe_book import Book, to_second
from tests.emulators.stripe_catalogue import Price, Product
from tests.emulators.stripe_invoices import CreditLine, CreditNote, Invoice, Line


@dataclass(frozen=True)
class Item:
    """A line to be: one thing for a subject, a custom amount, or a meter's whole usage.

    `amount` is the price times the quantity unless it is given (tiers, a flat fee).
    """

    price: str | None = None
    quantity: int = 1
    amount: int | None = None
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    is_metered: bool = False


@dataclass(frozen=True)
class Credit:
    """A line of a credit note to be; of an invoice's line it gives an amount or a quantity."""

    line: str | None = None
    quantity: int | None = None
    amount: int | None = None
    description: str | None = None


class Billing(Book):
    """Stories of a vendor who bills. Each returns the id of what it made."""

    def add_product(self, *, at: datetime, name: str = "Resolved ticket") -> str:
        product = Product(self._new_id("prod"), to_second(at), name)
        self.shelves["products"].add(product)
        return product.id

    def delete_product(self, product: str) -> None:
        """Delete a product; the lines that were billed with it keep its id."""
        self.shelves["products"].remove(product)

    def add_price(self, product: str, *, at: datetime, unit_amount: str = "99",
                  currency: str = "usd", lookup_key: str | None = None,
                  is_metered: bool = False) -> str:  # fmt: skip
        """Add a price; `unit_amount` is in minor units and may have decimals."""
        meter = self._new_id("mtr") if is_metered else None
        price = Price(self._new_id("price"), to_second(at), product, currency, unit_amount,
                      lookup_key, meter)  # fmt: skip
        self.shelves["prices"].add(price)
        return price.id

    def draft(self, customer: str, items: Sequence[Item], *, at: datetime,
              period: tuple[datetime, datetime], currency: str = "usd",
              subscription: str | None = None, description: str | None = None,
              metadata: dict[str, str] | None = None) -> str:  # fmt: skip
        """Draft an invoice of pending items; the newest item is its first line."""
        billed, span = self._record("customers", customer), _seconds(period)
        lines = [self._line(item, currency, span, subscription) for item in reversed(items)]
        invoice = Invoice(
            self._new_id("in"), to_second(at), currency, customer, billed.name, billed.email, span,
            description, metadata or {}, subscription)  # fmt: skip
        invoice.lines = tuple(sorted(lines, key=lambda line: line.subscription_item is not None))
        self.shelves["invoices"].add(invoice)
        self._tell("invoice.created", invoice, at)
        return invoice.id

    def add_item(self, invoice: str, item: Item, *, at: datetime) -> None:
        """Add a last line to a draft."""
        draft = self._in_state(invoice, "draft")
        draft.lines += (self._line(item, draft.currency, draft.period, draft.subscription),)
        self._tell("invoice.updated", draft, at)

    def finalize(self, invoice: str, *, at: datetime) -> None:
        """Give a draft its number; from here on its lines stay, and it is open."""
        draft = self._in_state(invoice, "draft")
        numbered = [one for one in self.shelves["invoices"].records.values()
                    if one.number and one.customer == draft.customer]  # fmt: skip
        draft.number = f"{draft.customer[-8:].upper()}-{len(numbered) + 1:04}"
        self._turn(draft, "open", "finalized", at)

    def bill(self, customer: str, items: Sequence[Item], *, at: datetime,
             period: tuple[datetime, datetime], currency: str = "usd",
             subscription: str | None = None) -> str:  # fmt: skip
        """Draft an invoice and finalize it at once."""
        invoice = self.draft(customer, items, at=at, period=period, currency=currency,
                             subscription=subscription)  # fmt: skip
        self.finalize(invoice, at=at)
        return invoice

    def pay_invoice(self, invoice: str, *, at: datetime) -> None:
        """Pay all of an invoice; even an uncollectible one."""
        record = self._in_state(invoice, "open", "uncollectible")
        record.amount_paid = record.amount_remaining
        self._turn(record, "paid", "paid", at)

    def void_invoice(self, invoice: str, *, at: datetime) -> None:
        """Cancel a finalized invoice; its lines and amounts stay readable."""
        self._turn(self._in_state(invoice, "open", "uncollectible"), "void", "voided", at)

    def write_off(self, invoice: str, *, at: datetime) -> None:
        """Mark an invoice as uncollectible."""
        self._turn(self._in_state(invoice, "open"), "uncollectible", "marked_uncollectible", at)

    def delete_draft(self, invoice: str, *, at: datetime) -> None:
        """Delete a draft: no list and no lookup knows it any more."""
        self._tell("invoice.deleted", self._in_state(invoice, "draft"), at)
        self.shelves["invoices"].remove(invoice)

    def credit(self, invoice: str, credits: Sequence[Credit], *, at: datetime,
               reason: str | None = None, memo: str | None = None,
               refund: str | None = None) -> str:  # fmt: skip
        """Issue a credit note; what is left to pay shrinks first, the rest is given back."""
        record = self._in_state(invoice, "open", "paid", "uncollectible")
        by_id = {line.id: line for line in record.lines}
        lines = tuple(self._credit_line(one, by_id) for one in credits)
        amount = sum(line.amount for line in lines)
        if amount > record.total - record.credited_before_payment - record.credited_after_payment:
            raise ValueError(f"{amount} is more than is left of {invoice}")
        before = min(amount, record.amount_remaining)
        issued = [one for one in self.shelves["credit_notes"].records.values()
                  if one.invoice == invoice]  # fmt: skip
        note = CreditNote(
            self._new_id("cn"), to_second(at), record.currency, record.customer, invoice,
            f"{record.number}-CN-{len(issued) + 1:02}", reason, memo, lines, before,
            amount - before, refund=refund)  # fmt: skip
        record.credited_before_payment += before
        record.credited_after_payment += amount - before
        self.shelves["credit_notes"].add(note)
        self._tell("credit_note.created", note, at)
        if record.status == "open" and record.amount_remaining == 0:
            self._turn(record, "paid", "paid", at)
        return note.id

    def void_credit_note(self, note: str, *, at: datetime) -> None:
        """Take a credit note back, which works only while its invoice is open."""
        record = self._record("credit_notes", note)
        invoice = self._in_state(record.invoice, "open")
        invoice.credited_before_payment -= record.before_payment
        record.voided_at = to_second(at)
        self._tell("credit_note.voided", record, at)

    def _line(self, item: Item, currency: str, span: tuple[int, int],
              subscription: str | None) -> Line:  # fmt: skip
        price: Price | None = self._record("prices", item.price) if item.price else None
        amount = item.amount
        if amount is None:
            assert price is not None, "an item has an amount or a price"
            exact = Decimal(price.unit_amount_decimal) * item.quantity
            amount = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
        metered = item.is_metered
        return Line(
            self._new_id("il"), amount, currency, item.description, item.quantity, span,
            dict(item.metadata), item.price,
            price.product if price else None, price.unit_amount_decimal if price else None,
            (subscription or self._new_id("sub")) if metered else None,
            self._new_id("si") if metered else None)  # fmt: skip

    def _credit_line(self, credit: Credit, lines: dict[str, Line]) -> CreditLine:
        line = lines[credit.line] if credit.line else None
        amount, unit = credit.amount, None
        description = credit.description or (line.description if line else None)
        if credit.quantity and line:
            unit = line.unit_amount_decimal
            exact = Decimal(unit or "0") * credit.quantity
            amount = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
        return CreditLine(
            self._new_id("cnli"), amount or 0, description, credit.quantity if line else 1,
            unit if line else str(amount), credit.line)  # fmt: skip

    def _in_state(self, invoice: str, *states: str) -> Invoice:
        record: Invoice = self._record("invoices", invoice)
        if record.status not in states:
            raise ValueError(f"{invoice} is {record.status}, not {' or '.join(states)}")
        return record

    def _turn(self, invoice: Invoice, status: str, name: str, at: datetime) -> None:
        invoice.status = status
        invoice.transitions = {**invoice.transitions, f"{name}_at": to_second(at)}
        self._tell(f"invoice.{name}", invoice, at)


def _seconds(period: tuple[datetime, datetime]) -> tuple[int, int]:
    return to_second(period[0]), to_second(period[1])
