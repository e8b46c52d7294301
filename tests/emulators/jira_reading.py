"""A plain reader of Jira's API and a desk with people, for the tests of the emulator."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.emulators.jira import Jira

AUTH = ("meter@example.com", "an-api-token")
SEARCH, COUNT = "/rest/api/3/search/jql", "/rest/api/3/search/approximate-count"
BULK = "/rest/api/3/changelog/bulkfetch"
START = datetime(2026, 10, 1, 9, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """Return an instant of the stories, which are told in minutes from their start."""
    return START + timedelta(minutes=minutes)


class Desk:
    """A service project with four statuses and one of each kind of person."""

    def __init__(self, jira: Jira) -> None:
        self.jira, self.project = jira, jira.add_project("SUP", name="Support")
        self.waiting = jira.add_status("Waiting for support", "new")
        self.working = jira.add_status("In progress", "indeterminate")
        self.resolved = jira.add_status("Resolved", "done")
        self.closed = jira.add_status("Closed", "done")
        self.customer = jira.add_user("customer", name="Ada Test")
        self.human = jira.add_user(name="Hal Human")
        self.robot = jira.add_user("app", name="Service Agent", app_type="agent")

    def open(self, minutes: float = 0, **values: Any) -> int:
        values = {"reporter": self.customer, "status": self.waiting, **values}
        return self.jira.create(self.project, at=at(minutes), **values)

    def open_several(self, count: int) -> list[int]:
        return [self.open(minute) for minute in range(count)]


class Reader:
    """Asks the emulator as the account would."""

    def __init__(self, jira: Jira) -> None:
        self.client = httpx.Client(base_url=jira.url, auth=AUTH)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, params=query or None).raise_for_status().json()

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(path, json=body).raise_for_status().json()

    def pages(self, jql: str, **asked: Any) -> Iterator[Any]:
        """Search to the last page."""
        page = self.post(SEARCH, jql=jql, **asked)
        yield page
        while not page["isLast"]:
            page = self.post(SEARCH, jql=jql, nextPageToken=page["nextPageToken"], **asked)
            yield page

    def ids(self, jql: str, **asked: Any) -> list[int]:
        return [int(issue["id"]) for page in self.pages(jql, **asked) for issue in page["issues"]]

    def fields(self, issue: int | str) -> Any:
        return self.get(f"/rest/api/3/issue/{issue}")["fields"]

    def changes(self, issue: int | str) -> list[Any]:
        """Return the changed fields of an issue, oldest first."""
        values = self.get(f"/rest/api/3/issue/{issue}/changelog")["values"]
        return [item for change in values for item in change["items"]]

    def bulk_pages(self, *issues: int | str, **asked: Any) -> Iterator[Any]:
        asked = {"issueIdsOrKeys": [str(one) for one in issues], **asked}
        page = self.post(BULK, **asked)
        yield page
        while token := page.get("nextPageToken"):
            page = self.post(BULK, nextPageToken=token, **asked)
            yield page

    def histories(self, *issues: int | str, **asked: Any) -> list[Any]:
        logs = [
            log for page in self.bulk_pages(*issues, **asked) for log in page["issueChangeLogs"]
        ]
        return [history for log in logs for history in log["changeHistories"]]
