"""A month of Zendesk over HTTP: each ticket has a story, and the statement says how it ended."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
from tests.emulators import faults
from tests.emulators.zendesk import Zendesk
from tests.emulators.zendesk_access import Credentials
from tests.end_to_end.buyer import LATER, Buyer
from tests.end_to_end.traced import unlanded_events, unproven_figures
from tests.support.small import FINAL, MONTH_END, write_month

NOW = datetime(2026, 5, 10, tzinfo=UTC)
HIRED = datetime(2026, 1, 5, tzinfo=UTC)
OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
SOLVED = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLAUSES = {
    "alone": {"forbids": {"event": ["replied", "assigned"], "by": "human_agent",
                          "until": "concluded"}},
    "stayed_solved": {"forbids": {"event": ["reopened", "followed_up"], "within": "14 days"}},
    "satisfied": {
        "requires": {"event": "rated", "at_least": "4", "unit": "score_of_5", "within": "14 days",
                     "pick": "last"},
        "if_missing": "not_met",
    },
}  # fmt: skip


class Desk:
    """Tells the stories; `tickets` has the number of each by the name of its story."""

    def __init__(self, zendesk: Zendesk) -> None:
        self.zendesk = zendesk
        self.tickets: dict[str, int] = {}
        self.bot, self.ann, self.ben, self.cem = (
            zendesk.add_user("agent", at=HIRED) for _ in range(4)
        )
        self.asker = zendesk.add_user(at=HIRED)
        self.billing = zendesk.add_group("billing", at=HIRED)

    def solved(self, story: str, *, by: int | None = None, **opened: Any) -> int:
        """Open a ticket, and let the agent (or somebody else) solve it after an hour."""
        ticket = self.opened(story, **opened)
        self.zendesk.comment(ticket, at=SOLVED, by=by or self.bot, status="solved")
        return ticket

    def opened(self, story: str, **opened: Any) -> int:
        ticket = self.zendesk.create(
            at=OPENED, requester=self.asker, group=self.billing, subject="Card 4111 1111 1111 1111",
            **opened,
        )  # fmt: skip
        self.tickets[story] = ticket
        return ticket

    def rated(self, story: str, *ratings: int, **opened: Any) -> int:
        """A solved ticket whose survey is answered, and changed, on one day after another."""
        ticket = self.solved(story, **opened)
        survey = self.zendesk.offer_survey(ticket, at=SOLVED + HOUR)
        for days, rating in enumerate(ratings, 1):
            self.zendesk.answer_survey(survey, rating, at=SOLVED + days * DAY, text="My name is Bo")
        return ticket


def tell(desk: Desk) -> None:
    zendesk = desk.zendesk
    desk.rated("satisfied", 4)
    desk.rated("changed to worse", 5, 2)
    desk.rated("changed to better", 1, 5)
    desk.solved("silent")
    zendesk.rate(desk.solved("good"), "good", at=SOLVED + DAY)
    zendesk.rate(desk.solved("bad"), "bad", at=SOLVED + DAY)
    zendesk.reopen(desk.rated("reopened in time", 5), at=SOLVED + 14 * DAY, by=desk.asker)
    zendesk.reopen(
        desk.rated("reopened too late", 5), at=SOLVED + 14 * DAY + timedelta(seconds=1),
        by=desk.asker,
    )  # fmt: skip
    closed = desk.rated("followed up", 5)
    zendesk.close(closed, at=SOLVED + 4 * DAY)
    zendesk.follow_up(closed, at=SOLVED + 6 * DAY, by=desk.asker)
    for story, helper in (("helped by a person", desk.ann), ("helped by one who left", desk.ben),
                          ("helped by one who lost the role", desk.cem)):  # fmt: skip
        ticket = desk.opened(story)
        zendesk.comment(ticket, at=OPENED + HOUR / 2, by=helper)
        zendesk.comment(ticket, at=SOLVED, by=desk.bot, status="solved")
        zendesk.answer_survey(zendesk.offer_survey(ticket, at=SOLVED + HOUR), 5, at=SOLVED + DAY)
    desk.solved("solved by a person", by=desk.ann)
    zendesk.solve_and_reopen(desk.opened("undone in the same update"), at=SOLVED, by=desk.bot)
    zendesk.merge(desk.opened("merged"), into=closed + 1, at=SOLVED, by=desk.ann)
    zendesk.delete(desk.rated("deleted", 5), at=SOLVED + 2 * DAY, by=desk.ann)
    restored = desk.rated("deleted and restored", 5)
    zendesk.delete(restored, at=SOLVED + 2 * DAY, by=desk.ann)
    zendesk.restore(restored, at=SOLVED + 3 * DAY, by=desk.ann)
    desk.rated("only the agent", 5, support_type="ai_agent")
    zendesk.archive(desk.rated("archived", 5), at=SOLVED + 60 * DAY)
    zendesk.deactivate(desk.ben, at=SOLVED + 8 * DAY)
    zendesk.change_role(desk.cem, "end-user", at=SOLVED + 8 * DAY)


EXPECTED = {
    "satisfied": ("agreed", None),
    "changed to worse": ("not_an_outcome", "satisfied"),
    "changed to better": ("agreed", None),
    "silent": ("not_an_outcome", "satisfied"),
    "good": ("agreed", None),
    "bad": ("not_an_outcome", "satisfied"),
    "reopened in time": ("not_an_outcome", "stayed_solved"),
    "reopened too late": ("agreed", None),
    "followed up": ("not_an_outcome", "stayed_solved"),
    "helped by a person": ("not_an_outcome", "alone"),
    "helped by one who left": ("not_an_outcome", "alone"),
    "helped by one who lost the role": ("not_an_outcome", "alone"),
    "solved by a person": ("not_an_outcome", "not_concluded"),
    "undone in the same update": ("not_an_outcome", "not_concluded"),
    "merged": ("not_an_outcome", "not_concluded"),
    "deleted": ("agreed", None),
    "deleted and restored": ("agreed", None),
    "only the agent": ("agreed", None),
    "archived": ("agreed", None),
}


@dataclass(frozen=True)
class Month:
    desk: Desk
    buyer: Buyer


def _buyer(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Buyer:
    connection = {
        "conn_type": "http",
        "host": desk.zendesk.host,
        "login": "recount",
        "password": "a-client-secret",
        "extra": {"requests_per_minute": 100_000},
    }
    monkeypatch.setenv("AIRFLOW_CONN_ZENDESK", json.dumps(connection))
    contract = write_month(
        folder,
        sources={
            "helpdesk": {"system": "zendesk", "connection": "zendesk", "audit_logs": "true",
                         "observed_from": "2026-02-01T00:00:00Z", "survey_choices": "5",
                         "ratings": {"good": "5", "bad": "1"}},
            "invoice": {"system": "recount_csv", "location": "{period}.csv",
                        "subjects_of": "helpdesk"},
        },
        actors={"ai_agent": [{"id": str(desk.bot)}]},
        outcomes={"resolution": {
            "says": "A ticket that the AI agent solved alone, for good, to the requester's liking.",
            "subject": "ticket", "scope": {"queue": "billing"},
            "concluded_by": {"event": "solved", "by": "ai_agent"}, "clauses": CLAUSES,
        }},
    )  # fmt: skip
    head = "invoice_id,line_id,subject_id,outcome,quantity,unit_price,amount,currency"
    lines = [f"I,{name},{number},resolution,1,1,1,USD" for name, number in desk.tickets.items()]
    (folder / "2026-03.csv").write_text("\n".join([head, *lines, ""]), "utf-8")
    return Buyer(contract, folder / "lake")


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """The month after one run of it."""
    with pytest.MonkeyPatch.context() as patch, Zendesk(NOW, page_size=7) as zendesk:
        desk = Desk(zendesk)
        tell(desk)
        month = Month(desk, _buyer(desk, tmp_path_factory.mktemp("zendesk"), patch))
        month.buyer.statement()
        yield month


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Month]:
    """A month that nobody ran yet."""
    with Zendesk(NOW, credentials=Credentials(), page_size=100) as zendesk:
        desk = Desk(zendesk)
        for number in range(3):
            desk.rated(f"ticket {number}", 5)
        yield Month(desk, _buyer(desk, tmp_path, monkeypatch))


@pytest.mark.parametrize("story", EXPECTED)
def test_each_story_ends_as_the_contract_says(month: Month, story: str) -> None:
    lines = {line["line_id"]: line for line in month.buyer.mart("reconciliation_lines")}
    assert set(lines) == set(EXPECTED)
    assert (lines[story]["match_status"], lines[story]["reason"]) == EXPECTED[story]


def test_every_event_and_figure_leads_to_landed_records(month: Month) -> None:
    buyer = month.buyer
    assert list(unlanded_events(buyer)) == []
    assert list(unproven_figures(buyer, buyer.published(), 12)) == []


def test_no_word_of_a_ticket_is_in_the_lake(month: Month) -> None:
    lake = month.buyer.unpacked()
    assert b'"ticket_id":' in lake
    for word in ("4111 1111", "My name is Bo", "@example.com", "Person"):
        assert word.encode() not in lake


def test_a_second_run_asks_for_nothing_and_ends_in_the_same_statement(month: Month) -> None:
    before = len(month.desk.zendesk.requests)
    assert month.buyer.statement() | LATER == month.buyer.published()
    assert len(month.desk.zendesk.requests) == before


def test_the_manifests_say_what_was_left_out_and_until_when_it_was_observed(month: Month) -> None:
    manifests = [
        json.loads(data)["content"]
        for key, data in month.buyer.objects("landed").items()
        if "ticket_events/manifests" in key
    ]
    assert manifests[-1]["feed"]["observed_until"] == "2026-05-09T23:59:00Z"
    assert "ticket_events[].child_events[].body" in manifests[-1]["redacted"]
    assert manifests[-1]["control_total"] == {
        "kind": "exact", "value": sum(each["record_count"] for each in manifests),
    }  # fmt: skip


def test_what_happens_between_two_pages_is_counted_once(fresh: Month) -> None:
    zendesk = fresh.desk.zendesk
    zendesk.page_size, zendesk.repeats_rows = 4, True
    ticket = fresh.desk.tickets["ticket 1"]
    zendesk.between = lambda request: (
        zendesk.reopen(ticket, at=SOLVED + 3 * DAY, by=fresh.desk.asker)
        if len(zendesk.asked("/api/v2/incremental/ticket_events")) == 2
        and len(zendesk.events_of(ticket)) < 5
        else None
    )
    assert fresh.buyer.matched().reasons == {"stayed_solved": 1}


def test_an_update_that_the_export_lost_holds_the_month(fresh: Month) -> None:
    zendesk, ticket = fresh.desk.zendesk, fresh.desk.tickets["ticket 2"]
    zendesk.reopen(ticket, at=SOLVED + 3 * DAY, by=fresh.desk.asker)
    zendesk.lose_event(ticket)
    statement = fresh.buyer.statement()
    assert statement["decision"] == "hold"
    assert [each["rule"] for each in statement["findings"]] == ["subject_contradicted"]


def test_what_comes_later_is_extracted_from_where_the_last_run_stopped(fresh: Month) -> None:
    zendesk, ticket = fresh.desk.zendesk, fresh.desk.tickets["ticket 0"]
    zendesk.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    fresh.buyer.land(as_of=MONTH_END)
    zendesk.requests.clear()
    zendesk.now = NOW
    zendesk.reopen(ticket, at=datetime(2026, 4, 20, tzinfo=UTC), by=fresh.desk.asker)
    statement = fresh.buyer.statement(as_of=FINAL)
    assert statement["kind"] == "final"
    assert statement["outcomes"]["resolution"]["lines"] == {"agreed": 3}
    (asked,) = zendesk.asked("/api/v2/incremental/ticket_events")
    assert int(asked.query["start_time"]) >= int(SOLVED.timestamp())


def test_good_and_bad_without_a_worth_stop_a_month_that_asks_for_ratings(fresh: Month) -> None:
    terms = fresh.buyer.contract.read_text("utf-8")
    contract = terms.replace("    ratings:\n      good: '5'\n      bad: '1'\n", "")
    assert contract != terms
    fresh.buyer.contract.write_text(contract, "utf-8")
    fresh.desk.zendesk.rate(fresh.desk.solved("good"), "good", at=SOLVED + DAY)
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert 'add ratings: {good: "5", bad: "1"} to sources.helpdesk' in done.output
    assert fresh.buyer.objects("statements", "outbox", "marts") == {}


def check(buyer: Buyer, *words: str) -> Result:
    return CliRunner().invoke(main, ["sources", "check", "--contract", str(buyer.contract), *words])


def test_the_check_says_who_we_are_what_can_be_read_and_since_when(fresh: Month) -> None:
    done = check(fresh.buyer)
    assert done.exit_code == 0, done.output
    assert "ok    signing in: we are user 1, an admin" in done.output
    assert "ok    ticket_events: can be read (12 records on the first page)" in done.output
    assert "rated, reopened, replied, solved from 2026-02-01T00:00:00Z" in done.output
    assert not fresh.buyer.lake.exists()


def test_the_check_names_what_the_plan_does_not_have(fresh: Month) -> None:
    fresh.desk.zendesk.has_audit_logs = False
    done = check(fresh.buyer, "--json")
    assert done.exit_code == 1
    (helpdesk, _) = json.loads(done.output)
    failed = [each for each in helpdesk["reaches"] if not each["is_fine"]]
    assert [each["what"] for each in failed] == ["audit_logs"]
    assert "does not let us read this (403)" in failed[0]["says"]


def test_the_check_names_a_login_that_may_not_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Zendesk(NOW, credentials=Credentials(role="agent")) as zendesk:
        done = check(_buyer(Desk(zendesk), tmp_path, monkeypatch))
    assert done.exit_code == 1
    assert "FAIL  signing in: we are 'agent'; exports need an admin" in done.output


def test_a_connection_that_is_not_defined_is_named(
    fresh: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_ZENDESK")
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "the connection 'zendesk' is not defined; set AIRFLOW_CONN_ZENDESK" in done.output


def test_a_run_that_was_cut_off_publishes_nothing_and_goes_on(fresh: Month) -> None:
    zendesk = fresh.desk.zendesk
    zendesk.page_size = 3
    zendesk.misbehave(faults.status(403), on="/api/v2/incremental/ticket_events", after=1)
    assert fresh.buyer.run().exit_code == 2
    assert fresh.buyer.objects("statements", "outbox", "marts") == {}
    assert fresh.buyer.matched().lines == {"agreed": 3}


def test_the_evidence_names_who_reopened_a_ticket(month: Month) -> None:
    ticket = f"helpdesk-{month.desk.tickets['reopened in time']}"
    events = [row for row in month.buyer.mart("evidence_events") if row["subject_id"] == ticket]
    told = {row["event_type"]: (row["actor_type"], row["actor_id"]) for row in events}
    assert told["solved"] == ("ai_agent", str(month.desk.bot))
    actor_type, actor_id = told["reopened"]
    assert actor_type == "requester"
    assert len(actor_id) == 32


def test_the_coverage_says_what_zendesk_shows_and_how_often_it_happened(month: Month) -> None:
    coverage = {row["event_type"]: row for row in month.buyer.mart("event_coverage")}
    assert {row["shown_by"] for row in coverage.values()} == {"helpdesk"}
    assert (coverage["reopened"]["is_named"], coverage["merged"]["is_named"]) == (True, False)
    assert coverage["merged"]["event_count"] == 1
    assert coverage["rated"]["observed_until"] == datetime(2026, 5, 2)
