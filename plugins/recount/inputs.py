"""What a build reads beside the contracts' terms: runs, months, and the columns of landed rows."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa

from recount.contract.model import Contract
from recount.contract.performance import Performance
from recount.periods import Period

_INSTANT = pa.timestamp("us")
_KEYS = [pa.field("contract_key", pa.int32()), pa.field("source", pa.string())]

_RUNS = pa.schema({
    "contract_key": pa.int32(), "period": pa.string(), "period_starts_at": _INSTANT,
    "period_ends_at": _INSTANT, "as_of": _INSTANT, "final_from": _INSTANT,
})  # fmt: skip
_PERIODS = pa.schema({
    "contract_key": pa.int32(), "period": pa.string(), "starts_at": _INSTANT, "ends_at": _INSTANT,
})  # fmt: skip
_INTERVALS = pa.schema({
    "contract_key": pa.int32(), "term": pa.string(), "interval_name": pa.string(),
    "starts_at": _INSTANT, "ends_at": _INSTANT,
})  # fmt: skip
COVERAGE = pa.schema({
    "event_type": pa.string(), "observed_from": _INSTANT, "observed_until": _INSTANT,
})  # fmt: skip
MANIFESTS = pa.schema({
    "stream": pa.string(), "digest": pa.string(), "record_count": pa.int64(),
    "page_count": pa.int64(), "control_total": pa.string(), "control_total_kind": pa.string(),
    "parsed_count": pa.int64(),
})  # fmt: skip


def keyed(schema: pa.Schema) -> pa.Schema:
    """A landed table's columns: whose rows they are, then what the source's parser gives."""
    return pa.schema([*_KEYS, *schema])


def run_rows(runs: Sequence[tuple[Contract, Period, datetime]]) -> pa.Table:
    """One row per contract in its given place: the period, its bounds, and when it can be final."""
    rows = [
        {
            "contract_key": key,
            "period": period.name,
            "period_starts_at": naive(period.starts_at),
            "period_ends_at": naive(period.ends_at),
            "as_of": naive(as_of),
            "final_from": naive(period.ends_at + contract.settlement.final_after),
        }
        for key, (contract, period, as_of) in enumerate(runs)
    ]
    return pa.Table.from_pylist(rows, schema=_RUNS)


def period_rows(spans: Iterable[tuple[Contract, datetime, datetime]]) -> pa.Table:
    """The months in each contract's zone from the one that holds an instant to that of another."""
    rows = []
    for key, (contract, first, last) in enumerate(spans):
        period = Period.containing(first, contract.zone)
        while period.starts_at <= last:
            bounds = {"starts_at": naive(period.starts_at), "ends_at": naive(period.ends_at)}
            rows.append({"contract_key": key, "period": period.name, **bounds})
            period = period.next(contract.zone)
    return pa.Table.from_pylist(rows, schema=_PERIODS)


def interval_rows(runs: Iterable[tuple[Contract, Period]]) -> pa.Table:
    """The intervals of which each performance term is judged: the month, its days or its hours."""
    rows = [
        {
            "contract_key": key,
            "term": name,
            "interval_name": each.name,
            "starts_at": naive(each.starts_at),
            "ends_at": naive(each.ends_at),
        }
        for key, (contract, period) in enumerate(runs)
        for name, term in contract.pricing.shares.items()
        for each in _intervals(period, term, contract.zone)
    ]
    return pa.Table.from_pylist(rows, schema=_INTERVALS)


def _intervals(period: Period, term: Performance, in_zone: ZoneInfo) -> list[Period]:
    match term.per:
        case "day":
            return period.days(in_zone)
        case "hour":
            return period.hours(in_zone)
        case None:
            return [period]


def naive(instant: datetime) -> datetime:
    """An instant in UTC without its zone, as the tables hold it."""
    return instant.astimezone(UTC).replace(tzinfo=None)
