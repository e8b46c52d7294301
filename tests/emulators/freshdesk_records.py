"""What Freshdesk keeps, and how its answers spell it.

Fields and their types are those of the examples in the reference, developers.freshdesk.com/api, the
sections Tickets, Conversations, Satisfaction Ratings, Agents and Groups. There is no published
schema: this is written from prose. Written anew.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

OPEN, PENDING, RESOLVED, CLOSED = 2, 3, 4, 5
EMAIL, PORTAL = 1, 2
REPLY, NOTE, SURVEY_FEEDBACK = 0, 2, 6

Json = dict[str, Any]


def to_second(at: datetime) -> int:
    return int(at.timestamp())


def to_text(second: int | None) -> str | None:
    """`2015-08-17T12:02:50Z`."""
    return None if second is None else f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass
class User:
    id: int
    name: str
    email: str
    created: int
    is_agent: bool = False
    scope: int = 1

    def contact(self) -> Json:
        return {"active": True, "email": self.email, "job_title": None, "language": "en",
                "last_login_at": None, "mobile": None, "name": self.name, "phone": None,
                "time_zone": "Chennai", "created_at": to_text(self.created),
                "updated_at": to_text(self.created)}  # fmt: skip

    def to_json(self) -> Json:
        return {"available": True, "occasional": False, "signature": None, "id": self.id,
                "ticket_scope": self.scope, "created_at": to_text(self.created),
                "updated_at": to_text(self.created), "available_since": None,
                "type": "support_agent", "contact": self.contact(), "focus_mode": True}  # fmt: skip


@dataclass
class Ticket:
    id: int
    requester: int
    subject: str
    created: int
    updated: int
    status: int = OPEN
    source: int = PORTAL
    group: int | None = None
    agent: int | None = None
    kind: str | None = None
    priority: int = 1
    custom_fields: Json = field(default_factory=dict)
    is_deleted: bool = False
    is_spam: bool = False
    is_archived: bool = False
    resolved: int | None = None
    closed: int | None = None
    reopened: int | None = None
    status_updated: int = 0

    def to_json(self) -> Json:
        told = {"cc_emails": ["cc@example.com"], "fwd_emails": [], "reply_cc_emails": [],
                "fr_escalated": False, "spam": self.is_spam, "email_config_id": None,
                "group_id": self.group, "priority": self.priority,
                "requester_id": self.requester, "responder_id": self.agent,
                "source": self.source, "company_id": None, "status": self.status,
                "subject": self.subject, "to_emails": None, "product_id": None, "id": self.id,
                "type": self.kind, "due_by": to_text(self.created + 3 * 86400),
                "fr_due_by": to_text(self.created + 86400), "is_escalated": False,
                "custom_fields": self.custom_fields, "created_at": to_text(self.created),
                "updated_at": to_text(self.updated), "tags": []}  # fmt: skip
        return told | ({"deleted": True} if self.is_deleted else {})

    def stats(self) -> Json:
        return {"agent_responded_at": None, "requester_responded_at": None,
                "first_responded_at": None, "status_updated_at": to_text(self.status_updated),
                "reopened_at": to_text(self.reopened), "resolved_at": to_text(self.resolved),
                "closed_at": to_text(self.closed), "pending_since": None}  # fmt: skip


@dataclass
class Conversation:
    id: int
    ticket: int
    user: int
    text: str
    created: int
    is_incoming: bool
    is_private: bool
    source: int

    def to_json(self) -> Json:
        return {"body_text": self.text, "body": f"<div>{self.text}</div>", "id": self.id,
                "incoming": self.is_incoming, "private": self.is_private, "user_id": self.user,
                "support_email": None, "source": self.source, "ticket_id": self.ticket,
                "created_at": to_text(self.created), "updated_at": to_text(self.created),
                "from_email": "from@example.com", "to_emails": ["to@example.com"],
                "cc_emails": [], "bcc_emails": [], "attachments": [], "last_edited_at": None,
                "last_edited_user_id": None}  # fmt: skip


@dataclass
class Rating:
    id: int
    ticket: int
    user: int
    agent: int | None
    score: int
    text: str
    created: int
    updated: int

    def to_json(self) -> Json:
        return {"id": self.id, "survey_id": 1, "user_id": self.user, "agent_id": self.agent,
                "feedback": self.text, "group_id": None, "ticket_id": self.ticket,
                "ratings": {"default_question": self.score, "question_2": -102},
                "created_at": to_text(self.created),
                "updated_at": to_text(self.updated)}  # fmt: skip


@dataclass
class Activity:
    """What one performer did at one instant; `user` is None where Freshdesk itself did it."""

    ticket: int
    second: int
    user: int | None
    told: Json

    def to_json(self) -> Json:
        at = datetime.fromtimestamp(self.second, UTC)
        return {"performed_at": f"{at:%d-%m-%Y %H:%M:%S} +0000", "ticket_id": self.ticket,
                "performer_type": "user" if self.user else "system",
                "performer_id": self.user, "activity": self.told}  # fmt: skip
