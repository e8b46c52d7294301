"""The plain lists of the API: who is there, which tags, what was merged or deleted."""

from math import ceil
from typing import Any

from tests.emulators.intercom_documents import Documents
from tests.emulators.intercom_limits import Refused
from tests.emulators.intercom_statistics import seconds
from tests.emulators.intercom_workspace import Workspace
from tests.emulators.server import Request


class Lists(Workspace):
    """Endpoints without filters; `url` and `_zone` come from the emulator."""

    url: str
    _zone: str

    def _me(self, request: Request) -> dict[str, Any]:
        """`GET /me` of the schema (`identifyAdmin`): whose token, of which workspace."""
        app = {
            "type": "app",
            "id_code": "acme1234",
            "name": "Acme",
            "region": "US",
            "timezone": self._zone,
            "created_at": 1_577_836_800,
            "identity_verification": False,
        }
        admin = {"type": "admin", "id": "990", "name": "Api Reader", "email": "api@acme.example"}
        avatar = {"type": "avatar", "image_url": "https://static.example/avatar.png"}
        owner = admin | {"email_verified": True, "has_inbox_seat": False, "avatar": avatar}
        return owner | {"app": app}

    def _list_admins(self, request: Request) -> dict[str, Any]:
        """`GET /admins` of the schema (`listAdmins`): the present teammates, all on one page."""
        listed = [admin for admin in self.admins.values() if admin.is_listed]
        admins = [Documents(self).admin(admin) for admin in listed]
        return {"type": "admin.list", "admins": admins}

    def _list_teams(self, request: Request) -> dict[str, Any]:
        """`GET /teams` of the schema (`listTeams`)."""
        teams = [
            {"type": "team", "id": team_id, "name": name, "admin_ids": self.members(team_id)}
            for team_id, name in self.teams.items()
        ]
        return {"type": "team.list", "teams": teams}

    def _list_tags(self, request: Request) -> dict[str, Any]:
        """`GET /tags` of the schema (`listTags`)."""
        tags = [{"type": "tag", "id": tag_id, "name": name} for tag_id, name in self.tags.items()]
        return {"type": "list", "data": tags}

    def _merge_history(self, request: Request, contact: str) -> dict[str, Any]:
        """`GET /contacts/{id}/merge_history` of the schema: only of users, latest first."""
        found = self.contacts.get(contact)
        if found is None or found.role == "lead" or found.merged_into:
            raise Refused("not_found", "Contact not found", 404)
        items = [
            {
                "type": "merge_history",
                "source_contact_id": source,
                "source_contact_role": role,
                "merged_at": seconds(at),
            }
            for source, role, at in reversed(found.swallowed)
        ]
        return {"type": "list", "data": items, "has_more": False}

    def _list_deleted(self, request: Request) -> dict[str, Any]:
        """`GET /conversations/deleted` of the schema (`listDeletedConversationIds`)."""
        number, per_page = int(request.query.get("page", 1)), int(request.query.get("per_page", 20))
        if not 1 <= per_page <= 60:
            raise Refused("parameter_invalid", "per_page is between 1 and 60")
        is_ascending = request.query.get("order") == "asc"
        deleted = self.deleted if is_ascending else self.deleted[::-1]
        total_pages = ceil(len(deleted) / per_page)
        pages = {"type": "pages", "page": number, "per_page": per_page, "total_pages": total_pages}
        if number < total_pages:
            following = f"per_page={per_page}&order={'asc' if is_ascending else 'desc'}"
            pages["next"] = f"{self.url}/conversations/deleted?{following}&page={number + 1}"
        items = [
            {
                "type": "conversation",
                "id": each.id,
                "metrics_retained": each.are_metrics_retained,
                "deleted_at": seconds(each.at),
            }
            for each in deleted[(number - 1) * per_page : number * per_page]
        ]
        document = {"type": "conversations.list", "total_count": len(deleted), "pages": pages}
        return document | {"conversations": items}
