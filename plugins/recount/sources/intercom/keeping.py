"""What of a retrieved conversation is kept: that somebody wrote, and never what."""

from collections.abc import Collection
from typing import Any

from msgspec import UNSET

from recount.sources.intercom import shapes
from recount.sources.requesters import requester_key
from recount.sources.shapes import Person

_NUMBERED = ("admin", "bot", "team")


def keep(conversation: shapes.Conversation, said: dict[str, Any], names: Collection[str]) -> None:
    """Complete a conversation from the document that it was read from; `names` are attributes."""
    parts = conversation.conversation_parts.conversation_parts
    for part, document in zip(parts, said["conversation_parts"]["conversation_parts"], strict=True):
        part.has_message = _has_message(document)
        part.is_action_done = _result_of(document.get("event_details")) == "success"
    began = conversation.source.author if conversation.source else None
    for author in (began, *(part.author for part in parts)):
        _hide(author)
    own = said.get("custom_attributes") or {}
    conversation.attributes = {
        name: _spelled(own[name]) for name in sorted(names) if own.get(name) is not None
    }


def _has_message(document: dict[str, Any]) -> bool:
    """Say whether a part said something: a redacted one did, and a picture is a message, too."""
    body = document.get("body") or ""
    return bool(body.strip() or document.get("redacted") or document.get("attachments"))


def _result_of(details: Any) -> str | None:
    action = details.get("action") if isinstance(details, dict) else None
    return action.get("result") if isinstance(action, dict) else None


def _hide(author: shapes.Author | None) -> None:
    """Put a key in the place of the id of anybody who is neither a teammate nor a bot."""
    if author and author.type not in _NUMBERED:
        if author.id not in (UNSET, None, ""):
            author.key = Person(requester_key(str(author.id)))
        author.id = UNSET


def _spelled(value: Any) -> str:
    """Return a value of an attribute as a scope writes it: true, 12, gold."""
    return str(value).lower() if isinstance(value, bool) else str(value)
