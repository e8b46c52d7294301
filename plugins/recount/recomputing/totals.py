"""What a month adds up to: outcomes, quantities and charges on each basis, and shares."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from recount.evaluator import MET, NOT_MET, PENDING, UNVERIFIABLE
from recount.recomputing.months import BASES, OVER_INVOICED, VERDICTS, Month, Row
from recount.recomputing.prices import (
    FEES,
    NOTHING,
    Charge,
    Share,
    bands,
    charge,
    fewer_than,
    performance_terms,
    reaches,
    rounded,
    terms,
)


@dataclass(frozen=True)
class Figures:
    """What a recomputed month adds up to: charges by basis, outcomes, and the whole statement."""

    charges: Mapping[str, Charge]
    quantities: Mapping[str, Mapping[str, Decimal]]
    outcomes: Mapping[str, Row]
    performance: Mapping[str, Row]
    kind: str
    invoiced: Decimal
    at_most: Decimal
    contested: Decimal
    drawn: Mapping[str, Decimal]


def figures(month: Month, final_from: datetime) -> Figures:
    """Add up a month after all its link groups."""
    terms_, pricing = month.terms, month.pricing
    outcomes = {name: _outcome(month, name) for name in pricing if name not in FEES}
    quantities = {basis: _quantities(month, basis, outcomes) for basis in BASES}
    shares = {basis: shares_of(month, basis) for basis in BASES}
    charges = {
        basis: charge(pricing, quantities[basis], terms_.minor_units, terms_.left, shares[basis])
        for basis in BASES
    }
    for name, row in outcomes.items():
        row["amount_recounted"] = _charged(charges["recounted"], pricing, name)
    open_ = sum(
        count
        for (_, counted_by, judged, verdict), count in month.verdicts.items()
        if counted_by != "vendor" and judged == "determination" and verdict == PENDING
    )
    invoiced = sum((total[2] for total in month.line_totals.values()), NOTHING)
    invoiced = rounded(invoiced, terms_.minor_units)
    recounted = charges["recounted"].amount
    return Figures(
        charges=charges,
        quantities=quantities,
        outcomes=outcomes,
        performance={
            name: _performance(month, name, charges["recounted"], shares["recounted"][name])
            for name in performance_terms(pricing)
        },
        kind="final" if terms_.as_of >= final_from and not open_ else "provisional",
        invoiced=invoiced,
        at_most=max(charges["at_most"].amount, recounted),
        contested=max(invoiced - charges["payable"].amount, NOTHING),
        drawn={basis: drawn_by(month, quantities, basis) for basis in ("invoiced", *BASES)},
    )


def _of_lines(month: Month, outcome: str, number: int, *statuses: str | None) -> Decimal:
    """Add up one of an outcome's totals over its lines of some statuses: count, quantity, ..."""
    return sum(
        (
            total[number]
            for (of, _, status, _, _), total in month.line_totals.items()
            if of == outcome and status in statuses
        ),
        NOTHING,
    )


def _outcome(month: Month, name: str) -> Row:
    """How many of an outcome, and what was billed too much or too little of it (DESIGN 8)."""
    pricing, disputes = month.pricing, month.terms.disputes_unverifiable
    over = (*OVER_INVOICED, UNVERIFIABLE) if disputes else OVER_INVOICED
    verdicts = {v: month.verdicts[name, "buyer", "determination", v] for v in VERDICTS}
    billed = [
        total
        for (of, kind, *_), total in month.line_totals.items()
        if of == name and kind in ("outcome", "unattributed")
    ]
    in_total = month.sums[name, "unattributed"]
    claimable, met = (month.sums[name, f"claimable {of}"] for of in ("in total", "met"))
    too_many, too_few = max(in_total - claimable, NOTHING), max(met - in_total, NOTHING)
    # of what is priced by value or tier, nobody knows which a line without a subject means
    price = {} if {"percent_of_value", "by_tier"} & pricing[name].keys() else pricing[name]
    met_count = Decimal(verdicts[MET])
    return {
        "invoiced_count": sum((total[1] for total in billed), NOTHING),
        "recounted_count": verdicts[MET],
        "over_invoiced_count": _of_lines(month, name, 0, *over) + too_many,
        "under_invoiced_count": _of_lines(month, name, 0, "not_invoiced") + too_few,
        "unverifiable_count": _of_lines(month, name, 0, UNVERIFIABLE),
        "pending_determination_count": verdicts[PENDING],
        "unattributed_count": in_total,
        "payable_count": month.sums[name, "listed payable"] + min(in_total, claimable),
        "amount_invoiced": sum((total[2] for total in billed), NOTHING),
        "amount_recounted": NOTHING,
        "amount_over_invoiced": _of_lines(month, name, 2, *over)
        + month.sums[name, "value over"]
        + _exact(price, in_total) - _exact(price, in_total - too_many),
        "amount_under_invoiced": -_of_lines(month, name, 3, "not_invoiced")
        + _exact(price, met_count) - _exact(price, met_count - too_few),
        "amount_pending": _of_lines(month, name, 2, PENDING),
    }  # fmt: skip


def _exact(price: Mapping[str, Any], quantity: Decimal) -> Decimal:
    """What a quantity costs before it is rounded; nothing without a price."""
    return (
        sum((units * each for units, each in bands(price, quantity)), NOTHING) if price else NOTHING
    )


def _quantities(month: Month, basis: str, outcomes: Mapping[str, Row]) -> dict[str, Decimal]:
    """How many of each priced term, or what value: of ours, of what is payable, or at most."""
    found = {}
    counts = {"recounted": ("met",), "at_most": ("chargeable",), "payable": ("payable",)}[basis]
    for name, price in terms(month.pricing).items():
        outcome = next((of for of in outcomes if name == of or name.startswith(f"{of}.")), None)
        if outcome is None:
            used = month.sums[name, "usage"]
            found[name] = Decimal(price["agreed"]) if "agreed" in price else used
            continue
        is_value = "percent_of_value" in price
        suffix = " value" if is_value else ""
        found[name] = sum((month.sums[name, f"{of}{suffix}"] for of in counts), NOTHING)
        if basis == "payable":
            claimable = month.sums[name, f"claimable{suffix}"]
            needs_subject = is_value or name != outcome
            in_total = min(month.sums[outcome, "unattributed"], claimable)
            found[name] += claimable if needs_subject else in_total
    return found


def shares_of(month: Month, basis: str) -> dict[str, list[Share]]:
    """What each performance term is judged by; what is open counts for the vendor, unless ours."""
    open_ = [] if basis == "recounted" else [PENDING]
    if open_ and not month.terms.disputes_unverifiable:
        open_.append(UNVERIFIABLE)
    return {
        name: [
            Share(met := sum(of[v] for v in (MET, *open_)), met + of[NOT_MET]) for of in intervals
        ]
        for name, intervals in month.shares.items()
    }


def charged(of: Charge, name: str) -> tuple[Decimal, Decimal]:
    """What a term charges, and how much of that is rounding."""
    parts = [step for step in of.steps if step.term in (name, f"{name} rounding")]
    rounding = sum((step.amount for step in parts if step.term != name), NOTHING)
    return sum((step.amount for step in parts), NOTHING), rounding


def _charged(of: Charge, pricing: Mapping[str, Any], outcome: str) -> Decimal:
    names = terms({outcome: pricing[outcome]})
    return sum((charged(of, name)[0] for name in names), NOTHING)


def drawn_by(month: Month, quantities: Mapping[str, Mapping[str, Decimal]], basis: str) -> Decimal:
    """How many credits are drawn; of what is billed in several tiers, nobody knows: the dearest."""
    if basis != "invoiced":
        drawing = terms(month.pricing).items()
        return sum(
            (
                quantities[basis][name] * Decimal(price.get("credits", NOTHING))
                for name, price in drawing
            ),
            NOTHING,
        )
    billed: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for (outcome, kind, *_), total in month.line_totals.items():
        if kind in ("outcome", "unattributed", "usage"):
            billed[outcome] += total[1]
    dearest: dict[str, Decimal] = {}
    for name, price in terms(month.pricing).items():
        line_type = name.partition(".")[0] if name not in month.types else name
        draws = Decimal(price.get("credits", NOTHING))
        dearest[line_type] = max(dearest.get(line_type, NOTHING), draws)
    return sum((billed[name] * draws for name, draws in dearest.items()), NOTHING)


def _performance(month: Month, name: str, of: Charge, shares: Sequence[Share]) -> Row:
    """One performance term: the share that was reached, and what follows from it."""
    term = performance_terms(month.pricing)[name]
    judged = [share for share in shares if share.judged]
    met, whole = sum(share.met for share in shares), sum(share.judged for share in shares)
    against = term.get("against")
    reached = None if against else sum(reaches(term, share) for share in judged)
    return {
        "outcome": term["of"],
        "per": term.get("per") or "month",
        "percent_to_reach": None if against else Decimal(term["at_least"]),
        "baseline": against and against["id"],
        "percent_of_baseline": Decimal(against["percent"]) if against else None,
        "met_count": met,
        "judged_count": whole,
        "interval_count": len(judged),
        "reached_count": reached,
        "quantity": fewer_than(against, met, whole) if against else max(reached or 0, 1),
        "amount": charged(of, name)[0],
    }  # fmt: skip


def _is_credited(month: Month, name: str, shares: Sequence[Share]) -> bool:
    """Whether a share was missed, so that a part of the month's other charges is credited."""
    term = performance_terms(month.pricing)[name]
    judged = [share for share in shares if share.judged]
    is_reached = "against" in term or any(reaches(term, share) for share in judged)
    return bool(judged) and not is_reached and "otherwise" in term


def charge_rows(month: Month, found: Figures) -> Iterator[Row]:
    """Yield how each charge comes about: its terms, its fees, and its limits."""
    outcomes = found.outcomes
    for basis in BASES:
        of = found.charges[basis]
        priced = {name: found.quantities[basis][name] for name in terms(month.pricing)}
        if "credits" in month.pricing:
            priced["credits"] = max(found.drawn[basis] - month.terms.left.credits, NOTHING)
        for name, quantity in priced.items():
            line_type = next((o for o in outcomes if name.startswith(f"{o}.")), None)
            is_tier = line_type is not None and name not in month.types
            amount, rounding = charged(of, name)
            yield {
                "basis": basis, "term": line_type if is_tier else name,
                "tier": name.removeprefix(f"{line_type}.") if is_tier else None,
                "quantity": quantity, "amount": amount, "amount_of_rounding": rounding,
            }  # fmt: skip
        shares = shares_of(month, basis)
        fees = {*priced, *(f"{name} rounding" for name in priced), "platform_fee", "credits_bought"}
        base = sum((step.amount for step in of.steps if step.term in fees), NOTHING)
        others = {step.term for step in of.steps} - {f"{name} rounding" for name in shares}
        for name in sorted(others - {f"{each} rounding" for each in priced} - priced.keys()):
            amount, rounding = charged(of, name)
            if name in shares and _is_credited(month, name, shares[name]):
                exact = -base * Decimal(month.pricing["performance"][name]["otherwise"]) / 100
                rounding = amount - exact
            if amount:
                performed = name in shares and _performance(month, name, of, shares[name])
                yield {
                    "basis": basis, "term": name, "tier": None,
                    "quantity": performed["quantity"] if performed else Decimal(1),
                    "amount": amount, "amount_of_rounding": rounding,
                }  # fmt: skip
