"""What a contract may say of Salesforce, and what is left out of its records."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from recount.errors import ContractError, SourceError
from recount.sources import source_of
from recount.sources.salesforce import shapes
from recount.sources.salesforce.asking import records_of_csv
from recount.sources.salesforce.org import Org
from recount.sources.salesforce.reading import tables_of
from recount.sources.salesforce.settings import SalesforceSettings
from tests.emulators.salesforce import Salesforce
from tests.unit.sources.logs import bytes_of, parsed
from tests.unit.sources.salesforce_org import (
    HOUR,
    NOW,
    SINCE,
    START,
    connected,
    pages,
    salesforce,
    small_org,
)

QUESTION = "0Kv000000000001AAA"
CLAIM = {"object": "ConversationBillingOutcome_std__dlm"}


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"connection": None}, "salesforce needs connection"),
        ({"subject_types": ["ticket", "call"]}, "'call' is no subject type here"),
        ({"fields": {"tier": "Account Tier"}}, "is no field, such as Tier__c"),
        ({"fields": {"who": "Contact.Name"}}, "holds text or a person"),
        ({"fields": {"why": "Description"}}, "holds text or a person"),
        ({"fields": {"mail": "SuppliedEmail"}}, "holds text or a person"),
        ({"statuses": {"Closed": "done"}}, "'open', 'solved', 'closed' or 'merged'"),
        ({"rating_question": "CSAT"}, "should match pattern"),
        ({"rating_values": {"10": "6"}}, "less than or equal to 5"),
        ({"meetings": {"held": "Held"}}, "field and its values"),
        ({"meetings": {"field": "Outcome__c"}}, "field and its values"),
        ({"claim": CLAIM, "messaging": False}, "claim needs the subject type ticket"),
        ({"claim": {"object": "x; drop"}}, "should match pattern"),
        ({"domain": "acme"}, "is no setting of salesforce"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, Any], says: str) -> None:
    terms = salesforce(**settings)
    with pytest.raises(ContractError, match=says):
        source_of(terms).check(terms)


def test_what_is_shown_follows_from_what_the_contract_asks_for() -> None:
    def shown(**settings: Any) -> set[str]:
        terms = salesforce(**settings)
        return set(source_of(terms).shows(terms))

    cases = shown()
    assert {"solved", "reopened", "handed_off", "deleted"} <= cases
    assert not cases & {"rated", "followed_up", "booked", "held"}
    assert shown(rating_question=QUESTION, follow_up_field="ParentId") - cases == {
        "rated", "followed_up",
    }  # fmt: skip
    assert shown(subject_types="meeting", meetings={"invitations": False}) == {"booked", "deleted"}
    assert "accepted" in shown(subject_types="meeting")
    told = {"field": "Outcome__c", "held": "Held", "invitations": False}
    assert shown(subject_types="meeting", meetings=told) == {"booked", "deleted", "held"}


def test_an_event_type_is_observed_as_far_as_all_streams_that_tell_of_it() -> None:
    days = {"cases": 9, "users": 9, "history": 3, "comments": 4, "emails": 5}
    reached = {name: datetime(2026, 4, day, tzinfo=UTC) for name, day in days.items()}
    terms = salesforce()
    until = {
        each.event_type: each.observed_until
        for each in source_of(terms).coverage(terms, NOW, reached)
    }
    assert until["solved"] == reached["history"]
    assert until["replied"] == reached["comments"]
    assert until["deleted"] == reached["cases"]


@pytest.fixture
def emulator() -> Iterator[Salesforce]:
    with small_org() as running:
        yield running


@pytest.fixture
def org(emulator: Salesforce, monkeypatch: pytest.MonkeyPatch) -> Org:
    return connected(emulator, monkeypatch)


def test_only_the_row_with_ids_is_asked_for_of_a_lookup(emulator: Salesforce, org: Org) -> None:
    ann, queue = org_user(emulator), emulator.add_queue("Second Level", at=START)
    case = next(iter(emulator.tables["Case"].rows))
    emulator.assign(case, queue, by=ann, at=START + 20 * HOUR)
    stored = b"".join(bytes_of(page.page) for page in pages(org, "history"))
    assert queue.encode() in stored
    assert b"Second Level" not in stored
    assert b"Ann A" not in stored
    assert ann.encode() not in stored


def org_user(emulator: Salesforce) -> str:
    rows = emulator.tables["User"].rows
    return next(id_ for id_, row in rows.items() if row["Name"] == "Ann A")


def test_customers_are_stored_without_their_ids_and_staff_with_them(
    emulator: Salesforce, org: Org
) -> None:
    portal = emulator.add_user("Pia Portal", at=START, user_type="CspLitePortal")
    stored = b"".join(bytes_of(page.page) for page in pages(org, "users"))
    assert org_user(emulator).encode() in stored
    assert portal.encode() not in stored
    assert b'Portal"' not in stored.replace(b"CspLitePortal", b"")


@pytest.mark.parametrize(
    "name", ["Subject", "Description", "CommentBody", "TextBody", "HtmlBody", "PreviewDetails",
             "ResponseValue", "IpAddress", "EndUserFeedbackText__c", "FromAddress", "ContactEmail"],
)  # fmt: skip
def test_no_text_is_asked_for(name: str) -> None:
    said = SalesforceSettings.model_validate({
        "connection": "acme", "observed_from": SINCE, "subject_types": ["ticket", "meeting"],
        "rating_question": QUESTION, "claim": CLAIM,
    })  # fmt: skip
    asked = {field for t in tables_of(said).values() for field in shapes.asked_of(t.record)}
    assert len(asked) > 50
    assert name not in asked


def test_csv_is_read_as_json_would_be() -> None:
    table = tables_of(SalesforceSettings(connection="a", observed_from=NOW))["cases"]
    data = b'"Id","IsClosed","ClosedDate","CaseNumber"\n"5001","true","","00001026"\n'
    assert records_of_csv(data, table, "helpdesk") == [
        {"Id": "5001", "IsClosed": True, "ClosedDate": None, "CaseNumber": "00001026"}
    ]


@pytest.mark.parametrize("data", [b'"Id"\n"a","b"\n', b'"Id"\n"\xff"\n', b'"Id"\n"a'])
def test_csv_that_is_damaged_is_refused(data: bytes) -> None:
    table = tables_of(SalesforceSettings(connection="a", observed_from=NOW))["cases"]
    with pytest.raises(SourceError, match="CSV"):
        records_of_csv(data, table, "helpdesk")


def page_of(**record: Any) -> bytes:
    return json.dumps({"records": [record]}).encode()


ANSWER = {"Id": "1", "ResponseId": "2", "QuestionId": QUESTION, "SystemModstamp": "2026-03-02T"
          "09:00:00.000+0000"}  # fmt: skip


@pytest.mark.parametrize(
    ("values", "answer", "score"),
    [({}, 4, "4"), ({}, 9, None), ({}, None, None), ({"9": "5"}, 9, "5"), ({"9": "5"}, 4, None)],
)
def test_an_answer_counts_as_it_is_from_1_to_5_or_as_the_contract_says(
    values: dict[str, str], answer: int | None, score: str | None
) -> None:
    terms = salesforce(rating_question=QUESTION, rating_values=values)
    (row,) = parsed(terms, "answers", page_of(**ANSWER, NumberValue=answer)).to_pylist()
    assert (row["score_value"] and str(row["score_value"].normalize())) == score


def test_a_claim_is_typed_whatever_its_fields_are_called() -> None:
    terms = salesforce(claim={**CLAIM, "count": "Outcomes__c"})
    record = {
        "ConversationBillingOutcomeId__c": "c1", "ConversationId__c": "0dw1",
        "BillingOutcomeText__c": "Resolved", "BillingOutcomeDateTime__c": "2026-03-03T09:00:00Z",
        "BillingWindowStartDateTime__c": None, "BillingWindowEndDateTime__c": None,
        "IsEscalated__c": "false", "Outcomes__c": 1.0,
    }  # fmt: skip
    (row,) = parsed(terms, "claims", page_of(**record)).to_pylist()
    assert (row["claim_id"], row["outcome"], row["is_escalated"]) == ("c1", "Resolved", False)
    assert row["outcome_count"] == 1
