"""The part of the API that only service projects have: service levels and satisfaction.

From the vendor's reference, developer.atlassian.com/cloud/jira/service-desk/rest/api-group-request,
read through clients generated from its OpenAPI document (PagedDTOSlaInformationDTO,
CSATFeedbackFullDTO, DateDTO, DurationDTO, ErrorResponse). What an unrated request answers: not
found; here 404.
"""

from tests.emulators.jira_history import History
from tests.emulators.jira_records import Cycle, Issue, Json, from_ms, to_ms, to_text
from tests.emulators.server import Answer, Request

EXPERIMENTAL = "x-experimentalapi"


def desk_refusal(message: str, status: int) -> Answer:
    """Refuse as the service desk does (ErrorResponse)."""
    key = {404: "sd.request.not.found", 403: "sd.agent.required", 412: "sd.api.experimental"}
    translated = {"i18nErrorKey": key[status], "parameters": []}
    return Answer({"errorMessage": message, "i18nErrorMessage": translated}, status)


NO_REQUEST = "The customer request does not exist or you do not have permission to see it."


class Desk(History):
    """Answers what is asked of requests."""

    feedback_is_experimental: bool

    def is_agent(self, request: Request) -> bool:
        raise NotImplementedError

    def levels(self, request: Request, id_or_key: str) -> Answer:
        """GET /rest/servicedeskapi/request/{idOrKey}/sla: for agents only."""
        issue = self._request(request, id_or_key)
        if issue is None:
            return desk_refusal(NO_REQUEST, 404)
        if not self.is_agent(request):
            return desk_refusal("You do not have permission to view the SLA information.", 403)
        start = int(request.query.get("start") or 0)
        limit = int(request.query.get("limit") or 50)
        every = [self.level_json(issue, name, to_ms(self.now)) for name in issue.levels]
        shown, self_ = every[start : start + limit], f"{self.url}{request.path}"
        links = {"self": self_, "base": f"{self.url}/rest/servicedeskapi", "context": ""}
        if start + limit < len(every):
            links["next"] = f"{self_}?start={start + limit}&limit={limit}"
        return Answer({"_expands": [], "size": len(shown), "start": start, "limit": limit,
                       "isLastPage": start + limit >= len(every), "_links": links,
                       "values": shown})  # fmt: skip

    def feedback(self, request: Request, id_or_key: str) -> Answer:
        """GET /rest/servicedeskapi/request/{idOrKey}/feedback: the last rating, not its time."""
        if self.feedback_is_experimental and request.headers.get(EXPERIMENTAL) != "opt-in":
            return desk_refusal("This API is experimental. Send X-ExperimentalApi: opt-in.", 412)
        issue = self._request(request, id_or_key)
        if issue is None:
            return desk_refusal(NO_REQUEST, 404)
        if issue.rating is None:
            return desk_refusal("No feedback was found for this request.", 404)
        return Answer({"type": "csat", "rating": issue.rating,
                       "comment": {"body": issue.rating_text}})  # fmt: skip

    def level_json(self, issue: Issue, name: str, now: int) -> Json:
        """Write a service level (SlaInformationDTO); it stands in the custom field, too."""
        number = list(issue.levels).index(name) + 1
        self_ = f"{self.url}/rest/servicedeskapi/request/{issue.id}/sla/{number}"
        written: Json = {"id": str(number), "name": name, "_links": {"self": self_}}
        cycles = issue.levels[name]
        written["completedCycles"] = [self._cycle(one, now) for one in cycles
                                      if one.stopped is not None]  # fmt: skip
        if cycles[-1].stopped is None:
            written["ongoingCycle"] = self._cycle(cycles[-1], now)
        return written

    def _cycle(self, cycle: Cycle, now: int) -> Json:
        elapsed = cycle.elapsed(now)
        written = {
            "startTime": self._date(cycle.started),
            "breachTime": self._date(cycle.breaches),
            "breached": elapsed > cycle.goal,
            "goalDuration": _duration(cycle.goal),
            "elapsedTime": _duration(elapsed),
            "remainingTime": _duration(cycle.goal - elapsed),
        }
        if cycle.stopped is not None:
            return written | {"stopTime": self._date(cycle.stopped)}
        return written | {"paused": cycle.paused is not None, "withinCalendarHours": True}

    def _date(self, ms: int) -> Json:
        local = from_ms(ms).astimezone(self.zone)
        return {"iso8601": f"{local:%Y-%m-%dT%H:%M:%S%z}", "jira": to_text(ms, self.zone),
                "friendly": f"{local:%d/%b/%y %I:%M %p}", "epochMillis": ms}  # fmt: skip

    def _request(self, request: Request, id_or_key: str) -> Issue | None:
        issue = self.seen(request, id_or_key)
        return issue if issue and issue.is_request else None


def _duration(ms: int) -> Json:
    sign, minutes = "-" if ms < 0 else "", abs(ms) // 60_000
    return {"millis": ms, "friendly": f"{sign}{minutes // 60}h {minutes % 60}m"}
