"""What is asked of a Freshdesk account, and what of each answer is kept.

Source: developers.freshdesk.com/api, as `shapes` names its sections.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from recount.errors import SourceError
from recount.periods import format_instant, parse_instant
from recount.sources import shapes as reading
from recount.sources.api import Answer, Api
from recount.sources.extraction import Checkpoint, FeedPage
from recount.sources.freshdesk import shapes
from recount.sources.freshdesk.activities import Activities
from recount.sources.freshdesk.paging import MOST, pages, what
from recount.sources.freshdesk.settings import FreshdeskSettings
from recount.sources.freshdesk.storage import Storage
from recount.sources.freshdesk.walking import LAG, Conversations, Walk
from recount.sources.landable import landable, together, within
from recount.sources.requesters import requester_key
from recount.sources.shapes import Person
from recount.sources.source import Reach
from recount.sources.words import shown

Pages = Callable[[Checkpoint | None], Iterator[FeedPage]]

_GLOBAL_SCOPE = 1
# Each ticket is asked for by itself, and an attempt that stops repeats a page of them.
_CONVERSED = 25
# A rating that was changed later is found by asking again for what was given lately.
_CHANGEABLE = timedelta(days=30)


@dataclass(frozen=True)
class Account:
    """The feeds of one account; lists of tickets have a pace of their own."""

    host: str
    said: FreshdeskSettings
    lists: Api
    others: Api
    storage: Storage

    @property
    def feeds(self) -> Mapping[str, Pages]:
        """What a contract needs of the account, by stream."""
        since = self.said.observed_from
        conversed = Conversations(self.others).read
        tickets = Walk(self.lists, since, shapes.Tickets, self._kept, MOST, {"include": "stats"})
        talks = Walk(self.lists, since, shapes.FoundTickets, conversed, _CONVERSED, {})
        feeds: dict[str, Pages] = {
            "tickets": tickets.pages,
            "activities": Activities(self.others, self.storage, since).pages,
            "conversations": talks.pages,
            "agents": self._agents,
            "statuses": self._statuses,
        }
        return feeds | ({"satisfaction_ratings": self._ratings} if self.said.ratings else {})

    def myself(self) -> Reach:
        """Say as whom we are signed in; who may not see all tickets is shown fewer, silently."""
        me = self.others.get("/api/v2/agents/me").document
        me = me if isinstance(me, dict) else {}
        scope = me.get("ticket_scope")
        if scope != _GLOBAL_SCOPE:
            says = f"we have the ticket scope {shown(scope)}, and see only some; make it global"
            return Reach("signing in", False, says)
        return Reach("signing in", True, f"we are agent {me.get('id')}, with global access")

    def prepare(self) -> None:
        """Make sure that nothing is hidden from us."""
        me = self.myself()
        if not me.is_fine:
            raise SourceError(f"{self.others.name}: {me.says}")

    def groups(self) -> Iterator[FeedPage]:
        """Yield pages of the groups of agents."""
        for number, answer in enumerate(pages(self.others, "/api/v2/groups", "groups", {}), 1):
            page = reading.received(
                answer.data, shapes.Groups, what(self.others, "groups"), inside="groups"
            )
            yield landable(answer, page, len(page.groups), {"page": str(number)})

    def _kept(self, answer: Answer, page: Any) -> tuple[Answer, Any, int]:
        """Leave of the account's own fields those that the contract names."""
        wanted = set(self.said.custom_fields.values())
        had = {name for ticket in page.tickets for name in ticket.custom_fields}
        if page.tickets and (unknown := wanted - had):
            raise SourceError(
                f"{self.lists.name}: none of {len(page.tickets)} tickets has a field "
                f"{min(unknown)}; correct custom_fields in the contract, by the names that the "
                "API gives them"
            )
        for ticket in page.tickets:
            fields = ticket.custom_fields
            ticket.custom_fields = {name: fields.get(name) for name in sorted(wanted)}
        return answer, page, len(page.tickets)

    def _agents(self, _: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield the list of agents as it is now, whole; who left is in a list from before."""
        answers = list(pages(self.others, "/api/v2/agents", "agents", {}))
        whole = shapes.Agents([], taken_at=format_instant(answers[0].said_at))
        for answer in answers:
            page = reading.received(
                answer.data, shapes.Agents, what(self.others, "agents"), inside="agents"
            )
            whole.agents += page.agents
        for agent in whole.agents:
            agent.key = Person(requester_key(str(agent.id)))
        yield landable(
            together(answers), whole, len(whole.agents), {"taken_at": str(whole.taken_at)},
            observed_until=answers[0].said_at,
        )  # fmt: skip

    def _statuses(self, _: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield the statuses as they are named now; Freshdesk keeps no history of them."""
        answer = self.others.get("/api/v2/ticket_fields", type="default_status")
        named = what(self.others, "ticket_fields")
        page = reading.received(answer.data, shapes.Statuses, named, inside="fields")
        if len(page.fields) != 1:
            raise SourceError(
                f"{self.others.name}: there are {len(page.fields)} fields with statuses, and not "
                "one; report it"
            )
        page.taken_at = format_instant(answer.said_at)
        yield landable(
            within(answer, "fields"), page, len(page.fields[0].choices),
            {"taken_at": page.taken_at}, observed_until=answer.said_at,
        )  # fmt: skip

    def _ratings(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield pages of ratings; those that could have changed since are asked for again."""
        at = dict(after or {"since": format_instant(self.said.observed_from)})
        path, number = "/api/v2/surveys/satisfaction_ratings", int(at.get("page", 0))
        query = {"created_since": at["since"]}
        for answer in pages(self.others, path, "ratings", query, first=number + 1):
            number += 1
            page = reading.received(
                answer.data, shapes.Ratings, what(self.others, path), inside="ratings"
            )
            at.setdefault("began_at", format_instant(answer.said_at))
            page.taken_at = at["began_at"]
            at |= {"page": str(number)}
            yield landable(answer, page, len(page.ratings), dict(at))
        until = parse_instant(at["began_at"]) - LAG
        ahead = max(self.said.observed_from, until - _CHANGEABLE)
        nothing = shapes.Ratings([], taken_at=at["began_at"])
        yield landable(
            replace(answer, document={}), nothing, 0, {"since": format_instant(ahead)},
            observed_until=until,
        )  # fmt: skip
