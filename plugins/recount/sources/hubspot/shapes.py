"""The fields of HubSpot's answers that are needed; everything else is left out before landing.

Source: the guides under developers.hubspot.com/docs/api-reference (crm-tickets-v3, crm-meetings-v3,
crm-emails-v3, crm-notes-v3, crm-feedback-submissions-v3, crm-associations-v4, search) and the
models of the vendor's Python client, hubspot/crm/tickets/models. Texts, names and addresses are not
among them, and who made a change is a keyed hash as soon as the answer is read.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from recount.sources.requesters import requester_key
from recount.sources.shapes import Person

# The sources whose id is that of an app; ids of others may name people or addresses.
_APPS = ("INTEGRATION", "INTEGRATIONS_PLATFORM", "INTEGRATIONS_SYNC")
_USER = re.compile(r"userId:([0-9]+)", re.ASCII)
MERGED, STAGE, OWNER = "hs_merged_object_ids", "hs_pipeline_stage", "hubspot_owner_id"
OUTCOME = "hs_meeting_outcome"


class Entry(Struct, rename="camel"):
    """A value that a property got, and what gave it: `user` is a key, `app` the id of an app."""

    value: str | None
    timestamp: str
    source_type: str
    source_id: str | UnsetType | None = UNSET
    updated_by_user_id: int | str | UnsetType | None = UNSET
    user: Person | UnsetType = UNSET
    app: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Hide who a person is."""
        user, app = _told(self.source_type, self.source_id, self.updated_by_user_id)
        self.user, self.app = user or self.user, app or self.app
        self.source_id = self.updated_by_user_id = UNSET


class OwnerEntry(Entry):
    """That a record was given to somebody, or to nobody; not to whom."""

    def __post_init__(self) -> None:
        """Hide who the owner is, too."""
        Entry.__post_init__(self)
        self.value = "set" if self.value else ""


class Properties(Struct):
    """How a record came to be; the properties of each object are added to these."""

    hs_lastmodifieddate: str
    hs_object_source: str | None = None
    hs_object_source_id: str | UnsetType | None = UNSET
    hs_object_source_user_id: str | UnsetType | None = UNSET
    # no property of an account can be called so
    user: Person | UnsetType = field(name="#user", default=UNSET)
    app: str | UnsetType = field(name="#app", default=UNSET)

    def __post_init__(self) -> None:
        """Hide who made it."""
        source, user_id = self.hs_object_source_id, self.hs_object_source_user_id
        user, app = _told(self.hs_object_source or "", source, user_id)
        self.user, self.app = user or self.user, app or self.app
        self.hs_object_source_id = self.hs_object_source_user_id = UNSET


class BatchError(Struct):
    """What could not be read: its category, and the ids that it is about."""

    category: str
    context: dict[str, list[str]] = {}


@cache
def page_of(
    names: tuple[str, ...], needed: tuple[str, ...], histories: tuple[str, ...]
) -> type[Struct]:
    """Return the shape of a batch of records with those properties and histories.

    A property that the account does not have comes as nothing; those that are `needed` stop the
    run. What a record is associated with is written beside it.
    """
    optional = [
        (f"own_{number}", str | None, field(name=name, default=None))
        for number, name in enumerate(names)
    ]
    always = [(f"its_{number}", str, field(name=name)) for number, name in enumerate(needed)]
    properties = msgspec.defstruct("Of", [*always, *optional], bases=(Properties,), kw_only=True)
    entries: list[Any] = [
        (name, list[OwnerEntry] if name == OWNER else list[Entry], field(default_factory=list))
        for name in histories
    ]
    told = msgspec.defstruct("Histories", entries)
    history: tuple[Any, ...] = ("propertiesWithHistory", told)
    record = msgspec.defstruct("Record", [
        ("id", str), ("properties", properties),
        history if histories else (*history, field(default_factory=told)),
        ("contacts", list[Person] | UnsetType, UNSET), ("tickets", list[str] | UnsetType, UNSET),
    ])  # fmt: skip
    return msgspec.defstruct("Batch", [
        ("results", list[record]),  # type: ignore[valid-type]
        ("errors", list[BatchError], field(default_factory=list)),
        ("taken_at", str | UnsetType, UNSET),
    ])  # fmt: skip


def values_of(record: Any) -> dict[str, str | None]:
    """Return the properties of a record by their names."""
    described = msgspec.structs.fields(record.properties)
    return {each.encode_name: getattr(record.properties, each.name) for each in described}


def entries_of(record: Any, name: str) -> list[Entry]:
    """Return the history of a property, the earliest first."""
    entries: list[Entry] = getattr(record.propertiesWithHistory, name)
    return sorted(entries, key=lambda entry: entry.timestamp)


def mergers_of(record: Any) -> Iterator[tuple[str, Entry]]:
    """Yield the ids of records that were merged into one, with the first entry that has each."""
    told: set[str] = set()
    for entry in entries_of(record, MERGED):
        for merged in filter(None, (entry.value or "").split(";")):
            if merged not in told:
                told.add(merged)
                yield merged, entry


def _told(source: str, source_id: Any, user_id: Any) -> tuple[Person | UnsetType, str | UnsetType]:
    """Return the key of the user and the id of the app that a source names."""
    named = _USER.fullmatch(source_id) if isinstance(source_id, str) else None
    user = str(user_id) if user_id not in (UNSET, None, "", 0) else named and named[1]
    is_app = source in _APPS and isinstance(source_id, str) and source_id.isdigit()
    key = Person(requester_key(f"A-{user}")) if user else UNSET
    return key, source_id if is_app else UNSET
