"""What a contract would charge for any quantities: a what-if, from its prices alone."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from recount.contract.canonical import canonical_json
from recount.contract.model import Contract
from recount.contract.numbers import AMOUNT
from recount.contract.vocabulary import shown, unknown
from recount.errors import ContractError
from recount.money import written
from recount.recomputing import prices
from recount.recomputing.prices import FRESH, Left

# what a table shows beside the edges of bands
_ROUND = tuple(map(Decimal, (0, 1, 10, 100, 1_000, 10_000)))

Units = Mapping[str, Decimal]


def units_of(contract: Contract, words: Sequence[str]) -> dict[str, Decimal]:
    """Read quantities such as `resolution=253`; ContractError names what the contract lacks."""
    terms, units = prices.terms(_pricing(contract)), dict[str, Decimal]()
    for word in words:
        name, equals, quantity = word.partition("=")
        if not equals or not re.fullmatch(AMOUNT, quantity):
            example = f"{next(iter(terms))}=253"
            raise ContractError(f"--units {shown(word)} is no quantity; write it as in {example}")
        if name not in terms:
            raise ContractError(f"--units: {unknown(name, terms, 'priced term of the contract')}")
        if name in units:
            raise ContractError(f"--units names {name} twice; add the two up")
        units[name] = Decimal(quantity)
    return units


def quote(contract: Contract, units: Units, left: Left = FRESH) -> dict[str, Any]:
    """Return what a month of these quantities costs, and the steps that led there, as JSON has it.

    `left` is what earlier months left of what months share. Amounts are text; those of steps are
    exact and add up to the amount.
    """
    charge = prices.charge(_pricing(contract), units, contract.minor_units, left)
    steps = [
        {
            "term": step.term,
            "quantity": _text(step.quantity),
            "each": _text(step.each),
            "amount": _text(step.amount),
        }
        for step in charge.steps
    ]
    return {
        **_heading(contract),
        "units": {name: _text(quantity) for name, quantity in units.items()},
        "amount": written(charge.amount, contract.minor_units),
        "steps": steps,
    }


def table(contract: Contract, left: Left = FRESH) -> dict[str, Any]:
    """Return what a month costs with more and more of each term, the edges of its bands among them.

    Each row is a month of that term alone; fees and limits are part of it.
    """
    pricing = _pricing(contract)
    rows = []
    for name, price in prices.terms(pricing).items():
        for quantity in _quantities(price):
            charge = prices.charge(pricing, {name: quantity}, contract.minor_units, left)
            amount = written(charge.amount, contract.minor_units)
            rows.append({"term": name, "quantity": _text(quantity), "amount": amount})
    return {**_heading(contract), "months": rows}


def quote_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield a quote for people."""
    currency = document["currency"]
    yield f"{document['contract']} version {document['version']}"
    for step in document["steps"]:
        times = f"{step['quantity']:>14} x {step['each']:<12}" if step["each"] else " " * 29
        yield f"  {step['term']:<28}{times}{step['amount']:>18} {currency}"
    yield f"  {'a month costs':<57}{document['amount']:>18} {currency}"


def table_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table for people."""
    currency = document["currency"]
    yield f"{document['contract']} version {document['version']}: a month of each term alone"
    yield f"  {'term':<28}{'units':>18}{'charge':>18}"
    for row in document["months"]:
        yield f"  {row['term']:<28}{row['quantity']:>18}{row['amount']:>18} {currency}"


def _quantities(price: Mapping[str, Any]) -> list[Decimal]:
    """What a table shows: round numbers, the last unit of each band, and one more."""
    steps = price.get("graduated") or price.get("volume") or ()
    edges = [Decimal(step["up_to"]) for step in steps if "up_to" in step]
    return sorted({*_ROUND, *edges, *(edge + 1 for edge in edges)})


def _pricing(contract: Contract) -> dict[str, Any]:
    pricing: dict[str, Any] = json.loads(canonical_json(contract))["pricing"]
    return pricing


def _heading(contract: Contract) -> dict[str, Any]:
    return {
        "contract": contract.contract, "version": contract.version, "currency": contract.currency,
    }  # fmt: skip


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"
