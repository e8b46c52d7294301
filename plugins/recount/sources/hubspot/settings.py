"""What a contract says of a HubSpot account."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from recount.sources.apis import ApiSettings
from recount.sources.terms import Names

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_TEXT = re.compile(
    r"subject|content|.*(body|text|html|email|phone|mobile|fax|first_?name|last_?name|full_?name"
    r"|address|street|message|note|description|transcript|location|attendee).*"
)


def _property(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no internal name of a property, such as customer_tier")
    if _TEXT.fullmatch(name):
        raise ValueError(f"{name} holds text or a person, which is not stored; name another one")
    return name


PropertyName = Annotated[str, AfterValidator(_property)]
Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]+$")]
Outcome = Literal["booked", "held", "no_show", "cancelled", "none"]


class HubSpotSettings(ApiSettings):
    """`subject_types` says what is wanted of the account: tickets, meetings, or both.

    `stages` says what a stage of a pipeline means, by its id; others mean what HubSpot counts them
    among. `surveys` names those whose answers count, by their id, with the top of their scale.
    `properties` and `meeting_properties` name properties that a scope needs, by internal names.
    `meeting_outcomes` says what outcomes mean that the account added. Without `emails`, `notes` or
    `conversations` those are not read.
    """

    subject_types: Annotated[Names, Field(min_length=1)] = ("ticket",)
    stages: Mapping[Id, Literal["open", "solved", "closed"]] = Field(default_factory=dict)
    surveys: Mapping[Id, Annotated[int, Field(ge=1, le=100)]] = Field(default_factory=dict)
    properties: Mapping[str, PropertyName] = Field(default_factory=dict)
    meeting_properties: Mapping[str, PropertyName] = Field(default_factory=dict)
    meeting_outcomes: Mapping[str, Outcome] = Field(default_factory=dict)
    emails: bool = True
    notes: bool = True
    conversations: bool = True

    @model_validator(mode="after")
    def _is_known(self) -> "HubSpotSettings":
        if unknown := [each for each in self.subject_types if each not in ("ticket", "meeting")]:
            raise ValueError(f"{unknown[0]!r} is no subject type here; write ticket or meeting")
        return self

    @property
    def tickets(self) -> bool:
        """Whether tickets are wanted."""
        return "ticket" in self.subject_types

    @property
    def meetings(self) -> bool:
        """Whether meetings are wanted."""
        return "meeting" in self.subject_types
