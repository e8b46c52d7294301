"""What landed months would have cost under another contract: for who negotiates the next one."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from recount import due, published
from recount.contract.balances import Balances, Settled, balances
from recount.contract.model import Contract
from recount.earlier import EarlierMonths
from recount.errors import LandingError
from recount.lake import open_lake
from recount.month import Month
from recount.recounting import recounted
from recount.statement import Statement, from_marts

_MARTS = ("statements", "statement_outcomes", "line_totals", "verdict_totals", "performance")


def compare(
    contract_path: Path, name: str, other: Contract, lake_uri: str, periods: Sequence[str]
) -> dict[str, Any]:
    """Count and price landed months by their own contract and by another one, as JSON has it.

    Both are counted from the same landed objects, as of the month's standing statement; nothing is
    extracted, published or sent. Without `periods`, all months that have a statement; what the
    other contract's months share, they share among the compared ones alone. ContractError
    where the two cannot be compared, LandingError for a month that was never stated.
    """
    stated = due.last_statements(open_lake(lake_uri))
    known = sorted(period for contract, period in stated if contract == name)
    if not known:
        raise LandingError(f"{lake_uri} holds no statement of {name}; make one with recount run")
    for period in periods:
        if period not in known:
            raise LandingError(
                f"{lake_uri} holds no statement of {name} for {period}; make it with recount run"
            )
    months: list[dict[str, Any]] = []
    for period in sorted(periods or known):
        as_of = stated[name, period]["as_of"]
        months.append(
            _month(Month(str(contract_path), name, period, as_of, lake_uri), other, months)
        )
    totals = {
        side: sum((Decimal(month[side]["charge"]) for month in months), Decimal(0))
        for side in ("as_agreed", "as_compared")
    }
    return {
        "contract": name,
        "compared": {"contract": other.contract, "version": other.version},
        "currency": other.currency,
        "months": months,
        "charge": {
            **{side: str(total) for side, total in totals.items()},
            "difference": str(totals["as_compared"] - totals["as_agreed"]),
        },
    }


def compare_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield a comparison for people: a line for each month and outcome, and the charges."""
    other, currency = document["compared"], document["currency"]
    yield f"{document['contract']} as agreed, and as {other['contract']} version {other['version']}"
    yield f"  {'':<36}{'as agreed':>16}{'compared':>16}{'difference':>16}"
    for month in document["months"]:
        sides = month["as_agreed"], month["as_compared"]
        for figure in ("recounted", "pending"):
            for name in dict.fromkeys(name for side in sides for name in side[figure]):
                counts = [side[figure].get(name, 0) for side in sides]
                if figure == "recounted" or any(counts):
                    what = f"{month['period']}  {name} {figure}"
                    yield _row(what, *counts, counts[1] - counts[0])
        charges = [side["charge"] for side in sides]
        change = Decimal(charges[1]) - Decimal(charges[0])
        yield _row(f"{month['period']}  charge in {currency}", *charges, change)
    total = document["charge"]
    yield _row(f"all  charge in {currency}", *total.values())


def _row(what: str, *figures: object) -> str:
    return f"  {what:<36}" + "".join(f"{figure!s:>16}" for figure in figures)


def _month(month: Month, other: Contract, before: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    contract = month.contract
    facts = published.newest(month.lake, f"marts/manifest/{month.slot(contract).path}") or {}
    left = EarlierMonths.of(facts["earlier_months"]).balances(contract, month.period)
    agreed = _recounted(month, contract, facts["streams"], left)
    earlier = [
        Settled(each["period"], *(Decimal(each["as_compared"][of]) for of in ("charge", "credits")))
        for each in before
    ]
    left = balances(other, month.period, earlier)
    compared = _recounted(month, _on_the_sources_of(contract, other), facts["streams"], left)
    return {
        "period": month.period,
        "as_of": month.as_of,
        "kind": str(agreed.kind),
        "invoiced": agreed.money(agreed.invoiced.amount),
        "as_agreed": _side(agreed),
        "as_compared": _side(compared),
    }


def _on_the_sources_of(contract: Contract, other: Contract) -> Contract:
    """Return the other contract's terms over this one's sources; ContractError if they differ."""
    for key in ("time_zone", "currency"):
        if getattr(other, key) != getattr(contract, key):
            raise other.error(
                key,
                f"{getattr(other, key)} cannot be compared with {getattr(contract, key)} of "
                f"{contract.contract}; compare contracts of one zone and currency",
            )
    named = {"contract": contract.contract, "sources": contract.sources}
    return other.model_copy(update=named)


def _recounted(
    month: Month, contract: Contract, streams: Mapping[str, Mapping[str, str]], left: Balances
) -> Statement:
    with recounted(month, contract, streams, left) as built:
        return from_marts({name: built.mart(name) for name in _MARTS}, contract.minor_units)


def _side(statement: Statement) -> dict[str, Any]:
    outcomes = statement.outcomes.items()
    return {
        "version": statement.version,
        "recounted": {name: outcome["recounted_count"] for name, outcome in outcomes},
        "pending": {name: outcome["determinations"]["pending"] for name, outcome in outcomes},
        "charge": statement.money(statement.recounted.amount),
        "credits": f"{statement.credits.recounted:f}" if statement.credits else "0",
    }
