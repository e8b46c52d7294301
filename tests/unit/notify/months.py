"""A month to mail about: lines in the mart's shape, and the statement that they add up to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pyarrow as pa

from recount.notify.letterhead import Letterhead, OutcomeTerms

MONEY = pa.decimal128(18, 6)
LINES = pa.schema(
    {
        "contract": pa.string(),
        "version": pa.int32(),
        "period": pa.string(),
        "as_of": pa.timestamp("us"),
        "outcome": pa.string(),
        "line_kind": pa.string(),
        "match_status": pa.string(),
        "reason": pa.string(),
        "gap_part": pa.string(),
        "invoice_id": pa.string(),
        "line_id": pa.string(),
        "line_number": pa.int64(),
        "subject_id": pa.string(),
        "concluded_at_invoiced": pa.timestamp("us"),
        "concluded_at": pa.timestamp("us"),
        "deciding_event_id": pa.string(),
        "quantity": MONEY,
        "unit_price_invoiced": MONEY,
        "unit_price_contract": MONEY,
        "amount_invoiced": MONEY,
        "amount_recounted": MONEY,
    }
)
OVER = ("duplicate", "unknown_subject", "out_of_scope", "out_of_period", "not_an_outcome")
_PARTS = {
    "duplicate": "data",
    "unknown_subject": "data",
    "out_of_scope": "definition",
    "out_of_period": "timing",
    "not_an_outcome": "definition",
    "pending": "pending",
    "unverifiable": "unverifiable",
    "not_invoiced": "not_invoiced",
}
ACME = Letterhead(
    title="acme-support",
    buyer="Acme GmbH",
    vendor="Example AI Inc",
    first_day=date(2016, 3, 1),
    last_day=date(2016, 3, 31),
    time_zone="Europe/Berlin",
    minor_units=100,
    tolerance="2 % of the invoiced count",
    outcomes={
        "resolution": OutcomeTerms(
            says="A ticket that the AI agent solved alone, that stayed solved for 14 days and "
            "was rated 4 or 5.",
            clauses={
                "stayed_solved": "No reopened or followed_up event within 14 days after the "
                "conclusion.",
                "satisfied": "The last rated event within 14 days after the conclusion is one "
                "with at least 4 score_of_5.",
            },
        )
    },
    final_from=datetime(2016, 4, 29, 22, tzinfo=UTC),
    finance=("ap@acme.example",),
    vendor_addresses=("billing@vendor.example",),
    may_reclassify=True,
    invoice_ids=("INV-2016-03",),
    purchase_orders=("PO-4711",),
    issued_on=date(2016, 4, 4),
    due_on=date(2016, 5, 15),
    dispute_by=date(2016, 5, 4),
    pending_until=datetime(2016, 4, 14, 21, 59, 59, tzinfo=UTC),
)

Counts = Mapping[tuple[str, str | None], int]
MARCH: Counts = {
    ("agreed", None): 214,
    ("not_an_outcome", "stayed_solved"): 12,
    ("not_an_outcome", "satisfied"): 18,
    ("duplicate", None): 2,
    ("unverifiable", None): 4,
    ("not_invoiced", None): 3,
}
QUARTER: Counts = {
    ("agreed", None): 27_000,
    ("not_an_outcome", "stayed_solved"): 6_400,
    ("not_an_outcome", "satisfied"): 7_100,
    ("duplicate", None): 500,
}


def lines(counts: Counts = MARCH, *, price: str = "0.99", fee: str = "0") -> pa.Table:
    """Write as many lines of each status and reason as asked for, and a fee line."""
    rows = [
        _line(status, reason, number, Decimal(price))
        for (status, reason), size in counts.items()
        for number in range(size)
    ]
    if Decimal(fee):
        rows.append({"line_kind": "fee", "outcome": "platform_fee", "amount_invoiced": fee})
    common = {
        "contract": "acme-support",
        "version": 3,
        "period": "2016-03",
        "as_of": datetime(2016, 5, 1),
        "invoice_id": "INV-2016-03",
    }
    return pa.Table.from_pylist(
        [
            {**common, **row, "line_number": n, "amount_invoiced": _money(row["amount_invoiced"])}
            for n, row in enumerate(rows, start=1)
        ],
        schema=LINES,
    )


def _line(status: str, reason: str | None, number: int, price: Decimal) -> dict[str, Any]:
    is_ours, is_met = status == "not_invoiced", status in ("agreed", "not_invoiced", "wrong_price")
    invoiced = price + 1 if status == "wrong_price" else price
    return {
        "outcome": "resolution",
        "line_kind": "recount" if is_ours else "outcome",
        "match_status": status,
        "reason": reason,
        "gap_part": _PARTS.get(status),
        "line_id": None if is_ours else f"L-{status}-{reason}-{number}",
        "subject_id": f"helpdesk-{status}-{reason}-{number:05}",
        "concluded_at": datetime(2016, 3, 1 + number % 31, 9),
        "deciding_event_id": f"event-{number}" if reason else None,
        "quantity": Decimal(1),
        "unit_price_invoiced": None if is_ours else invoiced,
        "unit_price_contract": price,
        "amount_invoiced": None if is_ours else invoiced,
        "amount_recounted": price if is_met else Decimal(0),
    }


def _money(amount: Decimal | str | None) -> Decimal | None:
    return None if amount is None else Decimal(amount)


BECAUSE = {
    "pay": "over-invoicing is within the tolerance of 2 %",
    "dispute": "over-invoiced by 26.00 % of what was invoiced (count), above the tolerance of 2 %",
    "query": "3 invoiced outcomes cannot be verified",
    "hold": "the statement is provisional: verdicts can still change",
}


def statement(
    table: pa.Table, *, decision: str, kind: str = "final", unverifiable: str = "query"
) -> dict[str, Any]:
    """Add the lines up as the marts do: enough of DESIGN 10's document to write mails from."""
    rows = table.to_pylist()
    over = [*OVER, "unverifiable"] if unverifiable == "dispute" else [*OVER]
    amounts = _amounts(rows, over, decision)
    over_count = len([row for row in rows if row["match_status"] in over])
    return {
        "contract": "acme-support",
        "version": 3,
        "period": "2016-03",
        "as_of": "2016-05-01T00:00:00Z",
        "kind": kind,
        "decision": decision,
        "because": BECAUSE[decision],
        "is_above_tolerance": decision in ("dispute", "query") and bool(over_count),
        "billing_source": "recount" if decision == "dispute" else "invoice",
        "currency": "USD",
        "outcomes": {"resolution": _outcome(rows)},
        "over_invoiced": _side([r for r in rows if r["match_status"] in over], "amount_invoiced"),
        "under_invoiced": _side(_placed(rows, "not_invoiced"), "amount_recounted"),
        "amounts": amounts,
        "divergence": _divergence(rows),
        "gap": _gap(rows, amounts),
        "settles": None if decision == "hold" else {"amount": amounts["pay_now"]},
        "corrects": None,
        "findings": [],
        "inputs": {"helpdesk": "sha256:aa", "invoice": "sha256:bb"},
        "notice": None,
        "evidence": "file:///lake/evidence/pack.zip",
    }


def accepting(letterhead: Letterhead, **changes: Any) -> Letterhead:
    """Return the letterhead with other facts."""
    return replace(letterhead, **changes)


def _placed(rows: list[dict[str, Any]], status: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["match_status"] == status]


def _sum(rows: list[dict[str, Any]], column: str) -> Decimal:
    return sum((row[column] or Decimal(0) for row in rows), Decimal(0))


def _text(amount: Decimal) -> str:
    return str(amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN))


def _side(rows: list[dict[str, Any]], column: str) -> dict[str, Any]:
    return {"count": len(rows), "amount": _text(_sum(rows, column))}


def _amounts(rows: list[dict[str, Any]], over: list[str], decision: str) -> dict[str, str]:
    invoiced = _sum(rows, "amount_invoiced")
    fees = _sum([row for row in rows if row["line_kind"] == "fee"], "amount_invoiced")
    recounted = _sum(rows, "amount_recounted") + fees
    prices = _placed(rows, "wrong_price")
    contested = _sum([row for row in rows if row["match_status"] in over], "amount_invoiced")
    contested += _sum(prices, "amount_invoiced") - _sum(prices, "amount_recounted")
    disputed = contested if decision == "dispute" else Decimal(0)
    reserved = contested if decision in ("hold", "query") else Decimal(0)
    withheld = Decimal(0) if decision == "query" else disputed + reserved
    return {
        "invoiced": _text(invoiced),
        "recounted": _text(recounted),
        "at_most": _text(recounted + _sum(_placed(rows, "pending"), "amount_invoiced")),
        "variance": _text(invoiced - recounted),
        "disputed": _text(disputed),
        "reserved": _text(reserved),
        "pay_now": _text(invoiced - withheld),
        "pending": _text(_sum(_placed(rows, "pending"), "amount_invoiced")),
    }


def _divergence(rows: list[dict[str, Any]]) -> dict[str, str | None]:
    invoiced = len([row for row in rows if row["line_kind"] == "outcome"])
    recounted = len([row for row in rows if row["match_status"] in ("agreed", "not_invoiced")])
    larger, net = max(invoiced, recounted), Decimal(invoiced - recounted)
    wholes = {"of_invoiced": invoiced, "of_recounted": recounted, "of_larger": larger}
    return {name: _text(100 * net / whole) if whole else None for name, whole in wholes.items()}


def _gap(rows: list[dict[str, Any]], amounts: Mapping[str, str]) -> dict[str, Any]:
    parts = dict.fromkeys(
        ("definition", "data", "timing", "pending", "unverifiable", "not_invoiced"), Decimal(0)
    )
    counts = dict.fromkeys(parts, 0)
    for row in rows:
        if part := row["gap_part"]:
            is_ours = row["line_kind"] == "recount"
            parts[part] += -row["amount_recounted"] if is_ours else row["amount_invoiced"]
            counts[part] += -1 if is_ours else 1
    rest = Decimal(amounts["variance"]) - sum(parts.values())
    written = {name: _text(amount) for name, amount in parts.items()}
    return {**counts, "amounts": {**written, "arithmetic": _text(rest)}}


def _outcome(rows: list[dict[str, Any]]) -> dict[str, Any]:
    statuses = [row["match_status"] for row in rows if row["match_status"]]
    reasons = [row["reason"] for row in _placed(rows, "not_an_outcome")]
    met = statuses.count("agreed") + statuses.count("not_invoiced")
    verdicts = {"met": met, "not_met": 0, "pending": 0, "unverifiable": 0}
    verdicts["pending"] = statuses.count("pending")
    return {
        "candidates": verdicts,
        "determinations": verdicts,
        "invoiced_count": len(statuses) - statuses.count("not_invoiced"),
        "recounted_count": met,
        "lines": {status: statuses.count(status) for status in dict.fromkeys(statuses)},
        "reasons": {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)},
    }
