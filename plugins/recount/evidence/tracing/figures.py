"""What a figure is made of: parts, which are rows of a mart and what each of them adds."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
Adds = Callable[[Row], Decimal | int | None]

LINES, CHARGES, OUTCOMES = "reconciliation_lines", "charges", "statement_outcomes"
DETERMINATIONS = "determinations"
OVER_INVOICED = (
    "duplicate", "unknown_subject", "out_of_scope", "out_of_period", "not_an_outcome",
)  # fmt: skip


MATCH_STATUSES = (*OVER_INVOICED, "unverifiable", "pending", "wrong_price", "agreed",
                  "not_invoiced")  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Some rows of a mart; `adds` is what one adds to the figure, None where it is not of it."""

    mart: str
    says: str
    adds: Adds


@dataclass(frozen=True)
class Figure:
    """A figure as the statement says it, and its parts, whose rows add up to it.

    `is_money`: it is rounded to the minor unit; each part by itself where `rounds_parts`.
    `is_never_negative`: what would be below nothing is nothing. `is_stated`: the statement has it
    at its path; else it is what mails add up beside that.
    """

    path: str
    says: str
    parts: tuple[Part, ...]
    is_money: bool = False
    rounds_parts: bool = False
    is_never_negative: bool = False
    is_stated: bool = True


@dataclass(frozen=True)
class Terms:
    """What a contract says that decides which lines count as over-invoiced."""

    disputes_unverifiable: bool
    priced_by_value: frozenset[str]


def over_invoiced(line: Row, terms: Terms) -> Decimal | None:
    """Return what a line bills too much (DESIGN 8); None where it is not over-invoiced."""
    status, amount = line["match_status"], line["amount_invoiced"]
    disputed = status == "unverifiable" and terms.disputes_unverifiable
    if status in OVER_INVOICED or disputed:
        return Decimal(amount or 0)
    if status == "wrong_price" and line["outcome"] in terms.priced_by_value:
        return max(Decimal(amount - line["unit_price_contract"]), Decimal(0))
    return None


def value_at(statement: Row, path: str) -> str:
    """Return what the statement says at a path, as text; a count that it leaves out is 0.

    Of a finding it is the number of rows that it names.
    """
    *way, last = path.split(".")
    if way == ["findings"]:
        (said,) = (each["observed"] for each in statement["findings"] if each["rule"] == last)
        numbers = re.findall(r": ([\d,]+)", said)
        return str(sum(int(number.replace(",", "")) for number in numbers))
    place: Any = statement
    for step in way:
        place = place[step]
    return str(place.get(last, 0))


def rows_where(mart: str, says: str, adds: Adds | None = None, **values: object) -> Part:
    """Make a part of the rows with these values; each adds 1 unless `adds` says otherwise."""

    def added(row: Row) -> Decimal | int | None:
        fits = all(
            row[column] in value if isinstance(value, tuple) else row[column] == value
            for column, value in values.items()
        )
        if not fits:
            return None
        return 1 if adds is None else adds(row)

    return Part(mart, says, added)


def figure(path: str, *parts: Part, **how: Any) -> Figure:
    """Make a figure of parts, which say what it is made of."""
    says = "; ".join(f"{part.mart}: {part.says}" for part in parts)
    return Figure(path, says or "nothing", parts, **how)
