"""Invoices, credit notes and their lines, as the API writes them.

Sources as in `stripe_catalogue`; what has no use here (tax, shipping, discounts) is null or empty.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from tests.emulators.stripe_catalogue import STREET, Json, listed

EMBEDDED = 10  # lines that an invoice or a credit note brings; the vendor says "the first handful"


@dataclass(frozen=True)
class Line:
    """A line of an invoice (api/invoice-line-item/object).

    With a `subscription_item` it is the whole usage of a meter in a period; else it comes from an
    invoice item, which may name what it is for in its metadata.
    """

    id: str
    amount: int
    currency: str
    description: str | None
    quantity: int
    period: tuple[int, int]
    metadata: Json
    price: str | None = None
    product: str | None = None
    unit_amount_decimal: str | None = None
    subscription: str | None = None
    subscription_item: str | None = None

    def to_json(self, invoice: str) -> Json:
        start, end = self.period
        source = {"proration": False, "proration_details": None, "subscription": self.subscription}
        parent: Json = {"invoice_item_details": None, "subscription_item_details": None}
        if self.subscription_item:
            kind = "subscription_item_details"
            source |= {"invoice_item": None, "subscription_item": self.subscription_item}
        else:
            kind = "invoice_item_details"
            source |= {"invoice_item": f"ii_{self.id[3:]}"}
        pricing = {"price_details": {"price": self.price, "product": self.product},
                   "type": "price_details",
                   "unit_amount_decimal": self.unit_amount_decimal}  # fmt: skip
        return {
            "id": self.id, "object": "line_item", "amount": self.amount, "currency": self.currency,
            "description": self.description, "discount_amounts": [], "discountable": True,
            "discounts": [], "invoice": invoice, "livemode": True, "metadata": dict(self.metadata),
            "parent": parent | {kind: source, "type": kind},
            "period": {"end": end, "start": start}, "pretax_credit_amounts": [],
            "pricing": pricing if self.price else None, "quantity": self.quantity,
            "quantity_decimal": str(self.quantity), "subscription": self.subscription,
            "subtotal": self.amount, "taxes": [],
        }  # fmt: skip


@dataclass
class Invoice:
    """An invoice (api/invoices/object): a draft has no number and can be deleted."""

    id: str
    created: int
    currency: str
    customer: str
    name: str
    email: str
    period: tuple[int, int]
    description: str | None
    metadata: Json = field(default_factory=dict)
    subscription: str | None = None
    status: str = "draft"
    number: str | None = None
    lines: tuple[Line, ...] = ()
    amount_paid: int = 0
    credited_before_payment: int = 0
    credited_after_payment: int = 0
    transitions: Json = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def amount_remaining(self) -> int:
        return self.total - self.credited_before_payment - self.amount_paid

    def row_of(self, line: Line) -> Json:
        return line.to_json(self.id)

    def to_json(self) -> Json:
        empty = dict.fromkeys((
            "account_tax_ids", "application", "automatically_finalizes_at", "custom_fields",
            "customer_account", "customer_shipping", "default_payment_method", "default_source",
            "footer", "from_invoice", "last_finalization_error", "latest_revision",
            "next_payment_attempt", "on_behalf_of", "receipt_number", "rendering",
            "shipping_cost", "shipping_details", "statement_descriptor", "test_clock"))  # fmt: skip
        finalized_at = self.transitions.get("finalized_at")
        page = f"https://invoice.stripe.com/i/{self.id}" if finalized_at else None
        first = [line.to_json(self.id) for line in self.lines[:EMBEDDED]]
        more = len(self.lines) > EMBEDDED
        start, end = self.period
        subscribed: Json = {"metadata": {}, "subscription": self.subscription}
        parent = {"quote_details": None, "subscription_details": subscribed,
                  "type": "subscription_details"}  # fmt: skip
        return empty | {
            "id": self.id, "object": "invoice", "account_country": "US", "account_name": "Acme",
            "amount_due": self.total - self.credited_before_payment, "amount_overpaid": 0,
            "amount_paid": self.amount_paid, "amount_remaining": self.amount_remaining,
            "amount_shipping": 0, "attempt_count": 0, "attempted": False, "auto_advance": False,
            "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None,
                              "provider": None, "status": None},
            "billing_reason": "subscription_cycle" if self.subscription else "manual",
            "collection_method": "send_invoice", "created": self.created,
            "currency": self.currency, "customer": self.customer,
            "customer_address": dict(STREET), "customer_email": self.email,
            "customer_name": self.name, "customer_phone": "+49 30 000000",
            "customer_tax_exempt": "none", "customer_tax_ids": [], "default_tax_rates": [],
            "description": self.description, "discounts": [],
            "due_date": finalized_at + 30 * 86_400 if finalized_at else None,
            "effective_at": finalized_at, "ending_balance": 0 if finalized_at else None,
            "hosted_invoice_url": page, "invoice_pdf": f"{page}/pdf" if page else None,
            "issuer": {"type": "self"},
            "lines": listed(first, f"/v1/invoices/{self.id}/lines", has_more=more),
            "livemode": True, "metadata": dict(self.metadata), "number": self.number,
            "parent": parent if self.subscription else None,
            "payment_settings": {"default_mandate": None, "payment_method_options": None,
                                 "payment_method_types": None},
            "period_end": end, "period_start": start,
            "post_payment_credit_notes_amount": self.credited_after_payment,
            "pre_payment_credit_notes_amount": self.credited_before_payment,
            "starting_balance": 0, "status": self.status,
            "status_transitions": {
                name: self.transitions.get(name) for name in
                ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")},
            "subtotal": self.total, "subtotal_excluding_tax": self.total, "total": self.total,
            "total_discount_amounts": [], "total_excluding_tax": self.total,
            "total_pretax_credit_amounts": [], "total_taxes": [],
            "webhooks_delivered_at": self.created,
        }  # fmt: skip


@dataclass(frozen=True)
class CreditLine:
    """A line of a credit note (api/credit_notes/line_item); custom when it names no other line."""

    id: str
    amount: int
    description: str | None
    quantity: int | None
    unit_amount_decimal: str | None
    invoice_line_item: str | None

    def to_json(self) -> Json:
        unit = Decimal(self.unit_amount_decimal or "NaN")
        whole = int(unit) if unit.is_finite() and unit == unit.to_integral_value() else None
        document: Json = {
            "id": self.id, "object": "credit_note_line_item", "amount": self.amount,
            "description": self.description, "discount_amount": 0, "discount_amounts": [],
            "livemode": True, "metadata": {}, "pretax_credit_amounts": [],
            "quantity": self.quantity, "tax_rates": [], "taxes": [],
            "type": "invoice_line_item" if self.invoice_line_item else "custom_line_item",
            "unit_amount": whole, "unit_amount_decimal": self.unit_amount_decimal,
        }  # fmt: skip
        if self.invoice_line_item:
            document["invoice_line_item"] = self.invoice_line_item
        return document


@dataclass
class CreditNote:
    """A correction of a finalized invoice (api/credit_notes/object).

    It says which invoice it corrects, not which month; `created` is when it was issued.
    """

    id: str
    created: int
    currency: str
    customer: str
    invoice: str
    number: str
    reason: str | None
    memo: str | None
    lines: tuple[CreditLine, ...]
    before_payment: int
    after_payment: int
    metadata: Json = field(default_factory=dict)
    refund: str | None = None
    voided_at: int | None = None

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)

    def row_of(self, line: CreditLine) -> Json:
        return line.to_json()

    def to_json(self) -> Json:
        kind = "post_payment" if self.after_payment else "pre_payment"
        outside = 0 if self.refund else self.after_payment
        first = [line.to_json() for line in self.lines[:EMBEDDED]]
        refund = {"amount_refunded": self.after_payment, "payment_record_refund": None,
                  "refund": self.refund, "type": "refund"}  # fmt: skip
        return {
            "id": self.id, "object": "credit_note", "amount": self.amount, "amount_shipping": 0,
            "created": self.created, "currency": self.currency, "customer": self.customer,
            "customer_account": None, "customer_balance_transaction": None, "discount_amount": 0,
            "discount_amounts": [], "effective_at": self.created, "invoice": self.invoice,
            "lines": listed(first, f"/v1/credit_notes/{self.id}/lines",
                            has_more=len(self.lines) > EMBEDDED),
            "livemode": True, "memo": self.memo, "metadata": dict(self.metadata),
            "number": self.number, "out_of_band_amount": outside or None,
            "pdf": f"https://pay.stripe.com/credit_notes/{self.id}/pdf",
            "post_payment_amount": self.after_payment, "pre_payment_amount": self.before_payment,
            "pretax_credit_amounts": [], "reason": self.reason,
            "refunds": [refund] if self.refund else [], "shipping_cost": None,
            "status": "void" if self.voided_at else "issued", "subtotal": self.amount,
            "subtotal_excluding_tax": self.amount, "total": self.amount,
            "total_excluding_tax": self.amount, "total_taxes": [],
            "type": "mixed" if self.after_payment and self.before_payment else kind,
            "voided_at": self.voided_at,
        }  # fmt: skip
