"""Freshdesk as its API answers: tickets, conversations, ratings, agents, fields, activities.

Written from prose: developers.freshdesk.com/api (version 2), as of the text copy in
github.com/ktsaou/freshdesk_mcp, FRESHDESK_API_DOCS.txt, commit 07408790; each endpoint names its
section. Freshdesk publishes no schema.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.emulators.freshdesk_access import Gate
from tests.emulators.freshdesk_exports import FILES, Exports
from tests.emulators.freshdesk_records import Ticket, to_second
from tests.emulators.server import Answer, Emulator, Request

DEEPEST = 300
_KNOWN = {"page", "per_page", "filter", "updated_since", "order_by", "order_type", "include"}


class Freshdesk(Exports, Emulator):
    """The API of one account. `page_size` cuts pages shorter than a client asks for."""

    def __init__(
        self, now: datetime, *, page_size: int = 100, gate: Gate | None = None,
        since_is_inclusive: bool = True, says_next: bool = True,
    ) -> None:  # fmt: skip
        Emulator.__init__(self, now)
        Exports.__init__(self)
        self.gate, self.page_size = gate or Gate(), page_size
        self.since_is_inclusive, self.says_next = since_is_inclusive, says_next
        self.me = self.add_agent(at=now)

    def answer(self, request: Request) -> Answer:
        if request.path.startswith(FILES):
            return self.file(request)
        refusal, headers = self.gate.throttle(request)
        said = refusal or self.gate.refuse(request) or self._answer(request)
        said.headers.update(headers)
        return said

    def _answer(self, request: Request) -> Answer:
        path = request.path.removeprefix("/api/v2/")
        if found := re.fullmatch(r"tickets/([0-9]+)/conversations", path):
            return self._conversations(request, int(found[1]))
        if found := re.fullmatch(r"tickets/([0-9]+)", path):
            return self._ticket(int(found[1]))
        routes = {"tickets": self._tickets, "surveys/satisfaction_ratings": self._ratings,
                  "agents": self._agents, "agents/me": self._me, "groups": self._groups,
                  "ticket_fields": self._fields,
                  "export/ticket_activities": self.export}  # fmt: skip
        route = routes.get(path)
        return route(request) if route else Answer(None, 404, body=b"")

    def _tickets(self, request: Request) -> Answer:
        """GET /api/v2/tickets (List All Tickets): 300 pages at most, by default of 30 days."""
        if wrong := set(request.query) - _KNOWN:
            return _invalid(min(wrong), "Unexpected/invalid field in request")
        if int(request.query.get("page", 1)) > DEEPEST:
            return _invalid("page", f"Page number must be at most {DEEPEST}")
        since = request.query.get("updated_since")
        second = to_second(datetime.fromisoformat(since)) if since else 0
        found = self.updated_since(second if self.since_is_inclusive else second + 1)
        wanted = request.query.get("filter")
        listed = [each for each in found if _is_listed(each, wanted)]
        if not since:
            listed = [each for each in listed if each.created > to_second(self.now) - 30 * 86400]
        if request.query.get("order_by", "created_at") == "created_at":
            listed.sort(key=lambda each: each.created)
        if request.query.get("order_type", "desc") == "desc":
            listed.reverse()
        return self._page(request, listed, lambda each: self._told(request, each))

    def _told(self, request: Request, ticket: Ticket) -> Any:
        included = request.query.get("include", "").split(",")
        told = ticket.to_json()
        if "stats" in included:
            told["stats"] = ticket.stats()
        if "requester" in included:
            user = self.users[ticket.requester]
            told["requester"] = {"id": user.id, "name": user.name, "email": user.email,
                                 "mobile": None, "phone": None}  # fmt: skip
        return told

    def _ticket(self, number: int) -> Answer:
        """GET /api/v2/tickets/[id] (View a Ticket): with its text."""
        if number not in self.tickets:
            return Answer(None, 404, body=b"")
        ticket = self.tickets[number]
        return Answer(ticket.to_json() | {"description": ticket.subject})

    def _conversations(self, request: Request, number: int) -> Answer:
        """GET /api/v2/tickets/[id]/conversations (List All Conversations of a Ticket)."""
        if number not in self.tickets:
            return Answer(None, 404, body=b"")
        return self._page(request, self.conversations[number], lambda each: each.to_json())

    def _ratings(self, request: Request) -> Answer:
        """GET /api/v2/surveys/satisfaction_ratings (View all Satisfaction Ratings)."""
        since = to_second(datetime.fromisoformat(request.query["created_since"]))
        found = [each for each in self.ratings if each.created >= since]
        return self._page(request, found[::-1], lambda each: each.to_json())

    def _agents(self, request: Request) -> Answer:
        """GET /api/v2/agents (List All Agents): in the order of their names."""
        agents = [each for each in self.users.values() if each.is_agent]
        agents.sort(key=lambda each: each.name)
        return self._page(request, agents, lambda each: each.to_json())

    def _me(self, request: Request) -> Answer:
        """GET /api/v2/agents/me (Currently Authenticated Agent)."""
        return Answer(self.users[self.me].to_json())

    def _groups(self, request: Request) -> Answer:
        """GET /api/v2/groups (List All Groups)."""
        groups = [{"id": number, "name": name, "description": "", "agent_ids": []}
                  for number, name in self.groups.items()]  # fmt: skip
        return self._page(request, groups, lambda each: each)

    def _fields(self, request: Request) -> Answer:
        """GET /api/v2/ticket_fields?type=default_status (List All Ticket Fields)."""
        choices = {str(number): list(names) for number, names in self.statuses.items()}
        field = {"id": 5, "name": "status", "label": "Status", "type": "default_status",
                 "default": True, "choices": choices}  # fmt: skip
        return Answer([field] if request.query.get("type") == "default_status" else [])

    def _page(self, request: Request, found: Sequence[Any], told: Any) -> Answer:
        """Return a page, with the header `link` where there is another (section Pagination)."""
        asked, page = int(request.query.get("per_page", 30)), int(request.query.get("page", 1))
        if not 1 <= asked <= 100:
            return _invalid("per_page", "It should be a Positive Integer less than or equal to 100")
        size = min(asked, self.page_size)
        start = (page - 1) * size
        answer = Answer([told(each) for each in found[start : start + size]])
        if start + size < len(found) and self.says_next:
            answer.headers["link"] = f'<{self.url}{request.path}?page={page + 1}>; rel="next"'
        return answer


def _is_listed(ticket: Ticket, wanted: str | None) -> bool:
    if ticket.is_archived:
        return False
    if wanted == "deleted":
        return ticket.is_deleted
    return (wanted == "spam") == ticket.is_spam and not ticket.is_deleted


def _invalid(name: str, message: str) -> Answer:
    error = {"field": name, "message": message, "code": "invalid_value"}
    return Answer({"description": "Validation failed", "errors": [error]}, 400)
