"""How the emulator's tests ask Intercom: plain requests, as a connector would send them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.emulators.intercom import Intercom

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HEADERS = {"Authorization": "Bearer intercom-token", "Intercom-Version": "2.16"}
EVERYTHING = {"field": "updated_at", "operator": ">", "value": 0}
ASCENDING = {"sort": {"field": "updated_at", "order": "ascending"}}


def get(intercom: Intercom, path: str, **headers: str) -> httpx.Response:
    return httpx.get(intercom.url + path, headers=HEADERS | headers)


def search(intercom: Intercom, query: object = EVERYTHING, **more: object) -> httpx.Response:
    body = {"query": query, **more}
    return httpx.post(f"{intercom.url}/conversations/search", headers=HEADERS, json=body)


def pages(intercom: Intercom, per_page: int, **more: object) -> Iterator[list[str]]:
    """Walk through all pages of a search."""
    cursor = None
    while True:
        pagination = {"per_page": per_page, "starting_after": cursor}
        page = search(intercom, pagination=pagination, **more).json()
        yield [each["id"] for each in page["conversations"]]
        if "next" not in page["pages"]:
            return
        cursor = page["pages"]["next"]["starting_after"]


def parts(intercom: Intercom, conversation: str) -> list[dict[str, Any]]:
    shown = get(intercom, f"/conversations/{conversation}").json()
    found: list[dict[str, Any]] = shown["conversation_parts"]["conversation_parts"]
    return found


def started(intercom: Intercom, count: int = 1) -> list[str]:
    """Start so many conversations, an hour apart, by one contact."""
    una = intercom.add_contact("Una")
    return [intercom.start(contact=una, at=NOON + n * HOUR) for n in range(count)]
