"""The query resources: pages of JSON rows and the locators that lead on.

Written from the REST guide (developer.salesforce.com/docs/platform/api-rest/guide: resources-query,
resources-query-more-results, resources-queryall, headers-queryoptions), Help 000384958 (a locator
has 18 characters, begins with 0r8 and lives for two days) and the SOAP guide (at most ten cursors
a user; the oldest gives way). Not documented: that another session may not go on with a locator is
what users of airbytehq/airbyte found; that a page has the rows' values of its own moment,
and leaves out what was deleted meanwhile, is an assumption.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.emulators.salesforce_login import Session, failure
from tests.emulators.salesforce_records import Records, Row
from tests.emulators.salesforce_schema import OBJECT_OF_PREFIX, make_id
from tests.emulators.salesforce_search import Path, Search
from tests.emulators.salesforce_soql import parse
from tests.emulators.server import Answer, Request

MOST_ROWS, FEWEST_ROWS, CURSORS = 2000, 200, 10
LIFE = timedelta(days=2)


@dataclass
class Cursor:
    token: str
    made: datetime
    search: Search
    ids: list[str]
    everything: bool


class Queries:
    """Answers queries; keeps what is left of them. `page_rows` makes pages shorter than asked."""

    def __init__(self, records: Records, *, page_rows: int) -> None:
        self.records, self.page_rows = records, page_rows
        self._cursors: OrderedDict[str, Cursor] = OrderedDict()
        self._made = 0

    def expire(self) -> None:
        """Let all locators be forgotten."""
        self._cursors.clear()

    def first(self, request: Request, session: Session, version: int, now: datetime) -> Answer:
        """Answer `GET /query?q=` or `GET /queryAll?q=`."""
        everything = request.path.rstrip("/").endswith("queryAll")
        search = Search(self.records, parse(request.query.get("q", "")), version=version)
        ids = search.ids(everything=everything, now=now)
        if search.query.counts:
            return Answer({"totalSize": len(ids), "done": True, "records": []})
        if search.aggregates:
            records = [aggregated(search, ids)]
            return Answer({"totalSize": 1, "done": True, "records": records})
        cursor = Cursor(session.token, now, search, ids, everything)
        return self._page(cursor, "", 0, request, now)

    def more(self, locator: str, request: Request, session: Session, now: datetime) -> Answer:
        """Answer `GET /query/{locator}`."""
        name, _, start = locator.partition("-")
        cursor = self._cursors.get(name)
        if cursor is None or cursor.token != session.token or now - cursor.made > LIFE:
            return failure(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(cursor, name, int(start or 0), request, now)

    def _page(
        self, cursor: Cursor, name: str, start: int, request: Request, now: datetime
    ) -> Answer:
        end = start + self._rows(request)
        seen = self.records.seen(cursor.search.table, everything=cursor.everything, now=now)
        ids = [id_ for id_ in cursor.ids[start:end] if id_ in seen]
        version = f"v{cursor.search.version}.0"
        page: dict[str, Any] = {"totalSize": len(cursor.ids), "done": end >= len(cursor.ids)}
        if page["done"]:
            self._cursors.pop(name, None)
        else:
            name = name or self._keep(cursor)
            page["nextRecordsUrl"] = f"/services/data/{version}/query/{name}-{end}"
        page["records"] = [rendered(cursor.search, id_, version) for id_ in ids]
        return Answer(page)

    def _rows(self, request: Request) -> int:
        told = re.search(r"batchSize=(\d+)", request.headers.get("sforce-query-options", ""))
        asked = int(told[1]) if told else MOST_ROWS
        return min(max(FEWEST_ROWS, min(asked, MOST_ROWS)), self.page_rows)

    def _keep(self, cursor: Cursor) -> str:
        self._made += 1
        name = make_id("0r8", self._made)
        self._cursors[name] = cursor
        if len(self._cursors) > CURSORS:
            self._cursors.popitem(last=False)
        return name


def rendered(search: Search, id_: str, version: str) -> Row:
    """Return a row as the API spells it: the fields asked for, in their order."""
    record = {"attributes": attributes(search.table.schema.name, id_, version)}
    row = search.table.rows[id_]
    for path in search.paths:
        if not path.steps:
            record[path.field.name] = row[path.field.name]
        else:
            _render_related(search.records, record, row, path, version)
    return record


def _render_related(records: Records, record: Row, row: Row, path: Path, version: str) -> None:
    for step in path.steps:
        id_ = row[step.name]
        if id_ is None or id_ not in records.table_of(id_).rows:
            record[step.relationship or ""] = None
            return
        row = records.row(id_)
        about = {"attributes": attributes(OBJECT_OF_PREFIX[id_[:3]], id_, version)}
        record = record.setdefault(step.relationship or "", about)
    record[path.field.name] = row.get(path.field.name)


def attributes(name: str, id_: str, version: str) -> dict[str, str]:
    return {"type": name, "url": f"/services/data/{version}/sobjects/{name}/{id_}"}


def aggregated(search: Search, ids: list[str]) -> Row:
    """Return the one row of a query of aggregates, its columns named as the API names them."""
    result: Row = {"attributes": {"type": "AggregateResult"}}
    for place, (how, path) in enumerate(search.aggregates):
        values = [path.of(search.table.rows[id_], search.records) for id_ in ids]
        values = [value for value in values if value is not None]
        reduced = (
            len(values) if how == "count" else (min if how == "min" else max)(values or [None])
        )
        result[f"expr{place}"] = reduced
    return result
