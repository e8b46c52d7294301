"""The tables that landed pages of Jira become, described in dbt_project/models/sources.yml."""

from collections.abc import Mapping

import pyarrow as pa

_INSTANT = pa.timestamp("us")
_TEXT = pa.string()
_ISSUE = ("issue_id", pa.int64())

SCHEMAS: Mapping[str, pa.Schema] = {
    "issues": pa.schema([
        _ISSUE, ("key", _TEXT), ("project", _TEXT), ("request_type", _TEXT), ("status_id", _TEXT),
        ("status_kind", _TEXT), ("created_at", _INSTANT), ("epoch_ms", pa.int64()),
        ("updated_at", _INSTANT), ("category_changed_at", _INSTANT), ("reporter_key", _TEXT),
        ("creator", _TEXT), ("creator_key", _TEXT), ("creator_type", _TEXT),
        ("is_assigned", pa.bool_()), ("tier", _TEXT), ("language", _TEXT), ("department", _TEXT),
        ("is_test", _TEXT), ("attributes", _TEXT), ("read_at", _INSTANT),
    ]),
    "changes": pa.schema([
        _ISSUE, ("change_id", pa.int64()), ("occurred_at", _INSTANT), ("epoch_ms", pa.int64()),
        ("author", _TEXT), ("author_key", _TEXT), ("author_type", _TEXT),
        ("previous_status_id", _TEXT), ("status_id", _TEXT), ("previous_status_kind", _TEXT),
        ("status_kind", _TEXT), ("was_assigned", pa.bool_()), ("is_assigned", pa.bool_()),
        ("read_at", _INSTANT),
    ]),
    "comments": pa.schema([
        _ISSUE, ("comment_id", pa.int64()), ("written_at", _INSTANT), ("epoch_ms", pa.int64()),
        ("author", _TEXT), ("author_key", _TEXT), ("author_type", _TEXT),
        ("is_public", pa.bool_()), ("read_at", _INSTANT),
    ]),
    "moves": pa.schema([
        _ISSUE, ("change_id", pa.int64()), ("moved_at", _INSTANT), ("previous_key", _TEXT),
        ("key", _TEXT),
    ]),
    "sightings": pa.schema([
        _ISSUE, ("looked_from", _INSTANT), ("looked_at", _INSTANT), ("looked_ms", pa.int64()),
        ("rated_at", _INSTANT),
        ("epoch_ms", pa.int64()), ("score_value", pa.decimal128(18, 4)),
    ]),
    "service_levels": pa.schema([
        _ISSUE, ("level", _TEXT), ("started_at", _INSTANT), ("is_breached", pa.bool_()),
        ("breached_at", _INSTANT), ("epoch_ms", pa.int64()), ("read_at", _INSTANT),
    ]),
    "statuses": pa.schema([
        ("status_id", _TEXT), ("status_name", _TEXT), ("category", _TEXT), ("read_at", _INSTANT),
    ]),
}  # fmt: skip
