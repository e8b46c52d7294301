"""Who and what an org knows: users, profiles, queues, contacts, leads, record types.

Written from the object reference (User, Profile, Group, Contact, Lead, RecordType). An Agentforce
service agent acts as a user of the profile `Einstein Agent User`, an employee's agent as that
employee (Help `agent_user`, `agent_execution_data`; salesforcecli/plugin-org `create_agent_user`).
"""

from datetime import datetime
from typing import Any

from tests.emulators.salesforce_records import Records, Row, to_text

AGENT_PROFILE = "Einstein Agent User"


class People(Records):
    """The records that others refer to; who changed them is never a reader's business."""

    def __init__(self, *, history_months: int | None, recycle_days: int, at: datetime) -> None:
        super().__init__(history_months=history_months, recycle_days=recycle_days)
        self._profiles: dict[str, str] = {}
        self.automated = self.add_user(
            "Automated Process", at=at, user_type="AutomatedProcess", profile=""
        )

    def add_user(
        self,
        name: str,
        *,
        at: datetime,
        user_type: str = "Standard",
        profile: str = "Standard User",
        is_active: bool = True,
    ) -> str:
        username = f"{name.lower().replace(' ', '.')}@example.com"
        return self._add(
            "User", at, Name=name, Username=username, Email=username, UserType=user_type,
            IsActive=is_active, ProfileId=self._profile(profile, at) if profile else None,
        )  # fmt: skip

    def add_agent(self, name: str, *, at: datetime) -> str:
        """Add the user that an Agentforce service agent acts as."""
        return self.add_user(name, at=at, profile=AGENT_PROFILE)

    def change_user(
        self, user: str, *, at: datetime, profile: str | None = None, is_active: bool | None = None
    ) -> None:
        """Change what a user is. Of what he was before, the API says nothing."""
        changes: dict[str, Any] = {}
        if profile is not None:
            changes["ProfileId"] = self._profile(profile, at)
        if is_active is not None:
            changes["IsActive"] = is_active
        self._touch(user, at, self.automated, **changes)

    def add_queue(self, name: str, *, at: datetime) -> str:
        developer_name = name.replace(" ", "_")
        return self._add("Group", at, Name=name, DeveloperName=developer_name, Type="Queue")

    def add_contact(self, name: str, email: str, *, at: datetime) -> str:
        return self._add("Contact", at, Name=name, Email=email)

    def add_lead(self, name: str, email: str, company: str, *, at: datetime) -> str:
        return self._add("Lead", at, Name=name, Email=email, Company=company, Status="New")

    def add_record_type(self, name: str, *, at: datetime, of: str = "Case") -> str:
        return self._add(
            "RecordType", at, Name=name, DeveloperName=name.replace(" ", "_"), SobjectType=of,
            IsActive=True,
        )  # fmt: skip

    def name_of(self, id_: str | None) -> str | None:
        return self.row(id_)["Name"] if id_ else None

    def _profile(self, name: str, at: datetime) -> str:
        if name not in self._profiles:
            self._profiles[name] = self._add("Profile", at, Name=name, UserType="Standard")
        return self._profiles[name]

    def _add(self, object_: str, at: datetime, by: str | None = None, **values: Any) -> str:
        """Insert a record with the fields that the system keeps of every record."""
        fields, when = self.tables[object_].schema.fields, to_text(at)
        kept: Row = {"CreatedDate": when, "LastModifiedDate": when, "SystemModstamp": when}
        kept |= {"CreatedById": by, "LastModifiedById": by}
        kept = {name: value for name, value in kept.items() if name in fields}
        return self.tables[object_].insert(**kept | values)

    def _touch(self, id_: str, at: datetime, by: str, **changes: Any) -> None:
        when = to_text(at)
        kept = {"LastModifiedDate": when, "LastModifiedById": by, "SystemModstamp": when}
        self.table_of(id_).update(id_, **kept | changes)
