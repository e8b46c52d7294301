"""Landed pages of payments, refunds and disputes as typed rows: one for each of these objects."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from recount.sources import shapes as reading
from recount.sources.stripe.money import major
from recount.sources.stripe.payments.settings import StripeSettings
from recount.sources.stripe.payments.shapes import (
    BalanceTransaction,
    Charge,
    Charges,
    Dispute,
    Disputes,
    Refund,
    Refunds,
)

_TEXT, _INSTANT, _MONEY = pa.string(), pa.timestamp("us"), pa.decimal128(18, 4)
SCHEMAS: Mapping[str, pa.Schema] = {
    "charges": pa.schema({
        "charge_id": _TEXT, "payment_intent_id": _TEXT, "subject": _TEXT, "actor": _TEXT,
        "requester_key": _TEXT, "status": _TEXT, "is_captured": pa.bool_(),
        "is_disputed": pa.bool_(), "created_at": _INSTANT, "moved_at": _INSTANT,
        "epoch_second": pa.int64(), "amount": _MONEY, "amount_refunded": _MONEY,
        "currency_code": _TEXT, "seen_at": _INSTANT,
    }),
    "refunds": pa.schema({
        "refund_id": _TEXT, "charge_id": _TEXT, "payment_intent_id": _TEXT, "status": _TEXT,
        "moved_at": _INSTANT, "epoch_second": pa.int64(), "returned_at": _INSTANT,
        "amount": _MONEY, "currency_code": _TEXT, "seen_at": _INSTANT,
    }),
    "disputes": pa.schema({
        "dispute_id": _TEXT, "charge_id": _TEXT, "payment_intent_id": _TEXT, "status": _TEXT,
        "moved_at": _INSTANT, "epoch_second": pa.int64(), "returned_at": _INSTANT,
        "amount": _MONEY, "currency_code": _TEXT, "seen_at": _INSTANT,
    }),
}  # fmt: skip


def rows_of(
    stream: str, data: bytes | Path, what: str, said: StripeSettings
) -> list[dict[str, Any]]:
    """Return the rows of a landed page."""
    shape, row = _READERS[stream]
    page = reading.landed(data, shape, what)
    seen_at = _instant(page.seen_at)
    return [
        {**row(record, f"{what}: {record.id}", said), "seen_at": seen_at} for record in page.data
    ]


def _charge(charge: Charge, what: str, said: StripeSettings) -> dict[str, Any]:
    currency = charge.currency.upper()
    return {
        "charge_id": charge.id,
        "payment_intent_id": charge.payment_intent,
        "subject": charge.metadata.get(said.subject_key or ""),
        "actor": charge.actor if isinstance(charge.actor, str) else None,
        "requester_key": charge.customer,
        "status": charge.status,
        "is_captured": charge.captured,
        "is_disputed": charge.disputed,
        "created_at": _instant(charge.created),
        **_moved(charge.balance_transaction),
        "amount": major(charge.amount_captured, currency, what),
        "amount_refunded": major(charge.amount_refunded, currency, what),
        "currency_code": currency,
    }


def _refund(refund: Refund, what: str, _: StripeSettings) -> dict[str, Any]:
    currency, back = refund.currency.upper(), refund.failure_balance_transaction
    return {
        "refund_id": refund.id,
        "charge_id": refund.charge,
        "payment_intent_id": refund.payment_intent,
        "status": refund.status,
        **_moved(refund.balance_transaction),
        "returned_at": _instant(back.created) if isinstance(back, BalanceTransaction) else None,
        "amount": major(refund.amount, currency, what),
        "currency_code": currency,
    }


def _dispute(dispute: Dispute, what: str, _: StripeSettings) -> dict[str, Any]:
    currency = dispute.currency.upper()
    moves = sorted(dispute.balance_transactions, key=lambda move: move.created)
    return {
        "dispute_id": dispute.id,
        "charge_id": dispute.charge,
        "payment_intent_id": dispute.payment_intent,
        "status": dispute.status,
        **_moved(next((move for move in moves if move.amount < 0), None)),
        "returned_at": _returned_at(moves),
        "amount": major(dispute.amount, currency, what),
        "currency_code": currency,
    }


def _returned_at(moves: list[BalanceTransaction]) -> datetime | None:
    """Return since when a dispute has taken nothing in the end; None where the money is gone."""
    taken, since = 0, None
    for move in moves:
        was_gone, taken = taken < 0, taken + move.amount
        if taken < 0:
            since = None
        elif was_gone:
            since = move.created
    return _instant(since) if since is not None else None


def _moved(move: str | BalanceTransaction | None) -> dict[str, Any]:
    if not isinstance(move, BalanceTransaction):
        return {"moved_at": None, "epoch_second": None}
    return {"moved_at": _instant(move.created), "epoch_second": move.created}


def _instant(second: Any) -> datetime:
    return datetime.fromtimestamp(second, UTC).replace(tzinfo=None)


_Row = Callable[[Any, str, StripeSettings], dict[str, Any]]
_READERS: Mapping[str, tuple[type[Any], _Row]] = {
    "charges": (Charges, _charge),
    "refunds": (Refunds, _refund),
    "disputes": (Disputes, _dispute),
}
