"""That what happens in an org is told as Salesforce's object reference says."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.emulators.salesforce import Salesforce
from tests.emulators.salesforce_reader import (
    Reader,
    agent_of,
    at,
    cases_of,
    org_of,
    text,
)


@pytest.fixture
def org() -> Iterator[Salesforce]:
    with org_of() as running:
        yield running


def test_a_lookup_that_changes_has_two_rows_of_history(org: Salesforce) -> None:
    (case,) = cases_of(org, 1)
    ann, queue = org.add_user("Ann Other", at=at(0)), org.add_queue("Second Level", at=at(0))
    org.assign(case, queue, by=ann, at=at(5))
    rows = Reader(org).rows("SELECT DataType, OldValue, NewValue, CreatedById, CreatedDate"
                            " FROM CaseHistory WHERE Field = 'Owner'")  # fmt: skip
    assert [(row["DataType"], row["NewValue"]) for row in rows] == [
        ("Text", "Second Level"),
        ("EntityId", queue),
    ]
    assert {(row["CreatedById"], row["CreatedDate"]) for row in rows} == {(ann, text(5))}


def test_closing_and_reopening_leave_a_row_each(org: Salesforce) -> None:
    (case,) = cases_of(org, 1)
    org.close(case, by=org.account, at=at(5))
    org.reopen(case, by=org.account, at=at(9))
    rows = Reader(org).rows("SELECT Field, OldValue, NewValue, CreatedDate FROM CaseHistory"
                            " WHERE Field = 'Status' ORDER BY CreatedDate, Id")  # fmt: skip
    assert [(row["OldValue"], row["NewValue"], row["CreatedDate"]) for row in rows] == [
        ("New", "Closed", text(5)),
        ("Closed", "Working", text(9)),
    ]
    assert Reader(org).column("SELECT ClosedDate FROM Case") == [None]


def test_a_case_that_is_born_closed_has_no_history_of_it(org: Salesforce) -> None:
    org.open_case(by=org.account, at=at(1), status="Closed")
    reader = Reader(org)
    assert reader.column("SELECT Field FROM CaseHistory") == ["created"]
    assert reader.column("SELECT ClosedDate FROM Case") == [text(1)]


def test_only_tracked_fields_have_history() -> None:
    with org_of(tracked=frozenset({"Priority"})) as org:
        (case,) = cases_of(org, 1)
        org.change(case, by=org.account, at=at(5), Status="Closed", Priority="High")
        fields = Reader(org).column("SELECT Field FROM CaseHistory ORDER BY Id")
    assert fields == ["created", "Priority"]


def test_history_older_than_its_retention_is_gone_even_from_query_all() -> None:
    with org_of(now=at(0), history_months=24) as org:
        by = agent_of(org)
        for days in (740, 700):
            org.open_case(by=by, at=at(0) - timedelta(days=days))
        reader = Reader(org)
        assert len(reader.rows("SELECT Id FROM Case")) == 2
        assert len(reader.rows("SELECT Id FROM CaseHistory", everything=True)) == 1


def test_the_org_says_which_statuses_are_closed(org: Salesforce) -> None:
    rows = Reader(org).rows("SELECT ApiName, IsClosed FROM CaseStatus ORDER BY SortOrder")
    assert [row["ApiName"] for row in rows if row["IsClosed"]] == ["Closed", "Merged"]


def test_a_user_is_only_what_he_is_now(org: Salesforce) -> None:
    agent = org.add_agent("Service Bot", at=at(0))
    org.change_user(agent, at=at(10), profile="Standard User", is_active=False)
    (row,) = Reader(org).rows(
        f"SELECT IsActive, Profile.Name, SystemModstamp FROM User WHERE Id = '{agent}'"
    )
    assert (row["IsActive"], row["Profile"]["Name"]) == (False, "Standard User")
    assert row["SystemModstamp"] == text(10)


def test_the_automated_process_is_a_user_of_its_own_type(org: Salesforce) -> None:
    soql = "SELECT Id FROM User WHERE UserType = 'AutomatedProcess'"
    assert Reader(org).column(soql) == [org.automated]


def test_an_email_tells_whether_it_came_in(org: Salesforce) -> None:
    (case,) = cases_of(org, 1)
    org.email(case, incoming=True, by=org.automated, at=at(1))
    org.email(case, incoming=False, by=org.account, at=at(2))
    rows = Reader(org).rows(f"SELECT Incoming, MessageDate FROM EmailMessage WHERE ParentId ="
                            f" '{case}' ORDER BY MessageDate")  # fmt: skip
    assert [(row["Incoming"], row["MessageDate"]) for row in rows] == [
        (True, text(1)),
        (False, text(2)),
    ]


def test_texts_and_names_are_there_to_be_dropped(org: Salesforce) -> None:
    contact = org.add_contact("Cora Contact", "cora@example.com", at=at(0))
    case = org.open_case(by=org.account, at=at(0), contact=contact)
    org.email(case, incoming=True, by=org.automated, at=at(1), text="I was born in 1970")
    (row,) = Reader(org).rows("SELECT Subject, Description, ContactEmail, Contact.Name FROM Case")
    assert "cora@example.com" in json.dumps(row)
    assert "Cora Contact" in json.dumps(row)
    assert "1970" in Reader(org).column("SELECT HtmlBody FROM EmailMessage")[0]


def test_a_session_tells_that_it_was_handed_over_but_keeps_no_history(org: Salesforce) -> None:
    agent, person = org.add_agent("Service Bot", at=at(0)), agent_of(org)
    session = org.start_session(agent=agent, at=at(1))
    org.hand_over(session, person, at=at(4))
    org.end_session(session, at=at(9), ended_by="Agent")
    (row,) = Reader(org).rows(
        "SELECT Status, AgentType, StartTime, AcceptTime, EndTime, OwnerId FROM MessagingSession"
    )
    assert (row["Status"], row["AgentType"], row["OwnerId"]) == ("Ended", "BotToAgent", person)
    assert (row["StartTime"], row["AcceptTime"], row["EndTime"]) == (text(1), text(4), text(9))


def test_the_vendor_says_what_a_conversation_is_billed_as(org: Salesforce) -> None:
    session = org.start_session(agent=org.add_agent("Service Bot", at=at(0)), at=at(1))
    org.bill(session, "Resolved", at=at(1500))
    org.now = at(1600)
    (row,) = Reader(org).rows(
        "SELECT ConversationId__c, BillingOutcomeText__c, OutcomeCount__c FROM"
        " ConversationBillingOutcome_std__dlm"
        " WHERE BillingOutcomeDateTime__c >= 2026-03-02T00:00:00Z"
    )
    assert (row["BillingOutcomeText__c"], row["OutcomeCount__c"]) == ("Resolved", 1.0)
    conversation = Reader(org).column("SELECT ConversationId FROM MessagingSession")
    assert conversation == [row["ConversationId__c"]]


def test_a_rating_leads_to_its_case_through_the_survey_subject(org: Salesforce) -> None:
    (case,) = cases_of(org, 1)
    response = org.rate(org.ask(case, at=at(5)), 4, at=at(9))
    reader = Reader(org)
    scores = reader.rows("SELECT ResponseId, NumberValue FROM SurveyQuestionResponse"
                         " WHERE NumberValue != null")  # fmt: skip
    assert [(row["ResponseId"], row["NumberValue"]) for row in scores] == [(response, 4)]
    subjects = reader.column(f"SELECT SubjectId FROM SurveySubject WHERE ParentId = '{response}'")
    assert subjects == [case]


def test_one_survey_has_a_subject_for_the_invitation_and_one_for_the_response(
    org: Salesforce,
) -> None:
    (case,) = cases_of(org, 1)
    org.rate(org.ask(case, at=at(5)), 4, at=at(9))
    parents = Reader(org).column("SELECT ParentId FROM SurveySubject ORDER BY Id")
    assert [parent[:3] for parent in parents] == ["0Ki", "0Kr"]


def test_a_meeting_tells_when_it_is_and_what_became_of_it_last(org: Salesforce) -> None:
    lead = org.add_lead("Lena Lead", "lena@example.com", "Acme", at=at(0))
    event = org.book(lead, owner=org.account, by=org.account, at=at(0), starts=at(60), minutes=45)
    org.set_outcome(event, "No Show", by=org.account, at=at(120))
    (row,) = Reader(org).rows(
        "SELECT StartDateTime, EndDateTime, DurationInMinutes, Who.Name, Outcome__c FROM Event"
    )
    assert (row["StartDateTime"], row["EndDateTime"]) == (text(60), text(105))
    assert (row["DurationInMinutes"], row["Outcome__c"]) == (45, "No Show")
    assert row["Who"]["Name"] == "Lena Lead"


def test_an_invitation_to_a_meeting_tells_when_it_was_answered(org: Salesforce) -> None:
    lead = org.add_lead("Lena Lead", "lena@example.com", "Acme", at=at(0))
    event = org.book(lead, owner=org.account, by=org.account, at=at(0), starts=at(60))
    org.respond(event, "Declined", at=at(7))
    (row,) = Reader(org).rows("SELECT EventId, Status, RespondedDate FROM EventRelation")
    assert (row["EventId"], row["Status"], row["RespondedDate"]) == (event, "Declined", text(7))


def test_an_archived_meeting_comes_only_through_query_all(org: Salesforce) -> None:
    lead = org.add_lead("Lena Lead", "lena@example.com", "Acme", at=at(0))
    org.book(lead, owner=org.account, by=org.account, at=at(0), starts=at(60))
    org.archive_activities(at=at(60) + timedelta(days=366))
    reader = Reader(org)
    assert reader.column("SELECT Id FROM Event") == []
    assert reader.column("SELECT IsArchived FROM Event", everything=True) == [True]
