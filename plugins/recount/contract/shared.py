"""What the months of a contract share: a year's ceiling, credits bought in advance, and escrow."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from recount.contract.numbers import Money, MonthNumber, Percent, Quantity
from recount.contract.part import Part, refuse
from recount.contract.texts import Name, written_as
from recount.contract.times import Day

_PERIOD = "(19|[2-9][0-9])[0-9]{2}-(0[1-9]|1[0-2])"

PeriodName = Annotated[
    str,
    BeforeValidator(written_as(_PERIOD, "no month; write for example 2026-10")),
    WithJsonSchema({"type": "string", "pattern": f"^({_PERIOD})$"}),
]


class AnnualTakenOver(Part):
    """What a contract year had cost before Recount counted its months."""

    before: PeriodName
    """The first month that is counted, such as 2026-10; only in its own year does it matter."""
    settled: Money
    """What the months before it cost as they were settled, quoted."""


class Annual(Part):
    """The most that a contract year costs."""

    ceiling: Money
    """What the months of a year cost together at most, quoted."""
    starts_in: MonthNumber
    """The month in which each year begins, from 1 to 12."""
    taken_over: AnnualTakenOver | None = None
    """What was settled before the first month that is counted."""


class Lot(Part):
    """Credits that were bought together."""

    on: Day
    """The day of the purchase; its month is billed for it, and can draw on it already."""
    credits: Quantity
    """How many credits they are."""
    price: Money
    """What they cost together, quoted."""
    expires_on: Day | None = None
    """The day from which they are gone; a month that has begun before can draw on them."""

    @model_validator(mode="after")
    def _has_days(self) -> "Lot":
        if self.expires_on is not None and self.expires_on <= self.on:
            raise refuse("expires_on is not after on, so no day is left; correct one", "expires_on")
        return self


class CreditsTakenOver(Part):
    """What was drawn before Recount counted the months."""

    before: PeriodName
    """The first month that is counted, such as 2026-10."""
    used: Quantity
    """How many credits the months before it drew."""


class Credits(Part):
    """Credits that are bought in advance, of which outcomes and usage draw."""

    bought: tuple[Lot, ...] = Field(min_length=1)
    """The purchases; what expires first is drawn first."""
    each: Money
    """What a credit costs where none is left, quoted."""
    taken_over: CreditsTakenOver | None = None
    """What was drawn before the first month that is counted."""


class Escrow(Part):
    """A share of what each month settles, held back until an outcome's share is reached.

    A month that reaches it releases everything that is held, its own share among it.
    """

    percent: Percent
    """How much of what a month settles is held back, in percent."""
    of: Name
    """The outcome whose share of met determinations is to be reached."""
    at_least: Percent
    """The share in percent that is to be reached; exactly that is reached."""
    since: PeriodName
    """The first month of which Recount counts what is held back, such as 2026-10."""
    opening: Money = Decimal(0)
    """What was held already when that month began, quoted."""
