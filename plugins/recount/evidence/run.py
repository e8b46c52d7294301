"""What a month was run by beside its contract's text: bounds, registry, and what it took over."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from recount.contract.balances import Balances
from recount.contract.model import Contract
from recount.contract.opening import in_month
from recount.contract.tables import terms_tables
from recount.earlier import EarlierMonths
from recount.inputs import naive
from recount.periods import Period, format_instant


def run_document(
    contract: Contract, facts: Mapping[str, Any], statement: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the evaluator needs to run a month, and could not work out itself.

    Days of the contract are instants here, as their midnights need zone data.
    """
    period = Period.named(facts["period"], contract.zone)
    left = EarlierMonths.of(facts["earlier_months"]).balances(contract, period.name)
    terms = terms_tables([in_month(contract, period.name)], [left])
    return {
        "contract": contract.contract,
        "version": contract.version,
        "contract_sha256": facts["contract_sha256"],
        "period": period.name,
        "as_of": statement["as_of"],
        "period_starts_at": format_instant(period.starts_at),
        "period_ends_at": format_instant(period.ends_at),
        "final_from": statement["final_from"],
        "minor_units": contract.minor_units,
        "counts_from": {
            row["outcome"]: _written(row["counts_from"])
            for row in terms["definitions"].to_pylist()
            if row["counts_from"] is not None
        },
        "actors": [
            {
                "actor_id": row["actor_id"],
                "actor_type": row["actor_type"],
                "valid_from": _written(row["valid_from"]),
                "valid_until": _written(row["valid_until"]),
            }
            for row in terms["actors"].to_pylist()
        ],
        "left": _left(left),
        "earlier_months": facts["earlier_months"],
        "streams": facts["streams"],
        "invoice_missing": facts["invoice_missing"],
    }


def _left(left: Balances) -> dict[str, Any]:
    """What earlier months left of what months share; null of what the contract has not."""
    annual, pool, escrow = left.annual, left.credits, left.escrow
    return {
        "annual": annual and {
            "year": annual.year, "ceiling": f"{annual.ceiling:f}", "opening": f"{annual.opening:f}",
        },
        "credits": pool and {
            "opening": f"{pool.opening:f}", "bought": f"{pool.bought:f}",
            "price": f"{pool.price:f}",
            "lots": [
                {"left": f"{lot_left:f}", "is_last_month": is_last}
                for lot_left, is_last in pool.in_order
            ],
        },
        "escrow": escrow and {
            "opening": f"{escrow.opening:f}", "percent": f"{escrow.percent:f}",
        },
    }  # fmt: skip


def period_rows(contract: Contract, first: datetime, last: datetime) -> pa.Table:
    """The months in the contract's zone in which a candidate can be counted, in order."""
    windows = [
        clause.pattern.window.length or timedelta(0)
        for outcome in contract.outcomes.values()
        for says in (outcome, outcome.vendor_says)
        for clause in (says.clauses.values() if says else ())
    ]
    # what matures is counted as late as a window's end
    until = last.replace(tzinfo=UTC) + max(windows, default=timedelta(0))
    rows, period = [], Period.containing(first.replace(tzinfo=UTC), contract.zone)
    while period.starts_at <= until:
        bounds = {"starts_at": naive(period.starts_at), "ends_at": naive(period.ends_at)}
        rows.append({"period": period.name, **bounds})
        period = period.next(contract.zone)
    instant = pa.timestamp("us")
    schema = pa.schema({"period": pa.string(), "starts_at": instant, "ends_at": instant})
    return pa.Table.from_pylist(rows, schema=schema)


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else format_instant(instant.replace(tzinfo=UTC))
