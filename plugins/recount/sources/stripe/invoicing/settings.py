"""What a contract says of the Stripe account that its vendor bills from."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from recount.sources.terms import Names, Settings

_KINDS = ("price", "lookup_key", "product", "description")


class Means(BaseModel):
    """What on a line means an outcome: ids of prices or products, lookup keys, whole texts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    price: Names = ()
    lookup_key: Names = ()
    product: Names = ()
    description: Names = ()

    def names(self) -> Iterator[tuple[str, str]]:
        """Yield the kind and the text of each thing that means the outcome."""
        for kind in _KINDS:
            for name in getattr(self, kind):
                yield kind, name


class StripeInvoiceSettings(Settings):
    """`billed_month` says to which month an invoice belongs.

    `period_end`: the month in which Stripe's `period_end` lies; midnight ends a month.
    `issued_in_month`: that in which it was issued; `issued_month_after`: the one before that.
    A line's metadata may name its subject (`subject_key`) and its outcome (`outcome_key`);
    `outcomes` says what else means one. `subjects_of` names the source whose connector put its own
    name before the subject ids.
    """

    connection: str
    billed_month: Literal["period_end", "issued_in_month", "issued_month_after"]
    outcomes: Mapping[str, Means] = Field(default_factory=dict)
    outcome_key: str | None = None
    subject_key: str = "subject_id"
    customer: str | None = None
    subjects_of: str | None = None

    @field_validator("outcomes")
    @classmethod
    def _means_one_outcome(cls, outcomes: Mapping[str, Means]) -> Mapping[str, Means]:
        named = Counter(name for means in outcomes.values() for name in means.names())
        for (kind, name), count in named.items():
            if count > 1:
                raise ValueError(f"the {kind} {name!r} means {count} outcomes; leave it to one")
        return outcomes

    @model_validator(mode="after")
    def _can_tell_outcomes(self) -> "StripeInvoiceSettings":
        if not self.outcomes and not self.outcome_key:
            raise ValueError("say what means which outcome: add outcomes, or outcome_key")
        return self

    @property
    def meanings(self) -> Mapping[tuple[str, str], str]:
        """The outcome by the kind and the text of what means it."""
        return {name: outcome for outcome, means in self.outcomes.items() for name in means.names()}

    @property
    def metadata_keys(self) -> frozenset[str]:
        """The keys of a line's metadata that are kept."""
        return frozenset(filter(None, (self.subject_key, self.outcome_key)))

    @property
    def needs_prices(self) -> bool:
        """Whether prices must be read for their lookup keys, which takes one more permission."""
        return any(means.lookup_key for means in self.outcomes.values())
