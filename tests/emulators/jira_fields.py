"""What JQL can ask of an issue, and how fields stand in answers.

The custom fields' types and value types as in lists of fields that people published
(sd-request-feedback is an sd-feedback, sd-request-feedback-date a datetime, sd-sla-field an
sd-servicelevelagreement, vp-origin an sd-customerrequesttype). Their ids differ from site to site.
That Satisfaction's value is `{"rating": n}` is not confirmed by any page.
"""

import operator
from collections.abc import Callable
from functools import cached_property
from typing import Any

from tests.emulators.jira_records import (
    CATEGORIES,
    RESOLUTIONS,
    Comment,
    Issue,
    Json,
    Project,
    to_document,
    to_text,
)
from tests.emulators.jira_site import Site

REQUEST_TYPE, ORGANIZATIONS = "customfield_10010", "customfield_10002"
SATISFACTION, SATISFACTION_DATE = "customfield_10033", "customfield_10034"
RESOLUTION_SLA = "customfield_10030"
CUSTOM = {
    ORGANIZATIONS: ("Organizations", "array",
                    "com.atlassian.servicedesk:sd-customer-organizations"),
    REQUEST_TYPE: ("Request Type", "sd-customerrequesttype", "com.atlassian.servicedesk:vp-origin"),
    RESOLUTION_SLA: ("Time to resolution", "sd-servicelevelagreement",
                     "com.atlassian.servicedesk:sd-sla-field"),
    SATISFACTION: ("Satisfaction", "sd-feedback", "com.atlassian.servicedesk:sd-request-feedback"),
    SATISFACTION_DATE: ("Satisfaction date", "datetime",
                        "com.atlassian.servicedesk:sd-request-feedback-date"),
}  # fmt: skip
SYSTEM = {"summary": "string", "description": "string", "issuetype": "issuetype",
          "project": "project", "status": "status", "statuscategorychangedate": "datetime",
          "resolution": "resolution", "resolutiondate": "datetime", "created": "datetime",
          "updated": "datetime", "reporter": "user", "creator": "user", "assignee": "user",
          "labels": "array", "comment": "comments-page"}  # fmt: skip
NOT_NAVIGABLE = {"comment"}

Reader = Callable[[Issue], Any]


def readers_of(site: Site) -> dict[str, Reader]:
    """Return what each field of JQL reads from an issue, dates aside."""
    return {
        "project": lambda it: it.project,
        "status": lambda it: it.status,
        "statuscategory": lambda it: site.statuses[it.status].category,
        "resolution": lambda it: it.resolution,
        "issuetype": lambda it: it.issue_type,
        "type": lambda it: it.issue_type,
        "reporter": lambda it: it.reporter,
        "assignee": lambda it: it.assignee,
        "creator": lambda it: it.creator,
        "satisfaction": lambda it: None if it.rating is None else str(it.rating),
        **dict.fromkeys(("key", "issuekey", "issue", "id"), operator.attrgetter("id")),
    }


def known_values(site: Site, field: str, value: str) -> list[Any]:
    """Return what stands in issues for a value that a query names; nothing when there is none.

    A name may stand for several statuses: each team-managed project has its own.
    """
    if field == "project":
        return [one.key for one in site.projects.values() if value in (one.id, one.key)]
    if field == "status":
        return [one.id for one in site.statuses.values()
                if value == one.id or value.lower() == one.name.lower()]  # fmt: skip
    if field == "statuscategory":
        named = {name.lower(): key for key, (_, _, name) in CATEGORIES.items()}
        return [named.get(value.lower(), value.lower())]
    if field in ("key", "issuekey", "issue", "id"):
        issue = site.find(value)
        return [issue.id] if issue else []
    return [value]


class Fields(Site):
    """Writes the fields of issues."""

    now_ms: Callable[[], int]
    level_json: Callable[[Issue, str, int], Json]

    def wanted_fields(self, asked: list[str], default: str) -> list[str]:
        """Return the fields that a list asks for; `*all`, `*navigable` and `-name` count too."""
        every = [*SYSTEM, *CUSTOM]
        names: list[str] = []
        asked = [name for part in asked for name in part.split(",") if name] or [default]
        if all(name.startswith("-") for name in asked):
            asked = ["*navigable", *asked]
        for name in asked:
            if name == "*all":
                names += every
            elif name == "*navigable":
                names += [one for one in every if one not in NOT_NAVIGABLE]
            elif name.startswith("-"):
                names = [one for one in names if one != name[1:]]
            else:
                names.append(name)
        return names

    def issue_json(self, it: Issue, names: list[str]) -> Json:
        """Write an issue; one that is asked for its id alone has nothing else."""
        written: Json = {"id": str(it.id)}
        if set(names) <= {"id"}:
            return written
        written |= {"expand": "operations,versionedRepresentations,editmeta,changelog,names,schema",
                    "self": f"{self.url}/rest/api/3/issue/{it.id}", "key": it.key}  # fmt: skip
        if fields := {name: self._writers[name](it) for name in names if name in SYSTEM
                      or name in CUSTOM}:  # fmt: skip
            written["fields"] = fields
        return written

    def comment_json(self, it: Issue, comment: Comment) -> Json:
        """Write a comment (Comment in the schema; `jsdPublic` tells a reply from a note)."""
        written = {
            "self": f"{self.url}/rest/api/3/issue/{it.id}/comment/{comment.id}",
            "id": str(comment.id),
            "author": self.user_json(comment.author),
            "body": to_document(comment.body),
            "updateAuthor": self.user_json(comment.editor),
            "created": to_text(comment.created, self.zone),
            "updated": to_text(comment.updated, self.zone),
            "jsdPublic": comment.is_public,
        }
        if comment.role:
            visible = {"type": "role", "value": comment.role, "identifier": comment.role}
            written["visibility"] = visible
        return written

    def fields_json(self) -> list[Json]:
        """Write the list of fields (FieldDetails)."""
        listed = []
        for name, kind in SYSTEM.items():
            title = name.capitalize()
            listed.append(_field_json(name, title, {"type": kind, "system": name}, [name]))
        for name, (title, kind, custom) in CUSTOM.items():
            number = int(name.rpartition("_")[2])
            schema = {"type": kind, "custom": custom, "customId": number}
            listed.append(_field_json(name, title, schema, [f"cf[{number}]", title]))
        return listed

    @cached_property
    def _writers(self) -> dict[str, Reader]:
        return {
            "summary": lambda it: it.summary,
            "description": lambda it: to_document(it.description),
            "issuetype": lambda it: self._issue_type(it.issue_type),
            "project": lambda it: self.projects[it.project].to_json(self.url),
            "status": lambda it: self.statuses[it.status].to_json(self.url),
            "statuscategorychangedate": lambda it: self._at(it.category_changed),
            "resolution": lambda it: self._resolution_json(it.resolution),
            "resolutiondate": lambda it: self._at(it.resolved),
            "created": lambda it: self._at(it.created),
            "updated": lambda it: self._at(it.updated),
            "reporter": lambda it: self.user_json(it.reporter),
            "creator": lambda it: self.user_json(it.creator),
            "assignee": lambda it: self.user_json(it.assignee),
            "labels": lambda it: it.labels,
            "comment": lambda it: self._comments(it),
            REQUEST_TYPE: lambda it: self._request_type(it),
            ORGANIZATIONS: lambda it: (
                [{"id": "1", "name": it.organization}] if it.organization else []
            ),
            RESOLUTION_SLA: lambda it: self._level(it),
            SATISFACTION: lambda it: {"rating": it.rating} if it.rating else None,
            SATISFACTION_DATE: lambda it: self._at(it.rated),
        }

    def _at(self, ms: int | None) -> str | None:
        return None if ms is None else to_text(ms, self.zone)

    def _level(self, it: Issue) -> Json | None:
        names = list(it.levels)
        return self.level_json(it, names[0], self.now_ms()) if names else None

    def _request_type(self, it: Issue) -> Json | None:
        if it.request_type is None:
            return None
        status = self.statuses[it.status]
        now = {"status": status.name, "statusCategory": status.category.upper()}
        type_ = {"id": "37", "name": it.request_type, "issueTypeId": "10012"}
        return {"requestType": type_, "currentStatus": now}

    def _resolution_json(self, name: str | None) -> Json | None:
        if name is None:
            return None
        id_ = RESOLUTIONS[name]
        self_ = f"{self.url}/rest/api/3/resolution/{id_}"
        return {"self": self_, "id": id_, "description": "", "name": name}

    def _issue_type(self, name: str) -> Json:
        return {"self": f"{self.url}/rest/api/3/issuetype/10012", "id": "10012", "name": name,
                "description": "", "subtask": False, "hierarchyLevel": 0}  # fmt: skip

    def _comments(self, it: Issue) -> Json:
        comments = [self.comment_json(it, one) for one in it.comments if one.role is None]
        return {"comments": comments, "self": f"{self.url}/rest/api/3/issue/{it.id}/comment",
                "maxResults": len(comments), "total": len(comments), "startAt": 0}  # fmt: skip


def _field_json(id_: str, name: str, schema: Json, clauses: list[str]) -> Json:
    return {"id": id_, "key": id_, "name": name, "custom": "custom" in schema, "orderable": True,
            "navigable": id_ not in NOT_NAVIGABLE, "searchable": True, "clauseNames": clauses,
            "schema": schema}  # fmt: skip


def statuses_by_type(site: Site, project: Project) -> list[Json]:
    """Write the statuses of a project by type of issue (IssueTypeWithStatus)."""
    own = [one.to_json(site.url) for one in site.statuses.values()
           if one.is_listed and one.project in (None, project.id)]  # fmt: skip
    self_ = f"{site.url}/rest/api/3/issuetype/10012"
    return [{"self": self_, "id": "10012", "name": "Service request", "subtask": False,
             "statuses": own}]  # fmt: skip
