"""What a contract's words mean, in plain Python: the specification in executable form.

Read it from top to bottom: events, one clause, candidates and determinations, and how an invoice's
lines are matched with them. What follows from verdicts (prices, a month, the statement, the
evidence pack) is stated in the same way by the modules of `recomputing/` beside it; a pack ships
all of them as one file of this name. They need Python 3.11 and nothing else, and share no code with
the SQL that made the month; property tests hold the two together. Together they recompute a pack,
and say what differs:

    python3 evaluator.py PACK [EARLIER_PACK ...]      0 proven, 1 differs, 2 unreadable

Terms are plain data, as in a contract's canonical JSON: a definition has `subject`, `scope`,
`concluded_by`, `clauses`, `count_once_per` and `counts_in`, and `counts_from` where a milestone
opens it: the first instant that counts. Instants are aware datetimes in UTC, values and quantities
are Decimals, and events already carry the type that the actor registry gives their actor.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

MET, PENDING, UNVERIFIABLE, NOT_MET = "met", "pending", "unverifiable", "not_met"
BEST_FIRST = (MET, PENDING, UNVERIFIABLE, NOT_MET)
WORST_FIRST = (NOT_MET, UNVERIFIABLE, PENDING)


@dataclass(frozen=True)
class Event:
    """Something that happened to a subject at an instant."""

    event_id: str
    subject_id: str
    subject_type: str
    event_type: str
    occurred_at: datetime
    actor_type: str = "unknown"
    value: Decimal | None = None
    unit: str | None = None

    @property
    def order(self) -> tuple[datetime, bytes]:
        """Events of one instant are ordered by id, bytewise."""
        return self.occurred_at, self.event_id.encode()


@dataclass(frozen=True)
class Subject:
    """What an outcome happens to; `attributes` are what a scope filters on."""

    subject_id: str
    subject_type: str
    opened_at: datetime | None = None
    requester_key: str | None = None
    attributes: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Coverage:
    """What the sources can show of one event type: from when, and until when we have looked."""

    observed_from: datetime | None
    observed_until: datetime


@dataclass(frozen=True)
class Verdict:
    """One clause (or one candidate) judged, and the event that decided."""

    verdict: str
    event_id: str | None = None
    window_ends_at: datetime | None = None


@dataclass(frozen=True)
class Candidate:
    """One concluding event, judged; its reason is the first clause with its verdict."""

    event: Event
    clauses: Mapping[str, Verdict]
    verdict: str
    reason: str | None


@dataclass(frozen=True)
class Determination:
    """The verdict on a subject in a period, and the candidate that it rests on."""

    subject_id: str
    period: str
    verdict: str
    reason: str | None
    candidate: Candidate


class Log:
    """The events that exist for a run: those before their type's `observed_until`."""

    def __init__(
        self,
        events: Iterable[Event],
        subjects: Iterable[Subject],
        coverage: Mapping[str, Coverage],
        as_of: datetime,
    ) -> None:
        """Take what the sources gave, and what they can show of each event type."""
        self.coverage, self.as_of = coverage, as_of
        self.by_subject: dict[str, list[Event]] = defaultdict(list)
        self.by_requester: dict[str, list[Event]] = defaultdict(list)
        self.subjects = {subject.subject_id: subject for subject in subjects}
        for event in sorted(events, key=lambda event: event.order):
            if event.occurred_at < self.observed_until([event.event_type]):
                self.by_subject[event.subject_id].append(event)
        for subject_id, history in self.by_subject.items():
            known = self.subjects.setdefault(
                subject_id, Subject(subject_id, history[0].subject_type)
            )
            if known.requester_key:
                self.by_requester[known.requester_key] += history
        for history in self.by_requester.values():
            history.sort(key=lambda event: event.order)

    def observed_until(self, event_types: Iterable[str]) -> datetime:
        """Until when we have looked at all of these types; `as_of` by default, never later."""
        shown = [self.coverage[kind] for kind in event_types if kind in self.coverage]
        return min([self.as_of, *(coverage.observed_until for coverage in shown)])

    def opened_at(self, subject_id: str) -> datetime:
        """When the subject was opened: as its source says, else its first event."""
        return self.subjects[subject_id].opened_at or self.by_subject[subject_id][0].occurred_at


def listed(value: Any) -> list[Any]:
    """A contract may write one value without a list around it."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


def duration(text: str) -> timedelta:
    """`14 days` as elapsed time; a day is 24 hours."""
    count, unit = re.fullmatch(r"(\d+) (minute|hour|day|week)s?", text).groups()  # type: ignore[union-attr]
    return timedelta(**{f"{unit}s": int(count)})


# --- one clause ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """Where a clause looks: its bounds, and the linked events inside."""

    starts_at: datetime
    ends_at: datetime
    events: list[Event]


def window_of(pattern: Mapping[str, Any], concluding: Event, log: Log) -> Window:
    """The window of a pattern around a concluding event."""
    at, own = concluding.occurred_at, log.by_subject[concluding.subject_id]
    requester_key = log.subjects[concluding.subject_id].requester_key
    by_requester = pattern.get("link") == "requester"
    linked = log.by_requester.get(requester_key or "", []) if by_requester else own
    if "within" in pattern:
        ends_at = at + duration(pattern["within"])
        return Window(at, ends_at, [e for e in linked if at < e.occurred_at <= ends_at])
    if "until" in pattern:
        opened_at = log.opened_at(concluding.subject_id)
        return Window(opened_at, at, [e for e in linked if opened_at <= e.occurred_at < at])
    if "session" in pattern:
        first, last = session(own, at, duration(pattern["session"]))
        ends_at = last + duration(pattern["session"])
        inside = [e for e in linked if first <= e.occurred_at <= ends_at and e.occurred_at != at]
        return Window(first, ends_at, inside)
    return Window(at, at, [concluding])


def session(events: Sequence[Event], at: datetime, gap: timedelta) -> tuple[datetime, datetime]:
    """First and last instant of the run of events around `at` with no gap longer than `gap`."""
    first = last = at
    for event in reversed(events):
        if event.occurred_at <= first and first - event.occurred_at <= gap:
            first = event.occurred_at
    for event in events:
        if event.occurred_at >= last and event.occurred_at - last <= gap:
            last = event.occurred_at
    return first, last


def is_of_pattern(pattern: Mapping[str, Any], event: Event) -> bool:
    """Event type and actor fit (the window and the link are seen to before)."""
    return event.event_type in listed(pattern["event"]) and (
        pattern.get("by") is None or event.actor_type in listed(pattern["by"])
    )


def is_good(pattern: Mapping[str, Any], event: Event) -> bool:
    """Value and unit fit the bounds too; without bounds always, a missing value never."""
    at_least, at_most = pattern.get("at_least"), pattern.get("at_most")
    if at_least is None and at_most is None:
        return True
    return (
        event.value is not None
        and (at_least is None or event.value >= Decimal(str(at_least)))
        and (at_most is None or event.value <= Decimal(str(at_most)))
        and pattern.get("unit") in (None, event.unit)
    )


def judge_clause(clause: Mapping[str, Any], concluding: Event, log: Log) -> Verdict:
    """One verdict for a clause and a concluding event: the first row of DESIGN 5 that fits."""
    forbids = clause.get("forbids") is not None
    pattern = {
        k: v for k, v in (clause["forbids" if forbids else "requires"]).items() if v is not None
    }
    window = window_of(pattern, concluding, log)
    if pattern.get("link") == "requester" and not log.subjects[concluding.subject_id].requester_key:
        return Verdict(UNVERIFIABLE, None, window.ends_at)
    found = [event for event in window.events if is_of_pattern(pattern, event)]
    good = [event for event in found if is_good(pattern, event)]
    is_closed = window.ends_at < log.observed_until(listed(pattern["event"]))
    verdict, event = _first_row_that_fits(
        forbids,
        pattern.get("pick", "any"),
        clause.get("if_missing"),
        found,
        good,
        is_closed,
        _is_observed(listed(pattern["event"]), window, log),
    )
    return Verdict(verdict, event.event_id if event else None, window.ends_at)


def _is_observed(event_types: Sequence[str], window: Window, log: Log) -> bool:
    """Can the sources show all these types, from the window's start on?"""
    coverage = [log.coverage.get(event_type) for event_type in event_types]
    return all(c and (not c.observed_from or c.observed_from <= window.starts_at) for c in coverage)


def _first_row_that_fits(
    forbids: bool,
    pick: str,
    if_missing: str | None,
    found: list[Event],
    good: list[Event],
    is_closed: bool,
    is_observed: bool,
) -> tuple[str, Event | None]:
    if forbids and good:
        return NOT_MET, good[0]
    if not forbids and pick == "any" and good:
        return MET, good[0]
    if not is_observed:
        return UNVERIFIABLE, None
    if forbids:
        return (MET if is_closed else PENDING), None
    if pick == "any" and found and is_closed:
        return NOT_MET, found[-1]
    if pick == "first" and found:
        return (MET if found[0] in good else NOT_MET), found[0]
    if pick == "last" and found and is_closed:
        return (MET if found[-1] in good else NOT_MET), found[-1]
    if not found and is_closed:
        assert if_missing is not None, "a contract whose clause cannot be decided is refused"
        return if_missing, None
    return PENDING, None


# --- candidates and determinations --------------------------------------------------------------


def candidates(definition: Mapping[str, Any], log: Log) -> Iterator[Candidate]:
    """Every concluding event of subjects of the outcome's type, in scope, judged."""
    for subject_id, history in log.by_subject.items():
        if is_in_scope(definition, log.subjects[subject_id]):
            for event in history:
                if is_of_pattern(definition["concluded_by"], event):
                    yield judge(definition, event, log)


def is_in_scope(definition: Mapping[str, Any], subject: Subject) -> bool:
    """The outcome's subject type, and every filter of its scope holds."""
    return subject.subject_type == definition["subject"] and all(
        subject.attributes.get(attribute) in [as_word(value) for value in listed(accepted)]
        for attribute, accepted in flat_scope(definition.get("scope") or {})
    )


def as_word(value: Any) -> str:
    """A filter's value as subjects have it: `true` and `false` are words there."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def flat_scope(scope: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Filters on a subject's own columns, and on its free attributes, as one list."""
    for attribute, accepted in scope.items():
        if attribute == "attributes":
            yield from (accepted or {}).items()
        elif accepted is not None:
            yield attribute, accepted


def judge(definition: Mapping[str, Any], event: Event, log: Log) -> Candidate:
    """not_met if any clause is; else unverifiable, else pending if any is; else met.

    What is concluded before its milestone is not_met, whatever its clauses are.
    """
    clauses = {
        name: judge_clause(clause, event, log)
        for name, clause in (definition.get("clauses") or {}).items()
    }
    counts_from = definition.get("counts_from")
    if counts_from is not None and event.occurred_at < counts_from:
        return Candidate(event, clauses, NOT_MET, "before_milestone")
    for verdict in WORST_FIRST:
        for name, clause in clauses.items():
            if clause.verdict == verdict:
                return Candidate(event, clauses, verdict, name)
    return Candidate(event, clauses, MET, None)


def counted_at(definition: Mapping[str, Any], candidate: Candidate) -> datetime:
    """The instant that decides a candidate's period: concluded, or its latest window's end."""
    ends = [c.window_ends_at for c in candidate.clauses.values() if c.window_ends_at]
    matured = definition.get("counts_in") == "matured"
    return max([candidate.event.occurred_at, *(ends if matured else [])])


Periods = Sequence[tuple[str, datetime, datetime]]


def period_of(instant: datetime, periods: Periods) -> str:
    """The period that holds an instant; bounds are half-open."""
    return next(name for name, starts_at, ends_at in periods if starts_at <= instant < ends_at)


def determinations(
    definition: Mapping[str, Any], log: Log, periods: Periods
) -> dict[tuple[str, str], Determination]:
    """One verdict per subject and period, by (subject_id, period)."""
    return determined(definition, candidates(definition, log), periods)


def determined(
    definition: Mapping[str, Any], judged: Iterable[Candidate], periods: Periods
) -> dict[tuple[str, str], Determination]:
    """The same, of candidates that are judged already."""
    found: dict[str, dict[str, list[Candidate]]] = defaultdict(lambda: defaultdict(list))
    for candidate in judged:
        period = period_of(counted_at(definition, candidate), periods)
        found[candidate.event.subject_id][period].append(candidate)
    result = {}
    for subject_id, by_period in found.items():
        best = [_best(subject_id, name, by_period[name]) for name in sorted(by_period)]
        if definition["count_once_per"] == "subject":
            best = list(_count_once(best))
        result.update({(subject_id, each.period): each for each in best})
    return result


def _best(subject_id: str, period: str, rivals: list[Candidate]) -> Determination:
    best = min(rivals, key=lambda c: (BEST_FIRST.index(c.verdict), c.event.order))
    return Determination(subject_id, period, best.verdict, best.reason, best)


def _count_once(in_order: Iterable[Determination]) -> Iterator[Determination]:
    claimed = None
    for each in in_order:
        if claimed == MET and each.verdict in (MET, PENDING):
            yield replace(each, verdict=NOT_MET, reason="counted_before")
        elif claimed == PENDING and each.verdict == MET:
            yield replace(each, verdict=PENDING, reason="counted_before")
        else:
            yield each
        if claimed is None and each.verdict in (MET, PENDING):
            claimed = each.verdict


# --- matching -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """An invoice line with a subject, in the invoice's order."""

    line_id: str
    subject_id: str
    unit_price: Decimal


def line_statuses(
    definition: Mapping[str, Any],
    prices_of: Callable[[str], Collection[Decimal]],
    lines: Sequence[Line],
    log: Log,
    periods: Periods,
    period: str,
) -> list[tuple[str, str | None]]:
    """The match_status and reason of each line of one outcome: the first of DESIGN 6 that fits.

    `prices_of` gives the unit prices that the contract knows for a subject, one or several.
    """
    judged = determinations(definition, log, periods)
    return statuses_of(definition, prices_of, lines, log, judged, period)


def statuses_of(
    definition: Mapping[str, Any],
    prices_of: Callable[[str], Collection[Decimal]],
    lines: Sequence[Line],
    log: Log,
    judged: Mapping[tuple[str, str], Determination],
    period: str,
) -> list[tuple[str, str | None]]:
    """The match_status and reason of each line, where the determinations are known."""
    billed: set[str] = set()
    statuses = []
    for line in lines:
        is_repeated = line.subject_id in billed
        billed.add(line.subject_id)
        statuses.append(
            ("duplicate", None)
            if is_repeated
            else _status(definition, prices_of, line, log, judged, period)
        )
    return statuses


def _status(
    definition: Mapping[str, Any],
    prices_of: Callable[[str], Collection[Decimal]],
    line: Line,
    log: Log,
    judged: Mapping[tuple[str, str], Determination],
    period: str,
) -> tuple[str, str | None]:
    if line.subject_id not in log.by_subject:
        return "unknown_subject", None
    if not is_in_scope(definition, log.subjects[line.subject_id]):
        return "out_of_scope", None
    determination = judged.get((line.subject_id, period))
    if determination is None:
        elsewhere = any(subject_id == line.subject_id for subject_id, _ in judged)
        return ("out_of_period", None) if elsewhere else ("not_an_outcome", "not_concluded")
    if determination.verdict == NOT_MET:
        return "not_an_outcome", determination.reason
    if determination.verdict != MET:
        return determination.verdict, determination.reason
    return ("agreed" if line.unit_price in prices_of(line.subject_id) else "wrong_price"), None


def not_invoiced(
    definition: Mapping[str, Any], lines: Sequence[Line], log: Log, periods: Periods, period: str
) -> list[str]:
    """The subjects with a met determination in the period and no line."""
    billed = {line.subject_id for line in lines}
    return sorted(
        subject_id
        for (subject_id, of_period), each in determinations(definition, log, periods).items()
        if of_period == period and each.verdict == MET and subject_id not in billed
    )


if __name__ == "__main__":
    # a copy of this file alone cannot recompute a pack: say so, and never that one differs
    import sys
    from pathlib import Path

    here = Path(__file__).resolve().parent
    if not (here / "recomputing").is_dir():
        says = "needs recomputing/ beside it; evidence/shipping.py joins both into one file"
        print(f"{__file__} {says}", file=sys.stderr)
        sys.exit(2)
    sys.path = [str(here.parent), *sys.path]
    from recount.recomputing.proof import main

    sys.exit(main(sys.argv[1:]))
