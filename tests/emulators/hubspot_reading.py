"""Asks the emulator of HubSpot as a client would, for its tests."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.emulators.hubspot import TOKEN, HubSpot
from tests.emulators.hubspot_records import MODIFIED, OBJECT_ID, Record, milliseconds, ui

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


class Reader:
    """A client with the token of a private app."""

    def __init__(self, hubspot: HubSpot, token: str = TOKEN) -> None:
        self.client = httpx.Client(
            base_url=hubspot.url, headers={"Authorization": f"Bearer {token}"}
        )

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.client.post(path, json=body)

    def search(self, kind: str = "tickets", **body: Any) -> Any:
        answer = self.post(f"/crm/v3/objects/{kind}/search", **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def read(self, *ids: int, kind: str = "tickets", **body: Any) -> Any:
        inputs = [{"id": str(id_)} for id_ in ids]
        return self.post(f"/crm/v3/objects/{kind}/batch/read", inputs=inputs, **body).json()

    def walked(self, since: datetime, limit: int) -> Iterator[int]:
        """All tickets that changed since an instant, by their ids."""
        last = 0
        while True:
            changed = {"propertyName": MODIFIED, "operator": "GTE",
                       "value": str(milliseconds(since))}  # fmt: skip
            later = {"propertyName": OBJECT_ID, "operator": "GT", "value": str(last)}
            found = self.search(
                filterGroups=[{"filters": [changed, later]}], limit=limit, sorts=[OBJECT_ID]
            )
            yield from (int(each["id"]) for each in found["results"])
            if found["total"] <= limit:
                return
            last = int(found["results"][-1]["id"])


class Desk:
    """An account with a pipeline and a user."""

    def __init__(self, hubspot: HubSpot) -> None:
        self.hubspot = hubspot
        stages = hubspot.add_pipeline("Support", New="OPEN", Closed="CLOSED")
        self.new, self.closed = stages["New"], stages["Closed"]
        self.user = hubspot.add_user()

    def open(self, minutes: float = 0) -> Record:
        return self.hubspot.open_ticket(self.new, at=at(minutes), by=ui(self.user))

    def close(self, ticket: Record, minutes: float = 5) -> None:
        self.hubspot.move(ticket, self.closed, at=at(minutes), by=ui(self.user))
