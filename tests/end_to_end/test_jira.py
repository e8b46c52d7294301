"""A month of Jira over HTTP: each issue has a story, and the statement says how it ended."""

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
from tests.emulators.jira import Jira
from tests.emulators.jira_access import Account
from tests.end_to_end.buyer import Buyer, rewritten
from tests.end_to_end.traced import unlanded_events, unproven_figures
from tests.support.small import FINAL, MONTH_END, write_month

NOW = datetime(2026, 5, 10, tzinfo=UTC)
OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
SOLVED = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BULK, HISTORIES = "/rest/api/3/issue/bulkfetch", "/rest/api/3/changelog/bulkfetch"
CLAUSES = {
    "alone": {"forbids": {"event": ["replied", "assigned"], "by": "human_agent",
                          "until": "concluded"}},
    "in_time": {"forbids": {"event": "sla_breached", "until": "concluded"}},
    "stayed_solved": {"forbids": {"event": "reopened", "within": "14 days"}},
    "satisfied": {
        "requires": {"event": "rated", "at_least": "4", "unit": "score_of_5", "within": "14 days",
                     "pick": "last"},
        "if_missing": "not_met",
    },
}  # fmt: skip


class Desk:
    """Tells the stories; `issues` has the id of each by the name of its story."""

    def __init__(self, jira: Jira) -> None:
        self.jira, self.issues = jira, dict[str, int]()
        jira.add_project("SUP"), jira.add_project("OPS")
        self.waiting = jira.add_status("Waiting for support", "new")
        self.working = jira.add_status("In progress", "indeterminate")
        self.resolved = jira.add_status("Resolved", "done")
        self.closed = jira.add_status("Closed", "done")
        self.asker = jira.add_user("customer", name="Person Bo")
        self.ann = jira.add_user(name="Person Ann")
        self.bot = jira.add_user("app", name="Resolver", app_type="agent")
        self.rule = jira.add_user("app", name="Automation for Jira")

    def opened(self, story: str, **how: Any) -> int:
        said = {"reporter": self.asker, "status": self.waiting, "summary": "Card 4111 1111 1111",
                "request_type": "Billing", **how}  # fmt: skip
        self.issues[story] = self.jira.create("SUP", at=OPENED, **said)
        return self.issues[story]

    def solved(self, story: str, *, by: str | None = None, **how: Any) -> int:
        """Open an issue, and let the agent (or somebody else) resolve it after an hour."""
        issue = self.opened(story, **how)
        self.jira.comment(issue, at=SOLVED, by=by or self.bot, body="My name is Bo")
        self.jira.resolve(issue, self.resolved, at=SOLVED, by=by or self.bot)
        return issue

    def rated(self, story: str, *ratings: int, **how: Any) -> int:
        """An issue that was resolved, and rated on one day after another."""
        issue = self.solved(story, **how)
        for days, rating in enumerate(ratings or (5,), 1):
            self.jira.rate(issue, rating, at=SOLVED + days * DAY, text="Thanks to Bo")
        return issue


def tell(desk: Desk) -> None:
    jira = desk.jira
    desk.rated("satisfied", 4)
    desk.rated("rated badly", 2)
    desk.rated("changed to worse", 5, 2)
    desk.solved("silent")
    jira.reopen(desk.rated("reopened in time"), desk.working, at=SOLVED + 14 * DAY, by=desk.asker)
    late = SOLVED + 14 * DAY + timedelta(milliseconds=1)
    jira.reopen(desk.rated("reopened too late"), desk.waiting, at=late, by=desk.asker)
    closed = desk.rated("closed after it was resolved")
    jira.transition(closed, desk.closed, at=SOLVED + 3 * DAY, by=desk.rule)
    back = desk.rated("from closed back to resolved")
    jira.transition(back, desk.closed, at=SOLVED + 3 * DAY, by=desk.rule)
    jira.transition(back, desk.resolved, at=SOLVED + 4 * DAY, by=desk.ann)
    jira.set_resolution(
        desk.rated("its resolution cleared"), None, at=SOLVED + 2 * DAY, by=desk.ann
    )
    for story, by, is_public in (("answered by a person", desk.ann, True),
                                 ("noted by a person", desk.ann, False),
                                 ("answered by a rule", desk.rule, True),
                                 ("asked again", desk.asker, True)):  # fmt: skip
        issue = desk.rated(story)
        jira.comment(issue, at=OPENED + HOUR / 2, by=by, is_public=is_public)
    jira.assign(desk.rated("assigned by a person"), desk.ann, at=OPENED + HOUR / 2, by=desk.ann)
    jira.delete_comment(issue, jira.comment(issue, at=OPENED, by=desk.ann), at=OPENED)
    desk.rated("resolved by a person", by=desk.ann)
    desk.rated("resolved by a rule", by=desk.rule)
    born = desk.opened("born resolved", status=desk.resolved, creator=desk.bot)
    jira.rate(born, 5, at=SOLVED)
    jira.move(desk.rated("moved after it was resolved"), "OPS", at=SOLVED + DAY, by=desk.ann)
    jira.move(desk.rated("moved, and billed by its first key"), "OPS", at=SOLVED + DAY,
              by=desk.ann)  # fmt: skip
    for story, missed in (("too slow", HOUR / 2), ("just in time", 2 * HOUR)):
        issue = desk.rated(story)
        jira.start_sla(issue, at=OPENED, goal=missed)
        jira.stop_sla(issue, at=SOLVED)
    jira.start_sla(desk.rated("missed a service level later"), at=SOLVED + DAY, goal=HOUR)
    jira.deactivate(desk.ann)
    jira.rename_status(desk.resolved, "Not resolved at all")


EXPECTED = {
    "satisfied": ("agreed", None),
    "rated badly": ("not_an_outcome", "satisfied"),
    "changed to worse": ("not_an_outcome", "satisfied"),
    "silent": ("not_an_outcome", "satisfied"),
    "reopened in time": ("not_an_outcome", "stayed_solved"),
    "reopened too late": ("agreed", None),
    "closed after it was resolved": ("agreed", None),
    "from closed back to resolved": ("agreed", None),
    "its resolution cleared": ("agreed", None),
    "answered by a person": ("not_an_outcome", "alone"),
    "noted by a person": ("agreed", None),
    "answered by a rule": ("agreed", None),
    "asked again": ("agreed", None),
    "assigned by a person": ("not_an_outcome", "alone"),
    "resolved by a person": ("not_an_outcome", "not_concluded"),
    "resolved by a rule": ("not_an_outcome", "not_concluded"),
    "born resolved": ("agreed", None),
    "moved after it was resolved": ("agreed", None),
    "moved, and billed by its first key": ("agreed", None),
    "too slow": ("not_an_outcome", "in_time"),
    "just in time": ("agreed", None),
    "missed a service level later": ("agreed", None),
}


@dataclass(frozen=True)
class Month:
    desk: Desk
    buyer: Buyer


def _buyer(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> Buyer:
    connection = {
        "conn_type": "http",
        "host": desk.jira.host,
        "login": "meter@example.com",
        "password": "an-api-token",
        "extra": {"requests_per_minute": 100_000},
    }
    monkeypatch.setenv("AIRFLOW_CONN_JIRA", json.dumps(connection))
    contract = write_month(
        folder,
        sources={
            "helpdesk": {"system": "jira", "connection": "jira", "projects": ["SUP", "OPS"],
                         "observed_from": "2026-02-01T00:00:00Z", **settings},
            "invoice": {"system": "recount_csv", "location": "{period}.csv",
                        "subjects_of": "helpdesk"},
        },
        actors={"ai_agent": [{"id": desk.bot}]},
        outcomes={"resolution": {
            "says": "An issue that the AI agent resolved alone, for good, in time, and to please.",
            "subject": "ticket", "scope": {"queue": "Billing"},
            "concluded_by": {"event": "solved", "by": "ai_agent"}, "clauses": CLAUSES,
        }},
    )  # fmt: skip
    _bill(desk, folder)
    return Buyer(contract, folder / "lake")


def _bill(desk: Desk, folder: Path) -> None:
    head = "invoice_id,line_id,subject_id,outcome,quantity,unit_price,amount,currency"
    keys = {story: desk.jira.issues[issue].key for story, issue in desk.issues.items()}
    if (story := "moved, and billed by its first key") in keys:
        keys[story] = f"SUP-{list(keys).index(story) + 1}"
    lines = [f'I,"{story}",{key},resolution,1,1,1,USD' for story, key in keys.items()]
    (folder / "2026-03.csv").write_text("\n".join([head, *lines, ""]), "utf-8")


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """The month after one run of it."""
    with pytest.MonkeyPatch.context() as patch, Jira(NOW, page_size=7, bulk_page_size=5) as jira:
        desk = Desk(jira)
        tell(desk)
        month = Month(desk, _buyer(desk, tmp_path_factory.mktemp("jira"), patch))
        month.buyer.statement()
        yield month


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Month]:
    """A month that nobody ran yet."""
    with Jira(NOW) as jira:
        desk = Desk(jira)
        for number in range(3):
            desk.rated(f"issue {number}")
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


def test_an_issue_that_moved_is_called_by_its_first_key(month: Month) -> None:
    lines = {line["line_id"]: line for line in month.buyer.mart("reconciliation_lines")}
    moved = month.desk.issues["moved after it was resolved"]
    assert month.desk.jira.issues[moved].key == "OPS-1"
    assert lines["moved after it was resolved"]["subject_id"] == "helpdesk-SUP-18"


def test_no_word_of_an_issue_is_in_the_lake(month: Month) -> None:
    lake = month.buyer.unpacked()
    assert month.desk.bot.encode() in lake
    for word in ("4111 1111", "My name is Bo", "Thanks to Bo", "@example.com", "Person"):
        assert word.encode() not in lake


def test_what_is_pinned_is_not_asked_for_again(month: Month) -> None:
    before = len(month.desk.jira.requests)
    month.buyer.land()
    assert len(month.desk.jira.requests) == before


@pytest.mark.parametrize("words", [(), ("--refresh",)], ids=["again", "refreshed"])
def test_with_another_secret_nothing_is_recounted_and_nothing_landed(
    month: Month, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = month.buyer.copy(tmp_path / "lake")
    monkeypatch.setenv("RECOUNT_REQUESTER_KEY", "another secret")
    refused = again.run(*words)
    assert refused.exit_code == 2
    assert "were hashed with another RECOUNT_REQUESTER_KEY" in refused.stderr
    assert "another secret" not in refused.stderr
    assert again.objects() == month.buyer.objects()


def test_the_manifests_say_what_was_left_out_and_until_when_it_was_observed(month: Month) -> None:
    manifests = [
        json.loads(data)["content"]
        for key, data in month.buyer.objects("landed").items()
        if "issues/manifests" in key
    ]
    assert manifests[-1]["feed"]["observed_until"] == "2026-05-09T23:45:00Z"
    assert "issues[].fields.creator.displayName" in manifests[-1]["redacted"]
    assert manifests[-1]["control_total"] == {"kind": "approximate", "value": len(EXPECTED)}


def test_a_status_that_moves_to_another_category_changes_nothing_that_was(fresh: Month) -> None:
    jira, desk = fresh.desk.jira, fresh.desk
    jira.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    fresh.buyer.land(as_of=MONTH_END)
    jira.recategorize_status(desk.resolved, "indeterminate")
    jira.now = NOW
    # from what counts as in progress by now to what is done: it was resolved before
    jira.transition(desk.issues["issue 1"], desk.closed, at=NOW - 30 * DAY, by=desk.rule)
    assert fresh.buyer.matched().lines == {"agreed": 3}


def test_a_status_that_no_list_has_stops_the_run_until_the_contract_says_what_it_means(
    fresh: Month,
) -> None:
    fresh.desk.jira.retire_status(fresh.desk.resolved)
    done = fresh.buyer.run()
    assert done.exit_code == 2
    status = fresh.desk.resolved
    assert f'add statuses: {{"{status}": open}}, or solved or closed, to sources.' in done.output
    terms = fresh.buyer.contract.read_text("utf-8")
    said = f"    system: jira\n    statuses: {{'{status}': solved}}\n"
    fresh.buyer.contract.write_text(terms.replace("    system: jira\n", said), "utf-8")
    assert fresh.buyer.matched().lines == {"agreed": 3}


def test_an_issue_that_is_gone_keeps_what_was_landed_and_two_looks_say_that_it_is_deleted(
    fresh: Month, tmp_path: Path
) -> None:
    jira, desk = fresh.desk.jira, fresh.desk
    kept = {"outcomes.resolution.clauses": {
        "kept": {"forbids": {"event": "deleted", "within": "30 days"}}}}  # fmt: skip
    path = rewritten(fresh.buyer.contract, tmp_path / "kept.yml", kept)
    buyer = Buyer(path, fresh.buyer.lake)
    lines = []
    for day in (20, 22, 23):
        jira.now = datetime(2026, 3, day, tzinfo=UTC)
        lines.append(buyer.matched(as_of=f"2026-03-{day - 1}T12:00:00Z").lines)
        if day == 20:
            jira.delete(desk.issues["issue 2"], at=jira.now)
    assert lines == [{"pending": 3}, {"pending": 3}, {"pending": 2, "not_an_outcome": 1}]


def test_what_comes_later_is_extracted_from_where_the_last_run_stopped(fresh: Month) -> None:
    jira, desk = fresh.desk.jira, fresh.desk
    jira.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    fresh.buyer.land(as_of=MONTH_END)
    jira.requests.clear()
    jira.now = NOW
    jira.reopen(desk.issues["issue 0"], desk.waiting, at=datetime(2026, 4, 20, tzinfo=UTC),
                by=desk.asker)  # fmt: skip
    statement = fresh.buyer.statement(as_of=FINAL)
    assert statement["kind"] == "final"
    assert statement["outcomes"]["resolution"]["lines"] == {"agreed": 3}
    (asked,) = jira.asked(HISTORIES)[:1]
    assert asked.json["issueIdsOrKeys"] == [str(desk.issues["issue 0"])]


def test_what_the_search_does_not_know_yet_is_not_said_to_be_observed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Jira(OPENED, index_lag=timedelta(minutes=10)) as jira:
        desk = Desk(jira)
        issue = desk.rated("reopened and not indexed yet")
        jira.now = datetime(2026, 3, 16, 8, 30, tzinfo=UTC)
        jira.reopen(issue, desk.waiting, at=jira.now - timedelta(minutes=5), by=desk.asker)
        buyer = _buyer(desk, tmp_path, monkeypatch)
        assert buyer.matched(as_of="2026-03-16T08:29:00Z").lines == {"pending": 1}
        jira.now = NOW
        assert buyer.matched().reasons == {"stayed_solved": 1}


def test_what_happens_between_two_pages_is_counted_once(fresh: Month) -> None:
    jira, issue = fresh.desk.jira, fresh.desk.issues["issue 1"]
    jira.page_size, jira.repeats_history = 1, True
    jira.between = lambda request: (
        jira.reopen(issue, fresh.desk.waiting, at=SOLVED + 3 * DAY, by=fresh.desk.asker)
        if len(jira.asked(HISTORIES)) == 2 and jira.issues[issue].status == fresh.desk.resolved
        else None
    )
    assert fresh.buyer.matched().reasons == {"stayed_solved": 1}


def test_a_change_that_the_bulk_left_out_holds_the_month(fresh: Month) -> None:
    def lose(document: Any) -> None:
        document["issueChangeLogs"].pop()

    fresh.desk.jira.misbehave(faults.changed(lose), on=HISTORIES)
    fresh.desk.jira.misbehave(faults.changed(lose), on=HISTORIES)
    statement = fresh.buyer.statement()
    assert statement["decision"] == "hold"
    assert "subject_contradicted" in [each["rule"] for each in statement["findings"]]


def test_comments_that_the_bulk_cut_off_are_asked_for_one_issue_at_a_time(fresh: Month) -> None:
    jira, desk = fresh.desk.jira, fresh.desk
    for minutes in range(3):
        jira.comment(desk.issues["issue 0"], at=OPENED + timedelta(minutes=minutes), by=desk.ann)

    def cut_off(document: Any) -> None:
        for issue in document["issues"]:
            if "comment" in issue["fields"]:
                issue["fields"]["comment"]["comments"] = issue["fields"]["comment"]["comments"][:1]

    jira.comment_page_size = 2
    jira.misbehave(faults.changed(cut_off), on=BULK, times=-1)
    assert fresh.buyer.matched().reasons == {"alone": 1}
    assert len(jira.asked(f"/rest/api/3/issue/{desk.issues['issue 0']}/comment")) == 2


def check(buyer: Buyer, *words: str) -> Result:
    return CliRunner().invoke(main, ["sources", "check", "--contract", str(buyer.contract), *words])


def test_the_check_says_who_we_are_what_can_be_read_and_since_when(fresh: Month) -> None:
    done = check(fresh.buyer)
    assert done.exit_code == 0, done.output
    assert f"ok    signing in: we are {fresh.desk.jira.me}" in done.output
    assert "ok    project SUP: we may read it as an agent" in done.output
    assert "ok    changes: can be read (3 records on the first page)" in done.output
    assert "replied, sla_breached, solved from 2026-02-01T00:00:00Z" in done.output
    assert not fresh.buyer.lake.exists()


@pytest.mark.parametrize(
    ("account", "says"),
    [
        (Account(projects=("SUP",)), "there is no project OPS that our account may see"),
        (Account(is_agent=False), "our account lacks SERVICEDESK_AGENT in SUP"),
        (Account(api_token="another"), "refuses our credentials (401)"),
    ],
)
def test_what_our_account_may_not_do_is_named_before_anything_is_landed(
    account: Account, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Jira(NOW, account=account) as jira:
        desk = Desk(jira)
        desk.rated("an issue")
        buyer = _buyer(desk, tmp_path, monkeypatch)
        done = check(buyer)
        assert done.exit_code == 1
        assert says in done.output
        assert buyer.run().exit_code == 2
        assert buyer.objects("landed", "statements", "marts") == {}


def test_a_token_that_is_revoked_midway_is_no_empty_list(fresh: Month) -> None:
    jira = fresh.desk.jira
    jira.between = lambda request: (
        setattr(jira.gate, "account", Account(api_token="another"))
        if request.path == "/rest/api/3/field"
        else None
    )
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "know us" in done.output or "refuses our credentials (401)" in done.output
    assert fresh.buyer.objects("statements", "marts") == {}


@pytest.mark.deep  # tests/faults cuts every connector off
def test_a_run_that_was_cut_off_publishes_nothing_and_goes_on(fresh: Month) -> None:
    jira = fresh.desk.jira
    jira.page_size = 1
    jira.misbehave(faults.status(403), on=HISTORIES, after=1)
    assert fresh.buyer.run().exit_code == 2
    assert fresh.buyer.objects("statements", "outbox", "marts") == {}
    assert fresh.buyer.matched().lines == {"agreed": 3}
