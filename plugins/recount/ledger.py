"""What is disputed of a contract, followed from one thing that became known to the next.

A case is the dispute of one billing month. It opens with the final statement that disputes, and
changes by credits, by what people note in the register of its notice, and by a later look at the
month. A credit is counted once under the number of its credit note, whoever tells of it first.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from recount import due, published
from recount.evidence.register import PREPARED_BY, Register, Step
from recount.lake import Lake
from recount.periods import parse_instant

NOTHING = Decimal(0)

_Key = tuple[str, str]
_Credits = dict[_Key, dict[str, Any]]


@dataclass(frozen=True)
class Movement:
    """What changed of what is disputed for a billing month: the amount is added to it."""

    at: datetime
    period: str
    kind: str
    amount: Decimal
    because: str


@dataclass(frozen=True)
class Unmatched:
    """A credit, or what is left of one, for which nothing is disputed."""

    at: datetime
    key: _Key
    invoices: str
    amount: Decimal
    currency: str

    @property
    def named(self) -> set[str]:
        """The invoices that it is for."""
        return set(self.invoices.split(", "))


@dataclass
class Case:
    """The dispute of a billing month, as far as it was followed.

    `noted` is what people noted as credited and no credit note showed yet, by its number (empty
    where they gave none); `documented` is what credit notes took off, by theirs.
    """

    period: str
    invoices: frozenset[str]
    measured: Decimal = NOTHING
    open: Decimal = NOTHING
    deducted: set[_Key] = field(default_factory=set)
    noted: dict[str, Decimal] = field(default_factory=dict)
    documented: dict[str, Decimal] = field(default_factory=dict)
    is_over: bool = False

    def absorb(self, credit_note: str, amount: Decimal) -> Decimal:
        """Take what a credit note shows out of what people noted already; return how much."""
        absorbed = NOTHING
        for name in (credit_note, ""):
            taken = min(self.noted.get(name, NOTHING), max(amount - absorbed, NOTHING))
            if taken:
                self.noted[name] -= taken
                absorbed += taken
        self.documented[credit_note] = self.documented.get(credit_note, NOTHING) + absorbed
        return absorbed


@dataclass
class Ledger:
    """Follows what is known of a contract's disputes from one instant to the next."""

    movements: list[Movement] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)
    seen: dict[_Key, Decimal] = field(default_factory=dict)

    def state(self, at: datetime, statement: Mapping[str, Any], marts: published.Marts) -> None:
        """Take up a statement: it opens a case or measures it again, and it tells of credits."""
        credits_ = _credits(marts)
        if due.is_settled(statement):
            self._measure(at, statement, marts, credits_)
        new = {
            key: credit
            for key, credit in credits_.items()
            if credit["credit_status"] == "of_another_invoice" and key not in self.seen
        }
        for key, credit in new.items():
            self.seen[key] = NOTHING
            found = Unmatched(
                at, key, credit["credited_invoice_id"] or "", _amount(credit),
                credit["currency_code"],
            )  # fmt: skip
            fits = credit["currency_code"] == statement["currency"]
            cases = [case for case in self.cases.values() if case.invoices & found.named]
            self._match(at, found, cases if fits else [])
        self._correct(at, {note for note, _ in new})

    def credit(self, at: datetime, period: str, step: Step) -> None:
        """Take up a credit that a person noted; one whose credit note is known is counted."""
        case, credit_note = self.cases.get(period), step.facts.get("credit_note") or ""
        if case is None or credit_note in case.documented:
            return
        amount = Decimal(step.facts["amount"])
        case.noted[credit_note] = case.noted.get(credit_note, NOTHING) + amount
        said = f"credit note {credit_note}, as" if credit_note else "a credit that"
        self._move(at, case, "credited", -amount, f"{said} {step.facts['by']} noted")

    def end(self, at: datetime, period: str, because: str) -> None:
        """Take up that a person gave up what is still open of a case, for good."""
        if case := self.cases.get(period):
            case.is_over = True
            self._move(at, case, "withdrawn", -case.open, because)

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
            case = self.cases[period] = Case(period, invoices, deducted=set(deducted))
            self._move(at, case, "new", disputed, statement["because"])
            self._take_up_credits(at, case, statement["currency"])
        elif not (case := self.cases[period]).is_over:
            self._measure_again(at, case, disputed, deducted)
        case.measured = disputed

    def _measure_again(
        self, at: datetime, case: Case, disputed: Decimal, deducted: _Credits
    ) -> None:
        fresh = [key for key in deducted if key not in case.deducted]
        for key in fresh:
            if key not in self.seen:
                self.seen[key] = case.absorb(key[0], _amount(deducted[key]))
        # what was taken off before is in the statement's figure now, and would count twice
        known = sum((self.seen[key] for key in fresh), NOTHING)
        change = disputed - case.measured + known
        credited = sum((_amount(deducted[key]) for key in fresh), NOTHING) - known
        explained = min(max(credited, NOTHING), max(-change, NOTHING))
        ids = ", ".join(sorted({note for note, _ in fresh}))
        now = f"what is disputed comes to {disputed} by what is known now"
        self._move(at, case, "credited", -explained, f"credit note {ids}")
        self._move(at, case, "re_measured", change + explained, now)
        for note, _ in fresh:
            lines = [_amount(of) for (name, _), of in deducted.items() if name == note]
            case.documented[note] = sum(lines, NOTHING)
        case.deducted |= set(deducted)
        self._correct(at, {note for note, _ in fresh})

    def _take_up_credits(self, at: datetime, case: Case, currency: str) -> None:
        """Match credits that came before the case was opened; its statement may know them."""
        waiting, self.unmatched = self.unmatched, []
        for credit in waiting:
            fits = case.invoices & credit.named and credit.currency == currency
            if credit.key not in case.deducted:
                self._match(at, credit, [case] if fits else [])

    def _match(self, at: datetime, credit: Unmatched, cases: Sequence[Case]) -> None:
        amount, note = credit.amount, credit.key[0]
        for case in cases:
            absorbed = case.absorb(note, amount)
            left = amount - absorbed
            taken = min(left, max(case.open, NOTHING)) if left > 0 else left
            self._move(at, case, "credited", -taken, f"credit note {note}")
            case.documented[note] += taken
            self.seen[credit.key] = self.seen.get(credit.key, NOTHING) + absorbed + taken
            amount -= absorbed + taken
        if amount:
            self.unmatched.append(replace(credit, amount=amount))

    def _correct(self, at: datetime, notes: set[str]) -> None:
        """Open again what people noted of a credit note beyond what it says itself."""
        for case in self.cases.values():
            for note in sorted(notes & case.noted.keys()):
                self._move(
                    at, case, "credited", case.noted.pop(note),
                    f"credit note {note} is of less than was noted",
                )  # fmt: skip

    def _move(self, at: datetime, case: Case, kind: str, amount: Decimal, because: str) -> None:
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


def followed(lake: Lake, contract: str, *, up_to: Mapping[str, Any] | None = None) -> Ledger:
    """Return a contract's disputes, followed through all that was published and noted of them.

    With `up_to`, a published statement, only what was known before it, and itself: months that are
    looked at side by side say the same of each other whichever is first.
    """
    ledger = Ledger()
    for _, step in sorted(_known(lake, contract, ledger, up_to), key=lambda each: each[0]):
        step()
    return ledger


def registers(lake: Lake) -> Iterator[tuple[Register, tuple[Step, ...]]]:
    """Yield the register of every notice with its steps, in the order of their ids."""
    for folder in sorted({key.split("/")[1] for key in lake.keys("notices")}):
        register = Register(lake, f"notices/{folder}")
        if steps := register.steps():
            yield register, steps


def _known(
    lake: Lake, contract: str, ledger: Ledger, up_to: Mapping[str, Any] | None
) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """Yield what became known, each with its instant; of one instant, statements first."""
    for statement in published.statements(lake, contract):
        if _is_known(statement, up_to):
            at, marts = parse_instant(statement["as_of"]), published.marts_of(lake, statement)
            yield at, partial(ledger.state, at, statement, marts)
    for _, steps in registers(lake):
        if steps[0].facts["contract"] == contract:
            noted = _noted(steps, ledger)
            yield from ((at, do) for at, do in noted if not up_to or at < _as_of(up_to))


def _is_known(statement: Mapping[str, Any], up_to: Mapping[str, Any] | None) -> bool:
    if up_to is None:
        return True
    is_it = (statement["period"], statement["as_of"]) == (up_to["period"], up_to["as_of"])
    is_earlier = _as_of(statement) < _as_of(up_to)
    return is_it or (is_earlier and statement["period"] <= up_to["period"])


def _as_of(statement: Mapping[str, Any]) -> datetime:
    return parse_instant(statement["as_of"])


def _noted(steps: Sequence[Step], ledger: Ledger) -> Iterator[tuple[datetime, Callable[[], None]]]:
    period, known_at = steps[0].facts["period"], parse_instant(steps[0].at)
    for step in steps:
        # nobody notes anything of a statement before it is made, whatever the clocks say
        known_at = max(known_at, parse_instant(step.facts.get("as_of", step.at)))
        at, by = max(known_at, parse_instant(step.at)), str(step.facts.get("by", ""))
        if step.kind in ("credited", "part_credited"):
            yield at, partial(ledger.credit, at, period, step)
        elif step.kind == "closed":
            because = f"closed by {by}: {step.facts['because']}"
            yield at, partial(ledger.end, at, period, because)
        elif step.kind == "withdrawn" and by != PREPARED_BY:
            yield at, partial(ledger.end, at, period, f"its notice was withdrawn by {by}")
