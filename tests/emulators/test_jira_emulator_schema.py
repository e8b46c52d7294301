"""Does the emulator of Jira speak as the vendor's published schema says?

The schema is swagger-v3.v3.json of the Jira Cloud platform. Two of its claims are not what sites
do, and are corrected here: ids and words of a change may be null, and the bulk's `created` is a
number (as in the document's own example).
"""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.emulators.jira import ROUTES, Jira
from tests.emulators.jira_reading import BULK, COUNT, SEARCH, Desk, Reader, at

SPECS = Path(os.environ.get("RECOUNT_SPECS") or Path(__file__).parents[3] / "shared/data/specs")
SCHEMA = SPECS / "swagger-v3.v3.json"
needs_schema = pytest.mark.skipif(
    not SCHEMA.exists(), reason=f"the vendor's schema is not at {SCHEMA}; set RECOUNT_SPECS"
)
NULLABLE = ("from", "fromString", "to", "toString")

# names of the properties in the schema of the service desk, which is published apart
PAGE = "_expands size start limit isLastPage _links values"
LEVEL = "id name _links ongoingCycle completedCycles slaDisplayFormat"
ONGOING = """startTime breachTime breached paused withinCalendarHours goalDuration elapsedTime
    remainingTime"""
COMPLETED = "startTime stopTime breachTime breached goalDuration elapsedTime remainingTime"
DATE, DURATION = "iso8601 jira friendly epochMillis", "millis friendly"


@cache
def components() -> dict[str, Any]:
    schemas = json.loads(SCHEMA.read_text())["components"]["schemas"]
    for name in NULLABLE:
        schemas["ChangeDetails"]["properties"][name] = {"type": ["string", "null"]}
    schemas["Changelog"]["properties"]["created"] = {"type": ["string", "integer"]}
    return {"schemas": schemas}


def assert_fits(document: Any, schema: Any) -> None:
    if isinstance(schema, str):
        schema = {"$ref": f"#/components/schemas/{schema}"}
    Draft202012Validator({"allOf": [schema], "components": components()}).validate(document)


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def list_of(name: str) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "items": ref(name)}


@pytest.fixture
def jira() -> Iterator[Jira]:
    with Jira(at(600)) as emulator:
        yield emulator


@pytest.fixture
def reader(jira: Jira) -> Reader:
    return Reader(jira)


@pytest.fixture
def issue(jira: Jira) -> int:
    """An issue to which everything happened."""
    desk = Desk(jira)
    issue = desk.open(assignee=desk.human, organization="Acme", labels=("vip",))
    jira.start_sla(issue, at=at(0), goal=timedelta(hours=1))
    jira.comment(issue, at=at(1), by=desk.robot, is_public=False)
    jira.assign(issue, None, at=at(2), by=None)
    jira.resolve(issue, desk.resolved, at=at(3), by=desk.robot)
    jira.stop_sla(issue, at=at(3))
    jira.rate(issue, 4, at=at(4))
    jira.reopen(issue, desk.waiting, at=at(5), by=desk.customer)
    jira.start_sla(issue, at=at(5), goal=timedelta(hours=1))
    jira.move(issue, jira.add_project("BILL"), at=at(6), by=desk.human)
    return issue


@needs_schema
def test_a_page_of_a_search_fits(reader: Reader, issue: int) -> None:
    page = reader.post(SEARCH, jql=f"id = {issue}", fields=["*all"], expand="names")
    assert_fits(page, "SearchAndReconcileResults")


@needs_schema
def test_the_objects_in_the_fields_fit(reader: Reader, issue: int) -> None:
    fields = reader.fields(issue)
    assert_fits(fields["status"], "StatusDetails")
    assert_fits(fields["reporter"], "UserDetails")
    assert_fits(fields["issuetype"], "IssueTypeDetails")
    assert_fits(fields["project"], "ProjectDetails")


@needs_schema
def test_a_page_of_a_changelog_fits(reader: Reader, issue: int) -> None:
    page = reader.get(f"/rest/api/3/issue/{issue}/changelog", maxResults=2)
    assert "nextPage" in page
    assert_fits(page, "PageBeanChangelog")


@needs_schema
def test_a_page_of_the_bulk_fits(reader: Reader, issue: int) -> None:
    page = reader.post(BULK, issueIdsOrKeys=[str(issue)], maxResults=2)
    assert "nextPageToken" in page
    assert_fits(page, "BulkChangelogResponseBean")


@needs_schema
def test_comments_fit(reader: Reader, issue: int) -> None:
    page = reader.get(f"/rest/api/3/issue/{issue}/comment")
    assert page["comments"]
    assert_fits(page, "PageOfComments")


@needs_schema
def test_issues_in_bulk_fit(reader: Reader, issue: int) -> None:
    page = reader.post("/rest/api/3/issue/bulkfetch", issueIdsOrKeys=[str(issue), "NONE-1"])
    assert (len(page["issues"]), len(page["issueErrors"])) == (1, 1)
    assert_fits(page, "BulkIssueResults")


@needs_schema
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("status", "StatusDetails"),
        ("project/SUP/statuses", "IssueTypeWithStatus"),
        ("field", "FieldDetails"),
    ],
)
def test_lists_fit(reader: Reader, issue: int, path: str, name: str) -> None:
    assert_fits(reader.get(f"/rest/api/3/{path}"), list_of(name))


@needs_schema
def test_people_fit(jira: Jira, reader: Reader, issue: int) -> None:
    users = reader.get("/rest/api/3/user/bulk", accountId=",".join(jira.users))
    assert users["values"]
    assert_fits(users, "PageBeanUser")
    assert_fits(reader.get("/rest/api/3/myself"), "User")


@needs_schema
def test_the_rest_fits(reader: Reader, issue: int) -> None:
    assert_fits(reader.post(COUNT, jql=f"id = {issue}"), "JQLCountResultsBean")
    assert_fits(reader.get("/rest/api/3/serverInfo"), "ServerInformation")
    told = reader.get("/rest/api/3/mypermissions", permissions="BROWSE_PROJECTS")
    assert_fits(told, "Permissions")
    refused = reader.client.get("/rest/api/3/issue/NONE-1")
    assert_fits(refused.json(), "ErrorCollection")


@needs_schema
def test_the_schema_notices_a_name_that_it_does_not_know() -> None:
    with pytest.raises(ValidationError):
        assert_fits({"issues": [], "total": 3}, "SearchAndReconcileResults")


@needs_schema
def test_the_anonymous_may_ask_where_the_schema_lets_them() -> None:
    paths = json.loads(SCHEMA.read_text())["paths"]
    said = {}
    for method, path, _, _, is_open in ROUTES:
        named = path.replace("([^/]+)", "{issueIdOrKey}").replace("[23]", "3")
        named = named.replace("project/{issueIdOrKey}", "project/{projectIdOrKey}")
        if method != ".*" and named in paths:
            said[named] = ({} in paths[named][method.lower()]["security"], is_open)
    assert len(said) > 10
    assert {path for path, (schema, ours) in said.items() if schema != ours} == set()


def test_service_levels_have_the_names_of_their_schema(reader: Reader, issue: int) -> None:
    page = reader.get(f"/rest/servicedeskapi/request/{issue}/sla")
    level = page["values"][0]
    assert set(page) == {*PAGE.split()}
    assert set(level) <= {*LEVEL.split()}
    assert set(level["ongoingCycle"]) == {*ONGOING.split()}
    assert set(level["completedCycles"][0]) == {*COMPLETED.split()}
    assert set(level["ongoingCycle"]["startTime"]) == {*DATE.split()}
    assert set(level["ongoingCycle"]["elapsedTime"]) == {*DURATION.split()}


def test_feedback_has_the_names_of_its_schema(reader: Reader, issue: int) -> None:
    feedback = reader.get(f"/rest/servicedeskapi/request/{issue}/feedback")
    assert set(feedback) == {"type", "rating", "comment"}
    assert set(feedback["comment"]) == {"body"}
