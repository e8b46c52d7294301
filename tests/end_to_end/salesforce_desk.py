"""A Salesforce org that tells stories, each with the name of its case, and its buyer's contract."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.emulators.salesforce import Salesforce
from tests.end_to_end.buyer import Buyer
from tests.support.small import write_month

NOW = datetime(2026, 5, 10, tzinfo=UTC)
HIRED = datetime(2026, 1, 5, tzinfo=UTC)
OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
SOLVED = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CLAUSES = {
    "alone": {"forbids": {"event": ["replied", "assigned"], "by": "human_agent",
                          "until": "concluded"}},
    "kept": {"forbids": {"event": "handed_off", "until": "concluded"}},
    "stayed_solved": {"forbids": {"event": ["reopened", "followed_up"], "within": "14 days"}},
    "satisfied": {
        "requires": {"event": "rated", "at_least": "4", "unit": "score_of_5", "within": "14 days",
                     "pick": "last"},
        "if_missing": "not_met",
    },
}  # fmt: skip


@dataclass
class Desk:
    """Tells the stories; `cases` has the id of each by the name of its story."""

    org: Salesforce
    cases: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        org = self.org
        self.bot = org.add_agent("Service Bot", at=HIRED)
        self.ann, self.ben = (org.add_user(name, at=HIRED) for name in ("Ann A", "Ben B"))
        self.portal = org.add_user("Pia Portal", at=HIRED, user_type="CspLitePortal")
        self.cora = org.add_contact("Cora Contact", "cora@example.com", at=HIRED)
        self.queue = org.add_queue("Billing", at=HIRED)
        self.level = org.add_queue("Second Level", at=HIRED)

    def opened(self, story: str, **fields: Any) -> str:
        """Let a case come in by e-mail, and be given to the agent by a rule."""
        org = self.org
        at: dict[str, Any] = {"by": org.automated, "at": OPENED}
        self.cases[story] = case = org.open_case(
            **at, contact=self.cora, owner=self.queue, description="Card 4111 1111 1111", **fields
        )
        org.email(case, incoming=True, **at)
        org.assign(case, self.bot, by=org.automated, at=OPENED + MINUTE)
        return case

    def solved(self, story: str, *, by: str | None = None, **fields: Any) -> str:
        """A case that the agent (or somebody else) answers and closes after an hour."""
        case = self.opened(story, **fields)
        self.org.comment(case, by=by or self.bot, at=SOLVED - MINUTE)
        self.org.close(case, by=by or self.bot, at=SOLVED)
        return case

    def asked(self, case: str, score: int, *, is_complete: bool = True) -> None:
        """Let the requester answer a survey a day later."""
        invitation = self.org.ask(case, at=SOLVED + HOUR, contact=self.cora)
        self.org.rate(invitation, score, at=SOLVED + DAY, is_complete=is_complete,
                      remark="My name is Cora")  # fmt: skip

    def rated(self, story: str, score: int = 5, **fields: Any) -> str:
        case = self.solved(story, **fields)
        self.asked(case, score)
        return case

    @property
    def question(self) -> str:
        rows = self.org.tables["SurveyQuestion"].rows
        return next(id_ for id_, row in rows.items() if "satisfied" in row["Name"])

    def number(self, story: str) -> str:
        return str(self.org.row(self.cases[story])["CaseNumber"])


def tell(desk: Desk) -> None:
    org, ann, bot = desk.org, desk.ann, desk.bot
    desk.rated("satisfied", 4)
    desk.rated("dissatisfied", 3)
    desk.solved("silent")
    desk.asked(desk.solved("survey not completed"), 5, is_complete=False)
    org.reopen(desk.rated("reopened in time"), by=desk.portal, at=SOLVED + 14 * DAY)
    org.reopen(desk.rated("reopened too late"), by=ann, at=SOLVED + 14 * DAY + timedelta(seconds=1))
    org.open_case(by=org.automated, at=SOLVED + 6 * DAY, contact=desk.cora,
                  ParentId=desk.rated("followed up"))  # fmt: skip
    # a person helped: by a comment, by an e-mail, by a note alone, by taking the case
    helps: dict[str, Callable[[str, datetime], object]] = {
        "helped by a comment": lambda case, at: org.comment(case, by=ann, at=at),
        "helped by an e-mail": lambda case, at: org.email(case, incoming=False, by=desk.ben, at=at),
        "noted alone": lambda case, at: org.comment(case, by=ann, at=at, is_published=False),
        "taken by a person": lambda case, at: org.assign(case, ann, by=ann, at=at),
        "customer commented": lambda case, at: org.comment(case, by=desk.portal, at=at),
    }
    for story, help_ in helps.items():
        case = desk.opened(story)
        help_(case, OPENED + HOUR / 2)
        org.close(case, by=bot, at=SOLVED)
        desk.asked(case, 5)
    # passed on: by the agent itself, by a flow that it started, and in a conversation
    for story, by in {"passed on": bot, "passed on by a flow": org.automated}.items():
        case = desk.opened(story)
        org.assign(case, desk.level, by=by, at=OPENED + HOUR / 2, how="ownerEscalated")
        org.close(case, by=bot, at=SOLVED)
        desk.asked(case, 5)
    case = desk.opened("passed on in a conversation")
    session = org.start_session(agent=bot, at=OPENED, case=case, contact=desk.cora)
    org.hand_over(session, ann, at=OPENED + HOUR / 2)
    org.close(case, by=bot, at=SOLVED)
    desk.asked(case, 5)
    session = org.start_session(agent=bot, at=OPENED, case=desk.solved("rated conversation"))
    desk.asked(session, 5)
    org.bill(session, "Resolved", at=SOLVED + DAY)
    desk.solved("solved by a person", by=ann)
    desk.cases["born closed"] = org.open_case(by=bot, at=SOLVED, status="Closed", owner=desk.queue)
    desk.asked(desk.cases["born closed"], 5)
    kept = desk.cases["satisfied"]
    org.merge(kept, [desk.opened("merged and deleted")], by=bot, at=NOW - 5 * DAY)
    org.merge(kept, [desk.opened("merged and kept")], by=bot, at=SOLVED, keeps_losers=True)
    org.delete(desk.rated("deleted"), by=ann, at=NOW - 5 * DAY)
    # nobody looked in the 15 days in which the Recycle Bin had it
    org.delete(desk.rated("deleted for good"), by=ann, at=SOLVED + 2 * DAY)
    org.touch(desk.rated("touched by the system"), at=SOLVED + 40 * DAY)
    org.change_user(desk.ben, at=SOLVED + 8 * DAY, is_active=False)


@dataclass(frozen=True)
class Month:
    desk: Desk
    buyer: Buyer


def buyer_of(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> Buyer:
    connection = {
        "conn_type": "http", "host": desk.org.host, "login": "3MVG9.recount",
        "password": "client-secret", "extra": {"requests_per_minute": 100_000},
    }  # fmt: skip
    monkeypatch.setenv("AIRFLOW_CONN_SALESFORCE", json.dumps(connection))
    usual = {"system": "salesforce", "connection": "salesforce",
             "observed_from": "2026-02-01T00:00:00Z", "follow_up_field": "ParentId",
             "rating_question": desk.question}  # fmt: skip
    contract = write_month(
        folder,
        sources={
            "helpdesk": {**usual, **settings},
            "invoice": {"system": "recount_csv", "location": "{period}.csv",
                        "subjects_of": "helpdesk"},
        },
        actors={"ai_agent": [{"id": desk.bot}]},
        outcomes={"resolution": {
            "says": "A case that the AI agent solved alone, for good, to the requester's liking.",
            "subject": "ticket", "scope": {"queue": ["Billing", "Second Level"]},
            "concluded_by": {"event": "solved", "by": "ai_agent"}, "clauses": CLAUSES,
        }},
    )  # fmt: skip
    head = "invoice_id,line_id,subject_id,outcome,quantity,unit_price,amount,currency"
    lines = [f"I,{story},{desk.number(story)},resolution,1,1,1,USD" for story in desk.cases]
    (folder / "2026-03.csv").write_text("\n".join([head, *lines, ""]), "utf-8")
    return Buyer(contract, folder / "lake")
