"""What was expected and what was observed, in words: the numbers of the rows that were judged."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from recount.guard.reading import Expectation
from recount.plain_text import plain

_MOST_LISTED = 6


def sentence(template: str, rows: Sequence[Mapping[str, Any]], known: Mapping[str, Any]) -> str:
    """Fill the template once per row and list what differs; once without a row if there is none."""
    filled = dict.fromkeys(template.format_map(_Words({**known, **row})) for row in rows or [{}])
    listed, more = list(filled)[:_MOST_LISTED], len(filled) - _MOST_LISTED
    return "; ".join(listed) + (f"; and {more:,} more" if more > 0 else "")


class _Words(dict[str, Any]):
    """Values as words; a column has none where there is no row."""

    def __getitem__(self, name: str) -> str:
        return shown(self.get(name))


def shown(value: Any) -> str:
    """Write a value: digits in groups, no more decimals than it has, nothing that hides."""
    match value:
        case None:
            return "none"
        case int() if not isinstance(value, bool):
            return f"{value:,}"
        case Decimal():
            return _amount(value)
        case datetime():
            return value.isoformat(" ")
    return plain(str(value))


def _amount(value: Decimal) -> str:
    whole, _, decimals = f"{value:,f}".partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals:0<2}" if decimals else whole


def stated(expectation: Expectation) -> str:
    """State an expectation as its file does, on one line."""
    arguments = ", ".join(f"{key}: {_plain(value)}" for key, value in expectation.arguments.items())
    where = f" where {expectation.entry.where}" if expectation.entry.where else ""
    return f"{expectation.entry.expect} ({arguments}){where}"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(map(str, value.values()))
    return f"[{', '.join(map(_plain, value))}]" if isinstance(value, list) else str(value)
