"""The fields of Salesforce's records that are asked for, and nothing else ever is.

Source: the object reference (Case, CaseHistory, CaseComment, EmailMessage, MessagingSession, User,
Survey*, Event, EventRelation) and the Data 360 reference (Conversation Billing Outcome DMO). Texts,
names and addresses are not among them. A name with a dot walks a relationship.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from recount.sources.salesforce.settings import Claim
from recount.sources.shapes import Person

OwnValue = bool | int | float | str | None


class Case(Struct, rename="pascal"):
    """A case as it stood; its owner is a queue, or the keyed hash of a user."""

    id: str
    case_number: str
    status: str
    is_closed: bool
    closed_date: str | None
    created_date: str
    created_by_id: Person | None
    last_modified_date: str
    last_modified_by_id: Person | None
    system_modstamp: str
    is_deleted: bool
    master_record_id: str | None
    owner_id: str
    contact_id: Person | None
    origin: str | None
    priority: str | None
    type: str | None


class Change(Struct, rename="pascal"):
    """A change of a case's status or owner; values are a status, a queue or a hash of a user."""

    id: str
    case_id: str
    field: str
    data_type: str | None
    old_value: str | None
    new_value: str | None
    created_date: str
    created_by_id: Person | None


class Comment(Struct, rename="pascal"):
    """That somebody commented on a case; what it says is not asked for."""

    id: str
    parent_id: str
    is_published: bool
    created_date: str
    created_by_id: Person | None
    system_modstamp: str


class Email(Struct, rename="pascal"):
    """That an e-mail came in or went out; neither what it says nor to whom is asked for."""

    id: str
    parent_id: str | None
    incoming: bool
    status: str | None
    message_date: str | None
    created_date: str
    created_by_id: Person | None
    system_modstamp: str


class User(Struct, rename="pascal"):
    """What a user is now; `key` stands for the user everywhere else."""

    id: str
    user_type: str
    is_active: bool
    system_modstamp: str
    profile: str | None = field(name="Profile.Name")
    key: Person | UnsetType = UNSET


class Session(Struct, rename="pascal"):
    """A conversation by messaging, as it stood; `AgentType` says who served it."""

    id: str
    case_id: str | None
    conversation_id: str | None
    status: str | None
    agent_type: str | None
    origin: str | None
    start_time: str | None
    accept_time: str | None
    end_time: str | None
    system_modstamp: str


class Answer(Struct, rename="pascal"):
    """The answer to one question of a survey, where it is a number."""

    id: str
    response_id: str
    question_id: str
    number_value: int | float | None
    system_modstamp: str


class Response(Struct, rename="pascal"):
    """That somebody filled in a survey; only one that is completed counts."""

    id: str
    invitation_id: str | None
    status: str
    completion_date_time: str | None
    submitter_id: Person | None
    system_modstamp: str


class Surveyed(Struct, rename="pascal"):
    """What a survey is about; the parent is its invitation or its response."""

    id: str
    parent_id: str
    subject_id: str
    system_modstamp: str


class Meeting(Struct, rename="pascal"):
    """A meeting as it stood."""

    id: str
    start_date_time: str | None
    end_date_time: str | None
    duration_in_minutes: int | None
    who_id: Person | None
    type: str | None
    created_date: str
    created_by_id: Person | None
    last_modified_date: str
    last_modified_by_id: Person | None
    system_modstamp: str
    is_deleted: bool


class Invitation(Struct, rename="pascal"):
    """What somebody who was invited to a meeting answered."""

    id: str
    event_id: str
    relation_id: str | None
    status: str | None
    responded_date: str | None
    system_modstamp: str
    is_user: bool | UnsetType = UNSET


class Status(Struct, rename="pascal"):
    """A status that a case of this org can have."""

    id: str
    api_name: str
    master_label: str
    is_closed: bool


class Queue(Struct, rename="pascal"):
    """A queue in which cases lie."""

    id: str
    name: str


def asked_of(record: type[Struct]) -> tuple[str, ...]:
    """Return the fields that we ask for; what we add ourselves is not among them."""
    described = msgspec.structs.fields(record)
    return tuple(each.encode_name for each in described if each.required)


def values_of(record: Struct) -> dict[str, Any]:
    """Return the values of a record by Salesforce's names of the fields."""
    described = msgspec.structs.fields(record)
    return {each.encode_name: getattr(record, each.name) for each in described}


@cache
def with_fields(record: type[Struct], fields: tuple[str, ...]) -> type[Struct]:
    """Return a shape that has fields of the org's own as well."""
    own = [name for name in fields if name not in asked_of(record)]
    named: list[Any] = [(f"own_{n}", OwnValue, field(name=name)) for n, name in enumerate(own)]
    return msgspec.defstruct(f"Own{record.__name__}", named, bases=(record,))


@cache
def claim_of(said: Claim) -> type[Struct]:
    """Return the shape of the vendor's claim, whose fields the contract names."""
    text = str | None
    parts: Iterable[tuple[str, Any]] = (
        ("id", str), ("conversation", text), ("outcome", text), ("claimed_at", str),
        ("window_from", text), ("window_until", text), ("is_escalated", bool | str | None),
        ("count", int | float | str | None),
    )  # fmt: skip
    named: list[Any] = [(name, kind, field(name=getattr(said, name))) for name, kind in parts]
    return msgspec.defstruct("OwnClaim", named)


@cache
def page_of(record: type[Struct]) -> type[Struct]:
    """Return the shape of a page of such records."""
    return msgspec.defstruct("Page", [("records", list[record])])  # type: ignore[valid-type]
