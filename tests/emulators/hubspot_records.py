"""What an account of HubSpot holds: records whose properties keep their history, and links.

The form of a record and of an entry of its history follows the models of the vendor's Python client
(HubSpot/hubspot-api-python, hubspot/crm/tickets/models: SimplePublicObject, ValueWithTimestamp);
which properties there are, the guides under developers.hubspot.com/docs/api-reference/crm-*-v3.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

MODIFIED, OBJECT_ID = "hs_lastmodifieddate", "hs_object_id"


@dataclass(frozen=True)
class By:
    """What made a change: a source, its id, and the user behind it."""

    type: str
    id: str | None = None
    user: int | None = None


def ui(user: int) -> By:
    """A user at the screen."""
    return By("CRM_UI", f"userId:{user}", user)


def app(number: int) -> By:
    """A private app or an integration over the API."""
    return By("INTEGRATION", str(number))


WORKFLOW = By("AUTOMATION_PLATFORM", "enrollmentId:88;actionExecutionIndex:0")
CUSTOMER_AGENT = By("CUSTOMER_AGENT")
FORM = By("FORM", "one@example.com")


@dataclass(frozen=True)
class Entry:
    """A value that a property got."""

    value: str
    at: datetime
    by: By

    def document(self) -> dict[str, Any]:
        told = {"value": self.value, "timestamp": spelled(self.at), "sourceType": self.by.type}
        told |= {"sourceId": self.by.id} if self.by.id else {}
        return told | ({"updatedByUserId": self.by.user} if self.by.user else {})


@dataclass
class Record:
    """One record; `histories` are oldest first, `modified` are the instants of its changes."""

    kind: str
    id: int
    created: datetime
    histories: dict[str, list[Entry]] = field(default_factory=dict)
    links: dict[str, list[int]] = field(default_factory=dict)
    modified: list[datetime] = field(default_factory=list)
    archived_at: datetime | None = None

    def set(self, name: str, value: str, at: datetime, by: By) -> None:
        self.histories.setdefault(name, []).append(Entry(value, at, by))
        self.modified.append(at)

    def value(self, name: str) -> str | None:
        if name == OBJECT_ID:
            return str(self.id)
        if name == MODIFIED:
            return spelled(max(self.modified))
        entries = self.histories.get(name)
        return entries[-1].value if entries else None

    def modified_by(self, instant: datetime) -> datetime | None:
        """When it was changed last as far as was known at an instant."""
        return max((at for at in self.modified if at <= instant), default=None)

    def document(self, properties: list[str], with_history: list[str] | None = None) -> Any:
        names = dict.fromkeys([*properties, "createdate", MODIFIED, OBJECT_ID])
        told: dict[str, Any] = {
            "id": str(self.id),
            "properties": {name: self.value(name) for name in names},
            "createdAt": spelled(self.created),
            "updatedAt": spelled(max(self.modified)),
            "archived": self.archived_at is not None,
            "url": f"https://app.hubspot.com/contacts/1/record/{self.kind}/{self.id}",
        }
        if self.archived_at:
            told["archivedAt"] = spelled(self.archived_at)
        if with_history is not None:
            told["propertiesWithHistory"] = {
                name: [entry.document() for entry in reversed(self.histories.get(name, []))]
                for name in with_history
            }
        return told


class Account:
    """All records of an account; `version` counts the changes."""

    def __init__(self) -> None:
        self.records: dict[str, dict[int, Record]] = {}
        self.merged: dict[int, int] = {}
        self.pipelines: list[dict[str, Any]] = []
        self.threads: dict[int, dict[str, Any]] = {}
        self.version = 0
        self._last_id = 1_000_000_000

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def add(self, kind: str, at: datetime, by: By, **properties: str) -> Record:
        record = Record(kind, self.next_id(), at)
        self.records.setdefault(kind, {})[record.id] = record
        user = str(by.user) if by.user else None
        told = {"hs_object_source": by.type, "hs_object_source_id": by.id,
                "hs_object_source_user_id": user, "createdate": spelled(at),
                "hs_createdate": spelled(at), **properties}  # fmt: skip
        for name, value in told.items():
            if value is not None:
                record.set(name, value, at, by)
        self.version += 1
        return record

    def change(self, record: Record, name: str, value: str, at: datetime, by: By) -> None:
        record.set(name, value, at, by)
        self.version += 1

    def link(self, one: Record, other: Record) -> None:
        """Associate two records, in both directions."""
        one.links.setdefault(other.kind, []).append(other.id)
        other.links.setdefault(one.kind, []).append(one.id)
        self.version += 1

    def find(self, kind: str, id_: int) -> Record | None:
        """A record by its id, or by the id of one that was merged into it."""
        while id_ in self.merged:
            id_ = self.merged[id_]
        return self.records.get(kind, {}).get(id_)

    def live(self, kind: str) -> Iterator[Record]:
        return (each for each in self.records.get(kind, {}).values() if not each.archived_at)


def spelled(at: datetime) -> str:
    """An instant as HubSpot writes it: milliseconds, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
