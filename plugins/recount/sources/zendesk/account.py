"""What is asked of a Zendesk account, and what of each answer is kept.

Source: developer.zendesk.com/api-reference/ticketing, as `shapes` names its pages.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from recount.periods import format_instant
from recount.sources import shapes
from recount.sources.api import Api
from recount.sources.extraction import Checkpoint, ControlTotal, FeedPage
from recount.sources.landable import landable
from recount.sources.requesters import requester_key
from recount.sources.shapes import Person
from recount.sources.source import Reach
from recount.sources.words import shown
from recount.sources.zendesk.paging import WITHHELD, by_cursor, epoch, listing, what
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
        path = "/api/v2/incremental/ticket_events.json"
        start, total = (after or {}).get("start_time", epoch(self.since)), 0
        while True:
            query = {"start_time": start, "include": "comment_events", **EVERYBODY}
            answer = self.exports.get(path, **query)
            page = shapes.received(answer.data, TicketEvents, what(self.exports, path))
            for event in page.ticket_events:
                event.child_events = [child for child in event.child_events if child.is_kept]
            total += page.count
            start = str(page.end_time or start)
            yield landable(
                answer, page, len(page.ticket_events), {"start_time": start},
                observed_until=answer.said_at - WITHHELD if page.end_of_stream else None,
                control_total=ControlTotal(total, "exact"),
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

        at = after or {"start_time": epoch(self.since)}
        path = "/api/v2/incremental/tickets/cursor.json"
        return by_cursor(self.exports, path, Tickets, keep, at, EVERYBODY)

    def users(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield pages of the staff; requesters are left out."""

        def keep(page: Users) -> int:
            page.users = [user for user in page.users if user.role in STAFF]
            for user in page.users:
                user.key = Person(requester_key(str(user.id)))
            return len(page.users)

        # from the beginning: whoever answers tickets now may have been hired long ago
        at = after or {"start_time": "0"}
        path = "/api/v2/incremental/users/cursor.json"
        return by_cursor(self.user_exports, path, Users, keep, at, {})

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

        at = after or {"since": "2010-01-01T00:00:00Z"}
        return listing(self.lists, "/api/v2/audit_logs.json", AuditLogs, keep, at, query)

    def satisfaction_ratings(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield pages of ratings; those that could have changed since are asked for again."""

        def query(since: datetime) -> dict[str, str]:
            return {"start_time": epoch(since)}

        def keep(page: SatisfactionRatings) -> int:
            return len(page.satisfaction_ratings)

        path = "/api/v2/satisfaction_ratings.json"
        return listing(self.lists, path, SatisfactionRatings, keep, self._from(after), query)

    def survey_responses(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield pages of survey responses; those that could have changed are asked for again."""

        def query(since: datetime) -> dict[str, str]:
            start = f"{epoch(since)}000"
            return {"filter[created_at_start]": start, "page[size]": "50", "sort": "id"}

        def keep(page: SurveyResponses) -> int:
            return len(page.survey_responses)

        path = "/api/v2/guide/survey_responses.json"
        return listing(self.lists, path, SurveyResponses, keep, self._from(after), query)

    def groups(self) -> Iterator[FeedPage]:
        """Yield pages of the groups of agents, the deleted ones too."""

        def keep(page: Groups) -> int:
            return len(page.groups)

        at = self._from(None)
        return listing(self.lists, "/api/v2/groups.json", Groups, keep, at, lambda _: {})

    def _from(self, after: Checkpoint | None) -> Checkpoint:
        return after or {"since": format_instant(self.since)}


# a change is told in prose, one line for each thing that changed
_ROLE_CHANGE = re.compile(
    r"^(?:Support role|Role) changed from (?P<before>.+) to (?P<after>.+)$", re.MULTILINE
)
