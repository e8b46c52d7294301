"""Readers of the emulated Stripe, for its tests: the vendor's client, and a plain one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import stripe as vendor

from tests.emulators.stripe import KEY, Stripe
from tests.emulators.stripe_versions import VERSION

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def at(days: float) -> datetime:
    """Return an instant of the stories, which are told in days from their start."""
    return START + timedelta(days=days)


def client_of(stripe: Stripe, key: str = KEY, **options: Any) -> vendor.StripeClient:
    """Return the vendor's own client, which asks the emulator."""
    addresses: Any = {"api": stripe.url}
    options.setdefault("stripe_version", VERSION)
    return vendor.StripeClient(key, base_addresses=addresses, **options)


class Reader:
    """Asks over HTTP with nothing in between; `Stripe_Version=""` leaves a header out."""

    def __init__(self, stripe: Stripe, **headers: str) -> None:
        known = {"Authorization": f"Bearer {KEY}", "Stripe_Version": VERSION, **headers}
        sent = {name.replace("_", "-"): value for name, value in known.items() if value}
        self.client = httpx.Client(base_url=stripe.url, headers=sent)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.client.get(f"/v1/{path}", params=query or None)

    def json(self, path: str, **query: Any) -> Any:
        return self.get(path, **query).raise_for_status().json()

    def error(self, path: str, **query: Any) -> tuple[int, Any]:
        """Return the status and the error of a request that is refused."""
        response = self.get(path, **query)
        return response.status_code, response.json()["error"]

    def ids(self, path: str, **query: Any) -> list[str]:
        return [row["id"] for row in self.json(path, **query)["data"]]

    def pages(self, path: str, **query: Any) -> Iterator[list[str]]:
        """Follow a list to its end; gives up on a page that has nothing to go on from."""
        for _ in range(100):
            page = self.json(path, **query)
            yield [row["id"] for row in page["data"]]
            if not page["has_more"]:
                return
            query["starting_after"] = page["data"][-1]["id"]
        raise AssertionError(f"{path} does not end")
