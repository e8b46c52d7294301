"""The vendor's invoices: one file a month, in the order in which the vendor counted."""

import csv
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from recount.demo.months import ZONE, instant_of
from recount.periods import Period, format_instant

COLUMNS = (
    "invoice_id,line_id,subject_id,outcome,concluded_at,quantity,unit_price,amount,currency,"
    "issued_on,due_on,purchase_order"
)
PURCHASE_ORDER = "PO-2026-0117"


class Claim(NamedTuple):
    """One outcome that the vendor bills; `concluded_at` in microseconds since 1970."""

    concluded_at: int
    subject_id: str
    unit_price: str


def write_invoice(folder: Path, period: Period, claims: Sequence[Claim]) -> None:
    """Write the invoice of a month; it is issued on the second and due after 45 days."""
    with (folder / f"{period.name}.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(f"{COLUMNS}\n")
        csv.writer(file, lineterminator="\n").writerows(_lines(period, claims))


def _lines(period: Period, claims: Sequence[Claim]) -> Iterator[list[str]]:
    issued_on = period.next(ZONE).first_day + timedelta(days=1)
    due_on = issued_on + timedelta(days=45)
    for number, claim in enumerate(sorted(claims), start=1):
        yield [
            f"EXAI-{period.name}",
            f"{number:06}",
            claim.subject_id,
            "resolution",
            format_instant(instant_of(claim.concluded_at)),
            "1",
            claim.unit_price,
            claim.unit_price,
            "USD",
            issued_on.isoformat(),
            due_on.isoformat(),
            PURCHASE_ORDER,
        ]
