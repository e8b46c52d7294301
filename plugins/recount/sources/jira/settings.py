"""What a contract says of a Jira site."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from recount.sources.apis import ApiSettings
from recount.sources.terms import Names

StatusId = Annotated[str, Field(pattern=r"^[0-9]+$")]
FieldId = Annotated[str, Field(pattern=r"^customfield_[0-9]+$")]

_KEY = re.compile(r"[A-Z][A-Z0-9_]+", re.ASCII)


def _keys(projects: tuple[str, ...]) -> tuple[str, ...]:
    wrong = [key for key in projects if not _KEY.fullmatch(key)]
    if wrong or not projects:
        raise ValueError(f"name the keys of projects, such as SUP, and not {', '.join(wrong)!r}")
    return projects


class JiraSettings(ApiSettings):
    """`projects` are the keys of the projects that are read.

    `statuses` says what a status means, by its id; others mean what their category says.
    `custom_fields` names the site's own fields that a scope needs, by their ids. Without `ratings`
    or `service_levels` those are not read.
    """

    projects: Annotated[Names, AfterValidator(_keys)]
    statuses: Mapping[StatusId, Literal["open", "solved", "closed"]] = Field(default_factory=dict)
    custom_fields: Mapping[str, FieldId] = Field(default_factory=dict)
    ratings: bool = True
    service_levels: bool = True

    @property
    def own_fields(self) -> tuple[str, ...]:
        """The ids of the site's own fields that the contract names."""
        return tuple(sorted({*self.custom_fields.values()}))
