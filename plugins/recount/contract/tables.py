"""Contracts as tables that SQL joins; no text of a contract is ever pasted into SQL (DESIGN 4).

Keys are positions from 0: `contract_key` in the given sequence, the others in all of them.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count, product
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from recount.contract.balances import Balances
from recount.contract.definitions import Clause, ConcludedBy, Definition, Outcome
from recount.contract.model import Contract
from recount.contract.performance import Performance
from recount.contract.price_tables import price_rows
from recount.contract.pricing import Monthly
from recount.contract.table_types import SCHEMAS
from recount.contract.vocabulary import ACTOR_TYPES

Row = dict[str, Any]

# when what is closed would open, as long as nobody has said so
_NEVER = datetime(9999, 12, 31)


def terms_tables(
    contracts: Sequence[Contract], left: Sequence[Balances] | None = None
) -> dict[str, pa.Table]:
    """Return a table for each of `SCHEMAS`; empty where the contracts say nothing of the kind.

    `left` has for each contract what earlier months left of what its months share. It may be left
    out where only the definitions matter.
    """
    rows: dict[str, list[Row]] = {table: [] for table in SCHEMAS}
    definition_keys, clause_keys, price_keys = count(), count(), count()
    for contract_key, contract in enumerate(contracts):
        balances = left[contract_key] if left else Balances()
        for table, row in _terms(contract, balances):
            rows[table].append({"contract_key": contract_key} | row)
        for row, definition in _definitions(contract):
            keys = {"contract_key": contract_key, "definition_key": next(definition_keys)}
            rows["definitions"].append(keys | row)
            for table, part in _parts(definition, keys["definition_key"], clause_keys):
                rows[table].append(part)
        for table, row in price_rows(contract.pricing, price_keys, balances):
            rows[table].append({"contract_key": contract_key} | row)
    return {
        table: pa.Table.from_pylist(rows[table], schema=schema) for table, schema in SCHEMAS.items()
    }


def _terms(contract: Contract, left: Balances) -> Iterator[tuple[str, Row]]:
    yield "contracts", _contract(contract) | _left(left)
    for actor_type, actors in contract.actors.items():
        for actor in actors:
            days = {"valid_from": actor.from_, "valid_until": actor.until}
            instants = {key: _midnight(day, contract.zone) for key, day in days.items()}
            yield "actors", {"actor_id": actor.id, "actor_type": actor_type} | instants
    for name, term in contract.pricing.shares.items():
        yield "performance_terms", {"term": name} | _performance(term)
    for line_type, (milestone, counts_from) in _opened(contract).items():
        opened = {"line_type": line_type, "counts_from": counts_from}
        yield "milestones", {"milestone": milestone} | opened
    for name, outcome in contract.outcomes.items():
        for attribute, value in _accepted(outcome):
            words = {"attribute": attribute, "accepted_value": value}
            yield "scope_terms", {"outcome": name} | words


def _contract(contract: Contract) -> Row:
    monthly = contract.pricing.monthly or Monthly()
    return {
        "contract": contract.contract,
        "version": contract.version,
        "currency_code": contract.currency,
        "minor_units": contract.minor_units,
        "platform_fee": contract.pricing.platform_fee or Decimal(0),
        "monthly_floor": monthly.floor,
        "monthly_cap": monthly.cap,
        "tolerance_percent": contract.tolerance.percent,
        "tolerance_of": contract.tolerance.of,
        "tolerance_measure": contract.tolerance.measure,
        "unverifiable_policy": contract.settlement.unverifiable,
        "has_reclassify": contract.rights.reclassify,
        "has_set_off": contract.rights.set_off,
    }


def _performance(term: Performance) -> Row:
    credited, baseline = term.otherwise, term.against
    return {
        "outcome": term.of,
        "per": term.per or "month",
        "at_least": term.at_least,
        "amount_paid": term.pays,
        "share_credited": None if credited is None else credited / 100,
        "baseline": baseline and baseline.id,
        "baseline_share": None if baseline is None else baseline.percent / 100,
        "price_each": baseline and baseline.each,
    }


def _left(left: Balances) -> Row:
    return {
        "annual_left": left.annual and left.annual.opening,
        "credits_available": left.credits and left.credits.available,
        "amount_of_credits_bought": left.credits.price if left.credits else Decimal(0),
    }


def _accepted(outcome: Outcome) -> Iterator[tuple[str, str]]:
    filters = outcome.scope.model_dump(exclude={"attributes"}, exclude_none=True)
    for attribute, values in (filters | outcome.scope.attributes).items():
        for value in values:
            is_flag = isinstance(value, bool)
            yield attribute, str(value).lower() if is_flag else value


def _definitions(contract: Contract) -> Iterator[tuple[Row, Definition]]:
    """Yield each outcome as the buyer counts it, then as the vendor says, where it does."""
    opened = _opened(contract)
    for name, outcome in contract.outcomes.items():
        row = {
            "outcome": name,
            "says": outcome.says,
            "subject_type": outcome.subject,
            "count_once_per": outcome.count_once_per,
            "counts_in": outcome.counts_in,
        }
        is_billed = name in contract.pricing.outcomes
        _, counts_from = opened.get(name, (None, None))
        counted = {"counted_by": "buyer" if is_billed else "measured", "counts_from": counts_from}
        yield row | counted, outcome
        if outcome.vendor_says and is_billed:
            yield row | {"counted_by": "vendor"}, outcome.vendor_says


def _opened(contract: Contract) -> dict[str, tuple[str, datetime | None]]:
    """Each line type that a milestone opens, with its name and the first instant that counts."""
    return {
        line_type: (name, _midnight(milestone.reached_on, contract.zone) or _NEVER)
        for name, milestone in contract.pricing.milestones.items()
        for line_type in milestone.opens
    }


def _parts(
    definition: Definition, definition_key: int, clause_keys: Iterator[int]
) -> Iterator[tuple[str, Row]]:
    for pair in _pairs(definition.concluded_by):
        yield "concluding_patterns", {"definition_key": definition_key} | pair
    for clause_number, (name, clause) in enumerate(definition.clauses.items(), start=1):
        clause_key = next(clause_keys)
        keys = {"definition_key": definition_key, "clause_key": clause_key}
        yield "clauses", keys | {"clause_number": clause_number, "clause": name} | _clause(clause)
        for pair in _pairs(clause.pattern):
            yield "clause_patterns", {"clause_key": clause_key} | pair


def _clause(clause: Clause) -> Row:
    pattern = clause.pattern
    kind, length = pattern.window
    return {
        "verb": clause.verb,
        "pick": pattern.pick or "any",
        "link": pattern.link,
        "window_kind": kind,
        "window_us": None if length is None else length // timedelta(microseconds=1),
        "at_least": pattern.at_least,
        "at_most": pattern.at_most,
        "unit": pattern.unit,
        "if_missing": clause.if_missing,
    }


def _pairs(pattern: ConcludedBy) -> Iterator[Row]:
    """Yield every event type with every actor type; a pattern that names no actor means anybody."""
    for event_type, actor_type in product(pattern.event, pattern.by or ACTOR_TYPES):
        yield {"event_type": event_type, "actor_type": actor_type}


def _midnight(day: date | None, in_zone: ZoneInfo) -> datetime | None:
    """Return the instant at which a day begins, in UTC and without a zone, as Arrow holds it."""
    if day is None:
        return None
    midnight = datetime(day.year, day.month, day.day, tzinfo=in_zone)
    return midnight.astimezone(UTC).replace(tzinfo=None)
