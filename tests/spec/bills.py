"""A month in words, `98 met, 2 failed`, as a log and an invoice; and what becomes of it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from recount import evaluator
from recount.decide import Decision, Terms, decide
from recount.evaluator import Event
from recount.statement import Statement, from_marts
from tests.spec.examples import BOOK, Test, example, instant, lines
from tests.support.cases import Billed, Case, Recounted

# met is rated 5, failed is rated 1, dark is not rated at all, pending was solved on the last day.
CLAUSES = """
    rated: {requires: {event: rated, at_least: 4, within: 14 days}, if_missing: unverifiable}
"""
_RATINGS = {"met": Decimal(5), "failed": Decimal(1)}
SOLVED, SOLVED_LATE, RATED = map(
    instant, ("2026-01-10 09:00", "2026-01-31 09:00", "2026-01-11 09:00")
)


def named(words: str) -> Iterator[tuple[str, str]]:
    """Yield subject and kind: `2 met` are met-1 and met-2."""
    for count, kind in re.findall(r"(\d+) (\w+)", words):
        yield from ((f"{kind}-{number}", kind) for number in range(1, int(count) + 1))


def logged(words: str) -> list[Event]:
    """The log of a month in words."""
    log = []
    for subject_id, kind in named(words):
        at = SOLVED_LATE if kind == "pending" else SOLVED
        log.append(Event(f"{subject_id}-s", subject_id, "ticket", "solved", at, "ai_agent"))
        if kind in _RATINGS:
            rating = _RATINGS[kind], "score_of_5"
            log.append(
                Event(f"{subject_id}-r", subject_id, "ticket", "rated", RATED, "requester", *rating)
            )
    return log


def month(
    log: str,
    *,
    billed: str | None = None,
    price: str = "1.00",
    more: str = "",
    as_of: str = "2026-06-01 00:00",
    outcome: Mapping[str, Any] | None = None,
    **terms: Any,
) -> Callable[[Test], Test]:
    """Recount a month in words, of which the vendor bills all, or what `billed` says.

    `more` is a table of further lines, `terms` are other keys of the contract.
    """  # fmt: skip
    bill = [
        Billed(f"L-{subject_id}", subject_id, Decimal(price))
        for subject_id, _ in named(log if billed is None else billed)
    ]
    priced = {"pricing": {"resolution": {"per_outcome": price}}, **terms}
    return example(
        logged(log), clauses=CLAUSES, as_of=as_of, billed=[*bill, *lines(more)], terms=priced,
        **(outcome or {}),
    )  # fmt: skip


@dataclass(frozen=True)
class Bill:
    """What becomes of an invoice: its lines, the statement, and the decision without findings."""

    case: Case
    placed: list[dict[str, Any]]
    statement: Statement
    decision: Decision

    @property
    def statuses(self) -> dict[str, str]:
        """Status, reason and part of the gap by line, or by subject where there is no line."""
        words = ("match_status", "reason", "gap_part")
        return {
            row["line_id"] or row["subject_id"]: " ".join(filter(None, (row[w] for w in words)))
            for row in self.placed
        }

    @property
    def lines(self) -> dict[str, int]:
        """The number of lines by status."""
        found: dict[str, int] = self.statement.outcomes["resolution"]["lines"]
        return found

    @property
    def amounts(self) -> dict[str, str]:
        """The amounts as they are printed."""
        of = self.statement
        figures = {
            "invoiced": of.invoiced.amount, "recounted": of.recounted.amount,
            "variance": of.variance.amount, "pending": of.pending.amount,
            "at_most": of.at_most,
        }  # fmt: skip
        return {name: of.money(amount) for name, amount in figures.items()} | self.decided

    @property
    def decided(self) -> dict[str, str]:
        """The amounts that follow from the decision."""
        money, by = self.statement.money, self.decision
        figures = {"disputed": by.disputed, "reserved": by.reserved, "pay_now": by.pay_now}
        return {name: money(amount) for name, amount in figures.items()}

    @property
    def gap(self) -> dict[str, int]:
        """The parts of the gap that are not zero, in outcomes."""
        return {name: part.count for name, part in self.statement.gap.items() if part.count}


def bill_of(case: Case, recounted: Recounted) -> Bill:
    """Read one case's statement out of the marts, and decide on it."""
    statement = from_marts(recounted.marts(case), case.contract.minor_units)
    decision = decide(statement, terms_of(case), findings=[])
    return Bill(case, recounted.rows("reconciliation_lines", case), statement, decision)


def terms_of(case: Case) -> Terms:
    """The contract's terms as `decide` reads them."""
    contract = case.contract
    return Terms(
        contract.tolerance.percent, contract.tolerance.of, contract.tolerance.measure,
        may_reclassify=contract.rights.reclassify, may_set_off=contract.rights.set_off,
        unverifiable=contract.settlement.unverifiable, at_least=contract.tolerance.at_least,
        at_most=contract.tolerance.at_most, per=contract.tolerance.per,
    )  # fmt: skip


def bills(recounted: Recounted) -> list[Bill]:
    """The bills of all examples that have an invoice."""
    return [bill_of(case, recounted) for cases in BOOK.values() for case in cases if case.lines]


def specified(case: Case) -> list[tuple[str, str | None]]:
    """The status and reason of each line with a subject, as the specification has them."""
    return evaluator.line_statuses(
        case.definition(),
        case.unit_prices,
        _with_subjects(case),
        case.log,
        case.periods,
        case.period,
    )


def specified_as_missed(case: Case) -> set[str]:
    """The subjects that the vendor did not invoice; a total without subjects misses none."""
    if any(line.outcome == "resolution" and not line.subject_id for line in _billed(case)):
        return set()
    return set(
        evaluator.not_invoiced(
            case.definition(), _with_subjects(case), case.log, case.periods, case.period
        )
    )


def _with_subjects(case: Case) -> list[Billed]:
    return [line for line in _billed(case) if line.outcome == "resolution" and line.subject_id]


def _billed(case: Case) -> list[Billed]:
    return [line for line in case.lines if isinstance(line, Billed)]
