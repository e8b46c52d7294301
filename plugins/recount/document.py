"""The statement as the JSON document that people and scripts read (DESIGN 10)."""

from collections.abc import Mapping, Sequence
from typing import Any

from recount.decide import Decision
from recount.periods import format_instant
from recount.statement import Counted, Statement


def figures(statement: Statement) -> dict[str, Any]:
    """What was counted, before anything is decided."""
    return {**_heading(statement), **_counts(statement), "amounts": _amounts(statement)}


def statement_document(
    statement: Statement,
    decision: Decision,
    *,
    divergence: Mapping[str, str | None],
    findings: Sequence[Mapping[str, Any]],
    inputs: Mapping[str, str],
) -> dict[str, Any]:
    """The whole document; money is text, and a notice comes into it when there is one."""
    money = statement.money
    return {
        **_heading(statement),
        "decision": str(decision.action),
        "billing_source": decision.billing_source,
        "because": decision.because,
        **_counts(statement),
        "amounts": {
            **_amounts(statement),
            "disputed": money(decision.disputed),
            "reserved": money(decision.reserved),
            "pay_now": money(decision.pay_now),
        },
        "divergence": dict(divergence),
        "gap": _gap(statement),
        "findings": list(findings),
        "inputs": dict(inputs),
        "notice": None,
        "evidence": None,
    }


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
    }


def _gap(statement: Statement) -> dict[str, Any]:
    amounts = {part: statement.money(each.amount) for part, each in statement.gap.items()}
    return {
        **{part: each.count for part, each in statement.gap.items()},
        "amounts": {**amounts, "arithmetic": statement.money(statement.arithmetic)},
    }


def _counted(statement: Statement, counted: Counted) -> dict[str, Any]:
    return {"count": counted.count, "amount": statement.money(counted.amount)}
