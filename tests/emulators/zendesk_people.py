"""Who works in a Zendesk account and who writes to it."""

from datetime import datetime

from tests.emulators.zendesk_desk import Desk
from tests.emulators.zendesk_records import SYSTEM, User, to_second, to_text


class People(Desk):
    """Users, their roles, and groups."""

    def add_user(self, role: str = "end-user", *, at: datetime, name: str | None = None) -> int:
        """Add a user; `role` is `end-user`, `agent` or `admin`."""
        id_, second = self.new_id(), to_second(at)
        email = f"user{id_}@example.com"
        self.users[id_] = User(id_, name or f"Person {id_}", email, role, second, second)
        self.user_changes.add(second, id_)
        return id_

    def change_role(self, user: int, role: str, *, at: datetime, by: int | None = None,
                    described_as: str | None = None) -> None:  # fmt: skip
        """Change a role: the user tells only the new one, the audit log tells of the change."""
        it = self.users[user]
        words = described_as or f"Support role changed from {_title(it.role)} to {_title(role)}"
        it.role = role
        self.touch_user(it, at)
        self._log("update", it, words, at, by)

    def suspend(self, user: int, *, at: datetime, by: int | None = None) -> None:
        self.users[user].suspended = True
        self.touch_user(self.users[user], at)
        self._log("update", self.users[user], "Suspended changed from false to true", at, by)

    def deactivate(self, user: int, *, at: datetime, by: int | None = None) -> None:
        """Delete a user: it stays in the export, inactive and without an e-mail address."""
        it = self.users[user]
        it.active, it.email = False, None
        self.touch_user(it, at)
        self._log("destroy", it, "", at, by)

    def add_group(self, name: str, *, at: datetime) -> int:
        id_, text = self.new_id(), to_text(to_second(at))
        self.groups[id_] = {"id": id_, "name": name, "description": "", "default": False,
                            "deleted": False, "is_public": True, "created_at": text,
                            "updated_at": text}  # fmt: skip
        return id_

    def _log(self, action: str, user: User, words: str, at: datetime, by: int | None) -> None:
        actor = self.users[by] if by else None
        label = {"update": "Updated", "destroy": "Deleted"}[action]
        self.audit_logs.append({
            "id": self.new_id(), "action": action, "action_label": label,
            "actor_id": actor.id if actor else SYSTEM, "actor_name": actor and actor.name,
            "change_description": words, "created": to_second(at), "ip_address": "203.0.113.7",
            "source_id": user.id, "source_type": "user", "source_label": user.name,
        })  # fmt: skip


def _title(role: str) -> str:
    return {"end-user": "End user", "agent": "Agent", "admin": "Admin"}.get(role, role)
