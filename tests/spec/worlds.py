"""Worlds: contracts and logs that Hypothesis makes, whose instants sit on the boundaries."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from recount.evaluator import Coverage, Event, Line, Subject
from tests.support.cases import MICROSECOND, Case, at, contract_of

MONTH_ENDS = at("2026-02-01 00:00")
CONCLUDED = MONTH_ENDS - timedelta(hours=4)
HOUR = timedelta(hours=1)
LATE = CONCLUDED + timedelta(days=60)
EVENT_TYPES = ("solved", "reopened", "rated", "replied", "contacted")
ACTOR_TYPES = ("ai_agent", "human_agent", "requester", "unknown")
SUBJECTS = ("T1", "T2", "T3")

# Instants a window's length apart, and one microsecond to either side; two months of them.
instants = st.builds(
    lambda hours, month, nudge: CONCLUDED + hours * HOUR + month * timedelta(days=28) + nudge,
    hours=st.sampled_from((-4, -2, -1, 0, 0, 1, 2, 4, 6)),
    month=st.sampled_from((0, 0, 0, 1)),
    nudge=st.sampled_from((timedelta(0), timedelta(0), MICROSECOND, -MICROSECOND)),
)

values = st.sampled_from((None, Decimal("3.9999"), Decimal(4), Decimal("4.0001"), Decimal(5)))
units = st.sampled_from((None, "score_of_5", "minutes"))


def listed(values: Sequence[str]) -> st.SearchStrategy[list[str]]:
    """One or two of the values."""
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


@st.composite
def patterns(draw: st.DrawFn, *, picks: bool) -> dict[str, Any]:
    """A pattern with any window, link, actor and bounds."""
    pattern: dict[str, Any] = {"event": draw(listed(EVENT_TYPES))}
    if draw(st.booleans()):
        pattern["by"] = draw(listed(ACTOR_TYPES))
    pattern.update(draw(st.sampled_from((
        {}, {"within": "2 hours"}, {"within": "2 hours"}, {"within": "4 hours"},
        {"until": "concluded"}, {"session": "1 hour"}, {"session": "2 hours"},
    ))))  # fmt: skip
    if draw(st.booleans()):
        pattern["link"] = draw(st.sampled_from(("subject", "requester")))
    bounds = draw(st.sampled_from(((), ("at_least",), ("at_most",), ("at_least", "at_most"))))
    pattern.update(dict.fromkeys(bounds, "4"))
    if bounds != () and draw(st.booleans()):
        pattern["unit"] = "score_of_5"
    if picks and draw(st.booleans()):
        pattern["pick"] = draw(st.sampled_from(("any", "first", "last")))
    return pattern


@st.composite
def clauses(draw: st.DrawFn) -> dict[str, Any]:
    """One clause of either verb."""
    if draw(st.booleans()):
        return {"forbids": draw(patterns(picks=False))}
    if_missing = draw(st.sampled_from(("met", "not_met", "unverifiable")))
    return {"requires": draw(patterns(picks=True)), "if_missing": if_missing}


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """How one side concludes and which clauses it has."""
    concluded_by: dict[str, Any] = {"event": draw(st.sampled_from(("solved", ["solved", "rated"])))}
    if draw(st.booleans()):
        concluded_by["by"] = "ai_agent"
    some = draw(st.lists(clauses(), max_size=3))
    return {
        "concluded_by": concluded_by,
        "clauses": {f"clause_{number}": clause for number, clause in enumerate(some, start=1)},
    }


@st.composite
def outcomes(draw: st.DrawFn) -> dict[str, Any]:
    """An outcome with any way of counting, a scope or none, a vendor's definition or none."""
    outcome = {
        "says": "An outcome.",
        "subject": "ticket",
        "count_once_per": draw(st.sampled_from(("subject", "period"))),
        "counts_in": draw(st.sampled_from(("concluded", "matured"))),
        **draw(definitions()),
    }
    if draw(st.booleans()):
        outcome["scope"] = {"queue": ["billing"]}
    if draw(st.booleans()):
        outcome["vendor_says"] = draw(definitions())
    return outcome


@st.composite
def events(draw: st.DrawFn, number: int) -> Event:
    """An event whose id does not tell its place in time."""
    prefix = draw(st.sampled_from("abc"))
    return Event(
        event_id=f"{prefix}{number}",
        subject_id=draw(st.sampled_from(SUBJECTS)),
        subject_type="ticket",
        event_type=draw(st.sampled_from(("solved", "solved", *EVENT_TYPES))),
        occurred_at=draw(instants),
        actor_type=draw(st.sampled_from(("ai_agent", "ai_agent", *ACTOR_TYPES))),
        value=draw(values),
        unit=draw(units),
    )


@st.composite
def described(draw: st.DrawFn) -> list[Subject]:
    """Descriptions of some of the subjects; a requester may have several."""
    return [
        Subject(
            subject_id,
            draw(st.sampled_from((*["ticket"] * 6, "call"))),
            draw(st.none() | instants),
            draw(st.sampled_from((None, "R1", "R1", "R2"))),
            {"queue": draw(st.sampled_from((None, *["billing"] * 6, "orders")))},
        )
        for subject_id in draw(st.lists(st.sampled_from(SUBJECTS), unique=True))
    ]


@st.composite
def coverages(draw: st.DrawFn, log: list[Event], as_of: datetime) -> dict[str, Coverage]:
    """What is shown: every type of the log, and any of the others."""
    shown = {event.event_type for event in log}
    shown |= set(draw(st.lists(st.sampled_from(EVENT_TYPES))))
    few = draw(st.tuples(instants))
    return {
        event_type: Coverage(
            draw(st.sampled_from((None, None, None, *few))),
            draw(st.sampled_from((as_of, as_of, *few))),
        )
        for event_type in sorted(shown)
    }


@st.composite
def worlds(draw: st.DrawFn, name: str) -> Case:
    """A contract, a log and an invoice; subjects of the log keep one type."""
    subjects = draw(described())
    types = {subject.subject_id: subject.subject_type for subject in subjects}
    log = [draw(events(number)) for number in range(draw(st.sampled_from((0, 3, 6, 9, 12))))]
    log = [Event(**{**vars(e), "subject_type": types.get(e.subject_id, "ticket")}) for e in log]
    as_of = draw(instants | st.just(LATE) | st.just(LATE))
    billed = draw(st.lists(st.sampled_from((*SUBJECTS, "T9")), max_size=5))
    prices = draw(st.lists(st.sampled_from((Decimal(1), Decimal(2))), min_size=5, max_size=5))
    return Case(
        contract=contract_of(contract=name, outcomes={"resolution": draw(outcomes())}),
        events=log,
        subjects=subjects,
        coverage=draw(coverages(log, as_of)),
        as_of=as_of,
        period=draw(st.sampled_from(("2026-01", "2026-02"))),
        lines=[
            Line(f"L{number}", subject_id, prices[number])
            for number, subject_id in enumerate(billed)
        ],
    )
