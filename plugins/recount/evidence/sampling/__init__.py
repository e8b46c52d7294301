"""A random sample for human review, and what it says of all that was not looked at (FEATURES E9).

Money is sampled by monetary units: each line has a chance that is as large as what it bills.
Determinations are sampled one by one, each at most once, and by verdict where that is wanted.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from recount import as_run, published
from recount.errors import LandingError, RecountError
from recount.evidence.sampling import bounds, worksheet
from recount.evidence.sampling.drawing import (
    DETERMINATIONS,
    LINES,
    Item,
    Plan,
    draw,
    plan_key,
    publish,
)
from recount.evidence.tracing import terms_of
from recount.evidence.tracing.figures import over_invoiced
from recount.lake import Lake
from recount.periods import parse_instant
from recount.published import Marts

__all__ = ["DETERMINATIONS", "LINES", "Plan", "evaluate", "sampled"]


def sampled(lake: Lake, statement: Mapping[str, Any], plan: Plan) -> tuple[dict[str, Any], str]:
    """Publish a plan, draw by it, and return it with the worksheet to review.

    RecountError where a sample of that name was drawn by another plan.
    """
    population = _population(lake, statement, plan.of)
    document = publish(lake, _folder(statement), plan, population)
    return document, worksheet.sheet(plan.of, draw(plan, population))


def evaluate(
    lake: Lake, statement: Mapping[str, Any], name: str, path: Path, confidence: Decimal
) -> dict[str, Any]:
    """Say how much is wrong at most by a reviewed worksheet, and publish that.

    `confidence` is a percentage. LandingError where the population is another than was planned.
    """
    document = _planned(lake, statement, name)
    plan = Plan(*(document[key] for key in ("of", "seed", "size", "by_verdict", "name")))
    population = _population(lake, statement, plan.of)
    if plan.document(population) != document:
        raise LandingError(
            f"the {plan.of} are not those that the sample {name!r} was planned for; draw a new one"
        )
    drawn = draw(plan, population)
    given = worksheet.answers(path, plan.of, drawn)
    judge = _of_money if plan.of == LINES else _of_determinations
    found = {
        "contract": statement["contract"],
        "period": statement["period"],
        "as_of": statement["as_of"],
        "plan": document,
        "confidence": f"{confidence:f}",
        "worksheet": published.sha256(path.read_bytes()),
        **judge(plan, population, drawn, given, path, Fraction(confidence) / 100),
    }
    published.publish(lake, f"{_folder(statement)}/{name}/evaluations", found)
    return found


def _planned(lake: Lake, statement: Mapping[str, Any], name: str) -> dict[str, Any]:
    key = plan_key(_folder(statement), name)
    if not lake.exists(key):
        raise RecountError(f"no sample {name!r} was drawn of this statement; draw it first")
    document: dict[str, Any] = json.loads(lake.get(key))
    return document


def _folder(statement: Mapping[str, Any]) -> str:
    slot = published.Slot(
        statement["contract"], statement["period"], parse_instant(statement["as_of"])
    )
    return f"samples/{slot.path}"


def _population(lake: Lake, statement: Mapping[str, Any], of: str) -> list[Item]:
    """Return everything that can be drawn, in the marts' own order.

    Of lines those that bill something; what takes something back has no monetary unit.
    """
    facts = as_run.facts_of(lake, statement)
    marts = Marts(lake, facts["marts"])
    if of == DETERMINATIONS:
        return [
            Item(f"{row['outcome']}/{row['subject_id']}", row["verdict"], Decimal(0), row)
            for row in marts["determinations"].to_pylist()
            if row["counted_by"] == "buyer"
        ]
    terms = terms_of(as_run.contract_of(lake, facts))
    return [
        Item(
            f"{row['invoice_id']}/{row['line_number']}/{row['line_id']}",
            f"{row['amount_invoiced'] - (over_invoiced(row, terms) or 0):f}",
            row["amount_invoiced"],
            row,
        )
        for row in marts["reconciliation_lines"].to_pylist()
        if (row["amount_invoiced"] or 0) > 0
    ]


def _of_money(
    plan: Plan,
    population: Sequence[Item],
    drawn: Sequence[Item],
    given: Mapping[str, str],
    path: Path,
    confidence: Fraction,
) -> dict[str, Any]:
    """Compare what we let each line bill with what the reviewer does, in both directions."""
    against_vendor: list[Fraction] = []
    against_buyer: list[Fraction] = []
    for item in drawn:
        right = worksheet.amount(path, item, given[item.name])
        taint = Fraction(right - Decimal(item.ours)) / Fraction(item.amount)
        if taint:
            (against_vendor if taint > 0 else against_buyer).append(abs(taint))
    total = sum((item.amount for item in population), Decimal(0))
    return {
        "method": "monetary units, Stringer bound",
        "drawn": len(drawn),
        "wrong": {
            side: {
                "draws": len(taints),
                "at_most": f"{bounds.money(taints, len(drawn), total, confidence):f}",
            }
            for side, taints in (
                ("against_vendor", against_vendor), ("against_buyer", against_buyer),
            )
        },
    }  # fmt: skip


def _of_determinations(
    plan: Plan,
    population: Sequence[Item],
    drawn: Sequence[Item],
    given: Mapping[str, str],
    path: Path,
    confidence: Fraction,
) -> dict[str, Any]:
    """Count the verdicts that the reviewer says otherwise, by stratum and together.

    Of several strata each is bounded with a part of the risk, so that all bounds hold at once.
    """
    strata = sorted({item.ours for item in population}) if plan.by_verdict else [""]
    each = 1 - (1 - confidence) / len(strata)
    found = {}
    for stratum in strata:
        mine = [item for item in drawn if stratum in ("", item.ours)]
        wrong = [i for i in mine if worksheet.verdict(path, i, given[i.name]) != i.ours]
        there = sum(stratum in ("", item.ours) for item in population)
        at_most = bounds.count(len(wrong), len(mine), there, each)
        found[stratum or "all"] = {
            "population": there, "drawn": len(mine), "wrong": len(wrong), "at_most": at_most,
        }  # fmt: skip
    return {
        "method": "items, exact hypergeometric bound",
        "drawn": len(drawn),
        "wrong": found,
        "at_most": sum(of["at_most"] for of in found.values()),
    }
