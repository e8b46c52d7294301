"""What is disputed, month by month: from what is published, and from what came of it.

A case is the dispute of one billing month. It opens with the final statement that disputes, and
changes by credits that the vendor gives, by a notice that a person withdraws, and by a later look
at the month. Each movement counts in the month in which it was found, so that nothing that was
told before ever changes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from recount import due, published
from recount.contract.model import Contract
from recount.evidence.register import Register
from recount.lake import Lake
from recount.money import written
from recount.notify.drafting import PREPARED_BY
from recount.periods import Period, following, format_instant, parse_instant

MOVEMENTS = ("new", "credited", "withdrawn", "re_measured")
NOTHING = Decimal(0)

_Credits = dict[tuple[str, str], dict[str, Any]]


@dataclass(frozen=True)
class Movement:
    """What changed of what is disputed for a billing month: the amount is added to it."""

    at: datetime
    period: str
    kind: str
    amount: Decimal
    because: str


@dataclass(frozen=True)
class _Unmatched:
    """A credit, or what is left of one, for which nothing is disputed."""

    at: datetime
    key: tuple[str, str]
    invoices: str
    amount: Decimal
    currency: str


def _named(credit: _Unmatched) -> set[str]:
    return set(credit.invoices.split(", "))


@dataclass
class _Case:
    """The dispute of a billing month, as far as it was followed."""

    period: str
    invoices: frozenset[str]
    measured: Decimal = NOTHING
    open: Decimal = NOTHING
    deducted: set[tuple[str, str]] = field(default_factory=set)
    is_withdrawn: bool = False


@dataclass
class _Ledger:
    """Follows what is known of a contract's disputes from one instant to the next."""

    movements: list[Movement] = field(default_factory=list)
    unmatched: list[_Unmatched] = field(default_factory=list)
    cases: dict[str, _Case] = field(default_factory=dict)
    seen: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def state(self, at: datetime, statement: Mapping[str, Any], marts: published.Marts) -> None:
        """Take up a statement: it opens a case or measures it again, and it tells of credits."""
        credits_ = _credits(marts)
        if due.is_settled(statement):
            self._measure(at, statement, marts, credits_)
        for key, credit in credits_.items():
            if credit["credit_status"] == "of_another_invoice" and key not in self.seen:
                self.seen[key] = NOTHING
                found = _Unmatched(
                    at, key, credit["credited_invoice_id"] or "", _amount(credit),
                    credit["currency_code"],
                )  # fmt: skip
                fits = credit["currency_code"] == statement["currency"]
                cases = [case for case in self.cases.values() if case.invoices & _named(found)]
                self._match(at, found, cases if fits else [])

    def withdraw(self, at: datetime, period: str, by: str) -> None:
        """Take up that a person withdrew the notice of a month."""
        if case := self.cases.get(period):
            case.is_withdrawn = True
            self._move(at, case, "withdrawn", -case.open, f"its notice was withdrawn by {by}")

    def _measure(
        self,
        at: datetime,
        statement: Mapping[str, Any],
        marts: published.Marts,
        credits_: _Credits,
    ) -> None:
        period, disputed = statement["period"], Decimal(statement["amounts"]["disputed"])
        deducted = {k: c for k, c in credits_.items() if c["credit_status"] == "deducted"}
        if period not in self.cases:
            invoices = frozenset(marts["invoices"]["invoice_id"].to_pylist())
            case = self.cases[period] = _Case(period, invoices, deducted=set(deducted))
            self._move(at, case, "new", disputed, statement["because"])
            self._take_up_credits(at, case, statement["currency"])
        elif not (case := self.cases[period]).is_withdrawn:
            fresh = [key for key in deducted if key not in case.deducted]
            change = disputed - case.measured
            credited = sum((_amount(deducted[key]) for key in fresh), NOTHING)
            explained = min(credited, max(-change, NOTHING))
            known = min(sum((self.seen.get(key, NOTHING) for key in fresh), NOTHING), explained)
            ids = ", ".join(sorted({note for note, _ in fresh}))
            now = f"what is disputed comes to {disputed} by what is known now"
            self._move(at, case, "credited", known - explained, f"credit note {ids}")
            self._move(at, case, "re_measured", change + explained, now)
            case.deducted |= set(deducted)
        case.measured = disputed

    def _take_up_credits(self, at: datetime, case: _Case, currency: str) -> None:
        """Match credits that came before the case was opened; its statement may know them."""
        waiting, self.unmatched = self.unmatched, []
        for credit in waiting:
            fits = case.invoices & _named(credit) and credit.currency == currency
            if credit.key not in case.deducted:
                self._match(at, credit, [case] if fits else [])

    def _match(self, at: datetime, credit: _Unmatched, cases: Sequence[_Case]) -> None:
        amount = credit.amount
        for case in cases:
            taken = min(amount, max(case.open, NOTHING)) if amount > 0 else amount
            self._move(at, case, "credited", -taken, f"credit note {credit.key[0]}")
            self.seen[credit.key] = self.seen.get(credit.key, NOTHING) + taken
            amount -= taken
        if amount:
            self.unmatched.append(replace(credit, amount=amount))

    def _move(self, at: datetime, case: _Case, kind: str, amount: Decimal, because: str) -> None:
        if amount:
            case.open += amount
            self.movements.append(Movement(at, case.period, kind, amount, because))


def _credits(marts: published.Marts) -> _Credits:
    """The lines of credit notes; what an invoice itself takes off is part of it from the start."""
    return {
        (row["credit_note_id"], row["line_id"]): row
        for row in marts["credits"].to_pylist()
        if row["document_type"] == "credit_note" and row["effect"] != "void"
    }


def _amount(credit: Mapping[str, Any]) -> Decimal:
    amount: Decimal = credit["amount"]
    return -amount if credit["effect"] == "charged" else amount


def rollforward(
    lake: Lake, contract: Contract, *, up_to: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what is disputed of a contract, month by month and case by case, as JSON has it.

    With `up_to`, a published statement, only what was known before it, and itself: months that are
    looked at side by side say the same of each other whichever is first.

    In each month the opening amount and its movements make the closing one. Months follow each
    other from the first movement to the last, in the contract's zone; amounts are text.
    """
    ledger = _Ledger()
    for at, step in sorted(_known(lake, contract, ledger, up_to), key=lambda each: each[0]):
        step(at)
    units = contract.minor_units
    return {
        "contract": contract.contract,
        "currency": contract.currency,
        "months": list(_months(ledger.movements, contract.zone, units)),
        "cases": [
            {"period": case.period, "disputed": written(case.measured, units),
             **{kind: written(_sum(ledger.movements, kind, case.period), units)
                for kind in MOVEMENTS}, "open": written(case.open, units)}
            for case in ledger.cases.values() if _touched(ledger.movements, case)
        ],
        "unmatched_credits": [
            {"at": format_instant(each.at), "credit_note": each.key[0], "line": each.key[1],
             "invoice": each.invoices, "amount": written(each.amount, units),
             "currency": each.currency}
            for each in ledger.unmatched
        ],
        "movements": [
            {"at": format_instant(each.at), "period": each.period, "movement": each.kind,
             "amount": written(each.amount, units), "because": each.because}
            for each in ledger.movements
        ],
    }  # fmt: skip


def _known(
    lake: Lake, contract: Contract, ledger: _Ledger, up_to: Mapping[str, Any] | None
) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
    """Yield what was published of a contract with its instant; of one instant, statements first."""
    for statement in published.statements(lake, contract.contract):
        if not _is_known(statement, up_to):
            continue
        marts = published.marts_of(lake, statement)
        yield (
            parse_instant(statement["as_of"]),
            partial(ledger.state, statement=statement, marts=marts),
        )
    for folder in sorted({key.split("/")[1] for key in lake.keys("notices")}):
        steps = Register(lake, f"notices/{folder}").steps()
        if not steps or steps[0].facts["contract"] != contract.contract:
            continue
        for step in steps:
            by = str(step.facts.get("by", ""))
            is_later = up_to is not None and parse_instant(step.at) >= parse_instant(up_to["as_of"])
            if step.kind == "withdrawn" and by != PREPARED_BY and not is_later:
                period = steps[0].facts["period"]
                yield parse_instant(step.at), partial(ledger.withdraw, period=period, by=by)


def _is_known(statement: Mapping[str, Any], up_to: Mapping[str, Any] | None) -> bool:
    if up_to is None:
        return True
    is_it = (statement["period"], statement["as_of"]) == (up_to["period"], up_to["as_of"])
    is_earlier = parse_instant(statement["as_of"]) < parse_instant(up_to["as_of"])
    return is_it or (is_earlier and statement["period"] <= up_to["period"])


def _months(
    movements: list[Movement], in_zone: ZoneInfo, minor_units: int
) -> Iterator[dict[str, str]]:
    if not movements:
        return
    found_in = [Period.containing(each.at, in_zone).name for each in movements]
    month, balance = min(found_in), NOTHING
    while month <= max(found_in):
        of = [each for each, name in zip(movements, found_in, strict=True) if name == month]
        sums = {kind: sum((e.amount for e in of if e.kind == kind), NOTHING) for kind in MOVEMENTS}
        closing = balance + sum(sums.values(), NOTHING)
        figures = {"opening": balance, **sums, "closing": closing}
        yield {"month": month, **{name: written(of, minor_units) for name, of in figures.items()}}
        month, balance = following(month), closing


def _sum(movements: list[Movement], kind: str, period: str) -> Decimal:
    return sum((m.amount for m in movements if (m.kind, m.period) == (kind, period)), NOTHING)


def _touched(movements: list[Movement], case: _Case) -> bool:
    return any(movement.period == case.period for movement in movements)


def rollforward_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield a roll-forward for people: a row for each month, then what is open, case by case."""
    columns = ("opening", *MOVEMENTS, "closing")
    yield f"{document['contract']}: disputed, in {document['currency']}"
    yield f"  {'month':<10}" + "".join(f"{name.replace('_', '-'):>16}" for name in columns)
    for month in document["months"]:
        yield f"  {month['month']:<10}" + "".join(f"{month[name]:>16}" for name in columns)
    for case in document["cases"]:
        yield f"  of {case['period']}: {case['open']} open"
    for credit in document["unmatched_credits"]:
        yield (
            f"  credit note {credit['credit_note']} of {credit['amount']} {credit['currency']} is "
            f"for invoice {credit['invoice']}, of which nothing more is disputed"
        )
    if not document["months"]:
        yield "  Nothing was disputed yet."
