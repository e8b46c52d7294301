"""An Intercom workspace: who is in it, and what it holds; what happens there is in the stories."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.emulators.intercom_model import (
    BOTS,
    Admin,
    Contact,
    Conversation,
    Deleted,
    Outcome,
    Part,
)


class Workspace:
    """The people and conversations of one workspace, and Fin's outcomes as the vendor counts."""

    def __init__(self) -> None:
        self.contacts: dict[str, Contact] = {}
        self.admins: dict[str, Admin] = {}
        self.teams: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.conversations: dict[str, Conversation] = {}
        self.deleted: list[Deleted] = []
        self.retained: dict[str, Conversation] = {}  # deleted, still in reports
        self.standing: dict[str, Outcome] = {}  # what the vendor charges, by conversation
        self.other_outcomes: list[Outcome] = []  # taken back, or charged in error
        self.when_changed: Callable[[Conversation, datetime], None] = lambda *_: None
        self._numbers = 0
        self._part_numbers = 1_000_000

    def hire(self, name: str, *, role: str = "Support Agent", teams: tuple[str, ...] = ()) -> str:
        admin_id = str(991_000_000 + self._next())
        email = f"{name.split()[0].lower()}.{admin_id}@acme.example"
        self.admins[admin_id] = Admin(admin_id, name, email, role, [int(team) for team in teams])
        return admin_id

    def change_role(self, admin: str, *, role: str) -> None:
        """Give a teammate another role; the API keeps no history of it."""
        self.admins[admin].role = role

    def dismiss(self, admin: str) -> None:
        """Take a teammate off the list of admins; the parts that it wrote stay."""
        self.admins[admin].is_listed = False

    def found_team(self, name: str) -> str:
        team_id = str(5_000_000 + self._next())
        self.teams[team_id] = name
        return team_id

    def members(self, team: str) -> list[int]:
        """Return who is in a team now."""
        return [int(each.id) for each in self.admins.values() if int(team) in each.team_ids]

    def add_contact(self, name: str, *, role: str = "user", external_id: str | None = None) -> str:
        contact_id = f"6762f{self._next():019x}"
        email = f"{name.split()[0].lower()}.{self._numbers}@customer.example"
        self.contacts[contact_id] = Contact(contact_id, role, name, email, external_id)
        return contact_id

    def merge_contacts(self, lead: str, *, into: str, at: datetime) -> None:
        """Let a user swallow a lead: its conversations name the user from now on."""
        swallowed = self.contacts[lead]
        swallowed.merged_into = into
        self.contacts[into].swallowed.append((lead, swallowed.role, at))

    def touch(self, conversation: str, *, at: datetime) -> None:
        """Move `updated_at` by something that leaves no part."""
        it = self.conversations[conversation]
        it.updated_at = max(it.updated_at, at)
        self.when_changed(it, at)

    def survivor(self, contact: str) -> Contact:
        """Return the contact itself, or the one that swallowed it."""
        found = self.contacts[contact]
        return self.survivor(found.merged_into) if found.merged_into else found

    def _add(self, it: Conversation, part_type: str, by: str, at: datetime, **details: Any) -> str:
        if by not in self.contacts and by not in self.admins and by not in BOTS:
            raise LookupError(f"nobody has the id {by!r}; hire or add them first")
        self._part_numbers += 1
        it.parts.append(Part(str(self._part_numbers), part_type, by, at, it.state, **details))
        it.updated_at = max(it.updated_at, at)
        self.when_changed(it, at)
        return it.parts[-1].id

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers
