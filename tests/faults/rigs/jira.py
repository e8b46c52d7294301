"""Jira in a month of five issues, signed in to at the gateway of all sites."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.emulators.jira import Jira
from tests.emulators.jira_access import Account
from tests.emulators.server import Request
from tests.faults.rig import SECRET, Rig

NOW = datetime(2026, 5, 10, tzinfo=UTC)
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
CLOUD = "11111111-2222-4333-8444-555555555555"


class Site(Jira):
    """A site that tells apart who asks for histories: two streams do, each for other fields."""

    def place(self, request: Request) -> str:
        """Return the path, and the fields whose history is asked for."""
        is_of_histories = request.path.endswith("/changelog/bulkfetch")
        fields = request.json.get("fieldIds", []) if is_of_histories else []
        return "/".join([request.path, *fields])


@contextmanager
def _start() -> Iterator[Jira]:
    with Site(NOW, account=Account(client_secret=SECRET), bulk_page_size=2) as jira:
        jira.add_project("SUP")
        waiting, resolved = jira.add_status("Waiting", "new"), jira.add_status("Resolved", "done")
        bot, asker = jira.add_user("app", name="Resolver"), jira.add_user("customer", name="Asker")
        for number in range(5):
            at = FIRST + timedelta(hours=number)
            issue = jira.create("SUP", at=at, reporter=asker, status=waiting)
            jira.comment(issue, at=at + timedelta(minutes=5), by=bot)
            jira.resolve(issue, resolved, at=at + timedelta(minutes=6), by=bot)
        jira.reopen(_issue(jira, "SUP-2"), waiting, at=FIRST + timedelta(days=3), by=asker)
        yield jira


def _issue(jira: Jira, key: str) -> int:
    issue = jira.find(key)
    assert issue is not None
    return issue.id


def _agent(jira: Jira) -> str:
    return next(user.account_id for user in jira.users.values() if user.name == "Resolver")


def _contradict(document: Any) -> None:
    """Let a change come again with another status."""
    log = document["issueChangeLogs"][0]
    change = log["changeHistories"][0]
    items = [{**item, "from": item["to"], "to": item["from"]} for item in change["items"]]
    log["changeHistories"].append({**change, "items": items})


RIG = Rig(
    system="jira",
    start=_start,
    settings={"observed_from": "2026-02-01T00:00:00Z", "projects": ["SUP"]},
    agent_id=_agent,
    ids=lambda jira: {f"t{number}": f"SUP-{number}" for number in range(1, 6)},
    connection=lambda jira: {"host": jira.host, "login": "recount", "password": SECRET,
                             "extra": {"auth": "oauth", "cloud_id": CLOUD}},
    events="changes",
    path=f"/ex/jira/{CLOUD}/rest/api/3/changelog/bulkfetch/status",
    records=lambda document: document["issueChangeLogs"],
    needed_field="issueId",
    contradict=_contradict,
    expire=lambda jira: jira.gate.revoke_tokens(),
    purge=lambda jira, key: jira.delete(_issue(jira, key), at=NOW - timedelta(hours=1)),
)  # fmt: skip
