"""What happens around cases: messaging with an AI agent, its billing, surveys, and meetings.

Written from the object reference (MessagingSession, Survey*, Event, EventRelation, Task), the Data
360 reference (Conversation Billing Outcome DMO) and Help `generative_ai_usage_conversations`, all
prose. None of these objects has history here: each row is as it was last changed. Not documented
are the values of `BillingOutcomeText` and `EndedByType`: a test gives those it likes.
"""

from datetime import datetime, timedelta
from typing import Any

from tests.emulators.salesforce_records import to_text
from tests.emulators.salesforce_schema import BILLING_OUTCOME
from tests.emulators.salesforce_service import Service

SURVEY = "0KdHs000000000BCAQ"


class Engagement(Service):
    """The conversations, ratings and meetings of an org."""

    # messaging

    def start_session(
        self,
        *,
        agent: str,
        at: datetime,
        contact: str | None = None,
        case: str | None = None,
        channel: str = "EmbeddedMessaging",
    ) -> str:
        """Start a session that an AI agent, as the user `agent`, takes up."""
        number = len(self.tables["MessagingSession"].rows) + 1
        return self._add(
            "MessagingSession", at, agent, Name=f"{number:08}", Status="Active", AgentType="Bot",
            Origin="InboundInitiated", StartTime=to_text(at), CaseId=case, OwnerId=agent,
            ConversationId=f"0dwHs00000{number:05}", EndUserContactId=contact,
            ChannelType=channel, PreviewDetails="Hi, my name is Ann and my order is late",
        )  # fmt: skip

    def hand_over(self, session: str, to: str, *, at: datetime) -> None:
        """Let a person accept the session that the agent passed on."""
        changes = {"AgentType": "BotToAgent", "OwnerId": to, "AcceptTime": to_text(at)}
        self._touch(session, at, to, **changes)

    def end_session(self, session: str, *, at: datetime, ended_by: str = "EndUser") -> None:
        changes = {"Status": "Ended", "EndTime": to_text(at), "EndedByType": ended_by}
        self._touch(session, at, self.automated, **changes)

    def bill(
        self,
        session: str,
        outcome: str,
        *,
        at: datetime,
        is_escalated: bool = False,
        count: int | None = None,
        window: timedelta = timedelta(hours=24),
        feedback: str | None = None,
    ) -> str:
        """Let the vendor say what the conversation is billed as; `count` is billed outcomes."""
        row = self.row(session)
        starts = datetime.fromisoformat(row["StartTime"])
        number = len(self.tables[BILLING_OUTCOME].rows) + 1
        return self.tables[BILLING_OUTCOME].insert(
            ConversationBillingOutcomeId__c=f"{number:032x}",
            ConversationId__c=row["ConversationId"], BillingOutcomeText__c=outcome,
            BillingOutcomeDateTime__c=to_text(at), BillingWindowStartDateTime__c=to_text(starts),
            BillingWindowEndDateTime__c=to_text(starts + window),
            ChannelTypeCode__c=row["ChannelType"], IsEscalated__c=str(is_escalated).lower(),
            OutcomeCount__c=float(int(not is_escalated) if count is None else count),
            EndUserFeedbackText__c=feedback, DataSourceId__c="SalesforceDotCom",
        )  # fmt: skip

    # surveys

    def ask(self, subject: str, *, at: datetime, contact: str | None = None) -> str:
        """Send an invitation to rate a case or a session."""
        about = {"SurveyId": SURVEY, "ContactId": contact, "ResponseStatus": "NotStarted"}
        invitation = self._add("SurveyInvitation", at, self.automated, Name="CSAT", **about)
        self._concern(invitation, subject, at)
        return invitation

    def rate(
        self,
        invitation: str,
        score: int,
        *,
        at: datetime,
        question: str = "How satisfied are you?",
        is_complete: bool = True,
        remark: str = "Ann was very kind",
    ) -> str:
        """Answer an invitation; a response that is not complete has answers all the same."""
        contact = self.row(invitation)["ContactId"]
        status = "Completed" if is_complete else "Paused"
        response = self._add(
            "SurveyResponse", at, contact, InvitationId=invitation, SubmitterId=contact,
            SurveyId=SURVEY, Status=status, IpAddress="203.0.113.7", Language="en_US",
            CompletionDateTime=to_text(at) if is_complete else None,
        )  # fmt: skip
        self._concern(response, self._subject_of(invitation), at)
        self._answer(response, invitation, question, at, NumberValue=score, Datatype="Number",
                     ResponseValue=str(score))  # fmt: skip
        self._answer(response, invitation, "Anything else?", at, Datatype="String",
                     ResponseValue=remark)  # fmt: skip
        self._touch(invitation, at, self.automated, ResponseStatus=status)
        return response

    def _answer(
        self, response: str, invitation: str, question: str, at: datetime, **values: Any
    ) -> None:
        by = self.row(response)["CreatedById"]
        self._add("SurveyQuestionResponse", at, by, ResponseId=response, InvitationId=invitation,
                  QuestionId=self._question(question, at), **values)  # fmt: skip

    def _question(self, text: str, at: datetime) -> str:
        asked = {row["Name"]: id_ for id_, row in self.tables["SurveyQuestion"].rows.items()}
        if text in asked:
            return asked[text]
        return self._add("SurveyQuestion", at, Name=text, DeveloperName=text.replace(" ", "_"),
                         QuestionType="Rating")  # fmt: skip

    def _concern(self, parent: str, subject: str, at: datetime) -> None:
        kind = self.table_of(subject).schema.name
        self._add("SurveySubject", at, self.automated, ParentId=parent, SubjectId=subject,
                  SubjectEntityType=kind, SurveyId=SURVEY)  # fmt: skip

    def _subject_of(self, parent: str) -> str:
        table = self.tables["SurveySubject"]
        subject: str = table.rows[table.groups["ParentId"][parent][0]]["SubjectId"]
        return subject

    # meetings

    def book(
        self,
        who: str,
        *,
        owner: str,
        by: str,
        at: datetime,
        starts: datetime,
        minutes: int = 30,
        subject: str = "Demo for Acme",
    ) -> str:
        """Book a meeting with a contact or lead, who is invited."""
        event = self._add(
            "Event", at, by, Subject=subject, Description="Bring the price list", WhoId=who,
            OwnerId=owner, Type="Meeting", Location="https://meet.example.com/1",
            **self._when(starts, minutes),
        )  # fmt: skip
        self._add("EventRelation", at, by, EventId=event, RelationId=who, Status="New",
                  IsInvitee=True)  # fmt: skip
        return event

    def respond(self, event: str, status: str, *, at: datetime) -> None:
        """Let the invited person answer: `Accepted` or `Declined`."""
        table = self.tables["EventRelation"]
        relation = table.groups["EventId"][event][0]
        by = table.rows[relation]["CreatedById"]
        self._touch(relation, at, by, Status=status, RespondedDate=to_text(at), Response="Fine")

    def reschedule(
        self, event: str, *, by: str, at: datetime, starts: datetime, minutes: int = 30
    ) -> None:
        self._touch(event, at, by, **self._when(starts, minutes))

    def set_outcome(self, event: str, outcome: str, *, by: str, at: datetime) -> None:
        """Set the org's own field on a meeting: `Held`, `No Show`, `Cancelled` ..."""
        self._touch(event, at, by, Outcome__c=outcome)

    def log_task(
        self, who: str, *, by: str, at: datetime, status: str = "Completed", subtype: str = "Call"
    ) -> str:
        done = to_text(at) if status == "Completed" else None
        return self._add("Task", at, by, Subject="Call Ann", Description="She was friendly",
                         WhoId=who, OwnerId=by, Status=status, TaskSubtype=subtype,
                         IsClosed=bool(done), CompletedDateTime=done, Priority="Normal",
                         ActivityDate=to_text(at)[:10])  # fmt: skip

    def archive_activities(self, *, at: datetime, days: int = 365) -> None:
        """Archive what is over for so long: from then on only `queryAll` has it."""
        before = to_text(at - timedelta(days=days))
        for name, column in (("Event", "EndDateTime"), ("Task", "CompletedDateTime")):
            for row in list(self.tables[name].rows.values()):
                if row[column] is not None and row[column] < before:
                    self.tables[name].update(row["Id"], IsArchived=True)

    def _when(self, starts: datetime, minutes: int) -> dict[str, Any]:
        ends = starts + timedelta(minutes=minutes)
        return {"StartDateTime": to_text(starts), "EndDateTime": to_text(ends),
                "ActivityDateTime": to_text(starts), "ActivityDate": to_text(starts)[:10],
                "DurationInMinutes": minutes}  # fmt: skip
