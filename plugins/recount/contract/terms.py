"""What follows from a count: tolerance, rights, settlement, and who is told (DESIGN 8)."""

from datetime import date, timedelta
from typing import Literal

from pydantic import Field, model_validator

from recount.contract.business_days import (
    BusinessCalendar,
    BusinessDays,
    DurationOrBusinessDays,
)
from recount.contract.numbers import Money, Percent, Truth
from recount.contract.part import Part, refuse
from recount.contract.texts import Address, Line, Prose
from recount.contract.times import Day, Duration
from recount.contract.vocabulary import PartyType


class Tolerance(Part):
    """How much over-invoicing the contract lets pass."""

    percent: Percent
    """The share in percent; only above it is anything disputed."""
    of: Literal["invoiced", "recounted", "larger"]
    """What the share is taken of: the vendor's figure, ours, or the larger one."""
    measure: Literal["count", "amount", "either"] = "count"
    """Whether outcomes are compared, money, or both (then either may exceed)."""
    at_least: Money | None = None
    """What passes in any case, quoted: over-invoicing up to this amount is never above it."""
    at_most: Money | None = None
    """The most that passes, quoted: over-invoicing of more is above it, whatever its share."""
    per: Literal["total", "outcome"] = "total"
    """Whether all outcomes are tested together, or each by itself (then any may exceed)."""

    @model_validator(mode="after")
    def _has_room(self) -> "Tolerance":
        if None not in (self.at_least, self.at_most) and self.at_least > self.at_most:  # type: ignore[operator]
            raise refuse("at_least is above at_most; correct one", "at_least")
        return self


class Rights(Part):
    """What the contract lets the buyer do; a right that is left out is not there."""

    reclassify: Truth = False
    """Above the tolerance the buyer's count is what is paid; without it, only a query is sent."""
    raw_event_export: Truth = False
    """The vendor gives its events as they are, so that its count can be computed again."""
    counterfactual_replay: Truth = False
    """The buyer may compute a month again under other terms, and show it."""
    set_off: Truth = False
    """What was not invoiced may be set against what was over-invoiced."""


class Settlement(Part):
    """When a month becomes final, and what then happens to what nobody can prove."""

    final_after: Duration
    """The time after a month's end from which its statement can be final."""
    dispute_within: DurationOrBusinessDays | None = None
    """The time after the invoice's date within which the contract lets the buyer dispute."""
    business_days: BusinessCalendar | None = None
    """Which days are business days; needed where `dispute_within` counts them."""
    corrections_within: Duration | None = None
    """The time from when a month can be final in which what arrives later still corrects it."""
    unverifiable: Literal["accept", "query", "dispute"]
    """What happens to an invoiced outcome that no log can prove; there is no default."""

    @model_validator(mode="after")
    def _knows_its_days(self) -> "Settlement":
        counts_them = isinstance(self.dispute_within, BusinessDays)
        if counts_them and self.business_days is None:
            because = "which days are holidays is missing; add business_days: {holidays: [...]}"
            raise refuse(because, "dispute_within")
        if self.business_days is not None and not counts_them:
            because = "nothing counts business days; write dispute_within: 10 business days"
            raise refuse(because, "business_days")
        return self

    def dispute_by(self, issued_on: date) -> date | None:
        """Return the last day for a dispute of an invoice; None where the contract has none."""
        if isinstance(self.dispute_within, BusinessDays):
            assert self.business_days is not None
            return self.business_days.after(issued_on, self.dispute_within)
        return issued_on + self.dispute_within if self.dispute_within else None

    @property
    def least_time_for_a_dispute(self) -> timedelta | None:
        """The shortest time after an invoice's date in which it can be disputed."""
        if isinstance(self.dispute_within, BusinessDays):
            assert self.business_days is not None
            return self.business_days.at_least(self.dispute_within)
        return self.dispute_within


class Exit(Part):
    """How the buyer can leave before the term ends."""

    notice: Duration
    """The time between giving notice and the end."""
    growth: Percent | None = None
    """By how many percent the vendor's count may grow in a year before somebody should look."""


class Signatory(Part):
    """A person who agreed to this version."""

    party: PartyType
    """The side that the person signs for."""
    name: Line
    """The person's name."""
    on: Day
    """The date of the signature."""


class Regulation(Part):
    """A rule that the service is under, and what somebody found when looking whether it is kept."""

    says: Prose
    """What has to be kept, such as which law or policy."""
    adherence: Literal["kept", "broken", "unchecked"]
    """Whether it is; recorded and reported, and nothing of a statement depends on it."""
    checked_on: Day | None = None
    """The day on which somebody looked."""
    checked_by: Line | None = None
    """Who looked."""
    evidence: Line | None = None
    """The document that shows it, as both sides know it."""

    @model_validator(mode="after")
    def _was_checked(self) -> "Regulation":
        for key in ("checked_on", "checked_by"):
            if self.adherence != "unchecked" and getattr(self, key) is None:
                raise refuse(f"{self.adherence} needs {key}: say who looked, and when", "adherence")
        return self


class Waiver(Part):
    """Something that the lint found and a person accepted, until a date."""

    lint: Line
    """The lint's name, as `recount contract check` prints it."""
    at: Line
    """The place, as it is printed, such as outcomes.interaction."""
    because: Prose
    """Why it is accepted."""
    accepted_by: Line
    """Who accepted it."""
    expires_on: Day
    """The last day on which the waiver holds."""


class Notify(Part):
    """Who is told what, and whether a person must approve first."""

    finance: tuple[Address, ...] = Field(min_length=1)
    """Who pays: told the result of each statement, and the one thing to do."""
    operations: tuple[Address, ...] = ()
    """Who keeps it running: told of a run that failed and of an invoice that is missing."""
    vendor: tuple[Address, ...] = ()
    """Who gets the dispute notice."""
    approval: Literal["required", "automatic"] = "required"
    """Whether a notice waits until a person approves it."""
