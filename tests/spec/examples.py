"""Examples: a log as a small text table, and the words of a contract that judge it.

Each is judged twice, by `recount.evaluator` and by the models; all of them in one build.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

import yaml

from recount import evaluator
from recount.evaluator import Coverage, Event, Subject
from tests.support.cases import Billed, Case, Recounted, contract_of, outcome_of
from tests.support.tables import rows

Test = TypeVar("Test", bound=Callable[..., None])
BOOK: dict[object, list[Case]] = {}
_SHOWN = ("opened", "solved", "reopened", "rated", "replied", "contacted", "accepted")
_names = (f"example-{number}" for number in count(1))


def instant(text: str) -> datetime:
    """`2026-01-01 09:00`, in UTC where no offset stands behind it."""
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def events(table: str) -> list[Event]:
    """The events of a table with the columns subject, at, event and, where needed, by, value,
    unit and id; without an id of its own an event is called by its line, `e01`.
    """
    return [
        Event(
            event_id=row.get("id") or f"e{number:02}",
            subject_id=row["subject"],
            subject_type=row.get("type") or "ticket",
            event_type=row["event"],
            occurred_at=instant(row["at"]),
            actor_type=row.get("by") or "ai_agent",
            value=Decimal(row["value"]) if row.get("value") else None,
            unit=row.get("unit") or ("score_of_5" if row.get("value") else None),
        )
        for number, row in enumerate(rows(table), start=1)
    ]


def subjects(table: str) -> list[Subject]:
    """The subjects of a table: subject and, where needed, type, opened, requester, queue, tier."""
    return [
        Subject(
            row["subject"],
            row.get("type") or "ticket",
            instant(row["opened"]) if row.get("opened") else None,
            row.get("requester") or None,
            {"queue": row.get("queue") or None, "tier": row.get("tier") or None},
        )
        for row in rows(table)
    ]


def coverage(table: str, log: list[Event], as_of: datetime) -> dict[str, Coverage]:
    """Everything is shown until `as_of`, but for what a table with event, from, until says."""
    shown = dict.fromkeys([*_SHOWN, *(e.event_type for e in log)], Coverage(None, as_of))
    for row in rows(table):
        if row["until"] == "never":
            del shown[row["event"]]
            continue
        observed_from = instant(row["from"]) if row["from"] else None
        shown[row["event"]] = Coverage(observed_from, instant(row["until"] or str(as_of)))
    return shown


def lines(table: str) -> list[Billed]:
    """The invoice of a table with the columns line, subject, price and, where needed, quantity,
    amount and outcome.
    """
    return [
        Billed(
            row["line"],
            row["subject"],
            Decimal(row["price"]),
            row.get("outcome") or "resolution",
            Decimal(row.get("quantity") or 1),
            Decimal(row["amount"]) if row.get("amount") else None,
        )
        for row in rows(table)
    ]


def example(
    log: str | list[Event],
    *,
    clauses: str = "",
    months: str = "2026-01",
    as_of: str = "2026-06-01 00:00",
    zone: str = "UTC",
    described: str = "",
    shown: str = "",
    billed: str | list[Billed] = "",
    terms: Mapping[str, Any] | None = None,
    **outcome: Any,
) -> Callable[[Test], Test]:
    """Judge a log by the `clauses` (written as in a contract), and give the test what came out.

    `described` is the table of subjects, `shown` that of the coverage, `billed` that of the
    invoice; `months` are recounted one by one. `terms` are other keys of the contract.
    """  # fmt: skip
    told = events(log) if isinstance(log, str) else log
    known_at = instant(as_of)
    outcomes = outcome_of(clauses=yaml.safe_load(clauses) or {}, **outcome)
    cases = [
        Case(
            contract_of(**{
                "contract": next(_names), "time_zone": zone, "outcomes": outcomes, **(terms or {}),
            }),
            told,
            month,
            known_at,
            subjects(described),
            coverage(shown, told, known_at),
            lines(billed) if isinstance(billed, str) else billed,
        )
        for month in months.split()
    ]  # fmt: skip

    def note(test: Test) -> Test:
        BOOK[test] = cases
        return test

    return note


@dataclass(frozen=True)
class Judged:
    """What came out, equal on both sides; by subject where each has one candidate."""

    candidates: Mapping[str, tuple[str, str | None]]
    """Verdict and reason by the id of the concluding event."""
    verdicts: Mapping[str, str]
    """The verdict of the last candidate by subject."""
    proofs: Mapping[tuple[str, str], str | None]
    """The deciding event by subject and clause."""
    determinations: Mapping[tuple[str, str], tuple[str, str | None, str]]
    """Verdict, reason and concluding event by month and subject."""


def judged(cases: list[Case], recounted: Recounted) -> Judged:
    """Judge the cases of one example on both sides and return what they agree on."""
    by_sql = [_by_sql(case, recounted) for case in cases]
    by_specification = [_by_specification(case) for case in cases]
    assert by_sql == by_specification
    candidates, clauses, determinations = (
        {key: value for part in parts for key, value in part.items()}
        for parts in zip(*by_sql, strict=True)
    )
    return Judged(
        {event_id: found for (_, event_id), found in candidates.items()},
        {subject_id: found[0] for (subject_id, _), found in candidates.items()},
        {(subject, clause): event_id for (subject, _, clause), (_, event_id) in clauses.items()},
        determinations,
    )


Sides = tuple[dict[Any, Any], dict[Any, Any], dict[Any, Any]]


def _by_sql(case: Case, recounted: Recounted) -> Sides:
    candidates = {
        (row["subject_id"], row["candidate_event_id"]): (row["verdict"], row["reason"])
        for row in recounted.rows("candidates", case)
    }
    clauses = {
        (row["subject_id"], row["candidate_event_id"], row["clause"]): (
            row["verdict"], row["deciding_event_id"],
        )
        for row in recounted.rows("clause_verdicts", case)
    }  # fmt: skip
    determinations = {
        (row["period"], row["subject_id"]): (
            row["verdict"], row["reason"], row["candidate_event_id"],
        )
        for row in recounted.rows("determinations", case)
    }  # fmt: skip
    return candidates, clauses, determinations


def _by_specification(case: Case) -> Sides:
    definition = case.definition()
    found = [
        each
        for each in evaluator.candidates(definition, case.log)
        if evaluator.period_of(evaluator.counted_at(definition, each), case.periods) == case.period
    ]
    keyed = {(each.event.subject_id, each.event.event_id): each for each in found}
    judged_once = evaluator.determinations(definition, case.log, case.periods)
    return (
        {key: (each.verdict, each.reason) for key, each in keyed.items()},
        {
            (*key, name): (clause.verdict, clause.event_id)
            for key, each in keyed.items()
            for name, clause in each.clauses.items()
        },
        {
            (period, subject_id): (each.verdict, each.reason, each.candidate.event.event_id)
            for (subject_id, period), each in judged_once.items()
            if period == case.period
        },
    )
