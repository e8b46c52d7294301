"""Lists: filters, cursors and expansion.

Written from docs.stripe.com/api/pagination and /api/expanding_objects (prose); filters from the
parameters of the vendor's Python client 16.1.0. A cursor that was deleted: stripe/stripe-go#1030.
"""

import bisect
import fnmatch
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tests.emulators.server import Answer
from tests.emulators.stripe_access import error, no_such
from tests.emulators.stripe_book import SHELVES, Key, Shelf

KEEPS_EVENTS_FOR = 30 * 86_400
UNINDEXED = {"invoices": ("status",), "events": ("type",)}
PAGING = {"limit", "starting_after", "ending_before"}
CREATED = re.compile(r"created(?:\[(gt|gte|lt|lte)\])?")
INDEXED = re.compile(r"(expand|types)\[\d*\]")
FOR_EVER = 1 << 40


class Refused(Exception):
    """The request cannot be answered; carries what is said instead."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.document)
        self.answer = answer


def kind_of(shelf: str) -> str:
    return shelf.removesuffix("s")


def limit_of(query: Mapping[str, str]) -> int:
    """Return the size of the page that is asked for: 1 to 100, 10 unless said."""
    text = query.get("limit", "10")
    if not re.fullmatch(r"-?\d+", text):
        raise Refused(error(400, f"Invalid integer: {text}", code="parameter_invalid_integer",
                            param="limit"))  # fmt: skip
    if not 1 <= int(text) <= 100:
        bound = "less than or equal to 100" if int(text) > 100 else "greater than or equal to 1"
        raise Refused(error(400, f"This value must be {bound}.", param="limit"))
    return int(text)


def select(name: str, shelf: Shelf, query: Mapping[str, str], now: int) -> tuple[list[str], bool]:
    """Return the ids of a page, newest first, and whether there are more that way."""
    _check_names(name, query)
    filters = {field: query[field] for field in SHELVES[name] if field in query}
    keys, limit = shelf.keys(**filters), limit_of(query)
    first, last = _created(query)
    if name == "events":
        first = max(first, now - KEEPS_EVENTS_FOR)
    low, high = bisect.bisect_left(keys, (first, -1, "")), bisect.bisect_left(keys, (last, -1, ""))
    backwards = "ending_before" in query
    if "starting_after" in query:
        high = min(high, bisect.bisect_left(keys, _cursor(name, shelf, query, "starting_after")))
    if backwards:
        low = max(low, bisect.bisect_right(keys, _cursor(name, shelf, query, "ending_before")))
    order = range(low, high) if backwards else range(high - 1, low - 1, -1)
    return _take((keys[position][2] for position in order), limit, backwards=backwards,
                 is_wanted=_predicate(name, shelf, query))  # fmt: skip


def select_lines(lines: Sequence[Any], query: Mapping[str, str]) -> tuple[Sequence[Any], bool]:
    """Page through the lines of one object, which have an order of their own."""
    limit = limit_of(query)
    places = {line.id: place for place, line in enumerate(lines)}
    for param in ("starting_after", "ending_before"):
        if param in query and query[param] not in places:
            raise Refused(no_such("line item", query[param], param=param, status=400))
    if "ending_before" in query:
        end = places[query["ending_before"]]
        return lines[max(0, end - limit) : end], end > limit
    start = places[query["starting_after"]] + 1 if "starting_after" in query else 0
    return lines[start : start + limit], len(lines) > start + limit


def expand(document: Any, paths: Sequence[str], find: Callable[[str], Any]) -> None:
    """Put objects in the place of their ids, as `expand[]=data.charge` asks."""
    for path in paths:
        _expand(document, path.split("."), find)


def _expand(place: Any, steps: list[str], find: Callable[[str], Any]) -> None:
    if isinstance(place, list):
        for one in place:
            _expand(one, steps, find)
    elif isinstance(place, dict) and steps[0] in place:
        value = place[steps[0]]
        if isinstance(value, str) and (record := find(value)):
            value = place[steps[0]] = record.to_json()
        if steps[1:]:
            _expand(value, steps[1:], find)


def _take(ids: Iterator[str], limit: int, *, backwards: bool,
          is_wanted: Callable[[str], bool]) -> tuple[list[str], bool]:  # fmt: skip
    page: list[str] = []
    for id_ in ids:
        if is_wanted(id_):
            if len(page) == limit:
                return page[::-1] if backwards else page, True
            page.append(id_)
    return page[::-1] if backwards else page, False


def _predicate(name: str, shelf: Shelf, query: Mapping[str, str]) -> Callable[[str], bool]:
    """Return what the filters without an index want: states of invoices, types of events."""
    if name == "invoices" and "status" in query:
        return lambda id_: shelf.records[id_].status == query["status"]
    types = [value for key, value in query.items() if key == "type" or key.startswith("types[")]
    if name == "events" and types:
        return lambda id_: any(fnmatch.fnmatchcase(shelf.records[id_].type, one) for one in types)
    return lambda id_: True


def _created(query: Mapping[str, str]) -> tuple[int, int]:
    """Return the seconds from which and until before which objects were created."""
    first, last = 0, FOR_EVER
    for name, value in query.items():
        if match := CREATED.fullmatch(name):
            if not value.isdigit():
                raise Refused(error(400, f"Invalid integer: {value}", param=name))
            second, bound = int(value), match[1]
            if bound in ("gt", "gte", None):
                first = max(first, second + (bound == "gt"))
            if bound in ("lt", "lte", None):
                last = min(last, second + (bound != "lt"))
    return first, last


def _cursor(name: str, shelf: Shelf, query: Mapping[str, str], param: str) -> Key:
    """Return the place of a cursor: any object of the type, even one that the filters leave out."""
    position = shelf.positions.get(query[param])
    if position is None:
        raise Refused(no_such(kind_of(name), query[param], param=param, status=400))
    return position


def _check_names(name: str, query: Mapping[str, str]) -> None:
    known = {*SHELVES[name], *PAGING, *UNINDEXED.get(name, ())}
    for param in query:
        if param not in known and not CREATED.fullmatch(param) and not INDEXED.match(param):
            raise Refused(error(400, f"Received unknown parameter: {param}",
                                code="parameter_unknown", param=param))  # fmt: skip
    if {"starting_after", "ending_before"} <= {*query}:
        raise Refused(error(400, "You may only specify one of these parameters: starting_after, "
                            "ending_before."))  # fmt: skip
