"""Does the emulator of Jira search, page and refuse as Jira Cloud does?"""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.emulators.jira import Jira
from tests.emulators.jira_access import Account
from tests.emulators.jira_reading import AUTH, COUNT, SEARCH, START, Desk, Reader, at


@pytest.fixture
def jira() -> Iterator[Jira]:
    with Jira(at(600)) as emulator:
        yield emulator


@pytest.fixture
def desk(jira: Jira) -> Desk:
    return Desk(jira)


@pytest.fixture
def reader(jira: Jira) -> Reader:
    return Reader(jira)


def refused(reader: Reader, **body: Any) -> list[str]:
    answer = reader.client.post(SEARCH, json=body)
    assert answer.status_code == 400
    messages: list[str] = answer.json()["errorMessages"]
    return messages


def test_a_search_has_no_total(reader: Reader, desk: Desk) -> None:
    desk.open()
    assert set(reader.post(SEARCH, jql="project = SUP")) == {"issues", "isLast"}


def test_without_a_list_of_fields_only_ids_come(reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    assert reader.post(SEARCH, jql="project = SUP")["issues"] == [{"id": str(issue)}]


def test_the_last_page_has_no_token(reader: Reader, desk: Desk) -> None:
    desk.open_several(5)
    pages = list(reader.pages("project = SUP ORDER BY created", maxResults=2))
    assert [len(page["issues"]) for page in pages] == [2, 2, 1]
    assert ["nextPageToken" in page for page in pages] == [True, True, False]


def test_pages_are_smaller_when_fields_are_asked_for(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    jira.page_size, jira.page_size_of_ids = 2, 4
    desk.open_several(5)
    ids = reader.post(SEARCH, jql="project = SUP", maxResults=5000)
    full = reader.post(SEARCH, jql="project = SUP", maxResults=5000, fields=["status"])
    assert (len(ids["issues"]), len(full["issues"])) == (4, 2)


def test_an_issue_that_changes_between_two_pages_comes_again(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    issues = desk.open_several(3)
    jira.between = lambda _: jira.edit_summary(issues[0], "New", at=at(60), by=desk.human)
    assert reader.ids("project = SUP ORDER BY updated", maxResults=2)[-1] == issues[0]


def test_an_issue_that_changes_is_lost_when_the_latest_come_first(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    issues = desk.open_several(3)
    jira.between = lambda _: jira.edit_summary(issues[0], "New", at=at(60), by=desk.human)
    found = reader.ids("project = SUP ORDER BY updated DESC", maxResults=2)
    assert issues[0] not in found


def test_a_token_serves_seven_days(jira: Jira, reader: Reader, desk: Desk) -> None:
    desk.open_several(3)
    token = reader.post(SEARCH, jql="project = SUP", maxResults=1)["nextPageToken"]
    jira.now += timedelta(days=7)
    reader.post(SEARCH, jql="project = SUP", nextPageToken=token)
    jira.now += timedelta(milliseconds=1)
    assert refused(reader, jql="project = SUP", nextPageToken=token)


def test_a_token_serves_its_own_query(reader: Reader, desk: Desk) -> None:
    desk.open_several(3)
    token = reader.post(SEARCH, jql="project = SUP", maxResults=1)["nextPageToken"]
    assert refused(reader, jql="project = SUP ORDER BY updated", nextPageToken=token)


@pytest.mark.parametrize("jql", ["", "ORDER BY updated"])
def test_a_query_without_a_bound_is_refused(reader: Reader, jql: str) -> None:
    assert refused(reader, jql=jql)[0].startswith("Unbounded JQL queries are not allowed here.")


def test_a_project_that_does_not_exist_is_refused(reader: Reader, desk: Desk) -> None:
    said = "The value 'NONE' does not exist for the field 'project'."
    assert refused(reader, jql="project = NONE") == [said]


def test_offsets_are_refused(reader: Reader, desk: Desk) -> None:
    assert refused(reader, jql="project = SUP", startAt=0)[0].startswith("Invalid request payload")


def test_the_old_search_is_gone(reader: Reader) -> None:
    answer = reader.client.get("/rest/api/3/search", params={"jql": "project = SUP"})
    assert answer.status_code == 410


def test_a_date_is_read_in_the_zone_of_the_profile(reader: Reader, desk: Desk) -> None:
    issue = desk.open(0)  # 09:00 in UTC, 05:00 in New York
    assert reader.ids('created >= "2026-10-01 05:00" AND created <= "2026-10-01 05:00"') == [issue]
    assert reader.ids('created >= "2026-10-01 09:00"') == []


def test_a_date_ends_at_the_minute(reader: Reader, desk: Desk) -> None:
    desk.open(0.5)
    assert reader.ids('created <= "2026-10-01 05:00"') == []


def test_a_number_is_milliseconds(reader: Reader, desk: Desk) -> None:
    first, second = desk.open(0), desk.open(1)
    ms = round(START.timestamp() * 1000)
    assert reader.ids(f"created >= {ms} AND created < {ms + 60_000}") == [first]
    assert reader.ids(f"created >= {ms + 1} AND created <= {ms + 60_000}") == [second]


def test_either_side_of_or_counts(reader: Reader, desk: Desk) -> None:
    first, second, _ = desk.open_several(3)
    jql = f"project = SUP AND (id = {first} OR key = SUP-2) ORDER BY created"
    assert reader.ids(jql) == [first, second]
    assert reader.ids("created < 1 OR project = SUP ORDER BY created")[0] == first


def test_times_of_answers_are_in_the_zone_of_the_site(reader: Reader, desk: Desk) -> None:
    assert reader.fields(desk.open())["created"] == "2026-10-01T11:00:00.000+0200"


def test_the_count_is_an_estimate(jira: Jira, reader: Reader, desk: Desk) -> None:
    desk.open_several(3)
    assert reader.post(COUNT, jql="project = SUP") == {"count": 3}
    jira.count_is_off_by = -1
    assert reader.post(COUNT, jql="project = SUP") == {"count": 2}


def test_bad_credentials_make_an_anonymous_caller(jira: Jira, desk: Desk) -> None:
    desk.open()
    answer = httpx.post(f"{jira.url}{SEARCH}", json={"jql": "created >= -99w"}, auth=("me", "bad"))
    assert (answer.status_code, answer.json()) == (200, {"issues": [], "isLast": True})
    assert answer.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"


def test_an_anonymous_caller_has_no_self(jira: Jira) -> None:
    answer = httpx.get(f"{jira.url}/rest/api/3/myself", auth=("me", "bad"))
    assert answer.status_code == 401
    assert answer.text == "Client must be authenticated to access this resource."


def test_a_token_of_oauth_is_good_at_the_gateway_for_an_hour(jira: Jira) -> None:
    asked = {"grant_type": "client_credentials", "client_id": "recount",
             "client_secret": "a-client-secret"}  # fmt: skip
    token = httpx.post(f"{jira.url}/oauth/token", json=asked).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    path = "/rest/api/3/myself"
    assert httpx.get(f"{jira.gateway_url}{path}", headers=headers).status_code == 200
    assert httpx.get(f"{jira.url}{path}", headers=headers).status_code == 401
    jira.now += timedelta(hours=1)
    late = httpx.get(f"{jira.gateway_url}{path}", headers=headers)
    assert (late.status_code, late.json()) == (401, {"code": 401, "message": "Unauthorized"})


def test_a_token_without_the_scope_is_refused(jira: Jira, desk: Desk) -> None:
    asked = {"grant_type": "client_credentials", "client_id": "recount",
             "client_secret": "a-client-secret", "scope": "read:jira-work"}  # fmt: skip
    token = httpx.post(f"{jira.url}/oauth/token", json=asked).json()["access_token"]
    answer = httpx.get(f"{jira.gateway_url}/rest/servicedeskapi/request/SUP-1/sla",
                       headers={"Authorization": f"Bearer {token}"})  # fmt: skip
    assert answer.json() == {"code": 401, "message": "Unauthorized; scope does not match"}


def test_a_refresh_token_serves_once(jira: Jira) -> None:
    asked = {"grant_type": "refresh_token", "client_id": "recount",
             "client_secret": "a-client-secret", "refresh_token": "a-refresh-token"}  # fmt: skip
    first, second = (httpx.post(f"{jira.url}/oauth/token", json=asked) for _ in range(2))
    assert first.json()["refresh_token"] != "a-refresh-token"
    assert (second.status_code, second.json()["error"]) == (403, "invalid_grant")


def test_too_many_requests_are_told_to_wait() -> None:
    with Jira(at(0), requests_per_window=2, window_seconds=0.5) as jira:
        answers = [httpx.get(f"{jira.url}/rest/api/3/myself", auth=AUTH) for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 200, 429]
        headers = answers[-1].headers
        assert headers["Retry-After"] == "1"
        assert headers["X-RateLimit-Reset"] == "2026-10-01T09:00Z"
        assert headers["RateLimit-Reason"] == "jira-burst-based"
        time.sleep(0.5)
        assert httpx.get(f"{jira.url}/rest/api/3/myself", auth=AUTH).status_code == 200


def test_large_answers_cost_more() -> None:
    with Jira(at(600), points_per_window=5, window_seconds=60) as jira:
        Desk(jira).open_several(5)
        reader = Reader(jira)
        reader.post(SEARCH, jql="project = SUP")
        answer = reader.client.get("/rest/api/3/myself")
    assert answer.headers["RateLimit-Reason"] == "jira-cost-based"


def test_projects_that_the_account_may_not_browse_do_not_exist() -> None:
    with Jira(at(600), account=Account(projects=("OTHER",))) as jira:
        desk, reader = Desk(jira), Reader(jira)
        issue = desk.open()
        assert reader.ids("created >= -99w") == []
        assert refused(reader, jql="project = SUP")
        assert reader.client.get(f"/rest/api/3/issue/{issue}").status_code == 404


def test_permissions_are_told(reader: Reader, desk: Desk) -> None:
    query = {"permissions": "BROWSE_PROJECTS,SERVICEDESK_AGENT", "projectKey": "SUP"}
    told = reader.get("/rest/api/3/mypermissions", **query)["permissions"]
    assert {name: one["havePermission"] for name, one in told.items()} == {
        "BROWSE_PROJECTS": True, "SERVICEDESK_AGENT": True}  # fmt: skip


def test_fifty_thousand_issues_are_searched_quickly(jira: Jira, reader: Reader, desk: Desk) -> None:
    desk.open_several(50_000)
    query = "project = SUP AND updated >= 1 ORDER BY updated"
    token = reader.post(SEARCH, jql=query, maxResults=1)["nextPageToken"]
    began = time.perf_counter()
    page = reader.post(SEARCH, jql=query, maxResults=1000, nextPageToken=token)
    assert time.perf_counter() - began < 0.2
    assert len(page["issues"]) == 1000


def test_a_limit_that_is_denied_limits_nothing(reader: Reader, desk: Desk) -> None:
    first, second = desk.open(0), desk.open(1)
    ms = round(START.timestamp() * 1000)
    jql = f"NOT ((project = SUP OR id = {first}) AND created > {ms}) ORDER BY created"
    assert reader.ids(jql) == [first]
    assert reader.ids(f"NOT created <= {ms} AND project = SUP") == [second]
