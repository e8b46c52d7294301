"""What an Intercom workspace holds, as data: people, conversations, their parts, Fin's outcomes.

Instants are aware datetimes here and become whole Unix seconds in documents, as in the API.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

# Who acts: an admin's or a contact's id, or one of these two. Both are authors of type `bot`.
FIN = "fin"  # the AI agent: `from_ai_agent` is true
OPERATOR = "operator"  # workflows, timers, rules: a bot, but not the AI agent

BOTS = {FIN: ("278", "Fin"), OPERATOR: ("279", "Operator")}

# the part types that the customer sees as a message, when they have a body
MESSAGES = frozenset({"comment", "open", "close", "quick_reply"})
# the part types that carry each change of state
CLOSING = frozenset({"close"})
REOPENING = frozenset({"open", "assign_and_reopen", "note_and_reopen"})
WAKING = frozenset({"unsnoozed", "timer_unsnooze", "assign_and_unsnooze"})
ASSIGNING = frozenset(
    {
        "assignment",
        "assign_and_reopen",
        "assign_and_unsnooze",
        "away_mode_assignment",
        "default_assignment",
    }
)

# what Fin is paid for, in the vendor's words of 2026, and how its state is called in the API
OUTCOME_OF_STATE = {
    "assumed_resolution": "resolution",
    "confirmed_resolution": "resolution",
    "procedure_handoff": "procedure_handoff",
}
PRICE_OF_OUTCOME = Decimal("0.99")


@dataclass
class Contact:
    """A user (known) or a lead (a visitor); `merged_into` is the contact that swallowed it."""

    id: str
    role: str
    name: str
    email: str
    external_id: str | None
    merged_into: str | None = None
    swallowed: list[tuple[str, str, datetime]] = field(default_factory=list)


@dataclass
class Admin:
    """A teammate; one who left is no longer listed, but stays the author of what it wrote."""

    id: str
    name: str
    email: str
    role: str
    team_ids: list[int]
    is_listed: bool = True


@dataclass(slots=True)
class Part:
    """One line of a conversation's history; the first message is not one, but the source."""

    id: str
    part_type: str
    by: str
    at: datetime
    state: str
    body: str | None = None
    assigned_to: tuple[str, str | None] | None = None
    event_details: dict[str, Any] | None = None
    is_answer: bool = False
    updated_at: datetime | None = None
    redacted: bool = False


@dataclass
class Rating:
    """A satisfaction rating from 1 to 5."""

    rating: int
    requested_at: datetime
    rated_at: datetime
    remark: str | None
    teammate: str | None = None


@dataclass
class Fin:
    """Fin's part in a conversation; `resolution_state` is the present one, without a history."""

    source_type: str
    source_title: str | None
    last_answer_type: str | None = None
    resolution_state: str | None = None
    rating: Rating | None = None
    content_sources: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Conversation:
    """One conversation, with everything that ever happened in it."""

    number: int
    contact_ids: list[str]
    created_at: datetime
    updated_at: datetime
    subject: str
    body: str
    started_by: str
    source_type: str
    delivered_as: str
    state: str = "open"
    is_source_redacted: bool = False
    snoozed_until: datetime | None = None
    waiting_since: datetime | None = None
    admin_id: str | None = None
    team_id: str | None = None
    parts: list[Part] = field(default_factory=list)
    tags: list[tuple[str, str, datetime, str]] = field(default_factory=list)
    attributes: dict[str, object] = field(default_factory=dict)
    rating: Rating | None = None
    fin: Fin | None = None
    sla: tuple[str, str] | None = None
    merged_into: int | None = None
    merged_from: list[int] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.number)


@dataclass(frozen=True)
class Outcome:
    """One charge of the vendor's: at most one per conversation stands at a time."""

    conversation_id: str
    outcome: str
    reached_at: datetime
    price: Decimal
    deducted_at: datetime | None = None


@dataclass(frozen=True)
class Deleted:
    """What is left of a deleted conversation."""

    id: str
    at: datetime
    are_metrics_retained: bool
