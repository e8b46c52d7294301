"""The tables that landed pages of HubSpot become; dbt_project/models/sources.yml says more."""

from collections.abc import Mapping

import pyarrow as pa

_INSTANT = pa.timestamp("us")
_TEXT = pa.string()
_ID = pa.int64()
_VALUE = pa.decimal128(18, 4)
# what made a change: a source, the key of a user, the id of an app, and whom a contract would name
_BY = {"source_type": _TEXT, "user_key": _TEXT, "app_id": _TEXT, "actor": _TEXT}
_AT = {"occurred_at": _INSTANT, "epoch_ms": _ID}
_SUBJECT = {
    "tier": _TEXT, "language": _TEXT, "department": _TEXT, "is_test": _TEXT, "attributes": _TEXT,
}  # fmt: skip
_READ = {"read_at": _INSTANT}

SCHEMAS: Mapping[str, pa.Schema] = {
    "tickets": pa.schema({
        "record_kind": _TEXT, "ticket_id": _ID, **_AT, **_BY, "value": _TEXT,
        "contract_kind": _TEXT, "merged_id": _ID, "pipeline_id": _TEXT, "updated_at": _INSTANT,
        "requester_key": _TEXT, "contact_count": _ID, "channel": _TEXT, **_SUBJECT, **_READ,
    }),
    "pipelines": pa.schema({
        "pipeline_id": _TEXT, "pipeline_name": _TEXT, "stage_id": _TEXT, "stage_name": _TEXT,
        "ticket_state": _TEXT, **_READ,
    }),
    "emails": pa.schema({
        "email_id": _ID, "ticket_id": _ID, "direction": _TEXT, "status": _TEXT, **_AT, **_BY,
        **_READ,
    }),
    "notes": pa.schema({"note_id": _ID, "ticket_id": _ID, **_AT, **_BY, **_READ}),
    "messages": pa.schema({
        "message_id": _TEXT, "thread_id": _ID, "ticket_id": _ID, "message_type": _TEXT,
        "direction": _TEXT, "status": _TEXT, **_AT, "actor_kind": _TEXT, "is_by_app": pa.bool_(),
        "is_named": pa.bool_(), "actor": _TEXT, **_READ,
    }),
    "submissions": pa.schema({
        "submission_id": _ID, "ticket_id": _ID, "survey_id": _TEXT, "survey_type": _TEXT, **_AT,
        "said": _TEXT, "value": _VALUE, "scale": _ID, **_READ,
    }),
    "meetings": pa.schema({
        "record_kind": _TEXT, "meeting_id": _ID, **_AT, **_BY, "value": _TEXT,
        "contract_event": _TEXT, "minutes": _VALUE, "updated_at": _INSTANT, "activity_type": _TEXT,
        "requester_key": _TEXT, "contact_count": _ID, **_SUBJECT, **_READ,
    }),
    "deletions": pa.schema({"kind": _TEXT, "object_id": _ID, **_AT, **_READ}),
}  # fmt: skip
