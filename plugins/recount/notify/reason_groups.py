"""The reasons table of a mail: over- and under-invoiced, and apart what is not claimed."""

from collections.abc import Mapping, Sequence
from typing import Any

from recount.notify.explained import detail, title
from recount.notify.figures import ReasonRow
from recount.notify.letterhead import Letterhead
from recount.notify.wording import grouped, money

_HEADINGS: Mapping[str, str] = {
    "over": "Over-invoiced",
    "price": "Invoiced at another price",
    "unverifiable": "Cannot be verified",
    "pending": "Can still change: nothing is claimed",
    "under": "Under-invoiced",
    "agreed": "Agreed",
}
_UNVERIFIABLE: Mapping[str, str] = {
    "accept": "Cannot be verified: accepted, as the contract says",
    "query": "Cannot be verified: to be asked about, as the contract says",
    "dispute": "Cannot be verified: disputed, as the contract says",
}


def for_finance(
    rows: Sequence[ReasonRow], letterhead: Letterhead, currency: str
) -> list[dict[str, Any]]:
    """Return the groups with the headings that finance reads."""
    headings = {**_HEADINGS, "unverifiable": _UNVERIFIABLE[letterhead.unverifiable]}
    if not letterhead.invoice_ids:
        headings["under"] = "Not invoiced yet"
    return _groups(rows, letterhead, currency, headings)


def for_vendor(
    rows: Sequence[ReasonRow], letterhead: Letterhead, currency: str
) -> list[dict[str, Any]]:
    """Return the groups with the headings that the vendor reads."""
    headings = {**_HEADINGS, "unverifiable": "Cannot be verified by our records"}
    return _groups(rows, letterhead, currency, headings)


def _groups(
    rows: Sequence[ReasonRow], letterhead: Letterhead, currency: str, headings: Mapping[str, str]
) -> list[dict[str, Any]]:
    shown = []
    for group, heading in headings.items():
        members = [row for row in rows if row.group == group]
        # A group of one reason that says no more than the group is a row without a heading.
        if len(members) == 1 and group != "over":
            reason = _reason(members[0], heading, letterhead, currency)
            shown.append({"title": "", "rows": [reason]})
        elif members:
            reasons = [_reason(row, title(row), letterhead, currency) for row in members]
            shown.append({"title": heading, "rows": reasons})
    return shown


def _reason(row: ReasonRow, words: str, letterhead: Letterhead, currency: str) -> dict[str, str]:
    return {
        "title": words if len(letterhead.outcomes) == 1 else f"{row.outcome}: {words}",
        "detail": detail(row, letterhead),
        "count": grouped(row.count),
        "amount": money(row.amount, currency),
    }
