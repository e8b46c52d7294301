"""What a contract says of an Intercom workspace."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from recount.sources.apis import ApiSettings


class IntercomSettings(ApiSettings):
    """`custom_attributes` names the attributes of conversations that a scope needs.

    Intercom has two ratings of 1 to 5, one of the teammate (or of the conversation as a whole) and
    one of Fin. `rating` says which of them counts; it is needed where both occur.
    """

    custom_attributes: Mapping[str, str] = Field(default_factory=dict)
    rating: Literal["teammate", "fin"] | None = None
