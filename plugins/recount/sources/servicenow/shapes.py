"""The fields of ServiceNow's records that are asked for; every value is text, "" is none.

Source: product documentation, the pages Table API, "Understanding the Sys Audit table" and
"Metric result fields". Texts of incidents are not among them, and what `sys_audit` holds of
comments is never asked for, as it is the comment itself. Names with a dot walk a reference.
"""

from functools import cache
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from recount.sources.shapes import Person


class Audit(Struct):
    """A change of one field of an incident; `user` is the name of a user."""

    sys_id: str
    tablename: str
    documentkey: str
    fieldname: str
    oldvalue: str
    newvalue: str
    user: Person
    record_checkpoint: str
    sys_created_on: str


class Incident(Struct):
    """An incident as it stood when it was extracted."""

    sys_id: str
    sys_class_name: str
    number: str
    state: str
    sys_created_on: str
    sys_updated_on: str
    caller_id: Person
    caller: Person = field(name="caller_id.user_name")
    opener: Person = field(name="opened_by.user_name")
    resolved_at: str
    resolver: Person = field(name="resolved_by.user_name")
    closed_at: str
    closer: Person = field(name="closed_by.user_name")
    assigned_to: Person
    group: str = field(name="assignment_group.name")
    contact_type: str
    category: str
    priority: str
    reopen_count: str


class Entry(Struct):
    """That somebody wrote a comment or a note; what it says is not asked for."""

    sys_id: str
    name: str
    element: str
    element_id: str
    sys_created_on: str
    sys_created_by: Person


class Deletion(Struct):
    """That an incident was deleted, or archived; its display value is kept if it is a number."""

    sys_id: str
    tablename: str
    documentkey: str
    display_value: str
    sys_created_on: str
    sys_created_by: Person


class Grant(Struct):
    """That a user has a role; `key` stands for the user everywhere else.

    Only newer instances know the identity type; the other two tell an account of a machine, too.
    """

    sys_id: str
    sys_updated_on: str
    user_name: str = field(name="user.user_name")
    role: str = field(name="role.name")
    identity_type: str = field(name="user.identity_type", default="")
    is_integration: str = field(name="user.internal_integration_user", default="")
    is_web_service: str = field(name="user.web_service_access_only", default="")
    key: Person | UnsetType = UNSET


class Rating(Struct):
    """An answer to one question of a survey; -1 where the answer is a text."""

    sys_id: str
    sys_created_on: str
    sys_updated_on: str
    actual_value: str
    user: Person
    metric: str
    datatype: str = field(name="metric.datatype")
    lowest: str = field(name="metric.min")
    highest: str = field(name="metric.max")
    scale: str = field(name="metric.scale")
    trigger_table: str = field(name="instance.trigger_table")
    trigger_id: str = field(name="instance.trigger_id")
    taken_on: str = field(name="instance.taken_on")


def asked_of(record: type[Struct]) -> tuple[str, ...]:
    """Return the fields that we ask for; what we add ourselves is not among them."""
    return tuple(each.encode_name for each in msgspec.structs.fields(record) if each.name != "key")


def needed_of(record: type[Struct]) -> tuple[str, ...]:
    """Return the fields that each record must have."""
    return tuple(each.encode_name for each in msgspec.structs.fields(record) if each.required)


def values_of(record: Struct) -> dict[str, Any]:
    """Return the values of a record by the instance's names of the fields."""
    described = msgspec.structs.fields(record)
    return {each.encode_name: getattr(record, each.name) for each in described}


@cache
def incident_with(fields: tuple[str, ...]) -> type[Struct]:
    """Return the shape of an incident that has fields of the instance's own as well."""
    own = [name for name in fields if name not in asked_of(Incident)]
    named = [(f"own_{number}", str, field(name=name)) for number, name in enumerate(own)]
    return msgspec.defstruct("OwnIncident", named, bases=(Incident,))


@cache
def page_of(record: type[Struct]) -> type[Struct]:
    """Return the shape of an answer with a list of such records."""
    return msgspec.defstruct("Page", [("result", list[record])])  # type: ignore[valid-type]
