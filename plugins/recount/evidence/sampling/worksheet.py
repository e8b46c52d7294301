"""The sheet that a reviewer fills in: what was drawn, and not what we found."""

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from recount.errors import RecountError
from recount.evidence.sampling.drawing import LINES, Item
from recount.evidence.spreadsheet import cell, csv_text

_SHOWN = ("outcome", "subject_id", "invoice_id", "line_id", "concluded_at", "amount_invoiced")
VERDICTS = ("met", "not_met", "pending", "unverifiable")
ANSWERS = {LINES: "amount_right", "determinations": "verdict_right"}


def sheet(of: str, drawn: Sequence[Item]) -> str:
    """Write a record for each item that was drawn, with empty cells for the reviewer."""
    columns = ("item", "times", *_SHOWN, ANSWERS[of], "reviewer", "remark")
    times = {item.name: sum(each is item for each in drawn) for item in drawn}
    once = {item.name: item for item in drawn}.values()
    return csv_text(
        columns, ({**item.shows, "item": item.name, "times": times[item.name]} for item in once)
    )


def answers(path: Path, of: str, drawn: Sequence[Item]) -> Mapping[str, str]:
    """Return the reviewer's answer by item; RecountError names what is missing or wrong."""
    column = ANSWERS[of]
    try:
        text = path.read_bytes().decode("utf-8-sig")
        records = list(csv.DictReader(io.StringIO(text), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise RecountError(f"{path} cannot be read ({problem}); give the worksheet") from None
    given = {record.get("item") or "": (record.get(column) or "").strip() for record in records}
    found = {}
    for item in {item.name: item for item in drawn}.values():
        written = cell(item.name)
        if not given.get(written):
            raise RecountError(f"{path}: {item.name} has no {column}; review every item drawn")
        found[item.name] = given.pop(written)
    if given:
        raise RecountError(f"{path}: {min(given)!r} was not drawn; fill in the worksheet as drawn")
    return found


def verdict(path: Path, item: Item, said: str) -> str:
    """Return a verdict that a reviewer gave."""
    if said not in VERDICTS:
        raise RecountError(f"{path}: {item.name} is {said!r}; write {', '.join(VERDICTS)}")
    return said


def amount(path: Path, item: Item, said: str) -> Decimal:
    """Return the amount that a reviewer gave: what the line may bill, from nothing to what it does.

    RecountError names the item.
    """
    try:
        given = Decimal(said)
    except InvalidOperation:
        given = Decimal("nan")
    if not (given.is_finite() and 0 <= given <= item.amount):
        raise RecountError(
            f"{path}: {item.name} may bill {said!r}; write an amount from 0 to {item.amount:f}"
        )
    return given
