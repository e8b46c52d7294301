"""Histories, comments and issues one by one, as Jira's API answers.

From the vendor's reference, developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues
and api-group-issue-comments (schemas PageBeanChangelog, BulkChangelogRequestBean,
BulkChangelogResponseBean, PageOfComments, BulkIssueResults). In the bulk the instants are numbers:
the document's example has seconds, clients meet milliseconds. `repeats_history` is what the
vendor's issue JRACLOUD-94906 is said to be: a page begins with the last history of the one before.
"""

from tests.emulators.jira_records import Change, Issue, Json, to_text
from tests.emulators.jira_search import BAD_PAYLOAD, Search, listed, refusal
from tests.emulators.server import Answer, Request

NOT_FOUND = "Issue does not exist or you do not have permission to see it."
Place = tuple[int, int, int]


class History(Search):
    """Answers what happened to issues."""

    changelog_page_size: int
    bulk_page_size: int
    comment_page_size: int
    repeats_history: bool

    def seen(self, request: Request, id_or_key: str) -> Issue | None:
        """Find an issue that the caller may see."""
        issue = self.find(id_or_key)
        return issue if issue and issue.project in self.visible_projects(request) else None

    def issue(self, request: Request, id_or_key: str) -> Answer:
        """GET /rest/api/3/issue/{idOrKey} (api-group-issues): by a key it had before, too."""
        issue = self.seen(request, id_or_key)
        if issue is None:
            return refusal(NOT_FOUND, status=404)
        names = self.wanted_fields(listed(request.query.get("fields")), "*all")
        return Answer(self.issue_json(issue, names))

    def issues_in_bulk(self, request: Request) -> Answer:
        """POST /rest/api/3/issue/bulkfetch (api-group-issues): 100 issues, ascending by id."""
        asked = request.json
        wanted = [str(one) for one in asked.get("issueIdsOrKeys", [])]
        if not 0 < len(wanted) <= 100:
            return refusal(BAD_PAYLOAD)
        names = self.wanted_fields(listed(asked.get("fields")), "*navigable")
        found = {one: self.seen(request, one) for one in wanted}
        issues = sorted({it.id: it for it in found.values() if it}.values(), key=lambda it: it.id)
        errors = [{"id": one, "errorMessage": NOT_FOUND} for one, it in found.items() if not it]
        return Answer({"issues": [self.issue_json(it, names) for it in issues],
                       "issueErrors": errors})  # fmt: skip

    def changelog(self, request: Request, id_or_key: str) -> Answer:
        """GET /rest/api/3/issue/{idOrKey}/changelog (api-group-issues): oldest first."""
        issue = self.seen(request, id_or_key)
        if issue is None:
            return refusal(NOT_FOUND, status=404)
        start = int(request.query.get("startAt") or 0)
        size = min(int(request.query.get("maxResults") or 100), self.changelog_page_size)
        changes = sorted(issue.changes, key=lambda one: (one.created, one.id))
        path, end = f"{self.url}{request.path}", start + size
        page: Json = {
            "self": f"{path}?maxResults={size}&startAt={start}",
            "maxResults": size,
            "startAt": start,
            "total": len(changes),
            "isLast": end >= len(changes),
            "values": [self._change_json(one) for one in changes[start:end]],
        }
        if not page["isLast"]:
            page["nextPage"] = f"{path}?maxResults={size}&startAt={end}"
        return Answer(page)

    def changelogs(self, request: Request) -> Answer:
        """POST /rest/api/3/changelog/bulkfetch (api-group-issues): by date, then by issue.

        An issue that is not there is left out without a word.
        """
        asked = request.json
        wanted = asked.get("issueIdsOrKeys") or []
        fields = asked.get("fieldIds") or []
        size = int(asked.get("maxResults") or 1000)
        if not 0 < len(wanted) <= 1000 or len(fields) > 10 or not 0 < size <= 10_000:
            return refusal(BAD_PAYLOAD)
        try:
            after = place_of(asked.get("nextPageToken"))
        except ValueError:
            return refusal("The provided next page token is invalid.")
        size = min(size, self.bulk_page_size)
        issues = {it.id: it for one in wanted if (it := self.seen(request, str(one)))}
        entries = sorted((change.created, it.id, change.id, change)
                         for it in issues.values() for change in it.changes
                         if not fields or any(one.get("fieldId") in fields
                                              for one in change.items))  # fmt: skip
        start = next((at for at, one in enumerate(entries) if one[:3] > after), len(entries))
        shown = entries[start : start + size]
        again = entries[start - 1 : start] if self.repeats_history and start else []
        page: Json = {"issueChangeLogs": self._grouped(again + shown, fields)}
        if start + size < len(entries):
            page["nextPageToken"] = ".".join(str(one) for one in shown[-1][:3])
        return Answer(page)

    def comments(self, request: Request, id_or_key: str) -> Answer:
        """GET /rest/api/3/issue/{idOrKey}/comment (api-group-issue-comments)."""
        issue = self.seen(request, id_or_key)
        if issue is None:
            return refusal(NOT_FOUND, status=404)
        order = request.query.get("orderBy") or "created"
        if order not in ("created", "+created", "-created", " created"):
            return refusal("The orderBy parameter is invalid.")
        start = int(request.query.get("startAt") or 0)
        size = min(int(request.query.get("maxResults") or 100), self.comment_page_size)
        shown = [one for one in issue.comments if one.role is None]
        shown.sort(key=lambda one: (one.created, one.id), reverse=order == "-created")
        page = [self.comment_json(issue, one) for one in shown[start : start + size]]
        return Answer({"startAt": start, "maxResults": size, "total": len(shown),
                       "comments": page})  # fmt: skip

    def _grouped(
        self, entries: list[tuple[int, int, int, Change]], fields: list[str]
    ) -> list[Json]:
        groups: dict[int, list[Json]] = {}
        for created, issue, _, change in entries:
            written = self._change_json(change) | {"created": created}
            if fields:
                items = [one for one in written["items"] if one.get("fieldId") in fields]
                written["items"] = items
            groups.setdefault(issue, []).append(written)
        return [{"issueId": str(id_), "changeHistories": histories}
                for id_, histories in groups.items()]  # fmt: skip

    def _change_json(self, change: Change) -> Json:
        written: Json = {"id": str(change.id)}
        if change.author:
            written["author"] = self.user_json(change.author)
        created = to_text(change.created, self.zone)
        return written | {"created": created, "items": [*change.items]}


def place_of(token: str | None) -> Place:
    if not token:
        return (-1, -1, -1)
    created, issue, change = (int(one) for one in token.split("."))
    return created, issue, change
