"""An emulator of a ServiceNow instance's REST API: tables, aggregates, tokens.

Written from the product documentation of the Australia release (ServiceNow/ServiceNowDocs at
cb48b5c3): `c_TableAPI.md`, `c_AggregateAPI.md`, `c_RESTAPI.md`, `inbound-REST-API-rate-limiting.md`
and what the modules beside this one name. That is prose with printed answers; ServiceNow publishes
no schema. What it leaves open is said where it is decided.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from tests.emulators.server import Answer, Emulator, Request
from tests.emulators.servicenow_login import NOT_AUTHENTICATED, Logins, RateLimit, failure
from tests.emulators.servicenow_query import Query, parse
from tests.emulators.servicenow_rendering import Rendering
from tests.emulators.servicenow_schema import TIMES
from tests.emulators.servicenow_search import Found, count, select
from tests.emulators.servicenow_state import Instance
from tests.emulators.servicenow_tables import Table, key

PATH = re.compile(r"/api/now(?:/(v\d+))?/(table|stats)/(\w+)(?:/(\w+))?")
GENERATED = re.compile(r"javascript:gs\.dateGenerate\('([\d-]+)', ?'([\d:]+)'\)")
NO_RECORD = ("No Record found", "Record doesn't exist or ACL restricts the record retrieval")
NO_RIGHTS = "Insufficient rights to query records"
UNREADABLE = "Field(s) present in the query do not have permission to be read"
READ_ONLY = "ACL Exception Insert Failed due to security constraints"


class ServiceNow(Instance, Emulator):
    """An instance whose only account reads.

    `default_limit` is the page size where a request names none. `rate_limit` is (requests, real
    seconds). `time_zone` is the account's: display values are in it. `query_zone` is how the
    instance reads a time that a query spells out; documentation says UTC of values only.
    """

    def __init__(
        self,
        now: datetime,
        *,
        user: tuple[str, str] = ("recount", "reads-only"),
        client: tuple[str, str] = ("a329c4515612210071a5e0c298ee2be8", "client-secret"),
        token_seconds: int = 1799,
        default_limit: int = 10_000,
        rate_limit: tuple[int, float] | None = None,
        time_zone: str = "America/Los_Angeles",
        query_zone: str = "UTC",
        audits_inserts: bool = False,
    ) -> None:
        Instance.__init__(self, audits_inserts=audits_inserts)
        Emulator.__init__(self, now)
        self.logins = Logins(user=user, client=client, seconds=token_seconds)
        self.account = self.add_user(user[0], at=now, identity_type="machine", time_zone=time_zone)
        self.default_limit = default_limit
        self.rate_limit = RateLimit(*rate_limit) if rate_limit else None
        self.rendering = Rendering(self.tables, f"{self.url}/api/now/table", time_zone)
        self._query_zone = ZoneInfo(query_zone)
        self._refused: set[str] = set()
        self._hidden_rows: dict[str, list[tuple[str, str]]] = {}

    # what the account may see

    def refuse(self, table: str) -> None:
        """Take away the right to query a table."""
        self._refused.add(table)

    def hide_field(self, table: str, column: str) -> None:
        """Take away the right to read a field: rows come without it."""
        self.rendering.hidden.add((table, column))

    def hide_rows(self, table: str, column: str, value: str) -> None:
        """Take away the right to read the rows that have this value, after they were counted."""
        self._hidden_rows.setdefault(table, []).append((column, value))

    def allow_all(self) -> None:
        """Give all rights back."""
        self._refused.clear()
        self._hidden_rows.clear()
        self.rendering.hidden.clear()

    # what is asked

    def answer(self, request: Request) -> Answer:
        """Answer one request; the account comes first, then the limit, then the resource."""
        if request.path == "/oauth_token.do":
            return self.logins.token(request, self.now)
        if not self.logins.is_known(request, self.now):
            refusal = failure(401, *NOT_AUTHENTICATED)
            refusal.headers = {"WWW-Authenticate": 'BASIC realm="Service-now"'}
            return refusal
        headers, limited = self.rate_limit.told(self.now) if self.rate_limit else ({}, None)
        answer = limited or self._resource(request)
        answer.headers = headers | answer.headers
        return answer

    def _resource(self, request: Request) -> Answer:
        found = PATH.fullmatch(request.path)
        if found is None:
            return failure(400, "Requested URI does not represent any resource", None)
        version, kind, name, sys_id = found.groups()
        if request.method != "GET":
            return failure(403, "Operation Failed", READ_ONLY)
        if name not in self.tables:
            return failure(400, f"Invalid table {name}", f"Table {name} does not exist")
        if name in self._refused:
            return failure(403, NO_RIGHTS, None)
        table = self.tables[name]
        if sys_id:
            return self._record(table, sys_id, request.query)
        query = self._read(table, request.query)
        if any((name, field) in self.rendering.hidden for field in query.fields):
            return failure(403, NO_RIGHTS, UNREADABLE)
        if kind == "stats":
            return self._stats(table, query, request.query)
        return self._list(table, query, request, version)

    def _list(self, table: Table, query: Query, request: Request, version: str | None) -> Answer:
        """Answer `GET /now/table/{tableName}` (`c_TableAPI.md`).

        The limit comes before access rights. That the total counts rows that are withheld is not
        said there; lists behave so.
        """
        asked = request.query
        limit = int(asked.get("sysparm_limit") or self.default_limit)
        offset = int(asked.get("sysparm_offset") or 0)
        found = Found(0, [])
        if not (query.invalid and self._is("glide.invalid_query.returns_no_rows")):
            found = select(table, query, self.rendering.walking(table), offset, limit)
        rows = [i for i in found.page if not self._is_hidden(table, i)]
        if version == "v1" and not rows:
            return failure(404, *NO_RECORD)
        answer = Answer({"result": self.rendering.rows(table, rows, asked)})
        counted = asked.get("sysparm_no_count") != "true"
        if counted:
            answer.headers["X-Total-Count"] = str(found.count)
        if found.count > limit and asked.get("sysparm_suppress_pagination_header") != "true":
            answer.headers["Link"] = self._links(request, found.count, offset, limit, counted)
        return answer

    def _links(self, request: Request, total: int, offset: int, limit: int, counted: bool) -> str:
        places = {"first": 0}
        if offset + limit < total:
            places["next"] = offset + limit
        if offset > 0:
            places["prev"] = max(0, offset - limit)
        if counted:
            places["last"] = (total - 1) // limit * limit
        asked = {name: value for name, value in request.query.items() if name != "sysparm_offset"}
        base = f"{self.url}{request.path}?{urlencode(asked)}&sysparm_offset="
        return ",".join(f'<{base}{place}>;rel="{rel}"' for rel, place in places.items())

    def _record(self, table: Table, sys_id: str, asked: Mapping[str, str]) -> Answer:
        """Answer `GET /now/table/{tableName}/{sys_id}` (`c_TableAPI.md`)."""
        if sys_id not in table.rows or self._is_hidden(table, sys_id):
            return failure(404, *NO_RECORD)
        return Answer({"result": self.rendering.rows(table, [sys_id], asked)[0]})

    def _stats(self, table: Table, query: Query, asked: Mapping[str, str]) -> Answer:
        """Answer `GET /now/stats/{tableName}` (`c_AggregateAPI.md`).

        Access is a matter of the table there, not of its rows: what is withheld is counted.
        """
        hides = query.invalid and self._is("glide.invalid_query.returns_no_rows")
        found = [] if hides else list(count(table, query, self.rendering.walking(table)))
        columns = [c for c in asked.get("sysparm_group_by", "").split(",") if c in table.place]
        if not columns:
            return Answer({"result": {"stats": self._stats_of(table, found, asked)}})
        groups: dict[tuple[str, ...], list[str]] = {}
        for sys_id in found:
            groups.setdefault(tuple(table.value(sys_id, c) for c in columns), []).append(sys_id)
        result = [
            {
                "stats": self._stats_of(table, ids, asked),
                "groupby_fields": [
                    {"field": column, "value": value}
                    for column, value in zip(columns, values, strict=True)
                ],
            }
            for values, ids in sorted(groups.items())
        ]
        return Answer({"result": result})

    def _stats_of(
        self, table: Table, ids: list[str], asked: Mapping[str, str]
    ) -> dict[str, object]:
        stats: dict[str, object] = {}
        if asked.get("sysparm_count") == "true":
            stats["count"] = str(len(ids))
        for name, of in (("min", min), ("max", max)):
            fields = [c for c in asked.get(f"sysparm_{name}_fields", "").split(",") if c]
            values = {c: [table.value(i, c) for i in ids] for c in fields if c in table.place}
            if values:
                stats[name] = {
                    c: of(every, key=partial(key, c), default="") for c, every in values.items()
                }
        return stats

    def _read(self, table: Table, asked: Mapping[str, str]) -> Query:
        """Read the query, or the name-value pairs that may stand in its place."""
        pairs = [f"{k}={v}" for k, v in asked.items() if not k.startswith("sysparm_")]
        text = asked.get("sysparm_query") or "^".join(pairs)
        return parse(text, lambda field: self.rendering.knows(table, field), self._constant)

    def _constant(self, field: str, value: str) -> str:
        """Return what a value of a query stands for."""
        if value == "javascript:gs.getUserID()":
            return self.account
        if field not in TIMES:
            return value
        return "@".join(self._instant(part) for part in value.split("@"))

    def _instant(self, value: str) -> str:
        zone = self._query_zone
        if generated := GENERATED.fullmatch(value):
            value, zone = f"{generated[1]} {generated[2]}", self.rendering.zone
        try:
            at = datetime.fromisoformat(value).replace(tzinfo=zone)
        except ValueError:
            return value
        return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")

    def _is(self, name: str) -> bool:
        return self.property(name) == "true"

    def _is_hidden(self, table: Table, sys_id: str) -> bool:
        hidden = self._hidden_rows.get(table.name, ())
        return any(table.value(sys_id, column) == value for column, value in hidden)
