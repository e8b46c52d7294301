"""Do public clients of Jira Cloud understand the emulator?

Atlassian owns no client for Python. atlassian-python-api (Apache 2.0) and jira (BSD) are well kept.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

atlassian = pytest.importorskip("atlassian", reason="atlassian-python-api is not installed")
pycontribs = pytest.importorskip("jira", reason="jira is not installed")

from tests.emulators.jira import Jira  # noqa: E402
from tests.emulators.jira_reading import AUTH, Desk, at  # noqa: E402


@pytest.fixture
def jira() -> Iterator[Jira]:
    with Jira(at(600), page_size=2, page_size_of_ids=2) as emulator:
        yield emulator


@pytest.fixture
def desk(jira: Jira) -> Desk:
    return Desk(jira)


@pytest.fixture
def client(jira: Jira) -> Any:
    return atlassian.Jira(jira.url, username=AUTH[0], password=AUTH[1], cloud=True, api_version=3)


@pytest.fixture
def other_client(jira: Jira) -> Any:
    options = {"server": jira.url, "rest_api_version": "3"}
    return pycontribs.JIRA(options=options, basic_auth=AUTH, max_retries=0)


def test_atlassian_python_api_follows_the_tokens_to_the_end(client: Any, desk: Desk) -> None:
    issues = desk.open_several(5)
    found = client.enhanced_jql_get_list_of_tickets("project = SUP ORDER BY created", "status")
    assert [int(one["id"]) for one in found] == issues


def test_atlassian_python_api_counts(client: Any, desk: Desk) -> None:
    desk.open_several(3)
    assert client.approximate_issue_count("project = SUP") == {"count": 3}


def test_atlassian_python_api_reads_changelogs_in_bulk(client: Any, jira: Jira, desk: Desk) -> None:
    issue = desk.open()
    for minute in range(3):
        jira.edit_summary(issue, f"{minute}", at=at(minute), by=desk.human)
    page = client.get_changelogs_bulk([str(issue)], max_results=2)
    rest = client.get_changelogs_bulk([str(issue)], None, page["nextPageToken"], 2)
    counts = [len(one["issueChangeLogs"][0]["changeHistories"]) for one in (page, rest)]
    assert counts == [2, 1]


def test_atlassian_python_api_reads_service_levels(jira: Jira, desk: Desk) -> None:
    issue = desk.open()
    jira.start_sla(issue, at=at(0), goal=timedelta(hours=1))
    service_desk = atlassian.ServiceDesk(jira.url, username=AUTH[0], password=AUTH[1], cloud=True)
    levels = service_desk.get_sla("SUP-1")
    assert [one["ongoingCycle"]["breached"] for one in levels] == [True]


def test_jira_knows_the_cloud_and_itself(other_client: Any) -> None:
    assert other_client._is_cloud
    assert other_client.myself()["emailAddress"] == AUTH[0]


def test_jira_follows_the_tokens_to_the_end(other_client: Any, desk: Desk) -> None:
    desk.open_several(5)
    found = other_client.enhanced_search_issues(
        "project = SUP ORDER BY created", maxResults=0, fields="status,reporter"
    )
    assert [one.key for one in found] == [f"SUP-{number}" for number in range(1, 6)]
    assert found[0].fields.status.statusCategory.key == "new"
    assert found[0].fields.reporter.accountType == "customer"


def test_jira_reconciles(other_client: Any, jira: Jira, desk: Desk) -> None:
    jira.index_lag = 300_000
    issue = desk.open(598)
    assert not other_client.enhanced_search_issues("project = SUP")
    found = other_client.enhanced_search_issues("project = SUP", reconcileIssues=[issue])
    assert [int(one.id) for one in found] == [issue]


def test_jira_counts(other_client: Any, desk: Desk) -> None:
    desk.open_several(3)
    assert other_client.approximate_issue_count("project = SUP") == 3


def test_jira_reads_comments_and_says_what_was_refused(
    other_client: Any, jira: Jira, desk: Desk
) -> None:
    issue = desk.open()
    jira.comment(issue, at=at(1), by=desk.human, is_public=False)
    assert [one.jsdPublic for one in other_client.comments("SUP-1")] == [False]
    with pytest.raises(pycontribs.JIRAError, match="do not have permission to see it"):
        other_client.issue("SUP-2")
