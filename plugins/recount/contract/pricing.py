"""What each thing costs by the contract (DESIGN 8): the terms that turn counts into a charge."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from pydantic import ConfigDict, Field, model_validator

from recount.contract.milestones import Milestone
from recount.contract.numbers import Money, Percent, Quantity
from recount.contract.part import Part, refuse
from recount.contract.performance import Performance
from recount.contract.shared import Annual, Credits, Escrow
from recount.contract.texts import EventType, Line, Name, OneOrMore
from recount.contract.times import Duration

PriceModel = Literal["graduated", "volume", "percent_of_value", "credits"]


class Band(Part):
    """The price of some of the units: those up to one of them, or all that are left."""

    up_to: Quantity | None = None
    """The last unit of the band, such as 50; the last band has none."""
    each: Money
    """The price of each unit, quoted: "0.95"."""


class Priced(NamedTuple):
    """One price as a table of bands; `percent` or `credits` stand instead of them."""

    model: PriceModel
    bands: tuple[Band, ...] = ()
    percent: Decimal | None = None
    credits: Decimal | None = None

    @classmethod
    def flat(cls, each: Decimal) -> "Priced":
        """Return the price of which every unit costs the same."""
        return cls("graduated", (Band.model_construct(each=each),))


def _has_one_form(schema: dict[str, Any], of: "type[UnitPrice]") -> None:
    """Say in a JSON Schema what the reader holds a price to."""
    schema["oneOf"] = [{"required": [form]} for form in of._forms()]


class UnitPrice(Part):
    """A price by how many units there are: in one of several ways."""

    model_config = ConfigDict(json_schema_extra=_has_one_form)

    graduated: tuple[Band, ...] | None = Field(None, min_length=1)
    """Bands of units, of which each unit is priced by its own."""
    volume: tuple[Band, ...] | None = Field(None, min_length=1)
    """Bands of units, of which the one that the total reaches prices every unit."""
    credits: Quantity | None = None
    """How many credits each unit draws from those that were bought in advance."""

    @model_validator(mode="after")
    def _has_one_form(self) -> "UnitPrice":
        forms = [name for name in self._forms() if getattr(self, name) is not None]
        if len(forms) != 1:
            found = f"{' and '.join(forms)} stand together" if forms else "there is no price"
            raise refuse(f"{found}; write one of {', '.join(self._forms())}", *forms[1:])
        return self

    @model_validator(mode="after")
    def _has_rising_bands(self) -> "UnitPrice":
        for form in ("graduated", "volume"):
            bands: tuple[Band, ...] = getattr(self, form) or ()
            for number, (before, band) in enumerate(pairwise(bands), start=1):
                if before.up_to is None:
                    because = "only the last band goes on without an end; add up_to to this one"
                    raise refuse(because, form, number - 1)
                if band.up_to is not None and band.up_to <= before.up_to:
                    because = f"{band.up_to} is not above {before.up_to} of the band before"
                    raise refuse(f"{because}; order the bands", form, number, "up_to")
            if bands and bands[-1].up_to is not None:
                because = "units above it would have no price; leave up_to out of the last band"
                raise refuse(because, form, len(bands) - 1, "up_to")
        return self

    @classmethod
    def _forms(cls) -> tuple[str, ...]:
        return ("graduated", "volume", "credits")

    @property
    def priced(self) -> Priced:
        """The price as bands, or as credits."""
        if self.credits is not None:
            return Priced("credits", credits=self.credits)
        if self.volume is not None:
            return Priced("volume", self.volume)
        return Priced("graduated", self.graduated or ())


class TierPrice(UnitPrice):
    """The price of the outcomes of one tier of subjects."""

    per_outcome: Money | None = None
    """The price of each, quoted: "0.99"."""

    @classmethod
    def _forms(cls) -> tuple[str, ...]:
        return ("per_outcome", *super()._forms())

    @property
    def priced(self) -> Priced:
        """The price as bands; a price of each is one without an end."""
        return super().priced if self.per_outcome is None else Priced.flat(self.per_outcome)


class NetOf(Part):
    """What is taken off the value of an outcome before a share of it is charged."""

    event: OneOrMore[EventType]
    """The events whose values are taken off, such as refunded."""
    within: Duration
    """The time after the conclusion in which they count; its last instant still does."""


class OutcomePrice(TierPrice):
    """The price of an outcome, in one of several ways."""

    percent_of_value: Percent | None = None
    """A share of the value of the concluding event, such as "12.5"; its unit is the currency."""
    net_of: NetOf | None = None
    """What is taken off the value first, for percent_of_value."""
    by_tier: dict[Line, TierPrice] | None = Field(None, min_length=1)
    """A price for each tier of subjects; the scope names the same tiers."""

    @model_validator(mode="after")
    def _takes_off_a_value(self) -> "OutcomePrice":
        if self.net_of and self.percent_of_value is None:
            raise refuse("only a value can be net; remove it", "net_of")
        return self

    @classmethod
    def _forms(cls) -> tuple[str, ...]:
        return (*super()._forms(), "percent_of_value", "by_tier")

    @property
    def priced(self) -> Priced:
        """The price as bands, or as a share; of a price by tier each tier has its own."""
        if self.percent_of_value is not None:
            return Priced("percent_of_value", percent=self.percent_of_value)
        return super().priced


class UsagePrice(UnitPrice):
    """The price of a unit that the vendor measures: a seat, a minute, a call of an API."""

    each: Money | None = None
    """The price of each, quoted: "30.00"."""
    agreed: Quantity | None = None
    """How many both sides agreed on for each month; without it, the invoice's number is taken."""

    @classmethod
    def _forms(cls) -> tuple[str, ...]:
        return ("each", *super()._forms())

    @property
    def priced(self) -> Priced:
        """The price as bands; a price of each is one without an end."""
        return super().priced if self.each is None else Priced.flat(self.each)


class Monthly(Part):
    """The least and the most that a month costs."""

    floor: Money | None = None
    """What a month costs at least, quoted."""
    cap: Money | None = None
    """What a month costs at most, quoted."""

    @model_validator(mode="after")
    def _has_room(self) -> "Monthly":
        if self.floor is not None and self.cap is not None and self.floor > self.cap:
            raise refuse("the floor is above the cap; correct one", "floor")
        return self


class Pricing(Part):
    """A price for each outcome, under the outcome's name, and what is charged beside them."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, OutcomePrice] = Field(init=False)

    usage: dict[Name, UsagePrice] = Field(default_factory=dict)
    """Prices of what is used and not achieved, under the names that the invoice uses."""
    platform_fee: Money | None = None
    """A fixed fee of each month, quoted."""
    credits: Credits | None = None
    """Credits that are bought in advance, of which outcomes and usage draw."""
    performance: dict[Name, Performance] = Field(default_factory=dict)
    """What is charged or credited for how a month's outcomes did together, each under a name."""
    monthly: Monthly | None = None
    """The floor and the cap of a month's charge."""
    annual: Annual | None = None
    """The ceiling of what a contract year costs."""
    escrow: Escrow | None = None
    """A share of what months settle that is held back until an outcome does well enough."""
    milestones: dict[Name, Milestone] = Field(default_factory=dict)
    """What has to be reached before anything of what it opens is charged, each under a name."""

    @property
    def is_shared(self) -> bool:
        """Whether a month depends on what earlier months cost, drew or held back."""
        return any(shared is not None for shared in (self.annual, self.credits, self.escrow))

    @property
    def shares(self) -> dict[str, Performance]:
        """The shares of outcomes that something follows from: of `performance`, and of escrow."""
        if self.escrow is None:
            return self.performance
        share = Performance.model_construct(of=self.escrow.of, at_least=self.escrow.at_least)
        return self.performance | {"escrow": share}

    @property
    def prices(self) -> Iterator[tuple[tuple[str, ...], UnitPrice]]:
        """Every price of a unit, with the keys below `pricing` under which it stands."""
        for name, price in self.outcomes.items():
            yield (name,), price
            yield from (((name, "by_tier", t), each) for t, each in (price.by_tier or {}).items())
        yield from ((("usage", name), price) for name, price in self.usage.items())

    @property
    def outcomes(self) -> dict[str, OutcomePrice]:
        """The price of each outcome by its name."""
        return dict(self.__pydantic_extra__)
