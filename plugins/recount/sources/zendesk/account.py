"""How Zendesk's exports and lists are paged, and what of each page is kept.

Source: developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports. The
exports withhold the last minute; those by time repeat the rows of the second that they begin at,
and the lists can only be asked for what was created since an instant, however late it was changed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from recount.errors import SourceError
from recount.periods import format_instant, parse_instant
from recount.sources import shapes
from recount.sources.api import Answer, Api
from recount.sources.extraction import Checkpoint, ControlTotal, FeedPage
from recount.sources.landable import landable
from recount.sources.requesters import requester_key
from recount.sources.shapes import Person
from recount.sources.source import Reach
from recount.sources.words import shown
from recount.sources.zendesk.settings import ZendeskSettings
from recount.sources.zendesk.shapes import (
    AuditLogs,
    Groups,
    SatisfactionRatings,
    SurveyResponses,
    TicketEvents,
    Tickets,
    Users,
)

WITHHELD = timedelta(minutes=1)
# A survey can be answered and changed for 28 days; a rating until its ticket is closed, which is
# at most 28 days after it was solved. Two days more, for what was sent late.
CHANGEABLE = timedelta(days=30)
STAFF = ("agent", "admin")
# The export shows the tickets of people alone unless it is asked for those of AI agents as well.
EVERYBODY = {"support_type_scope": "all"}


Pages = Callable[[Checkpoint | None], Iterator[FeedPage]]


@dataclass(frozen=True)
class Account:
    """The feeds of one account, from an instant on; each kind of request has a pace of its own."""

    host: str
    since: datetime
    exports: Api
    user_exports: Api
    lists: Api

    def feeds(self, said: ZendeskSettings) -> Mapping[str, Pages]:
        """Return what a contract needs of the account, by stream."""
        custom_fields = frozenset(said.custom_fields.values())
        feeds: dict[str, Pages] = {
            "ticket_events": self.ticket_events,
            "tickets": partial(self.tickets, custom_fields=custom_fields),
            "users": self.users,
            "satisfaction_ratings": self.satisfaction_ratings,
            "survey_responses": self.survey_responses,
        }
        return feeds | ({"audit_logs": self.audit_logs} if said.audit_logs else {})

    def myself(self) -> Reach:
        """Say as whom we are signed in; only an administrator may export."""
        me = self.lists.get("/api/v2/users/me.json").document.get("user") or {}
        role = me.get("role")
        if role != "admin":
            return Reach("signing in", False, f"we are {shown(role)}; exports need an admin")
        return Reach("signing in", True, f"we are user {me.get('id')}, an admin")

    def ticket_events(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield pages of updates with their comments, in the order of time."""
        start, total = (after or {}).get("start_time", _epoch(self.since)), 0
        while True:
            answer = self.exports.get(
                "/api/v2/incremental/ticket_events.json",
                start_time=start, include="comment_events", **EVERYBODY,
            )  # fmt: skip
            page = shapes.received(answer.data, TicketEvents, self._what("ticket_events"))
            for event in page.ticket_events:
                event.child_events = [child for child in event.child_events if child.is_kept]
            total += page.count
            start = str(page.end_time or start)
            yield self._page(
                answer, page, len(page.ticket_events), {"start_time": start}, page.end_of_stream,
                total=ControlTotal(total, "exact"),
            )  # fmt: skip
            if page.end_of_stream:
                return

    def tickets(
        self, after: Checkpoint | None, *, custom_fields: frozenset[int]
    ) -> Iterator[FeedPage]:
        """Yield pages of tickets as they stand, each again whenever it changed."""

        def keep(page: Tickets) -> int:
            for ticket in page.tickets:
                ticket.custom_fields = [f for f in ticket.custom_fields if f.id in custom_fields]
            return len(page.tickets)

        path = "/api/v2/incremental/tickets/cursor.json"
        return self._by_cursor(self.exports, path, Tickets, keep, after, EVERYBODY)

    def users(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield pages of the staff; requesters are left out."""

        def keep(page: Users) -> int:
            page.users = [user for user in page.users if user.role in STAFF]
            for user in page.users:
                user.key = Person(requester_key(str(user.id)))
            return len(page.users)

        # from the beginning: whoever answers tickets now may have been hired long ago
        after = after or {"start_time": "0"}
        path = "/api/v2/incremental/users/cursor.json"
        return self._by_cursor(self.user_exports, path, Users, keep, after, {})

    def audit_logs(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield pages of what is known of people whose role changed."""

        def keep(page: AuditLogs) -> int:
            for log in page.audit_logs:
                changed = _ROLE_CHANGE.search(str(log.change_description or ""))
                log.change_description = msgspec.UNSET
                if changed:
                    log.from_role, log.to_role = changed["before"], changed["after"]
                    log.key = Person(requester_key(str(log.source_id)))
            page.audit_logs = [log for log in page.audit_logs if log.key is not msgspec.UNSET]
            return len(page.audit_logs)

        def query(since: datetime) -> dict[str, Any]:
            # both ends must be given: a far end is as good as none
            span = [format_instant(since), "2999-12-31T00:00:00Z"]
            return {"filter[source_type]": "user", "filter[created_at]": span}

        after = after or {"since": "2010-01-01T00:00:00Z"}
        return self._list("/api/v2/audit_logs.json", AuditLogs, keep, after, query)

    def satisfaction_ratings(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield pages of ratings; those that could have changed since are asked for again."""

        def query(since: datetime) -> dict[str, str]:
            return {"start_time": _epoch(since)}

        def keep(page: SatisfactionRatings) -> int:
            return len(page.satisfaction_ratings)

        path = "/api/v2/satisfaction_ratings.json"
        return self._list(path, SatisfactionRatings, keep, after, query)

    def survey_responses(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield pages of survey responses; those that could have changed are asked for again."""

        def query(since: datetime) -> dict[str, str]:
            start = f"{_epoch(since)}000"
            return {"filter[created_at_start]": start, "page[size]": "50", "sort": "id"}

        def keep(page: SurveyResponses) -> int:
            return len(page.survey_responses)

        path = "/api/v2/guide/survey_responses.json"
        return self._list(path, SurveyResponses, keep, after, query)

    def groups(self) -> Iterator[FeedPage]:
        """Yield pages of the groups of agents, the deleted ones too."""

        def keep(page: Groups) -> int:
            return len(page.groups)

        return self._list("/api/v2/groups.json", Groups, keep, None, lambda _: {})

    def _by_cursor(
        self,
        api: Api,
        path: str,
        shape: type[Any],
        keep: Callable[[Any], int],
        after: Checkpoint | None,
        query: Mapping[str, str],
    ) -> Iterator[FeedPage]:
        at = dict(after or {"start_time": _epoch(self.since)})
        while True:
            answer = api.get(path, **at, **query)
            page = shapes.received(answer.data, shape, self._what(path))
            at = {"cursor": page.after_cursor} if page.after_cursor else at
            yield self._page(answer, page, keep(page), at, page.end_of_stream)
            if page.end_of_stream:
                return

    def _list(
        self,
        path: str,
        shape: type[Any],
        keep: Callable[[Any], int],
        after: Checkpoint | None,
        query: Callable[[datetime], Mapping[str, Any]],
    ) -> Iterator[FeedPage]:
        at = dict(after or {"since": format_instant(self.since)})
        while True:
            since = parse_instant(at["since"])
            cursor = {"page[after]": at["after"]} if "after" in at else {}
            answer = self.lists.get(path, **{"page[size]": "100", **query(since), **cursor})
            page = shapes.received(answer.data, shape, self._what(path))
            # what changes while we page is only sure to be seen next time
            began_at = at.get("began_at") or format_instant(answer.said_at)
            count = keep(page)
            if not page.meta.has_more:
                began = parse_instant(began_at)
                next_since = max(self.since, began - CHANGEABLE)
                end = {"since": format_instant(next_since)}
                yield self._page(answer, page, count, end, True, observed_until=began)
                return
            if not page.meta.after_cursor:
                raise SourceError(f"{self._what(path)} has more, and does not say where; run again")
            at = {"since": at["since"], "began_at": began_at, "after": page.meta.after_cursor}
            yield self._page(answer, page, count, at, False)

    def _page(
        self,
        answer: Answer,
        page: msgspec.Struct,
        count: int,
        checkpoint: Mapping[str, str],
        is_last: bool,
        *,
        observed_until: datetime | None = None,
        total: ControlTotal | None = None,
    ) -> FeedPage:
        until = observed_until or answer.said_at - WITHHELD
        return landable(
            answer, page, count, checkpoint,
            observed_until=until if is_last else None, control_total=total,
        )  # fmt: skip

    def _what(self, path: str) -> str:
        return f"{self.lists.name}: {path.removeprefix('/api/v2/').removesuffix('.json')}"


# a change is told in prose, one line for each thing that changed
_ROLE_CHANGE = re.compile(
    r"^(?:Support role|Role) changed from (?P<before>.+) to (?P<after>.+)$", re.MULTILINE
)


def _epoch(instant: datetime) -> str:
    return str(int(instant.timestamp()))
