"""Salesforce in a month of five cases; what strikes are answers with records of history."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.emulators.salesforce import Salesforce
from tests.emulators.server import Answer, Request
from tests.faults.rig import SECRET, Rig

NOW = datetime(2026, 5, 10, tzinfo=UTC)
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
HISTORY = "/history"


class Org(Salesforce):
    """All objects have one path in Salesforce: here that of records of history is `HISTORY`."""

    def __init__(self) -> None:
        super().__init__(NOW, client=("recount", SECRET), page_rows=4)
        self._leads_to_history: set[str] = set()

    def answer(self, request: Request) -> Answer:
        """Remember which locators go on with records of history."""
        answer = super().answer(request)
        document = answer.document if isinstance(answer.document, dict) else {}
        if self.is_of_history(request) and "nextRecordsUrl" in document:
            self._leads_to_history.add(document["nextRecordsUrl"])
        return answer

    def is_of_history(self, request: Request) -> bool:
        """Say whether a request asks for records of history."""
        asked = request.query.get("q", "")
        is_query = re.match(r"SELECT Id, .* FROM CaseHistory ", asked) is not None
        return is_query or request.path in self._leads_to_history

    def place(self, request: Request) -> str:
        """Tell requests for records of history from all others."""
        return HISTORY if self.is_of_history(request) else super().place(request)


@contextmanager
def _start() -> Iterator[Org]:
    with Org() as org:
        hired = FIRST - timedelta(days=90)
        bot, queue = org.add_agent("Resolver", at=hired), org.add_queue("Billing", at=hired)
        asker = org.add_contact("Person One", "one@example.com", at=hired)
        for number in range(5):
            at = FIRST + timedelta(hours=number)
            case = org.open_case(by=org.automated, at=at, contact=asker, owner=queue)
            org.email(case, incoming=True, by=org.automated, at=at)
            org.assign(case, bot, by=org.automated, at=at + timedelta(minutes=1))
            org.comment(case, by=bot, at=at + timedelta(minutes=5))
            org.close(case, by=bot, at=at + timedelta(minutes=6))
        org.reopen(_cases(org)[1], by=org.automated, at=FIRST + timedelta(days=3))
        yield org


def _cases(org: Org) -> list[str]:
    return list(org.tables["Case"].rows)


def _agent(org: Org) -> str:
    return str(next(i for i, row in org.tables["User"].rows.items() if row["Name"] == "Resolver"))


def _ids(org: Org) -> dict[str, str]:
    return {f"t{n}": org.row(case)["CaseNumber"] for n, case in enumerate(_cases(org), 1)}


def _contradict(document: Any) -> None:
    """Let a change come again with another status."""
    solved = next(each for each in document["records"] if each["NewValue"] == "Closed")
    document["records"].append({**solved, "NewValue": "Working"})


def _shorten(document: Any) -> None:
    document["records"] = document["records"][::2]


def _purge(org: Org, number: str) -> None:
    """Delete a case, and empty the Recycle Bin."""
    case = next(case for case in _cases(org) if org.row(case)["CaseNumber"] == number)
    org.delete(case, by=org.automated, at=NOW - timedelta(days=16))


RIG = Rig(
    system="salesforce",
    start=_start,
    settings={"observed_from": "2026-02-01T00:00:00Z"},
    agent_id=_agent,
    ids=_ids,
    connection=lambda org: {"host": org.host, "login": "recount", "password": SECRET},
    events="history",
    path=HISTORY,
    records=lambda document: document["records"],
    needed_field="CaseId",
    contradict=_contradict,
    shorten=_shorten,
    expire=lambda org: org.logins.expire(),
    purge=_purge,
)
