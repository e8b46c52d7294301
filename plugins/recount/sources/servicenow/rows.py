"""Landed pages of ServiceNow as typed rows: one for each record of the API, and no meaning yet.

Who acted is a keyed hash of a user's name; the names that the contract's actor registry has, and
those that no person bears, are found again by hashing them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from msgspec import Struct

from recount.errors import SourceError
from recount.sources import shapes as reading
from recount.sources.requesters import names_by_key
from recount.sources.servicenow import shapes
from recount.sources.servicenow.reading import instant
from recount.sources.servicenow.settings import ServiceNowSettings
from recount.sources.terms import SourceTerms
from recount.sources.words import shown

# The columns of a subject that an instance may keep in fields of its own.
_SUBJECT_FIELDS = ("tier", "language", "department", "is_test")
_NO_PERSONS = ("system", "guest")
_MACHINES = ("machine", "ai_user")


@dataclass(frozen=True)
class Reader:
    """Reads the landed pages of one source; `what` is the page in a sentence."""

    said: ServiceNowSettings
    names: Mapping[str, str]
    what: str

    @classmethod
    def of(cls, terms: SourceTerms, what: str) -> "Reader":
        """Return what reads a page by a contract's terms."""
        names = names_by_key(terms, _NO_PERSONS)
        return cls(terms.typed(ServiceNowSettings), names, what)

    def rows(self, stream: str, data: bytes | Path) -> list[dict[str, Any]]:
        """Return the rows of a page, one for each of its records."""
        record, of = self._readers[stream]
        page: Any = reading.landed(data, shapes.page_of(record), self.what)
        return [of(each) for each in page.result]

    @property
    def _readers(self) -> Mapping[str, tuple[type[Struct], Callable[[Any], dict[str, Any]]]]:
        return {
            "audit": (shapes.Audit, self._change),
            "incidents": (shapes.incident_with(self.said.own_fields), self._incident),
            "journal": (shapes.Entry, self._entry),
            "deletions": (shapes.Deletion, self._deletion),
            "staff": (shapes.Grant, self._grant),
            "ratings": (shapes.Rating, self._rating),
        }

    def _change(self, change: shapes.Audit) -> dict[str, Any]:
        return {
            "audit_id": change.sys_id,
            "incident_id": change.documentkey,
            "occurred_at": self._at(change.sys_created_on),
            "field": change.fieldname,
            "old_value": change.oldvalue or None,
            "new_value": change.newvalue or None,
            "actor": self._who(change.user),
            "checkpoint": self._whole(change.record_checkpoint),
        }

    def _incident(self, incident: shapes.Incident) -> dict[str, Any]:
        values = shapes.values_of(incident)
        fields = {name: values[field] or None for name, field in self.said.fields.items()}
        free: dict[str, str | None] = {"category": incident.category, "priority": incident.priority}
        free |= {name: said for name, said in fields.items() if name not in _SUBJECT_FIELDS}
        follows = self.said.follow_up_field
        return {
            "incident_id": incident.sys_id,
            "number": incident.number,
            "state": incident.state,
            "created_at": self._at(incident.sys_created_on),
            "updated_at": self._at(incident.sys_updated_on),
            "requester_key": incident.caller_id or None,
            "caller": self._who(incident.caller),
            "opener": self._who(incident.opener),
            "resolved_at": self._at(incident.resolved_at),
            "resolver": self._who(incident.resolver),
            "closed_at": self._at(incident.closed_at),
            "closer": self._who(incident.closer),
            "is_assigned": bool(incident.assigned_to),
            "queue": incident.group or None,
            "channel": incident.contact_type or None,
            "reopen_count": self._whole(incident.reopen_count),
            "continues_incident_id": values[follows] or None if follows else None,
            **{name: fields.get(name) for name in _SUBJECT_FIELDS},
            "attributes": json.dumps({k: v for k, v in sorted(free.items()) if v}),
        }

    def _entry(self, entry: shapes.Entry) -> dict[str, Any]:
        return {
            "entry_id": entry.sys_id,
            "incident_id": entry.element_id,
            "written_at": self._at(entry.sys_created_on),
            "element": entry.element,
            "author": self._who(entry.sys_created_by),
            "author_is_named": entry.sys_created_by in self.names,
        }

    def _deletion(self, deletion: shapes.Deletion) -> dict[str, Any]:
        return {
            "deletion_id": deletion.sys_id,
            "incident_id": deletion.documentkey,
            "number": deletion.display_value or None,
            "deleted_at": self._at(deletion.sys_created_on),
            "actor": self._who(deletion.sys_created_by),
        }

    def _grant(self, grant: shapes.Grant) -> dict[str, Any]:
        is_machine = "true" in (grant.is_integration, grant.is_web_service)
        return {
            "user_key": self._who(str(grant.key)),
            "user_name": grant.user_name,
            "role": grant.role,
            "is_person": not is_machine and grant.identity_type not in _MACHINES,
        }

    def _rating(self, rating: shapes.Rating) -> dict[str, Any]:
        answer = self._number(rating.actual_value)
        is_named = rating.metric in self.said.rating_questions
        is_asked = is_named or not self.said.rating_questions
        return {
            "rating_id": rating.sys_id,
            "incident_id": rating.trigger_id,
            "question_id": rating.metric,
            "rated_at": self._at(rating.taken_on or rating.sys_created_on),
            "requester_key": rating.user or None,
            "answer": answer,
            "score_value": self._score(rating, answer) if is_asked else None,
            "is_asked": is_asked and answer is not None and answer >= 0,
            "is_named": is_named,
        }

    def _score(self, rating: shapes.Rating, answer: Decimal | None) -> Decimal | None:
        """Return what an answer is worth of 5: by the contract, or on a scale of 1 to 5."""
        if self.said.rating_values:
            return self.said.rating_values.get(rating.actual_value)
        lowest, highest = self._number(rating.lowest), self._number(rating.highest)
        if answer is None or lowest != 1 or highest != 5 or not 1 <= answer <= 5:
            return None
        # where the scale is "low", 1 is the best answer
        return {"high": answer, "low": 6 - answer}.get(rating.scale)

    def _who(self, key: str) -> str | None:
        return self.names.get(key, key) or None

    def _at(self, written: str) -> datetime | None:
        return instant(written).replace(tzinfo=None) if written else None

    def _whole(self, written: str) -> int:
        if written and not (written.isascii() and written.isdigit()):
            raise SourceError(f"{self.what}: {shown(written)} is no count; report it")
        return int(written or 0)

    def _number(self, written: str) -> Decimal | None:
        try:
            return Decimal(written) if written else None
        except InvalidOperation:
            raise SourceError(f"{self.what}: {shown(written)} is no number; report it") from None
