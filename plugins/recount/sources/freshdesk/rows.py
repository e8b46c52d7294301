"""Landed pages of Freshdesk as typed rows: one for each record of the API, and no meaning yet."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import UNSET, Struct

from recount.sources import shapes as reading
from recount.sources.freshdesk import shapes
from recount.sources.freshdesk.activities import exported
from recount.sources.freshdesk.settings import FreshdeskSettings
from recount.sources.requesters import names_by_key
from recount.sources.terms import SourceTerms

# The columns of a subject that an account may keep in fields of its own.
_SUBJECT_FIELDS = ("tier", "language", "department", "is_test")
Row = dict[str, Any]


@dataclass(frozen=True)
class Reader:
    """Reads the landed pages of one source; `what` is the page in a sentence."""

    said: FreshdeskSettings
    names: Mapping[str, str]
    what: str

    @classmethod
    def of(cls, terms: SourceTerms, what: str) -> "Reader":
        """Return what reads a page by a contract's terms."""
        names = names_by_key(terms)
        return cls(terms.typed(FreshdeskSettings), names, what)

    def rows(self, stream: str, data: bytes | Path) -> list[Row]:
        """Return the rows of a page, one for each of its records."""
        readers: dict[str, tuple[type[Struct], Callable[[Any], Iterator[Row]]]] = {
            "tickets": (shapes.Tickets, self._tickets),
            "activities": (shapes.Activities, self._activities),
            "conversations": (shapes.Conversations, self._conversations),
            "satisfaction_ratings": (shapes.Ratings, self._ratings),
            "agents": (shapes.Agents, self._agents),
            "groups": (shapes.Groups, self._groups),
            "statuses": (shapes.Statuses, self._statuses),
        }
        shape, of = readers[stream]
        return list(of(reading.landed(data, shape, self.what)))

    def _tickets(self, page: shapes.Tickets) -> Iterator[Row]:
        for ticket in page.tickets:
            created, updated = self._at(ticket.created_at), self._at(ticket.updated_at)
            stats = ticket.stats if isinstance(ticket.stats, shapes.Stats) else shapes.Stats()
            requester, requester_key = self._who(ticket.requester_id)
            yield {
                "ticket_id": ticket.id,
                "created_at": created,
                "epoch_second": _second(created),
                "updated_at": updated,
                "updated_second": _second(updated),
                "status_id": str(ticket.status),
                "requester": requester,
                "requester_key": requester_key,
                "responder_key": self._who(ticket.responder_id)[1],
                "group_id": ticket.group_id,
                "ticket_source": None if ticket.source is None else str(ticket.source),
                "is_deleted": bool(ticket.deleted),
                "is_spam": bool(ticket.spam),
                "resolved_at": self._at(stats.resolved_at or stats.closed_at),
                **self._own(ticket),
                "read_at": self._at(page.taken_at),
            }

    def _own(self, ticket: shapes.Ticket) -> Row:
        fields = ticket.custom_fields
        named = {name: _spelled(fields.get(each)) for name, each in self.said.custom_fields.items()}
        free = {name: value for name, value in named.items() if name not in _SUBJECT_FIELDS}
        priority = None if ticket.priority is None else str(ticket.priority)
        free |= {"type": ticket.type, "priority": priority}
        attributes = {name: value for name, value in sorted(free.items()) if value is not None}
        columns = {name: named.get(name) for name in _SUBJECT_FIELDS}
        return {**columns, "attributes": json.dumps(attributes)}

    def _activities(self, page: shapes.Activities) -> Iterator[Row]:
        for each in page.activities_data:
            told, (performer, key) = each.activity, self._who(each.performer_id)
            at = exported(each.performed_at, self.what).astimezone(UTC).replace(tzinfo=None)
            status = _said(told.status)
            yield {
                "ticket_id": each.ticket_id,
                "occurred_at": at,
                "epoch_second": _second(at),
                "day": _said(page.day),
                "performer": performer,
                "performer_key": key,
                "performer_type": each.performer_type,
                "status_name": status,
                "said_kind": self.said.statuses.get(status or ""),
                "assignee_key": self._who(_said(told.agent_id))[1],
                "is_beginning": _said(told.new_ticket) is True,
                "is_deleted": _said(told.deleted),
                "is_spam": _said(told.spam),
                "is_by_rule": isinstance(told.automation, shapes.Rule),
            }

    def _conversations(self, page: shapes.Conversations) -> Iterator[Row]:
        for each in page.conversations:
            author, key = self._who(each.user_id)
            yield {
                "ticket_id": each.ticket_id,
                "conversation_id": each.id,
                "written_at": (at := self._at(each.created_at)),
                "epoch_second": _second(at),
                "author": author,
                "author_key": key,
                "is_incoming": each.incoming,
                "is_private": each.private,
                "conversation_source": str(each.source),
                "read_at": self._at(page.taken_at),
            }

    def _ratings(self, page: shapes.Ratings) -> Iterator[Row]:
        for each in page.ratings:
            rater, key = self._who(each.user_id)
            rated, updated = self._at(each.created_at), self._at(each.updated_at)
            score = str(each.ratings.default_question)
            yield {
                "rating_id": each.id,
                "ticket_id": each.ticket_id,
                "rated_at": rated,
                "updated_at": updated,
                "epoch_second": _second(rated),
                "updated_second": _second(updated),
                "rater": rater,
                "rater_key": key,
                "score": score,
                "score_value": self._worth(score),
                "read_at": self._at(page.taken_at),
            }

    def _worth(self, score: str) -> Decimal | None:
        return self.said.ratings.get(score)

    def _agents(self, page: shapes.Agents) -> Iterator[Row]:
        for agent in page.agents:
            yield {
                "agent": str(agent.id),
                "agent_key": _said(agent.key),
                "agent_type": agent.type,
                "read_at": self._at(page.taken_at),
            }

    def _groups(self, page: shapes.Groups) -> Iterator[Row]:
        for group in page.groups:
            yield {"group_id": group.id, "group_name": group.name}

    def _statuses(self, page: shapes.Statuses) -> Iterator[Row]:
        for field in page.fields:
            for status_id, names in field.choices.items():
                name = names[0] if names else ""
                yield {
                    "status_id": status_id,
                    "status_name": name,
                    "said_kind": self.said.statuses.get(name),
                    "read_at": self._at(page.taken_at),
                }

    def _who(self, person: Any) -> tuple[str | None, str | None]:
        """Return what the contract's registry may name, and the key of a person."""
        key = None if person is None else str(person)
        return (self.names.get(key) or key if key else None), key

    def _at(self, written: Any) -> datetime | None:
        return reading.instant_of(written, self.what).replace(tzinfo=None) if written else None


def _said(value: Any) -> Any:
    return None if value is UNSET else value


def _spelled(value: Any) -> str | None:
    """Return a value of a field as a scope writes it: true, 12, Gold; a list has no one value."""
    if value is None or isinstance(value, list):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _second(at: datetime | None) -> int | None:
    return None if at is None else int(at.replace(tzinfo=UTC).timestamp())
