"""What a contract says of a Freshdesk account."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from recount.sources.apis import ApiSettings

# developers.freshdesk.com/api, Satisfaction Ratings: of new surveys, and 1 to 3 of classic ones
Score = Annotated[str, Field(pattern=r"^(-?10[123]|100|[123])$")]
Worth = Annotated[Decimal, Field(ge=0, le=5, decimal_places=4)]
FieldName = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]


class FreshdeskSettings(ApiSettings):
    """`statuses` says what the account's own statuses mean, by their names for agents.

    `ratings` says what the answers of a survey are worth of 5, by their codes; without it none are
    read. `custom_fields` names the account's own fields that a scope needs, as the API calls them.
    """

    statuses: Mapping[str, Literal["open", "solved", "closed"]] = Field(default_factory=dict)
    ratings: Mapping[Score, Worth] = Field(default_factory=dict)
    custom_fields: Mapping[str, FieldName] = Field(default_factory=dict)
