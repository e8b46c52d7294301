"""Search on a Jira site: pages that go by a token, without a total, and an estimated count.

From the vendor's pages under developer.atlassian.com/cloud/jira/platform: /rest/v3, issue search
(schemas SearchAndReconcileRequestBean, SearchAndReconcileResults, JQLCountRequestBean), and
/search-and-reconcile. A token holds the place of the page's last issue,
the page's size, the time and the query: so do real ones, when they are decoded from base64. Words
for a token that is refused: not found, the emulator's own.
"""

import base64
import binascii
import bisect
import heapq
import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from tests.emulators.jira_fields import Fields
from tests.emulators.jira_jql import JqlError, Parser, Query
from tests.emulators.jira_records import Issue, to_ms
from tests.emulators.jira_site import key_in
from tests.emulators.server import Answer, Request

WEEK = 7 * 24 * 3600 * 1000
BODY_NAMES = {"jql", "nextPageToken", "maxResults", "fields", "expand", "properties",
              "fieldsByKeys", "failFast", "reconcileIssues", "includeArchivedProjects"}  # fmt: skip
BAD_PAYLOAD = "Invalid request payload. Refer to the REST API documentation and try again."
Place = tuple[int, int]


def refusal(*messages: str, status: int = 400) -> Answer:
    """Refuse as the platform does (ErrorCollection)."""
    return Answer({"errorMessages": [*messages], "errors": {}}, status)


class Search(Fields):
    """Answers searches."""

    now: datetime
    page_size: int
    page_size_of_ids: int
    count_is_off_by: int
    caller_zone: ZoneInfo

    def visible_projects(self, request: Request) -> set[str]:
        raise NotImplementedError

    def caller_of(self, request: Request) -> str | None:
        raise NotImplementedError

    def search(self, request: Request) -> Answer:
        """GET|POST /rest/api/3/search/jql (api-group-issue-search)."""
        asked = asked_of(request)
        if asked is None:
            return refusal(BAD_PAYLOAD)
        try:
            query = self._parse(request, str(asked.get("jql") or ""))
            after = self._place(asked)
            reconciled = [int(one) for one in listed(asked.get("reconcileIssues"))]
            size = int(asked.get("maxResults") or 50)
        except (JqlError, ValueError) as error:
            return refusal(str(error))
        if len(reconciled) > 50 or not 0 < size <= 5000:
            return refusal(BAD_PAYLOAD)
        names = self.wanted_fields(listed(asked.get("fields")), "id")
        size = min(size, self.page_size_of_ids if set(names) <= {"id", "key"} else self.page_size)
        seen = self.visible_projects(request)
        found = list(islice(self._found(query, after, reconciled, seen), size + 1))
        return Answer(self._page(asked, query, found, size, names))

    def count(self, request: Request) -> Answer:
        """POST /rest/api/3/search/approximate-count (api-group-issue-search): an estimate."""
        self.index_now()
        try:
            query = self._parse(request, str(request.json.get("jql") or ""))
        except (JqlError, ValueError) as error:
            return refusal(str(error))
        found = self._found(query, None, [], self.visible_projects(request))
        return Answer({"count": max(0, sum(1 for _ in found) + self.count_is_off_by)})

    def index_now(self) -> None:
        self.catch_up(to_ms(self.now))

    def _parse(self, request: Request, jql: str) -> Query:
        seen, caller = self.visible_projects(request), self.caller_of(request)
        return Parser(jql, self, caller, self.caller_zone, self.now, seen).parse()

    def _found(self, query: Query, after: Place | None, reconciled: list[int],
               seen: set[str]) -> Iterator[tuple[Place, Issue]]:  # fmt: skip
        """Yield what matches, after a place; reconciled issues as they are, others as indexed."""
        self.index_now()
        sign = -1 if query.is_descending else 1
        live = {id_: self.issues[id_] for id_ in reconciled if id_ in self.issues}
        known = self._indexed(query, after, {*reconciled})
        fresh = sorted(((key_in(query.order, it), it) for it in live.values()),
                       key=lambda one: one[0], reverse=query.is_descending)  # fmt: skip
        fresh = [(place, it) for place, it in fresh if after is None or
                 (place < after if query.is_descending else place > after)]  # fmt: skip
        merged = heapq.merge(known, fresh, key=lambda one: (sign * one[0][0], sign * one[0][1]))
        return ((place, it) for place, it in merged if it.project in seen and query.matches(it))

    def _indexed(self, query: Query, after: Place | None,
                 without: set[int]) -> Iterator[tuple[Place, Issue]]:  # fmt: skip
        places, (low, high) = self.index.order(query.order), query.bounds
        first = bisect.bisect_left(places, (low, 0))
        last = bisect.bisect_right(places, (high, 1 << 62))
        if after is not None and query.is_descending:
            last = min(last, bisect.bisect_left(places, after))
        elif after is not None:
            first = max(first, bisect.bisect_right(places, after))
        positions = range(first, last)
        for position in reversed(positions) if query.is_descending else positions:
            id_ = places[position][1]
            if id_ not in without:
                yield places[position], self.index.issues[id_]

    def _page(self, asked: dict[str, Any], query: Query, found: list[tuple[Place, Issue]],
              size: int, names: list[str]) -> dict[str, Any]:  # fmt: skip
        shown = found[:size]
        # a deleted issue may still be in the index, but there is nothing left to show of it
        issues = [self.issue_json(it, names) for _, it in shown if it.id in self.issues]
        page: dict[str, Any] = {"issues": issues, "isLast": len(found) <= size}
        if len(found) > size:
            page["nextPageToken"] = self._token(shown[-1][0], size, str(asked["jql"]))
        if "names" in str(asked.get("expand") or ""):
            page["names"] = {one["id"]: one["name"] for one in self.fields_json()
                             if one["id"] in names}  # fmt: skip
        return page

    def _token(self, place: Place, size: int, jql: str) -> str:
        said = json.dumps([*place, size, to_ms(self.now), jql, []])
        return base64.b64encode(said.encode()).decode()

    def _place(self, asked: dict[str, Any]) -> Place | None:
        """Return the place to go on after; a token serves its own query, and for seven days."""
        if not asked.get("nextPageToken"):
            return None
        try:
            said = json.loads(base64.b64decode(asked["nextPageToken"], validate=True))
            value, id_, _, issued, jql, _ = said
        except (binascii.Error, ValueError, TypeError):
            raise ValueError("The provided next page token is invalid.") from None
        if jql != asked["jql"]:
            raise ValueError("The provided next page token belongs to another query.")
        if to_ms(self.now) - issued > WEEK:
            raise ValueError("The provided next page token has expired.")
        return value, id_


def asked_of(request: Request) -> dict[str, Any] | None:
    """Return the parameters of a search, or None when a body has others."""
    if request.method == "GET":
        return dict(request.query)
    try:
        body = request.json
    except ValueError:
        return None
    return body if isinstance(body, dict) and set(body) <= BODY_NAMES else None


def listed(value: Any) -> list[str]:
    """Return a list that was given as such, or as words between commas."""
    if value is None or value == "":
        return []
    return [str(one) for one in value] if isinstance(value, list) else str(value).split(",")
