"""What was observed, in words: the numbers of the rows that an expectation judged."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

_MOST_ROWS = 6
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def sentence(template: str, rows: Sequence[Mapping[str, Any]], known: Mapping[str, Any]) -> str:
    """Fill the template once per row, the first few of them; once without a row if there is none."""
    filled = [
        template.format_map({name: shown(value) for name, value in {**known, **row}.items()})
        for row in rows[:_MOST_ROWS] or [{}]
    ]
    more = len(rows) - _MOST_ROWS
    return "; ".join(filled) + (f"; and {more:,} more" if more > 0 else "")


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
    text = str(value)
    return "".join("\ufffd" if unicodedata.category(c) in _UNSEEN else c for c in text)


def _amount(value: Decimal) -> str:
    whole, _, decimals = f"{value:,f}".partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals:0<2}" if decimals else whole
