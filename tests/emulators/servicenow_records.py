"""The records of a ServiceNow instance, and what each write leaves behind: audit and journal.

Written from prose of the product documentation (ServiceNow/ServiceNowDocs at cb48b5c3):
`c_UnderstandingTheSysAuditTable.md`, `exploring-auditing.md` (fields that begin with sys_ are not
audited) and `c_DiffBtwnAuditHistSets.md` (what was set at insert is not in sys_audit).

`by` is a user name, as in sys_audit. Every `at` is an instant; values are kept in UTC, to the
second. sys_ids come in no order, as they do there, but are the same in every run.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

from tests.emulators.servicenow_schema import TABLES
from tests.emulators.servicenow_tables import Table

# what sys_audit has as the old value of a comment or a note (seen in several public clients)
ADDITION = "JOURNAL FIELD ADDITION"
PROPERTIES = {
    "glide.invalid_query.returns_no_rows": "false",
    "glide.ui.autoclose.time": "7",
    "com.snc.incident.autoclose.basedon.resolved_at": "true",
    "com.snc.incident.clone_fields_on_reopen": "caller_id,category,short_description",
}


def text(at: datetime) -> str:
    """Return an instant as the instance keeps it: UTC, to the second, without a zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


class Records:
    """The records of an instance. `audits_inserts`: what a record is born with is audited too."""

    def __init__(self, *, audits_inserts: bool = False) -> None:
        self.tables = {name: Table(name, tuple(cols.split())) for name, cols in TABLES.items()}
        self.audits_inserts = audits_inserts
        self._user_ids: dict[str, str] = {}
        self._made = 0
        self._numbers = 10_000
        for name, value in PROPERTIES.items():
            self.set_property(name, value)

    # people

    def add_user(
        self,
        user_name: str,
        *,
        at: datetime,
        name: str = "",
        identity_type: str = "human",
        time_zone: str = "",
    ) -> str:
        """Add a person, an integration (`machine`) or an AI user (`ai_user`)."""
        given = name or user_name.replace(".", " ").title()
        first, _, last = given.partition(" ")
        values = {
            "user_name": user_name,
            "name": given,
            "first_name": first,
            "last_name": last,
            "email": f"{user_name}@example.com",
            "phone": "+49 30 1234567",
            "active": "true",
            "identity_type": identity_type,
            "time_zone": time_zone,
        }
        self._user_ids[user_name] = self._insert("sys_user", values, at, "admin")
        return self._user_ids[user_name]

    def change_user(self, user_name: str, *, at: datetime, by: str, **values: str) -> None:
        """Change a user's record; the table of users is not audited by default."""
        self._update("sys_user", self._user_ids[user_name], values, at, by, audited=False)

    def grant_role(self, user_name: str, role: str, *, at: datetime, by: str = "admin") -> str:
        roles = self.tables["sys_user_role"]
        named = (sys_id for sys_id in roles.rows if roles.value(sys_id, "name") == role)
        role_id = next(named, None) or self._insert("sys_user_role", {"name": role}, at, by)
        values = {"user": self._user_ids[user_name], "role": role_id, "state": "active"}
        return self._insert("sys_user_has_role", values, at, by)

    def revoke_role(self, grant: str) -> None:
        self.tables["sys_user_has_role"].remove(grant)

    def add_group(self, name: str, *, at: datetime) -> str:
        return self._insert("sys_user_group", {"name": name, "active": "true"}, at, "admin")

    def set_property(self, name: str, value: str) -> None:
        """Set a system property, such as `glide.invalid_query.returns_no_rows`."""
        values = {"name": name, "value": value}
        self.tables["sys_properties"].write(self._hash(f"property {name}"), values)

    def property(self, name: str) -> str:
        return self.tables["sys_properties"].value(self._hash(f"property {name}"), "value")

    # what writes have in common

    def _hash(self, of: str) -> str:
        return hashlib.md5(of.encode(), usedforsecurity=False).hexdigest()

    def _insert(self, table: str, values: Mapping[str, str], at: datetime, by: str) -> str:
        self._made += 1
        sys_id = self._hash(f"{table} {self._made}")
        stamps = {"sys_created_on": text(at), "sys_created_by": by}
        if "sys_mod_count" in self.tables[table].place:
            stamps |= {"sys_updated_on": text(at), "sys_updated_by": by, "sys_mod_count": "0"}
        self.tables[table].write(sys_id, {**values, **stamps})
        if self.audits_inserts and table == "incident":
            for column, value in values.items():
                self._audit(sys_id, column, ("", value), at, by)
        return sys_id

    def _update(
        self,
        table: str,
        sys_id: str,
        values: Mapping[str, str],
        at: datetime,
        by: str,
        *,
        audited: bool,
    ) -> None:
        records = self.tables[table]
        if "state" in values and table == "incident":
            values = {**values, "incident_state": values["state"]}
        before = {column: records.value(sys_id, column) for column in values}
        changed = {column: value for column, value in values.items() if value != before[column]}
        count = str(int(records.value(sys_id, "sys_mod_count")) + 1)
        stamps = {"sys_updated_on": text(at), "sys_updated_by": by, "sys_mod_count": count}
        records.write(sys_id, {**changed, **stamps})
        for column, value in changed.items() if audited else ():
            self._audit(sys_id, column, (before[column], value), at, by)

    def _audit(
        self, incident: str, column: str, change: tuple[str, str], at: datetime, by: str
    ) -> None:
        if column.startswith("sys_"):
            return
        values = {
            "tablename": "incident",
            "documentkey": incident,
            "fieldname": column,
            "oldvalue": change[0],
            "newvalue": change[1],
            "user": by,
            "record_checkpoint": self.tables["incident"].value(incident, "sys_mod_count"),
        }
        self._insert("sys_audit", values, at, by)

    def _journal(
        self, incident: str, element: str, says: str, at: datetime, by: str, *, audited: bool = True
    ) -> None:
        place = {"name": "incident", "element": element, "element_id": incident}
        self._insert("sys_journal_field", {**place, "value": says}, at, by)
        if audited:
            self._audit(incident, element, (ADDITION, says), at, by)
