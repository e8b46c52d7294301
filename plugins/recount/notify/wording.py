"""How figures, dates and names are written for people; no digit is ever changed here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any

from recount.plain_text import plain

# Written here, because strftime follows the locale of whoever runs it.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_PARTS = re.compile(r"([+-]?)(\d+)((?:\.\d+)?)", re.ASCII)


def cleaned(value: Any) -> Any:
    """Apply `plain` to every text of a nested value, dataclasses turned into mappings."""
    if isinstance(value, str):
        return plain(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: cleaned(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {key: cleaned(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [cleaned(item) for item in value]
    return value


def grouped(number: str | int) -> str:
    """Set thousands separators into a number's own digits: `-41000.50` is `-41,000.50`."""
    found = _PARTS.fullmatch(str(number))
    if not found:
        raise ValueError(f"{number!r} is not a plain number")
    return f"{found[1]}{int(found[2]):,}{found[3]}"


def money(amount: str, currency: str) -> str:
    """Write an amount with its currency: `41,000.00 USD`."""
    return f"{grouped(amount)} {currency}"


def percent(share: str | None) -> str:
    """Write a share; over nothing there is none."""
    return "not defined" if share is None else f"{grouped(share)} %"


def count(number: int, noun: str) -> str:
    """Write a number with its noun in the right number: `1 line`, `1,200 lines`."""
    return f"{grouped(number)} {noun}{'' if number == 1 else 's'}"


def day(on: date) -> str:
    """Write a date out: `31 October 2026`."""
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def instant(at: datetime) -> str:
    """Write an instant in UTC: `1 May 2016, 00:00 UTC`."""
    utc = at.astimezone(UTC)
    seconds = f"{utc:%H:%M}" if not (utc.second or utc.microsecond) else f"{utc:%H:%M:%S}"
    return f"{day(utc.date())}, {seconds} UTC"


def month(name: str) -> str:
    """Write a period's name out: `2016-03` is `March 2016`."""
    first = date.fromisoformat(f"{name}-01")
    return f"{_MONTHS[first.month - 1]} {first.year}"


def span(first: date, last: date) -> str:
    """Write a period's days out: `1 to 31 March 2016`."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day(last)}"
    return f"{day(first)} to {day(last)}"


def listed(items: Sequence[str], word: str = "and") -> str:
    """Write a list in words: `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def sentence(text: str) -> str:
    """Write a text as a sentence: a capital first, a full stop last."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
