"""What a contract says of a Salesforce org."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from recount.sources.apis import ApiSettings
from recount.sources.terms import Names

_NAME = r"[A-Za-z]\w*"
_PATH = re.compile(rf"{_NAME}(\.{_NAME})*", re.ASCII)
_TEXT = re.compile(
    r"(.*\.)?(\w*subject|\w*description|comments|location|supplied\w+|\w*(email|phone|mobile|fax)"
    r"|contact(email|phone|mobile|fax)|first_?name|last_?name|(user|nick)name|\w*address|street)"
    r"|(.*\.)?(contact|owner|who|lead|account|createdby|lastmodifiedby)\.name",
    re.IGNORECASE,
)


def _path(name: str) -> str:
    if not _PATH.fullmatch(name):
        raise ValueError(f"{name!r} is no field, such as Tier__c or RecordType.DeveloperName")
    if _TEXT.fullmatch(name):
        raise ValueError(f"{name} holds text or a person, which is not stored; name another field")
    return name


FieldPath = Annotated[str, AfterValidator(_path)]
ApiName = Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")]
Worth = Annotated[Decimal, Field(ge=0, le=5, decimal_places=4)]
RecordId = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$")]
StatusKind = Literal["open", "solved", "closed", "merged"]
OUTCOMES = ("held", "accepted", "declined", "no_show", "cancelled")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Meetings(_Part):
    """`field` is the org's own field of a meeting, and the lists are its values.

    Salesforce has no field of its own that says what became of a meeting. Without `invitations`
    nobody looks at who accepted or declined an invitation. `fields` are as those of cases.
    """

    field: ApiName | None = None
    held: Names = ()
    accepted: Names = ()
    declined: Names = ()
    no_show: Names = ()
    cancelled: Names = ()
    invitations: bool = True
    fields: Mapping[str, FieldPath] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_values(self) -> "Meetings":
        if bool(self.field) != bool(self.told):
            raise ValueError("field and its values (held: [Held] ...) go together; name both")
        return self

    @property
    def told(self) -> tuple[str, ...]:
        """What became of meetings, as far as the field can say it."""
        return tuple(each for each in OUTCOMES if getattr(self, each))


class Claim(_Part):
    """Where the vendor says what it bills a conversation as; names differ between orgs."""

    object: ApiName
    id: ApiName = "ConversationBillingOutcomeId__c"
    conversation: ApiName = "ConversationId__c"
    outcome: ApiName = "BillingOutcomeText__c"
    claimed_at: ApiName = "BillingOutcomeDateTime__c"
    window_from: ApiName = "BillingWindowStartDateTime__c"
    window_until: ApiName = "BillingWindowEndDateTime__c"
    is_escalated: ApiName = "IsEscalated__c"
    count: ApiName = "OutcomeCount__c"


class SalesforceSettings(ApiSettings):
    """`subject_types` says what is wanted of the org: tickets (its cases), meetings, or both.

    `fields` names fields of a case that a scope needs, by the names of the contract. `statuses`
    says what statuses mean that the org does not list any more, or that mean something else than
    it says. `follow_up_field` is the field in which a case names the closed one that it
    continues. `rating_question` is the survey question that counts, and `rating_values` says what
    its answers are worth of 5 where they are not 1 to 5. Without `emails` or `messaging` those
    records are not read. `claim` is landed beside the evidence, and is none. From `bulk_from`
    records on, a stream is read by a bulk job.
    """

    subject_types: Annotated[Names, Field(min_length=1)] = ("ticket",)
    fields: Mapping[str, FieldPath] = Field(default_factory=dict)
    statuses: Mapping[str, StatusKind] = Field(default_factory=dict)
    follow_up_field: ApiName | None = None
    rating_question: RecordId | None = None
    rating_values: Mapping[str, Worth] = Field(default_factory=dict)
    emails: bool = True
    messaging: bool = True
    meetings: Meetings = Field(default_factory=Meetings)
    claim: Claim | None = None
    bulk_from: int = Field(default=20_000, ge=1)

    @model_validator(mode="after")
    def _is_consistent(self) -> "SalesforceSettings":
        if unknown := [each for each in self.subject_types if each not in ("ticket", "meeting")]:
            raise ValueError(f"{unknown[0]!r} is no subject type here; write ticket or meeting")
        if self.claim and not (self.tickets and self.messaging):
            raise ValueError("claim needs the subject type ticket, and messaging: true")
        return self

    @property
    def tickets(self) -> bool:
        """Whether cases are wanted."""
        return "ticket" in self.subject_types

    @property
    def own_fields(self) -> tuple[str, ...]:
        """The fields of a case that are asked for because the contract names them."""
        named = {*self.fields.values()}
        named |= {self.follow_up_field} if self.follow_up_field else set()
        return tuple(sorted(named))
