"""A month of ServiceNow over HTTP: each incident has a story, and the statement says its end."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
from tests.emulators import faults
from tests.emulators.servicenow import ServiceNow
from tests.end_to_end.buyer import Buyer, rewritten
from tests.end_to_end.traced import unlanded_events, unproven_figures
from tests.support.small import FINAL, MONTH_END, write_month

NOW = datetime(2026, 5, 10, tzinfo=UTC)
HIRED = datetime(2026, 1, 5, tzinfo=UTC)
OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
SOLVED = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AUDIT, JOURNAL = "/api/now/table/sys_audit", "/api/now/table/sys_journal_field"
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
    """Tells the stories; `numbers` has the number of each incident by the name of its story."""

    def __init__(self, instance: ServiceNow) -> None:
        self.instance = instance
        self.numbers: dict[str, str] = {}
        names = ("ida.caller", "resolver.bot", "ann.agent", "ben.agent", "root.admin")
        self.users = {name: instance.add_user(name, at=HIRED) for name in names}
        self.grants = {
            name: instance.grant_role(name, "itil", at=HIRED)
            for name in ("resolver.bot", "ann.agent", "ben.agent", "root.admin")
        }
        self.billing = instance.add_group("billing", at=HIRED)
        self.survey = instance.add_survey(at=HIRED)
        self.low_survey = instance.add_survey(at=HIRED, scale="low")
        # so that the audit reaches further back than the contract looks
        old = instance.open_incident(at=HIRED, caller="ida.caller")
        instance.start_work(old, at=HIRED + HOUR, by="ann.agent")

    @property
    def questions(self) -> list[str]:
        """The questions of surveys that are answered on a scale."""
        asked = self.instance.tables["asmt_metric"]
        return [each for each in asked.rows if asked.value(each, "datatype") == "scale"]

    def invoice(self, folder: Path) -> None:
        """Write the vendor's invoice: a line for each story."""
        head = "invoice_id,line_id,subject_id,outcome,quantity,unit_price,amount,currency"
        told = self.numbers.items()
        lines = [f'I,"{story}",{number},resolution,1,1,1,USD' for story, number in told]
        (folder / "2026-03.csv").write_text("\n".join([head, *lines, ""]), "utf-8")

    def opened(self, story: str, **values: str) -> str:
        incident = self.instance.open_incident(
            at=OPENED, caller="ida.caller", comments="My card is 4111 1111 1111 1111",
            **{"assignment_group": self.billing} | values,
        )  # fmt: skip
        self.numbers[story] = self.instance.of(incident, "number")
        return incident

    def solved(self, story: str, *, by: str = "resolver.bot") -> str:
        """Open an incident, and let the agent (or somebody else) resolve it after an hour."""
        incident = self.opened(story)
        self.instance.resolve(incident, at=SOLVED, by=by)
        return incident

    def rated(self, story: str, rating: int = 5) -> str:
        """A resolved incident whose survey is answered a day later."""
        incident = self.solved(story)
        self.answer(incident, rating)
        return incident

    def answer(self, incident: str, rating: int, survey: str = "") -> None:
        asked = self.instance.send_survey(survey or self.survey, incident, at=SOLVED + HOUR)
        self.instance.rate(asked, at=SOLVED + DAY, by="ida.caller", value=rating)


def tell(desk: Desk) -> None:
    instance = desk.instance
    desk.rated("satisfied", 4)
    desk.rated("dissatisfied", 3)
    desk.solved("silent")
    desk.answer(desk.solved("1 is best, and 1 was given"), 1, desk.low_survey)
    desk.answer(desk.solved("1 is best, and 5 was given"), 5, desk.low_survey)
    instance.reopen(desk.rated("reopened in time"), at=SOLVED + 14 * DAY, by="ida.caller")
    late = SOLVED + 14 * DAY + timedelta(seconds=1)
    instance.reopen(desk.rated("reopened too late"), at=late, by="ida.caller")
    twice = desk.solved("resolved twice")
    instance.reopen(twice, at=SOLVED + DAY, by="ida.caller")
    instance.resolve(twice, at=SOLVED + 2 * DAY, by="resolver.bot")
    born = {"state": "6", "resolved_at": "2026-03-02 08:00:00"}
    for story, user in (
        ("born resolved", "resolver.bot"),
        ("born resolved by a person", "ann.agent"),
    ):
        desk.answer(desk.opened(story, **born, resolved_by=desk.users[user]), 5)
    for story, writer in (
        ("helped by a person", "ann.agent"),
        ("helped by one who left", "ben.agent"),
        ("its caller wrote again", "ida.caller"),
    ):
        incident = desk.opened(story)
        instance.comment(incident, at=OPENED + HOUR / 2, by=writer)
        instance.resolve(incident, at=SOLVED, by="resolver.bot")
        desk.answer(incident, 5)
    given = desk.opened("given to a person")
    instance.assign(given, at=OPENED + HOUR / 2, by="ann.agent", to="ann.agent", group=desk.billing)
    instance.resolve(given, at=SOLVED, by="resolver.bot")
    desk.answer(given, 5)
    noted = desk.opened("only noted by a person")
    instance.note(noted, at=OPENED + HOUR / 2, by="ann.agent")
    instance.resolve(noted, at=SOLVED, by="resolver.bot")
    desk.answer(noted, 5)
    desk.solved("resolved by a person", by="ann.agent")
    instance.auto_close(at=SOLVED + 8 * DAY, by="root.admin")
    closed = desk.opened("closed by the nightly job, never resolved")
    instance.close(closed, at=SOLVED + 9 * DAY, by="root.admin")
    asked_again = desk.rated("followed up by mail")
    instance.close(asked_again, at=SOLVED + 8 * DAY, by="root.admin")
    instance.reopen_by_email(asked_again, at=SOLVED + 9 * DAY, parent_incident=asked_again)


EXPECTED = {
    "satisfied": ("agreed", None),
    "dissatisfied": ("not_an_outcome", "satisfied"),
    "silent": ("not_an_outcome", "satisfied"),
    "1 is best, and 1 was given": ("agreed", None),
    "1 is best, and 5 was given": ("not_an_outcome", "satisfied"),
    "reopened in time": ("not_an_outcome", "stayed_solved"),
    "reopened too late": ("agreed", None),
    "resolved twice": ("not_an_outcome", "stayed_solved"),
    "born resolved": ("agreed", None),
    "born resolved by a person": ("not_an_outcome", "not_concluded"),
    "helped by a person": ("not_an_outcome", "alone"),
    "helped by one who left": ("not_an_outcome", "alone"),
    "its caller wrote again": ("agreed", None),
    "given to a person": ("not_an_outcome", "alone"),
    "only noted by a person": ("agreed", None),
    "resolved by a person": ("not_an_outcome", "not_concluded"),
    "closed by the nightly job, never resolved": ("not_an_outcome", "not_concluded"),
    "followed up by mail": ("not_an_outcome", "stayed_solved"),
}


@dataclass(frozen=True)
class Month:
    desk: Desk
    buyer: Buyer


def _buyer(desk: Desk, folder: Path, patch: pytest.MonkeyPatch, **settings: object) -> Buyer:
    connection = {
        "conn_type": "http", "host": desk.instance.host, "login": "recount",
        "password": "reads-only", "extra": {"requests_per_minute": 100_000},
    }  # fmt: skip
    patch.setenv("AIRFLOW_CONN_SERVICENOW", json.dumps(connection))
    contract = write_month(
        folder,
        sources={
            "helpdesk": {"system": "servicenow", "connection": "servicenow",
                         "observed_from": "2026-02-01T00:00:00Z",
                         "follow_up_field": "parent_incident",
                         "rating_questions": desk.questions} | settings,
            "invoice": {"system": "recount_csv", "location": "{period}.csv",
                        "subjects_of": "helpdesk"},
        },
        actors={"ai_agent": [{"id": "resolver.bot"}],
                "automation": [{"id": "system"}, {"id": "root.admin"}]},
        outcomes={"resolution": {
            "says": "A ticket that the AI agent solved alone, for good, to the requester's liking.",
            "subject": "ticket", "scope": {"queue": "billing"},
            "concluded_by": {"event": "solved", "by": "ai_agent"}, "clauses": CLAUSES,
        }},
    )  # fmt: skip
    desk.invoice(folder)
    return Buyer(contract, folder / "lake")


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """The month after one run of it."""
    with pytest.MonkeyPatch.context() as patch, ServiceNow(NOW) as instance:
        desk = Desk(instance)
        tell(desk)
        month = Month(desk, _buyer(desk, tmp_path_factory.mktemp("servicenow"), patch))
        month.buyer.statement()
        yield month


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Month]:
    """A month that nobody ran yet."""
    with ServiceNow(NOW) as instance:
        desk = Desk(instance)
        for number in range(3):
            desk.rated(f"incident {number}")
        yield Month(desk, _buyer(desk, tmp_path, monkeypatch))


def incident_of(month: Month, story: str) -> str:
    rows = month.desk.instance.tables["incident"].rows
    wanted = month.desk.numbers[story]
    return next(each for each in rows if month.desk.instance.of(each, "number") == wanted)


def manifests_of(buyer: Buyer, stream: str) -> list[dict[str, Any]]:
    return [
        json.loads(data)["content"]
        for key, data in buyer.objects("landed").items()
        if f"{stream}/manifests" in key
    ]


def lines_of(month: Month, as_of: str = FINAL) -> Mapping[str, int]:
    return month.buyer.matched(as_of).lines


@pytest.mark.parametrize("story", EXPECTED)
def test_each_story_ends_as_the_contract_says(month: Month, story: str) -> None:
    lines = {line["line_id"]: line for line in month.buyer.mart("reconciliation_lines")}
    assert set(lines) == set(EXPECTED)
    assert (lines[story]["match_status"], lines[story]["reason"]) == EXPECTED[story]


def test_every_event_and_figure_leads_to_landed_records(month: Month) -> None:
    buyer = month.buyer
    assert list(unlanded_events(buyer)) == []
    assert list(unproven_figures(buyer, buyer.published(), 12)) == []


def test_no_word_of_an_incident_and_no_name_of_a_caller_is_in_the_lake(month: Month) -> None:
    lake = month.buyer.unpacked()
    assert b"resolver.bot" in lake
    for word in ("4111 1111", "Printer", "burns", "Asked Bob", "thanks", "@example.com",
                 "ida.caller"):  # fmt: skip
        assert word.encode() not in lake


def test_what_is_pinned_is_not_asked_for_again(month: Month) -> None:
    before = len(month.desk.instance.requests)
    month.buyer.land()
    assert len(month.desk.instance.requests) == before


def test_the_instance_counts_what_was_landed_and_all_of_it_came(month: Month) -> None:
    (manifest,) = manifests_of(month.buyer, "audit")
    assert manifest["record_count"] > 30
    assert manifest["control_total"] == {"kind": "exact", "value": manifest["record_count"]}
    assert manifest["feed"]["observed_until"] == "2026-05-09T23:55:00Z"


def test_the_nightly_job_is_what_the_registry_says_it_is(fresh: Month, tmp_path: Path) -> None:
    fresh.desk.instance.auto_close(at=SOLVED + 8 * DAY, by="root.admin")
    closing = {"concluded_by": {"event": "closed", "by": "automation"}, "clauses": {},
               "says": "What the nightly job closed.", "subject": "ticket"}  # fmt: skip
    changed = {"outcomes.resolution": closing}
    contract = rewritten(fresh.buyer.contract, tmp_path / "closing.yml", changed)
    assert lines_of(replace(fresh, buyer=Buyer(contract, tmp_path / "one"))) == {"agreed": 3}
    bot = {"ai_agent": [{"id": "resolver.bot"}]}
    contract = rewritten(contract, tmp_path / "unregistered.yml", {"actors": bot})
    unregistered = replace(fresh, buyer=Buyer(contract, tmp_path / "two"))
    assert lines_of(unregistered) == {"not_an_outcome": 3}


def test_what_comes_later_is_extracted_from_where_the_last_run_stopped(fresh: Month) -> None:
    instance, first = fresh.desk.instance, incident_of(fresh, "incident 0")
    instance.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    fresh.buyer.land(as_of=MONTH_END)
    instance.requests.clear()
    instance.now = NOW
    instance.reopen(first, at=datetime(2026, 4, 20, tzinfo=UTC), by="ida.caller")
    instance.delete(incident_of(fresh, "incident 1"), at=NOW - DAY, by="ann.agent")
    statement = fresh.buyer.statement()
    assert statement["kind"] == "final"
    assert statement["outcomes"]["resolution"]["lines"] == {"agreed": 3}
    windows = [each.query["sysparm_query"] for each in instance.asked(AUDIT)]
    assert any("sys_created_on>=2026-04-02 10:55:00^" in each for each in windows)
    assert not any("sys_created_on>=2026-03" in each for each in windows)


def test_who_lost_the_role_meanwhile_keeps_the_one_that_was_landed(fresh: Month) -> None:
    instance, helped = fresh.desk.instance, fresh.desk.opened("helped")
    instance.comment(helped, at=OPENED + HOUR / 2, by="ben.agent")
    instance.resolve(helped, at=SOLVED, by="resolver.bot")
    instance.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    fresh.desk.invoice(fresh.buyer.contract.parent)
    fresh.buyer.land(as_of=MONTH_END)
    instance.revoke_role(fresh.desk.grants["ben.agent"])
    instance.now = NOW
    assert fresh.buyer.matched().reasons == {"alone": 1}


def test_what_changed_without_audit_holds_the_month(fresh: Month) -> None:
    late = SOLVED + 3 * DAY
    incident = incident_of(fresh, "incident 2")
    fresh.desk.instance.change_silently(incident, at=late, by="import", state="2")
    statement = fresh.buyer.statement()
    assert statement["decision"] == "hold"
    assert [each["rule"] for each in statement["findings"]] == ["subject_contradicted"]


def test_who_resolves_and_is_not_known_holds_the_month(fresh: Month) -> None:
    fresh.desk.instance.add_user("new.bot", at=HIRED, identity_type="ai_user")
    fresh.desk.instance.grant_role("new.bot", "itil", at=HIRED)
    fresh.desk.solved("by a machine that the contract does not name", by="new.bot")
    fresh.desk.invoice(fresh.buyer.contract.parent)
    statement = fresh.buyer.statement()
    assert [each["rule"] for each in statement["findings"]] == ["concluded_by_unknown"]


def test_rows_that_are_withheld_are_refused_and_nothing_is_published(fresh: Month) -> None:
    hidden = incident_of(fresh, "incident 1")
    fresh.desk.instance.hide_rows("sys_audit", "documentkey", hidden)
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "should give 3 records and gives 2: the others are withheld" in done.output
    assert fresh.buyer.objects("statements", "outbox", "marts") == {}


def test_an_audit_that_begins_later_than_the_contract_looks_is_refused(fresh: Month) -> None:
    fresh.desk.instance.purge_audit(before=datetime(2026, 2, 15, tzinfo=UTC))
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "sys_audit has nothing from before 2026-02-01 00:00:00" in done.output


def test_a_state_that_nobody_knows_stops_the_run(fresh: Month) -> None:
    incident = incident_of(fresh, "incident 1")
    fresh.desk.instance.change(incident, at=SOLVED + DAY, by="ann.agent", state="18")
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "has the state '18', which is unknown; add it to dbt_project/seeds/" in done.output


def test_a_survey_with_questions_that_the_contract_does_not_name_stops_the_run(
    fresh: Month, tmp_path: Path
) -> None:
    fresh.desk.answer(fresh.desk.solved("of the other survey"), 1, fresh.desk.low_survey)
    changed: dict[str, Any] = {"sources.helpdesk.rating_questions": []}
    contract = rewritten(fresh.buyer.contract, tmp_path / "unnamed.yml", changed)
    done = replace(fresh.buyer, contract=contract).run()
    assert done.exit_code == 2
    assert "have 2 questions with numbers" in done.output
    assert "add rating_questions: <sys_id> to sources.helpdesk" in done.output


@pytest.mark.deep  # tests/faults cuts every connector off
def test_a_run_that_was_cut_off_publishes_nothing_and_goes_on(fresh: Month) -> None:
    instance = fresh.desk.instance
    # five requests try the queries, and three windows are landed
    instance.misbehave(faults.status(403), on=JOURNAL, after=8)
    assert fresh.buyer.run().exit_code == 2
    assert fresh.buyer.objects("statements", "outbox", "marts") == {}
    instance.requests.clear()
    assert lines_of(fresh) == {"agreed": 3}
    windows = [each.query["sysparm_query"] for each in instance.asked(JOURNAL)]
    assert not any("sys_created_on>=2026-02-15" in each for each in windows)
    assert any("sys_created_on>=2026-02-22" in each for each in windows)


def check(buyer: Buyer) -> Result:
    return CliRunner().invoke(main, ["sources", "check", "--contract", str(buyer.contract)])


def test_the_check_says_who_we_are_what_can_be_read_and_since_when(fresh: Month) -> None:
    fresh.desk.instance.grant_role("recount", "itil", at=HIRED)
    done = check(fresh.buyer)
    assert done.exit_code == 0, done.output
    assert "signing in: we are recount, who may write (itil); one who only reads is" in done.output
    assert "ok    incidents: can be read (3 records on the first page)" in done.output
    assert "rated, reopened, replied, solved from 2026-02-01T00:00:00Z" in done.output
    assert not fresh.buyer.lake.exists()


def test_the_check_names_what_the_account_may_not_read(fresh: Month) -> None:
    fresh.desk.instance.refuse("sys_audit_delete")
    fresh.desk.instance.hide_field("incident", "resolved_at")
    done = check(fresh.buyer)
    assert done.exit_code == 1
    assert "FAIL  deletions: " in done.output
    assert "sys_audit_delete does not let us read this (403)" in done.output
    assert "FAIL  incidents: helpdesk: incident comes without resolved_at" in done.output


def test_the_check_names_a_wrong_password(fresh: Month) -> None:
    fresh.desk.instance.logins.user = ("recount", "changed")
    done = check(fresh.buyer)
    assert done.exit_code == 1
    assert "refuses our credentials (401)" in done.output
    assert "reads-only" not in done.output
