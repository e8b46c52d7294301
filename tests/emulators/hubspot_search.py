"""Search of HubSpot's records: filters, one sort, pages by offset, and a ceiling of 10,000.

From prose: developers.hubspot.com/docs/api-reference/search/guide (filters, sorts, limits, and that
what was written is found after a while), and the ceiling's 400: airbytehq/airbyte#43317.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.emulators.hubspot_access import Refused
from tests.emulators.hubspot_records import (
    MODIFIED,
    OBJECT_ID,
    Account,
    Record,
    milliseconds,
    spelled,
)

CEILING = 10_000
LARGEST_PAGE = 200
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda value, wanted: value == wanted,
    "NEQ": lambda value, wanted: value != wanted,
    "GT": lambda value, wanted: value is not None and value > wanted,
    "GTE": lambda value, wanted: value is not None and value >= wanted,
    "LT": lambda value, wanted: value is not None and value < wanted,
    "LTE": lambda value, wanted: value is not None and value <= wanted,
    "HAS_PROPERTY": lambda value, wanted: value is not None,
    "NOT_HAS_PROPERTY": lambda value, wanted: value is None,
}


class Index:
    """What search knows of an account: not what changed within `lag`."""

    def __init__(self, account: Account, lag: timedelta) -> None:
        self.account, self.lag = account, lag
        self._kept: dict[Any, list[int]] = {}

    def search(self, kind: str, asked: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """Answer `POST /crm/v3/objects/{kind}/search`."""
        limit, offset = int(asked.get("limit", 10)), int(asked.get("after", 0))
        if limit > LARGEST_PAGE:
            raise _invalid(f"The limit is {limit}, and at most {LARGEST_PAGE} is allowed")
        if offset + limit > CEILING:
            raise _invalid(f"Paging through more than {CEILING:,} results is not supported")
        seen_until = now - self.lag
        found = self._found(kind, asked, seen_until)
        page = found[offset : offset + limit]
        records = [self.account.records[kind][id_] for id_ in page]
        names = list(asked.get("properties") or ["hs_createdate"])
        results = [self._document(each, names, seen_until) for each in records]
        answer: dict[str, Any] = {"total": len(found), "results": results}
        if offset + limit < len(found):
            answer["paging"] = {"next": {"after": str(offset + limit)}}
        return answer

    def _document(self, record: Record, names: list[str], seen_until: datetime) -> Any:
        document = record.document(names)
        known = record.modified_by(seen_until)
        assert known is not None
        document["properties"][MODIFIED] = document["updatedAt"] = spelled(known)
        return document

    def _found(self, kind: str, asked: Mapping[str, Any], seen_until: datetime) -> list[int]:
        groups = asked.get("filterGroups") or [{"filters": []}]
        name, falling = _sort_of(asked)
        after = 0
        if len(groups) == 1 and name == OBJECT_ID and not falling:
            # walking by ids asks the same again but for the last id: that is looked up
            groups, after = _without_beginning(groups)
        key = (kind, repr(groups), name, falling, self.account.version, seen_until)
        if key not in self._kept:
            self._kept = {key: self._matching(kind, groups, name, falling, seen_until)}
        found = self._kept[key]
        return found[bisect_right(found, after) :] if after else found

    def _matching(
        self, kind: str, groups: list[Any], name: str, falling: bool, seen_until: datetime
    ) -> list[int]:
        known = [
            (record, at)
            for record in self.account.live(kind)
            if (at := record.modified_by(seen_until)) is not None
        ]
        fitting = [
            (_comparable(record, name, at), record.id)
            for record, at in known
            if any(all(_fits(record, at, each) for each in g["filters"]) for g in groups)
        ]
        fitting.sort(key=lambda pair: (pair[0] is not None, pair[0]), reverse=falling)
        return [id_ for _, id_ in fitting]


def _sort_of(asked: Mapping[str, Any]) -> tuple[str, bool]:
    sorts = asked.get("sorts") or [OBJECT_ID]
    if len(sorts) > 1:
        raise _invalid("Only one sort is allowed")
    sort = sorts[0]
    if isinstance(sort, str):
        return sort.removeprefix("-"), sort.startswith("-")
    return sort["propertyName"], sort.get("direction") == "DESCENDING"


def _without_beginning(groups: list[Any]) -> tuple[list[Any], int]:
    filters = groups[0]["filters"]
    ids = [each for each in filters if each["propertyName"] == OBJECT_ID]
    if len(ids) != 1 or ids[0]["operator"] != "GT":
        return groups, 0
    return [{"filters": [each for each in filters if each is not ids[0]]}], int(ids[0]["value"])


def _fits(record: Record, modified: datetime, wanted: Mapping[str, Any]) -> bool:
    operator, name = str(wanted.get("operator")), wanted.get("propertyName", "")
    if operator not in _OPERATORS:
        raise _invalid(f"The operator {operator} is not known")
    value = _comparable(record, name, modified)
    if "value" not in wanted:
        return _OPERATORS[operator](value, None)
    compared = int(wanted["value"]) if isinstance(value, int) else str(wanted["value"])
    return _OPERATORS[operator](value, compared)


def _comparable(record: Record, name: str, modified: datetime) -> int | str | None:
    if name == OBJECT_ID:
        return record.id
    if name == MODIFIED:
        return milliseconds(modified)
    value = record.value(name)
    return int(value) if value is not None and value.isdigit() else value


def _invalid(message: str) -> Refused:
    return Refused(400, "VALIDATION_ERROR", message)
