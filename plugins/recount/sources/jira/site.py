"""One Jira site: whether it knows us, what we may read there, and whether it reads our queries.

Where the anonymous may ask, a wrong or expired token makes us nobody, with 200 and empty lists;
only a header, and what is never answered to the anonymous, tell. What we may not see is left out of
searches without a word.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from recount.errors import SourceError
from recount.sources import shapes as reading
from recount.sources.api import Answer, AnsweredError, Api
from recount.sources.jira import shapes
from recount.sources.jira.settings import JiraSettings
from recount.sources.source import Reach
from recount.sources.words import shown

_LOGIN = "X-Seraph-LoginReason"
_RIGHTS = ("BROWSE_PROJECTS", "SERVICEDESK_AGENT")
_DESK = "com.atlassian.servicedesk:"
REQUEST_TYPE, LEVEL = f"{_DESK}vp-origin", f"{_DESK}sd-sla-field"
RATING, RATED_AT = f"{_DESK}sd-request-feedback", f"{_DESK}sd-request-feedback-date"
# JQL writes minutes; whether a number is read to the millisecond is not documented
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Site:
    """A site under `place`: nothing, or where the gateway of all sites has this one."""

    host: str
    place: str
    api: Api
    said: JiraSettings

    def get(self, path: str, **query: Any) -> Answer:
        """Ask for a document as ourselves."""
        return self._as_ourselves(self.api.get(f"{self.place}{path}", **query))

    def post(self, path: str, document: object) -> Answer:
        """Ask by a document as ourselves."""
        return self._as_ourselves(self.api.post(f"{self.place}{path}", document))

    def myself(self) -> str:
        """Return the id of our account; SourceError where the site does not know us any more."""
        me = self.get("/rest/api/3/myself").document
        return str(me.get("accountId")) if isinstance(me, dict) else "nobody"

    def search(
        self, jql: str, *, token: str | None = None, limit: int = 100
    ) -> tuple[Answer, shapes.Search]:
        """Ask for issues by their ids, with the instant by which search orders them."""
        asked = {"jql": jql, "fields": ["updated"], "maxResults": limit}
        try:
            answer = self.post(
                "/rest/api/3/search/jql", asked | ({"nextPageToken": token} if token else {})
            )
        except AnsweredError:
            # to nobody our projects do not exist, and a query that names them is wrong
            self.myself()
            raise
        return answer, reading.received(answer.data, shapes.Search, self.what("search"))

    def count(self, jql: str) -> int:
        """Ask about how many issues a query finds."""
        answer = self.post("/rest/api/3/search/approximate-count", {"jql": jql})
        count = answer.document.get("count") if isinstance(answer.document, dict) else None
        if not isinstance(count, int):
            raise SourceError(f"{self.what('search')} gives no count; run again, and report it")
        return count

    def prepare(self) -> None:
        """Make sure that we are known, may read all projects, and are understood."""
        self.myself()
        for project in self.said.projects:
            if lacking := self.rights_lacking(project):
                raise SourceError(f"{self.api.name}: {lacking}")
        self.prove_times()
        _ = self.fields

    def rights(self) -> Iterator[Reach]:
        """Say of each project whether we may read it."""
        for project in self.said.projects:
            lacking = self.rights_lacking(project)
            yield Reach(f"project {project}", not lacking, lacking or "we may read it as an agent")

    def rights_lacking(self, project: str) -> str:
        """Say what we may not do in a project; nothing where we may all that is needed."""
        try:
            said = self.get(
                "/rest/api/3/mypermissions", projectKey=project, permissions=",".join(_RIGHTS)
            ).document["permissions"]
            lacking = [name for name in _RIGHTS if not said[name]["havePermission"]]
        except AnsweredError as refused:
            if refused.status != 404:
                raise
            return f"there is no project {project} that our account may see; let it browse it"
        except (KeyError, TypeError):
            raise SourceError(f"{self.what('mypermissions')} answers nothing; report it") from None
        if not lacking:
            return ""
        return (
            f"our account lacks {' and '.join(lacking)} in {project}, and Jira leaves out what it "
            "may not see; make it an agent of that project"
        )

    def prove_times(self) -> None:
        """Try whether a number in a query is read as milliseconds since 1970.

        Dates are read in the zone of the account's profile, so we write none.
        """
        _, found = self.search(f"{self.projects} ORDER BY updated ASC", limit=1)
        if not found.issues:
            return
        issue = found.issues[0]
        updated = reading.instant_of(issue.fields.updated, self.what("search"))
        around = f"updated >= {ms(updated - _MINUTE)} AND updated <= {ms(updated + _MINUTE)}"
        _, inside = self.search(f"id = {issue.id} AND {around}")
        _, later = self.search(f"id = {issue.id} AND updated >= {ms(updated + 2 * _MINUTE)}")
        if len(inside.issues) != 1 or later.issues:
            raise SourceError(
                f"{self.what('search')} does not find issue {issue.id} by the instant of its last "
                "change: the site reads numbers in queries otherwise; run again, and report it if "
                "it stays so"
            )

    @property
    def projects(self) -> str:
        """The projects, in a query."""
        keys = ", ".join(f'"{key}"' for key in self.said.projects)
        return f"project in ({keys})"

    @cached_property
    def fields(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the site's fields by what they are; their names are translated."""
        found: dict[str, tuple[str, ...]] = {}
        for each in self.get("/rest/api/3/field").document:
            kind = str((each.get("schema") or {}).get("custom"))
            found[kind] = (*found.get(kind, ()), str(each["id"]))
        known = {field for ids in found.values() for field in ids}
        self._refuse_missing(known, found)
        return found

    def what(self, stream: str) -> str:
        """Name a stream in a sentence."""
        return f"{self.api.name}: {stream}"

    def _refuse_missing(self, known: set[str], found: Mapping[str, Any]) -> None:
        if unknown := [field for field in self.said.own_fields if field not in known]:
            raise SourceError(
                f"{self.api.name}: Jira has no field {', '.join(unknown)}, or hides it; correct "
                "custom_fields in the contract"
            )
        wanted = {RATING: "ratings", RATED_AT: "ratings", LEVEL: "service_levels"}
        for kind, setting in wanted.items():
            if getattr(self.said, setting) and kind not in found:
                raise SourceError(
                    f"{self.api.name}: Jira has no field of the type {kind}; let our account see "
                    f"it, or write {setting}: false"
                )

    def _as_ourselves(self, answer: Answer) -> Answer:
        reason = answer.headers.get(_LOGIN, "OK")
        if reason != "OK":
            raise SourceError(
                f"{self.api.name}: {self.host} does not know us ({shown(reason)}) and answers as "
                "to nobody; renew the API token in the connection"
            )
        return answer


def ms(at: datetime) -> int:
    """Return an instant as a query writes it."""
    return round(at.timestamp() * 1000)
