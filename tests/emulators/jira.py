"""Jira Service Management Cloud as its API answers: search, histories, comments, service levels.

Written from the vendor's published OpenAPI document of the platform (swagger-v3.v3.json, version
1001.0.0-SNAPSHOT-57a0ca5b, Apache 2.0; copy in jarekbird/jira-api-mcp-wrapper, commit fea6054)
and, where that ends, from prose: the pages that each module names. Host: the site itself under
/rest, and api.atlassian.com under /ex/jira/{cloudId}/rest, both on one port.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from tests.emulators.jira_access import (
    LOGIN_REASON,
    Account,
    Budget,
    Gate,
    unauthenticated,
)
from tests.emulators.jira_desk import Desk
from tests.emulators.jira_fields import statuses_by_type
from tests.emulators.jira_records import to_ms, to_text
from tests.emulators.jira_search import refusal
from tests.emulators.jira_stories import Stories
from tests.emulators.server import Answer, Emulator, Handler, Request

WORK, USER, DESK = "read:jira-work", "read:jira-user", "read:servicedesk-request"
PERMISSIONS = ("BROWSE_PROJECTS", "SERVICEDESK_AGENT")
PLACES = ("issues", "values", "issueChangeLogs", "comments")
# (method, path, name of the method below, scope, whether it answers the anonymous)
ROUTES = [
    ("GET", "/rest/api/3/search/jql", "search", WORK, True),
    ("POST", "/rest/api/3/search/jql", "search", WORK, True),
    ("POST", "/rest/api/[23]/search/approximate-count", "count", WORK, True),
    ("POST", "/rest/api/3/changelog/bulkfetch", "changelogs", WORK, False),
    ("POST", "/rest/api/3/issue/bulkfetch", "issues_in_bulk", WORK, True),
    ("GET", "/rest/api/3/issue/([^/]+)", "issue", WORK, True),
    ("GET", "/rest/api/3/issue/([^/]+)/changelog", "changelog", WORK, True),
    ("GET", "/rest/api/3/issue/([^/]+)/comment", "comments", WORK, True),
    ("GET", "/rest/servicedeskapi/request/([^/]+)/sla", "levels", DESK, False),
    ("GET", "/rest/servicedeskapi/request/([^/]+)/feedback", "feedback", DESK, False),
    ("GET", "/rest/api/3/myself", "myself", USER, False),
    ("GET", "/rest/api/3/status", "list_statuses", WORK, True),
    ("GET", "/rest/api/3/project/([^/]+)/statuses", "project_statuses", WORK, True),
    ("GET", "/rest/api/3/field", "list_fields", WORK, True),
    ("GET", "/rest/api/3/user/bulk", "users_in_bulk", USER, False),
    ("GET", "/rest/api/3/mypermissions", "permissions", WORK, True),
    ("GET", "/rest/api/[23]/serverInfo", "server_info", WORK, True),
    (".*", "/rest/api/[23]/search", "removed_search", WORK, True),
]
REMOVED = ("The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
           "A full migration guideline is available at https://developer.atlassian.com/changelog/"
           "#CHANGE-2046")  # fmt: skip


class Jira(Stories, Desk, Emulator):
    """The API of one site.

    `requests_per_window` is the burst limit and `points_per_window` the budget of costs (1 for an
    answer and 1 for each issue in it), in `window_seconds` real seconds; None is no limit. A
    search knows of a change when `index_lag` is over. `refuses_bad_credentials=False` is the
    vendor's way: who is not known is anonymous wherever the anonymous may ask.
    """

    def __init__(
        self,
        now: datetime,
        *,
        account: Account = Account(),  # noqa: B008  # a frozen value
        page_size: int = 100,
        page_size_of_ids: int = 5000,
        changelog_page_size: int = 100,
        bulk_page_size: int = 1000,
        comment_page_size: int = 100,
        index_lag: timedelta = timedelta(0),
        count_is_off_by: int = 0,
        repeats_history: bool = False,
        feedback_is_experimental: bool = False,
        refuses_bad_credentials: bool = False,
        requests_per_window: int | None = None,
        points_per_window: int | None = None,
        window_seconds: float = 1.0,
        zone: str = "Europe/Berlin",
        cloud_id: str = "11111111-2222-4333-8444-555555555555",
    ) -> None:
        Emulator.__init__(self, now)
        Stories.__init__(self, zone, index_lag)
        self.account, self.caller_zone = account, ZoneInfo(account.zone)
        self.page_size, self.page_size_of_ids = page_size, page_size_of_ids
        self.changelog_page_size, self.bulk_page_size = changelog_page_size, bulk_page_size
        self.comment_page_size, self.count_is_off_by = comment_page_size, count_is_off_by
        self.repeats_history = repeats_history
        self.feedback_is_experimental = feedback_is_experimental
        self.refuses_bad_credentials = refuses_bad_credentials
        burst = Budget(requests_per_window, window_seconds, "jira-burst-based")
        costs = Budget(points_per_window, window_seconds, "jira-cost-based")
        self.gate = Gate(account, burst, costs, cloud_id)
        self.me = self.add_user(name="Meter", email=account.email, zone=account.zone)
        self._routes = [(re.compile(f"{method} {path}"), getattr(self, name), scope, is_open)
                        for method, path, name, scope, is_open in ROUTES]  # fmt: skip

    @property
    def gateway_url(self) -> str:
        """Where OAuth tokens are good: api.atlassian.com/ex/jira/{cloudId} in the real world."""
        return f"{self.url}/ex/jira/{self.gate.cloud_id}"

    def now_ms(self) -> int:
        return to_ms(self.now)

    def answer(self, request: Request) -> Answer:
        if request.path == "/oauth/token" and request.method == "POST":
            return self.gate.grant(request, self.now)
        if request.path == "/_edge/tenant_info":
            return Answer({"cloudId": self.gate.cloud_id})
        if refused := self.gate.refuse_by_limit(self.now):
            return refused
        answer = self._route(request)
        document = answer.document if isinstance(answer.document, dict) else {}
        rows: list[object] = next((document[name] for name in PLACES if name in document), [])
        self.gate.charge(answer, 1 + len(rows))
        return answer

    def visible_projects(self, request: Request) -> set[str]:
        if self.caller_of(request) is None:
            return set()
        allowed = self.account.projects
        return {*self.projects} if allowed is None else {*self.projects} & {*allowed}

    def caller_of(self, request: Request) -> str | None:
        is_gateway = "gateway" in request.headers
        is_known = self.gate.is_known(request, self.now, is_gateway=is_gateway)
        return self.me if is_known else None

    def is_agent(self, request: Request) -> bool:
        return self.account.is_agent

    def myself(self, request: Request) -> Answer:
        """GET /rest/api/3/myself (api-group-myself): the time zone is the one of JQL."""
        return Answer(self.users[self.me].to_full_json(self.url))

    def list_statuses(self, request: Request) -> Answer:
        """GET /rest/api/3/status (api-group-workflow-statuses): those of active workflows."""
        if self.caller_of(request) is None:
            return Answer([])
        listed = [one for one in self.statuses.values() if one.is_listed]
        return Answer([one.to_json(self.url) for one in listed])

    def project_statuses(self, request: Request, id_or_key: str) -> Answer:
        """GET /rest/api/3/project/{idOrKey}/statuses (api-group-projects), by type of issue."""
        seen = [self.projects[key] for key in self.visible_projects(request)]
        found = [one for one in seen if id_or_key in (one.id, one.key)]
        if not found:
            return refusal(f"No project could be found with key '{id_or_key}'.", status=404)
        return Answer(statuses_by_type(self, found[0]))

    def list_fields(self, request: Request) -> Answer:
        """GET /rest/api/3/field (api-group-issue-fields): where custom fields are found."""
        return Answer(self.fields_json())

    def users_in_bulk(self, request: Request) -> Answer:
        """GET /rest/api/3/user/bulk (api-group-users): here alone stands `appType`."""
        wanted = [one for one in request.query.get("accountId", "").split(",") if one]
        if not wanted:
            return refusal("The accountId query parameter is required.")
        start = int(request.query.get("startAt") or 0)
        size = int(request.query.get("maxResults") or 10)
        found = [self.users[one].to_full_json(self.url) for one in wanted if one in self.users]
        self_ = f"{self.url}{request.path}?startAt={start}&maxResults={size}"
        return Answer({"self": self_, "maxResults": size, "startAt": start, "total": len(found),
                       "isLast": start + size >= len(found),
                       "values": found[start : start + size]})  # fmt: skip

    def permissions(self, request: Request) -> Answer:
        """GET /rest/api/3/mypermissions (api-group-permissions)."""
        asked = [one for one in request.query.get("permissions", "").split(",") if one]
        if not asked or not {*asked} <= {*PERMISSIONS}:
            return refusal("The 'permissions' query parameter is required.")
        seen, project = self.visible_projects(request), request.query.get("projectKey")
        if project is not None and project not in seen:
            return refusal(f"No project could be found with key '{project}'.", status=404)
        has = {"BROWSE_PROJECTS": bool(seen), "SERVICEDESK_AGENT": self.account.is_agent}
        return Answer({"permissions": {
            name: {"id": str(10 + number), "key": name, "name": name.replace("_", " ").title(),
                   "type": "PROJECT", "description": "", "havePermission": has[name]}
            for number, name in enumerate(asked)}})  # fmt: skip

    def server_info(self, request: Request) -> Answer:
        """GET /rest/api/3/serverInfo (api-group-server-info)."""
        return Answer({"baseUrl": self.url, "version": "1001.0.0-SNAPSHOT",
                       "versionNumbers": [1001, 0, 0], "deploymentType": "Cloud",
                       "buildNumber": 100_275, "buildDate": to_text(self.now_ms(), self.zone),
                       "serverTime": to_text(self.now_ms(), self.zone), "scmInfo": "57a0ca5b",
                       "serverTitle": "Jira", "serverTimeZone": str(self.zone)})  # fmt: skip

    def removed_search(self, request: Request) -> Answer:
        """GET|POST /rest/api/3/search, which counted and had offsets: 410 since CHANGE-2046."""
        return refusal(REMOVED, status=410)

    def _route(self, request: Request) -> Answer:
        gateway = f"/ex/jira/{self.gate.cloud_id}"
        is_gateway = request.path.startswith(f"{gateway}/")
        if is_gateway:
            path, headers = request.path.removeprefix(gateway), {**request.headers, "gateway": "1"}
            request = replace(request, path=path, headers=headers)
        for pattern, method, scope, is_open in self._routes:
            if found := pattern.fullmatch(f"{request.method} {request.path}"):
                refused = self._refuse(request, scope, is_gateway=is_gateway, is_open=is_open)
                answer = refused or method(request, *found.groups())
                self._tell_login(request, answer, is_gateway=is_gateway)
                return answer
        return Answer({"message": "null for uri: " + request.path, "status-code": 404}, 404)

    def _refuse(self, request: Request, scope: str, *, is_gateway: bool,
                is_open: bool) -> Answer | None:  # fmt: skip
        if is_gateway:
            return self.gate.refuse_at_gateway(request, self.now, scope)
        if self.gate.is_known(request, self.now, is_gateway=False):
            return None
        return None if is_open and not self.refuses_bad_credentials else unauthenticated()

    def _tell_login(self, request: Request, answer: Answer, *, is_gateway: bool) -> None:
        if not is_gateway and "authorization" in request.headers:
            known = self.gate.is_known(request, self.now, is_gateway=False)
            answer.headers[LOGIN_REASON] = "OK" if known else "AUTHENTICATED_FAILED"

    def _respond(self, handler: Handler, request: Request) -> None:
        # lists may come as one value with commas or as several values of one name
        values: dict[str, list[str]] = {}
        for name, value in parse_qsl(urlsplit(handler.path).query, keep_blank_values=True):
            values.setdefault(name, []).append(value)
        if any(len(one) > 1 for one in values.values()):
            joined = {name: ",".join(several) for name, several in values.items()}
            request = replace(request, query=joined)
        super()._respond(handler, request)
