"""The statement as it must be: the decision, what it means in money, the gap, the balances."""

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from functools import partial
from typing import Any

from recount.recomputing.months import VERDICTS, Month, Row
from recount.recomputing.prices import DIGITS, NOTHING, rounded
from recount.recomputing.totals import Figures

GAP_PARTS = (
    "definition", "data", "timing", "pending", "unverifiable", "not_invoiced", "unattributed",
)  # fmt: skip


def statement_of(month: Month, found: Figures, run: Mapping[str, Any], holds: bool) -> Row:
    """The statement as it must be: every key that follows from the evidence and the contract.

    `run` is what the month took over from earlier ones; `holds` says that a finding holds.
    """
    money = partial(written, minor_units=month.terms.minor_units)
    sides = _sides(found)
    decision = decide(month, found, sides, holds)
    settled = _settled(month, found, decision)
    return {
        "contract": month.terms.contract["contract"],
        "version": month.terms.contract["version"],
        "period": month.terms.period,
        "kind": found.kind,
        "currency": month.currency,
        "outcomes": {name: _counts(month, found, name) for name in found.outcomes},
        "over_invoiced": {"count": int(sides["over"][0]), "amount": money(sides["over"][1])},
        "under_invoiced": {"count": int(sides["under"][0]), "amount": money(sides["under"][1])},
        "amounts": {
            "invoiced": money(found.invoiced),
            "recounted": money(sides["recounted"][1]),
            "variance": money(found.invoiced - sides["recounted"][1]),
            "pending": money(sum((o["amount_pending"] for o in found.outcomes.values()), NOTHING)),
            "at_most": money(found.at_most),
            **{name: money(decision[name]) for name in ("disputed", "reserved", "pay_now")},
        },
        **{name: decision[name] for name in ("decision", "billing_source", "is_above_tolerance")},
        "divergence": _divergence(month, sides),
        "gap": _gap(month, found, money),
        **_performed_rows(found, money),
        "settles": settled and _settles(month, run, settled, found, money),
        **_balances(run, settled, found, money),
    }


def written(amount: Decimal, minor_units: int) -> str:
    """Write an amount with the decimals of the currency's minor unit."""
    digits = len(str(minor_units)) - 1
    return f"{amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN):f}"


def number(quantity: Decimal) -> str:
    """Write a quantity without the zeros behind its point."""
    return f"{quantity.normalize():f}" if quantity else "0"


def _counts(month: Month, found: Figures, name: str) -> Row:
    counts: Row = {
        f"{judged}s": {v: month.verdicts[name, "buyer", judged, v] for v in VERDICTS}
        for judged in ("candidate", "determination")
    }
    lines: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for (outcome, _, status, reason, _), total in month.line_totals.items():
        if outcome == name and status:
            lines[status] += int(total[0])
            if status == "not_an_outcome":
                reasons[reason] += int(total[0])
    return counts | {
        "invoiced_count": int(found.outcomes[name]["invoiced_count"]),
        "recounted_count": found.outcomes[name]["recounted_count"],
        "lines": dict(lines), "reasons": dict(reasons),
    }  # fmt: skip


Sides = dict[str, tuple[Decimal, Decimal]]


def _sides(found: Figures, name: str | None = None) -> Sides:
    """Count and amount of both sides and of what is between them; of the month, or an outcome."""
    of = [found.outcomes[name]] if name else list(found.outcomes.values())

    def total(key: str) -> Decimal:
        return sum((Decimal(row[key]) for row in of), NOTHING)

    invoiced = total("amount_invoiced") if name else found.invoiced
    recounted = total("amount_recounted") if name else found.charges["recounted"].amount
    return {
        "invoiced": (total("invoiced_count"), invoiced),
        "recounted": (total("recounted_count"), recounted),
        "over": (total("over_invoiced_count"), total("amount_over_invoiced")),
        "under": (total("under_invoiced_count"), total("amount_under_invoiced")),
    }


def decide(month: Month, found: Figures, sides: Sides, holds: bool) -> Row:
    """Pay, dispute, query or hold, and what that means in money (DESIGN 8)."""
    contract = month.terms.contract
    each = contract["tolerance"].get("per") == "outcome"
    over = [_sides(found, name) for name in found.outcomes] if each else [sides]
    is_above = any(_is_above(of, contract) for of in over)
    unverifiable = sum(row["unverifiable_count"] for row in found.outcomes.values())
    if holds or found.kind == "provisional":
        action = "hold"
    elif is_above:
        action = "dispute" if contract["rights"]["reclassify"] else "query"
    else:
        asks = unverifiable and contract["settlement"]["unverifiable"] == "query"
        action = "query" if asks else "pay"
    disputed = found.contested if action == "dispute" else NOTHING
    reserved = found.contested if action in ("hold", "query") else NOTHING
    withheld = NOTHING if action == "query" else disputed + reserved
    return {
        "decision": action,
        "billing_source": "recount" if action == "dispute" else "invoice",
        "is_above_tolerance": is_above,
        "disputed": disputed,
        "reserved": reserved,
        "pay_now": found.invoiced - withheld,
    }


def _is_above(sides: Sides, contract: Mapping[str, Any]) -> bool:
    """Is what is over-invoiced above the tolerance? Exactly at it is within it."""
    terms_, sets_off = contract["tolerance"], contract["rights"]["set_off"]
    over = [sides["over"][n] - (sides["under"][n] if sets_off else NOTHING) for n in (0, 1)]
    at_least, at_most = terms_.get("at_least"), terms_.get("at_most")
    if at_least is not None and over[1] <= Decimal(at_least):
        return False
    if at_most is not None and over[1] > Decimal(at_most):
        return True
    return any(
        over[n] * 100 > Decimal(terms_["percent"]) * _whole(sides, n, terms_["of"])
        for n, measure in enumerate(("count", "amount"))
        if terms_["measure"] in (measure, "either")
    )


def _whole(sides: Sides, n: int, of: str) -> Decimal:
    invoiced, recounted = sides["invoiced"][n], sides["recounted"][n]
    return {"invoiced": invoiced, "recounted": recounted, "larger": max(invoiced, recounted)}[of]


def _divergence(month: Month, sides: Sides) -> dict[str, str | None]:
    n = 1 if month.terms.contract["tolerance"]["measure"] == "amount" else 0
    net = sides["invoiced"][n] - sides["recounted"][n]
    return {
        f"of_{of}": percent(net, _whole(sides, n, of)) for of in ("invoiced", "recounted", "larger")
    }


def percent(part: Decimal, whole: Decimal) -> str | None:
    """A share with two decimals, half-even; null over nothing, 0.00 when both are nothing."""
    if not whole:
        return None if part else "0.00"
    with localcontext(prec=DIGITS):
        hundredths, rest = divmod(abs(part) * 10_000, abs(whole))
        digits = hundredths + (rest * 2 > whole or (rest * 2 == whole and hundredths % 2 == 1))
        share = (digits / 100).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    return str(share if part >= 0 or not share else -share)


Money = Callable[[Decimal], str]


def _gap(month: Month, found: Figures, money: Money) -> Row:
    counts, amounts = dict.fromkeys(GAP_PARTS, NOTHING), dict.fromkeys(GAP_PARTS, NOTHING)
    for (_, kind, _, _, part), total in month.line_totals.items():
        if part:
            # what is ours alone stands against the invoice
            counts[part] += -total[1] if kind == "recount" else total[1]
            amounts[part] += total[3]
    exact = {part: rounded(amount, month.terms.minor_units) for part, amount in amounts.items()}
    variance = found.invoiced - found.charges["recounted"].amount
    parts = {part: money(amount) for part, amount in exact.items()}
    arithmetic = money(variance - sum(exact.values(), NOTHING))
    return {part: int(count) for part, count in counts.items()} | {
        "amounts": {**parts, "arithmetic": arithmetic}
    }


def _performed_rows(found: Figures, money: Money) -> Row:
    rows = {
        name: {
            "of": row["outcome"], "met": row["met_count"], "judged": row["judged_count"],
            "percent": percent(Decimal(row["met_count"]), Decimal(row["judged_count"]))
            if row["judged_count"] else None,
            "to_reach": None if row["baseline"] else number(row["percent_to_reach"]),
            "per": row["per"],
            "intervals": {"judged": row["interval_count"], "reached": row["reached_count"]},
            "baseline": row["baseline"],
            "fewer_than_baseline": number(row["quantity"]) if row["baseline"] else None,
            "amount": money(row["amount"]),
        }
        for name, row in found.performance.items()
    }  # fmt: skip
    return {"performance": rows} if rows else {}


def _settled(month: Month, found: Figures, decision: Row) -> tuple[Decimal, Decimal] | None:
    """The amount and the credits that a month settles; None while it is held."""
    if decision["decision"] == "hold":
        return None
    if "invoice" not in month.terms.contract["sources"]:
        return found.charges["recounted"].amount, found.drawn["recounted"]
    is_disputed = decision["decision"] == "dispute"
    return decision["pay_now"], found.drawn["payable" if is_disputed else "invoiced"]


def _settles(
    month: Month,
    run: Mapping[str, Any],
    settled: tuple[Decimal, Decimal],
    found: Figures,
    money: Money,
) -> Row:
    amount, drawn = settled
    settles: Row = {"amount": money(amount)}
    if run["left"]["credits"]:
        settles["credits"] = number(drawn)
    if run["left"]["escrow"]:
        withheld, released = _escrowed(run, amount, found)
        settles["escrow"] = money(withheld - released)
    return settles


def _escrowed(run: Mapping[str, Any], amount: Decimal, found: Figures) -> tuple[Decimal, Decimal]:
    """What a month holds back, and what it releases since the share was reached."""
    escrow = run["left"]["escrow"]
    exact = amount * Decimal(escrow["percent"]) / 100
    withheld = max(rounded(exact, run["minor_units"]), NOTHING)
    is_reached = bool(found.performance["escrow"]["reached_count"])
    return withheld, Decimal(escrow["opening"]) + withheld if is_reached else NOTHING


def _balances(
    run: Mapping[str, Any], settled: tuple[Decimal, Decimal] | None, found: Figures, money: Money
) -> Row:
    """What months share, before and after this one; after it only where it is settled."""
    left, rows = run["left"], {}
    if annual := left["annual"]:
        opening = Decimal(annual["opening"])
        rows["annual_ceiling"] = {
            "year": annual["year"], "ceiling": money(Decimal(annual["ceiling"])),
            "opening": money(opening), "settled": money(settled[0]) if settled else None,
            "closing": money(max(opening - settled[0], NOTHING)) if settled else None,
        }  # fmt: skip
    if pool := left["credits"]:
        rows["credits"] = {name: number(Decimal(pool[name])) for name in ("opening", "bought")}
        rows["credits"] |= _used(pool, settled[1]) if settled else dict.fromkeys(_USED)
    if escrow := left["escrow"]:
        opening = Decimal(escrow["opening"])
        rows["escrow"] = {"opening": money(opening)} | dict.fromkeys(_MOVES)
        if settled:
            withheld, released = _escrowed(run, settled[0], found)
            moves = withheld, released, opening + withheld - released
            rows["escrow"] |= zip(_MOVES, map(money, moves), strict=True)
    return {"balances": rows} if rows else {}


_MOVES = ("withheld", "released", "closing")
_USED = ("used", "expired", "closing")


def _used(pool: Mapping[str, Any], drawn: Decimal) -> Row:
    """What comes out of the credits, and what of them this month is the last to draw on."""
    available = Decimal(pool["opening"]) + Decimal(pool["bought"])
    used, expired, still = min(drawn, available), NOTHING, drawn
    for lot in pool["lots"]:
        taken = min(Decimal(lot["left"]), still)
        still -= taken
        expired += Decimal(lot["left"]) - taken if lot["is_last_month"] else NOTHING
    figures_ = used, expired, available - used - expired
    return dict(zip(_USED, map(number, figures_), strict=True))
