"""What support cost before the vendor came, from a file of the buyer's, beside what was missed."""

import hashlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from recount.contract.model import Contract
from recount.decide import percent
from recount.errors import SourceError
from recount.money import each, written
from recount.sources.columns import Column, schema, typed
from recount.sources.kinds import TEXT, WHOLE_NUMBER, Kind, decimal
from recount.sources.words import shown

_MONTH = Kind(
    pa.string(),
    "write a month such as 2026-03",
    "^[0-9]{4}-(0[1-9]|1[0-2])$",
    lambda _: False,
    lambda cells: cells,
)
COLUMNS = (
    Column("month", _MONTH),
    Column("category", TEXT),
    Column("spent", decimal(6), is_never_negative=True),
    Column("currency", TEXT),
    Column("tickets", WHOLE_NUMBER),
    Column("missed_service_level", WHOLE_NUMBER),
)


def read(path: Path, contract: Contract) -> dict[str, Any]:
    """Return what a file of spending says, in all and by category, as JSON has it.

    SourceError names the record that cannot be used: another currency than the contract's, a month
    that a category has twice, or more tickets that missed their service level than there were.
    """
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise SourceError(f"{path} cannot be read: {problem.strerror}") from None
    table = pa.Table.from_batches(typed(data, path.name, COLUMNS), schema(COLUMNS))
    rows = table.to_pylist()
    if not rows:
        raise SourceError(f"{path.name} has no record; export a month at least")
    _check(rows, contract.currency)
    months = sorted({row["month"] for row in rows})
    categories = sorted({row["category"] for row in rows})
    return {
        "file": path.name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "first_month": months[0],
        "last_month": months[-1],
        **_together(rows, contract),
        "categories": {
            name: _together([row for row in rows if row["category"] == name], contract)
            for name in categories
        },
    }


def _check(rows: list[dict[str, Any]], currency: str) -> None:
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        key, number = (row["month"], row["category"]), row["record_number"]
        where = f"{row['file']}, record {number}"
        if row["currency"] != currency:
            said = shown(row["currency"])
            raise SourceError(f"{where}, currency {said}: write it in the contract's {currency}")
        if row["missed_service_level"] > row["tickets"]:
            raise SourceError(f"{where}: more tickets missed their service level than there were")
        if key in seen:
            first, name = seen[key], shown(row["category"])
            raise SourceError(f"{where}: {name} has {row['month']} in record {first} already")
        seen[key] = number


def _together(rows: list[dict[str, Any]], contract: Contract) -> dict[str, Any]:
    spent = sum((row["spent"] for row in rows), Decimal(0))
    tickets, missed = (
        sum(row[name] for row in rows) for name in ("tickets", "missed_service_level")
    )
    return {
        "spent": written(spent, contract.minor_units),
        "tickets": tickets,
        "each": each(spent, tickets),
        "missed_service_level": missed,
        "missed_percent": percent(Decimal(missed), Decimal(tickets)),
    }


def lines(spend: Mapping[str, Any], currency: str) -> Iterator[str]:
    """Yield the spending for people, the category that missed most first."""
    yield (
        f"  before, {spend['first_month']} to {spend['last_month']}: {spend['spent']} {currency} "
        f"for {spend['tickets']:,} tickets"
    )
    heads = (f"{head:>12}" for head in ("tickets", "each", "missed"))
    yield f"    {'category':<20}{''.join(heads)}{'spent':>16}"
    by_missed = sorted(
        spend["categories"].items(), key=lambda of: (-of[1]["missed_service_level"], of[0])
    )
    for name, of in by_missed:
        share = "-" if of["missed_percent"] is None else f"{of['missed_percent']} %"
        cost = of["each"] or "-"
        yield f"    {name:<20}{of['tickets']:>12,}{cost:>12}{share:>12}{of['spent']:>16}"
