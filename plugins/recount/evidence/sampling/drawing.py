"""Draw a sample that anybody can draw again: its plan is in the lake before it is drawn.

What is drawn follows from SHA-256 of the seed alone, and of no generator of a library: of items,
those whose `seed|item` has the smallest hashes; of money, the line that holds the monetary unit
whose number is the hash of `seed|1`, `seed|2`, ..., each draw independent of the others.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, count
from typing import Any

from recount import published
from recount.errors import RecountError
from recount.lake import KeyConflict, Lake

LINES, DETERMINATIONS = "lines", "determinations"


@dataclass(frozen=True)
class Item:
    """Something that can be drawn.

    `ours` is what we say of it, a verdict or how much of `amount` may be billed; no plan and no
    worksheet shows it.
    """

    name: str
    ours: str
    amount: Decimal
    shows: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """What is drawn of which population, before anybody has seen it."""

    of: str
    seed: str
    size: int
    by_verdict: bool
    name: str

    def document(self, population: Sequence[Item]) -> dict[str, Any]:
        """Say the plan with the digest of its population, by names and amounts alone."""
        listed = [[item.name, f"{item.amount:f}"] for item in population]
        return {
            "name": self.name,
            "of": self.of,
            "seed": self.seed,
            "size": self.size,
            "by_verdict": self.by_verdict,
            "population": {
                "count": len(population),
                "amount": f"{sum((item.amount for item in population), Decimal(0)):f}",
                "sha256": published.sha256(published.canonical(listed)),
            },
        }


def publish(lake: Lake, folder: str, plan: Plan, population: Sequence[Item]) -> dict[str, Any]:
    """Put a plan into the lake, once; RecountError where another of that name was drawn by."""
    document, key = plan.document(population), plan_key(folder, plan.name)
    if plan.size < 1 or not population:
        raise RecountError(f"there are {len(population)} {plan.of} to draw {plan.size} from")
    try:
        lake.put_once(key, published.canonical(document))
    except KeyConflict:
        before = json.loads(lake.get(key))
        raise RecountError(
            f"the sample {plan.name!r} was drawn already, {before['size']} of {before['of']} with "
            f"the seed {before['seed']!r}; draw that one again, or give another --name"
        ) from None
    return document


def plan_key(folder: str, name: str) -> str:
    """Return where a plan lies."""
    return f"{folder}/{name}/plan.json"


def draw(plan: Plan, population: Sequence[Item]) -> list[Item]:
    """Return what is drawn, in the order of drawing; of money, a line may come more than once."""
    if plan.of == LINES:
        return list(_units(plan.seed, plan.size, population))
    strata: dict[str, list[Item]] = {}
    for item in population:
        strata.setdefault(item.ours if plan.by_verdict else "", []).append(item)
    shares = _shared(plan.size, {name: len(items) for name, items in strata.items()})
    return [
        item
        for name in sorted(strata)
        for item in sorted(strata[name], key=lambda item: _hash(plan.seed, item.name))[
            : shares[name]
        ]
    ]


def _units(seed: str, size: int, population: Sequence[Item]) -> Iterator[Item]:
    units = [int(item.amount.scaleb(6)) for item in population]
    ends = list(accumulate(units))
    numbers = count(1)
    limit = 2**256 - 2**256 % ends[-1]  # a hash beyond it would favour the first units
    for _ in range(size):
        unit = next(n for number in numbers if (n := int(_hash(seed, f"{number}"), 16)) < limit)
        at = unit % ends[-1]
        yield population[bisect_right(ends, at)]


def _shared(size: int, strata: Mapping[str, int]) -> dict[str, int]:
    """Give each stratum its share of a sample, at least one, and never more than it has."""
    total = sum(strata.values())
    return {name: min(number, max(1, -(-size * number // total)))
            for name, number in strata.items()}  # fmt: skip


def _hash(seed: str, what: str) -> str:
    return hashlib.sha256(f"{seed}|{what}".encode()).hexdigest()
