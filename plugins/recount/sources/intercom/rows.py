"""Landed pages of Intercom as typed rows: one for each record of the API, and no meaning yet."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import UNSET, Struct

from recount.periods import parse_instant
from recount.sources import shapes as reading
from recount.sources.intercom import shapes
from recount.sources.intercom.settings import IntercomSettings

# The columns of a subject that a workspace may keep in attributes of its own.
_SUBJECT_FIELDS = ("tier", "language", "department", "is_test")
Rows = Iterator[dict[str, Any]]


def rows_of(
    stream: str, data: bytes | Path, what: str, settings: IntercomSettings
) -> list[dict[str, Any]]:
    """Return the rows of a landed page, one for each of its records."""
    shape, of = _READERS[stream]
    return list(of(reading.landed(data, shape, what), settings))


def _conversations(page: shapes.Conversations, settings: IntercomSettings) -> Rows:
    seen_at = _instant(page.seen_at)
    for conversation in page.conversations:
        of = {
            "conversation_id": str(conversation.id),
            "seen_at": seen_at,
            "version_at": _from_epoch(conversation.updated_at),
        }
        yield of | _conversation(conversation, settings)
        for part in conversation.conversation_parts.conversation_parts:
            yield of | _part(part)
    for number in page.gone:
        yield {"conversation_id": number, "record_kind": "gone", "seen_at": seen_at}


def _conversation(conversation: shapes.Conversation, settings: IntercomSettings) -> dict[str, Any]:
    """Return what is true of a conversation as a whole, and who began it."""
    source = conversation.source or shapes.Source()
    contacts = conversation.contacts.contacts if conversation.contacts else []
    parts = conversation.conversation_parts
    return {
        "record_kind": "conversation",
        "occurred_at": _from_epoch(conversation.created_at),
        "epoch_second": conversation.created_at,
        **_author(source.author),
        "state": conversation.state,
        "part_count": len(parts.conversation_parts),
        "part_total": parts.total_count,
        "requester_key": contacts[0].id if contacts else None,
        "team_id": str(conversation.team_assignee_id or "") or None,
        "channel": source.type,
        **_ratings(conversation, settings),
        **_described(conversation, source, settings),
    }


def _ratings(conversation: shapes.Conversation, settings: IntercomSettings) -> dict[str, Any]:
    """Return both ratings; each knows its last value alone."""
    teammate = conversation.conversation_rating or shapes.Rating()
    fin = conversation.ai_agent or shapes.AiAgent()
    return {
        "teammate_rating": _score(teammate.rating),
        "teammate_rated_at": _rated_at(teammate),
        "fin_rating": _score(fin.rating),
        "fin_rated_at": _rated_at(fin),
        "rating_counted": settings.rating,
        "fin_source_type": fin.source_type,
        "fin_state": fin.resolution_state,
    }


def _described(
    conversation: shapes.Conversation, source: shapes.Source, settings: IntercomSettings
) -> dict[str, Any]:
    """Return the attributes that the contract names, by its names."""
    own = conversation.attributes
    fields = {name: own[said] for name, said in settings.custom_attributes.items() if said in own}
    free = {name: value for name, value in fields.items() if name not in _SUBJECT_FIELDS}
    if source.delivered_as:
        free["delivered_as"] = source.delivered_as
    if isinstance(conversation.priority, str):
        free["priority"] = conversation.priority
    return {
        **{name: fields.get(name) for name in _SUBJECT_FIELDS},
        "attributes": json.dumps(dict(sorted(free.items()))),
    }


def _part(part: shapes.Part) -> dict[str, Any]:
    given = part.assigned_to
    return {
        "record_kind": "part",
        "part_id": str(part.id),
        "part_type": part.part_type,
        "occurred_at": _from_epoch(part.created_at),
        "epoch_second": part.created_at,
        **_author(part.author),
        "has_message": part.has_message,
        "is_assigned": bool(given and given.type != "nobody_admin" and given.id),
        "is_action_done": part.is_action_done,
    }


def _author(author: shapes.Author | None) -> dict[str, Any]:
    """Return who it was: the number of a teammate or bot, or the key of anybody else."""
    if author is None:
        return {"author_type": None, "author": None, "is_from_ai_agent": False}
    name = author.key if author.id in (UNSET, None) else str(author.id)
    return {
        "author_type": author.type,
        "author": None if name is UNSET else name,
        "is_from_ai_agent": author.from_ai_agent is True,
    }


def _deletions(page: shapes.Deletions, _: IntercomSettings) -> Rows:
    for deletion in page.conversations:
        deleted_at = _from_epoch(deletion.deleted_at)
        yield {"conversation_id": str(deletion.id), "deleted_at": deleted_at}


def _fin_claims(page: shapes.FinClaims, _: IntercomSettings) -> Rows:
    for claimed in page.conversations:
        fin = claimed.ai_agent or shapes.AiAgent()
        yield {
            "conversation_id": str(claimed.id),
            "seen_at": _instant(str(page.seen_at)),
            "version_at": _from_epoch(claimed.updated_at),
            "resolution_state": fin.resolution_state,
            "answer_type": fin.last_answer_type,
        }


def _teams(page: shapes.Teams, _: IntercomSettings) -> Rows:
    for team in page.teams:
        yield {"team_id": str(team.id), "team_name": team.name}


def _score(rating: int | None) -> Decimal | None:
    return None if rating is None else Decimal(rating)


def _rated_at(rating: shapes.Rating | shapes.AiAgent) -> datetime | None:
    """Return when a rating was given; where only the request is dated, that is the nearest."""
    second = rating.updated_at or rating.created_at
    return _from_epoch(second) if rating.rating is not None and second else None


def _instant(text: str) -> datetime:
    return parse_instant(text).replace(tzinfo=None)


def _from_epoch(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


_Reader = tuple[type[Struct], Callable[[Any, IntercomSettings], Rows]]
_READERS: Mapping[str, _Reader] = {
    "conversations": (shapes.Conversations, _conversations),
    "deletions": (shapes.Deletions, _deletions),
    "fin_claims": (shapes.FinClaims, _fin_claims),
    "teams": (shapes.Teams, _teams),
}
