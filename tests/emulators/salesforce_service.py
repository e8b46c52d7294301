"""What happens to cases, told by tests: opened, answered, closed, reopened, merged, deleted.

Written from the object reference (Case, CaseHistory, CaseComment, EmailMessage, CaseStatus), Help
(`cases_merge`) and the Apex guide (apex_triggers_merge_statements), all prose. Only tracked fields
have history, and none of them has a row for its value at creation; a lookup that changes has two
rows, one with names and one with ids. Assumptions: reopening empties `ClosedDate`, a comment or
e-mail leaves the case's own `SystemModstamp`, and what a merge moves to the kept case counts as
changed.
"""

from datetime import datetime
from typing import Any

from tests.emulators.salesforce_people import People
from tests.emulators.salesforce_records import to_text

STATUSES = {"New": False, "Working": False, "Escalated": False, "Closed": True, "Merged": True}
LOOKUPS = {"Owner": "OwnerId", "Contact": "ContactId", "Parent": "ParentId"}
TRACKED = frozenset({"Status", "Owner", "Priority", "Contact"})


class Service(People):
    """The cases of an org. `tracked` are the fields of Case that have history."""

    def __init__(
        self,
        *,
        at: datetime,
        tracked: frozenset[str] = TRACKED,
        statuses: dict[str, bool] | None = None,
        history_months: int | None = 24,
        recycle_days: int = 15,
    ) -> None:
        super().__init__(history_months=history_months, recycle_days=recycle_days, at=at)
        self.tracked, self.statuses = tracked, statuses or STATUSES
        for place, (name, is_closed) in enumerate(self.statuses.items(), 1):
            self._add("CaseStatus", at, ApiName=name, MasterLabel=name, IsClosed=is_closed,
                      IsDefault=place == 1, SortOrder=place)  # fmt: skip

    def open_case(
        self,
        *,
        by: str,
        at: datetime,
        contact: str | None = None,
        owner: str | None = None,
        status: str = "New",
        subject: str = "My order has not come",
        description: str = "It was promised for Monday.",
        **fields: Any,
    ) -> str:
        """Open a case. One that is born closed is closed at once, and has no history of it."""
        email = self.row(contact)["Email"] if contact else "walk.in@example.com"
        values: dict[str, Any] = {
            "CaseNumber": f"{1000 + len(self.tables['Case'].rows):08}", "Status": status,
            "IsClosed": self.statuses[status], "OwnerId": owner or by, "ContactId": contact,
            "ClosedDate": to_text(at) if self.statuses[status] else None, "Origin": "Email",
            "Priority": "Medium", "Subject": subject, "Description": description,
            "SuppliedName": "Sam Supplied", "SuppliedEmail": email, "ContactEmail": email,
        }  # fmt: skip
        case = self._add("Case", at, by, **values | fields)
        self._history(case, "created", "Text", None, None, by=by, at=at)
        return case

    def change(self, case: str, *, by: str, at: datetime, **fields: Any) -> None:
        """Change fields of a case: `Status="Closed"`, `Owner=user_or_queue`, `Priority="High"`."""
        row = self.row(case)
        changes: dict[str, Any] = {}
        for name, new in fields.items():
            column = LOOKUPS.get(name, name)
            if name in self.tracked:
                self._track(case, name, row[column], new, by=by, at=at)
            changes[column] = new
        if "Status" in fields:
            changes["IsClosed"] = is_closed = self.statuses[fields["Status"]]
            was_closed = row["IsClosed"]
            closed_now = row["ClosedDate"] if was_closed else to_text(at)
            changes["ClosedDate"] = closed_now if is_closed else None
        self._touch(case, at, by, **changes)

    def close(self, case: str, *, by: str, at: datetime) -> None:
        self.change(case, by=by, at=at, Status="Closed")

    def reopen(self, case: str, *, by: str, at: datetime) -> None:
        self.change(case, by=by, at=at, Status="Working")

    def assign(self, case: str, to: str, *, by: str, at: datetime, how: str = "Owner") -> None:
        """Give a case to a user or queue; `how` may be ownerAssignment, -Accepted or -Escalated."""
        if "Owner" in self.tracked:
            self._track(case, "Owner", self.row(case)["OwnerId"], to, by=by, at=at, called=how)
        self._touch(case, at, by, OwnerId=to)

    def comment(
        self,
        case: str,
        *,
        by: str,
        at: datetime,
        is_published: bool = True,
        body: str = "We are looking into it.",
    ) -> str:
        return self._add("CaseComment", at, by, ParentId=case, IsPublished=is_published,
                         CommentBody=body)  # fmt: skip

    def email(
        self,
        case: str,
        *,
        incoming: bool,
        by: str,
        at: datetime,
        text: str = "Where is my order?",
    ) -> str:
        """Let an e-mail come in, or go out; what comes in was created by an automated user."""
        requester = self.row(case)["ContactEmail"]
        ends = (requester, "help@example.com") if incoming else ("help@example.com", requester)
        return self._add(
            "EmailMessage", at, by, ParentId=case, Incoming=incoming, MessageDate=to_text(at),
            Status="0" if incoming else "3", FromAddress=ends[0], FromName="Ann Writer",
            ToAddress=ends[1], Subject=self.row(case)["Subject"], TextBody=text,
            HtmlBody=f"<p>{text}</p>",
        )  # fmt: skip

    def touch(self, id_: str, *, at: datetime) -> None:
        """Let a process of the system rewrite a record: only `SystemModstamp` tells."""
        self.table_of(id_).update(id_, SystemModstamp=to_text(at))

    def delete(self, id_: str, *, by: str, at: datetime) -> None:
        """Move a record, and what hangs on it, to the Recycle Bin."""
        self._bin(id_, at, by, True)

    def undelete(self, id_: str, *, by: str, at: datetime) -> None:
        self._bin(id_, at, by, False)

    def merge(
        self, kept: str, losers: list[str], *, by: str, at: datetime, keeps_losers: bool = False
    ) -> None:
        """Merge cases. An org either deletes the losers or keeps them under a status."""
        for loser in losers:
            for name in ("CaseComment", "EmailMessage", "MessagingSession"):
                self._move(name, loser, kept, by=by, at=at)
            if keeps_losers:
                self.change(loser, by=by, at=at, Status="Merged", MasterRecordId=kept)
            else:
                self._bin(loser, at, by, True)
                self.table_of(loser).update(loser, MasterRecordId=kept)
        self._touch(kept, at, by)

    def _move(self, name: str, loser: str, kept: str, *, by: str, at: datetime) -> None:
        table = self.tables[name]
        column = next(c for c in ("ParentId", "CaseId") if c in table.groups)
        for id_ in list(table.groups[column].get(loser, [])):
            self._touch(id_, at, by, **{column: kept})

    def _bin(self, id_: str, at: datetime, by: str, is_deleted: bool) -> None:
        self._touch(id_, at, by, IsDeleted=is_deleted)
        for name, column in (("CaseComment", "ParentId"), ("EmailMessage", "ParentId")):
            for child in list(self.tables[name].groups[column].get(id_, [])):
                self._touch(child, at, by, IsDeleted=is_deleted)
        for child in list(self.tables["CaseHistory"].groups["CaseId"].get(id_, [])):
            deleted = to_text(at) if is_deleted else None
            self.tables["CaseHistory"].update(child, IsDeleted=is_deleted, _deleted=deleted)

    def _track(
        self, case: str, name: str, old: Any, new: Any, *, by: str, at: datetime, called: str = ""
    ) -> None:
        if old == new:
            return
        if name not in LOOKUPS:
            self._history(case, name, "DynamicEnum", old, new, by=by, at=at)
            return
        names = (self._label(old), self._label(new))
        self._history(case, called or name, "Text", *names, by=by, at=at)
        self._history(case, called or name, "EntityId", old, new, by=by, at=at)

    def _label(self, id_: str | None) -> str | None:
        return self.row(id_)["CaseNumber"] if id_ and id_[:3] == "500" else self.name_of(id_)

    def _history(
        self, case: str, name: str, data_type: str, old: Any, new: Any, *, by: str, at: datetime
    ) -> None:
        self._add("CaseHistory", at, by, CaseId=case, Field=name, DataType=data_type,
                  OldValue=old, NewValue=new)  # fmt: skip
