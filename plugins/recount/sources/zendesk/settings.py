"""What a contract says of a Zendesk account."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from recount.sources.apis import ApiSettings


class Scale(BaseModel):
    """What good and bad are worth of 5; both sides agree on it in the contract."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    good: Decimal = Field(ge=0, le=5, decimal_places=4)
    bad: Decimal = Field(ge=0, le=5, decimal_places=4)


class ZendeskSettings(ApiSettings):
    """`custom_fields` names the account's own fields that a scope needs, by their ids.

    `ratings` says what the ratings good and bad are worth of 5; without it they are on no scale,
    and a month that needs one is refused. Answers to surveys count as they are where
    `survey_choices` says that there are 5; of fewer choices they are good or bad. `audit_logs`
    reads role changes from before the first extraction; only some plans have them.
    """

    custom_fields: Mapping[str, int] = Field(default_factory=dict)
    ratings: Scale | None = None
    survey_choices: Literal["2", "3", "5"] | None = None
    audit_logs: bool = False
