"""The records of an org: tables, what orders them, and what an account may see of them.

That rows in the Recycle Bin come only through `queryAll`, that they are gone after 15 days, and
that old activities are archived, is said in the REST guide (resources_queryall) and Help
(`cases_merge`); that field history is kept for 18 months in the tooling reference
(FieldHistoryRetentionJob), for up to 24 through the API in what public repositories quote of Help.
Datetimes are kept as text, in whole seconds, as the API spells them; so they sort as they are.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.emulators.salesforce_schema import OBJECT_OF_PREFIX, OBJECTS, make_id

Row = dict[str, Any]
INDEXED = ("Id", "CreatedDate", "SystemModstamp", "BillingOutcomeDateTime__c")
GROUPED = ("CaseId", "ParentId", "EventId", "SubjectId", "InvitationId", "ResponseId")
LAST = "\U0010ffff"


def to_text(at: datetime) -> str:
    """`2026-03-02T08:25:00.000+0000`: no instant in an org has a fraction of a second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def months_before(at: datetime, months: int) -> datetime:
    """Return the first instant of the day so many months before."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    return datetime(year, month + 1, min(at.day, 28), tzinfo=UTC)


class Table:
    """The records of one object, in the orders in which they are asked for."""

    def __init__(self, name: str) -> None:
        self.schema = OBJECTS[name]
        self.rows: dict[str, Row] = {}
        self.orders: dict[str, list[tuple[str, str]]] = {
            column: [] for column in INDEXED if column in self.schema.fields
        }
        self.groups: dict[str, dict[str, list[str]]] = {
            column: {} for column in GROUPED if column in self.schema.fields
        }

    def insert(self, **values: Any) -> str:
        row: Row = dict.fromkeys(self.schema.fields)
        row |= {name: False for name, f in self.schema.fields.items() if f.type == "boolean"}
        row |= values
        row["Id"] = id_ = make_id(self.schema.prefix, len(self.rows) + 1)
        self.rows[id_] = row
        self._place(row)
        return id_

    def update(self, id_: str, **values: Any) -> None:
        row = self.rows[id_]
        self._displace(row)
        row |= values
        self._place(row)

    def between(self, column: str, low: str, high: str) -> Iterator[str]:
        """Yield the ids of the rows from one value to another, both included, in order."""
        order = self.orders[column]
        start, end = bisect_left(order, (low, "")), bisect_right(order, (high, LAST))
        return (order[place][1] for place in range(start, end))

    def _place(self, row: Row) -> None:
        for column, order in self.orders.items():
            if row[column] is not None:
                insort(order, (row[column], row["Id"]))
        for column, group in self.groups.items():
            if row[column] is not None:
                group.setdefault(row[column], []).append(row["Id"])

    def _displace(self, row: Row) -> None:
        for column, order in self.orders.items():
            if row[column] is not None:
                del order[bisect_left(order, (row[column], row["Id"]))]
        for column, group in self.groups.items():
            if row[column] is not None:
                group[row[column]].remove(row["Id"])


@dataclass
class Access:
    """What is kept from the account. A field it may not read does not exist for it."""

    objects: set[str] = field(default_factory=set)
    fields: set[tuple[str, str]] = field(default_factory=set)
    rows: set[str] = field(default_factory=set)
    resources: set[str] = field(default_factory=set)


class Records:
    """All tables of an org, and which of their rows there are at an instant."""

    def __init__(self, *, history_months: int | None, recycle_days: int = 15) -> None:
        self.tables = {name: Table(name) for name in OBJECTS}
        self.access = Access()
        self._history_months, self._recycle_days = history_months, recycle_days

    def table_of(self, id_: str) -> Table:
        return self.tables[OBJECT_OF_PREFIX[id_[:3]]]

    def row(self, id_: str) -> Row:
        return self.table_of(id_).rows[id_]

    def seen(self, table: Table, *, everything: bool, now: datetime) -> "Seen":
        """Return the rows that a query, or with `everything` a `queryAll`, may come upon."""
        kept_since = ""
        if table.schema.name == "CaseHistory" and self._history_months is not None:
            kept_since = to_text(months_before(now, self._history_months))
        binned_since = to_text(now - timedelta(days=self._recycle_days))
        return Seen(table, self.access, everything, kept_since, binned_since)


@dataclass(frozen=True)
class Seen:
    """A table as one query sees it."""

    table: Table
    access: Access
    everything: bool
    kept_since: str
    binned_since: str

    def __contains__(self, id_: str) -> bool:
        row = self.table.rows[id_]
        if row.get("IsDeleted"):
            at = row.get("SystemModstamp") or row.get("_deleted") or ""
            if not self.everything or at < self.binned_since:
                return False
        if row.get("IsArchived") and not self.everything:
            return False
        if id_ in self.access.rows:
            return False
        if self.table.schema.name == "CaseHistory":
            return row["CreatedDate"] >= self.kept_since and not self._is_kept_back(row["Field"])
        return True

    def _is_kept_back(self, name: str) -> bool:
        """History obeys the field-level security of the case (object reference, CaseHistory)."""
        return bool({("Case", name), ("Case", f"{name}Id")} & self.access.fields)
