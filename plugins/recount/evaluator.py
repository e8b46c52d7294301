"""What a contract's words mean, in plain Python: the specification in executable form.

Read it from top to bottom: verdicts, prices, an invoice, a month, and the evidence pack that a
month leaves. It needs Python 3.11 and nothing else, and shares no code with the SQL that made the
month; property tests hold the two together. It recomputes a pack, and says what differs:

    python3 evaluator.py PACK [EARLIER_PACK ...]      0 proven, 1 differs, 2 unreadable

Terms are plain data, as in a contract's canonical JSON: a definition has `subject`, `scope`,
`concluded_by`, `clauses`, `count_once_per` and `counts_in`, and `counts_from` where a milestone
opens it: the first instant that counts. Instants are aware datetimes in UTC, values and quantities
are Decimals, and events already carry the type that the actor registry gives their actor.
"""

import csv
import hashlib
import io
import json
import re
import struct
import sys
import zipfile
import zlib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from functools import partial
from itertools import pairwise
from typing import Any, BinaryIO

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
        subject.attributes.get(attribute) in [_word(value) for value in listed(accepted)]
        for attribute, accepted in flat_scope(definition.get("scope") or {})
    )


def _word(value: Any) -> str:
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


# --- prices -------------------------------------------------------------------------------------

NOTHING = Decimal(0)
MILLIONTH = Decimal("0.000001")  # what quantities and prices are exact to
_DIGITS = 60  # enough for every product here, which is therefore exact
FEES = frozenset({
    "platform_fee", "credits", "performance", "monthly", "annual", "usage", "escrow", "milestones",
})  # fmt: skip


@dataclass(frozen=True)
class Step:
    """How a part of a charge came about: `quantity` times `each`, where it has these."""

    term: str
    amount: Decimal
    quantity: Decimal | None = None
    each: Decimal | None = None


@dataclass(frozen=True)
class Left:
    """What earlier months left of what months share: of a year's ceiling, and of credits.

    `annual` is None where nothing limits the year; `credits` are those that the month can draw, and
    `bought` is what it pays for those that are bought in it.
    """

    annual: Decimal | None = None
    credits: Decimal = NOTHING
    bought: Decimal = NOTHING


FRESH = Left()


@dataclass(frozen=True)
class Share:
    """How many of an outcome's decided determinations are met in an interval, of how many."""

    met: int
    judged: int


@dataclass(frozen=True)
class Charge:
    """What a month costs, and the steps that led there; the steps add up to the amount."""

    amount: Decimal
    steps: Sequence[Step]


def terms(pricing: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return each thing that is priced by itself: outcomes, their tiers (`name.tier`), usage."""
    priced: dict[str, Mapping[str, Any]] = {}
    for name, price in pricing.items():
        if "by_tier" in price:
            priced |= {f"{name}.{tier}": each for tier, each in price["by_tier"].items()}
        elif name not in FEES:
            priced[name] = price
    return priced | dict(pricing.get("usage", {}))


def charge(
    pricing: Mapping[str, Any],
    quantities: Mapping[str, Decimal],
    minor_units: int,
    left: Left = FRESH,
    shares: Mapping[str, Sequence[Share]] | None = None,
) -> Charge:
    """Price quantities by the name of their term; of a share of value, the quantity is the value.

    `shares` has for each term of `performance` that of the month, or those of its days or hours;
    over no decided determination nothing follows.

    What is used and not given is charged as agreed. Each priced term is rounded once, half to even;
    floor and cap are of the sum of all, and what is left of the year's ceiling goes before both.
    """
    with localcontext(prec=_DIGITS):
        steps: list[Step] = []
        drawn = NOTHING
        for name, price in terms(pricing).items():
            quantity = quantities.get(name, Decimal(price.get("agreed", NOTHING)))
            steps += _term(name, price, quantity, minor_units)
            drawn += quantity * Decimal(price.get("credits", NOTHING))
        if "credits" in pricing:
            beyond = max(drawn - left.credits, NOTHING)
            steps += _term("credits", {"each": pricing["credits"]["each"]}, beyond, minor_units)
        fees = {
            "platform_fee": Decimal(pricing.get("platform_fee", NOTHING)),
            "credits_bought": left.bought,
        }
        steps += [Step(name, rounded(fee, minor_units)) for name, fee in fees.items() if fee]
        base = sum((step.amount for step in steps), NOTHING)
        for name, term in pricing.get("performance", {}).items():
            steps += _performed(name, term, (shares or {}).get(name, ()), base, minor_units)
        return _limited(pricing, steps, minor_units, left)


def _performed(
    name: str, term: Mapping[str, Any], shares: Sequence[Share], base: Decimal, minor_units: int
) -> Iterator[Step]:
    """Yield what is charged for shares that were reached, or credited for one that was not."""
    judged = [share for share in shares if share.judged]
    if against := term.get("against"):
        for share in judged:
            fewer = _fewer(against, share.met, share.judged)
            yield from _term(name, {"each": against["each"]}, fewer, minor_units)
    elif reached := [share for share in judged if _is_reached(term, share)]:
        pays = {"each": term.get("pays", NOTHING)}
        yield from _term(name, pays, Decimal(len(reached)), minor_units)
    elif judged:
        credit = rounded(-base * Decimal(term.get("otherwise", NOTHING)) / 100, minor_units)
        if credit:
            yield Step(name, credit)


def _fewer(against: Mapping[str, Any], met: int, judged: int) -> Decimal:
    """How many fewer than by a baseline are not met, to a millionth."""
    expected = Decimal(against["percent"]) / 100 * judged
    return max(expected - (judged - met), NOTHING).quantize(MILLIONTH, ROUND_HALF_UP)


def _is_reached(term: Mapping[str, Any], share: Share) -> bool:
    """Multiplied and not divided: exactly what is to be reached is reached."""
    return share.met * 100 >= Decimal(term["at_least"]) * share.judged


def _limited(
    pricing: Mapping[str, Any], steps: Sequence[Step], minor_units: int, left: Left
) -> Charge:
    computed = sum((step.amount for step in steps), NOTHING)
    bounds = pricing.get("monthly", {})
    floor = rounded(Decimal(bounds.get("floor", NOTHING)), minor_units)
    cap = rounded(Decimal(bounds["cap"]), minor_units) if "cap" in bounds else computed
    of_month = max(min(computed, cap), floor)
    amount = of_month if left.annual is None else min(of_month, rounded(left.annual, minor_units))
    limits = {
        "monthly_floor" if of_month > computed else "monthly_cap": of_month - computed,
        "annual_ceiling": amount - of_month,
    }
    return Charge(amount, [*steps, *(Step(name, by) for name, by in limits.items() if by)])


def _term(
    name: str, price: Mapping[str, Any], quantity: Decimal, minor_units: int
) -> Iterator[Step]:
    parts = [
        Step(name, units * each, units, each) for units, each in bands(price, quantity) if units
    ]
    exact = sum((part.amount for part in parts), NOTHING)
    yield from parts
    if rounding := rounded(exact, minor_units) - exact:
        yield Step(f"{name} rounding", rounding)


def bands(price: Mapping[str, Any], quantity: Decimal) -> Iterator[tuple[Decimal, Decimal]]:
    """Yield how many units cost how much each."""
    if "percent_of_value" in price:
        yield quantity, Decimal(price["percent_of_value"]) / 100
    elif "credits" in price:
        return  # they cost what is drawn beyond those that are left
    elif "volume" in price:
        yield quantity, Decimal(_reached(price["volume"], quantity)["each"])
    elif "graduated" in price:
        starts_at = NOTHING
        for band in price["graduated"]:
            ends_at = min(quantity, Decimal(band.get("up_to", quantity)))
            yield max(ends_at - starts_at, NOTHING), Decimal(band["each"])
            starts_at = max(ends_at, starts_at)
    else:
        yield quantity, Decimal(price.get("per_outcome") or price["each"])


def _reached(volume: Sequence[Mapping[str, Any]], quantity: Decimal) -> Mapping[str, Any]:
    """Return the band that holds the whole quantity; its last unit is still inside."""
    return next(b for b in volume if "up_to" not in b or quantity <= Decimal(b["up_to"]))


def rounded(amount: Decimal, minor_units: int) -> Decimal:
    """Round to the currency's minor unit, of which `minor_units` make one; half to even."""
    return (amount * minor_units).quantize(Decimal(1), ROUND_HALF_EVEN) / minor_units


def in_month(pricing: Mapping[str, Any], first_day: str) -> dict[str, Any]:
    """Return a month's prices: fees, usage and a floor that no milestone opened cost nothing."""
    closed = {
        name
        for milestone in pricing.get("milestones", {}).values()
        if not milestone.get("reached_on") or milestone["reached_on"] > first_day
        for name in listed(milestone["opens"])
    }
    month = {**pricing, "usage": dict(pricing.get("usage", {}))}
    month["usage"] |= {name: {"each": "0"} for name in month["usage"] if name in closed}
    if "platform_fee" in closed:
        del month["platform_fee"]
    if "monthly_floor" in closed:
        month["monthly"] = {key: each for key, each in pricing["monthly"].items() if key != "floor"}
    return month


def tiered(pricing: Mapping[str, Any], outcome: str, tier: str | None) -> tuple[str, Any] | None:
    """Return the name and the price of the term that an outcome of a tier falls under, if any."""
    price = pricing[outcome]
    if "by_tier" not in price:
        return outcome, price
    return (f"{outcome}.{tier}", price["by_tier"][tier]) if tier in price["by_tier"] else None


@dataclass(frozen=True)
class Band:
    """A price of the places up to one of them, or of all that are left."""

    up_to: Decimal | None
    each: Decimal


def placed(pricing: Mapping[str, Any], price: Mapping[str, Any], left: Left) -> list[Band]:
    """Return what each outcome costs at its place in the month, as bands of places.

    Of what draws credits, nothing else drawing: nothing until all are drawn. A share of value has
    no bands, and of volume the band that the number reaches is everybody's.
    """
    if "percent_of_value" in price:
        return []
    if "credits" in price:
        draws = Decimal(price["credits"])
        beyond = Decimal(pricing["credits"]["each"]) * draws
        return [Band(left.credits // draws, NOTHING), Band(None, beyond)]
    steps = price.get("graduated") or price.get("volume") or [{"each": price["per_outcome"]}]
    return [
        Band(Decimal(step["up_to"]) if "up_to" in step else None, Decimal(step["each"]))
        for step in steps
    ]


def places_in_bands(
    found: Sequence[Band], count: int, *, is_volume: bool
) -> list[tuple[Decimal, int]]:
    """Return each band's price, and how many of that many outcomes have their place in it."""
    starts_at, result = 0, []
    for band in found:
        ends_at = count if band.up_to is None else min(count, int(band.up_to))
        result.append((band.each, max(ends_at - starts_at, 0)))
        starts_at = max(ends_at, starts_at)
    if not is_volume:
        return result
    reached = next(n for n, b in enumerate(found) if b.up_to is None or count <= b.up_to)
    return [(each, count if n == reached else 0) for n, (each, _) in enumerate(result)]


def value_of(
    price: Mapping[str, Any], concluding: Event, log: Log, currency: str
) -> Decimal | None:
    """What a conclusion is worth, less what is taken off; None where that is not known."""
    worth = concluding.value if concluding.unit == currency else None
    net = price.get("net_of")
    if net is None or worth is None:
        return worth
    ends_at = concluding.occurred_at + duration(net["within"])
    gone_back = [
        event.value if event.unit == currency else None
        for event in log.by_subject[concluding.subject_id]
        if event.event_type in listed(net["event"])
        and concluding.occurred_at < event.occurred_at <= ends_at
    ]
    if None in gone_back:
        return None
    return max(worth - sum(filter(None, gone_back), NOTHING), NOTHING) if gone_back else worth


# --- an invoice ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Billed:
    """A line of an invoice as it is billed; one that takes something back is negative."""

    number: int
    invoice_id: str
    line_id: str
    subject_id: str | None
    outcome: str
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal
    concluded_at: datetime | None = None
    is_taken_back: bool = False
    is_unclear: bool = False


def line_types(pricing: Mapping[str, Any]) -> dict[str, str]:
    """What may stand on an invoice: outcomes, usage, and fees."""
    fees = ["platform_fee", *pricing.get("performance", {})]
    fees += [name for name in ("credits", "escrow") if name in pricing]
    outcomes = {name: "outcome" for name in pricing if name not in FEES}
    return outcomes | dict.fromkeys(fees, "fee") | dict.fromkeys(pricing.get("usage", {}), "usage")


def line_kinds(
    lines: Sequence[Billed], types: Mapping[str, str], with_subject: Mapping[str, int]
) -> list[str]:
    """The kind of each line of some subjects, all of whose lines these are.

    A line and what takes it back, at the same amount, bill nothing together: both are reversed.
    `with_subject` is how many lines of each type name a subject, on the whole invoice.
    """
    alike: dict[tuple[Any, ...], dict[bool, list[int]]] = defaultdict(lambda: {True: [], False: []})
    for line in sorted(lines, key=lambda line: -line.number):
        key = (line.outcome, line.subject_id, abs(line.amount))
        alike[key][line.is_taken_back].append(line.number)
    reversed_: set[tuple[str, str, int, bool]] = set()
    for (outcome, subject_id, _), sides in alike.items():
        pairs = min(len(sides[True]), len(sides[False])) if subject_id else 0
        for side, numbers in sides.items():
            reversed_ |= {(outcome, subject_id, n, side) for n in numbers[:pairs]}

    def kind(line: Billed) -> str:
        known = types.get(line.outcome)
        if line.is_unclear or known is None:
            return "unknown"
        if known != "outcome":
            return known
        if (line.outcome, line.subject_id, line.number, line.is_taken_back) in reversed_:
            return "reversed"
        if not line.is_taken_back:
            return "outcome" if line.subject_id else "unattributed"
        if line.quantity == 0:
            return "discount"
        # nobody knows which of the subjects are meant
        is_total = line.subject_id is None and not with_subject.get(line.outcome)
        return "unattributed" if is_total else "unknown"

    return [kind(line) for line in lines]


def gap_part(kind: str, status: str | None, is_met: bool, is_met_by_vendor: bool) -> str | None:
    """The part of the gap that a line belongs to, or an outcome of ours without one (DESIGN 6).

    `is_met_by_vendor` by the vendor's own definition, or where there is none.
    """
    if status == "not_an_outcome" and is_met_by_vendor:
        return "definition"
    if kind == "unattributed" or (kind == "recount" and status is None and is_met):
        return "unattributed"
    return {
        "out_of_scope": "definition", "not_an_outcome": "data", "duplicate": "data",
        "unknown_subject": "data", "out_of_period": "timing", "pending": "pending",
        "unverifiable": "unverifiable", "not_invoiced": "not_invoiced",
    }.get(status or "")  # fmt: skip


# --- a month, one link group after the other ----------------------------------------------------

FAR = datetime(9999, 12, 31, tzinfo=UTC)
BASES = ("recounted", "payable", "at_most")
VERDICTS = (MET, NOT_MET, PENDING, UNVERIFIABLE)
OVER_INVOICED = ("duplicate", "unknown_subject", "out_of_scope", "out_of_period", "not_an_outcome")
Row = dict[str, Any]


@dataclass(frozen=True)
class Definition:
    """One outcome as one side counts it: `buyer` decides, `measured` is ours and not billed."""

    outcome: str
    counted_by: str
    terms: Mapping[str, Any]


@dataclass(frozen=True)
class Terms:
    """What a month is recomputed by: its contract, its bounds, and what the sources can show.

    `intervals` are those of each performance term; `boundaries` are by term of a price the last
    outcome of each of its bands, as (price, its place in time), and how many outcomes there are.
    """

    contract: Mapping[str, Any]
    period: str
    as_of: datetime
    minor_units: int
    counts_from: Mapping[str, datetime]
    periods: Periods
    coverage: Mapping[str, Coverage]
    left: Left
    intervals: Mapping[str, Sequence[tuple[datetime, datetime]]]
    boundaries: Mapping[str, Sequence[tuple[Decimal, tuple[datetime, bytes] | None]]]

    @property
    def pricing(self) -> dict[str, Any]:
        """The prices of the month."""
        return in_month(self.contract["pricing"], f"{self.period}-01")

    @property
    def disputes_unverifiable(self) -> bool:
        """Whether what cannot be proven is over-invoiced."""
        return bool(self.contract["settlement"]["unverifiable"] == "dispute")

    def definitions(self) -> Iterator[Definition]:
        """Each outcome as the buyer counts it, and as the vendor says, where it does."""
        for outcome, terms_ in self.contract["outcomes"].items():
            is_billed = outcome in self.contract["pricing"]
            ours = {**terms_, "counts_from": self.counts_from.get(outcome)}
            yield Definition(outcome, "buyer" if is_billed else "measured", ours)
            if is_billed and terms_.get("vendor_says"):
                yield Definition(outcome, "vendor", {**terms_, **terms_["vendor_says"]})


@dataclass(frozen=True)
class Judged:
    """What one definition says of the subjects of a link group, in the period and elsewhere."""

    definition: Definition
    candidates: Sequence[Candidate]
    determinations: Mapping[tuple[str, str], Determination]


class Month:
    """Recomputes a month from its evidence; what it adds up is read when all groups are through."""

    def __init__(self, terms_: Terms, with_subject: Mapping[str, int]) -> None:
        """Begin with nothing; `with_subject` is how many lines of each type name a subject."""
        self.terms, self.with_subject = terms_, with_subject
        self.pricing, self.definitions = terms_.pricing, list(terms_.definitions())
        self.types = line_types(self.pricing)
        self.currency = terms_.contract["currency"]
        self.totals_only: set[str] = set()
        self.verdicts: Counter[tuple[str, str, str, str]] = Counter()
        self.line_totals: dict[tuple[Any, ...], list[Decimal]] = defaultdict(lambda: [NOTHING] * 4)
        self.sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
        self.shares: dict[str, list[Counter[str]]] = {
            name: [Counter() for _ in intervals] for name, intervals in terms_.intervals.items()
        }

    def add(self, log: Log, lines: Sequence[Billed]) -> dict[str, list[Row]]:
        """Recompute one link group: all that is known of its subjects, and every line on them.

        The lines without a subject come first, as a group of their own. Returns the rows of
        candidates, clause_verdicts, determinations and reconciliation_lines.
        """
        judged = [self._judged(definition, log) for definition in self.definitions]
        rows: dict[str, list[Row]] = {
            "candidates": [], "clause_verdicts": [], "determinations": [],
        }  # fmt: skip
        for each in judged:
            self._add_candidates(each, rows)
            self._add_determinations(each, rows)
        rows["reconciliation_lines"] = list(self._placed(judged, log, lines))
        return rows

    def _judged(self, definition: Definition, log: Log) -> Judged:
        found = {
            (c.event.subject_id, c.event.event_id, c.event.occurred_at): c
            for c in candidates(definition.terms, log)
        }
        of = determined(definition.terms, found.values(), self.terms.periods)
        return Judged(definition, list(found.values()), of)

    def _add_candidates(self, judged: Judged, rows: dict[str, list[Row]]) -> None:
        definition = judged.definition
        side = {"outcome": definition.outcome, "counted_by": definition.counted_by}
        for each in judged.candidates:
            counted = counted_at(definition.terms, each)
            if period_of(counted, self.terms.periods) != self.terms.period:
                continue
            of = {
                **side, "subject_id": each.event.subject_id,
                "candidate_event_id": each.event.event_id, "concluded_at": each.event.occurred_at,
            }  # fmt: skip
            by = definition.outcome, definition.counted_by
            self.verdicts[*by, "candidate", each.verdict] += 1
            rows["candidates"].append(of | {"verdict": each.verdict, "reason": each.reason})
            rows["clause_verdicts"] += [
                of
                | {"clause_number": number, "clause": name, "verdict": clause.verdict}
                | {"deciding_event_id": clause.event_id, "window_ends_at": clause.window_ends_at}
                for number, (name, clause) in enumerate(each.clauses.items(), start=1)
            ]

    def _add_determinations(self, judged: Judged, rows: dict[str, list[Row]]) -> None:
        definition = judged.definition
        for (subject_id, period), each in judged.determinations.items():
            if period != self.terms.period:
                continue
            of = definition.outcome, definition.counted_by
            self.verdicts[*of, "determination", each.verdict] += 1
            if definition.counted_by != "vendor":
                counted = counted_at(definition.terms, each.candidate)
                self._add_share(definition.outcome, counted, each.verdict)
            rows["determinations"].append({
                "outcome": of[0], "counted_by": of[1], "subject_id": subject_id,
                "verdict": each.verdict, "reason": each.reason,
                "candidate_event_id": each.candidate.event.event_id,
                "concluded_at": each.candidate.event.occurred_at,
            })  # fmt: skip

    def _add_share(self, outcome: str, counted: datetime, verdict: str) -> None:
        for name, term in performance_terms(self.pricing).items():
            if term["of"] == outcome:
                intervals = self.terms.intervals[name]
                number = bisect_right(intervals, (counted, FAR)) - 1
                if number >= 0 and counted < intervals[number][1]:
                    self.shares[name][number][verdict] += 1

    # --- lines and what no line claims

    def _placed(self, judged: list[Judged], log: Log, lines: Sequence[Billed]) -> Iterator[Row]:
        kinds = line_kinds(lines, self.types, self.with_subject)
        in_order = sorted(zip(lines, kinds, strict=True), key=lambda pair: pair[0].number)
        self.totals_only |= {line.outcome for line, kind in in_order if kind == "unattributed"}
        ours = {j.definition.outcome: j for j in judged if j.definition.counted_by == "buyer"}
        by_vendor = {j.definition.outcome: j for j in judged if j.definition.counted_by == "vendor"}
        for outcome, of in ours.items():
            billed = [ln for ln, kind in in_order if kind == "outcome" and ln.outcome == outcome]
            yield from self._reconciled(of, by_vendor.get(outcome), log, billed)
        for line, kind in in_order:
            if kind != "outcome":
                yield self._counted(_row(line.outcome, line.subject_id, kind, line))
                if kind in ("usage", "unattributed"):
                    self.sums[line.outcome, kind] += line.quantity

    def _reconciled(
        self, judged: Judged, by_vendor: Judged | None, log: Log, billed: Sequence[Billed]
    ) -> Iterator[Row]:
        """Yield each line of an outcome, and each met determination that no line claims."""
        outcome, period = judged.definition.outcome, self.terms.period
        of_period = {
            subject_id: each
            for (subject_id, name), each in judged.determinations.items()
            if name == period
        }
        worth = {s: self._worth(outcome, each, log) for s, each in of_period.items()}
        statuses = statuses_of(
            judged.definition.terms,
            lambda subject_id: worth[subject_id].unit_prices,
            [Line(line.line_id, str(line.subject_id), self._price_of(line)) for line in billed],
            log, judged.determinations, period,
        )  # fmt: skip
        claimed = set()
        for line, (status, _) in zip(billed, statuses, strict=True):
            subject_id = str(line.subject_id)
            of = None if subject_id in claimed else of_period.get(subject_id)
            claimed.add(subject_id)
            row = _row(outcome, subject_id, "outcome", line) | {"match_status": status}
            yield self._explained(row, of, worth.get(subject_id) if of else None, by_vendor, judged)
        for subject_id in sorted(of_period.keys() - claimed):
            of = of_period[subject_id]
            row = _row(outcome, subject_id, "recount", None)
            if of.verdict == MET and outcome not in self.totals_only:
                row["match_status"] = "not_invoiced"
            placed_ = self._explained(row, of, worth[subject_id], by_vendor, judged)
            if of.verdict == MET:
                yield placed_

    def _price_of(self, line: Billed) -> Decimal:
        """What a line says that each costs; of a share of value, what it bills altogether."""
        is_share = "percent_of_value" in self.pricing[line.outcome]
        return line.amount if is_share or line.unit_price is None else line.unit_price

    def _worth(self, outcome: str, of: Determination, log: Log) -> "Worth":
        """What the contract charges for a determination, at its place in the month."""
        subject = log.subjects[of.subject_id]
        term = tiered(self.pricing, outcome, subject.attributes.get("tier"))
        if term is None:
            return Worth(None, frozenset(), None, None)
        name, price = term
        concluding = of.candidate.event
        if "percent_of_value" in price:
            value = value_of(price, concluding, log, self.currency)
            with localcontext(prec=_DIGITS):
                share = Decimal(price["percent_of_value"]) / 100
                exact = None if value is None else value * share
                prices = frozenset() if exact is None else {rounded(exact, self.terms.minor_units)}
                each = None if exact is None else exact.quantize(MILLIONTH, ROUND_HALF_UP)
            return Worth(name, frozenset(prices), each if of.verdict == MET else None, value)
        prices = {band.each for band in placed(self.pricing, price, self.terms.left)}
        each = self._at_place(name, concluding.order) if of.verdict == MET else None
        return Worth(name, frozenset(prices), each, None)

    def _at_place(self, term: str, order: tuple[datetime, bytes]) -> Decimal:
        """Find the band that holds an outcome, and count it there: all are compared in the end."""
        boundaries = self.terms.boundaries.get(term, ())
        for number, (each, last) in enumerate(boundaries):
            if last is None or order <= last:
                self.sums[term, f"band {number}"] += 1
                return each
        self.sums[term, "band beyond"] += 1
        return NOTHING

    def _explained(
        self,
        row: Row,
        of: Determination | None,
        worth: "Worth | None",
        by_vendor: Judged | None,
        judged: Judged,
    ) -> Row:
        """Add to a line or an outcome without one what the contract says of it, and count it."""
        status, subject_id = row["match_status"], row["subject_id"]
        if status == "not_an_outcome":
            row["reason"] = (of.reason if of else None) or "not_concluded"
        elif status in (PENDING, UNVERIFIABLE):
            row["reason"] = of.reason if of else None
        candidate = of.candidate if of else None
        if status == "out_of_period":
            own = [c for c in judged.candidates if c.event.subject_id == subject_id]
            candidate = min(own, key=lambda each: each.event.order)
        if candidate:
            row["concluded_at"] = candidate.event.occurred_at
            row["candidate_event_id"] = candidate.event.event_id
        if of and row["reason"] in of.candidate.clauses:
            row["deciding_event_id"] = of.candidate.clauses[row["reason"]].event_id
        says = by_vendor and by_vendor.determinations.get((subject_id, self.terms.period))
        is_by_vendor = by_vendor is None or bool(says and says.verdict == MET)
        is_met = bool(of and of.verdict == MET)
        row["gap_part"] = gap_part(row["line_kind"], status, is_met, is_by_vendor)
        if worth and worth.each is not None:
            row["unit_price_contract"] = row["amount_recounted"] = worth.each
        if of and worth:
            self._add_quantities(row, of.verdict, worth)
        return self._counted(row) if row["line_kind"] == "outcome" or is_met else row

    def _add_quantities(self, row: Row, verdict: str, worth: "Worth") -> None:
        """Add a determination to what its term charges, on each basis."""
        status, outcome = row["match_status"], row["outcome"]
        can_be_charged = verdict in (MET, PENDING) or (
            verdict == UNVERIFIABLE and not self.terms.disputes_unverifiable
        )
        is_payable = status in ("agreed", "wrong_price", PENDING) or (
            (status == UNVERIFIABLE and not self.terms.disputes_unverifiable)
            or (status == "not_invoiced" and self.terms.contract["rights"]["set_off"])
        )
        is_in_total = row["line_kind"] == "recount" and outcome in self.totals_only
        is_claimable = is_in_total and can_be_charged
        bases = {
            "met": verdict == MET, "chargeable": can_be_charged, "payable": is_payable,
            "claimable": is_claimable,
        }  # fmt: skip
        for basis, belongs in bases.items():
            if belongs and worth.term is not None:
                self.sums[worth.term, basis] += 1
                self.sums[worth.term, f"{basis} value"] += worth.value or NOTHING
        self.sums[outcome, "listed payable"] += is_payable
        self.sums[outcome, "claimable in total"] += is_claimable
        self.sums[outcome, "claimable met"] += is_claimable and verdict == MET
        if status == "wrong_price" and "percent_of_value" in self.pricing[outcome]:
            over = row["amount_invoiced"] - (worth.each or NOTHING)
            self.sums[outcome, "value over"] += max(over, NOTHING) if worth.each is not None else 0

    def _counted(self, row: Row) -> Row:
        """Add a line to the totals."""
        key = ("outcome", "line_kind", "match_status", "reason", "gap_part")
        invoiced = row["amount_invoiced"] or NOTHING
        is_ours = row["line_kind"] == "recount"
        of_gap = -row["amount_recounted"] if is_ours else invoiced if row["gap_part"] else NOTHING
        added = (1, row["quantity"], invoiced, of_gap)
        total = self.line_totals[tuple(row[name] for name in key)]
        total[:] = [before + more for before, more in zip(total, added, strict=True)]
        return row


@dataclass(frozen=True)
class Worth:
    """What a determination costs: its term, the unit prices that a line may have, and its own."""

    term: str | None
    unit_prices: frozenset[Decimal]
    each: Decimal | None
    value: Decimal | None


def performance_terms(pricing: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The shares that something follows from: those of `performance`, and that of an escrow."""
    escrow = {"escrow": pricing["escrow"]} if "escrow" in pricing else {}
    return {**pricing.get("performance", {}), **escrow}


def _row(outcome: str, subject_id: str | None, kind: str, line: Billed | None) -> Row:
    """A line of the reconciliation that nothing is known of yet."""
    return {
        "outcome": outcome, "line_kind": kind, "match_status": None, "reason": None,
        "gap_part": gap_part(kind, None, False, False),
        "invoice_id": line and line.invoice_id, "line_id": line and line.line_id,
        "line_number": line and line.number, "subject_id": subject_id,
        "concluded_at_invoiced": line and line.concluded_at,
        "concluded_at": None, "candidate_event_id": None, "deciding_event_id": None,
        "quantity": line.quantity if line else Decimal(1),
        "unit_price_invoiced": line and line.unit_price, "unit_price_contract": None,
        "amount_invoiced": line and line.amount, "amount_recounted": NOTHING,
    }  # fmt: skip


# --- what a month adds up to ---------------------------------------------------------------------


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
    shares = {basis: _shares(month, basis) for basis in BASES}
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


def _shares(month: Month, basis: str) -> dict[str, list[Share]]:
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
    reached = None if against else sum(_is_reached(term, share) for share in judged)
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
        "quantity": _fewer(against, met, whole) if against else max(reached or 0, 1),
        "amount": charged(of, name)[0],
    }  # fmt: skip


def _is_credited(month: Month, name: str, shares: Sequence[Share]) -> bool:
    """Whether a share was missed, so that a part of the month's other charges is credited."""
    term = performance_terms(month.pricing)[name]
    judged = [share for share in shares if share.judged]
    is_reached = "against" in term or any(_is_reached(term, share) for share in judged)
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
        shares = _shares(month, basis)
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


# --- the statement -------------------------------------------------------------------------------

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
    with localcontext(prec=_DIGITS):
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


# --- an evidence pack: what it is --------------------------------------------------------------

MEMBERS = (
    "bands.csv", "candidates.csv", "charges.csv", "clause_verdicts.csv", "contract.json",
    "contract.yml", "control_totals.json", "coverage.csv", "credits.csv", "determinations.csv",
    "evaluator.py", "events.csv", "findings.json", "invoice_lines.csv", "landed.json",
    "line_totals.csv", "manifest.json", "method.md", "outcomes.csv", "performance.csv",
    "performance_intervals.csv", "periods.csv", "reconciliation_lines.csv", "run.json",
    "statement.json", "subjects.csv", "verdict_totals.csv", "versions.json",
)  # fmt: skip
MANIFEST = "manifest.json"
FORMAT = 1
_MOST_MEMBERS = 100
_NAME = re.compile(r"[a-z_]+\.[a-z]+", re.ASCII)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # what a zip has for "no time"
_MODE = 0o100644 << 16
_PIECE = 1 << 20


class Unreadable(Exception):
    """This is no evidence pack that could be checked."""


@dataclass(frozen=True)
class Difference:
    """What is not as it must be: in which member, at which row or figure."""

    member: str
    where: str
    says: str

    def __str__(self) -> str:
        """The difference in one sentence."""
        return f"{self.member}: {self.where}{': ' if self.where else ''}{self.says}"


class Pack:
    """An evidence pack that is open to be read; Unreadable where it is none."""

    def __init__(self, file: BinaryIO) -> None:
        """See that nothing in a file can do harm: no member is larger than the file itself."""
        self._file = file
        try:
            self._zip = zipfile.ZipFile(file)
            self._members = {info.filename: info for info in self._zip.infolist()}
            self._refuse_tricks()
            self._starts = {name: self._start(info) for name, info in self._members.items()}
            self.manifest = json.loads(self.read(MANIFEST))
            self.listed = {each["name"]: each for each in self.manifest["members"]}
        except (*_BROKEN, zipfile.BadZipFile, struct.error) as error:
            raise Unreadable(f"is no evidence pack ({error})") from None

    def _refuse_tricks(self) -> None:
        infos = self._zip.infolist()
        if len(infos) > _MOST_MEMBERS:
            raise Unreadable(f"has {len(infos)} members, and a pack has {len(MEMBERS)}")
        for info in infos:
            if not _NAME.fullmatch(info.orig_filename):
                raise Unreadable(f"has a member {info.orig_filename!r}, which is no name in a pack")
            if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
                raise Unreadable(f"has {info.filename} compressed or encrypted; a pack is stored")
            if info.file_size != info.compress_size:
                raise Unreadable(f"says two sizes of {info.filename}")
        if len(self._members) < len(infos):
            raise Unreadable("has two members of one name")
        size = self._file.seek(0, io.SEEK_END)
        if sum(info.file_size for info in infos) > size:
            raise Unreadable("has members that are larger than itself")
        if missing := [name for name in MEMBERS if name not in self._members]:
            raise Unreadable(f"is no whole pack: {', '.join(missing)} is missing")

    def _start(self, info: zipfile.ZipInfo) -> int:
        """Where a member's bytes begin, behind a header that names it as the directory does."""
        self._file.seek(info.header_offset)
        header = self._file.read(30)
        name_size, more = map(int, struct.unpack("<HH", header[26:30]))
        if header[:4] != b"PK\x03\x04" or self._file.read(name_size) != info.filename.encode():
            raise Unreadable(f"has another name in front of {info.filename} than in its directory")
        return info.header_offset + 30 + name_size + more

    def opened(self, name: str) -> io.BufferedReader:
        """Open a member as its bytes are, whatever the zip says of their checksum."""
        slice_ = _Slice(self._file, self._starts[name], self._members[name].file_size)
        return io.BufferedReader(slice_, 1 << 16)

    def read(self, name: str) -> bytes:
        """A member's bytes."""
        with self.opened(name) as member:
            return member.read()

    def json(self, name: str) -> Any:
        """A member as JSON."""
        return json.loads(self.read(name))

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a CSV member, one at a time, each cell typed by its column's name."""
        with io.TextIOWrapper(self.opened(name), "utf-8", newline="") as text:
            reader = csv.reader(text, strict=True)
            columns = next(reader)
            types = [(column, type_of(column)) for column in columns]
            for cells in reader:
                pairs = zip(types, cells, strict=True)
                yield {name: read(cell) if cell else None for (name, read), cell in pairs}

    @property
    def names(self) -> list[str]:
        """All members in the order in which they lie in the file."""
        return sorted(self._members, key=lambda name: self._members[name].header_offset)

    def is_as_written(self, name: str, checksum: int) -> bool:
        """Whether the zip says of a member what a pack's zip says of all: no time, no machine."""
        info = self._members[name]
        self._file.seek(info.header_offset)
        header = info.FileHeader()
        is_large = info.file_size > 1 << 30  # its header has sizes of 64 bits
        return (
            (info.date_time, info.external_attr, info.comment) == (_EPOCH, _MODE, b"")
            and (info.create_system, info.flag_bits, info.CRC) == (3, 0, checksum)
            and (info.internal_attr, info.volume, info.reserved) == (0, 0, 0)
            and (is_large or (self._file.read(len(header)) == header and _is_plain(info)))
        )

    def ends_as_written(self) -> bool:
        """Whether nothing stands behind the last member but a directory of all of them."""
        size, count = self._file.seek(0, io.SEEK_END), len(self._members)
        starts_at = self._zip.start_dir
        if size > 1 << 30:
            return not self._zip.comment
        end = (b"PK\x05\x06", 0, 0, count, count, size - _END.size - starts_at, starts_at, 0)
        self._file.seek(size - _END.size)
        return self._file.read() == _END.pack(*end)


_END = struct.Struct("<4s4H2LH")


def _is_plain(info: zipfile.ZipInfo) -> bool:
    """Whether the versions that a zip says it needs are those of a stored file."""
    return (info.create_version, info.extract_version, info.extra) == (20, 20, b"")


# what reading something that was altered may end in
_BROKEN = (
    OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError,
    AssertionError, RuntimeError, RecursionError, StopIteration, csv.Error,
)  # fmt: skip


class _Slice(io.RawIOBase):
    """A part of a file; several of them are read side by side."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._at, self._end = file, start, start + size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._at)
        data = self._file.read(min(len(buffer), self._end - self._at))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def typed(column: str, cell: str) -> Any:
    """A cell's value; an empty cell is null."""
    return type_of(column)(cell) if cell else None


def type_of(column: str) -> Callable[[str], Any]:
    """How a column's cells are read: its name says so.

    A text that a spreadsheet might run, or that begins so itself, has one apostrophe in front, and
    so has an empty text.
    """
    if column.endswith(("_at", "_at_invoiced", "_from", "_until")):
        return datetime.fromisoformat
    if column.endswith(("_count", "_number")):
        return int
    if column.startswith(("amount", "unit_price", "percent")) or column in _DECIMALS:
        return _decimal
    return _TRUTHS.__getitem__ if column.startswith("is_") else _text


_DECIMALS = {"quantity", "value", "each"}
_TRUTHS = {"true": True, "false": False}


def _decimal(cell: str) -> Decimal:
    """Read a number as it is written here: `1E999999999` would fill any memory."""
    if not _NUMBER.fullmatch(cell):
        raise ValueError(f"{cell[:40]!r} is no number")
    return Decimal(cell)


_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)


def _text(cell: str) -> str:
    return cell[1:] if cell[0] == "'" else cell


def stated(value: Any) -> str:
    """A value in words."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return "nothing" if value is None else f"{value}"


def digest(data: bytes) -> str:
    """`sha256:` and 64 hex digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def canonical(document: Any, *, sort_keys: bool = False) -> bytes:
    """JSON in the one way in which documents are hashed."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=sort_keys, separators=(",", ":"))
    return text.encode()


# --- an evidence pack: its bytes ------------------------------------------------------------------


def altered(pack: Pack) -> Iterator[Difference]:
    """Yield each member that is not what the manifest lists: altered, added, or out of order."""
    if pack.read(MANIFEST) != canonical(pack.manifest) or pack.manifest["format"] != FORMAT:
        yield Difference(MANIFEST, "", "altered; it is not as Recount writes it")
    if not pack.ends_as_written():
        yield Difference("the pack", "", "altered; its end is not as Recount writes it")
    names = pack.names
    for name, in_order in zip(names, sorted(names), strict=True):
        if name != in_order:
            yield Difference(name, "", "out of order; members are ordered by name")
    for name in names:
        size, rows, sha256, checksum = _measured(pack, name)
        is_listed = name in pack.listed or name == MANIFEST
        if not is_listed:
            yield Difference(name, "", "added; the manifest does not list it")
        found = {"name": name, "sha256": sha256, "bytes": size, "rows": rows}
        if name in pack.listed and pack.listed[name] != found:
            yield Difference(name, "", "altered; it is not what the manifest lists")
        elif is_listed and not pack.is_as_written(name, checksum):
            yield Difference(name, "", "altered; the zip's own record of it is not as written")
    for name in sorted(pack.listed.keys() - {*names}):
        yield Difference(name, "", "missing; the manifest lists it")
    if [each["name"] for each in pack.manifest["members"]] != sorted(pack.listed):
        yield Difference(MANIFEST, "", "lists members out of order, or twice")


def _measured(pack: Pack, name: str) -> tuple[int, int | None, str, int]:
    """Size, rows below the heading, hash and checksum of a member, in flat memory."""
    size, lines, quotes, checksum, hashed = 0, 0, 0, 0, hashlib.sha256()
    with pack.opened(name) as member:
        while piece := member.read(_PIECE):
            size += len(piece)
            hashed.update(piece)
            checksum = zlib.crc32(piece, checksum)
            for part in piece.split(b'"'):
                # a line that ends inside quotes is none
                lines += part.count(b"\n") if quotes % 2 == 0 else 0
                quotes += 1
            quotes -= 1
    rows = lines - 1 if name.endswith(".csv") else None
    return size, rows, "sha256:" + hashed.hexdigest(), checksum


# --- an evidence pack: what it says ---------------------------------------------------------------

_SIDE = ("outcome", "counted_by")
_CANDIDATE = (*_SIDE, "subject_id", "candidate_event_id", "concluded_at")
# By what a row of each member is known; what else it says is compared.
KEYS: Mapping[str, tuple[str, ...]] = {
    "candidates": _CANDIDATE,
    "clause_verdicts": (*_CANDIDATE, "clause_number"),
    "determinations": (*_SIDE, "subject_id"),
    "reconciliation_lines": ("outcome", "subject_id", "invoice_id", "line_id", "line_number"),
    "verdict_totals": (*_SIDE, "judged", "verdict"),
    "line_totals": ("outcome", "line_kind", "match_status", "reason", "gap_part"),
    "outcomes": ("outcome",),
    "charges": ("basis", "term", "tier"),
    "performance": ("term",),
    "performance_intervals": ("term", "interval_name"),
    "bands": ("term", "band_number"),
}
_DERIVED = ("candidates", "clause_verdicts", "determinations", "reconciliation_lines")


def recomputed(pack: Pack) -> Iterator[Difference]:
    """Recompute all that a pack says from its evidence and its contract; yield what differs."""
    try:
        run, contract = pack.json("run.json"), pack.json("contract.json")
        terms_ = terms_of(pack, run, contract)
        yield from _bounds(pack, run, terms_)
        yield from _inputs(pack, run)
        month = Month(terms_, _lines_with_subject(pack))
        yield from _by_group(pack, run, month)
        yield from _totals(pack, run, month)
    except _BROKEN as error:
        reason = str(error) or type(error).__name__
        yield Difference("the pack", "", f"cannot be recomputed any further ({reason})")


def terms_of(pack: Pack, run: Mapping[str, Any], contract: Mapping[str, Any]) -> Terms:
    """What a pack's month is recomputed by."""
    left, intervals, boundaries = run["left"], defaultdict(list), defaultdict(list)
    for row in pack.rows("performance_intervals.csv"):
        intervals[row["term"]].append((row["starts_at"], row["ends_at"]))
    for row in pack.rows("bands.csv"):
        last = row["last_concluded_at"], row["last_event_id"].encode()
        boundaries[row["term"]].append((row["each"], last))
    credits_ = left["credits"] or {"opening": "0", "bought": "0", "price": "0"}
    return Terms(
        contract=contract,
        period=run["period"],
        as_of=datetime.fromisoformat(run["as_of"]),
        minor_units=run["minor_units"],
        counts_from={k: datetime.fromisoformat(v) for k, v in run["counts_from"].items()},
        periods=[(r["period"], r["starts_at"], r["ends_at"]) for r in pack.rows("periods.csv")],
        coverage={
            row["event_type"]: Coverage(row["observed_from"], row["observed_until"])
            for row in pack.rows("coverage.csv")
        },
        left=Left(
            Decimal(left["annual"]["opening"]) if left["annual"] else None,
            Decimal(credits_["opening"]) + Decimal(credits_["bought"]),
            Decimal(credits_["price"]),
        ),
        intervals={
            name: sorted(intervals[name]) for name in performance_terms(contract["pricing"])
        },
        boundaries=boundaries,
    )


def _bounds(pack: Pack, run: Mapping[str, Any], terms_: Terms) -> Iterator[Difference]:
    """See that months follow each other, and that the month and its intervals lie in them."""
    contract = terms_.contract
    for (_, _, ends_at), (name, starts_at, _) in pairwise(terms_.periods):
        if starts_at != ends_at:
            yield Difference("periods.csv", name, "does not begin where the month before it ends")
    own = {name: (starts_at, ends_at) for name, starts_at, ends_at in terms_.periods}
    starts_at, ends_at = (
        datetime.fromisoformat(run[f"period_{of}_at"]) for of in ("starts", "ends")
    )
    final_from = ends_at + duration(contract["settlement"]["final_after"])
    expected = {
        "the month's bounds": (own.get(terms_.period), (starts_at, ends_at)),
        "final_from": (datetime.fromisoformat(run["final_from"]), final_from),
        "contract_sha256": (run["contract_sha256"], digest(pack.read("contract.json"))),
    }
    for what, (said, is_so) in expected.items():
        if said != is_so:
            yield Difference("run.json", what, f"is {said}, and must be {is_so}")
    for name, intervals in terms_.intervals.items():
        edges = [starts_at, *(edge for pair in intervals for edge in pair), ends_at]
        if any(a != b for a, b in zip(edges[::2], edges[1::2], strict=True)):
            yield Difference("performance_intervals.csv", name, "does not divide the month")


def _inputs(pack: Pack, run: Mapping[str, Any]) -> Iterator[Difference]:
    """See that the landed manifests are those whose digests the statement has."""
    statement, found = pack.json("statement.json"), {}
    for each in pack.json("landed.json"):
        is_so = digest(canonical(each["content"], sort_keys=True))
        found[each["source"], each["stream"]] = is_so
        if is_so != each["digest"]:
            where = f"{each['source']} {each['stream']}"
            yield Difference("landed.json", where, f"has the digest {is_so}")
    inputs = {}
    for source, streams in run["streams"].items():
        digests = {stream: found.get((source, stream)) for stream in streams}
        if digests:
            (*_, last) = digests.values()
            inputs[source] = last if len(digests) == 1 else digest(canonical(digests))
    if run["earlier_months"] is not None:
        inputs["earlier_months"] = digest(canonical(run["earlier_months"]["settled"]))
    yield from _leaves("statement.json", statement["inputs"], inputs, "inputs")


def _lines_with_subject(pack: Pack) -> Counter[str]:
    lines = pack.rows("invoice_lines.csv")
    return Counter(line["outcome"] for line in lines if line["subject_id"] is not None)


class Sorted:
    """The rows of a member that are in order of their link group, one group after the other."""

    def __init__(self, pack: Pack, name: str) -> None:
        """Begin before the first row."""
        self.name, self._rows = name, enumerate(pack.rows(f"{name}.csv"), start=1)
        self.head = next(self._rows, None)

    @property
    def group(self) -> str | None:
        """The group that comes next; None behind the last."""
        return (self.head[1]["link_group"] or "") if self.head else None

    def take(self, group: str, problems: list[Difference]) -> list[Row]:
        """The rows of a group, where it is the one that comes next; Difference if it was before."""
        rows = []
        while self.head and self.group == group:
            rows.append(self.head[1])
            self.head = next(self._rows, None)
        if self.head and (self.group or "") < group:
            where = f"row {self.head[0]}"
            problems.append(Difference(f"{self.name}.csv", where, "is out of order"))
        return rows


def _by_group(pack: Pack, run: Mapping[str, Any], month: Month) -> Iterator[Difference]:
    """Recompute one link group after the other: of the pack no more than one is in memory."""
    evidence = {name: Sorted(pack, name) for name in ("subjects", "events", "invoice_lines")}
    derived = {name: Sorted(pack, name) for name in _DERIVED}
    streams = [*evidence.values(), *derived.values()]
    while groups := [stream.group for stream in streams if stream.group is not None]:
        group, problems = min(groups), list[Difference]()
        given = {name: stream.take(group, problems) for name, stream in evidence.items()}
        problems += _belongs(given, group)
        problems += _registered(given["events"], run)
        yield from problems
        log = Log(
            dict.fromkeys(map(_event, given["events"])),
            [_subject(row) for row in given["subjects"] if row["subject_type"] is not None],
            month.terms.coverage,
            month.terms.as_of,
        )
        rows = month.add(log, [_billed(row) for row in given["invoice_lines"]])
        for name, stream in derived.items():
            problems = []
            yield from compared(name, rows[name], stream.take(group, problems))
            yield from problems


def _belongs(given: Mapping[str, list[Row]], group: str) -> Iterator[Difference]:
    """See that each row is about somebody of its group: whose events are all in it."""
    keys = {row["subject_id"]: row["requester_key"] for row in given["subjects"]}
    for name, rows in given.items():
        for row in rows:
            subject_id = row["subject_id"]
            own = "" if subject_id is None else f"subject:{subject_id}"
            if group not in (own, f"requester:{keys.get(subject_id)}"):
                yield Difference(f"{name}.csv", f"{subject_id}", f"does not belong to {group}")


def _registered(events: Iterable[Row], run: Mapping[str, Any]) -> Iterator[Difference]:
    """See that an actor whom the contract names has the type that it gives him."""
    for event in events:
        for actor in run["actors"] if event["actor_id"] else ():
            bounds = (actor[f"valid_{of}"] for of in ("from", "until"))
            since, until = (each and datetime.fromisoformat(each) for each in bounds)
            is_then = (since or event["occurred_at"]) <= event["occurred_at"] < (until or FAR)
            is_he = actor["actor_id"] == event["actor_id"] and is_then
            if is_he and actor["actor_type"] != event["actor_type"]:
                says = f"was done by {event['actor_id']}, who is {actor['actor_type']} by contract"
                yield Difference("events.csv", event["event_id"], says)


def _event(row: Row) -> Event:
    return Event(
        row["event_id"], row["subject_id"], row["subject_type"], row["event_type"],
        row["occurred_at"], row["actor_type"], row["value"], row["unit"],
    )  # fmt: skip


def _subject(row: Row) -> Subject:
    named = ("queue", "channel", "tier", "language", "department")
    attributes = {name: row[name] for name in named}
    if row["is_test"] is not None:
        attributes["is_test"] = _word(row["is_test"])
    attributes |= json.loads(row["attributes"] or "{}")
    return Subject(
        row["subject_id"], row["subject_type"], row["opened_at"], row["requester_key"], attributes
    )


def _billed(row: Row) -> Billed:
    return Billed(
        row["line_number"], row["invoice_id"], row["line_id"], row["subject_id"], row["outcome"],
        row["quantity"], row["unit_price"], row["amount"], row["concluded_at"],
        row["is_taken_back"], row["is_unclear"],
    )  # fmt: skip


def compared(name: str, ours: Iterable[Row], theirs: Iterable[Row]) -> Iterator[Difference]:
    """Yield each row of a member that says something else, is missing, or is too many."""
    key = KEYS[name]
    expected = {tuple(row[column] for column in key): row for row in ours}
    for row in theirs:
        known = tuple(row[column] for column in key)
        must = expected.pop(known, None)
        if must is None:
            yield Difference(f"{name}.csv", _row_of(known), "does not follow from the evidence")
            continue
        for column, value in must.items():
            if row[column] != value:
                says = f"{column} is {stated(row[column])}, and must be {stated(value)}"
                yield Difference(f"{name}.csv", _row_of(known), says)
    for known in expected:
        says = "is missing, and follows from the evidence"
        yield Difference(f"{name}.csv", _row_of(known), says)


def _row_of(known: Iterable[Any]) -> str:
    return ", ".join(stated(value) for value in known if value is not None)


def _totals(pack: Pack, run: Mapping[str, Any], month: Month) -> Iterator[Difference]:
    """Compare what the rows add up to with all that is stated of it."""
    found = figures(month, datetime.fromisoformat(run["final_from"]))
    sides = {
        "verdict_totals": [
            dict(zip(KEYS["verdict_totals"], key, strict=True)) | {"verdict_count": count}
            for key, count in month.verdicts.items()
        ],
        "line_totals": [
            dict(zip(KEYS["line_totals"], key, strict=True))
            | {"line_count": total[0], "quantity": total[1], "amount_invoiced": total[2]}
            | {"amount_of_gap": total[3]}
            for key, total in month.line_totals.items()
        ],
        "outcomes": [{"outcome": name} | row for name, row in found.outcomes.items()],
        "charges": charge_rows(month, found),
        "performance": [{"term": name} | row for name, row in found.performance.items()],
        "performance_intervals": _interval_rows(pack, month),
        "bands": _band_rows(pack, month),
    }
    for name, ours in sides.items():
        yield from compared(name, ours, pack.rows(f"{name}.csv"))
    statement, findings = pack.json("statement.json"), pack.json("findings.json")
    holds = any(finding["severity"] == "hold" for finding in findings)
    must = statement_of(month, found, run, holds)
    must |= {"as_of": run["as_of"], "final_from": run["final_from"], "findings": findings}
    yield from _leaves("statement.json", {k: statement.get(k) for k in must}, must)
    unknown = statement.keys() - must.keys() - _NOT_RECOMPUTED
    for key in sorted(unknown):
        yield Difference("statement.json", key, "is nothing that a statement says")
    yield from _leaves("control_totals.json", *_control(pack, month, found))


# what a statement says beside its figures: a sentence, what came in, and what became of it later
_NOT_RECOMPUTED = {"because", "inputs", "corrects", "notice", "evidence"}


def _interval_rows(pack: Pack, month: Month) -> Iterator[Row]:
    for name, shares in _shares(month, "recounted").items():
        term = performance_terms(month.pricing)[name]
        bounds = sorted(
            (row["starts_at"], row["ends_at"], row["interval_name"])
            for row in pack.rows("performance_intervals.csv")
            if row["term"] == name
        )
        for (starts_at, ends_at, interval), share in zip(bounds, shares, strict=True):
            can_be = share.judged and "at_least" in term
            yield {
                "term": name, "interval_name": interval, "starts_at": starts_at,
                "ends_at": ends_at, "met_count": share.met, "judged_count": share.judged,
                "is_reached": _is_reached(term, share) if can_be else None,
            }  # fmt: skip


def _band_rows(pack: Pack, month: Month) -> Iterator[Row]:
    """What each place costs, and how many outcomes the pass counted there, as both must be."""
    for name, price in terms(month.pricing).items():
        if name in month.pricing.get("usage", {}) or "percent_of_value" in price:
            continue
        found = placed(month.pricing, price, month.terms.left)
        met = int(month.sums[name, "met"])
        expected = places_in_bands(found, met, is_volume="volume" in price)
        must = [(each, count) for each, count in expected if count]
        for number_, (each, count) in enumerate(must):
            passed = int(month.sums[name, f"band {number_}"])
            is_so = passed == count and not month.sums[name, "band beyond"]
            yield {
                "term": name, "band_number": number_ + 1, "each": each,
                "outcome_count": count if is_so else f"{count}, and {passed} come before its last",
            }  # fmt: skip


def _control(pack: Pack, month: Month, found: Figures) -> tuple[Row, Row]:
    """Those control totals that the pack can show, as they are stated and as they must be."""
    placed_ = [total for (_, kind, *_), total in month.line_totals.items() if kind != "recount"]
    lines = sum(total[0] for total in placed_)
    amount = f"{sum((total[2] for total in placed_), NOTHING).quantize(MILLIONTH):f}"
    determined_ = sum(
        count
        for (_, counted_by, judged, _), count in month.verdicts.items()
        if counted_by == "buyer" and judged == "determination"
    )
    must = {
        "line_staged_count": lines, "line_placed_count": lines, "amount_staged": amount,
        "amount_placed": amount, "determination_count": determined_,
    }  # fmt: skip
    said = pack.json("control_totals.json")
    return {name: said.get(name) for name in must}, must


def _leaves(member: str, said: Any, must: Any, path: str = "") -> Iterator[Difference]:
    """Yield each figure of a document that is another, key by key."""
    if isinstance(said, dict) and isinstance(must, dict):
        for key in [*must, *(key for key in said if key not in must)]:
            below = f"{path}.{key}" if path else key
            yield from _leaves(member, said.get(key), must.get(key), below)
    elif said != must:
        yield Difference(member, path, f"is {stated(said)}, and must be {stated(must)}")


# --- packs, and the chain of them -----------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """What came of checking a pack: `proven`, `differs` or `unreadable`."""

    pack: str
    result: str
    because: str | None = None
    differences: Sequence[Difference] = ()
    manifest: str | None = None
    statement: str | None = None
    contract: str | None = None
    period: str | None = None
    as_of: str | None = None
    previous: Mapping[str, Any] | None = None
    settled: Sequence[Mapping[str, Any]] = ()

    @property
    def exit_code(self) -> int:
        """0 proven, 1 differs, 2 unreadable."""
        return ("proven", "differs", "unreadable").index(self.result)

    def as_json(self) -> Row:
        """The report as scripts read it."""
        return {
            "pack": self.pack, "result": self.result, "because": self.because,
            "contract": self.contract, "period": self.period, "as_of": self.as_of,
            "manifest": self.manifest, "previous": self.previous,
            "differences": [
                {"member": each.member, "where": each.where, "says": each.says}
                for each in self.differences
            ],
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """The report as people read it."""
        if self.result == "unreadable":
            yield f"unreadable: {self.because}"
            return
        yield f"{self.result}: {self.pack}"
        yield f"  {self.contract} {self.period} as of {self.as_of}, manifest {self.manifest}"
        before = self.previous and f"follows {self.previous['period']} {self.previous['sha256']}"
        yield f"  {before or 'is the first of its chain'}"
        for difference in self.differences:
            yield f"  {difference}"


def verify(path: str, name: str | None = None) -> Report:
    """Check a pack: its bytes, and everything that it says; `name` is what people call it."""
    name = name or path
    try:
        with open(path, "rb") as file:
            return _checked(Pack(file), name)
    except OSError as error:
        return Report(name, "unreadable", f"{name} cannot be read ({error.strerror})")
    except Unreadable as error:
        return Report(name, "unreadable", f"{name} {error}")
    except _BROKEN as error:
        return Report(name, "unreadable", f"{name} is no evidence pack ({error})")


def _checked(pack: Pack, name: str) -> Report:
    differences = [*altered(pack), *recomputed(pack)]
    manifest, earlier = pack.manifest, pack.json("run.json")["earlier_months"]
    return Report(
        pack=name,
        result="differs" if differences else "proven",
        differences=differences,
        manifest=digest(pack.read(MANIFEST)),
        statement=digest(pack.read("statement.json")),
        **{key: manifest[key] for key in ("contract", "period", "as_of", "previous")},
        settled=earlier["settled"] if earlier else (),
    )


def chained(reports: Sequence[Report]) -> list[Report]:
    """Add to each report what differs between its pack and those before it, as far as at hand."""
    result = []
    for each in reports:
        found = list(each.differences)
        links = [("the pack before", each.previous, "manifest", "sha256")] if each.previous else []
        links += [("a month before", month, "statement", "statement") for month in each.settled]
        for what, link, of, key in links:
            month = each.contract, link["period"], link["as_of"]
            before = [r for r in reports if (r.contract, r.period, r.as_of) == month]
            if before and link[key] not in {getattr(r, of) for r in before}:
                says = f"names another {of} of {link['period']} than {before[0].pack} has"
                found.append(Difference(MANIFEST, what, says))
        if each.result == "unreadable" or len(found) == len(each.differences):
            result.append(each)
        else:
            result.append(replace(each, result="differs", differences=found))
    return result


def main(packs: Sequence[str]) -> int:
    """Check packs from the command line; several of one contract are checked as a chain too."""
    if not packs:
        print("write: python3 evaluator.py PACK [EARLIER_PACK ...]", file=sys.stderr)
        return 2
    reports = chained([verify(path) for path in packs])
    for report in reports:
        for line in report.lines():
            print(line, file=sys.stderr if report.result == "unreadable" else sys.stdout)
    return max(report.exit_code for report in reports)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
