"""The tables that landed pages of Salesforce become; dbt_project/models/sources.yml says more."""

from collections.abc import Mapping

import pyarrow as pa

_INSTANT = pa.timestamp("us")
_TEXT = pa.string()
_TRUTH = pa.bool_()
_VALUE = pa.decimal128(18, 4)
_SUBJECT = {
    "tier": _TEXT, "language": _TEXT, "department": _TEXT, "is_test": _TEXT, "attributes": _TEXT,
}  # fmt: skip

SCHEMAS: Mapping[str, pa.Schema] = {
    "cases": pa.schema({
        "case_id": _TEXT, "case_number": _TEXT, "status": _TEXT, "contract_status_kind": _TEXT,
        "is_closed": _TRUTH, "closed_at": _INSTANT, "created_at": _INSTANT, "creator": _TEXT,
        "modified_at": _INSTANT, "modifier": _TEXT, "changed_at": _INSTANT, "is_deleted": _TRUTH,
        "master_case_id": _TEXT, "owner": _TEXT, "requester_key": _TEXT, "channel": _TEXT,
        "continues_case_id": _TEXT, "queue": _TEXT, **_SUBJECT,
    }),
    "history": pa.schema({
        "history_id": _TEXT, "case_id": _TEXT, "field": _TEXT, "old_value": _TEXT,
        "new_value": _TEXT, "contract_old_kind": _TEXT, "contract_new_kind": _TEXT,
        "occurred_at": _INSTANT, "actor": _TEXT,
    }),
    "comments": pa.schema({
        "comment_id": _TEXT, "case_id": _TEXT, "is_published": _TRUTH, "written_at": _INSTANT,
        "author": _TEXT, "changed_at": _INSTANT,
    }),
    "emails": pa.schema({
        "email_id": _TEXT, "case_id": _TEXT, "is_incoming": _TRUTH, "status": _TEXT,
        "written_at": _INSTANT, "author": _TEXT, "changed_at": _INSTANT,
    }),
    "users": pa.schema({
        "user_key": _TEXT, "user_id": _TEXT, "user_type": _TEXT, "profile": _TEXT,
        "is_active": _TRUTH, "changed_at": _INSTANT,
    }),
    "sessions": pa.schema({
        "session_id": _TEXT, "case_id": _TEXT, "conversation_id": _TEXT, "status": _TEXT,
        "agent_type": _TEXT, "origin": _TEXT, "started_at": _INSTANT, "accepted_at": _INSTANT,
        "ended_at": _INSTANT, "changed_at": _INSTANT,
    }),
    "answers": pa.schema({
        "answer_id": _TEXT, "response_id": _TEXT, "answer": _VALUE, "score_value": _VALUE,
        "changed_at": _INSTANT,
    }),
    "responses": pa.schema({
        "response_id": _TEXT, "invitation_id": _TEXT, "status": _TEXT, "completed_at": _INSTANT,
        "requester_key": _TEXT, "changed_at": _INSTANT,
    }),
    "surveyed": pa.schema({
        "surveyed_id": _TEXT, "parent_id": _TEXT, "about_id": _TEXT, "changed_at": _INSTANT,
    }),
    "statuses": pa.schema({
        "status_id": _TEXT, "api_name": _TEXT, "label": _TEXT, "is_closed": _TRUTH,
    }),
    "queues": pa.schema({"queue_id": _TEXT, "queue_name": _TEXT}),
    "meetings": pa.schema({
        "meeting_id": _TEXT, "created_at": _INSTANT, "creator": _TEXT, "ends_at": _INSTANT,
        "duration_minutes": _VALUE, "requester_key": _TEXT, "modified_at": _INSTANT,
        "modifier": _TEXT, "changed_at": _INSTANT, "is_deleted": _TRUTH, "outcome": _TEXT,
        "is_held": _TRUTH, "is_accepted": _TRUTH, "is_declined": _TRUTH, "is_no_show": _TRUTH,
        "is_cancelled": _TRUTH, "queue": _TEXT, **_SUBJECT,
    }),
    "invitations": pa.schema({
        "invitation_id": _TEXT, "meeting_id": _TEXT, "invited_key": _TEXT, "is_user": _TRUTH,
        "status": _TEXT, "responded_at": _INSTANT, "changed_at": _INSTANT,
    }),
    "claims": pa.schema({
        "claim_id": _TEXT, "conversation_id": _TEXT, "outcome": _TEXT, "claimed_at": _INSTANT,
        "window_from": _INSTANT, "window_until": _INSTANT, "is_escalated": _TRUTH,
        "outcome_count": _VALUE,
    }),
}  # fmt: skip
