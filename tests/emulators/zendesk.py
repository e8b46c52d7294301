"""Zendesk Support as its API answers: exports, satisfaction, users, audit logs and counts.

Written from prose, the reference under developer.zendesk.com/api-reference/ticketing and the guide
/documentation/ticketing/managing-tickets/using-the-incremental-export-api, and from recorded
answers (see `zendesk_records`); envelopes also from the vendor's published OpenAPI document
(developer.zendesk.com/zendesk/oas.yaml; split copy in api-evangelist/zendesk, commit aaa54800).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from tests.emulators.server import Answer, Emulator, Handler, Request
from tests.emulators.zendesk_access import Credentials, Gate, Window
from tests.emulators.zendesk_exports import Exports
from tests.emulators.zendesk_lists import Lists
from tests.emulators.zendesk_records import User, to_second, to_text
from tests.emulators.zendesk_satisfaction import Satisfaction
from tests.emulators.zendesk_search import matches

NOT_FOUND = {"error": "RecordNotFound", "description": "Not found"}
ANONYMOUS = {"id": None, "name": "Anonymous user", "role": "end-user"}


class Zendesk(Satisfaction, Exports, Lists, Emulator):
    """The API of one account.

    Limits are requests in `window_seconds` real seconds; None is no limit (really: 10 exports,
    20 exports of users and 400 requests in 60 seconds). With `repeats_rows` each time-based page
    begins with the last second of the page before, as the vendor's guide warns; without, only the
    first page after an end of stream does, as recorded.
    """

    def __init__(
        self,
        now: datetime,
        *,
        page_size: int = 1000,
        credentials: Credentials = Credentials(),  # noqa: B008  # a frozen value
        exports_per_window: int | None = None,
        user_exports_per_window: int | None = None,
        requests_per_window: int | None = None,
        window_seconds: float = 60.0,
        repeats_rows: bool = False,
        has_audit_logs: bool = True,
        counts_are_cached_from: int = 100_000,
        search_lag: timedelta = timedelta(0),
    ) -> None:
        Emulator.__init__(self, now)
        Satisfaction.__init__(self)
        limits = (requests_per_window, exports_per_window, user_exports_per_window)
        self.gate = Gate(credentials, *(Window(limit, window_seconds) for limit in limits))
        self.page_size, self.repeats_rows = page_size, repeats_rows
        self.has_audit_logs, self.search_lag = has_audit_logs, search_lag
        self.counts_are_cached_from = counts_are_cached_from
        self._cached_count: tuple[datetime, int] | None = None
        self._routes: dict[str, Callable[[Request], Answer]] = {
            "incremental/ticket_events": self._ticket_events,
            "incremental/tickets/cursor": self._tickets,
            "incremental/users/cursor": self._users,
            "satisfaction_ratings": self._satisfaction_ratings,
            "guide/survey_responses": self._survey_responses,
            "audit_logs": self._audit_logs,
            "groups": self._groups,
            "tickets/count": self._count,
            "search/count": self._search_count,
        }

    def answer(self, request: Request) -> Answer:
        if request.path == "/oauth/tokens" and request.method == "POST":
            return self.gate.grant(request, self.now)
        refusal, headers = self.gate.throttle(request)
        if refusal is None:
            refusal = self._answer(request)
            refusal.headers.update(headers)
        return refusal

    def _answer(self, request: Request) -> Answer:
        path = request.path.removeprefix("/api/v2/").removesuffix(".json")
        if path == "users/me":
            return self._me(request)
        needs_admin = path not in ("groups", "tickets/count", "search/count")
        if refusal := self.gate.refuse(request, self.now, needs_admin=needs_admin):
            return refusal
        if path in self._routes:
            return self._routes[path](request)
        kind, _, rest = path.partition("/")
        if kind == "guide" and "/survey_responses/" in f"/{rest}":
            survey = self.surveys.get(path.rpartition("/")[2])
            return Answer({"survey_response": survey}) if survey else Answer(NOT_FOUND, 404)
        return Answer(NOT_FOUND, 404)

    def _me(self, request: Request) -> Answer:
        """GET /api/v2/users/me (users/users#show-self); callers without credentials are nobody."""
        if "authorization" not in request.headers:
            return Answer({"user": ANONYMOUS})
        refusal = self.gate.refuse(request, self.now, needs_admin=False)
        caller = self.gate.credentials
        me = User(1, "Meter", caller.email, caller.role, 0, 0)
        return refusal or Answer({"user": me.to_json(self.url) | {"authenticity_token": "csrf"}})

    def _count(self, request: Request) -> Answer:
        """GET /api/v2/tickets/count (tickets/tickets#count-tickets): approximate when large."""
        if self._cached_count is None or self.now - self._cached_count[0] >= timedelta(days=1):
            listed = [one for one in self.tickets.values()
                      if one.status != "deleted" and not one.is_archived]  # fmt: skip
            count = (self.now, len(listed))
            self._cached_count = count if len(listed) > self.counts_are_cached_from else None
        else:
            count = self._cached_count
        refreshed = to_text(to_second(count[0]))
        return Answer({"count": {"value": count[1], "refreshed_at": refreshed}})

    def _search_count(self, request: Request) -> Answer:
        """GET /api/v2/search/count (ticket-management/search#show-results-count)."""
        query, until = request.query.get("query", ""), to_second(self.now - self.search_lag)
        found = [one for one in self.tickets.values() if matches(one, query, until)]
        return Answer({"count": len(found)})

    def _respond(self, handler: Handler, request: Request) -> None:
        # audit logs are filtered by two limits of one name
        name = "filter[created_at]"
        limits = [value for key, value in parse_qsl(urlsplit(handler.path).query) if key == name]
        if limits:
            request = replace(request, query={**request.query, name: ",".join(limits)})
        super()._respond(handler, request)
