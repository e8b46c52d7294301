"""The fields of invoices, credit notes and their lines that are needed; the rest is left out.

Source: docs.stripe.com/api/invoices, /api/invoice-line-item, /api/credit_notes. Names, addresses,
links and free texts are not among them. Times are seconds since 1970, amounts whole numbers.
"""

from msgspec import UNSET, Struct, UnsetType


class Transitions(Struct):
    """When an invoice changed its state."""

    finalized_at: int | None = None


class Invoice(Struct):
    """An invoice of the list; a draft has no number."""

    id: str
    status: str
    livemode: bool
    created: int
    currency: str
    number: str | None
    period_end: int
    status_transitions: Transitions
    subtotal: int
    total_excluding_tax: int | None = None
    effective_at: int | None = None
    due_date: int | None = None

    @property
    def issued_at(self) -> int | None:
        """When it was issued: the date that it bears, in seconds; None for a draft."""
        return self.effective_at or self.status_transitions.finalized_at


class Invoices(Struct):
    """A page of the list of invoices."""

    data: list[Invoice]
    has_more: bool


class Header(Struct):
    """What each landed page says of its invoice, and nothing that may still change."""

    id: str
    number: str
    currency: str
    issued_at: int
    due_date: int | None
    subtotal: int
    total_excluding_tax: int | None


class Price(Struct):
    """A price, where it was asked for in place of its id."""

    id: str
    lookup_key: str | None = None


class PriceDetails(Struct):
    """Which price of which product."""

    price: str | Price | None = None
    product: str | None = None


class Pricing(Struct):
    """What one costs, in the currency's minor unit and with decimals."""

    unit_amount_decimal: str | None = None
    price_details: PriceDetails | None = None


class Parent(Struct):
    """What a line comes from: an invoice item, or a subscription."""

    type: str


class Tax(Struct):
    """A tax on a line, which the amount includes or not."""

    amount: int
    tax_behavior: str


class Discount(Struct):
    """A discount of a line, which the amount does not include."""

    amount: int


class Line(Struct):
    """A line of an invoice; of its metadata and its texts only what the contract names is kept."""

    id: str
    amount: int
    currency: str
    metadata: dict[str, str]
    quantity: int | None = None
    quantity_decimal: str | None = None
    parent: Parent | None = None
    pricing: Pricing | None = None
    discount_amounts: list[Discount] | None = None
    taxes: list[Tax] | None = None
    description: str | UnsetType | None = UNSET


class Lines(Struct):
    """A page of the lines of an invoice; the invoice itself is added by us."""

    data: list[Line]
    has_more: bool
    invoice: Header | UnsetType = UNSET
    lines_before: int | UnsetType = UNSET


class CreditLine(Struct):
    """A line of a credit note; `invoice_line_item` is the line that it corrects."""

    id: str
    amount: int
    type: str
    quantity: int | None = None
    invoice_line_item: str | UnsetType | None = UNSET
    discount_amounts: list[Discount] | None = None
    taxes: list[Tax] | None = None


class CreditLines(Struct):
    """A page of the lines of a credit note."""

    data: list[CreditLine]
    has_more: bool


class Credited(Struct):
    """The invoice that a credit note corrects."""

    id: str
    number: str | None = None


class CreditNote(Struct):
    """A credit note with its lines, or some of them."""

    id: str
    number: str
    livemode: bool
    status: str
    created: int
    currency: str
    invoice: str | Credited
    subtotal: int
    lines: CreditLines
    reason: str | None = None
    effective_at: int | None = None
    total_excluding_tax: int | None = None


class CreditNotes(Struct):
    """A page of the list of credit notes."""

    data: list[CreditNote]
    has_more: bool


def net(line: Line | CreditLine) -> int:
    """Return the amount of a line after its discounts and without tax, in minor units."""
    inclusive = sum(tax.amount for tax in line.taxes or () if tax.tax_behavior == "inclusive")
    return line.amount - sum(each.amount for each in line.discount_amounts or ()) - inclusive
