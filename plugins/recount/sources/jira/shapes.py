"""The fields of Jira's answers that are needed; everything else is left out before landing.

Source: the vendor's OpenAPI document of the platform (schemas BulkIssueResults, UserDetails,
BulkChangelogResponseBean, PageOfComments, StatusDetails) and, for requests, developer.atlassian.com
/cloud/jira/service-desk/rest/api-group-request. Texts, names of people and addresses are not among
them.
"""

from collections.abc import Container, Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from recount.sources.requesters import requester_key
from recount.sources.shapes import Person


class Account(Struct, rename="camel"):
    """Who did something: `key` stands for him, and the id of an app, which is nobody, is kept."""

    account_type: str
    account_id: str | UnsetType = UNSET
    key: Person | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Hide who a person is as soon as the answer is read."""
        if self.account_id is UNSET:
            if self.key is UNSET:
                raise ValueError("Object missing required field `accountId`")
            return
        self.key = Person(requester_key(self.account_id))
        if self.account_type != "app":
            self.account_id = UNSET


class Anybody(Struct):
    """That there is somebody, and not who."""


class Named(Struct):
    """Something that people gave a name in the site's settings."""

    name: str


class Numbered(Struct):
    """Something that is known by its id."""

    id: str


class Keyed(Struct):
    """A project."""

    key: str


class Option(Struct):
    """A choice of a custom field; what else an object may hold is left out."""

    value: str | UnsetType = UNSET


Value = None | bool | int | float | str | Option | list[str | int | float | Option]


class RequestType(Struct, rename="camel"):
    """What a customer asked for, in the words of the portal."""

    request_type: Named


class IssueFields(Struct):
    """How an issue stands; people are missing where they were never known."""

    project: Keyed
    issuetype: Named
    status: Numbered
    created: str
    updated: str
    creator: Account | None
    reporter: Account | None
    assignee: Anybody | None
    priority: Named | None = None
    statuscategorychangedate: str | None = None


class IssueError(Struct):
    """An issue that is not there, or that we may not see: Jira says the same of both."""

    id: str


class Comment(Struct, rename="camel"):
    """That somebody wrote a comment, and whether the customer sees it."""

    id: str
    created: str
    author: Account | None = None
    jsd_public: bool = True


class Comments(Struct):
    """Comments of one issue; `total` says whether these are all."""

    comments: list[Comment]
    total: int


class Commented(Struct):
    """The comments as a field of an issue."""

    comment: Comments | None = None


class Rating(Struct):
    """What a customer said, of 5."""

    rating: int


class Instant(Struct, rename="camel"):
    """An instant of a service level."""

    epoch_millis: int


class Cycle(Struct, rename="camel"):
    """One measurement of a service level."""

    start_time: Instant
    breached: bool
    breach_time: Instant | None = None


class Level(Struct, rename="camel"):
    """A service level of a request, with its measurements."""

    completed_cycles: list[Cycle] = []
    ongoing_cycle: Cycle | None = None


class Category(Struct):
    """What Jira counts a status among: new, indeterminate or done."""

    key: str


class Status(Struct, rename="camel"):
    """A status as it is today."""

    id: str
    name: str
    status_category: Category


class Statuses(Struct):
    """All statuses that are in use, and when that was."""

    statuses: list[Status]
    taken_at: str | UnsetType = UNSET


class FoundFields(Struct):
    """When search thinks that an issue was changed last."""

    updated: str


class Found(Struct):
    """An issue as a search finds it."""

    id: str
    fields: FoundFields


class Search(Struct, rename="camel"):
    """A page of a search."""

    issues: list[Found]
    is_last: bool
    next_page_token: str | None = None


@cache
def issues_with(base: type[Struct], own: tuple[tuple[str, Any], ...]) -> type[Struct]:
    """Return the shape of a page of issues whose fields are those of `base` and the site's own.

    What fields of the site's own tell under ids that no contract knows is written beside them,
    under names of ours. So are when it was asked, and from when on issues were looked for.
    """
    named = [(f"own_{number}", kind | None | UnsetType, field(name=name, default=UNSET))
             for number, (name, kind) in enumerate(own)]  # fmt: skip
    fields = msgspec.defstruct("Fields", named, bases=(base,))
    told = [("request_type", str), ("rating", int), ("rated_at", str), ("levels", dict[str, Level])]
    ours = [(name, kind | UnsetType, UNSET) for name, kind in told]
    issue = msgspec.defstruct("Issue", [("id", str), ("key", str), ("fields", fields), *ours])
    page: list[Any] = [
        ("issues", list[issue]),  # type: ignore[valid-type]
        ("issueErrors", list[IssueError], field(default_factory=list)),
        ("taken_at", str | UnsetType, UNSET),
        ("since", str | UnsetType, UNSET),
    ]
    return msgspec.defstruct("Issues", page)


def own_values(fields: Struct) -> dict[str, Any]:
    """Return the values of a site's own fields that have one, by their ids."""
    described = [each for each in msgspec.structs.fields(fields) if each.name.startswith("own_")]
    values = {each.encode_name: getattr(fields, each.name) for each in described}
    return {
        name: value for name, value in values.items() if value is not UNSET and value is not None
    }


def leave_out(fields: Struct, ids: Container[str]) -> None:
    """Take some of the site's own fields out, as what they tell was written elsewhere."""
    for each in msgspec.structs.fields(fields):
        if each.encode_name in ids:
            setattr(fields, each.name, UNSET)


def cycles_of(issue: Any) -> Iterator[tuple[str, Cycle]]:
    """Yield the measurements of an issue's service levels, with the id of the level's field."""
    for name, level in (issue.levels or {}).items():
        ongoing = [level.ongoing_cycle] if level.ongoing_cycle else []
        for cycle in (*level.completed_cycles, *ongoing):
            yield name, cycle
