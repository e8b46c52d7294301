"""The tables that landed pages of Zendesk become, described in dbt_project/models/sources.yml."""

from collections.abc import Mapping

import pyarrow as pa

_INSTANT = pa.timestamp("us")
_TEXT = pa.string()

SCHEMAS: Mapping[str, pa.Schema] = {
    "ticket_events": pa.schema({
        "ticket_event_id": pa.int64(), "ticket_id": pa.int64(), "occurred_at": _INSTANT,
        "epoch_second": pa.int64(), "updater": _TEXT, "status": _TEXT, "previous_status": _TEXT,
        "status_rule": _TEXT, "is_assigned": pa.bool_(), "assignment_rule": _TEXT,
        "comment_author": _TEXT, "comment_is_public": pa.bool_(), "merged_into": pa.int64(),
        "score": _TEXT, "score_value": pa.decimal128(18, 4), "previous_score": _TEXT,
    }),
    "tickets": pa.schema({
        "ticket_id": pa.int64(), "created_at": _INSTANT, "epoch_second": pa.int64(),
        "exported_at": _INSTANT, "status": _TEXT,
        "requester_key": _TEXT, "group_id": pa.int64(), "channel": _TEXT,
        "continues_ticket_id": pa.int64(), "support_type": _TEXT, "tier": _TEXT,
        "language": _TEXT, "department": _TEXT, "is_test": _TEXT, "attributes": _TEXT,
    }),
    "users": pa.schema({"user_id": pa.int64(), "user_key": _TEXT, "role": _TEXT,
                        "updated_at": _INSTANT}),
    "audit_logs": pa.schema({"audit_log_id": pa.int64(), "user_id": pa.int64(), "user_key": _TEXT,
                             "changed_at": _INSTANT, "from_role": _TEXT, "to_role": _TEXT}),
    "satisfaction_ratings": pa.schema({
        "rating_id": pa.int64(), "ticket_id": pa.int64(), "score": _TEXT,
        "score_value": pa.decimal128(18, 4), "updated_at": _INSTANT, "epoch_second": pa.int64(),
        "requester_key": _TEXT,
    }),
    "survey_responses": pa.schema({
        "survey_response_id": _TEXT, "ticket_id": pa.int64(), "score_value": pa.decimal128(18, 4),
        "rated_at": _INSTANT, "epoch_second": pa.int64(), "requester_key": _TEXT,
    }),
    "groups": pa.schema({"group_id": pa.int64(), "group_name": _TEXT}),
}  # fmt: skip
