"""What the finance mail shows, in the order of reading; every figure is the statement's."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from recount.notify import waterfall
from recount.notify.advice import advise, is_correction
from recount.notify.delivery import Delivery
from recount.notify.figures import ReasonRow
from recount.notify.letterhead import Letterhead
from recount.notify.reason_groups import for_finance
from recount.notify.wording import count, day, grouped, instant, listed, money, month, percent, span
from recount.periods import parse_instant

Fact = tuple[str, list[str]]  # a label, and what stands beside it, line by line

# Beyond these the table says how many more reasons the workbook has.
MOST_REASONS = 14
_MOST_IDS = 4


def view(
    statement: Mapping[str, Any],
    rows: Sequence[ReasonRow],
    letterhead: Letterhead,
    notice: Delivery | None,
) -> dict[str, Any]:
    """Return what the templates of the finance mail fill in."""
    return {
        "letterhead": letterhead,
        "statement": statement,
        "month": month(statement["period"]),
        "as_of": instant(parse_instant(statement["as_of"])),
        "advice": advise(statement, rows, letterhead, notice),
        "amounts": _amounts(statement, letterhead),
        "facts": _facts(statement, letterhead),
        "counts": _counts(statement, letterhead),
        "findings": by_severity(statement["findings"]),
        "groups": for_finance(rows[:MOST_REASONS], letterhead, statement["currency"]),
        "more_reasons": max(0, len(rows) - MOST_REASONS),
        "bars": waterfall.bars(statement),
        "picture_is_cut": waterfall.is_cut(statement),
        "picture_in_words": waterfall.in_words(statement),
        "footer": _footer(statement, letterhead),
        "references": _references(statement, notice),
    }


def by_severity(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return every finding, those that hold first."""
    return sorted(findings, key=lambda finding: finding["severity"] != "hold")


def annualised(statement: Mapping[str, Any]) -> str | None:
    """Return twelve times the variance; None where the variance is not fit to be extrapolated."""
    if statement["decision"] == "hold":
        return None
    return str(Decimal(statement["amounts"]["variance"]) * 12)


def _amounts(statement: Mapping[str, Any], letterhead: Letterhead) -> list[dict[str, Any]]:
    amounts, over, under = (statement[k] for k in ("amounts", "over_invoiced", "under_invoiced"))
    rows = {
        "Invoiced": (amounts["invoiced"], "" if letterhead.invoice_ids else "no invoice yet"),
        "Recounted": (amounts["recounted"], ""),
        "At most": (amounts["at_most"], "if all that is open is an outcome"),
        "Variance": (amounts["variance"], _sign(amounts["variance"])),
        "Over-invoiced": (over["amount"], count(over["count"], "line")),
        "Under-invoiced": (under["amount"], count(under["count"], "line")),
        "Can still change": (amounts["pending"], "no claim"),
        "Disputed now": (amounts["disputed"], ""),
        "Reserved": (amounts["reserved"], ""),
        "Pay now": (amounts["pay_now"], _pay_note(statement)),
    }
    if is_correction(statement):
        rows["Payable in all"] = rows.pop("Pay now")
        rows["Disputed"] = rows.pop("Disputed now")
    hidden = set() if statement["kind"] == "provisional" else {"Can still change", "At most"}
    if not letterhead.invoice_ids:
        hidden |= {"Variance", "Over-invoiced", "Under-invoiced", "Disputed now", "Reserved"}
    return [
        {"label": label, "figure": money(figure, statement["currency"]), "note": note}
        for label, (figure, note) in rows.items()
        if label not in hidden
    ]


def _sign(variance: str) -> str:
    amount = Decimal(variance)
    return "billed too much" if amount > 0 else "billed too little" if amount < 0 else "none"


def _pay_note(statement: Mapping[str, Any]) -> str:
    if statement["decision"] != "hold":
        return ""
    is_open = statement["kind"] == "provisional"
    holds = any(finding["severity"] == "hold" for finding in statement["findings"])
    return "once cleared" if holds else "at most" if is_open else ""


def _facts(statement: Mapping[str, Any], letterhead: Letterhead) -> list[Fact]:
    facts: list[tuple[str, ...]] = [
        ("Billing month", span(letterhead.first_day, letterhead.last_day)),
        ("Invoice", _ids(letterhead.invoice_ids) or "none yet"),
        ("Due", day(letterhead.due_on) if letterhead.due_on else "not stated"),
        ("Purchase order", _ids(letterhead.purchase_orders) or "not stated"),
        ("Last day for a dispute", day(letterhead.dispute_by) if letterhead.dispute_by else ""),
        ("Tolerance", letterhead.tolerance, _tested(statement)),
        ("Divergence", *(_divergence(statement["divergence"]) if letterhead.invoice_ids else ())),
        ("A year at this rate", *_year(statement)),
        *_performance(statement),
        *_balances(statement),
    ]
    return [(label, [text for text in texts if text]) for label, *texts in facts if any(texts)]


def _tested(statement: Mapping[str, Any]) -> str:
    """Say what the tolerance was held against: the divergence beside it is net, and was not."""
    return "" if statement["decision"] == "hold" else str(statement["because"])


def _divergence(shares: Mapping[str, str | None]) -> tuple[str, str, str]:
    return (
        f"{percent(shares['of_invoiced'])} of invoiced",
        f"{percent(shares['of_recounted'])} of recounted",
        f"{percent(shares['of_larger'])} of the larger",
    )


def _year(statement: Mapping[str, Any]) -> tuple[str, ...]:
    amount = annualised(statement)
    if amount is None:
        return ()
    return (money(amount, statement["currency"]), "12 times the variance, if every month is alike")


def _performance(statement: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """What outcomes did together, and what the contract charges or credits for it."""
    return [
        (term, _share(of), money(of["amount"], statement["currency"]))
        for term, of in statement.get("performance", {}).items()
        if term != "escrow"  # charges nothing, and is told with what is held
    ]


def _share(of: Mapping[str, Any]) -> str:
    share = "none decided" if of["percent"] is None else f"{percent(of['percent'])} {of['of']}"
    if of["baseline"]:
        return f"{share}, {of['fewer_than_baseline']} fewer than by {of['baseline']}"
    if of["per"] == "month":
        return f"{share}, {of['to_reach']} % to reach"
    reached = f"reached in {of['intervals']['reached']} of {of['intervals']['judged']}"
    return f"{share}, {of['to_reach']} % to reach in each {of['per']}, {reached}"


def _balances(statement: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """What the month shares with others: what earlier ones left of it, and what is left now."""
    found: list[tuple[str, ...]] = []
    balances = statement.get("balances", {})
    if annual := balances.get("annual_ceiling"):
        ceiling, opening, closing = (
            None if annual[name] is None else money(annual[name], statement["currency"])
            for name in ("ceiling", "opening", "closing")
        )
        after = "not settled yet" if closing is None else f"{closing} after it"
        year = f"{ceiling} from {month(annual['year'])} on"
        found.append(("Ceiling of the year", year, f"left: {opening} before this month, {after}"))
    if pool := balances.get("credits"):
        moved = [f"{pool['opening']} at the beginning", f"{pool['bought']} bought"]
        moved += [f"{pool[name]} {name}" for name in ("used", "expired") if pool[name] is not None]
        after = "not settled yet" if pool["closing"] is None else f"{pool['closing']} left"
        found.append(("Credits", ", ".join(moved), after))
    if escrow := balances.get("escrow"):
        moved = [f"{money(escrow['opening'], statement['currency'])} held before this month"]
        moved += [
            f"{money(escrow[name], statement['currency'])} {name}"
            for name in ("withheld", "released")
            if escrow[name] is not None
        ]
        closing = escrow["closing"]
        held = closing and f"{money(closing, statement['currency'])} held now"
        share = _share(statement["performance"]["escrow"])
        found.append(("Escrow", share, ", ".join(moved), held or "not settled yet"))
    return found


def _counts(statement: Mapping[str, Any], letterhead: Letterhead) -> list[dict[str, str]]:
    return [
        {
            "outcome": outcome,
            "says": letterhead.outcomes[outcome].says if outcome in letterhead.outcomes else "",
            "invoiced": grouped(counts["invoiced_count"]),
            "recounted": grouped(counts["recounted_count"]),
        }
        for outcome, counts in statement["outcomes"].items()
    ]


def _ids(ids: Sequence[str]) -> str:
    shown = list(ids[:_MOST_IDS])
    return listed(shown if len(ids) <= _MOST_IDS else [*shown, f"{len(ids) - _MOST_IDS} more"])


def _footer(statement: Mapping[str, Any], letterhead: Letterhead) -> str:
    as_of = instant(parse_instant(statement["as_of"]))
    return (
        f"Counted by Recount from the records of {letterhead.buyer}, as of {as_of}, by the "
        f"contract {letterhead.title} (version {statement['version']}); months by the clock of "
        f"{letterhead.time_zone}. Variance is invoiced minus recounted."
    )


def _references(statement: Mapping[str, Any], notice: Delivery | None) -> list[str]:
    lines = [f"Evidence: {statement['evidence']}"] if statement.get("evidence") else []
    if notice is not None:
        lines.append(f"Dispute notice {notice.id}: {notice.uri}")
        lines += [f"{address}: {words}" for address, words in notice.recipients.items()]
    return lines
