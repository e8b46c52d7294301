"""What a Stripe account holds: objects on shelves, in the order in which lists show them."""

import bisect
import copy
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tests.emulators.stripe_catalogue import Event

Key = tuple[int, int, str]  # created, running number, id

# the fields by which the lists of a shelf can be filtered
SHELVES = {
    "charges": ("customer", "payment_intent"),
    "payment_intents": ("customer",),
    "refunds": ("charge", "payment_intent"),
    "disputes": ("charge", "payment_intent"),
    "balance_transactions": ("source", "type", "currency"),
    "events": (),
    "invoices": ("customer", "subscription"),
    "credit_notes": ("customer", "invoice"),
    "customers": (),
    "products": (),
    "prices": (),
}


class Shelf:
    """Objects of one type, kept oldest first."""

    def __init__(self, indexed: tuple[str, ...]) -> None:
        self.records: dict[str, Any] = {}
        self.positions: dict[str, Key] = {}
        self._keys: list[Key] = []
        self._added = 0
        self._by_field: dict[str, dict[str, list[Key]]] = {
            name: defaultdict(list) for name in indexed
        }

    def add(self, record: Any) -> None:
        self._added += 1
        key = (record.created, self._added, record.id)
        self.records[record.id], self.positions[record.id] = record, key
        for keys in self._lists_with(record):
            bisect.insort(keys, key)

    def remove(self, id_: str) -> None:
        """Forget an object, and its place: it is no cursor any more."""
        record, key = self.records.pop(id_), self.positions.pop(id_)
        for keys in self._lists_with(record):
            keys.remove(key)

    def keys(self, **filters: str) -> list[Key]:
        """Return the keys of the objects that match, oldest first."""
        if not filters:
            return self._keys
        lists = sorted((self._by_field[name].get(value, []) for name, value in filters.items()),
                       key=len)  # fmt: skip
        rest = [set(keys) for keys in lists[1:]]
        return [key for key in lists[0] if all(key in keys for keys in rest)] if rest else lists[0]

    def _lists_with(self, record: Any) -> Iterator[list[Key]]:
        yield self._keys
        for name, lists in self._by_field.items():
            value = getattr(record, name)
            if value is not None:
                yield lists[value]


class Book:
    """The shelves of one account, and the events that tell what happened to their objects."""

    def __init__(self, *, account: str, account_version: str) -> None:
        self.account, self.account_version = account, account_version
        self.shelves = {name: Shelf(indexed) for name, indexed in SHELVES.items()}
        self._id_count = 0

    def find(self, id_: str) -> Any:
        """Return the object with this id, of whatever type; None if there is none."""
        for shelf in self.shelves.values():
            if id_ in shelf.records:
                return shelf.records[id_]
        return None

    def _new_id(self, prefix: str) -> str:
        # not in the order of creation: nobody may sort by ids
        self._id_count += 1
        return f"{prefix}_1{hashlib.sha256(f'{self._id_count}'.encode()).hexdigest()[:23]}"

    def _record(self, shelf: str, id_: str) -> Any:
        return self.shelves[shelf].records[id_]

    def _tell(self, type_: str, record: Any, at: datetime, **previous: Any) -> None:
        """Add an event with the object as it is now."""
        event = Event(self._new_id("evt"), to_second(at), type_, copy.copy(record),
                      previous or None, self.account_version)  # fmt: skip
        self.shelves["events"].add(event)


def to_second(at: datetime) -> int:
    """Return an instant as the API tells it: whole seconds since 1970 in UTC."""
    return int(at.timestamp())
