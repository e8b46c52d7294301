"""The stories of payments: paid, refunded, disputed.

Written from prose: docs.stripe.com/refunds, /disputes/how-disputes-work, /currencies and the events
named in /api/events/types. The balance transactions of a dispute follow a recorded one
(heetch/stripe-ruby-mock, `webhook_fixtures/charge.dispute.funds_withdrawn.json`).
"""

from datetime import datetime
from typing import Any

from tests.emulators.stripe_book import Book, to_second
from tests.emulators.stripe_catalogue import Customer
from tests.emulators.stripe_money import (
    BalanceTransaction,
    Charge,
    Dispute,
    PaymentIntent,
    Refund,
)

DISPUTE_FEE = 1500
WHOLE_UNITS_ONLY = {"isk", "ugx"}  # counted in hundredths that are always 00
THREE_DECIMALS = {"bhd", "jod", "kwd", "omr", "tnd"}  # whose last digit is always 0


class Payments(Book):
    """Stories of customers who pay. Each returns the id of what it made; amounts are minor units.

    With `failed_refunds_count` a charge's `amount_refunded` keeps the refunds that failed later;
    no source says what the server does.
    """

    failed_refunds_count = False

    def add_customer(self, *, at: datetime, name: str = "Ada Test",
                     email: str = "ada@customer.example", **metadata: str) -> str:  # fmt: skip
        customer = Customer(self._new_id("cus"), to_second(at), name, email, metadata)
        self.shelves["customers"].add(customer)
        self._tell("customer.created", customer, at)
        return customer.id

    def delete_customer(self, customer: str, *, at: datetime) -> None:
        """Delete a customer: lookups by id go on, and say only that."""
        self._tell("customer.deleted", self._record("customers", customer), at)
        self._record("customers", customer).is_deleted = True

    def pay(self, *, at: datetime, amount: int, currency: str = "usd", customer: str | None = None,
            intent: str | None = None, description: str | None = "Invoice 4711",
            metadata: dict[str, str] | None = None, fee: int = 0) -> str:  # fmt: skip
        """Take a payment, under a new payment intent unless one is named; return the charge."""
        charge = self._try_to_pay(at, amount, currency, customer, intent, description, metadata)
        text = description or charge.id
        charge.amount_captured = charge.amount
        charge.balance_transaction = self._move(at, charge.amount, charge.currency, "charge",
                                                "charge", charge.id, text, fee=fee).id  # fmt: skip
        paid = self._record("payment_intents", str(charge.payment_intent))
        paid.status, paid.amount_received, paid.error = "succeeded", charge.amount, None
        self._tell("charge.succeeded", charge, at)
        self._tell("payment_intent.succeeded", paid, at)
        return charge.id

    def decline(self, *, at: datetime, amount: int, currency: str = "usd",
                customer: str | None = None, intent: str | None = None,
                description: str | None = "Invoice 4711",
                metadata: dict[str, str] | None = None) -> str:  # fmt: skip
        """Try to take a payment that the bank declines; return the charge, whose status is failed.

        `pay(intent=...)` with its `payment_intent` is the next attempt.
        """
        charge = self._try_to_pay(at, amount, currency, customer, intent, description, metadata)
        charge.status, charge.failure_code = "failed", "card_declined"
        charge.failure_message = "Your card was declined."
        tried = self._record("payment_intents", str(charge.payment_intent))
        tried.error = {"charge": charge.id, "code": "card_declined", "type": "card_error",
                       "decline_code": "generic_decline",
                       "message": charge.failure_message}  # fmt: skip
        self._tell("charge.failed", charge, at)
        self._tell("payment_intent.payment_failed", tried, at)
        return charge.id

    def refund(self, charge: str, *, at: datetime, amount: int | None = None,
               reason: str | None = "requested_by_customer",
               pending: bool = False) -> str:  # fmt: skip
        """Send all that is left of a charge, or a part of it, back."""
        paid = self._record("charges", charge)
        left = paid.amount_captured - paid.amount_refunded
        amount = left if amount is None else amount
        if not 0 < amount <= left:
            raise ValueError(f"{amount} of {charge} cannot be refunded: {left} are left")
        status, text = "pending" if pending else "succeeded", f"REFUND FOR CHARGE {charge}"
        refund = Refund(self._new_id("re"), to_second(at), amount, paid.currency, charge,
                        paid.payment_intent, reason, status)  # fmt: skip
        refund.balance_transaction = self._move(at, -amount, paid.currency, "refund", "refund",
                                                refund.id, text).id  # fmt: skip
        self.shelves["refunds"].add(refund)
        before, paid.amount_refunded = paid.amount_refunded, paid.amount_refunded + amount
        self._tell("refund.created", refund, at)
        self._tell("charge.refunded", paid, at, amount_refunded=before)
        return refund.id

    def settle_refund(self, refund: str, *, at: datetime) -> None:
        """Tell that a pending refund succeeded."""
        self._change_refund(refund, "succeeded", at)

    def fail_refund(self, refund: str, *, at: datetime, reason: str = "unknown") -> None:
        """Tell that a refund failed, even after it succeeded: the bank sent the money back."""
        self._bring_back(refund, "failed", reason, at)
        self._tell("refund.failed", self._record("refunds", refund), at)

    def cancel_refund(self, refund: str, *, at: datetime) -> None:
        """Stop a refund on its way, which tells the same as a failure."""
        self._bring_back(refund, "canceled", "merchant_request", at)

    def _bring_back(self, refund: str, status: str, reason: str, at: datetime) -> None:
        record = self._record("refunds", refund)
        record.failure_reason = reason
        record.failure_balance_transaction = self._move(
            at, record.amount, record.currency, "refund_failure", "refund_failure", refund,
            f"REFUND FAILURE FOR CHARGE {record.charge}").id  # fmt: skip
        if not self.failed_refunds_count:
            self._record("charges", record.charge).amount_refunded -= record.amount
        self._change_refund(refund, status, at)

    def dispute(self, charge: str, *, at: datetime, amount: int | None = None,
                reason: str = "fraudulent", inquiry: bool = False) -> str:  # fmt: skip
        """Open a dispute, which takes the money at once, or an inquiry, which does not."""
        paid = self._record("charges", charge)
        dispute = Dispute(
            self._new_id("dp"), to_second(at), paid.amount if amount is None else amount,
            paid.currency, charge, paid.payment_intent, reason,
            "warning_needs_response" if inquiry else "needs_response",
            {"customer_name": paid.name, "customer_email_address": paid.email},
            "inquiry" if inquiry else "chargeback")  # fmt: skip
        self.shelves["disputes"].add(dispute)
        paid.disputed = True
        if not inquiry:
            self._withdraw(dispute, at)
        self._tell("charge.dispute.created", dispute, at)
        return dispute.id

    def escalate(self, dispute: str, *, at: datetime) -> None:
        """Turn an inquiry into a chargeback, which takes the money."""
        record = self._record("disputes", dispute)
        record.case_type = "chargeback"
        self._withdraw(record, at)
        self._change_dispute(record, "needs_response", at)

    def submit_evidence(self, dispute: str, *, at: datetime, text: str = "See the order.") -> None:
        """Answer a dispute or an inquiry."""
        record = self._record("disputes", dispute)
        record.evidence = {**record.evidence, "uncategorized_text": text}
        record.submission_count += 1
        warning = "warning_" if record.status.startswith("warning") else ""
        self._change_dispute(record, f"{warning}under_review", at)

    def win(self, dispute: str, *, at: datetime) -> None:
        """Decide for the seller: the money comes back, the fee does not."""
        record = self._record("disputes", dispute)
        taken = record.balance_transactions[0]
        back = self._move(at, -taken.amount, record.currency, "adjustment", "dispute_reversal",
                          dispute, f"Chargeback reversal for {record.charge}")  # fmt: skip
        record.balance_transactions = (taken, back)
        self._tell("charge.dispute.funds_reinstated", record, at)
        self._close(record, "won", at)

    def lose(self, dispute: str, *, at: datetime) -> None:
        """Decide for the cardholder: the money stays gone."""
        self._close(self._record("disputes", dispute), "lost", at)

    def close_inquiry(self, dispute: str, *, at: datetime) -> None:
        """End an inquiry that nobody escalated; no money ever moved."""
        self._close(self._record("disputes", dispute), "warning_closed", at)

    def _try_to_pay(self, at: datetime, amount: int, currency: str, customer: str | None,
                    intent: str | None, description: str | None,
                    metadata: dict[str, str] | None) -> Charge:  # fmt: skip
        _check(amount, currency)
        payer = self._record("customers", customer) if customer else None
        name, email = (payer.name, payer.email) if payer else (None, None)
        second, named = to_second(at), dict(metadata or {})
        if intent is None:
            record = PaymentIntent(self._new_id("pi"), second, amount, currency, customer,
                                   description, email, named)  # fmt: skip
            self.shelves["payment_intents"].add(record)
            intent = record.id
            self._tell("payment_intent.created", record, at)
        charge = Charge(self._new_id("ch"), second, amount, currency, customer, intent,
                        description, name, email, named)  # fmt: skip
        self.shelves["charges"].add(charge)
        self._record("payment_intents", intent).latest_charge = charge.id
        return charge

    def _move(self, at: datetime, amount: int, currency: str, type_: str, category: str,
              source: str, text: str, **fee: Any) -> BalanceTransaction:  # fmt: skip
        moved = BalanceTransaction(self._new_id("txn"), to_second(at), amount, currency, type_,
                                   category, source, text, **fee)  # fmt: skip
        self.shelves["balance_transactions"].add(moved)
        return moved

    def _withdraw(self, dispute: Dispute, at: datetime) -> None:
        text = f"Chargeback withdrawal for {dispute.charge}"
        taken = self._move(at, -dispute.amount, dispute.currency, "adjustment", "dispute",
                           dispute.id, text, fee=DISPUTE_FEE, fee_name="Dispute fee")  # fmt: skip
        dispute.balance_transactions = (taken,)
        self._tell("charge.dispute.funds_withdrawn", dispute, at)

    def _change_refund(self, refund: str, status: str, at: datetime) -> None:
        record = self._record("refunds", refund)
        before, record.status = record.status, status
        for type_ in ("refund.updated", "charge.refund.updated"):
            self._tell(type_, record, at, status=before)

    def _change_dispute(self, dispute: Dispute, status: str, at: datetime) -> None:
        before, dispute.status = dispute.status, status
        self._tell("charge.dispute.updated", dispute, at, status=before)

    def _close(self, dispute: Dispute, status: str, at: datetime) -> None:
        self._change_dispute(dispute, status, at)
        self._tell("charge.dispute.closed", dispute, at)


def _check(amount: int, currency: str) -> None:
    """Refuse what the vendor refuses (docs.stripe.com/currencies#special-cases)."""
    if currency in WHOLE_UNITS_ONLY and amount % 100:
        raise ValueError(f"{currency} is counted in hundredths that are always 00, not {amount}")
    if currency in THREE_DECIMALS and amount % 10:
        raise ValueError(f"the last digit of an amount in {currency} is 0, unlike {amount}")
