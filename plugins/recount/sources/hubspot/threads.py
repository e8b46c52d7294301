"""The fields of HubSpot's conversations that are needed: that somebody wrote, and never what.

Source: developers.hubspot.com/docs/api-reference/conversations-conversations-inbox-&-messages-v3
/guide. An actor's id begins with a letter that says what he is: A is a user, V a visitor, E an
address, B a bot, I an integration, L a language model, S the system.
"""

import re

from msgspec import UNSET, Struct, UnsetType

from recount.sources.hubspot.listed import Paging
from recount.sources.requesters import requester_key
from recount.sources.shapes import Person

_ID = re.compile(r"([A-Z])-(.+)", re.ASCII | re.DOTALL)
# Machines keep their ids, as contracts name them; of people a hash is enough.
_MACHINE = re.compile(r"[BILS]-[0-9A-Za-z_-]{1,64}", re.ASCII)


class Sender(Struct, rename="camel"):
    """Who a message is from."""

    actor_id: str | None = None


class Client(Struct, rename="camel"):
    """Through what a message was written; an app may write in the name of a user."""

    client_type: str
    integration_app_id: int | None = None


class Status(Struct, rename="camel"):
    """Whether a message arrived."""

    status_type: str


class Message(Struct, rename="camel"):
    """A message, a comment, or something that happened to a conversation."""

    id: str
    type: str
    created_at: str
    client: Client
    created_by: str | UnsetType | None = UNSET
    senders: list[Sender] | UnsetType = UNSET
    direction: str | None = None
    status: Status | None = None
    actor_kind: str | None = None
    actor: str | UnsetType = UNSET
    person: Person | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Keep what the sender is, and hide who a person is."""
        senders = [each.actor_id for each in self.senders or [] if each.actor_id]
        said = senders[0] if senders else self.created_by
        if said:
            parts = _ID.fullmatch(said)
            self.actor_kind = parts[1] if parts else "?"
            if _MACHINE.fullmatch(said):
                self.actor = said
            else:
                self.person = Person(requester_key(said))
        self.senders = self.created_by = UNSET


class Messages(Struct):
    """A page of the messages of a conversation."""

    results: list[Message]
    paging: Paging | None = None


class Associated(Struct, rename="camel"):
    """The ticket that a conversation is about."""

    associated_ticket_id: str | None = None


class Thread(Struct, rename="camel"):
    """A conversation; its messages are asked for by themselves and written beside it."""

    id: str
    thread_associations: Associated | None = None
    messages: list[Message] | UnsetType = UNSET

    @property
    def ticket_id(self) -> str | None:
        """The ticket that it is about."""
        about = self.thread_associations
        return about.associated_ticket_id if about else None


class Threads(Struct):
    """A page of conversations."""

    results: list[Thread]
    paging: Paging | None = None
    taken_at: str | UnsetType = UNSET
