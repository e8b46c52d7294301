"""The notice as one JSON document: what every other form of it says, for scripts.

Keys stay; a change of what one means is another `format_version`. Amounts are text, in the
currency's minor unit where they are rounded; counts are numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from recount.evidence.register import canonical, sha256
from recount.money import written
from recount.notify.explained import detail, title
from recount.notify.figures import ReasonRow, total
from recount.notify.letterhead import Letterhead
from recount.notify.matter import Matter
from recount.notify.sheets import CLAIM_COLUMNS

FORMAT_VERSION = 1
# They change with the run, and not with what is said.
_OF_THE_RUN = frozenset({"as_of", "replaces", "evidence", "contract_sha256"})
# The groups of lines by their names in the workbook.
_CLAIMS = {
    "Disputed": "disputed",
    "In question": "in_question",
    "Price": "price",
    "Not invoiced": "not_invoiced",
    "Asked about": "asked_about",
}


def notice_document(
    statement: Mapping[str, Any],
    matter: Matter,
    listed: Mapping[str, pa.Table],
    letterhead: Letterhead,
    *,
    identity: str,
    evidence: Mapping[str, str] | None,
) -> dict[str, Any]:
    """Return the document of a dispute or a query; `evidence` names the pack and its hash.

    It replaces nothing: whether a vendor was told something else before, the register knows.
    """
    return {
        "format": "recount_notice",
        "format_version": FORMAT_VERSION,
        "id": identity,
        "kind": matter.kind,
        "as_of": statement["as_of"],
        "replaces": None,
        **_contract(statement, letterhead),
        **_invoice(letterhead),
        "positions": positions(statement, matter, letterhead),
        "reasons": [_reason(row, letterhead) for row in matter.claimed],
        "arithmetic": written(matter.remainder, letterhead.minor_units),
        "asked_about": [_reason(row, letterhead) for row in matter.asked],
        "not_invoiced": [_reason(row, letterhead) for row in matter.under],
        "payable": statement["amounts"]["pay_now"],
        "tolerance": _tolerance(statement, letterhead),
        "definitions": {
            name: {"says": terms.says, "clauses": dict(terms.clauses)}
            for name, terms in letterhead.outcomes.items()
        },
        **_milestones(letterhead),
        "evidence": evidence,
        "lines": {
            "columns": ["claim", *CLAIM_COLUMNS],
            "rows": [row for name, table in listed.items() for row in _rows(_CLAIMS[name], table)],
        },
    }


def _milestones(letterhead: Letterhead) -> dict[str, Any]:
    """Say what is charged only from a day on, where the contract has it so."""
    found = {
        name: {
            "reached_on": milestone.reached_on and milestone.reached_on.isoformat(),
            "opens": list(milestone.opens),
        }
        for name, milestone in letterhead.milestones.items()
    }
    return {"milestones": found} if found else {}


def document_bytes(document: Mapping[str, Any]) -> bytes:
    """Write the document in the one way that gets hashed and attached."""
    return canonical(document)


def content_hash(document: Mapping[str, Any] | None, accusation: Mapping[str, Any]) -> str:
    """Return the hash of what a notice says: two runs with an equal one say the same."""
    said = document and {k: v for k, v in document.items() if k not in _OF_THE_RUN}
    return sha256(canonical({"statement": accusation, "notice": said}))


def positions(
    statement: Mapping[str, Any], matter: Matter, letterhead: Letterhead
) -> dict[str, dict[str, Any]]:
    """Return lines and amounts of the invoice by what is said of them; they add up to it.

    What is accepted is the remainder: with fees, and by the contract's own prices.
    """
    counted = statement["outcomes"].values()
    lines = sum(each["invoiced_count"] for each in counted)
    parts = {
        "disputed": (0, Decimal(0)),
        "in_question": (0, Decimal(0)),
        "unverifiable": _sum(matter.asked),
        "pending": _sum(matter.pending),
    }
    claimed = "disputed" if matter.kind == "dispute" else "in_question"
    parts[claimed] = (matter.claimed_count, Decimal(matter.amount))
    invoiced = Decimal(statement["amounts"]["invoiced"])
    rest = (
        lines - sum(number for number, _ in parts.values()),
        invoiced - sum((amount for _, amount in parts.values()), Decimal(0)),
    )
    shown = {"invoiced": (lines, invoiced), "accepted": rest, **parts}
    return {
        name: {"lines": number, "amount": written(amount, letterhead.minor_units)}
        for name, (number, amount) in shown.items()
    }


def _sum(rows: Sequence[ReasonRow]) -> tuple[int, Decimal]:
    return sum(row.count for row in rows), total(rows)


def _contract(statement: Mapping[str, Any], letterhead: Letterhead) -> dict[str, Any]:
    return {
        "contract": statement["contract"],
        "contract_version": statement["version"],
        "contract_sha256": letterhead.contract_sha256,
        "parties": {"buyer": letterhead.buyer, "vendor": letterhead.vendor},
        "signatories": [
            {"party": each.party, "name": each.name, "on": each.on.isoformat()}
            for each in letterhead.signatories
        ],
        # only where they were agreed: a notice of before they could be is no other one now
        **({"method": dict(letterhead.method)} if letterhead.method else {}),
        **({"verification": dict(letterhead.verification)} if letterhead.verification else {}),
        "rights": {
            "reclassify": letterhead.may_reclassify,
            "set_off": letterhead.may_set_off,
            "raw_event_export": letterhead.may_see_raw_events,
        },
        "unverifiable": letterhead.unverifiable,
        "period": {
            "name": statement["period"],
            "first_day": letterhead.first_day.isoformat(),
            "last_day": letterhead.last_day.isoformat(),
            "time_zone": letterhead.time_zone,
        },
        "currency": statement["currency"],
    }


def _invoice(letterhead: Letterhead) -> dict[str, Any]:
    issued, due, last = letterhead.issued_on, letterhead.due_on, letterhead.dispute_by
    return {
        "invoices": sorted(letterhead.invoice_ids),
        "purchase_orders": list(letterhead.purchase_orders),
        "issued_on": issued and issued.isoformat(),
        "due_on": due and due.isoformat(),
        "dispute_by": last and last.isoformat(),
    }


def _tolerance(statement: Mapping[str, Any], letterhead: Letterhead) -> dict[str, Any]:
    terms = letterhead.tolerance_terms
    return {
        "says": letterhead.tolerance,
        "percent": str(terms.percent) if terms else None,
        "of": terms.of if terms else None,
        "measure": terms.measure if terms else None,
        "per": terms.per if terms else None,
        "found": statement["because"],
        "over_invoiced": dict(statement["over_invoiced"]),
        "under_invoiced": dict(statement["under_invoiced"]),
        "invoiced": _side(statement, "invoiced"),
        "recounted": _side(statement, "recounted"),
    }


def _side(statement: Mapping[str, Any], name: str) -> dict[str, Any]:
    count = sum(each[f"{name}_count"] for each in statement["outcomes"].values())
    return {"count": count, "amount": statement["amounts"][name]}


def _reason(row: ReasonRow, letterhead: Letterhead) -> dict[str, Any]:
    return {
        "outcome": row.outcome,
        "status": row.status,
        "reason": row.reason,
        "says": title(row),
        "because": detail(row, letterhead),
        "lines": row.count,
        "amount": row.amount,
    }


def _rows(claim: str, table: pa.Table) -> Iterator[list[Any]]:
    """Yield lines as lists: with a name before each value, a big month would fit no mail."""
    known = table.select([name for name in CLAIM_COLUMNS if name in table.column_names])
    rows = [[row.get(name) for name in CLAIM_COLUMNS] for row in known.to_pylist()]
    written_rows = [[claim, *map(_written, row)] for row in rows]
    yield from sorted(written_rows, key=lambda row: [value or "" for value in row])


def _written(value: Any) -> str | None:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if value is None or isinstance(value, str) else f"{value.isoformat()}Z"
