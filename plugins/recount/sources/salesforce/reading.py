"""What is read of which object of an org, and how a stretch of it is asked for.

All instants of an org are whole seconds, so that a position in the order is an instant and an id. A
record that changes moves to the end of that order: such objects are read without an end, so that
none is missed by changing while we read. History is only added to, and read up to an end.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from recount.errors import SourceError
from recount.periods import format_instant, parse_instant
from recount.sources.extraction import Checkpoint
from recount.sources.requesters import requester_key
from recount.sources.salesforce import shapes
from recount.sources.salesforce.settings import SalesforceSettings
from recount.sources.shapes import Person, instant_of
from recount.sources.words import shown

# What a transaction wrote may be seen a little later than the instant that it bears.
LAG = timedelta(minutes=5)
# What was seen even later is found by looking once more at what was read last.
OVERLAP = timedelta(hours=1)
# The vendor's own data arrive in Data 360 when its jobs have run.
CLAIM_OVERLAP = timedelta(days=30)
BEGINNING = datetime(1999, 1, 1, tzinfo=UTC)
_ID = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_OWNERS = ("Owner", "ownerAssignment", "ownerAccepted", "ownerEscalated")
# A lookup that changes writes two rows, one of them with names: those are never asked for.
_STATUS_OR_OWNER = (
    f"(Field = 'Status' OR (DataType = 'EntityId' AND Field IN ({', '.join(map(repr, _OWNERS))})))"
)


@dataclass(frozen=True)
class Table:
    """One object: the records that fit `where`, in the order of the instant `by` and of `key`.

    `changes` says that the instant moves on when a record changes. `needs` are fields that must be
    readable for the records to be all: Salesforce leaves out the history of a hidden field.
    """

    object: str
    record: type[Struct]
    since: datetime
    by: str = "SystemModstamp"
    key: str = "Id"
    where: str = ""
    changes: bool = True
    has_deleted: bool = True
    has_bulk: bool = True
    needs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    overlap: timedelta = OVERLAP
    keep: Callable[[Any], None] = field(default=lambda record: None)

    @property
    def resource(self) -> str:
        """The resource that gives deleted and archived records too, where there can be any."""
        return "queryAll" if self.has_deleted else "query"


@dataclass(frozen=True)
class Stretch:
    """What is asked for next: records with `since` <= instant, after a position in their order.

    What is complete when all of it came ends before `until`.
    """

    since: datetime
    until: datetime
    at: datetime | None = None
    id: str = ""

    @classmethod
    def of(cls, checkpoint: Checkpoint, now: datetime) -> "Stretch":
        """Return the stretch that begins at a checkpoint, up to a little before the org's now."""
        since = parse_instant(checkpoint["since"])
        until = parse_instant(checkpoint.get("until", format_instant(now - LAG)))
        at = parse_instant(checkpoint["at"]) if "at" in checkpoint else None
        return cls(since, max(since, until), at, checkpoint.get("id", ""))

    @property
    def checkpoint(self) -> dict[str, str]:
        """Where it goes on; a checkpoint holds no locator, as that dies with its session."""
        bounds = {"since": format_instant(self.since), "until": format_instant(self.until)}
        return bounds | ({"at": format_instant(self.at), "id": self.id} if self.at else {})

    def after(self, table: Table, rows: Iterable[Mapping[str, Any]], what: str) -> "Stretch":
        """Return what is left after some records, which come in their order."""
        begins, at, id_ = self.at or self.since, self.at, self.id
        for row in rows:
            instant = instant_of(row[table.by], what)
            if instant < begins:
                raise SourceError(f"{what} gives records out of their order; run again")
            if at is None or instant >= at:
                at, id_ = instant, row[table.key]
        if not _ID.fullmatch(id_):
            raise SourceError(f"{what} gives a record of the id {shown(id_)}, which is none")
        return replace(self, at=at, id=id_)

    def conditions(self, table: Table, *, is_closed: bool) -> str:
        """Return the conditions of a query."""
        by, key = table.by, table.key
        parts = [table.where, f"{by} >= {_spelled(self.since)}"]
        parts += [f"{by} < {_spelled(self.until)}"] if is_closed else []
        if self.at:
            at = _spelled(self.at)
            parts += [f"({by} > {at} OR ({by} = {at} AND {key} > '{self.id}'))"]
        return " AND ".join(filter(None, parts))

    def query(self, table: Table, *, in_order: bool) -> str:
        """Return the query for its records; a bulk job is quicker without an order."""
        fields = ", ".join(shapes.asked_of(table.record))
        conditions = self.conditions(table, is_closed=not table.changes)
        order = f" ORDER BY {table.by}, {table.key}" if in_order else ""
        return f"SELECT {fields} FROM {table.object} WHERE {conditions}{order}"

    def count(self, table: Table, *, is_closed: bool) -> str:
        """Return the query for their number."""
        conditions = self.conditions(table, is_closed=is_closed or not table.changes)
        return f"SELECT COUNT() FROM {table.object} WHERE {conditions}"


def _spelled(at: datetime) -> str:
    """Write an instant as a query has it; Data 360 may have milliseconds."""
    precision = "milliseconds" if at.microsecond else "seconds"
    return at.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def tables_of(said: SalesforceSettings) -> Mapping[str, Table]:
    """Return what a contract needs of an org, by stream."""
    users = Table("User", shapes.User, BEGINNING, has_deleted=False, keep=_name_staff)
    tables = {"users": users}
    if said.tickets:
        tables |= _tables_of_cases(said)
    if "meeting" in said.subject_types:
        tables |= _tables_of_meetings(said)
    return tables


def _tables_of_cases(said: SalesforceSettings) -> dict[str, Table]:
    since = said.observed_from
    tables = {
        "cases": Table("Case", shapes.with_fields(shapes.Case, said.own_fields), since,
                       keep=_hide_owner),
        "history": Table("CaseHistory", shapes.Change, since, by="CreatedDate", changes=False,
                         where=_STATUS_OR_OWNER, needs={"Case": ("Status", "OwnerId")},
                         keep=_hide_values),
        "comments": Table("CaseComment", shapes.Comment, since),
    }  # fmt: skip
    if said.emails:
        tables["emails"] = Table("EmailMessage", shapes.Email, since)
    if said.messaging:
        tables["sessions"] = Table("MessagingSession", shapes.Session, since)
    if said.rating_question:
        asked = f"QuestionId = '{said.rating_question}'"
        tables["answers"] = Table("SurveyQuestionResponse", shapes.Answer, since, where=asked)
        tables["responses"] = Table("SurveyResponse", shapes.Response, since)
        tables["surveyed"] = Table("SurveySubject", shapes.Surveyed, since)
    if said.claim:
        tables["claims"] = Table(
            said.claim.object, shapes.claim_of(said.claim), since, by=said.claim.claimed_at,
            key=said.claim.id, has_deleted=False, has_bulk=False, overlap=CLAIM_OVERLAP,
        )  # fmt: skip
    return tables


def _tables_of_meetings(said: SalesforceSettings) -> dict[str, Table]:
    since, meetings = said.observed_from, said.meetings
    named = {*meetings.fields.values()} | ({meetings.field} if meetings.field else set())
    record = shapes.with_fields(shapes.Meeting, tuple(sorted(named)))
    # a series has a record of its own beside its meetings, and invited users have copies
    tables = {
        "meetings": Table("Event", record, since, where="IsChild = false AND IsRecurrence = false")
    }
    if meetings.invitations:
        tables["invitations"] = Table("EventRelation", shapes.Invitation, since, keep=_hide_invited)
    return tables


# People who work here keep their ids, as contracts name them; of customers hashes are enough.
_STAFF = ("Standard", "AutomatedProcess", "CloudIntegrationUser")
_USER = "005"


def _name_staff(user: shapes.User) -> None:
    user.key = Person(requester_key(user.id))
    user.id = user.id if user.user_type in _STAFF else str(user.key)


def _hide_owner(case: Any) -> None:
    case.owner_id = hidden(case.owner_id)


def _hide_values(change: shapes.Change) -> None:
    if change.field != "Status":
        change.old_value, change.new_value = hidden(change.old_value), hidden(change.new_value)


def _hide_invited(invitation: shapes.Invitation) -> None:
    invited = invitation.relation_id
    invitation.is_user = bool(invited and invited.startswith(_USER))
    invitation.relation_id = requester_key(invited) if invited else None


def hidden(owner: Any) -> Any:
    """Return an owner: a queue as it is, a person as a keyed hash."""
    is_person = isinstance(owner, str) and owner.startswith(_USER)
    return requester_key(owner) if is_person else owner
