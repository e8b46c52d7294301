"""What a notice is about: what is claimed or asked, and what is only told beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from recount.money import written
from recount.notify.figures import GROUPS, ReasonRow, over_invoiced_statuses, total
from recount.notify.letterhead import Letterhead

Kind = Literal["dispute", "query"]


@dataclass(frozen=True)
class Matter:
    """The rows of a notice, each line in one of them.

    `claimed` is what a dispute disputes and a query asks about, `amount` what it comes to by the
    contract's prices; `asked` cannot be verified, and is not accepted by the contract as it is;
    `under` was not invoiced. Of `pending` no more is told than that there are any.
    """

    kind: Kind
    amount: str
    claimed: tuple[ReasonRow, ...]
    asked: tuple[ReasonRow, ...]
    under: tuple[ReasonRow, ...]
    pending: tuple[ReasonRow, ...]

    @property
    def claimed_count(self) -> int:
        """How many lines are claimed."""
        return sum(row.count for row in self.claimed)

    @property
    def remainder(self) -> Decimal:
        """What the contract's other price terms add to the claimed lines."""
        return Decimal(self.amount) - total(self.claimed)


def matter(
    statement: Mapping[str, Any], rows: Sequence[ReasonRow], letterhead: Letterhead
) -> Matter:
    """Sort the reasons of a disputed or queried month; each in at most one place."""
    is_claim = _claims(statement)
    over = over_invoiced_statuses(letterhead)
    claimed = [row for row in rows if row.group in ("over", "price") or row.status in over]
    claimed = claimed if is_claim else []
    is_asking = letterhead.unverifiable == "query"
    amounts = statement["amounts"]
    kind: Kind = "dispute" if statement["decision"] == "dispute" else "query"
    contested = amounts["disputed"] if kind == "dispute" else amounts["reserved"]
    return Matter(
        kind=kind,
        amount=contested if is_claim else written(Decimal(0), letterhead.minor_units),
        claimed=tuple(claimed),
        asked=tuple(row for row in rows if is_asking and row.group == "unverifiable"),
        under=tuple(row for row in rows if row.group == "under"),
        pending=tuple(row for row in rows if row.group == "pending"),
    )


def listed_lines(
    statement: Mapping[str, Any], lines: pa.Table, letterhead: Letterhead
) -> dict[str, pa.Table]:
    """Return the lines that a notice lists, each group on its own; never a pending one."""
    statuses: dict[str, Sequence[str]] = {}
    if _claims(statement):
        name = "Disputed" if statement["decision"] == "dispute" else "In question"
        statuses = {name: over_invoiced_statuses(letterhead), "Price": GROUPS["price"]}
    statuses["Not invoiced"] = GROUPS["under"]
    if letterhead.unverifiable == "query":
        statuses["Asked about"] = GROUPS["unverifiable"]
    return {
        name: lines.filter(pc.is_in(lines["match_status"], value_set=pa.array(wanted)))
        for name, wanted in statuses.items()
    }


def _claims(statement: Mapping[str, Any]) -> bool:
    """Say whether over-invoicing is the matter: within the tolerance nobody is asked about it."""
    return statement["decision"] == "dispute" or bool(statement["is_above_tolerance"])
