"""What is read of which table of an instance, and how a stretch of it is asked for.

A stretch is a window of time and, inside it, an order by sys_id: both are sure to be there, and
sys_id never repeats. Conditions with ^OR join the condition before them alone, so that the usual
"later, or as late and with a greater id" loses records; a closed window needs none.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from recount.errors import SourceError
from recount.sources.extraction import Checkpoint
from recount.sources.requesters import requester_key
from recount.sources.servicenow import shapes
from recount.sources.servicenow.settings import ServiceNowSettings
from recount.sources.shapes import Person

# A window as long as its records fit into few pages, and the first extraction into few windows.
WINDOW = timedelta(days=7)
# What a transaction wrote may be seen a little later than the instant that it bears.
LAG = timedelta(minutes=5)
# What was seen even later is found by looking once more at what was read last.
OVERLAP = timedelta(hours=1)
_NUMBER = re.compile(r"[A-Z]{2,10}[0-9]{4,15}", re.ASCII)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Table:
    """One table: the records that fit `filter`, in windows of the time `by`.

    Where records `change`, that time moves on, and a window without an end still holds them all.
    """

    name: str
    record: type[Struct]
    filter: Mapping[str, Sequence[str]]
    by: str
    since: datetime
    changes: bool = False
    is_whole: bool = False  # read from the beginning each time
    keep: Callable[[Any], None] = field(default=lambda record: None)

    @property
    def conditions(self) -> list[str]:
        """The filter in the instance's words."""
        return [
            f"{name}={values[0]}" if len(values) == 1 else f"{name}IN{','.join(values)}"
            for name, values in self.filter.items()
        ]


@dataclass(frozen=True)
class Stretch:
    """What is asked for next: records with `since` <= time < `before`, after a sys_id.

    `until` is where the extraction ends. Times are as the instance writes them.
    """

    since: str
    before: str
    until: str
    after: str = ""

    @classmethod
    def at(cls, table: Table, checkpoint: Checkpoint) -> "Stretch":
        """Return the stretch that begins at a checkpoint."""
        since, until = checkpoint["since"], checkpoint["until"]
        step = until if table.changes else min(until, text(instant(since) + WINDOW))
        return cls(since, max(step, since), until, checkpoint.get("after", ""))

    def query(self, table: Table, *, is_open: bool = False) -> str:
        """Return the encoded query; an open one has no end, for records that change."""
        parts = [*table.conditions, f"{table.by}>={self.since}"]
        parts += [] if is_open else [f"{table.by}<{self.before}"]
        # the condition is left out where there is no id yet: an empty value would be malformed
        parts += [f"sys_id>{self.after}"] if self.after else []
        return "^".join([*parts, "ORDERBYsys_id"])

    def holds(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Say whether a record is one that was asked for."""
        is_early = table.changes or row[table.by] < self.before
        fits = all(row[name] in values for name, values in table.filter.items())
        return fits and is_early and row[table.by] >= self.since and row["sys_id"] > self.after

    def then(self, last_id: str | None) -> dict[str, str]:
        """Return where it goes on: after the last id, or at the next window where that was all."""
        if last_id is not None:
            return {"since": self.since, "until": self.until, "after": last_id}
        return {"since": self.before, "until": self.until}


def text(at: datetime) -> str:
    """Write an instant as the instance does: UTC, whole seconds, no zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def instant(written: str) -> datetime:
    """Read an instant of the instance's."""
    try:
        return datetime.strptime(written, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise SourceError(
            f"{written!r} is no time in UTC as the Table API writes it; ask for actual values"
        ) from None


def tables_of(said: ServiceNowSettings) -> Mapping[str, Table]:
    """Return what a contract needs of an instance, by stream."""
    since, incidents = said.observed_from, ("incident",)
    created, updated = "sys_created_on", "sys_updated_on"
    tables = {
        "audit": Table(
            "sys_audit", shapes.Audit,
            {"tablename": incidents, "fieldname": ("state", "assigned_to", "assignment_group")},
            created, since, keep=_hide_assignee,
        ),
        "incidents": Table(
            "incident", shapes.incident_with(said.own_fields), {"sys_class_name": incidents},
            updated, since, changes=True,
        ),
        "journal": Table(
            "sys_journal_field", shapes.Entry,
            {"name": incidents, "element": ("comments", "work_notes")}, created, since,
        ),
        "deletions": Table(
            "sys_audit_delete", shapes.Deletion, {"tablename": incidents}, created, since,
            keep=_keep_a_number,
        ),
        # a user who changes leaves the grant as it was, so all of them are read each time
        "staff": Table(
            "sys_user_has_role", shapes.Grant, {"role.name": said.staff_roles}, updated, BEGINNING,
            changes=True, is_whole=True, keep=_add_key,
        ),
        "ratings": Table(
            "asmt_metric_result", shapes.Rating, {"instance.trigger_table": incidents},
            updated, since, changes=True,
        ),
    }  # fmt: skip
    return {name: table for name, table in tables.items() if said.surveys or name != "ratings"}


def _hide_assignee(change: shapes.Audit) -> None:
    if change.fieldname == "assigned_to":
        change.oldvalue = change.oldvalue and requester_key(change.oldvalue)
        change.newvalue = change.newvalue and requester_key(change.newvalue)


def _keep_a_number(deletion: shapes.Deletion) -> None:
    """Drop what stands for the record to people, unless it is the number: it could be its text."""
    if not _NUMBER.fullmatch(deletion.display_value):
        deletion.display_value = ""


def _add_key(grant: shapes.Grant) -> None:
    grant.key = Person(requester_key(grant.user_name))
