"""The fields of Jira's histories that are needed; everything else is left out before landing.

Source: the vendor's OpenAPI document of the platform, schemas BulkChangelogResponseBean,
PageBeanChangelog and ChangeDetails. A change of a text has the whole text in it, so that we ask for
few fields, and keep of them less.
"""

from collections.abc import Iterator

import msgspec
from msgspec import UNSET, Struct, UnsetType

from recount.sources.jira.shapes import Account


class Item(Struct, rename="camel"):
    """A field that changed; of any other than the status only whether it was and is set."""

    field: str
    field_id: str | UnsetType = UNSET
    from_: str | None = msgspec.field(name="from", default=None)
    to: str | None = None

    def __post_init__(self) -> None:
        """Hide what may name a person."""
        if not self.is_about("status"):
            self.from_, self.to = self.from_ and "set", self.to and "set"

    def is_about(self, name: str) -> bool:
        """Say whether it is that field; some fields have no id."""
        return (self.field_id or self.field).lower() == name


class History(Struct):
    """Fields that changed together; `created` is a number of seconds or milliseconds, or text."""

    id: str
    created: int | float | str
    items: list[Item]
    author: Account | None = None


class IssueLog(Struct, rename="camel"):
    """Histories of one issue."""

    issue_id: str
    change_histories: list[History]


class ChangeLogs(Struct, rename="camel"):
    """A page of histories of several issues."""

    issue_change_logs: list[IssueLog]
    next_page_token: str | None = None
    taken_at: str | UnsetType = UNSET


class KeyItem(Struct, rename="camel"):
    """A key that an issue lost when it was moved; of other fields the text is not kept."""

    field: str
    from_string: str | UnsetType | None = UNSET
    to_string: str | UnsetType | None = UNSET

    def __post_init__(self) -> None:
        """Drop the text of the other fields."""
        if self.field.lower() != "key":
            self.from_string = self.to_string = UNSET


class KeyHistory(Struct):
    """Fields of one issue that changed together."""

    id: str
    created: str
    items: list[KeyItem]


class KeyLog(Struct, rename="camel"):
    """A page of the histories of one issue; `issue_id` is ours."""

    values: list[KeyHistory]
    is_last: bool
    issue_id: str | UnsetType = UNSET


class KeyLogs(Struct):
    """What is known of the keys of several issues."""

    logs: list[KeyLog]


def keep_keys(history: KeyHistory) -> bool:
    """Leave out what is not about the key, and say whether anything is left."""
    history.items = [item for item in history.items if item.from_string and item.to_string]
    return bool(history.items)


def moves_of(log: KeyLog) -> Iterator[tuple[KeyHistory, KeyItem]]:
    """Yield the changes of an issue's key."""
    for history in log.values:
        for item in history.items:
            yield history, item
