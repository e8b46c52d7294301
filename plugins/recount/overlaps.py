"""Subjects that two vendors bill: what crosses contracts is found in what each of them published.

A month is recounted by one contract alone, and its figures never depend on another's. So this is a
later step, and changes nothing: both lines are listed, and the contracts decide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from recount import due, published
from recount.lake import Lake

_COLUMNS = (
    "contract", "period", "subject_id", "outcome", "invoice_id", "line_id", "match_status",
    "amount_invoiced",
)  # fmt: skip


@dataclass(frozen=True)
class Overlap:
    """A subject that invoices under several contracts name, and their lines."""

    subject_id: str
    claims: tuple[dict[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        """The overlap as JSON has it, with money as text."""
        claims = [{**c, "amount_invoiced": str(c["amount_invoiced"])} for c in self.claims]
        return {"subject_id": self.subject_id, "claims": claims}

    def lines(self) -> Iterator[str]:
        """The overlap as people read it."""
        yield self.subject_id
        for claim in self.claims:
            amount: Decimal = claim["amount_invoiced"]
            yield (
                f"  {claim['contract']}  {claim['period']}  {claim['outcome']}  line "
                f"{claim['line_id']} of {claim['invoice_id']}: {amount:,.2f} {claim['currency']}, "
                f"{claim['match_status']}"
            )


def overlaps(lake: Lake, period: str | None = None) -> list[Overlap]:
    """Find the subjects that more than one contract's invoices name, of one month or of all.

    Only the statement that stands for each contract and month is looked at. Subjects are compared
    by their whole id, so both contracts must call the source by one name.
    """
    found = [
        lines
        for (_, month), statement in due.last_statements(lake).items()
        if period in (None, month) and (lines := _invoiced(lake, statement)).num_rows
    ]
    if not found:
        return []
    lines = pa.concat_tables(found)
    contracts = lines.group_by("subject_id").aggregate([("contract", "count_distinct")])
    shared = contracts.filter(pc.greater(contracts["contract_count_distinct"], 1))["subject_id"]
    claims = lines.filter(pc.is_in(lines["subject_id"], shared)).sort_by(
        [("subject_id", "ascending"), ("contract", "ascending"), ("period", "ascending"),
         ("line_id", "ascending")]
    )  # fmt: skip
    by_subject: dict[str, list[dict[str, Any]]] = {}
    for claim in claims.to_pylist():
        by_subject.setdefault(claim.pop("subject_id"), []).append(claim)
    return [Overlap(subject_id, tuple(of)) for subject_id, of in by_subject.items()]


def _invoiced(lake: Lake, statement: dict[str, Any]) -> pa.Table:
    """Return the invoice lines of a statement that name a subject."""
    lines = published.marts_of(lake, statement)["reconciliation_lines"].select(_COLUMNS)
    named = pc.and_(pc.is_valid(lines["line_id"]), pc.is_valid(lines["subject_id"]))
    currency = pa.array([statement["currency"]] * lines.num_rows, pa.string())
    return lines.append_column("currency", currency).filter(named)
