"""What a contract says of a ServiceNow instance."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from recount.sources.apis import ApiSettings
from recount.sources.terms import Names

_FIELD = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", re.ASCII)
_SYS_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_PEOPLE = r"(caller_id|opened_by|assigned_to|resolved_by|closed_by|reopened_by|manager)"
_TEXT = re.compile(
    r"(.*\.)?(\w*description|comments|work_notes|comments_and_work_notes|close_notes|watch_list"
    r"|first_name|last_name|email|phone|mobile_phone|user_name)"
    rf"|(.*\.)?{_PEOPLE}(\.name)?"
)


def _field(name: str) -> str:
    if not _FIELD.fullmatch(name):
        raise ValueError(f"{name!r} is no field of an incident, such as u_tier or company.name")
    if _TEXT.fullmatch(name):
        raise ValueError(f"{name} holds text or a person, which is not stored; name another field")
    return name


def _sys_ids(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not _SYS_ID.fullmatch(name):
            raise ValueError(f"{name!r} is no sys_id: 32 digits and letters from a to f")
    return names


FieldName = Annotated[str, AfterValidator(_field)]
Worth = Annotated[Decimal, Field(ge=0, le=5, decimal_places=4)]


class ServiceNowSettings(ApiSettings):
    """`fields` names fields of the incident that a scope needs, by the names of the contract.

    `staff_roles` are the roles that only those have who work on incidents. `follow_up_field` is
    the field in which an incident names the closed one that it continues; ServiceNow has none of
    its own. `rating_questions` are the sys_ids of the survey questions that count, and
    `rating_values` says what their answers are worth of 5 where they are not on a scale of 1 to 5.
    Without `surveys` no rating is read. Without `aggregates` the instance's own count of records
    is not compared with what came.
    """

    fields: Mapping[str, FieldName] = Field(default_factory=dict)
    staff_roles: Names = ("itil", "sn_incident_write", "admin")
    follow_up_field: FieldName | None = None
    rating_questions: Annotated[Names, AfterValidator(_sys_ids)] = ()
    rating_values: Mapping[str, Worth] = Field(default_factory=dict)
    surveys: bool = True
    aggregates: bool = True

    @property
    def own_fields(self) -> tuple[str, ...]:
        """The fields of the incident that are asked for because the contract names them."""
        named = {*self.fields.values()}
        named |= {self.follow_up_field} if self.follow_up_field else set()
        return tuple(sorted(named))
