"""How the API shows what a workspace holds: conversations, parts, admins, as JSON documents.

Written from the components `conversation`, `conversation_list_item`, `conversation_part`,
`conversation_rating`, `conversation_statistics`, `ai_agent`, `admin` of the published schema. What
it does not allow to be null and is not there is left out.
"""

import re
from datetime import datetime
from typing import Any

from tests.emulators.intercom_model import (
    BOTS,
    FIN,
    Admin,
    Conversation,
    Part,
    Rating,
)
from tests.emulators.intercom_statistics import seconds, statistics
from tests.emulators.intercom_workspace import Workspace

MAX_PARTS = 500
REDACTED = "<p><i>This message was deleted</i></p>"

# `ai_agent.resolution_state` as versions before 2.15 say it: the schemas of 2.11 to 2.14 list
# these two beside the resolutions; which new word replaced which old one is our guess
STATES_BEFORE_2_15 = {
    "escalated": "routed_to_team",
    "procedure_handoff": "routed_to_team",
    "negative_feedback": "abandoned",
}


def plain(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


def channel(it: Conversation) -> str:
    return "messenger" if it.source_type == "conversation" else it.source_type


class Documents:
    """The documents of one workspace, for one version of the API."""

    def __init__(
        self, workspace: Workspace, *, version: tuple[int, ...] = (2, 16), is_plain: bool = False
    ) -> None:
        self._workspace = workspace
        self.version = version
        self._text = plain if is_plain else str

    def conversation(self, it: Conversation, *, counts_all_parts: bool) -> dict[str, Any]:
        """Show a conversation with its parts: of more than 500, the 500 most recent ones."""
        returned = it.parts[-MAX_PARTS:]
        return self.list_item(it) | {
            "conversation_parts": {
                "type": "conversation_part.list",
                "conversation_parts": [self.part(each) for each in returned],
                "total_count": len(it.parts if counts_all_parts else returned),
            }
        }

    def list_item(self, it: Conversation) -> dict[str, Any]:
        """Show a conversation as lists and searches do, without its parts."""
        contacts = [self._workspace.survivor(each) for each in it.contact_ids]
        references = [
            {"type": "contact", "id": c.id, "external_id": c.external_id} for c in contacts
        ]
        return {
            "type": "conversation",
            "id": it.id,
            "title": None,
            "created_at": seconds(it.created_at),
            "updated_at": seconds(it.updated_at),
            "waiting_since": seconds(it.waiting_since),
            "snoozed_until": seconds(it.snoozed_until),
            "open": it.state != "closed",
            "state": it.state,
            "read": False,
            "priority": "none",
            "admin_assignee_id": int(it.admin_id or 0),
            "team_assignee_id": int(it.team_id or 0),
            "tags": {"type": "tag.list", "tags": [self._tag(*tag) for tag in it.tags]},
            "conversation_rating": self._rating(it),
            "source": self._source(it),
            "contacts": {"type": "contact.list", "contacts": references},
            "teammates": self._teammates(it),
            "custom_attributes": it.attributes,
            "first_contact_reply": self._first_contact_reply(it),
            "sla_applied": self._sla(it),
            "statistics": statistics(it, self._workspace),
            "linked_objects": {"type": "list", "data": [], "total_count": 0, "has_more": False},
            "ai_agent_participated": it.fin is not None,
            "ai_agent": self._fin(it),
            "channel": {"initial": channel(it), "current": channel(it)},
            "external_references": [],
            "topics": {},
            "ticket": None,
        }

    def part(self, part: Part) -> dict[str, Any]:
        body = part.body if part.body is None else self._text(f"<p>{part.body}</p>")
        assigned_to = part.assigned_to and dict(zip(("type", "id"), part.assigned_to, strict=True))
        return {
            "type": "conversation_part",
            "id": part.id,
            "part_type": part.part_type,
            "body": self._text(REDACTED) if part.redacted else body,
            "created_at": seconds(part.at),
            "updated_at": seconds(part.updated_at or part.at),
            "notified_at": seconds(part.at),
            "assigned_to": assigned_to,
            "author": self._author(part.by)
            | {"from_ai_agent": part.by == FIN, "is_ai_answer": part.is_answer},
            "attachments": [],
            "external_id": None,
            "redacted": part.redacted,
            "email_message_metadata": None,
            "metadata": {},
            "state": part.state,
            "tags": [],
            "event_details": part.event_details,
            "app_package_code": None,
        }

    def admin(self, admin: Admin) -> dict[str, Any]:
        return {
            "type": "admin",
            "id": admin.id,
            "name": admin.name,
            "email": admin.email,
            "away_mode_enabled": False,
            "away_mode_reassign": False,
            "has_inbox_seat": True,
            "team_ids": admin.team_ids,
            "role": {"type": "role", "id": str(sum(map(ord, admin.role))), "name": admin.role},
        }

    def _author(self, by: str) -> dict[str, Any]:
        if by in BOTS:
            bot_id, name = BOTS[by]
            email = "operator+abcd1234@intercom.io"
            return {"type": "bot", "id": bot_id, "name": name, "email": email}
        if by in self._workspace.admins:
            admin = self._workspace.admins[by]
            return {"type": "admin", "id": admin.id, "name": admin.name, "email": admin.email}
        contact = self._workspace.survivor(by)
        return {
            "type": contact.role,
            "id": contact.id,
            "name": contact.name,
            "email": contact.email,
        }

    def _source(self, it: Conversation) -> dict[str, Any]:
        return {
            "type": it.source_type,
            "id": str(403_000_000 + it.number),
            "delivered_as": it.delivered_as,
            "subject": self._text(it.subject),
            "body": self._text(REDACTED if it.is_source_redacted else f"<p>{it.body}</p>"),
            "author": self._author(it.started_by),
            "attachments": [],
            "url": None,
            "redacted": it.is_source_redacted,
        }

    def _tag(self, tag_id: str, name: str, at: datetime, by: str) -> dict[str, Any]:
        author = self._author(by)
        applied_by = {"type": author["type"], "id": author["id"]}
        applied = {"applied_at": seconds(at), "applied_by": applied_by}
        return {"type": "tag", "id": tag_id, "name": name} | applied

    def _rating(self, it: Conversation) -> dict[str, Any] | None:
        if it.rating is None:
            return None
        contact = self._workspace.survivor(it.contact_ids[0])
        return {
            "rating": it.rating.rating,
            "remark": it.rating.remark,
            "created_at": seconds(it.rating.requested_at),
            "updated_at": seconds(it.rating.rated_at),
            "contact": {"type": "contact", "id": contact.id, "external_id": contact.external_id},
            "teammate": {"type": "admin", "id": it.rating.teammate},
        }

    def _fin(self, it: Conversation) -> dict[str, Any] | None:
        if it.fin is None:
            return None
        state, rating = it.fin.resolution_state, it.fin.rating
        if self.version < (2, 15):
            state = STATES_BEFORE_2_15.get(state or "", state)
        return {
            "source_type": it.fin.source_type,
            "source_title": it.fin.source_title,
            "last_answer_type": it.fin.last_answer_type,
            "resolution_state": state,
            **fin_rating(rating),
            "content_sources": {
                "type": "content_source.list",
                "total_count": len(it.fin.content_sources),
                "content_sources": it.fin.content_sources,
            },
        }

    def _sla(self, it: Conversation) -> dict[str, Any] | None:
        if it.sla is None:
            return None
        name, status = it.sla
        return {"type": "conversation_sla_summary", "sla_name": name, "sla_status": status}

    def _teammates(self, it: Conversation) -> dict[str, Any]:
        wrote = dict.fromkeys(part.by for part in it.parts if part.by in self._workspace.admins)
        references = [{"type": "admin", "id": admin_id} for admin_id in wrote]
        return {"type": "admin.list", "teammates": references}

    def _first_contact_reply(self, it: Conversation) -> dict[str, Any] | None:
        if it.started_by in self._workspace.contacts:
            return {"created_at": seconds(it.created_at), "type": it.source_type, "url": None}
        replies = (part for part in it.parts if part.by in self._workspace.contacts)
        first = next(replies, None)
        if first is None:
            return None
        return {"created_at": seconds(first.at), "type": it.source_type, "url": None}


def fin_rating(rating: Rating | None) -> dict[str, Any]:
    """Show the rating of Fin; its `created_at` is the rating's, not the conversation's."""
    if rating is None:
        return dict.fromkeys(("rating", "rating_remark", "created_at", "updated_at"))
    rated_at = seconds(rating.rated_at)
    return {
        "rating": rating.rating,
        "rating_remark": rating.remark,
        "created_at": rated_at,
        "updated_at": rated_at,
    }
