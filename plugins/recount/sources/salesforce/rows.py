"""Landed pages of Salesforce as typed rows: one for each record of the API, and no meaning yet.

Whoever acted is a keyed hash of a user's id; the ids that the contract's actor registry has are
found again by hashing them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import UNSET, Struct

from recount.errors import SourceError
from recount.sources import shapes as reading
from recount.sources.requesters import names_by_key
from recount.sources.salesforce import shapes
from recount.sources.salesforce.reading import tables_of
from recount.sources.salesforce.settings import OUTCOMES, SalesforceSettings
from recount.sources.shapes import instant_of
from recount.sources.terms import SourceTerms
from recount.sources.words import shown

# The columns of a subject that an org may keep in fields of its own.
_SUBJECT_FIELDS = ("queue", "tier", "language", "department", "is_test")


@dataclass(frozen=True)
class Reader:
    """Reads the landed pages of one source; `what` is the page in a sentence."""

    said: SalesforceSettings
    names: Mapping[str, str]
    what: str

    @classmethod
    def of(cls, terms: SourceTerms, what: str) -> "Reader":
        """Return what reads a page by a contract's terms."""
        names = names_by_key(terms)
        return cls(terms.typed(SalesforceSettings), names, what)

    def rows(self, stream: str, data: bytes | Path) -> list[dict[str, Any]]:
        """Return the rows of a page, one for each of its records."""
        lists: dict[str, type[Struct]] = {"statuses": shapes.Status, "queues": shapes.Queue}
        record = lists.get(stream) or tables_of(self.said)[stream].record
        page: Any = reading.landed(data, shapes.page_of(record), self.what)
        of: Callable[[Any], dict[str, Any]] = getattr(self, f"_{stream}")
        return [of(each) for each in page.records]

    def _cases(self, case: shapes.Case) -> dict[str, Any]:
        values, follows = shapes.values_of(case), self.said.follow_up_field
        free = {"priority": case.priority, "type": case.type}
        return {
            "case_id": case.id,
            "case_number": case.case_number,
            "status": case.status,
            "contract_status_kind": self.said.statuses.get(case.status),
            "is_closed": case.is_closed,
            "closed_at": self._at(case.closed_date),
            "created_at": self._at(case.created_date),
            "creator": self._who(case.created_by_id),
            "modified_at": self._at(case.last_modified_date),
            "modifier": self._who(case.last_modified_by_id),
            "changed_at": self._at(case.system_modstamp),
            "is_deleted": case.is_deleted,
            "master_case_id": case.master_record_id,
            "owner": self._who(case.owner_id),
            "requester_key": case.contact_id,
            "channel": case.origin,
            "continues_case_id": values[follows] or None if follows else None,
            **_described(values, self.said.fields, free),
        }

    def _history(self, change: shapes.Change) -> dict[str, Any]:
        is_status = change.field == "Status"
        kinds = self.said.statuses if is_status else {}
        old, new = change.old_value, change.new_value
        return {
            "history_id": change.id,
            "case_id": change.case_id,
            "field": "Status" if is_status else "Owner",
            "old_value": old if is_status else self._who(old),
            "new_value": new if is_status else self._who(new),
            "contract_old_kind": kinds.get(old or ""),
            "contract_new_kind": kinds.get(new or ""),
            "occurred_at": self._at(change.created_date),
            "actor": self._who(change.created_by_id),
        }

    def _comments(self, comment: shapes.Comment) -> dict[str, Any]:
        return {
            "comment_id": comment.id,
            "case_id": comment.parent_id,
            "is_published": comment.is_published,
            "written_at": self._at(comment.created_date),
            "author": self._who(comment.created_by_id),
            "changed_at": self._at(comment.system_modstamp),
        }

    def _emails(self, email: shapes.Email) -> dict[str, Any]:
        return {
            "email_id": email.id,
            "case_id": email.parent_id,
            "is_incoming": email.incoming,
            "status": email.status,
            "written_at": self._at(email.message_date or email.created_date),
            "author": self._who(email.created_by_id),
            "changed_at": self._at(email.system_modstamp),
        }

    def _users(self, user: shapes.User) -> dict[str, Any]:
        key = None if user.key is UNSET else str(user.key)
        return {
            "user_key": self._who(key),
            "user_id": user.id,
            "user_type": user.user_type,
            "profile": user.profile,
            "is_active": user.is_active,
            "changed_at": self._at(user.system_modstamp),
        }

    def _sessions(self, session: shapes.Session) -> dict[str, Any]:
        return {
            "session_id": session.id,
            "case_id": session.case_id,
            "conversation_id": session.conversation_id,
            "status": session.status,
            "agent_type": session.agent_type,
            "origin": session.origin,
            "started_at": self._at(session.start_time),
            "accepted_at": self._at(session.accept_time),
            "ended_at": self._at(session.end_time),
            "changed_at": self._at(session.system_modstamp),
        }

    def _answers(self, answer: shapes.Answer) -> dict[str, Any]:
        value = None if answer.number_value is None else Decimal(str(answer.number_value))
        return {
            "answer_id": answer.id,
            "response_id": answer.response_id,
            "answer": value,
            "score_value": self._score(value),
            "changed_at": self._at(answer.system_modstamp),
        }

    def _score(self, value: Decimal | None) -> Decimal | None:
        """Return what an answer is worth of 5: by the contract, or as it is from 1 to 5."""
        if value is None or self.said.rating_values:
            return self.said.rating_values.get(f"{value:f}") if value is not None else None
        return value if 1 <= value <= 5 else None

    def _responses(self, response: shapes.Response) -> dict[str, Any]:
        return {
            "response_id": response.id,
            "invitation_id": response.invitation_id,
            "status": response.status,
            "completed_at": self._at(response.completion_date_time),
            "requester_key": response.submitter_id,
            "changed_at": self._at(response.system_modstamp),
        }

    def _surveyed(self, surveyed: shapes.Surveyed) -> dict[str, Any]:
        return {
            "surveyed_id": surveyed.id,
            "parent_id": surveyed.parent_id,
            "about_id": surveyed.subject_id,
            "changed_at": self._at(surveyed.system_modstamp),
        }

    def _statuses(self, status: shapes.Status) -> dict[str, Any]:
        named = {"api_name": status.api_name, "label": status.master_label}
        return {"status_id": status.id, **named, "is_closed": status.is_closed}

    def _queues(self, queue: shapes.Queue) -> dict[str, Any]:
        return {"queue_id": queue.id, "queue_name": queue.name}

    def _meetings(self, meeting: shapes.Meeting) -> dict[str, Any]:
        values, said = shapes.values_of(meeting), self.said.meetings
        outcome = _spelled(values[said.field]) if said.field else None
        minutes = meeting.duration_in_minutes
        return {
            "meeting_id": meeting.id,
            "created_at": self._at(meeting.created_date),
            "creator": self._who(meeting.created_by_id),
            "ends_at": self._at(meeting.end_date_time),
            "duration_minutes": None if minutes is None else Decimal(minutes),
            "requester_key": meeting.who_id,
            "modified_at": self._at(meeting.last_modified_date),
            "modifier": self._who(meeting.last_modified_by_id),
            "changed_at": self._at(meeting.system_modstamp),
            "is_deleted": meeting.is_deleted,
            "outcome": outcome,
            **{f"is_{each}": outcome in getattr(said, each) for each in OUTCOMES},
            **_described(values, said.fields, {"type": meeting.type}),
        }

    def _invitations(self, invitation: shapes.Invitation) -> dict[str, Any]:
        return {
            "invitation_id": invitation.id,
            "meeting_id": invitation.event_id,
            "invited_key": invitation.relation_id,
            "is_user": invitation.is_user is True,
            "status": invitation.status,
            "responded_at": self._at(invitation.responded_date),
            "changed_at": self._at(invitation.system_modstamp),
        }

    def _claims(self, claim: Any) -> dict[str, Any]:
        count = claim.count
        return {
            "claim_id": claim.id,
            "conversation_id": claim.conversation,
            "outcome": claim.outcome,
            "claimed_at": self._at(claim.claimed_at),
            "window_from": self._at(claim.window_from),
            "window_until": self._at(claim.window_until),
            "is_escalated": {"true": True, "false": False}.get(str(claim.is_escalated).lower()),
            "outcome_count": None if count in (None, "") else self._number(count),
        }

    def _who(self, key: str | None) -> str | None:
        return self.names.get(str(key), str(key)) if key else None

    def _at(self, written: str | None) -> datetime | None:
        return instant_of(written, self.what).replace(tzinfo=None) if written else None

    def _number(self, written: float | str) -> Decimal:
        try:
            return Decimal(str(written))
        except ArithmeticError:
            raise SourceError(f"{self.what}: {shown(written)} is no number; report it") from None


def _described(
    values: Mapping[str, Any], fields: Mapping[str, str], free: Mapping[str, str | None]
) -> dict[str, str | None]:
    """Return the columns of a subject that come from fields which the contract names."""
    said = {name: _spelled(values[path]) for name, path in fields.items()}
    rest = {**free, **{name: said[name] for name in said if name not in _SUBJECT_FIELDS}}
    columns = {name: said.get(name) for name in _SUBJECT_FIELDS}
    return {**columns, "attributes": json.dumps({k: v for k, v in sorted(rest.items()) if v})}


def _spelled(value: Any) -> str | None:
    """Return a value as a scope writes it: true, 12, gold."""
    if value is None or value == "":
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
