"""The tables that landed pages of Intercom become, described in dbt_project/models/sources.yml."""

from collections.abc import Mapping

import pyarrow as pa

_INSTANT = pa.timestamp("us")
_TEXT = pa.string()
_SCORE = pa.decimal128(18, 4)

SCHEMAS: Mapping[str, pa.Schema] = {
    "conversations": pa.schema({
        "conversation_id": _TEXT, "record_kind": _TEXT, "seen_at": _INSTANT,
        "version_at": _INSTANT, "part_id": _TEXT, "part_type": _TEXT, "occurred_at": _INSTANT,
        "epoch_second": pa.int64(), "author_type": _TEXT, "author": _TEXT,
        "is_from_ai_agent": pa.bool_(), "has_message": pa.bool_(), "is_assigned": pa.bool_(),
        "is_action_done": pa.bool_(), "state": _TEXT, "part_count": pa.int64(),
        "part_total": pa.int64(), "requester_key": _TEXT, "team_id": _TEXT, "channel": _TEXT,
        "teammate_rating": _SCORE, "teammate_rated_at": _INSTANT, "fin_rating": _SCORE,
        "fin_rated_at": _INSTANT, "rating_counted": _TEXT, "fin_source_type": _TEXT,
        "fin_state": _TEXT, "tier": _TEXT, "language": _TEXT, "department": _TEXT,
        "is_test": _TEXT, "attributes": _TEXT,
    }),
    "deletions": pa.schema({"conversation_id": _TEXT, "deleted_at": _INSTANT}),
    "fin_claims": pa.schema({
        "conversation_id": _TEXT, "seen_at": _INSTANT, "version_at": _INSTANT,
        "resolution_state": _TEXT, "answer_type": _TEXT,
    }),
    "teams": pa.schema({"team_id": _TEXT, "team_name": _TEXT}),
}  # fmt: skip
