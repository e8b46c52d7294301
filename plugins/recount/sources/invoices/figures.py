"""Figures and dates of invoices: read exactly, in the spelling that was declared, or refused."""

import re
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from recount.errors import SourceError
from recount.sources.words import shown

CENT = Decimal("0.01")
_MICRO = Decimal("0.000001")
_LIMIT = Decimal(10) ** 12
# Fifteen decimals keep every sum inside the 28 digits of the default context.
_PLAIN = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,15})?")
_PARTS = {"YYYY": "(?P<y>[0-9]{4})", "MM": "(?P<m>[0-9]{2})", "DD": "(?P<d>[0-9]{2})",
          "M": "(?P<m>[0-9]{1,2})", "D": "(?P<d>[0-9]{1,2})"}  # fmt: skip
_PART = re.compile("YYYY|MM|DD|M|D")


def figure(text: str, where: str, *, decimal_mark: str = ".", thousands_mark: str = "") -> Decimal:
    """Read a figure; `where` names file, place and field in the SourceError."""
    plain = text
    if thousands_mark and thousands_mark in text:
        grouped = rf"-?[0-9]{{1,3}}({re.escape(thousands_mark)}[0-9]{{3}})+"
        whole = text.split(decimal_mark)[0]
        # a mark anywhere else means that the file is written in another way than was declared
        plain = text.replace(thousands_mark, "") if re.fullmatch(grouped, whole) else ""
        plain = "" if thousands_mark in text[len(whole) :] else plain
    if decimal_mark != ".":
        plain = "" if "." in plain else plain.replace(decimal_mark, ".")
    if not _PLAIN.fullmatch(plain):
        between = f", {thousands_mark!r} between thousands" if thousands_mark else ""
        raise SourceError(
            f"{where} {shown(text)}: write a number with at most 12 digits before and 15 after "
            f"{decimal_mark!r}{between}, and nothing else"
        )
    return Decimal(plain)


def kept(value: Decimal, where: str) -> Decimal:
    """Return a figure with six decimals; SourceError if it has more, or is too large."""
    micro = rounded(value, where)
    if micro != value:
        raise SourceError(
            f"{where} {shown(value)}: at most six decimals are kept exactly; ask the vendor for "
            "rounded figures"
        )
    return micro


def rounded(value: Decimal, where: str) -> Decimal:
    """Return a figure rounded to six decimals, half to even; SourceError if it is too large."""
    if abs(value) >= _LIMIT:
        raise SourceError(f"{where} {shown(value)}: more than 12 digits before the point")
    return value.quantize(_MICRO, ROUND_HALF_EVEN)


def date_reader(pattern: str) -> Callable[[str], date | None]:
    """Return a reader of dates written like `DD.MM.YYYY`; None for what is no such date.

    `M` and `D` may have one digit or two. ValueError if the pattern does not have all three parts.
    """
    parts = _PART.findall(pattern)
    if sorted(part[0] for part in parts) != ["D", "M", "Y"] or re.search(
        r"[A-Za-z0-9]", _PART.sub("", pattern)
    ):
        raise ValueError("write the pattern of a date, for example DD.MM.YYYY or M/D/YYYY")
    between = [re.escape(each) for each in _PART.split(pattern)]
    pieces = [_PARTS[part] for part in parts]
    spelled = "".join(a + b for a, b in zip(between, [*pieces, ""], strict=True))

    def read(text: str) -> date | None:
        found = re.fullmatch(spelled, text)
        try:
            return date(*(int(found[name]) for name in "ymd")) if found else None
        except ValueError:
            return None

    return read


def agree(said: Decimal, found: Decimal, where: str, what: str, of: str) -> None:
    """Refuse a file whose own total is not the sum of its parts, to the cent."""
    if abs(said - found) * 2 >= CENT:
        raise SourceError(
            f"{where}: {what} says {said.normalize():f}, and {of} give {found.normalize():f}; "
            "ask the vendor for an invoice that adds up"
        )
