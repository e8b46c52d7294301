"""What is read of the issues that a search finds: a page for each hundred of them.

State comes from the database and never from the search, which may show an issue as it was some
minutes ago. A page may be put together from several answers.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from msgspec import Struct

from recount.errors import SourceError
from recount.periods import format_instant
from recount.sources import shapes as reading
from recount.sources.api import Answer
from recount.sources.jira import histories, shapes
from recount.sources.jira.site import LEVEL, RATED_AT, RATING, REQUEST_TYPE, Site
from recount.sources.landable import together
from recount.sources.words import shown

_EVERY = 10_000
_STATE = ("project", "issuetype", "status", "created", "updated", "creator", "reporter", "assignee",
          "priority", "statuscategorychangedate")  # fmt: skip


@dataclass(frozen=True)
class Look:
    """Some issues, the instants of the look that they belong to, and where their pages go on."""

    ids: list[str]
    since: str
    began_at: str
    token: str | None = None


@dataclass(frozen=True)
class Chunk:
    """What was read of some issues; `token` is where their pages go on."""

    answer: Answer
    page: Struct
    record_count: int
    token: str | None = None


@dataclass(frozen=True)
class Streams:
    """Reads the issues of a site, stream by stream."""

    site: Site

    def readers(self) -> Mapping[str, Callable[[Look], Chunk]]:
        """Return what reads each stream."""
        readers = {
            "issues": self.issues,
            "changes": self.changes,
            "comments": self.comments,
            "moves": self.moves,
            "sightings": self.sightings,
        }
        levels = {"service_levels": self.service_levels}
        return readers | (levels if self.site.said.service_levels else {})

    def nothing(self, stream: str) -> Struct:
        """Return a page of a stream that holds nothing."""
        empty: dict[str, Callable[[], Struct]] = {
            "changes": lambda: histories.ChangeLogs([]),
            "moves": lambda: histories.KeyLogs([]),
        }
        return empty.get(stream, lambda: shapes.issues_with(Struct, ())([]))()

    def issues(self, look: Look) -> Chunk:
        """Read issues as they stand."""
        requests, own = self.site.fields.get(REQUEST_TYPE, ()), self.site.said.own_fields
        shape = shapes.issues_with(
            shapes.IssueFields,
            (*((name, shapes.RequestType) for name in requests if name not in own),
             *((name, shapes.Value) for name in own)),
        )  # fmt: skip
        answer, page = self._issues(look, "issues", shape, [*_STATE, *requests, *own])
        for issue in page.issues:
            for value in shapes.own_values(issue.fields).values():
                if isinstance(value, shapes.RequestType):
                    issue.request_type = value.request_type.name
            shapes.leave_out(issue.fields, requests)
        return Chunk(answer, page, len(page.issues))

    def sightings(self, look: Look) -> Chunk:
        """Read which issues are still there, and how they were rated."""
        rated = {RATING: shapes.Rating, RATED_AT: str} if self.site.said.ratings else {}
        kinds = {self.site.fields[kind][0]: shape for kind, shape in rated.items()}
        shape = shapes.issues_with(Struct, tuple(kinds.items()))
        answer, page = self._issues(look, "sightings", shape, list(kinds))
        for issue in page.issues:
            for value in shapes.own_values(issue.fields).values():
                if isinstance(value, shapes.Rating):
                    issue.rating = value.rating
                else:
                    issue.rated_at = value
            shapes.leave_out(issue.fields, kinds)
        # one look is one look, whenever its pages came
        page.since, page.taken_at = look.since, look.began_at
        return Chunk(answer, page, len(page.issues))

    def service_levels(self, look: Look) -> Chunk:
        """Read how the service levels of issues stand."""
        levels = self.site.fields.get(LEVEL, ())
        shape = shapes.issues_with(Struct, tuple((name, shapes.Level) for name in levels))
        answer, page = self._issues(look, "service_levels", shape, list(levels))
        for issue in page.issues:
            issue.levels = shapes.own_values(issue.fields)
            shapes.leave_out(issue.fields, levels)
        return Chunk(answer, page, sum(1 for issue in page.issues for _ in shapes.cycles_of(issue)))

    def changes(self, look: Look) -> Chunk:
        """Read how statuses and assignees changed."""
        return self._histories(look, "changes", ["status", "assignee"])

    def comments(self, look: Look) -> Chunk:
        """Read who commented; a list that is not whole is asked for by itself."""
        shape = shapes.issues_with(shapes.Commented, ())
        answer, page = self._issues(look, "comments", shape, ["comment"])
        answers = [answer]
        for issue in page.issues:
            said = issue.fields.comment
            if said is None or len(said.comments) < said.total:
                issue.fields.comment = said = shapes.Comments([], 0)
                for answered in self._comments_of(issue.id, said):
                    document = {"issues": [{"fields": {"comment": answered.document}}]}
                    answers.append(replace(answered, document=document))
        count = sum(len(issue.fields.comment.comments) for issue in page.issues)
        return Chunk(together(answers), page, count)

    def moves(self, look: Look) -> Chunk:
        """Read which keys issues had before they were moved to another project."""
        moved = self._histories(look, "moves", ["project"])
        page: Any = moved.page
        logs, answers = histories.KeyLogs([]), [replace(moved.answer, document={"logs": []})]
        for issue_id in sorted({log.issue_id for log in page.issue_change_logs}):
            for answer, log in self._keys_of(issue_id):
                answers.append(replace(answer, document={"logs": [answer.document]}))
                logs.logs.append(log)
        count = sum(1 for log in logs.logs for _ in histories.moves_of(log))
        return Chunk(together(answers), logs, count, moved.token)

    def _issues(
        self, look: Look, stream: str, shape: type[Struct], fields: list[str]
    ) -> tuple[Answer, Any]:
        what = self.site.what(stream)
        answer = self.site.post(
            "/rest/api/3/issue/bulkfetch",
            {"issueIdsOrKeys": look.ids, "fields": fields or ["created"]},
        )
        page: Any = reading.received(answer.data, shape, what)
        told = {each.id for each in (*page.issues, *page.issueErrors)}
        if told != set(look.ids):
            raise SourceError(
                f"{what}: {len(look.ids)} issues were asked for, and others or not all of them "
                "answered; run again, and report it if it stays so"
            )
        page.taken_at = format_instant(answer.said_at)
        return answer, page

    def _histories(self, look: Look, stream: str, fields: list[str]) -> Chunk:
        asked: dict[str, Any] = {
            "issueIdsOrKeys": look.ids, "fieldIds": fields, "maxResults": _EVERY
        }  # fmt: skip
        if look.token:
            asked["nextPageToken"] = look.token
        what = self.site.what(stream)
        answer = self.site.post("/rest/api/3/changelog/bulkfetch", asked)
        page = reading.received(answer.data, histories.ChangeLogs, what)
        for log in page.issue_change_logs:
            if log.issue_id not in look.ids:
                raise SourceError(
                    f"{what}: there is a history of issue {shown(log.issue_id)}, which was not "
                    "asked for; run again, and report it if it stays so"
                )
        page.taken_at, token = format_instant(answer.said_at), page.next_page_token
        count = sum(len(log.change_histories) for log in page.issue_change_logs)
        return Chunk(answer, page, count, token)

    def _comments_of(self, issue_id: str, whole: shapes.Comments) -> Iterator[Answer]:
        path, what = f"/rest/api/3/issue/{issue_id}/comment", self.site.what("comments")
        while True:
            answer = self.site.get(
                path, startAt=len(whole.comments), maxResults=100, orderBy="created"
            )
            page = reading.received(answer.data, shapes.Comments, what)
            whole.comments += page.comments
            whole.total = page.total
            yield answer
            if len(whole.comments) >= page.total:
                return
            if not page.comments:
                raise _short(what, issue_id, page.total, len(whole.comments))

    def _keys_of(self, issue_id: str) -> Iterator[tuple[Answer, histories.KeyLog]]:
        path, what, start = f"/rest/api/3/issue/{issue_id}/changelog", self.site.what("moves"), 0
        while True:
            answer = self.site.get(path, startAt=start, maxResults=100)
            log = reading.received(answer.data, histories.KeyLog, what)
            log.issue_id = issue_id
            start += (count := len(log.values))
            log.values = [history for history in log.values if histories.keep_keys(history)]
            yield answer, log
            if log.is_last:
                return
            if not count:
                raise _short(what, issue_id, start + 1, start)


def _short(what: str, issue_id: str, total: int, count: int) -> SourceError:
    return SourceError(
        f"{what}: issue {issue_id} has {total} and more, and only {count} came; run again"
    )
