"""The search of conversations: an index that may lag behind, filters, sorting and cursors.

Written from `POST /conversations/search` of the published schema. A cursor is a point in the
sorted list (value, id, number of the page), as seen in a public report of a real one
(amp-labs/connectors, pull request 1079); so what moves past that point between two pages is
repeated (ascending) or skipped (descending). The schema does not tell the order, nor `sort`,
which intercom/Intercom-OpenAPI, issue 114, reports to work.
"""

import base64
import bisect
import json
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.emulators.intercom_limits import Refused
from tests.emulators.intercom_model import Conversation

Found = tuple[int, int]  # the sorted value, and the conversation's number
MAX_FILTERS = 15


class SearchIndex:
    """Conversations by when they were last updated, as far as the index has caught up."""

    def __init__(self, *, delay: float = 0) -> None:
        self._delay = delay
        self._late: deque[tuple[float, int, int | None]] = deque()
        self._sorted: list[Found] = []
        self._updated_at: dict[int, int] = {}
        self.generation = 0

    def put(self, it: Conversation, at: datetime, *, is_deleted: bool) -> None:
        """Take a change in; a search sees it `delay` seconds after it happened."""
        updated_at = None if is_deleted else int(it.updated_at.timestamp())
        self._late.append((at.timestamp() + self._delay, it.number, updated_at))

    def catch_up(self, now: datetime) -> list[Found]:
        """Return (updated_at, number) in ascending order, as the index has it now."""
        waiting = self._late
        self._late = deque()
        for visible_at, number, updated_at in waiting:
            if visible_at > now.timestamp() and self._delay:
                self._late.append((visible_at, number, updated_at))
            else:
                self._move(number, updated_at)
        return self._sorted

    def _move(self, number: int, updated_at: int | None) -> None:
        self.generation += 1
        if number in self._updated_at:
            place = bisect.bisect_left(self._sorted, (self._updated_at.pop(number), number))
            del self._sorted[place]
        if updated_at is not None:
            bisect.insort(self._sorted, (updated_at, number))
            self._updated_at[number] = updated_at


def bounds_of(
    query: dict[str, Any], *, are_inclusive: bool
) -> tuple[int | None, int | None, list[dict[str, Any]]]:
    """Split a query into the bounds of updated_at and the filters that remain.

    The bounds are the first second inside and the first one outside.
    """
    filters = query["value"] if query.get("operator") == "AND" else [query]
    lowest, ceiling, others = None, None, []
    for each in filters:
        if each.get("field") != "updated_at" or each.get("operator") not in (">", "<", ">=", "<="):
            others.append(each)
            continue
        value, is_exact = _number(each), are_inclusive or each["operator"].endswith("=")
        if each["operator"].startswith(">"):
            lowest = max(lowest or 0, value if is_exact else value + 1)
        else:
            outside = value + 1 if is_exact else value
            ceiling = outside if ceiling is None else min(ceiling, outside)
    return lowest, ceiling, others


def between(found: list[Found], lowest: int | None, ceiling: int | None) -> tuple[int, int]:
    start = 0 if lowest is None else bisect.bisect_left(found, (lowest, 0))
    stop = len(found) if ceiling is None else bisect.bisect_left(found, (ceiling, 0))
    return start, max(start, stop)


def predicate(query: dict[str, Any], depth: int = 0) -> Callable[[dict[str, Any]], bool]:
    """Turn a filter, or a group of filters, into a test of a conversation's document."""
    if query.get("operator") in ("AND", "OR"):
        if depth >= 2 or len(query["value"]) > MAX_FILTERS:
            raise Refused("parameter_invalid", "too many filters, or nested too deeply")
        tests = [predicate(each, depth + 1) for each in query["value"]]
        combine = all if query["operator"] == "AND" else any
        return lambda document: combine(test(document) for test in tests)
    if query.get("field") not in FIELDS:
        raise Refused("invalid_field", f"{query.get('field')} is not a searchable field")
    read = FIELDS[query["field"]]
    compare = OPERATORS.get(query.get("operator", ""))
    if compare is None:
        raise Refused("invalid_operator", f"{query.get('operator')} is not an operator")
    return lambda document: compare(read(document), query.get("value"))


def encode_cursor(value: int, number: int, page: int) -> str:
    return base64.b64encode(json.dumps([value * 1000, number, page]).encode()).decode()


def decode_cursor(cursor: str) -> tuple[Found, int]:
    try:
        value, number, page = json.loads(base64.b64decode(cursor))
        return (value // 1000, number), page
    except (ValueError, TypeError):
        raise Refused("parameter_invalid", "starting_after is not a cursor of ours") from None


def _number(query: dict[str, Any]) -> int:
    try:
        return int(query["value"])
    except (TypeError, ValueError, KeyError):
        raise Refused("invalid_value", f"{query.get('field')} needs a Unix timestamp") from None


def _path(*names: str) -> Callable[[dict[str, Any]], Any]:
    def read(document: Any) -> Any:
        for name in names:
            document = None if document is None else document.get(name)
        return document

    return read


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(found, list):
        return any(_same(each, wanted) for each in found)
    return str(found).lower() == str(wanted).lower() and found is not None


def _least(found: Any, wanted: Any) -> bool:
    return found is not None and found >= int(wanted)


def _most(found: Any, wanted: Any) -> bool:
    return found is not None and found <= int(wanted)


# the schema calls > and < "greater (or equal)" and "lower (or equal)"
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": _same,
    "!=": lambda found, wanted: not _same(found, wanted),
    "IN": lambda found, wanted: any(_same(found, each) for each in wanted),
    "NIN": lambda found, wanted: not any(_same(found, each) for each in wanted),
    ">": _least,
    ">=": _least,
    "<": _most,
    "<=": _most,
}


def _under(parent: str, *names: str) -> dict[str, Callable[[dict[str, Any]], Any]]:
    path = f"{parent}." if parent else ""
    return {path + name: _path(*(path + name).split(".")) for name in names}


FIELDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    **_under("", "id", "created_at", "updated_at", "open", "read", "state", "priority"),
    **_under("", "waiting_since", "snoozed_until", "admin_assignee_id", "team_assignee_id"),
    **_under("", "ai_agent_participated", "source.type", "source.id", "source.delivered_as"),
    **_under("source.author", "id", "type"),
    **_under("ai_agent", "resolution_state", "last_answer_type", "rating", "source_type"),
    **_under("statistics", "first_close_at", "last_close_at", "count_reopens"),
    "conversation_rating.score": _path("conversation_rating", "rating"),
    "conversation_rating.requested_at": _path("conversation_rating", "created_at"),
    "conversation_rating.replied_at": _path("conversation_rating", "updated_at"),
    "contact_ids": lambda document: [each["id"] for each in document["contacts"]["contacts"]],
    "teammate_ids": lambda document: [each["id"] for each in document["teammates"]["teammates"]],
    "tag_ids": lambda document: [each["id"] for each in document["tags"]["tags"]],
}
