"""An emulator of a Salesforce org's REST API and of Bulk API 2.0 queries, for a reader of records.

Written from the REST API guide (developer.salesforce.com/docs/platform/api-rest/guide: resources
list, query, sobject-describe, limits, status codes; releases 260 to 264) and what the modules
beside this one name. That is prose with printed answers: Salesforce publishes no schema of these
answers. What the pages leave open is said where it is decided. The org has one connected app, for
one user who reads; `access` is what that user may not see.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.emulators.salesforce_bulk import BulkJobs
from tests.emulators.salesforce_engagement import Engagement
from tests.emulators.salesforce_login import Allocation, Logins, Session, failure
from tests.emulators.salesforce_queries import MOST_ROWS, Queries
from tests.emulators.salesforce_schema import OBJECT_NAMES, OBJECTS
from tests.emulators.salesforce_service import TRACKED
from tests.emulators.salesforce_soql import SoqlError
from tests.emulators.server import Answer, Emulator, Request

OLDEST, NEWEST = 31, 68
SEASONS = ("Spring", "Summer", "Winter")
PATH = re.compile(r"/services/data/v(\d+)\.0(?:/(.*?))?/?")
NOT_FOUND = ("NOT_FOUND", "The requested resource does not exist")
TOO_MANY = ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
NO_ACCESS = ("INSUFFICIENT_ACCESS", "insufficient access rights on this resource")


class Salesforce(Engagement, Emulator):
    """An org.

    `page_rows` is the longest page of a query, `result_rows` that of a bulk result; a bulk job is
    done when it was asked for `bulk_polls` times and once more. `request_limit` is (requests, real
    seconds), in place of the requests of 24 hours. `tracked` are the fields of Case with history.
    """

    def __init__(
        self,
        now: datetime,
        *,
        client: tuple[str, str] = ("3MVG9.recount", "client-secret"),
        refresh_token: str = "5Aep.first",
        session_minutes: int = 120,
        rotates_refresh_tokens: bool = False,
        page_rows: int = MOST_ROWS,
        result_rows: int = 50_000,
        bulk_polls: int = 0,
        request_limit: tuple[int, float] = (100_000, 86_400),
        tracked: frozenset[str] = TRACKED,
        statuses: dict[str, bool] | None = None,
        history_months: int | None = 24,
        recycle_days: int = 15,
    ) -> None:
        made = now - timedelta(days=2000)
        Engagement.__init__(
            self,
            at=made,
            tracked=tracked,
            statuses=statuses,
            history_months=history_months,
            recycle_days=recycle_days,
        )
        Emulator.__init__(self, now)
        self.account = self.add_user("Recount Reader", at=made, profile="Minimum Access")
        self.logins = Logins(
            client=client,
            refresh_token=refresh_token,
            session_minutes=session_minutes,
            rotates_refresh_tokens=rotates_refresh_tokens,
        )
        self.allocation = Allocation(*request_limit)
        self.queries = Queries(self, page_rows=page_rows)
        self.bulk = BulkJobs(self, polls=bulk_polls, result_rows=result_rows)

    # what the account may see

    def hide_object(self, name: str) -> None:
        """Take away the right to read an object: it is then unknown."""
        self.access.objects.add(name)

    def hide_field(self, object_: str, name: str) -> None:
        """Take away the right to read a field: it is then unknown, and so is its history."""
        self.access.fields.add((object_, name))

    def hide_row(self, id_: str) -> None:
        """Do not share a record, or let it be written by a transaction that is not through."""
        self.access.rows.add(id_)

    def refuse(self, resource: str) -> None:
        """Refuse a resource with 403: `limits`, `query`, `jobs`, `sobjects`."""
        self.access.resources.add(resource)

    def allow_all(self) -> None:
        """Give all rights back; transactions are through."""
        for kept_back in vars(self.access).values():
            kept_back.clear()

    # what is asked

    def answer(self, request: Request) -> Answer:
        """Answer one request: the version comes first, then the session, then the allocation."""
        if request.path == "/services/oauth2/token":
            return self.logins.token(request, self.url, self.account, self.now)
        if request.path.rstrip("/") == "/services/data":
            return Answer([version(number) for number in range(OLDEST, NEWEST + 1)])
        found = PATH.fullmatch(request.path)
        if found is None or int(found[1]) > NEWEST:
            return failure(404, *NOT_FOUND)
        if int(found[1]) < OLDEST:
            return failure(410, "GONE", "This API version is retired")
        session = self.logins.session(request, self.now)
        if isinstance(session, Answer):
            return session
        if not self.allocation.take():
            return failure(403, *TOO_MANY)
        answer = self._resource(request, int(found[1]), found[2] or "", session)
        used = f"api-usage={self.allocation.used}/{self.allocation.requests}"
        answer.headers["Sforce-Limit-Info"] = used
        return answer

    def _resource(self, request: Request, number: int, rest: str, session: Session) -> Answer:
        name, *parts = rest.split("/")
        if name.removesuffix("All") in self.access.resources:
            return failure(403, *NO_ACCESS)
        try:
            if name in ("query", "queryAll"):
                return self._query(request, number, parts, session)
            if name == "jobs" and parts[:1] == ["query"]:
                return self._jobs(request, number, parts[1:])
            others: dict[str, Callable[[list[str]], Answer]] = {
                "sobjects": lambda parts: self._sobjects(number, parts),
                "limits": lambda parts: self._limits(),
            }
            return others[name](parts) if name in others else failure(404, *NOT_FOUND)
        except SoqlError as error:
            return failure(400, error.code, str(error))

    def _query(self, request: Request, number: int, parts: list[str], session: Session) -> Answer:
        if request.method != "GET":
            return not_allowed(request)
        if parts:
            return self.queries.more(parts[0], request, session, self.now)
        return self.queries.first(request, session, number, self.now)

    def _jobs(self, request: Request, number: int, parts: list[str]) -> Answer:
        match request.method, parts:
            case "POST", []:
                return self.bulk.create(request, number, self.account, self.now)
            case "GET", [id_]:
                return self.bulk.info(id_, self.account, self.now)
            case "GET", [id_, "results"]:
                return self.bulk.results(id_, request, number, self.now)
        return not_allowed(request)

    def _sobjects(self, number: int, parts: list[str]) -> Answer:
        """Answer `GET /sobjects` and `GET /sobjects/{object}/describe`.

        What the user may not read is left out (resources-sobject-describe).
        """
        known = [name for name in OBJECTS if name not in self.access.objects]
        if not parts:
            every = [{"name": n, "keyPrefix": OBJECTS[n].prefix, "queryable": True} for n in known]
            return Answer({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": every})
        name = OBJECT_NAMES.get(parts[0].lower(), "")
        if name not in known or parts[1:] != ["describe"]:
            return failure(404, *NOT_FOUND)
        schema = OBJECTS[name]
        fields = [
            each.described()
            for each in schema.fields.values()
            if (name, each.name) not in self.access.fields and each.since <= number
        ]
        return Answer({
            "name": name, "label": name, "keyPrefix": schema.prefix, "custom": "__" in name,
            "queryable": True, "retrieveable": True, "replicateable": "__" not in name,
            "createable": False, "updateable": False, "deletable": False, "fields": fields,
            "urls": {"sobject": f"/services/data/v{number}.0/sobjects/{name}"},
        })  # fmt: skip

    def _limits(self) -> Answer:
        """Answer `GET /limits` (resources-limits)."""
        most, left = self.allocation.requests, self.allocation.requests - self.allocation.used
        return Answer({
            "DailyApiRequests": {"Max": most, "Remaining": left},
            "DailyBulkV2QueryJobs": {"Max": 10_000, "Remaining": 10_000 - len(self.bulk.jobs)},
            "DailyBulkV2QueryFileStorageMB": {"Max": 976_562, "Remaining": 976_562},
        })  # fmt: skip


def version(number: int) -> dict[str, str]:
    """Return a version as `GET /services/data` lists it; 60 was of spring 2024, three a year."""
    years, season = divmod(number - 60, 3)
    year = 24 + years + (season == 2)
    label = f"{SEASONS[season]} '{year}"
    return {"label": label, "url": f"/services/data/v{number}.0", "version": f"{number}.0"}


def not_allowed(request: Request) -> Answer:
    said = f"HTTP Method '{request.method}' not allowed. Allowed are GET"
    return failure(405, "METHOD_NOT_ALLOWED", said)
