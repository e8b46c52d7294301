"""One page of a search for conversations, as `POST /conversations/search` gives it."""

import bisect
import json
from math import ceil
from typing import Any

from tests.emulators.intercom_documents import Documents
from tests.emulators.intercom_limits import Refused
from tests.emulators.intercom_model import Conversation
from tests.emulators.intercom_search import (
    Found,
    SearchIndex,
    between,
    bounds_of,
    decode_cursor,
    encode_cursor,
    predicate,
)
from tests.emulators.intercom_statistics import seconds

DEFAULT_PER_PAGE = 20


class Search:
    """Answers searches over conversations by number; what the index still has may be gone."""

    def __init__(
        self,
        index: SearchIndex,
        conversations: dict[str, Conversation],
        *,
        max_per_page: int,
        default_order: str,
        are_bounds_inclusive: bool,
    ) -> None:
        self._index = index
        self._conversations = conversations
        self._max_per_page = max_per_page
        self._default_order = default_order
        self._are_bounds_inclusive = are_bounds_inclusive
        self._last: tuple[object, list[Found]] = (None, [])

    def page(
        self, wanted: dict[str, Any], found: list[Found], documents: Documents
    ) -> dict[str, Any]:
        """Return one page; `found` is the index as it is now."""
        pagination = wanted.get("pagination") or {}
        per_page = int(pagination.get("per_page") or DEFAULT_PER_PAGE)
        if not 1 <= per_page <= self._max_per_page:
            raise Refused("parameter_invalid", f"per_page is between 1 and {self._max_per_page}")
        order = (wanted.get("sort") or {}).get("order") or self._default_order
        selected = self._selected(wanted, found, documents)
        cursor = pagination.get("starting_after")
        after, number = decode_cursor(cursor) if cursor else (None, 1)
        keys = _slice(selected, after, per_page + 1, is_descending=order == "descending")
        held = [self._conversations.get(str(key[1])) for key in keys[:per_page]]
        pages = {
            "type": "pages",
            "page": number,
            "per_page": per_page,
            "total_pages": ceil(len(selected) / per_page),
        }
        if len(keys) > per_page:
            starting_after = encode_cursor(*keys[per_page - 1], number + 1)
            pages["next"] = {
                "per_page": per_page,
                "starting_after": starting_after,
            }
        return {
            "type": "conversation.list",
            "pages": pages,
            "total_count": len(selected),
            "conversations": [documents.list_item(it) for it in held if it is not None],
        }

    def _selected(
        self, wanted: dict[str, Any], found: list[Found], documents: Documents
    ) -> list[Found]:
        """Return all that match, ascending by the sorted field; remembered between two pages."""
        field = (wanted.get("sort") or {}).get("field") or "updated_at"
        query = wanted.get("query")
        if not isinstance(query, dict):
            raise Refused("parameter_not_found", "query is required")
        asked = (json.dumps([query, field, documents.version]), self._index.generation)
        if self._last[0] != asked:
            self._last = (asked, self._select(query, field, found, documents))
        return self._last[1]

    def _select(
        self, query: dict[str, Any], field: str, found: list[Found], documents: Documents
    ) -> list[Found]:
        lowest, ceiling, others = bounds_of(query, are_inclusive=self._are_bounds_inclusive)
        selected = found[slice(*between(found, lowest, ceiling))]
        if others:
            matches = predicate(
                {"operator": "AND", "value": others} if len(others) > 1 else others[0]
            )
            known = ((key, self._conversations.get(str(key[1]))) for key in selected)
            selected = [key for key, it in known if it and matches(documents.list_item(it))]
        if field == "created_at":
            held = (self._conversations.get(str(key[1])) for key in selected)
            return sorted((seconds(it.created_at), it.number) for it in held if it)
        if field != "updated_at":
            raise Refused("parameter_invalid", f"cannot sort by {field}")
        return selected


def _slice(
    selected: list[Found], after: Found | None, count: int, *, is_descending: bool
) -> list[Found]:
    """Return the next so many after a point of the sorted list."""
    if is_descending:
        stop = len(selected) if after is None else bisect.bisect_left(selected, after)
        return selected[max(0, stop - count) : stop][::-1]
    start = 0 if after is None else bisect.bisect_right(selected, after)
    return selected[start : start + count]
