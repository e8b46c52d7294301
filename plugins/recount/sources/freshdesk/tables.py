"""The tables that landed pages of Freshdesk become, described in dbt_project/models/sources.yml."""

from collections.abc import Mapping

import pyarrow as pa

_INSTANT = pa.timestamp("us")
_TEXT = pa.string()
_TICKET = ("ticket_id", pa.int64())
_SECOND = ("epoch_second", pa.int64())

SCHEMAS: Mapping[str, pa.Schema] = {
    "tickets": pa.schema([
        _TICKET, ("created_at", _INSTANT), _SECOND, ("updated_at", _INSTANT),
        ("updated_second", pa.int64()), ("status_id", _TEXT), ("requester", _TEXT),
        ("requester_key", _TEXT), ("responder_key", _TEXT), ("group_id", pa.int64()),
        ("ticket_source", _TEXT), ("is_deleted", pa.bool_()), ("is_spam", pa.bool_()),
        ("resolved_at", _INSTANT), ("tier", _TEXT), ("language", _TEXT), ("department", _TEXT),
        ("is_test", _TEXT), ("attributes", _TEXT), ("read_at", _INSTANT),
    ]),
    "activities": pa.schema([
        _TICKET, ("occurred_at", _INSTANT), _SECOND, ("day", _TEXT), ("performer", _TEXT),
        ("performer_key", _TEXT), ("performer_type", _TEXT), ("status_name", _TEXT),
        ("said_kind", _TEXT), ("assignee_key", _TEXT), ("is_beginning", pa.bool_()),
        ("is_deleted", pa.bool_()), ("is_spam", pa.bool_()), ("is_by_rule", pa.bool_()),
    ]),
    "conversations": pa.schema([
        _TICKET, ("conversation_id", pa.int64()), ("written_at", _INSTANT), _SECOND,
        ("author", _TEXT), ("author_key", _TEXT), ("is_incoming", pa.bool_()),
        ("is_private", pa.bool_()), ("conversation_source", _TEXT), ("read_at", _INSTANT),
    ]),
    "satisfaction_ratings": pa.schema([
        ("rating_id", pa.int64()), _TICKET, ("rated_at", _INSTANT), ("updated_at", _INSTANT),
        _SECOND, ("updated_second", pa.int64()), ("rater", _TEXT), ("rater_key", _TEXT),
        ("score", _TEXT), ("score_value", pa.decimal128(18, 4)), ("read_at", _INSTANT),
    ]),
    "agents": pa.schema([
        ("agent", _TEXT), ("agent_key", _TEXT), ("agent_type", _TEXT), ("read_at", _INSTANT),
    ]),
    "groups": pa.schema([("group_id", pa.int64()), ("group_name", _TEXT)]),
    "statuses": pa.schema([
        ("status_id", _TEXT), ("status_name", _TEXT), ("said_kind", _TEXT), ("read_at", _INSTANT),
    ]),
}  # fmt: skip
