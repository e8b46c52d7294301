"""What the notice shows: what is disputed and why, and apart from it what is not."""

from collections.abc import Mapping, Sequence
from typing import Any

from recount.money import written
from recount.notify.figures import ReasonRow
from recount.notify.finance_view import Fact
from recount.notify.letterhead import Letterhead
from recount.notify.matter import Matter
from recount.notify.notice_words import Words
from recount.notify.reason_groups import for_vendor
from recount.notify.wording import count, day, listed, money, month, span


def view(
    statement: Mapping[str, Any],
    rows: Sequence[ReasonRow],
    matter: Matter,
    letterhead: Letterhead,
    replaces: str | None,
) -> dict[str, Any]:
    """Return what the templates of the notice fill in."""
    currency = statement["currency"]
    words = Words(statement, rows, matter, letterhead, replaces)
    is_claim = matter.kind == "dispute"
    return {
        "letterhead": letterhead,
        "statement": statement,
        "month": month(statement["period"]),
        "kind": words.kind,
        "headline": words.headline,
        "amount": words.amount,
        "claim": "Disputed" if is_claim else "In question",
        "claims": "What we dispute, and why" if is_claim else "What we ask about, and why",
        "replaces": words.replaces,
        "because": words.because,
        "to_do": words.to_do,
        "payment": words.payment,
        "reservation": words.reservation,
        "amounts": _amounts(statement, matter),
        "facts": _facts(statement, letterhead),
        "groups": for_vendor(matter.claimed, letterhead, currency),
        "remainder": _remainder(matter, letterhead, currency),
        "asked": for_vendor(matter.asked, letterhead, currency),
        "under": for_vendor(matter.under, letterhead, currency),
        "asked_title": _asked_title(matter),
        "under_remark": words.under_remark,
        "definitions": [
            {"outcome": outcome, "says": terms.says}
            for outcome, terms in letterhead.outcomes.items()
        ],
        "footer": words.footer,
    }


def _asked_title(matter: Matter) -> str:
    if matter.kind == "dispute":
        return "What we ask about, and do not dispute"
    return "What our records cannot verify" if matter.claimed else "What we ask about, and why"


def _remainder(matter: Matter, letterhead: Letterhead, currency: str) -> str | None:
    """Return what the contract's other price terms add to the lines, so that the table adds up."""
    if not matter.remainder:
        return None
    return money(written(matter.remainder, letterhead.minor_units), currency)


def _amounts(statement: Mapping[str, Any], matter: Matter) -> list[dict[str, str]]:
    amounts, currency = statement["amounts"], statement["currency"]
    over, under = statement["over_invoiced"], statement["under_invoiced"]
    claim = "Disputed" if matter.kind == "dispute" else "In question"
    rows = [
        ("Invoiced", amounts["invoiced"], ""),
        ("Over-invoiced", over["amount"], count(over["count"], "line")),
        ("Under-invoiced", under["amount"], count(under["count"], "line")),
        (claim, matter.amount, ""),
        ("To be paid", amounts["pay_now"], ""),
    ]
    shown = rows if matter.claimed else [rows[0], rows[-1]]
    return [
        {"label": label, "figure": money(figure, currency), "note": note}
        for label, figure, note in shown
    ]


def _facts(statement: Mapping[str, Any], letterhead: Letterhead) -> list[Fact]:
    issued = f"issued {day(letterhead.issued_on)}" if letterhead.issued_on else ""
    facts = [
        ("Invoice", listed(letterhead.invoice_ids), issued),
        (
            "Billing month",
            span(letterhead.first_day, letterhead.last_day),
            f"by the clock of {letterhead.time_zone}",
        ),
        ("Contract", letterhead.title, f"version {statement['version']}"),
        ("Purchase order", listed(letterhead.purchase_orders)),
        ("Tolerance", letterhead.tolerance),
        ("From", letterhead.buyer),
        ("To", letterhead.vendor),
    ]
    return [(label, [text for text in texts if text]) for label, *texts in facts if any(texts)]
