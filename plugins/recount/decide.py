"""Pay, dispute, query or hold: a pure decision on a statement, the terms and the findings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from enum import StrEnum
from typing import Protocol

from recount.statement import Counted, Drawn, Kind, Statement


class Action(StrEnum):
    """What finance does with the invoice."""

    PAY = "pay"
    DISPUTE = "dispute"
    QUERY = "query"
    HOLD = "hold"


class Finding(Protocol):
    """What the guard found: only `hold` makes the figures unfit to accuse somebody."""

    @property
    def severity(self) -> str:
        """`hold` or `note`."""

    @property
    def because(self) -> str:
        """What finance reads."""


class Compared(Protocol):
    """Two sides, of a month or of one of its outcomes."""

    @property
    def invoiced(self) -> Counted:
        """The vendor's side."""

    @property
    def recounted(self) -> Counted:
        """Ours."""

    @property
    def over_invoiced(self) -> Counted:
        """What was billed too much."""

    @property
    def under_invoiced(self) -> Counted:
        """What was not billed."""


@dataclass(frozen=True)
class Terms:
    """What the contract says of divergence: percent of a denominator, and what may be done.

    `at_least` and `at_most` bound the tolerance in money; `per` is `total` or `outcome`.
    """

    tolerance_percent: Decimal
    tolerance_of: str
    measure: str
    may_reclassify: bool
    may_set_off: bool
    unverifiable: str
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    per: str = "total"


@dataclass(frozen=True)
class Decision:
    """What to do, on whose count, why, and what it means in money."""

    action: Action
    billing_source: str
    because: str
    disputed: Decimal
    reserved: Decimal
    pay_now: Decimal


def decide(statement: Statement, terms: Terms, *, findings: Sequence[Finding]) -> Decision:
    """Choose between paying, disputing, asking and holding (DESIGN 8)."""
    action, because = _choose(statement, terms, findings)
    contested, nothing = statement.contested, Decimal(0)
    disputed = contested if action is Action.DISPUTE else nothing
    reserved = contested if action in (Action.HOLD, Action.QUERY) else nothing
    withheld = nothing if action is Action.QUERY else disputed + reserved
    return Decision(
        action=action,
        billing_source="recount" if action is Action.DISPUTE else "invoice",
        because=because,
        disputed=disputed,
        reserved=reserved,
        pay_now=statement.invoiced.amount - withheld,
    )


def settles(
    statement: Statement, decision: Decision, *, has_invoice: bool
) -> tuple[Decimal, Decimal] | None:
    """Return the amount and the credits that a month settles; None while it is held.

    They are what counts toward a year's ceiling, and what comes out of the credits: where the
    vendor's count stands, by its count, and where the contract names no invoice, by ours.
    """
    if decision.action is Action.HOLD:
        return None
    drawn = statement.credits or Drawn(Decimal(0), Decimal(0), Decimal(0))
    if not has_invoice:
        return statement.recounted.amount, drawn.recounted
    if decision.action is Action.DISPUTE:
        return decision.pay_now, drawn.payable
    return decision.pay_now, drawn.invoiced


def _choose(statement: Statement, terms: Terms, findings: Sequence[Finding]) -> tuple[Action, str]:
    holding = [finding for finding in findings if finding.severity == "hold"]
    if holding:
        return Action.HOLD, holding[0].because
    if statement.kind is Kind.PROVISIONAL:
        return Action.HOLD, "the statement is provisional: verdicts can still change"
    over = over_invoicing(statement, terms)
    if over is not None:
        if terms.may_reclassify:
            return Action.DISPUTE, over
        return Action.QUERY, f"{over}, and the contract gives no right to reclassify"
    if statement.unverifiable_count and terms.unverifiable == "query":
        return Action.QUERY, f"{statement.unverifiable_count} invoiced outcomes cannot be verified"
    return Action.PAY, f"over-invoicing is within the tolerance of {_said(terms)}"


def _said(terms: Terms) -> str:
    """Say a tolerance in short: `2 %, at least 100.00`."""
    said = [f"{terms.tolerance_percent} %"]
    said += [f"at least {terms.at_least}"] if terms.at_least is not None else []
    said += [f"at most {terms.at_most}"] if terms.at_most is not None else []
    return ", ".join(said)


def over_invoicing(statement: Statement, terms: Terms) -> str | None:
    """Say by how much the tolerance is exceeded; None at the tolerance or below it."""
    if terms.per == "total":
        return _above(statement, terms, statement.money)
    for outcome, sides in statement.by_outcome.items():
        if because := _above(sides, terms, statement.money):
            return f"{outcome} is {because}"
    return None


def _above(sides: Compared, terms: Terms, money: Callable[[Decimal], str]) -> str | None:
    worth = _over(sides, terms, "amount")
    if terms.at_least is not None and worth <= terms.at_least:
        return None
    if terms.at_most is not None and worth > terms.at_most:
        return f"over-invoiced by {money(worth)}, above the tolerance of at most {terms.at_most}"
    for measure in ("count", "amount"):
        if terms.measure in (measure, "either"):
            over = _over(sides, terms, measure)
            whole = denominator(sides, measure, terms.tolerance_of)
            # multiplied, not divided: exactly at the tolerance is within it
            if over * 100 > terms.tolerance_percent * whole:
                share = percent(over, whole)
                share = f"{share} %" if share else "all"
                return (
                    f"over-invoiced by {share} of what was {_OF[terms.tolerance_of]} ({measure}),"
                    f" above the tolerance of {terms.tolerance_percent} %"
                )
    return None


def _over(sides: Compared, terms: Terms, measure: str) -> Decimal:
    """What is over-invoiced, less what was not invoiced where that may be set off."""
    over = Decimal(getattr(sides.over_invoiced, measure))
    return over - getattr(sides.under_invoiced, measure) if terms.may_set_off else over


_OF = {"invoiced": "invoiced", "recounted": "recounted", "larger": "invoiced or recounted"}


def denominator(sides: Compared, measure: str, of: str) -> Decimal:
    """What a share is of: the invoiced side, the recounted one, or the larger of the two."""
    invoiced = Decimal(getattr(sides.invoiced, measure))
    recounted = Decimal(getattr(sides.recounted, measure))
    return {
        "invoiced": invoiced, "recounted": recounted, "larger": max(invoiced, recounted)
    }[of]  # fmt: skip


def divergence(statement: Statement, measure: str) -> dict[str, str | None]:
    """Invoiced minus recounted, net, in percent of each denominator; null over nothing."""
    net = Decimal(getattr(statement.variance, measure))
    return {
        f"of_{of}": percent(net, denominator(statement, measure, of))
        for of in ("invoiced", "recounted", "larger")
    }


def percent(part: Decimal, whole: Decimal) -> str | None:
    """A share with two decimals, half-even; null over nothing, 0.00 when both are nothing."""
    if not whole:
        return None if part else "0.00"
    with localcontext(prec=60):
        # exact at two decimals: the quotient is never rounded twice
        hundredths, rest = divmod(abs(part) * 10_000, abs(whole))
        digits = hundredths + (rest * 2 > whole or (rest * 2 == whole and hundredths % 2 == 1))
        share = (digits / 100).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    return str(share if part >= 0 or not share else -share)
