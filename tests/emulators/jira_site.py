"""The state of a Jira site, and the search index that follows it.

That search shows changes late, for seconds to minutes, is from the vendor's page
developer.atlassian.com/cloud/jira/platform/search-and-reconcile.
"""

import bisect
import copy
import heapq
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.emulators.jira_records import (
    Issue,
    Project,
    Status,
    User,
    account_id_for,
    to_ms,
)

FIRST_ISSUE, FIRST_STATUS, FIRST_PROJECT = 10_001, 10_100, 10_000
ORDERS = ("id", "created", "updated", "resolved")


class Index:
    """The issues as search knows them, in each order that a query can ask for."""

    def __init__(self) -> None:
        self.issues: dict[int, Issue] = {}
        self._orders: dict[str, list[tuple[int, int]]] = {name: [] for name in ORDERS}
        self._keys: dict[int, dict[str, tuple[int, int]]] = {}

    def take(self, id_: int, issue: Issue | None) -> None:
        """Take an issue in as it is now, or forget it."""
        for name, key in self._keys.pop(id_, {}).items():
            order = self._orders[name]
            del order[bisect.bisect_left(order, key)]
        self.issues.pop(id_, None)
        if issue is None:
            return
        self.issues[id_] = issue
        self._keys[id_] = {name: key_in(name, issue) for name in ORDERS}
        for name, key in self._keys[id_].items():
            bisect.insort(self._orders[name], key)

    def order(self, name: str) -> list[tuple[int, int]]:
        return self._orders[name]


def key_in(order: str, issue: Issue) -> tuple[int, int]:
    """Return the place of an issue in an order; what has no date comes first."""
    value = issue.id if order == "id" else getattr(issue, order)
    return (value or 0, issue.id)


class Site:
    """People, projects, statuses and issues."""

    url: str  # of the server

    def __init__(self, zone: str, index_lag: timedelta) -> None:
        self.zone, self.index_lag = ZoneInfo(zone), round(index_lag.total_seconds() * 1000)
        self.users: dict[str, User] = {}
        self.projects: dict[str, Project] = {}
        self.statuses: dict[str, Status] = {}
        self.issues: dict[int, Issue] = {}
        self.index = Index()
        self._pending: list[tuple[int, int, int, Issue | None]] = []
        self._ids_by_key: dict[str, int] = {}
        self._last_numbers: dict[str, int] = {}
        self._serial = 10_000

    def add_user(self, kind: str = "atlassian", *, name: str, email: str | None = None,
                 zone: str = "Europe/Berlin", shows_email: bool = True,
                 app_type: str | None = None) -> str:  # fmt: skip
        """Let somebody in; `kind="app"` with `app_type="agent"` is an AI agent of the vendor."""
        id_ = account_id_for(kind, len(self.users))
        email = email or f"{name.lower().replace(' ', '.')}@example.com"
        self.users[id_] = User(id_, kind, name, email, zone, shows_email=shows_email,
                               app_type=app_type)  # fmt: skip
        return id_

    def deactivate(self, user: str) -> None:
        """Take somebody's access away; what he did keeps his name."""
        self.users[user].is_active = False

    def forget(self, user: str) -> None:
        """Erase somebody on his own request: the account id stays, name and address go."""
        it = self.users[user]
        it.name, it.email, it.is_active = "Former user", "", False

    def add_project(self, key: str, *, name: str = "Service desk") -> str:
        self.projects[key] = Project(str(FIRST_PROJECT + len(self.projects)), key, name)
        return key

    def add_status(self, name: str, category: str, *, project: str | None = None) -> str:
        """Add a status; with `project` it is one that only a team-managed project has."""
        id_ = str(FIRST_STATUS + len(self.statuses))
        scope = self.projects[project].id if project else None
        self.statuses[id_] = Status(id_, name, category, scope)
        return id_

    def rename_status(self, status: str, name: str) -> None:
        """Change the name everywhere but in the changelogs."""
        self.statuses[status].name = name

    def recategorize_status(self, status: str, category: str) -> None:
        """Move a status to another category: no changelog tells of it."""
        self.statuses[status].category = category

    def retire_status(self, status: str) -> None:
        """Take a status out of every workflow: the list of statuses leaves it out."""
        self.statuses[status].is_listed = False

    def find(self, id_or_key: str) -> Issue | None:
        """Find an issue by its id, its key or a key that it had before it moved."""
        id_ = int(id_or_key) if id_or_key.isdigit() else self._ids_by_key.get(id_or_key.upper())
        return self.issues.get(id_) if id_ is not None else None

    def next_number(self, project: str) -> int:
        self._last_numbers[project] = self._last_numbers.get(project, 0) + 1
        return self._last_numbers[project]

    def next_serial(self) -> int:
        self._serial += 1
        return self._serial

    def register(self, issue: Issue) -> None:
        """Make the issue's key lead to it; keys that it had before still do."""
        self._ids_by_key[issue.key] = issue.id

    def publish(self, id_: int, at: datetime) -> None:
        """Tell the search index of an issue; it listens when its lag is over."""
        issue = self.issues.get(id_)
        if not self.index_lag:
            self.index.take(id_, issue)
            return
        if issue is not None:
            issue = copy.copy(issue)
            issue.comments = list(issue.comments)
        visible = to_ms(at) + self.index_lag
        heapq.heappush(self._pending, (visible, self.next_serial(), id_, issue))

    def catch_up(self, now: int) -> None:
        """Let the index take in what it may know by now."""
        while self._pending and self._pending[0][0] <= now:
            _, _, id_, issue = heapq.heappop(self._pending)
            self.index.take(id_, issue)

    def user_json(self, account_id: str | None) -> Any:
        return self.users[account_id].to_json(self.url) if account_id else None
