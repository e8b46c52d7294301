"""What the dispute notice shows: what is disputed and why, and apart from it what is not."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from recount.money import written
from recount.notify.figures import (
    GROUPS,
    ReasonRow,
    over_invoiced_phrase,
    over_invoiced_statuses,
    total,
)
from recount.notify.finance_view import Fact
from recount.notify.letterhead import Letterhead
from recount.notify.reason_groups import for_vendor
from recount.notify.wording import count, day, instant, listed, money, month, span
from recount.periods import parse_instant


def claimed(lines: pa.Table, letterhead: Letterhead) -> dict[str, pa.Table]:
    """Return the lines that the notice lists, each group on its own; never a pending one."""
    over = over_invoiced_statuses(letterhead)
    statuses = {"Disputed": over, "Price": GROUPS["price"], "Not invoiced": GROUPS["under"]}
    if letterhead.unverifiable == "query":
        statuses["Asked about"] = GROUPS["unverifiable"]
    return {name: _of(lines, wanted) for name, wanted in statuses.items()}


def view(
    statement: Mapping[str, Any],
    rows: Sequence[ReasonRow],
    letterhead: Letterhead,
) -> dict[str, Any]:
    """Return what the templates of the notice fill in."""
    currency, amounts = statement["currency"], statement["amounts"]
    disputed = [row for row in rows if _is_disputed(row, letterhead)]
    return {
        "letterhead": letterhead,
        "statement": statement,
        "month": month(statement["period"]),
        "disputed": money(amounts["disputed"], currency),
        "because": _because(statement, rows, letterhead),
        "to_do": _asked(statement, letterhead),
        "payment": _payment(statement, letterhead),
        "amounts": _amounts(statement),
        "facts": _facts(statement, letterhead),
        "groups": for_vendor(disputed, letterhead, currency),
        "remainder": _remainder(statement, disputed, letterhead),
        "asked": for_vendor(_asked_about(rows, letterhead), letterhead, currency),
        "under": for_vendor([r for r in rows if r.group == "under"], letterhead, currency),
        "set_off": letterhead.may_set_off,
        "definitions": [
            {"outcome": outcome, "says": terms.says}
            for outcome, terms in letterhead.outcomes.items()
        ],
        "footer": _footer(statement, letterhead),
    }


def _of(lines: pa.Table, statuses: Sequence[str]) -> pa.Table:
    return lines.filter(pc.is_in(lines["match_status"], value_set=pa.array(statuses)))


def _is_disputed(row: ReasonRow, letterhead: Letterhead) -> bool:
    is_over = row.group in ("over", "price")
    return is_over or row.status in over_invoiced_statuses(letterhead)


def _asked_about(rows: Sequence[ReasonRow], letterhead: Letterhead) -> list[ReasonRow]:
    is_asked = letterhead.unverifiable == "query"
    return [row for row in rows if is_asked and row.group == "unverifiable"]


def _remainder(
    statement: Mapping[str, Any], disputed: Sequence[ReasonRow], letterhead: Letterhead
) -> str | None:
    """Return what the contract's other price terms add to the lines, so that the table adds up."""
    rest = Decimal(statement["amounts"]["disputed"]) - total(disputed)
    return money(written(rest, letterhead.minor_units), statement["currency"]) if rest else None


def _because(
    statement: Mapping[str, Any], rows: Sequence[ReasonRow], letterhead: Letterhead
) -> str:
    over = over_invoiced_phrase(statement, rows, letterhead)
    return (
        f"By the definition that both sides agreed, {over}. That is more than the agreed "
        f"tolerance of {letterhead.tolerance}, so that under the contract {letterhead.buyer}'s "
        "count is the billing source for this month."
    )


def _asked(statement: Mapping[str, Any], letterhead: Letterhead) -> str:
    by = f" by {day(letterhead.due_on)}" if letterhead.due_on else ""
    disputed = money(statement["amounts"]["disputed"], statement["currency"])
    return f"Please send a credit note over {disputed}{by}."


def _payment(statement: Mapping[str, Any], letterhead: Letterhead) -> str:
    pay = money(statement["amounts"]["pay_now"], statement["currency"])
    when = f"by {day(letterhead.due_on)}" if letterhead.due_on else "when the invoice falls due"
    return (
        f"Where you see a line otherwise, name it and the events that it rests on. "
        f"The undisputed {pay} is paid {when}."
    )


def _amounts(statement: Mapping[str, Any]) -> list[dict[str, str]]:
    amounts, currency = statement["amounts"], statement["currency"]
    over, under = statement["over_invoiced"], statement["under_invoiced"]
    rows = [
        ("Invoiced", amounts["invoiced"], ""),
        ("Over-invoiced", over["amount"], count(over["count"], "line")),
        ("Under-invoiced", under["amount"], count(under["count"], "line")),
        ("Disputed", amounts["disputed"], ""),
        ("To be paid", amounts["pay_now"], ""),
    ]
    return [
        {"label": label, "figure": money(figure, currency), "note": note}
        for label, figure, note in rows
    ]


def _facts(statement: Mapping[str, Any], letterhead: Letterhead) -> list[Fact]:
    issued = f"issued {day(letterhead.issued_on)}" if letterhead.issued_on else ""
    facts = [
        ("Invoice", listed(letterhead.invoice_ids), issued),
        ("Billing month", span(letterhead.first_day, letterhead.last_day)),
        ("Contract", letterhead.title, f"version {statement['version']}"),
        ("Purchase order", listed(letterhead.purchase_orders)),
        ("Tolerance", letterhead.tolerance),
        ("From", letterhead.buyer),
        ("To", letterhead.vendor),
    ]
    return [(label, [text for text in texts if text]) for label, *texts in facts if any(texts)]


def _footer(statement: Mapping[str, Any], letterhead: Letterhead) -> str:
    as_of = instant(parse_instant(statement["as_of"]))
    pack = " The evidence that recomputes every verdict is available on request."
    return (
        f"Counted from {letterhead.buyer}'s own records as of {as_of}; months by the clock of "
        f"{letterhead.time_zone}. The workbook lists each line with the event that decided it."
        f"{pack if statement.get('evidence') else ''}"
    )
