"""The fields of payments, refunds and disputes that are needed; the rest is left out.

Source: docs.stripe.com/api/charges, /api/refunds, /api/disputes, /api/balance_transactions. Cards,
names, addresses, texts and evidence are not among them. Times are seconds since 1970, amounts
whole numbers. `seen_at` is ours: Stripe's clock when it said so, as it says not what changed.
"""

from msgspec import UNSET, Struct, UnsetType

from recount.sources.shapes import Person


class BalanceTransaction(Struct):
    """Money that came to the account, or left it: then its amount is negative."""

    id: str
    created: int
    amount: int


Moved = str | BalanceTransaction | None


class Charge(Struct):
    """An attempt to take money; `actor` is what its metadata says, known or as a keyed hash."""

    id: str
    livemode: bool
    status: str
    created: int
    captured: bool
    amount_captured: int
    amount_refunded: int
    disputed: bool
    currency: str
    metadata: dict[str, str]
    payment_intent: str | None = None
    customer: Person | None = None
    balance_transaction: Moved = None
    actor: str | UnsetType = UNSET


class Refund(Struct):
    """Money that is sent back; it may fail after it succeeded."""

    id: str
    status: str | None
    created: int
    amount: int
    currency: str
    charge: str | None
    payment_intent: str | None = None
    balance_transaction: Moved = None
    failure_balance_transaction: Moved | UnsetType = UNSET


class Dispute(Struct):
    """What a cardholder objects to; without balance transactions no money has moved."""

    id: str
    livemode: bool
    status: str
    created: int
    amount: int
    currency: str
    charge: str
    balance_transactions: list[BalanceTransaction]
    payment_intent: str | None = None


class Charges(Struct):
    """A page of the list of charges."""

    data: list[Charge]
    has_more: bool
    seen_at: int | UnsetType = UNSET


class Refunds(Struct):
    """A page of the list of refunds."""

    data: list[Refund]
    has_more: bool
    seen_at: int | UnsetType = UNSET


class Disputes(Struct):
    """A page of the list of disputes."""

    data: list[Dispute]
    has_more: bool
    seen_at: int | UnsetType = UNSET


class BalanceTransactions(Struct):
    """A page of the list of balance transactions, asked for to see whether we may."""

    data: list[BalanceTransaction]
    has_more: bool
