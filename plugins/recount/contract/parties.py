"""Who and what a contract is between: parties, systems, actors, and the days it holds."""

from datetime import date
from typing import Any

from pydantic import ConfigDict, Field, model_validator

from recount.contract.part import Part, refuse
from recount.contract.texts import ElectronicAddress, Line, Name
from recount.contract.times import Day
from recount.contract.vocabulary import PartyType

_NO_DAYS = "until is not after from, so no day is left; correct one"


class Effective(Part):
    """The days on which a version holds; half-open."""

    from_: Day = Field(alias="from")
    """The first day."""
    until: Day | None = None
    """The day after the last one; open-ended where this is left out."""

    @model_validator(mode="after")
    def _has_days(self) -> "Effective":
        if self.until is not None and self.until <= self.from_:
            raise refuse(_NO_DAYS, "until")
        return self

    def holds(self, day: date) -> bool:
        """Say whether the version is in force on a day."""
        return self.from_ <= day and (self.until is None or day < self.until)


class ElectronicAddresses(Part):
    """Where each side gets e-invoices and the answers to them, as Peppol names participants."""

    buyer: ElectronicAddress
    """The buyer's, quoted, such as "0088:7300010000001"."""
    vendor: ElectronicAddress
    """The vendor's, quoted."""


class Parties(Part):
    """The two sides."""

    buyer: Line
    """Who pays."""
    vendor: Line
    """Who bills."""
    electronic_addresses: ElectronicAddresses | None = None
    """With these, a notice also comes as a Peppol invoice response."""


class Source(Part):
    """A system that shows events or the invoice; further keys are the system's own settings."""

    model_config = ConfigDict(extra="allow")

    system: Name
    """The kind of system, such as event_log or recount_csv."""
    party: PartyType = "buyer"
    """Whose system it is; evidence of the vendor's alone is no evidence."""

    @property
    def settings(self) -> dict[str, Any]:
        """The further keys as the file has them; the system's connector types them."""
        return dict(self.model_extra or {})


class Actor(Part):
    """One id that acts, and since and until when it did so as this type."""

    id: Line
    """The id as the source writes it."""
    from_: Day | None = Field(default=None, alias="from")
    """The first day, from midnight in the contract's zone."""
    until: Day | None = None
    """The day after the last one."""

    @model_validator(mode="after")
    def _has_days(self) -> "Actor":
        if self.from_ and self.until and self.until <= self.from_:
            raise refuse(_NO_DAYS, "until")
        return self

    def overlaps(self, later: "Actor") -> bool:
        """Say whether an actor that does not begin before this one begins before this one ends."""
        return not (self.until and later.from_ and self.until <= later.from_)
