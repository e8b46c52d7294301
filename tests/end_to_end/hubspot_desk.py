"""A support desk on HubSpot, and a buyer whose contract names it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.emulators.hubspot import TOKEN, HubSpot
from tests.emulators.hubspot_records import WORKFLOW, By, Record, app, ui
from tests.end_to_end.buyer import Buyer
from tests.support.small import write_month

NOW = datetime(2026, 5, 10, tzinfo=UTC)
HIRED = datetime(2026, 1, 5, tzinfo=UTC)
OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
SOLVED = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY, MS = timedelta(hours=1), timedelta(days=1), timedelta(milliseconds=1)
BEFORE = OPENED + HOUR / 2
AGENT, ANOTHER = 52447, 52448
CLAUSES = {
    "alone": {"forbids": {"event": ["replied", "assigned"], "by": "human_agent",
                          "until": "concluded"}},
    "stayed_solved": {"forbids": {"event": "reopened", "within": "14 days"}},
    "satisfied": {
        "requires": {"event": "rated", "at_least": "4", "unit": "score_of_5", "within": "14 days",
                     "pick": "last"},
        "if_missing": "not_met",
    },
}  # fmt: skip


class Desk:
    """Tells the stories; `tickets` has the ticket of each by the name of its story."""

    def __init__(self, hubspot: HubSpot) -> None:
        self.hubspot, self.tickets = hubspot, dict[str, Record]()
        stages = hubspot.add_pipeline(
            "Support", New="OPEN", Working="OPEN", Solved="CLOSED", Closed="CLOSED"
        )
        self.new, self.working = stages["New"], stages["Working"]
        self.solved_stage, self.closed_stage = stages["Solved"], stages["Closed"]
        self.ann = hubspot.add_user()
        self.asker = hubspot.add_contact("Person One", "one@example.com", at=HIRED)

    @property
    def person(self) -> By:
        """Ann at the screen."""
        return ui(self.ann)

    def opened(self, story: str, **how: Any) -> Record:
        said = {"by": By("FORM", "one@example.com"), "contact": self.asker, "stage": self.new,
                "subject": "Card 4111 1111 1111", **how}  # fmt: skip
        self.tickets[story] = self.hubspot.open_ticket(at=OPENED, **said)
        return self.tickets[story]

    def solved(self, story: str, *, by: By | None = None, **how: Any) -> Record:
        """Open a ticket, and let the agent (or somebody else) solve it after an hour."""
        ticket = self.opened(story, **how)
        self.hubspot.email(ticket, "EMAIL", at=SOLVED, by=app(AGENT))
        self.hubspot.move(ticket, self.solved_stage, at=SOLVED, by=by or app(AGENT))
        return ticket

    def rated(self, story: str, *ratings: int, **how: Any) -> Record:
        """A ticket that was solved, and rated on one day after another."""
        ticket = self.solved(story, **how)
        for days, rating in enumerate(ratings or (5,), 1):
            self.hubspot.submit(ticket, str(rating), at=SOLVED + days * DAY)
        return ticket

    def talk(self, story: str, actor: str, **how: Any) -> None:
        """A rated ticket with a conversation in which somebody wrote before it was solved."""
        thread = self.hubspot.thread(self.rated(story), self.asker, at=OPENED)
        self.hubspot.say(thread, f"V-{self.asker.id}", at=OPENED, direction="INCOMING")
        self.hubspot.say(thread, actor, at=BEFORE, **how)


def tell(desk: Desk) -> None:
    hubspot, person, user = desk.hubspot, desk.person, f"A-{desk.ann}"
    desk.rated("satisfied", 4)
    desk.rated("rated badly", 2)
    desk.rated("changed to worse", 5, 2)
    desk.solved("silent")
    hubspot.submit(desk.solved("rated in another survey"), "10", at=SOLVED + DAY, survey="9",
                   kind="NPS")  # fmt: skip
    hubspot.move(desk.rated("reopened in time"), desk.working, at=SOLVED + 14 * DAY, by=person)
    late = SOLVED + 14 * DAY + MS
    hubspot.move(desk.rated("reopened too late"), desk.new, at=late, by=person)
    hubspot.move(desk.rated("closed after it was solved"), desk.closed_stage,
                 at=SOLVED + 3 * DAY, by=WORKFLOW)  # fmt: skip
    hubspot.email(desk.rated("answered by a person"), "EMAIL", at=BEFORE, by=person)
    hubspot.email(desk.rated("answered in vain"), "EMAIL", at=BEFORE, by=person, status="BOUNCED")
    hubspot.email(desk.rated("answered by a workflow"), "EMAIL", at=BEFORE, by=WORKFLOW)
    hubspot.email(desk.rated("asked again"), "INCOMING_EMAIL", at=BEFORE, by=person)
    hubspot.note(desk.rated("noted by a person"), at=BEFORE, by=person)
    desk.talk("written by a person", user)
    desk.talk("written through the agent's app", user, app=AGENT)
    desk.talk("written through some app", user, app=ANOTHER)
    desk.talk("commented by a person", user, kind="COMMENT")
    desk.talk("written by a bot", "B-77")
    desk.talk("a greeting", user, kind="WELCOME_MESSAGE")
    hubspot.assign(desk.rated("assigned by a person"), desk.ann, at=BEFORE, by=person)
    hubspot.assign(desk.rated("assigned by a workflow"), desk.ann, at=BEFORE, by=WORKFLOW)
    hubspot.assign(desk.rated("taken from a person"), None, at=BEFORE, by=person)
    desk.rated("solved by a person", by=person)
    desk.rated("solved by a workflow", by=WORKFLOW)
    desk.opened("born solved", stage=desk.solved_stage, by=app(AGENT))
    hubspot.submit(desk.tickets["born solved"], "5", at=SOLVED)


EXPECTED = {
    "satisfied": ("agreed", None),
    "rated badly": ("not_an_outcome", "satisfied"),
    "changed to worse": ("not_an_outcome", "satisfied"),
    "silent": ("not_an_outcome", "satisfied"),
    "rated in another survey": ("not_an_outcome", "satisfied"),
    "reopened in time": ("not_an_outcome", "stayed_solved"),
    "reopened too late": ("agreed", None),
    "closed after it was solved": ("agreed", None),
    "answered by a person": ("not_an_outcome", "alone"),
    "answered in vain": ("agreed", None),
    "answered by a workflow": ("agreed", None),
    "asked again": ("agreed", None),
    "noted by a person": ("agreed", None),
    "written by a person": ("not_an_outcome", "alone"),
    "written through the agent's app": ("agreed", None),
    "written through some app": ("agreed", None),
    "commented by a person": ("agreed", None),
    "written by a bot": ("agreed", None),
    "a greeting": ("agreed", None),
    "assigned by a person": ("not_an_outcome", "alone"),
    "assigned by a workflow": ("agreed", None),
    "taken from a person": ("agreed", None),
    "solved by a person": ("not_an_outcome", "not_concluded"),
    "solved by a workflow": ("not_an_outcome", "not_concluded"),
    "born solved": ("agreed", None),
}


def buyer_of(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch, agent: str = f"I-{AGENT}",
    **settings: Any,
) -> Buyer:  # fmt: skip
    """A buyer who is billed every ticket of the desk."""
    connection = {
        "conn_type": "http", "host": desk.hubspot.host, "password": TOKEN,
        "extra": {"requests_per_minute": 100_000, "searches_per_minute": 100_000,
                  "attempts": 2, "longest_wait_seconds": 0.05},
    }  # fmt: skip
    monkeypatch.setenv("AIRFLOW_CONN_HUBSPOT", json.dumps(connection))
    contract = write_month(
        folder,
        sources={
            "helpdesk": {"system": "hubspot", "connection": "hubspot", "surveys": {"5": 5},
                         "stages": {desk.closed_stage: "closed"},
                         "observed_from": "2026-02-01T00:00:00Z", **settings},
            "invoice": {"system": "recount_csv", "location": "{period}.csv",
                        "subjects_of": "helpdesk"},
        },
        actors={"ai_agent": [{"id": agent}]},
        outcomes={"resolution": {
            "says": "A ticket that the AI agent solved alone, for good, and to please.",
            "subject": "ticket", "scope": {"queue": "Support"},
            "concluded_by": {"event": "solved", "by": "ai_agent"}, "clauses": CLAUSES,
        }},
    )  # fmt: skip
    bill(folder, {story: ticket.id for story, ticket in desk.tickets.items()})
    return Buyer(contract, folder / "lake")


def bill(folder: Path, ids: dict[str, int]) -> None:
    """Write an invoice with a line for each story."""
    head = "invoice_id,line_id,subject_id,outcome,quantity,unit_price,amount,currency"
    lines = [f'I,"{story}",{id_},resolution,1,1,1,USD' for story, id_ in ids.items()]
    (folder / "2026-03.csv").write_text("\n".join([head, *lines, ""]), "utf-8")
