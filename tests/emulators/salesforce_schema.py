"""The objects of an org that the emulator knows, with their fields, types and references.

Names and types are those of the object and field reference (developer.salesforce.com/docs/
platform/object-reference, atlas.en-us.sfFieldRef; releases 260 to 264), which is prose in tables:
Salesforce publishes no schema but what `describe` says of an org. `ConversationBillingOutcome` is
from the Data 360 reference (data-cloud-dmo-mapping, c360dm-si-conversationbillingoutcomedmo-dmo);
its two renderings spell the object differently, and its fields are spelt here as those of its
sibling `ConvBillingOutcomePtcpAgent_std__dlm`. The custom field `Outcome__c` of meetings stands
for what an org adds itself. Key prefixes of surveys, but for two of them, are made up.
"""

import re
from dataclasses import dataclass, field

BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BILLING_OUTCOME = "ConversationBillingOutcome_std__dlm"

_OWN = "Id:id CreatedDate:datetime CreatedById:reference=CreatedBy>User"
_CHANGED = "LastModifiedDate:datetime LastModifiedById:reference=LastModifiedBy>User"
_SYSTEM = f"{_OWN} {_CHANGED} SystemModstamp:datetime"
_KEPT = f"{_SYSTEM} IsDeleted:boolean"
_ACTIVITY = (
    f"{_KEPT} Subject:string Description:textarea! WhoId:reference=Who>Contact,Lead"
    " WhatId:reference=What>Case OwnerId:reference=Owner>User IsArchived:boolean Type:picklist"
    " ActivityDate:date Outcome__c:picklist IsRecurrence:boolean"
)

# name!: cannot be filtered; @55: since API version 55; =Owner>User,Group: the relationship
_OBJECTS = {
    "Case": f"500 {_KEPT} CaseNumber:string Status:picklist IsClosed:boolean ClosedDate:datetime"
    " OwnerId:reference=Owner>User,Group ContactId:reference=Contact>Contact Origin:picklist"
    " Priority:picklist Reason:picklist Type:picklist RecordTypeId:reference=RecordType>RecordType"
    " ParentId:reference=Parent>Case MasterRecordId:reference=MasterRecord>Case"
    " IsEscalated:boolean Subject:string Description:textarea! SuppliedName:string"
    " SuppliedEmail:email ContactEmail:email",
    "CaseHistory": f"017 {_OWN} IsDeleted:boolean CaseId:reference=Case>Case Field:picklist"
    " DataType:picklist OldValue:anyType! NewValue:anyType!",
    "CaseStatus": f"01J {_SYSTEM} ApiName:string MasterLabel:string IsClosed:boolean"
    " IsDefault:boolean SortOrder:int",
    "CaseComment": f"00a {_KEPT} ParentId:reference=Parent>Case IsPublished:boolean"
    " CommentBody:textarea!",
    "EmailMessage": f"02s {_KEPT} ParentId:reference=Parent>Case Incoming:boolean Status:picklist"
    " MessageDate:datetime FromAddress:email FromName:string ToAddress:string Subject:string"
    " TextBody:textarea! HtmlBody:textarea! HasAttachment:boolean",
    "MessagingSession": f"0Mw {_KEPT} Name:string Status:picklist AgentType:picklist"
    " Origin:picklist StartTime:datetime AcceptTime:datetime EndTime:datetime EndedByType:picklist"
    " CaseId:reference=Case>Case ConversationId:reference@55 MessagingEndUserId:reference"
    " EndUserContactId:reference=EndUserContact>Contact ChannelType:picklist"
    " OwnerId:reference=Owner>User,Group PreviewDetails:string AgentMessageCount:int!"
    " EndUserMessageCount:int!",
    "Event": f"00U {_ACTIVITY} StartDateTime:datetime EndDateTime:datetime"
    " ActivityDateTime:datetime DurationInMinutes:int IsAllDayEvent:boolean IsChild:boolean"
    " Location:string",
    "Task": f"00T {_ACTIVITY} Status:picklist Priority:picklist IsClosed:boolean"
    " CompletedDateTime:datetime CallDurationInSeconds:int TaskSubtype:picklist",
    "EventRelation": f"0RE {_KEPT} EventId:reference=Event>Event"
    " RelationId:reference=Relation>Contact,Lead,User Status:picklist RespondedDate:datetime"
    " Response:string IsInvitee:boolean",
    "User": f"005 {_SYSTEM} Username:string Name:string Email:email UserType:picklist"
    " IsActive:boolean ProfileId:reference=Profile>Profile",
    "Profile": f"00e {_SYSTEM} Name:string UserType:picklist",
    "Group": f"00G {_SYSTEM} Name:string DeveloperName:string Type:picklist",
    "Contact": f"003 {_KEPT} Name:string Email:email MasterRecordId:reference=MasterRecord>Contact",
    "Lead": f"00Q {_KEPT} Name:string Email:email Company:string Status:picklist"
    " IsConverted:boolean",
    "RecordType": f"012 {_SYSTEM} Name:string DeveloperName:string SobjectType:picklist"
    " IsActive:boolean",
    "SurveyInvitation": f"0Ki {_KEPT} Name:string SurveyId:reference"
    " ContactId:reference=Contact>Contact ResponseStatus:picklist",
    "SurveyResponse": f"0Kr {_KEPT} InvitationId:reference=Invitation>SurveyInvitation"
    " SubmitterId:reference=Submitter>Contact SurveyId:reference Status:picklist"
    " CompletionDateTime:datetime IpAddress:string Language:picklist",
    "SurveySubject": f"0Ku {_KEPT} Name:string"
    " ParentId:reference=Parent>SurveyInvitation,SurveyResponse"
    " SubjectId:reference=Subject>Case,MessagingSession SubjectEntityType:picklist"
    " SurveyId:reference",
    "SurveyQuestion": f"0Kv {_KEPT} Name:textarea DeveloperName:string QuestionType:picklist",
    "SurveyQuestionResponse": f"0Kw {_KEPT} ResponseId:reference=Response>SurveyResponse"
    " InvitationId:reference=Invitation>SurveyInvitation"
    " QuestionId:reference=Question>SurveyQuestion Datatype:picklist NumberValue:int"
    " ChoiceValue:textarea ResponseValue:textarea IsTrueOrFalse:boolean",
    BILLING_OUTCOME: "0cb Id:id ConversationBillingOutcomeId__c:string ConversationId__c:string"
    " BillingOutcomeText__c:string BillingOutcomeDateTime__c:datetime"
    " BillingWindowStartDateTime__c:datetime BillingWindowEndDateTime__c:datetime"
    " ChannelTypeCode__c:string IsEscalated__c:string OutcomeCount__c:double"
    " EndUserFeedbackText__c:string AgentFeedbackText__c:string DataSourceId__c:string"
    " InternalOrganizationId__c:string",
}  # fmt: skip
_FIELD = re.compile(r"(\w+):(\w+)(!?)(?:=(\w+)>([\w,]+))?(?:@(\d+))?")
LENGTHS = {"id": 18, "reference": 18, "textarea": 32000, "string": 255, "picklist": 255}
LENGTHS |= {"email": 80, "anyType": 255}


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    filterable: bool
    relationship: str | None
    refers_to: tuple[str, ...]
    since: int

    def described(self) -> dict[str, object]:
        """Return what `describe` says of the field, less what no reader of data needs."""
        return {
            "name": self.name, "label": self.name, "type": self.type,
            "length": LENGTHS.get(self.type, 0), "custom": self.name.endswith("__c"),
            "filterable": self.filterable, "sortable": self.type != "textarea",
            "nillable": self.name not in ("Id", "CreatedDate", "SystemModstamp", "IsDeleted"),
            "calculated": False, "createable": False, "updateable": False,
            "referenceTo": list(self.refers_to), "relationshipName": self.relationship,
            "polymorphicForeignKey": len(self.refers_to) > 1, "picklistValues": [],
        }  # fmt: skip


@dataclass(frozen=True)
class SObject:
    name: str
    prefix: str
    fields: dict[str, Field]
    by_lower_name: dict[str, str] = field(default_factory=dict)


def _read(name: str, text: str) -> SObject:
    prefix, *parts = text.split()
    fields = {}
    for part in parts:
        own, kind, unfiltered, relation, refers, since = _FIELD.fullmatch(part).groups()  # type: ignore[union-attr]
        refers_to = tuple(refers.split(",")) if refers else ()
        fields[own] = Field(own, kind, not unfiltered, relation, refers_to, int(since or 0))
    return SObject(name, prefix, fields, {own.lower(): own for own in fields})


OBJECTS = {name: _read(name, text) for name, text in _OBJECTS.items()}
OBJECT_NAMES = {name.lower(): name for name in OBJECTS}
OBJECT_OF_PREFIX = {each.prefix: name for name, each in OBJECTS.items()}


def checked(short: str) -> str:
    """Return the 18 characters of an id that has 15: three more tell which are capitals."""
    suffix = ""
    for start in (0, 5, 10):
        bits = sum(1 << i for i, char in enumerate(short[start : start + 5]) if char.isupper())
        suffix += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits]
    return short + suffix


def make_id(prefix: str, number: int) -> str:
    """Return the id of the n-th record of its kind; bytewise order is the order of making."""
    digits = ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = BASE_62[digit] + digits
    return checked(f"{prefix}Hs0000{digits}")
