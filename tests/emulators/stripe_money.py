"""Charges, payment intents, refunds, disputes and balance transactions, as the API writes them.

Sources as in `stripe_catalogue`; all amounts are integers in the currency's minor unit as Stripe
counts it (docs.stripe.com/currencies).
"""

from dataclasses import dataclass, field

from tests.emulators.stripe_catalogue import ADDRESS, Json

EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy",
    "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication",
    "customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature",
    "duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id",
    "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address",
    "shipping_carrier", "shipping_date", "shipping_documentation", "shipping_tracking_number",
    "uncategorized_file", "uncategorized_text",
)  # fmt: skip


@dataclass
class BalanceTransaction:
    """Money that came or went (api/balance_transactions/object); never changes its amount."""

    id: str
    created: int
    amount: int  # negative: money that left the balance
    currency: str
    type: str
    reporting_category: str
    source: str
    description: str
    fee: int = 0
    fee_name: str = "Stripe processing fees"

    def to_json(self) -> Json:
        fee = {"amount": self.fee, "application": None, "currency": self.currency,
               "description": self.fee_name, "type": "stripe_fee"}  # fmt: skip
        return {
            "id": self.id, "object": "balance_transaction", "amount": self.amount,
            "available_on": self.created + 2 * 86_400, "balance_type": "payments",
            "created": self.created, "currency": self.currency, "description": self.description,
            "exchange_rate": None, "fee": self.fee, "fee_details": [fee] if self.fee else [],
            "net": self.amount - self.fee, "reporting_category": self.reporting_category,
            "source": self.source, "status": "available", "type": self.type,
        }  # fmt: skip


@dataclass
class PaymentIntent:
    """What somebody is to pay, whatever number of attempts it takes (api/payment_intents)."""

    id: str
    created: int
    amount: int
    currency: str
    customer: str | None
    description: str | None
    email: str | None
    metadata: Json = field(default_factory=dict)
    status: str = "requires_payment_method"
    amount_received: int = 0
    latest_charge: str | None = None
    error: Json | None = None
    canceled_at: int | None = None
    cancellation_reason: str | None = None

    def to_json(self) -> Json:
        empty = dict.fromkeys((
            "application", "application_fee_amount", "automatic_payment_methods",
            "customer_account", "excluded_payment_method_types", "managed_payments", "next_action",
            "on_behalf_of", "payment_method", "payment_method_configuration_details", "processing",
            "review", "setup_future_usage", "shipping", "source", "statement_descriptor",
            "statement_descriptor_suffix", "transfer_data", "transfer_group"))  # fmt: skip
        return empty | {
            "id": self.id, "object": "payment_intent", "amount": self.amount,
            "amount_capturable": 0, "amount_details": {"tip": {}},
            "amount_received": self.amount_received, "canceled_at": self.canceled_at,
            "cancellation_reason": self.cancellation_reason, "capture_method": "automatic",
            "client_secret": f"{self.id}_secret_x", "confirmation_method": "automatic",
            "created": self.created, "currency": self.currency, "customer": self.customer,
            "description": self.description,
            "last_payment_error": dict(self.error) if self.error else None,
            "latest_charge": self.latest_charge, "livemode": True, "metadata": dict(self.metadata),
            "payment_method_options": {}, "payment_method_types": ["card"],
            "receipt_email": self.email, "status": self.status,
        }  # fmt: skip


@dataclass
class Charge:
    """One attempt to take money (api/charges/object).

    `disputed` stays true when the dispute is won; `amount_refunded` knows nothing of disputes.
    """

    id: str
    created: int
    amount: int
    currency: str
    customer: str | None
    payment_intent: str | None
    description: str | None
    name: str | None
    email: str | None
    metadata: Json = field(default_factory=dict)
    status: str = "succeeded"
    amount_captured: int = 0
    amount_refunded: int = 0
    disputed: bool = False
    balance_transaction: str | None = None
    failure_code: str | None = None
    failure_message: str | None = None

    def to_json(self) -> Json:
        empty = dict.fromkeys((
            "application", "application_fee", "application_fee_amount",
            "calculated_statement_descriptor", "failure_balance_transaction", "on_behalf_of",
            "receipt_number", "review", "shipping", "source", "source_transfer",
            "statement_descriptor", "statement_descriptor_suffix", "transfer_data",
            "transfer_group"))  # fmt: skip
        has_paid = self.status == "succeeded"
        billing = {"address": dict(ADDRESS), "email": self.email, "name": self.name,
                   "phone": None, "tax_id": None}  # fmt: skip
        return empty | {
            "id": self.id, "object": "charge", "amount": self.amount,
            "amount_captured": self.amount_captured, "amount_refunded": self.amount_refunded,
            "balance_transaction": self.balance_transaction, "billing_details": billing,
            "captured": has_paid, "created": self.created, "currency": self.currency,
            "customer": self.customer, "description": self.description, "disputed": self.disputed,
            "failure_code": self.failure_code, "failure_message": self.failure_message,
            "fraud_details": {}, "livemode": True, "metadata": dict(self.metadata),
            "outcome": _outcome(has_paid=has_paid), "paid": has_paid,
            "payment_intent": self.payment_intent, "payment_method": f"pm_{self.id[3:]}",
            "payment_method_details": {"card": _card(self.amount), "type": "card"},
            "receipt_email": self.email,
            "receipt_url": f"https://pay.stripe.com/receipts/{self.id}",
            "refunded": 0 < self.amount_captured == self.amount_refunded, "status": self.status,
        }  # fmt: skip


@dataclass
class Refund:
    """Money sent back (api/refunds/object); it can fail after it succeeded."""

    id: str
    created: int
    amount: int
    currency: str
    charge: str
    payment_intent: str | None
    reason: str | None
    status: str
    metadata: Json = field(default_factory=dict)
    balance_transaction: str | None = None
    failure_reason: str | None = None
    failure_balance_transaction: str | None = None

    def to_json(self) -> Json:
        document: Json = {
            "id": self.id, "object": "refund", "amount": self.amount,
            "balance_transaction": self.balance_transaction, "charge": self.charge,
            "created": self.created, "currency": self.currency, "customer": None,
            "customer_account": None,
            "destination_details": {"card": {"type": "refund"}, "type": "card"},
            "metadata": dict(self.metadata), "payment_intent": self.payment_intent,
            "payment_method": None, "reason": self.reason, "receipt_number": None,
            "source_transfer_reversal": None, "status": self.status, "transfer_reversal": None,
        }  # fmt: skip
        if self.status == "pending":
            document["pending_reason"] = "processing"
        if self.status in ("failed", "canceled"):
            document["failure_reason"] = self.failure_reason
            document["failure_balance_transaction"] = self.failure_balance_transaction
        return document


@dataclass
class Dispute:
    """A cardholder's objection (api/disputes/object); one with `warning_` is only an inquiry.

    `balance_transactions` has none (no money moved), one (withdrawn) or two (and reinstated).
    """

    id: str
    created: int
    amount: int
    currency: str
    charge: str
    payment_intent: str | None
    reason: str
    status: str
    evidence: Json
    case_type: str
    metadata: Json = field(default_factory=dict)
    balance_transactions: tuple[BalanceTransaction, ...] = ()
    submission_count: int = 0

    def to_json(self) -> Json:
        card = {"brand": "visa", "case_type": self.case_type, "network": "visa",
                "network_reason_code": "10.4"}  # fmt: skip
        # new in 2026-10-28.endive (changelog), so not yet in the fixtures
        submitted = "manual" if self.submission_count else "not_submitted"
        details = {"due_by": self.created + 14 * 86_400, "enhanced_eligibility": {},
                   "has_evidence": self.submission_count > 0, "past_due": False,
                   "submission_count": self.submission_count,
                   "submission_method": submitted}  # fmt: skip
        evidence: Json = {**dict.fromkeys(EVIDENCE), **self.evidence, "enhanced_evidence": {}}
        return {
            "id": self.id, "object": "dispute", "amount": self.amount,
            "balance_transactions": [one.to_json() for one in self.balance_transactions],
            "charge": self.charge, "created": self.created, "currency": self.currency,
            "enhanced_eligibility_types": [], "evidence": evidence,
            "evidence_details": details, "is_charge_refundable": not self.balance_transactions,
            "intended_submission_method": None, "livemode": True, "metadata": dict(self.metadata),
            "payment_intent": self.payment_intent,
            "payment_method_details": {"card": card, "type": "card"}, "reason": self.reason,
            "status": self.status,
        }  # fmt: skip


def _outcome(*, has_paid: bool) -> Json:
    return {
        "advice_code": None, "network_advice_code": None, "network_decline_code": None,
        "network_status": "approved_by_network" if has_paid else "declined_by_network",
        "reason": None if has_paid else "generic_decline",
        "seller_message": "Payment complete." if has_paid else "The bank declined the payment.",
        "type": "authorized" if has_paid else "issuer_declined",
    }  # fmt: skip


def _card(amount: int) -> Json:
    empty = dict.fromkeys((
        "amount_authorized", "authorization_code", "installments", "mandate",
        "network_transaction_id", "regulated_status", "three_d_secure", "transaction_link_id",
        "wallet"))  # fmt: skip
    unavailable = {"status": "unavailable"}
    return empty | {
        "brand": "visa", "country": "US", "exp_month": 8, "exp_year": 2030, "fingerprint": "AOB934",
        "checks": {"address_line1_check": None, "address_postal_code_check": None,
                   "cvc_check": "pass"},
        "extended_authorization": {"status": "disabled"}, "funding": "credit",
        "incremental_authorization": unavailable, "last4": "4242", "multicapture": unavailable,
        "network": "visa", "network_token": {"used": False},
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
    }  # fmt: skip
