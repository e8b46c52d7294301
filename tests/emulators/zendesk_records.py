"""What Zendesk keeps, and how its answers spell it.

The fields and their types are those of answers of a real trial account of October 2026, recorded
in github.com/useairfoil/typescript-sdk (connectors/producer-zendesk/test/__cassettes__ and
test/fixtures, commit 3ebb5a79) and, for satisfaction ratings and audit logs, of answers recorded
in github.com/airbytehq/airbyte (source-zendesk-support/integration_tests, commit 0236339f). The
vendor's reference (developer.zendesk.com/api-reference/ticketing) is prose on these points: its
published schema describes ticket events as metric events, which no answer bears out. Written anew.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

SYSTEM = -1  # the updater of what no person did
BRAND, FORM, SURVEY = 360000358316, 360000084116, "01J58KJ9RAE0D2EK7HRVM7Z8F2"
CUSTOM_STATUS = {"new": 4044356, "open": 4044376, "pending": 4044396, "hold": 4044416}
CUSTOM_STATUS |= {"solved": 4044436, "closed": 4044436, "deleted": 4044376}
VIA_LABELS = {"email": "Mail", "api": "Web service", "web": "Web form"}

Json = dict[str, Any]


def to_second(at: datetime) -> int:
    return int(at.timestamp())


def to_text(second: float) -> str:
    """`2026-10-08T21:14:17Z`."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_precise_text(at: datetime) -> str:
    """`2026-10-09T06:18:21.129Z`: surveys tell milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class User:
    id: int
    name: str
    email: str | None
    role: str
    created: int
    updated: int
    active: bool = True
    suspended: bool = False

    def to_json(self, url: str) -> Json:
        is_staff = self.role != "end-user"
        empty = ("custom_role_id default_group_id details external_id is_billing_admin notes phone"
                 " organization_id photo shared_phone_number signature suspension_details"
                 " two_factor_auth_enabled alias last_login_at")  # fmt: skip
        return dict.fromkeys(empty.split()) | {
            "id": self.id, "url": f"{url}/api/v2/users/{self.id}.json", "name": self.name,
            "email": self.email, "role": self.role, "active": self.active,
            "suspended": self.suspended, "created_at": to_text(self.created),
            "updated_at": to_text(self.updated), "role_type": 4 if self.role == "admin" else None,
            "verified": is_staff, "moderator": is_staff, "restricted_agent": not is_staff,
            "ticket_restriction": None if is_staff else "requested", "shared": False,
            "shared_agent": False, "only_private_comments": False, "report_csv": False,
            "tags": [], "user_fields": {}, "locale": "en-US", "locale_id": 1,
            "time_zone": "Amsterdam", "iana_time_zone": "Europe/Amsterdam",
        }  # fmt: skip


@dataclass
class Ticket:
    id: int
    requester: int
    subject: str
    description: str
    status: str
    created: int
    updated: int
    generated: int  # also moves when the system alone changes the ticket
    via: Json
    support_type: str = "agent"
    assignee: int | None = None
    group: int | None = None
    tags: list[str] = field(default_factory=list)
    custom_fields: dict[int, Any] = field(default_factory=dict)
    followups: list[int] = field(default_factory=list)
    is_public: bool = True
    is_archived: bool = False
    status_before_deletion: str | None = None
    solved: int | None = None
    rating: Json = field(default_factory=lambda: {"score": "unoffered"})

    def to_json(self, url: str) -> Json:
        """Spell a ticket as the incremental export does."""
        custom = [{"id": key, "value": value} for key, value in self.custom_fields.items()]
        empty = "due_at external_id forum_topic_id organization_id problem_id recipient type"
        lists = "collaborator_ids email_cc_ids follower_ids sharing_agreement_ids"
        return dict.fromkeys(empty.split()) | {name: [] for name in lists.split()} | {
            "id": self.id, "url": f"{url}/api/v2/tickets/{self.id}.json", "via": self.via,
            "encoded_id": f"LMNP2J-{self.id:05}", "created_at": to_text(self.created),
            "updated_at": to_text(self.updated), "generated_timestamp": self.generated,
            "subject": self.subject, "raw_subject": self.subject, "description": self.description,
            "priority": "normal", "status": self.status, "requester_id": self.requester,
            "submitter_id": self.requester, "assignee_id": self.assignee, "group_id": self.group,
            "has_incidents": False, "is_public": self.is_public, "tags": self.tags,
            "custom_fields": custom, "fields": custom, "satisfaction_rating": self.rating,
            "custom_status_id": CUSTOM_STATUS[self.status], "followup_ids": self.followups,
            "ticket_form_id": FORM, "brand_id": BRAND, "support_type": self.support_type,
            "allow_channelback": False, "allow_attachments": True,
            "from_messaging_channel": self.support_type == "ai_agent",
        }  # fmt: skip


@dataclass
class Child:
    """One part of an update: a field that changed, or a comment."""

    event_type: str
    fields: Json
    rule: int | None = None  # the trigger or automation that did it
    rel: str | None = None
    comment: Json | None = None


@dataclass
class Event:
    """An update of a ticket; one that no rule or person explains may have no children."""

    id: int
    ticket: Ticket
    second: int
    updater: int
    via: str
    children: list[Child]
    extra: Json = field(default_factory=dict)

    def to_json(self, *, has_comments: bool) -> Json:
        system: Json = {"client": None, "latitude": None, "location": None, "longitude": None}
        if self.updater != SYSTEM:
            system |= {"client": "Mozilla/5.0 (X11)", "location": "Utrecht, 09, Netherlands"}
        body: Json = {"id": self.id, "ticket_id": self.ticket.id, "timestamp": self.second,
                      "created_at": to_text(self.second), "updater_id": self.updater,
                      "via": self.via, "system": system, "event_type": "Audit"}  # fmt: skip
        if has_comments:  # the sideload brings the metadata along
            body["metadata"] = {"custom": {}, "system": system | {"ip_address": "203.0.113.7"}}
        # the real ids of the parts go up by 128 from the id of the update
        children = enumerate(self.children, 1)
        spelled = [self._spell(self.id + 128 * n, child, has_comments) for n, child in children]
        return body | self.extra | {"child_events": spelled}

    def _spell(self, id_: int, child: Child, has_comments: bool) -> Json:
        via = "Rule" if child.rule else self.via
        base = {"id": id_, "event_type": child.event_type, "via": via}
        base["via_reference_id"] = child.rule
        if child.rule:
            base |= {"rel": child.rel, "revision_id": 1}
        if child.comment is None:
            return base | child.fields
        if not has_comments:
            return base | {"comment_present": True, "comment_public": child.comment["public"]}
        known: Json = {"audit_id": self.id, "created_at": to_text(self.second), "attachments": []}
        return base | {"type": "Comment"} | known | child.comment


def comment_part(author: User, body: str, *, is_public: bool, via: Json) -> Child:
    html = f'<div class="zd-comment" dir="auto"><p dir="auto">{body}</p></div>'
    text = {"body": body, "plain_body": body, "html_body": html}
    return Child("Comment", {}, comment=text | {"author_id": author.id, "public": is_public,
                                                "via": via})  # fmt: skip


def via_object(channel: str, *, rel: str | None = None, source: Json | None = None,
               to: Json | None = None) -> Json:  # fmt: skip
    return {"channel": channel, "source": {"from": source or {}, "to": to or {}, "rel": rel}}
