"""The fields of Zendesk's answers that are needed; everything else is left out before landing.

Source: developer.zendesk.com/api-reference/ticketing, the pages incremental_exports,
satisfaction_ratings, csat_survey_responses, audit_logs and groups. Ticket text, names and addresses
are not among them.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType, field

from recount.sources.shapes import Person


class ViaEnd(Struct):
    """The ticket at one end of a merge or a continuation."""

    ticket_id: int | UnsetType | None = UNSET


class ViaSource(Struct):
    """Where something came from, and to what it leads."""

    rel: str | None = None
    from_: ViaEnd | UnsetType = field(default=UNSET, name="from")
    to: ViaEnd | UnsetType = UNSET


class Via(Struct):
    """How a ticket or a comment came."""

    channel: str | int | None = None
    source: ViaSource | UnsetType = UNSET


class ChildEvent(Struct):
    """One part of an update: a field that changed, or a comment.

    `via` is a word on a field and an object on a comment. `previous_value` can hold text of the
    ticket, so a part is kept only if it is about one of the fields here.
    """

    event_type: str
    via: str | Via | None = None
    via_reference_id: int | None = None
    rel: str | UnsetType | None = UNSET
    status: str | UnsetType = UNSET
    assignee_id: int | str | UnsetType | None = UNSET
    satisfaction_score: str | UnsetType = UNSET
    previous_value: Any = UNSET
    author_id: Person | UnsetType = UNSET
    public: bool | UnsetType = UNSET

    @property
    def is_kept(self) -> bool:
        """Whether this part is about something that we need."""
        told = (self.status, self.assignee_id, self.satisfaction_score, self.public)
        return any(value is not UNSET for value in told)


class TicketEvent(Struct):
    """An update of a ticket; `timestamp` is in seconds since 1970."""

    id: int
    ticket_id: int
    timestamp: int
    updater_id: Person | None
    child_events: list[ChildEvent]
    via: str | None = None


class TicketEvents(Struct):
    """A page of the export of ticket events."""

    ticket_events: list[TicketEvent]
    count: int
    end_of_stream: bool
    end_time: int | None = None


class CustomField(Struct):
    """A field of the account's own; kept only if the contract names it."""

    id: int
    value: bool | int | float | str | list[str] | None = None


class Ticket(Struct):
    """A ticket as it stood when it was exported."""

    id: int
    created_at: str
    updated_at: str
    generated_timestamp: int
    status: str
    requester_id: Person | None
    via: Via
    custom_fields: list[CustomField]
    followup_ids: list[int] = []
    group_id: int | None = None
    brand_id: int | None = None
    ticket_form_id: int | None = None
    priority: str | None = None
    type: str | None = None
    support_type: str | None = None


class Tickets(Struct):
    """A page of the export of tickets."""

    tickets: list[Ticket]
    end_of_stream: bool
    after_cursor: str | None = None


class User(Struct):
    """A user; `key` stands for the person everywhere else, `id` is kept of staff alone."""

    id: int
    role: str
    updated_at: str
    key: Person | UnsetType = UNSET


class Users(Struct):
    """A page of the export of users."""

    users: list[User]
    end_of_stream: bool
    after_cursor: str | None = None


class Meta(Struct):
    """Where a list goes on."""

    has_more: bool
    after_cursor: str | None = None


class AuditLog(Struct):
    """A change of a user; the description is read for its roles and is not kept."""

    id: int
    source_id: int
    created_at: str
    change_description: str | UnsetType = UNSET
    from_role: str | UnsetType = UNSET
    to_role: str | UnsetType = UNSET
    key: Person | UnsetType = UNSET


class AuditLogs(Struct):
    """A page of the audit log."""

    audit_logs: list[AuditLog]
    meta: Meta


class SatisfactionRating(Struct):
    """What a requester says of a ticket: good or bad."""

    id: int
    ticket_id: int
    score: str
    created_at: str
    updated_at: str
    requester_id: Person | None = None


class SatisfactionRatings(Struct):
    """A page of the list of ratings."""

    satisfaction_ratings: list[SatisfactionRating]
    meta: Meta


class SurveyAnswer(Struct):
    """An answer to one question of a survey; only scales have a rating."""

    type: str
    created_at: str | UnsetType = UNSET
    updated_at: str | UnsetType = UNSET
    rating: int | UnsetType | None = UNSET
    rating_category: str | UnsetType | None = UNSET


class SurveyResponse(Struct):
    """What a requester says of a ticket, on a scale; it can be changed until `expires_at`."""

    id: str
    subject_zrns: list[str]
    answers: list[SurveyAnswer]
    expires_at: str | None = None
    responder_id: Person | None = None


class SurveyResponses(Struct):
    """A page of the list of survey responses."""

    survey_responses: list[SurveyResponse]
    meta: Meta


class Group(Struct):
    """A group of agents: the queue of a ticket."""

    id: int
    name: str


class Groups(Struct):
    """A page of the list of groups."""

    groups: list[Group]
    meta: Meta
