"""Cells of rows that several records of HubSpot have alike."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import UNSET

from recount.sources.hubspot import shapes
from recount.sources.hubspot.values import instant, milliseconds, number

# The columns of a subject that an account may keep in properties of its own.
_SUBJECT_FIELDS = ("tier", "language", "department", "is_test")
Row = dict[str, Any]
_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Cells:
    """Makes the cells of a page, which `what` names.

    `actors` are those in the contract's registry, and `names` finds them by their keys.
    """

    what: str
    actors: frozenset[str]
    names: Mapping[str, str]

    def entry(self, kind: str, entry: shapes.Entry) -> Row:
        """Return an entry of a history."""
        told = {"record_kind": kind, "value": entry.value}
        return told | self.at(entry.timestamp) | self.by(entry, entry.source_type)

    def by(self, told: Any, source: str | None) -> Row:
        """Return what made a change: whom the contract names goes first, then the app, the user."""
        user = None if told.user is UNSET else str(told.user)
        app = None if told.app is UNSET else f"I-{told.app}"
        known = (self.names.get(user or ""), app, source)
        named = next((each for each in known if each in self.actors), None)
        actor = named or app or user or source
        return {"source_type": source, "user_key": user, "app_id": app, "actor": actor}

    def about(self, record: Any, values: Mapping[str, str | None]) -> Row:
        """Return when a record was changed last, and whom it is about, if that is one person."""
        contacts = record.contacts or []
        return {
            "updated_at": self.naive(values["hs_lastmodifieddate"] or ""),
            "requester_key": str(contacts[0]) if len(contacts) == 1 else None,
            "contact_count": len(contacts),
        }

    def described(
        self, values: Mapping[str, str | None], named: Mapping[str, str], free: Row
    ) -> Row:
        """Return the columns of a subject that come from properties which the contract names."""
        said = {name: values.get(each) or None for name, each in named.items()}
        rest = free | {name: said[name] for name in said if name not in _SUBJECT_FIELDS}
        columns = {name: said.get(name) for name in _SUBJECT_FIELDS}
        return columns | {"attributes": json.dumps({k: v for k, v in sorted(rest.items()) if v})}

    def minutes(self, values: Mapping[str, str | None]) -> Decimal | None:
        """Return how long a meeting was planned to last."""
        begins, ended = values["hs_meeting_start_time"], values["hs_meeting_end_time"]
        if not begins or not ended:
            return None
        lasted = self.naive(ended) - self.naive(begins)
        return (Decimal(round(lasted.total_seconds())) / 60).quantize(_PLACES)

    def at(self, written: str | None) -> Row:
        """Return an instant, also in milliseconds."""
        at = instant(written or "", self.what)
        return {"occurred_at": at.replace(tzinfo=None), "epoch_ms": milliseconds(at)}

    def naive(self, written: str) -> datetime:
        """Return an instant in UTC, as columns have it."""
        return instant(written, self.what).replace(tzinfo=None)

    def number(self, written: str) -> int:
        """Return an id as a number."""
        return number(written, self.what)
