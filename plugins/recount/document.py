"""The statement as the JSON document that people and scripts read (DESIGN 10)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from recount.contract.balances import Balances, EscrowBalance
from recount.decide import Decision, percent
from recount.periods import format_instant
from recount.published import canonical, sha256
from recount.statement import Counted, Statement


def figures(statement: Statement) -> dict[str, Any]:
    """What was counted, before anything is decided."""
    return {**_heading(statement), **_counts(statement), "amounts": _amounts(statement)}


def statement_document(
    statement: Statement,
    decision: Decision,
    *,
    is_above_tolerance: bool,
    divergence: Mapping[str, str | None],
    findings: Sequence[Mapping[str, Any]],
    inputs: Mapping[str, str],
    settled: tuple[Decimal, Decimal] | None,
    left: Balances,
    corrected: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The whole document; money is text, and a notice comes into it when there is one.

    `settled` is what the month settles, in money and in credits; `left` what earlier months left of
    what months share; `corrected` the statement that settled the month before, where there is one.
    """
    money = statement.money
    document: dict[str, Any] = {
        **_heading(statement),
        "decision": str(decision.action),
        "billing_source": decision.billing_source,
        "because": decision.because,
        "is_above_tolerance": is_above_tolerance,
        **_counts(statement),
        "amounts": {
            **_amounts(statement),
            "disputed": money(decision.disputed),
            "reserved": money(decision.reserved),
            "pay_now": money(decision.pay_now),
        },
        "divergence": dict(divergence),
        "gap": _gap(statement),
        **_performance(statement),
        "settles": _settles(statement, settled, left),
        **_balances(statement, settled, left),
        "corrects": None,
        "findings": list(findings),
        "inputs": dict(inputs),
        "notice": None,
        "evidence": None,
    }
    if corrected is not None:
        document["corrects"] = _corrects(statement, document, corrected)
    return document


def _corrects(
    statement: Statement, document: Mapping[str, Any], corrected: Mapping[str, Any]
) -> dict[str, Any]:
    """What is different from the statement that settled the month; null where this one is held."""
    then, now = corrected["amounts"], document["amounts"]
    changes = {
        name: statement.money(Decimal(now[name]) - Decimal(then[name]))
        for name in ("invoiced", "recounted", "disputed")
    }
    return {
        "as_of": corrected["as_of"],
        "statement": sha256(canonical(corrected)),
        "amounts": None if document["decision"] == "hold" else changes,
    }


def _performance(statement: Statement) -> dict[str, Any]:
    """How the month's outcomes did together, where the contract charges or credits for that."""
    found = {term: _performed(statement, row) for term, row in statement.performance.items()}
    return {"performance": found} if found else {}


def _performed(statement: Statement, row: Mapping[str, Any]) -> dict[str, Any]:
    met, judged, to_reach = row["met_count"], row["judged_count"], row["percent_to_reach"]
    return {
        "of": row["outcome"],
        "met": met,
        "judged": judged,
        "percent": percent(Decimal(met), Decimal(judged)) if judged else None,
        "to_reach": None if to_reach is None else _number(to_reach),
        "per": row["per"],
        "intervals": {"judged": row["interval_count"], "reached": row["reached_count"]},
        "baseline": row["baseline"],
        "fewer_than_baseline": _number(row["quantity"]) if row["baseline"] else None,
        "amount": statement.money(row["amount"]),
    }


def _settles(
    statement: Statement, settled: tuple[Decimal, Decimal] | None, left: Balances
) -> dict[str, str] | None:
    if settled is None:
        return None
    amount, drawn = settled
    found = {"amount": statement.money(amount)}
    if left.credits:
        found["credits"] = _number(drawn)
    if left.escrow:
        withheld, released = _escrowed(statement, amount, left.escrow)
        found["escrow"] = statement.money(withheld - released)
    return found


def _escrowed(
    statement: Statement, settled: Decimal, escrow: EscrowBalance
) -> tuple[Decimal, Decimal]:
    """What the month holds back, and what it releases since the share was reached."""
    is_reached = bool(statement.performance["escrow"]["reached_count"])
    return escrow.withheld(settled), escrow.released(settled, is_reached=is_reached)


def _balances(
    statement: Statement, settled: tuple[Decimal, Decimal] | None, left: Balances
) -> dict[str, Any]:
    """What months share, before and after this one; after it only where it is settled."""
    amount, drawn = settled or (None, None)
    found: dict[str, Any] = {}
    if (annual := left.annual) is not None:
        closing = None if amount is None else statement.money(annual.closing(amount))
        found["annual_ceiling"] = {
            "year": annual.year,
            "ceiling": statement.money(annual.ceiling),
            "opening": statement.money(annual.opening),
            "settled": None if amount is None else statement.money(amount),
            "closing": closing,
        }
    if (pool := left.credits) is not None:
        found["credits"] = {
            "opening": _number(pool.opening),
            "bought": _number(pool.bought),
            "used": None if drawn is None else _number(pool.used(drawn)),
            "expired": None if drawn is None else _number(pool.expired(drawn)),
            "closing": None if drawn is None else _number(pool.closing(drawn)),
        }
    if (escrow := left.escrow) is not None:
        found["escrow"] = {"opening": escrow.opening} | dict.fromkeys(_MOVES)
        if amount is not None:
            withheld, released = _escrowed(statement, amount, escrow)
            moves = withheld, released, escrow.opening + withheld - released
            found["escrow"] |= zip(_MOVES, moves, strict=True)
        found["escrow"] = {
            name: None if figure is None else statement.money(figure)
            for name, figure in found["escrow"].items()
        }
    return {"balances": found} if found else {}


_MOVES = ("withheld", "released", "closing")


def _number(quantity: Decimal) -> str:
    """Write a quantity without the zeros behind its point."""
    return f"{quantity.normalize():f}" if quantity else "0"


def _heading(statement: Statement) -> dict[str, Any]:
    return {
        "contract": statement.contract,
        "version": statement.version,
        "period": statement.period,
        "as_of": format_instant(statement.as_of),
        "kind": str(statement.kind),
        "final_from": format_instant(statement.final_from),
        "currency": statement.currency,
    }


def _counts(statement: Statement) -> dict[str, Any]:
    return {
        "outcomes": statement.outcomes,
        "over_invoiced": _counted(statement, statement.over_invoiced),
        "under_invoiced": _counted(statement, statement.under_invoiced),
    }


def _amounts(statement: Statement) -> dict[str, str]:
    return {
        "invoiced": statement.money(statement.invoiced.amount),
        "recounted": statement.money(statement.recounted.amount),
        "variance": statement.money(statement.variance.amount),
        "pending": statement.money(statement.pending.amount),
        "at_most": statement.money(statement.at_most),
    }


def _gap(statement: Statement) -> dict[str, Any]:
    amounts = {part: statement.money(each.amount) for part, each in statement.gap.items()}
    return {
        **{part: each.count for part, each in statement.gap.items()},
        "amounts": {**amounts, "arithmetic": statement.money(statement.arithmetic)},
    }


def _counted(statement: Statement, counted: Counted) -> dict[str, Any]:
    return {"count": counted.count, "amount": statement.money(counted.amount)}
