"""A plain reader of Zendesk's API, for the tests of the emulator."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.emulators.zendesk import Zendesk

EVENTS = "/api/v2/incremental/ticket_events.json"
TICKETS = "/api/v2/incremental/tickets/cursor.json"
USERS = "/api/v2/incremental/users/cursor.json"
AUTH = ("meter@example.com/token", "an-api-token")
START = datetime(2026, 10, 1, 9, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """Return an instant of the stories, which are told in minutes from their start."""
    return START + timedelta(minutes=minutes)


class Reader:
    """Asks the emulator as an administrator would."""

    def __init__(self, zendesk: Zendesk) -> None:
        self.client = httpx.Client(base_url=zendesk.url, auth=AUTH)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.client.get(path, params=query or None)

    def json(self, path: str, **query: Any) -> Any:
        return self.get(path, **query).raise_for_status().json()

    def pages(self, path: str, **query: Any) -> Iterator[Any]:
        """Follow an export to the end of its stream."""
        query.setdefault("start_time", 0)
        page = self.json(path, **query)
        yield page
        for _ in range(100):
            if page["end_of_stream"]:
                return
            page = self.json(page.get("next_page") or page["after_url"])
            yield page
        raise AssertionError(f"{path} does not end")

    def events(self, **query: Any) -> list[Any]:
        return [row for page in self.pages(EVENTS, **query) for row in page["ticket_events"]]

    def tickets(self, **query: Any) -> list[Any]:
        return [row for page in self.pages(TICKETS, **query) for row in page["tickets"]]

    def ticket(self, id_: int, **query: Any) -> Any:
        return next(row for row in reversed(self.tickets(**query)) if row["id"] == id_)

    def changes(self, name: str, **query: Any) -> list[tuple[Any, Any]]:
        """Return the changes of a field, each as the value before and the value set."""
        parts = [part for event in self.events(**query) for part in event["child_events"]]
        return [(part.get("previous_value"), part[name]) for part in parts
                if name in part and part["event_type"] != "Create"]  # fmt: skip
