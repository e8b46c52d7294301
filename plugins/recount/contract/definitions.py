"""What counts as an outcome: patterns of events, clauses, definitions (DESIGN 4 and 5)."""

from datetime import timedelta
from itertools import combinations
from typing import Literal, NamedTuple

from pydantic import ConfigDict, Field, model_validator

from recount.contract.numbers import Bound, Truth
from recount.contract.part import Part, refuse
from recount.contract.texts import EventType, Line, Name, OneOrMore, Prose
from recount.contract.times import Duration
from recount.contract.vocabulary import ActorType, SubjectType

WindowKind = Literal["within", "until_concluded", "session", "concluding_event"]
_WINDOWS = ("within", "until", "session")


class Window(NamedTuple):
    """When an event of a clause may lie; `length` is null where the kind needs none."""

    kind: WindowKind
    length: timedelta | None = None


class ConcludedBy(Part):
    """The events that conclude a subject; each one is a candidate."""

    event: OneOrMore[EventType]
    """One event type, or several of which any concludes."""
    by: OneOrMore[ActorType] | None = None
    """Who must have done it; anybody where this is left out."""


class Pattern(ConcludedBy):
    """Which events a clause is about; without a window it is the concluding event itself."""

    model_config = ConfigDict(
        json_schema_extra={
            "not": {"anyOf": [{"required": list(two)} for two in combinations(_WINDOWS, 2)]}
        }
    )

    at_least: Bound | None = None
    """The lowest value that is good, such as 4; an event without a value never is."""
    at_most: Bound | None = None
    """The highest value that is good."""
    unit: Name | None = None
    """The unit of the bounds: score_of_5, minutes, or a currency; another unit is never good."""
    link: Literal["subject", "requester"] = "subject"
    """Whose events: the subject's own, or those of any subject of the same requester."""
    within: Duration | None = None
    """The time after the conclusion, such as 14 days; its last instant still counts."""
    until: Literal["concluded"] | None = None
    """From the opening of the subject until just before the conclusion."""
    session: Duration | None = None
    """The run of events around the conclusion that has no gap longer than this."""
    pick: Literal["any", "first", "last"] | None = None
    """Which event of the pattern must be good, for `requires`; any where this is left out."""

    @model_validator(mode="after")
    def _fits_together(self) -> "Pattern":
        bounds = (self.at_least, self.at_most)
        if None not in bounds and self.at_least > self.at_most:  # type: ignore[operator]
            raise refuse("no value is at least this and at most that; correct one", "at_least")
        if self.unit is not None and bounds == (None, None):
            raise refuse("a unit needs at_least or at_most beside it; add one", "unit")
        windows = [key for key in _WINDOWS if getattr(self, key) is not None]
        if len(windows) > 1:
            raise refuse(f"{' and '.join(windows)} stand together; write one window", windows[1])
        return self

    @property
    def window(self) -> Window:
        """The window of the pattern."""
        if self.within is not None:
            return Window("within", self.within)
        if self.session is not None:
            return Window("session", self.session)
        return Window("until_concluded" if self.until else "concluding_event")

    def always_fits(self, concluded_by: ConcludedBy) -> bool:
        """Say whether every concluding event is one of the pattern, so that none can be missing."""
        is_about_conclusion = self.window.kind == "concluding_event" and self.link == "subject"
        has_events = set(concluded_by.event) <= set(self.event)
        has_actors = not self.by or (concluded_by.by and set(concluded_by.by) <= set(self.by))
        return bool(is_about_conclusion and has_events and has_actors)


class Clause(Part):
    """One condition of a definition, with a verdict of its own: exactly one of the two verbs."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["requires"]}, {"required": ["forbids"]}]}
    )

    requires: Pattern | None = None
    """An event that must have happened."""
    forbids: Pattern | None = None
    """An event that must not have happened."""
    if_missing: Literal["not_met", "met", "unverifiable"] | None = None
    """The verdict of `requires` when no event of the pattern came; there is no default."""

    @model_validator(mode="after")
    def _has_one_verb(self) -> "Clause":
        if (self.requires is None) == (self.forbids is None):
            raise refuse("a clause has one verb; write either requires or forbids")
        if self.forbids and self.if_missing:
            raise refuse("only requires can miss an event; remove it", "if_missing")
        if self.forbids and self.forbids.pick:
            raise refuse("forbids is about any event; remove it", "forbids", "pick")
        return self

    @property
    def verb(self) -> Literal["requires", "forbids"]:
        """Which of the two verbs the clause has."""
        return "forbids" if self.forbids else "requires"

    @property
    def pattern(self) -> Pattern:
        """The events that the clause is about."""
        pattern = self.forbids or self.requires
        assert pattern is not None  # _has_one_verb
        return pattern


class Definition(Part):
    """An outcome as one side counts it: a conclusion, and clauses that must all be met."""

    concluded_by: ConcludedBy
    """The events that conclude a subject; each one is a candidate."""
    clauses: dict[Name, Clause] = Field(default_factory=dict)
    """The conditions, each under a name; the first that fails is the reason that people read."""

    @model_validator(mode="after")
    def _decides_what_is_missing(self) -> "Definition":
        for name, clause in self.clauses.items():
            needs_verdict = clause.requires and not clause.requires.always_fits(self.concluded_by)
            if needs_verdict and clause.if_missing is None:
                raise refuse(
                    "if_missing is missing; say whether the clause is not_met, met or unverifiable "
                    "when no such event came (there is no default)",
                    *("clauses", name),
                )
        return self


class Scope(Part):
    """Which subjects count; a subject must fit every filter that is given."""

    queue: OneOrMore[Line] | None = None
    """The queues (groups, inboxes) whose subjects count."""
    channel: OneOrMore[Line] | None = None
    """The channels whose subjects count."""
    tier: OneOrMore[Line] | None = None
    """The tiers (priorities) whose subjects count."""
    language: OneOrMore[Line] | None = None
    """The languages whose subjects count."""
    department: OneOrMore[Line] | None = None
    """The departments whose subjects count."""
    is_test: OneOrMore[Truth] | None = None
    """Whether test subjects count: false leaves them out."""
    attributes: dict[Line, OneOrMore[Line]] = Field(default_factory=dict)
    """Filters on further attributes of a subject, by the source's own name of each."""

    @model_validator(mode="after")
    def _names_each_filter_once(self) -> "Scope":
        for name in self.attributes:
            if name in Scope.model_fields:
                because = f"{name} is a filter of its own; move it up beside attributes"
                raise refuse(because, "attributes", name)
        return self


class Outcome(Definition):
    """A business result that the vendor bills, as the buyer and the vendor agreed on it."""

    says: Prose
    """The definition in one plain sentence; mails and documents print it."""
    subject: SubjectType
    """What the outcome happens to."""
    scope: Scope = Field(default_factory=Scope)
    """Which subjects count; all of the subject's type where this is left out."""
    count_once_per: Literal["subject", "period"] = "subject"
    """Whether a subject can be an outcome once ever, or once in each month."""
    counts_in: Literal["concluded", "matured"] = "concluded"
    """The month of the conclusion, or of the end of the last window."""
    merged: Literal["stay"] = "stay"
    """A merged subject stays itself."""
    vendor_says: Definition | None = None
    """The vendor's own definition; it explains a gap, and never decides."""
