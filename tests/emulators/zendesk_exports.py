"""The incremental exports: by time for ticket events, by cursor for tickets and users.

Written from developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports and
/documentation/ticketing/managing-tickets/using-the-incremental-export-api (prose), and from the
recorded answers that `zendesk_records` names: what `end_time` and `next_page` are on a page, that a
page is longer than `per_page` when its last second is, and how a cursor is made.
"""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tests.emulators.server import Answer, Request
from tests.emulators.zendesk_desk import Changes, Desk
from tests.emulators.zendesk_records import Event, Ticket, to_second

WITHHELD_SECONDS = 60
NO_START = {"error": "InvalidValue", "description": "start_time is required"}
TOO_RECENT = {
    "error": "StartTimeTooRecent",
    "description": "Too recent start_time. Use a start_time older than 1 minute",
}


class Exports(Desk):
    """Answers of the exports; `now`, `url`, `page_size` and `repeats_rows` are the server's."""

    now: datetime
    url: str
    page_size: int
    repeats_rows: bool

    def _ticket_events(self, request: Request) -> Answer:
        """GET /api/v2/incremental/ticket_events (incremental_exports#incremental-ticket-events)."""
        start = int(request.query.get("start_time") or 0)
        if start > to_second(self.now) - WITHHELD_SECONDS:
            return Answer(TOO_RECENT, 400)
        is_shown = _scope(request)
        until, size = to_second(self.now) - WITHHELD_SECONDS, self._size(request)
        rows: list[Event] = []
        is_last = True
        for event in self.events.between(start, until):
            if not is_shown(event.ticket):
                continue
            # the last second of a page is whole, even if that makes the page longer
            if len(rows) >= size and event.second != rows[-1].second:
                is_last = False
                break
            rows.append(event)
        has_comments = "comment_events" in request.query.get("include", "").split(",")
        end = rows[-1].second if rows else None
        if end is not None and not is_last and not self.repeats_rows:
            end += 1
        query = {**request.query, "start_time": str(end)}
        url = f"{self.url}/api/v2/incremental/ticket_events.json?{urlencode(query)}"
        events = [event.to_json(has_comments=has_comments) for event in rows]
        return Answer({"ticket_events": events, "count": len(rows), "end_of_stream": is_last,
                       "end_time": end, "next_page": url if rows else None})  # fmt: skip

    def _tickets(self, request: Request) -> Answer:
        """GET /api/v2/incremental/tickets/cursor (incremental_exports#...-cursor-based)."""
        is_shown, drops = _scope(request), request.query.get("exclude_deleted") == "true"

        def wanted(id_: int) -> bool:
            ticket = self.tickets[id_]
            return is_shown(ticket) and not (drops and ticket.status == "deleted")

        return self._export(request, "tickets", self.tickets, self.ticket_changes, wanted)

    def _users(self, request: Request) -> Answer:
        """GET /api/v2/incremental/users/cursor (incremental_exports#...-user-export)."""
        return self._export(request, "users", self.users, self.user_changes, lambda id_: True)

    def _export(self, request: Request, name: str, records: dict[int, Any], changes: Changes,
                wanted: Callable[[int], bool]) -> Answer:  # fmt: skip
        cursor, start = request.query.get("cursor"), request.query.get("start_time")
        until = to_second(self.now) - WITHHELD_SECONDS
        if cursor is None:
            if start is None:
                return Answer(NO_START, 400)
            if int(start) > until:
                return Answer(TOO_RECENT, 400)
        try:
            key = _read_cursor(cursor) if cursor else (int(start or ""), 0)
        except (binascii.Error, ValueError):
            return Answer({"error": "InvalidCursor", "description": "cursor is not valid"}, 400)
        rows: list[tuple[int, int]] = []
        size, is_last = self._size(request), True
        for position in changes.after(key, until):
            if not wanted(position[1]):
                continue
            if len(rows) == size:
                is_last = False
                break
            rows.append(position)
        after = _write_cursor(rows[-1]) if rows else cursor
        kept = {k: v for k, v in request.query.items() if k not in ("start_time", "cursor")}
        suffix = ".json" if name == "tickets" else ""
        base = f"{self.url}/api/v2/incremental/{name}/cursor{suffix}"
        url = f"{base}?{urlencode({'cursor': after, **kept})}" if after else None
        return Answer({name: [records[id_].to_json(self.url) for _, id_ in rows],
                       "after_cursor": after, "after_url": url, "before_cursor": None,
                       "before_url": None, "end_of_stream": is_last})  # fmt: skip

    def _size(self, request: Request) -> int:
        return min(int(request.query.get("per_page") or self.page_size), self.page_size)


def _scope(request: Request) -> Callable[[Ticket], bool]:
    """Return which tickets a request is about: those of people, unless it says otherwise."""
    scope = request.query.get("support_type_scope", "agent")
    return lambda ticket: scope in ("all", ticket.support_type)


def _write_cursor(position: tuple[int, int]) -> str:
    return base64.b64encode(f"{position[0]}.0||{position[1]}|".encode()).decode()


def _read_cursor(cursor: str) -> tuple[int, int]:
    second, _, id_, _ = base64.b64decode(cursor, validate=True).decode().split("|")
    return int(float(second)), int(id_)
