"""The fields of Intercom's answers that are needed; everything else is left out before landing.

Source: the published schema, intercom/Intercom-OpenAPI, `descriptions/2.16/api.intercom.io.yaml`.
Text, names and addresses are not among them: that a part has a message at all is worked out while
the answer is held, and kept as `has_message`. Instants are seconds since 1970.
"""

from msgspec import UNSET, Struct, UnsetType

from recount.sources.shapes import Person


class Author(Struct):
    """Who did something: `id` is kept of teammates and bots, `key` stands for everybody else."""

    type: str
    id: str | int | UnsetType | None = UNSET
    from_ai_agent: bool | UnsetType | None = UNSET
    key: Person | UnsetType = UNSET


class Assignee(Struct):
    """To whom a conversation was given; `nobody_admin` is nobody."""

    type: str
    id: str | int | None = None


class Part(Struct):
    """One line of a conversation's history."""

    id: str | int
    part_type: str
    created_at: int
    author: Author | None
    assigned_to: Assignee | None = None
    has_message: bool = False
    is_action_done: bool = False


class Parts(Struct):
    """The parts of a conversation: all, or the 500 most recent ones."""

    conversation_parts: list[Part]
    total_count: int


class Source(Struct):
    """The first message of a conversation, which is no part."""

    type: str | None = None
    delivered_as: str | None = None
    author: Author | None = None


class Contact(Struct):
    """Somebody who takes part and is no teammate."""

    id: Person


class Contacts(Struct):
    """Who takes part; the first one asked."""

    contacts: list[Contact]


class Rating(Struct):
    """A rating of the teammate: created when it was asked for, updated when it was given."""

    rating: int | None = None
    created_at: int | None = None
    updated_at: int | None = None


class AiAgent(Struct):
    """What the vendor says of Fin's part; the instants are those of its rating."""

    source_type: str | None = None
    last_answer_type: str | None = None
    resolution_state: str | None = None
    rating: int | None = None
    created_at: int | None = None
    updated_at: int | None = None


class Conversation(Struct):
    """A conversation with its parts, as it was retrieved; `attributes` are those that are named."""

    id: str | int
    created_at: int
    updated_at: int
    state: str
    conversation_parts: Parts
    source: Source | None = None
    contacts: Contacts | None = None
    team_assignee_id: int | str | None = None
    priority: str | bool | None = None
    conversation_rating: Rating | None = None
    ai_agent: AiAgent | None = None
    attributes: dict[str, str] = {}


class Conversations(Struct):
    """What a page of a search led to; `gone` are those that were deleted before we asked."""

    conversations: list[Conversation]
    gone: list[str]
    seen_at: str


class Next(Struct):
    """Where a search goes on."""

    starting_after: str | None = None


class Pages(Struct):
    """Where we are in a search; there is no `next` on the last page."""

    next: Next | None = None


class Found(Struct):
    """A conversation in a search."""

    id: str | int
    updated_at: int


class Search(Struct):
    """A page of a search, read for what to retrieve."""

    conversations: list[Found]
    total_count: int
    pages: Pages


class Claimed(Struct):
    """What the vendor says of Fin's part in a conversation at the moment."""

    id: str | int
    updated_at: int
    ai_agent: AiAgent | None = None


class FinClaims(Struct):
    """A page of a search for conversations with Fin, kept for what the vendor claims of them."""

    conversations: list[Claimed]
    seen_at: str | UnsetType = UNSET


class Deletion(Struct):
    """A conversation that is no more."""

    id: str | int
    deleted_at: int
    metrics_retained: bool | None = None


class Deletions(Struct):
    """A page of the list of deleted conversations, from the first one on."""

    conversations: list[Deletion]
    total_count: int


class Team(Struct):
    """A team: the queue of a conversation."""

    id: str | int
    name: str


class Teams(Struct):
    """The list of teams, all on one page."""

    teams: list[Team]
