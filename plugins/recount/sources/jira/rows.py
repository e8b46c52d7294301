"""Landed pages of Jira as typed rows: one for each record of the API, and no meaning yet."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import Struct

from recount.errors import SourceError
from recount.sources import shapes as reading
from recount.sources.jira import histories, shapes
from recount.sources.jira.settings import JiraSettings
from recount.sources.requesters import names_by_key
from recount.sources.terms import SourceTerms
from recount.sources.words import shown

# The columns of a subject that a site may keep in fields of its own.
_SUBJECT_FIELDS = ("tier", "language", "department", "is_test")
Row = dict[str, Any]
# Fewer are seconds: milliseconds that low were in 1973.
_LEAST_MS = 100_000_000_000
_EPOCH = datetime(1970, 1, 1)  # in UTC, as all columns are


@dataclass(frozen=True)
class Reader:
    """Reads the landed pages of one source; `what` is the page in a sentence."""

    said: JiraSettings
    names: Mapping[str, str]
    what: str

    @classmethod
    def of(cls, terms: SourceTerms, what: str) -> "Reader":
        """Return what reads a page by a contract's terms."""
        names = names_by_key(terms)
        return cls(terms.typed(JiraSettings), names, what)

    def rows(self, stream: str, data: bytes | Path) -> list[Row]:
        """Return the rows of a page, one for each of its records."""
        own = tuple((name, shapes.Value) for name in self.said.own_fields)
        issues = shapes.issues_with(Struct, ())
        readers: dict[str, tuple[type[Struct], Callable[[Any], Iterator[Row]]]] = {
            "issues": (shapes.issues_with(shapes.IssueFields, own), self._issues),
            "changes": (histories.ChangeLogs, self._changes),
            "comments": (shapes.issues_with(shapes.Commented, ()), self._comments),
            "moves": (histories.KeyLogs, self._moves),
            "sightings": (issues, self._sightings),
            "service_levels": (issues, self._cycles),
            "statuses": (shapes.Statuses, self._statuses),
        }
        shape, of = readers[stream]
        return list(of(reading.landed(data, shape, self.what)))

    def _issues(self, page: Any) -> Iterator[Row]:
        for issue in page.issues:
            fields, created = issue.fields, self._at(issue.fields.created)
            creator, creator_key, creator_type = self._who(fields.creator)
            yield {
                "issue_id": self._number(issue.id),
                "key": issue.key,
                "project": fields.project.key,
                "request_type": issue.request_type or None,
                "status_id": fields.status.id,
                "status_kind": self.said.statuses.get(fields.status.id),
                "created_at": created,
                "epoch_ms": _ms(created),
                "updated_at": self._at(fields.updated),
                "category_changed_at": self._at(fields.statuscategorychangedate),
                "reporter_key": self._who(fields.reporter)[1],
                "creator": creator,
                "creator_key": creator_key,
                "creator_type": creator_type,
                "is_assigned": fields.assignee is not None,
                **self._own(issue),
                "read_at": self._at(page.taken_at),
            }

    def _own(self, issue: Any) -> Row:
        fields, said = issue.fields, shapes.own_values(issue.fields)
        named = {name: _spelled(said.get(each)) for name, each in self.said.custom_fields.items()}
        free = {name: value for name, value in named.items() if name not in _SUBJECT_FIELDS}
        free |= {"issue_type": fields.issuetype.name, "project": fields.project.key,
                 "priority": fields.priority and fields.priority.name}  # fmt: skip
        attributes = {name: value for name, value in sorted(free.items()) if value is not None}
        columns = {name: named.get(name) for name in _SUBJECT_FIELDS}
        return {**columns, "attributes": json.dumps(attributes)}

    def _changes(self, page: histories.ChangeLogs) -> Iterator[Row]:
        for log in page.issue_change_logs:
            for history in log.change_histories:
                yield {
                    "issue_id": self._number(log.issue_id),
                    "change_id": self._number(history.id),
                    "occurred_at": (at := self._instant(history.created)),
                    "epoch_ms": _ms(at),
                    **self._author(history.author),
                    **self._items(history),
                    "read_at": self._at(page.taken_at),
                }

    def _items(self, history: histories.History) -> Row:
        statuses = [item for item in history.items if item.is_about("status")]
        assignees = [item for item in history.items if item.is_about("assignee")]
        # what one change does and undoes by itself never was: the first before, the last after
        before, after = (statuses[0].from_, statuses[-1].to) if statuses else (None, None)
        return {
            "previous_status_id": before,
            "status_id": after,
            "previous_status_kind": self.said.statuses.get(before or ""),
            "status_kind": self.said.statuses.get(after or ""),
            "was_assigned": bool(assignees[0].from_) if assignees else None,
            "is_assigned": bool(assignees[-1].to) if assignees else None,
        }

    def _comments(self, page: Any) -> Iterator[Row]:
        for issue in page.issues:
            for comment in issue.fields.comment.comments:
                yield {
                    "issue_id": self._number(issue.id),
                    "comment_id": self._number(comment.id),
                    "written_at": (at := self._at(comment.created)),
                    "epoch_ms": _ms(at),
                    **self._author(comment.author),
                    "is_public": comment.jsd_public,
                    "read_at": self._at(page.taken_at),
                }

    def _moves(self, page: histories.KeyLogs) -> Iterator[Row]:
        for log in page.logs:
            for history, item in histories.moves_of(log):
                yield {
                    "issue_id": self._number(str(log.issue_id)),
                    "change_id": self._number(history.id),
                    "moved_at": self._at(history.created),
                    "previous_key": item.from_string,
                    "key": item.to_string,
                }

    def _sightings(self, page: Any) -> Iterator[Row]:
        for issue in page.issues:
            rating, rated_at = issue.rating or None, issue.rated_at or None
            if rating is not None and not (1 <= rating <= 5 and rated_at):
                raise SourceError(
                    f"{self.what}: issue {issue.key} was rated {rating} at {rated_at}; a rating "
                    "is 1 to 5 and has an instant, so correct it in Jira, or write ratings: false"
                )
            at = self._at(rated_at) if rating else None
            yield {
                "issue_id": self._number(issue.id),
                "looked_from": self._at(page.since),
                "looked_at": (looked_at := self._at(page.taken_at)),
                "looked_ms": _ms(looked_at),
                "rated_at": at,
                "epoch_ms": _ms(at) if at else None,
                "score_value": Decimal(rating) if rating else None,
            }

    def _cycles(self, page: Any) -> Iterator[Row]:
        for issue in page.issues:
            for level, cycle in shapes.cycles_of(issue):
                due = cycle.breach_time.epoch_millis if cycle.breach_time else None
                if cycle.breached and due is None:
                    raise SourceError(
                        f"{self.what}: issue {issue.key} missed a service level, and Jira does not "
                        "say when; write service_levels: false, and report it"
                    )
                yield {
                    "issue_id": self._number(issue.id),
                    "level": level,
                    "started_at": _from_ms(cycle.start_time.epoch_millis),
                    "is_breached": cycle.breached,
                    "breached_at": _from_ms(due) if due is not None else None,
                    "epoch_ms": due,
                    "read_at": self._at(page.taken_at),
                }

    def _statuses(self, page: shapes.Statuses) -> Iterator[Row]:
        for status in page.statuses:
            yield {
                "status_id": status.id,
                "status_name": status.name,
                "category": status.status_category.key,
                "read_at": self._at(page.taken_at),
            }

    def _author(self, account: shapes.Account | None) -> Row:
        return dict(zip(("author", "author_key", "author_type"), self._who(account), strict=True))

    def _who(self, account: shapes.Account | None) -> tuple[str | None, str | None, str | None]:
        """Return what the contract's registry may name, the key, and the kind of an account."""
        if account is None:
            return None, None, None
        key = str(account.key)
        return self.names.get(key) or account.account_id or key, key, account.account_type

    def _at(self, written: Any) -> datetime | None:
        return reading.instant_of(written, self.what).replace(tzinfo=None) if written else None

    def _instant(self, written: float | str) -> datetime:
        """Read an instant of a history: the schema has text, the vendor's example has seconds."""
        if isinstance(written, str):
            return reading.instant_of(written, self.what).replace(tzinfo=None)
        return _from_ms(int(written) if written >= _LEAST_MS else round(written * 1000))

    def _number(self, written: str) -> int:
        if not (written.isascii() and written.isdigit()):
            raise SourceError(f"{self.what}: {shown(written)} is no id; report it")
        return int(written)


def _spelled(value: Any) -> str | None:
    """Return a value of a field as a scope writes it: true, 12, Gold; a list has no one value."""
    if isinstance(value, shapes.Option):
        return value.value or None
    if value is None or isinstance(value, list):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _ms(at: datetime | None) -> int:
    assert at is not None
    return round(at.replace(tzinfo=UTC).timestamp() * 1000)


def _from_ms(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
