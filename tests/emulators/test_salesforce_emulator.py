"""That the emulator answers as Salesforce's pages print it, and as simple-salesforce expects it.

No schema of these answers is published. The fields of a token and of a job are those that the
vendor's public Postman collection shows.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from tests.emulators.salesforce import Salesforce
from tests.emulators.salesforce_reader import (
    DATA,
    Reader,
    agent_of,
    at,
    cases_of,
    client_of,
    org_of,
)
from tests.emulators.salesforce_records import to_text
from tests.emulators.salesforce_schema import OBJECTS

PRINTED_TOKEN = "access_token signature scope instance_url id token_type issued_at api_instance_url"


@pytest.fixture
def org() -> Iterator[Salesforce]:
    with org_of() as running:
        yield running


def test_the_client_library_logs_in_by_client_credentials(org: Salesforce) -> None:
    cases_of(org, 1)
    assert client_of(org).query("SELECT Id FROM Case")["totalSize"] == 1


def test_a_wrong_secret_is_refused_in_the_words_of_oauth(org: Salesforce) -> None:
    with pytest.raises(SalesforceAuthenticationFailed, match="invalid_client"):
        client_of(org, secret="wrong")


def test_a_token_has_the_fields_that_are_printed_and_no_lifetime(org: Salesforce) -> None:
    told = Reader(org).login().json()
    assert sorted(told) == sorted(PRINTED_TOKEN.split())


def test_a_session_that_is_not_used_ends(org: Salesforce) -> None:
    client = client_of(org)
    for _ in range(2):
        org.now += timedelta(minutes=119)
        client.limits()
    org.now += timedelta(minutes=120)
    with pytest.raises(SalesforceExpiredSession, match="INVALID_SESSION_ID"):
        client.limits()


def test_a_request_without_a_token_is_401(org: Salesforce) -> None:
    reader = Reader(org)
    del reader.client.headers["Authorization"]
    answer = reader.query("SELECT Id FROM Case")
    assert answer.status_code == 401
    assert answer.json() == [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]


def test_a_refresh_token_gives_a_new_session(org: Salesforce) -> None:
    reader = Reader(org)
    org.logins.expire()
    reader.login(grant_type="refresh_token", refresh_token="5Aep.first")
    assert reader.query("SELECT Id FROM Case").status_code == 200


def test_a_rotated_refresh_token_used_again_revokes_them_all() -> None:
    with org_of(rotates_refresh_tokens=True) as org:
        reader = Reader(org)
        told = {"grant_type": "refresh_token", "refresh_token": "5Aep.first"}
        fresh = reader.login(**told).json()["refresh_token"]
        assert reader.login(**told).json()["error"] == "invalid_grant"
        assert reader.login(**told | {"refresh_token": fresh}).status_code == 400


def test_the_allocation_of_requests_runs_out_with_a_403() -> None:
    with org_of(request_limit=(2, 60)) as org:
        client = client_of(org)
        client.limits()
        client.limits()
        with pytest.raises(SalesforceRefusedRequest, match="REQUEST_LIMIT_EXCEEDED"):
            client.limits()


def test_each_answer_tells_how_many_requests_were_used(org: Salesforce) -> None:
    client = client_of(org)
    client.query("SELECT Id FROM Case")
    assert client.api_usage["api-usage"] == (1, 100_000)
    assert client.limits()["DailyApiRequests"] == {"Max": 100_000, "Remaining": 99_998}


def test_the_versions_are_listed_without_a_login(org: Salesforce) -> None:
    listed = Reader(org).client.get("/services/data", headers={"Authorization": ""}).json()
    newest = {"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"}
    assert listed[-1] == newest


def test_a_field_is_not_there_before_its_version(org: Salesforce) -> None:
    soql = "SELECT ConversationId FROM MessagingSession"
    assert client_of(org, version="55.0").query(soql)["done"]
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_FIELD"):
        client_of(org, version="54.0").query(soql)


def test_addresses_in_answers_have_the_version_asked_for(org: Salesforce) -> None:
    (case,) = cases_of(org, 1)
    row = client_of(org, version="60.0").query("SELECT Id FROM Case")["records"][0]
    assert row["attributes"]["url"] == f"/services/data/v60.0/sobjects/Case/{case}"


@pytest.mark.parametrize(("version", "status"), [("v30.0", 410), ("v99.0", 404)])
def test_a_version_that_is_no_more_or_not_yet_is_refused(
    org: Salesforce, version: str, status: int
) -> None:
    answer = Reader(org).get(f"/services/data/{version}/query", q="SELECT Id FROM Case")
    assert answer.status_code == status


def test_a_hidden_field_is_refused_as_if_it_did_not_exist(org: Salesforce) -> None:
    org.hide_field("Case", "Priority")
    reader = Reader(org)
    hidden = reader.query("SELECT Priority FROM Case").json()[0]
    unknown = reader.query("SELECT Nonsense FROM Case").json()[0]
    assert hidden["errorCode"] == unknown["errorCode"] == "INVALID_FIELD"
    assert "No such column 'Priority' on entity 'Case'" in hidden["message"]
    assert "Priority" not in {f["name"] for f in client_of(org).Case.describe()["fields"]}


def test_a_hidden_object_is_refused_as_if_it_did_not_exist(org: Salesforce) -> None:
    org.hide_object("MessagingSession")
    assert Reader(org).refusal("SELECT Id FROM MessagingSession") == (400, "INVALID_TYPE")
    with pytest.raises(SalesforceResourceNotFound):
        client_of(org).MessagingSession.describe()


def test_the_history_of_a_hidden_field_is_left_out_silently(org: Salesforce) -> None:
    (case,) = cases_of(org, 1)
    org.close(case, by=agent_of(org), at=at(5))
    org.hide_field("Case", "Status")
    assert Reader(org).column("SELECT Field FROM CaseHistory") == ["created"]


def test_a_record_that_is_not_shared_is_left_out_silently(org: Salesforce) -> None:
    first, second = cases_of(org, 2)
    org.hide_row(first)
    page = client_of(org).query("SELECT Id FROM Case")
    assert page["totalSize"] == 1
    assert page["records"][0]["Id"] == second


def test_a_resource_may_be_refused_for_want_of_access(org: Salesforce) -> None:
    org.refuse("limits")
    with pytest.raises(SalesforceRefusedRequest, match="INSUFFICIENT_ACCESS"):
        client_of(org).limits()


def test_nothing_can_be_written(org: Salesforce) -> None:
    answer = Reader(org).client.post(f"{DATA}/query", json={})
    assert answer.status_code == 405


@pytest.mark.parametrize("name", OBJECTS)
def test_every_described_field_can_be_asked_for(org: Salesforce, name: str) -> None:
    client = client_of(org)
    fields = [field["name"] for field in getattr(client, name).describe()["fields"]]
    assert client.query(f"SELECT {', '.join(fields)} FROM {name}")["done"]


def test_instants_are_spelt_as_they_sort() -> None:
    assert to_text(at(0)) < to_text(at(1)) < to_text(at(60 * 24 * 40))
