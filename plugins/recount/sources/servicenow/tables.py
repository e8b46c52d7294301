"""The columns of the rows that a landed page becomes."""

from collections.abc import Mapping

import pyarrow as pa

_INSTANT = pa.timestamp("us")
_TEXT = pa.string()
_VALUE = pa.decimal128(18, 4)

SCHEMAS: Mapping[str, pa.Schema] = {
    "audit": pa.schema({
        "audit_id": _TEXT, "incident_id": _TEXT, "occurred_at": _INSTANT, "field": _TEXT,
        "old_value": _TEXT, "new_value": _TEXT, "actor": _TEXT, "checkpoint": pa.int64(),
    }),
    "incidents": pa.schema({
        "incident_id": _TEXT, "number": _TEXT, "state": _TEXT, "created_at": _INSTANT,
        "updated_at": _INSTANT, "requester_key": _TEXT, "caller": _TEXT, "opener": _TEXT,
        "resolved_at": _INSTANT, "resolver": _TEXT, "closed_at": _INSTANT, "closer": _TEXT,
        "is_assigned": pa.bool_(), "queue": _TEXT, "channel": _TEXT, "reopen_count": pa.int64(),
        "continues_incident_id": _TEXT, "tier": _TEXT, "language": _TEXT, "department": _TEXT,
        "is_test": _TEXT, "attributes": _TEXT,
    }),
    "journal": pa.schema({
        "entry_id": _TEXT, "incident_id": _TEXT, "written_at": _INSTANT, "element": _TEXT,
        "author": _TEXT, "author_is_named": pa.bool_(),
    }),
    "deletions": pa.schema({
        "deletion_id": _TEXT, "incident_id": _TEXT, "number": _TEXT, "deleted_at": _INSTANT,
        "actor": _TEXT,
    }),
    "staff": pa.schema({
        "user_key": _TEXT, "user_name": _TEXT, "role": _TEXT, "is_person": pa.bool_(),
    }),
    "ratings": pa.schema({
        "rating_id": _TEXT, "incident_id": _TEXT, "question_id": _TEXT, "rated_at": _INSTANT,
        "requester_key": _TEXT, "answer": _VALUE, "score_value": _VALUE,
        "is_asked": pa.bool_(), "is_named": pa.bool_(),
    }),
}  # fmt: skip
