"""A month on Freshdesk over HTTP: each ticket has a story, and the statement says how it ended."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
from tests.emulators import faults
from tests.emulators.freshdesk import Freshdesk
from tests.emulators.freshdesk_access import Gate
from tests.emulators.freshdesk_exports import SIGNATURE, Storage
from tests.end_to_end.buyer import Buyer, rewritten
from tests.end_to_end.traced import unlanded_events, unproven_figures
from tests.support.small import FINAL, MONTH_END, write_month

NOW = datetime(2026, 5, 10, 9, tzinfo=UTC)
HIRED = datetime(2026, 1, 5, tzinfo=UTC)
OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
SOLVED = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLAUSES = {
    "alone": {"forbids": {"event": ["replied", "assigned"], "by": "human_agent",
                          "until": "concluded"}},
    "stayed_solved": {"forbids": {"event": "reopened", "within": "14 days"}},
    "quiet": {"forbids": {"event": "contacted", "by": "requester", "within": "2 days"}},
    "satisfied": {
        "requires": {"event": "rated", "at_least": "4", "unit": "score_of_5", "within": "14 days",
                     "pick": "last"},
        "if_missing": "not_met",
    },
}  # fmt: skip


class Desk:
    """Tells the stories; `tickets` has the number of each by the name of its story."""

    def __init__(self, freshdesk: Freshdesk) -> None:
        self.freshdesk = freshdesk
        freshdesk.kept = 400 * DAY
        self.tickets: dict[str, int] = {}
        self.bot, self.ann, self.ben = (freshdesk.add_agent(at=HIRED) for _ in range(3))
        self.asker = freshdesk.add_contact(at=HIRED)
        self.billing = freshdesk.add_group("billing")
        self.waiting = freshdesk.add_status("Waiting on parts")

    def opened(self, story: str, *, by: int | None = -1) -> int:
        ticket = self.freshdesk.create(
            at=OPENED, requester=self.asker, by=by, group=self.billing,
            subject="Card 4111 1111 1111 1111", custom_fields={"cf_tier": "first", "cf_note": "My"},
        )  # fmt: skip
        self.tickets[story] = ticket
        return ticket

    def solved(self, story: str, *, by: int | None = -1) -> int:
        """Open a ticket, and let the agent (or somebody else) answer and solve it."""
        ticket = self.opened(story)
        self.freshdesk.reply(ticket, at=SOLVED, by=self.bot)
        self.freshdesk.resolve(ticket, at=SOLVED, by=self.bot if by == -1 else by)
        return ticket

    def rated(self, story: str, score: int = 103, *, text: str = "My name is Bo") -> int:
        ticket = self.solved(story)
        self.freshdesk.rate(ticket, score, at=SOLVED + DAY, text=text)
        return ticket


def tell(desk: Desk) -> None:
    freshdesk = desk.freshdesk
    desk.rated("satisfied")
    desk.rated("happy enough", 101)
    desk.rated("neutral", 100)
    freshdesk.rate(desk.rated("rated again", -103), 103, at=SOLVED + 2 * DAY)
    desk.solved("silent")
    freshdesk.reopen(desk.rated("reopened in time"), at=SOLVED + 14 * DAY, by=desk.asker)
    late = SOLVED + 14 * DAY + timedelta(seconds=1)
    freshdesk.reopen(desk.rated("reopened too late"), at=late, by=desk.asker)
    for story, helper in (("helped by a person", desk.ann), ("helped by one who left", desk.ben)):
        ticket = desk.opened(story)
        freshdesk.reply(ticket, at=OPENED + HOUR / 2, by=helper)
        freshdesk.resolve(ticket, at=SOLVED, by=desk.bot)
        freshdesk.rate(ticket, 103, at=SOLVED + DAY)
    noted = desk.opened("noted by a person")
    freshdesk.note(noted, at=OPENED + HOUR / 2, by=desk.ann)
    freshdesk.resolve(noted, at=SOLVED, by=desk.bot)
    freshdesk.rate(noted, 103, at=SOLVED + DAY)
    freshdesk.assign(desk.opened("held by one who left"), at=OPENED + HOUR, by=desk.ann,
                     agent=desk.ben)  # fmt: skip
    desk.solved("solved by a person", by=desk.ann)
    desk.solved("solved by a rule", by=None)
    asked_on = desk.rated("asked on")
    freshdesk.reply(asked_on, at=SOLVED + DAY, by=desk.asker)
    waited = desk.opened("waited and solved")
    freshdesk.set_status(waited, desk.waiting, at=OPENED + HOUR / 2, by=desk.bot)
    freshdesk.resolve(waited, at=SOLVED, by=desk.bot)
    freshdesk.rate(waited, 102, at=SOLVED + DAY)
    closed = desk.rated("closed by a rule")
    freshdesk.close(closed, at=SOLVED + 4 * DAY)
    freshdesk.merge(desk.opened("merged"), into=closed, at=SOLVED, by=desk.ann)
    freshdesk.delete(desk.rated("deleted"), at=SOLVED + 2 * DAY, by=desk.ann)
    restored = desk.rated("deleted and restored")
    freshdesk.delete(restored, at=SOLVED + 2 * DAY, by=desk.ann)
    freshdesk.restore(restored, at=SOLVED + 3 * DAY, by=desk.ann)
    freshdesk.mark_as_spam(desk.rated("spam"), at=SOLVED + 2 * DAY, by=desk.ann)
    freshdesk.deactivate(desk.ben)


EXPECTED = {
    "satisfied": ("agreed", None),
    "happy enough": ("agreed", None),
    "neutral": ("not_an_outcome", "satisfied"),
    "rated again": ("agreed", None),
    "silent": ("not_an_outcome", "satisfied"),
    "reopened in time": ("not_an_outcome", "stayed_solved"),
    "reopened too late": ("agreed", None),
    "helped by a person": ("not_an_outcome", "alone"),
    "helped by one who left": ("not_an_outcome", "alone"),
    "noted by a person": ("agreed", None),
    "held by one who left": ("not_an_outcome", "not_concluded"),
    "solved by a person": ("not_an_outcome", "not_concluded"),
    "solved by a rule": ("not_an_outcome", "not_concluded"),
    "asked on": ("not_an_outcome", "quiet"),
    "waited and solved": ("agreed", None),
    "closed by a rule": ("agreed", None),
    "merged": ("not_an_outcome", "not_concluded"),
    "deleted": ("agreed", None),
    "deleted and restored": ("agreed", None),
    "spam": ("agreed", None),
}


@dataclass(frozen=True)
class Month:
    desk: Desk
    buyer: Buyer
    storage: Storage


def _buyer(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Buyer:
    connection = {
        "conn_type": "http", "host": desk.freshdesk.host, "password": "an-api-key",
        "extra": {"requests_per_minute": 100_000, "export_host": "127.0.0.1"},
    }  # fmt: skip
    monkeypatch.setenv("AIRFLOW_CONN_FRESHDESK", json.dumps(connection))
    contract = write_month(
        folder,
        sources={
            "helpdesk": {"system": "freshdesk", "connection": "freshdesk",
                         "observed_from": "2026-02-20T00:00:00Z",
                         "statuses": {"Waiting on parts": "open"},
                         "ratings": {"103": "5", "102": "4.5", "101": "4", "100": "3", "-103": "1"},
                         "custom_fields": {"tier": "cf_tier"}},
            "invoice": {"system": "recount_csv", "location": "{period}.csv",
                        "subjects_of": "helpdesk"},
        },
        actors={"ai_agent": [{"id": str(desk.bot)}]},
        outcomes={"resolution": {
            "says": "A ticket that the AI agent solved alone, for good, to the requester's liking.",
            "subject": "ticket", "scope": {"queue": "billing", "tier": "first"},
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
    with pytest.MonkeyPatch.context() as patch, Freshdesk(NOW, page_size=7) as freshdesk:
        desk = Desk(freshdesk)
        tell(desk)
        with Storage(freshdesk) as storage:
            month = Month(desk, _buyer(desk, tmp_path_factory.mktemp("freshdesk"), patch), storage)
            month.buyer.statement()
            yield month


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Month]:
    """A month that nobody ran yet."""
    with Freshdesk(NOW) as freshdesk:
        desk = Desk(freshdesk)
        for number in range(3):
            desk.rated(f"ticket {number}")
        with Storage(freshdesk) as storage:
            yield Month(desk, _buyer(desk, tmp_path, monkeypatch), storage)


@pytest.mark.parametrize("story", EXPECTED)
def test_each_story_ends_as_the_contract_says(month: Month, story: str) -> None:
    lines = {line["line_id"]: line for line in month.buyer.mart("reconciliation_lines")}
    assert set(lines) == set(EXPECTED)
    assert (lines[story]["match_status"], lines[story]["reason"]) == EXPECTED[story]


def test_every_event_and_figure_leads_to_landed_records(month: Month) -> None:
    buyer = month.buyer
    assert list(unlanded_events(buyer)) == []
    assert list(unproven_figures(buyer, buyer.published(), 12)) == []


def test_the_statement_adds_up_to_what_was_worked_out_by_hand(month: Month) -> None:
    statement = month.buyer.published()
    resolution = statement["outcomes"]["resolution"]
    assert resolution["lines"] == {"agreed": 10, "not_an_outcome": 10}
    assert resolution["reasons"] == {
        "alone": 2, "not_concluded": 4, "quiet": 1, "satisfied": 2, "stayed_solved": 1
    }  # fmt: skip
    assert (resolution["invoiced_count"], resolution["recounted_count"]) == (20, 10)
    assert (statement["kind"], statement["decision"], statement["findings"]) == (
        "final", "dispute", []
    )  # fmt: skip
    assert statement["amounts"]["disputed"] == "10.00"


def test_no_word_of_a_ticket_and_no_link_is_in_the_lake(month: Month) -> None:
    lake = month.buyer.unpacked()
    assert b'"ticket_id":' in lake
    for word in ("4111 1111", "My name is Bo", "@example.com", "Person", "an-api-key", SIGNATURE,
                 "Close what is resolved", "cf_note\":"):  # fmt: skip
        assert word.encode() not in lake


def test_the_store_of_the_files_never_sees_the_key(month: Month) -> None:
    assert len(month.storage.requests) > 50
    assert not any("authorization" in each.headers for each in month.storage.requests)


def test_what_is_pinned_is_not_asked_for_again(month: Month) -> None:
    before = len(month.desk.freshdesk.requests)
    month.buyer.land()
    assert len(month.desk.freshdesk.requests) == before


def test_the_manifests_say_what_was_left_out_and_until_when_it_was_observed(month: Month) -> None:
    def manifests(stream: str) -> list[dict[str, Any]]:
        landed = month.buyer.objects("landed").items()
        return [json.loads(data)["content"] for key, data in landed if f"{stream}/manif" in key]

    # the last file that is there ends an hour after the clock, and four hours before it was read
    assert manifests("activities")[-1]["feed"]["observed_until"] == "2026-05-09T10:00:00Z"
    assert manifests("tickets")[-1]["feed"]["observed_until"] == "2026-05-10T08:55:00Z"
    assert "tickets[].subject" in manifests("tickets")[-1]["redacted"]
    assert "conversations[].body_text" in str(manifests("conversations")[-1]["redacted"])


def test_the_evidence_names_who_reopened_a_ticket(month: Month) -> None:
    ticket = f"helpdesk-{month.desk.tickets['reopened in time']}"
    events = [row for row in month.buyer.mart("evidence_events") if row["subject_id"] == ticket]
    told = {row["event_type"]: (row["actor_type"], row["actor_id"]) for row in events}
    assert told["solved"] == ("ai_agent", str(month.desk.bot))
    actor_type, actor_id = told["reopened"]
    assert actor_type == "requester"
    assert len(actor_id) == 32


def test_the_coverage_ends_with_the_files_of_activities(month: Month) -> None:
    coverage = {row["event_type"]: row for row in month.buyer.mart("event_coverage")}
    assert {row["shown_by"] for row in coverage.values()} == {"helpdesk"}
    assert "merged" not in coverage
    assert coverage["deleted"]["event_count"] == 3
    assert coverage["rated"]["observed_until"] == datetime(2026, 5, 2)


def test_what_happens_between_two_pages_is_counted_once(fresh: Month) -> None:
    freshdesk = fresh.desk.freshdesk
    freshdesk.page_size = 1
    freshdesk.between = lambda request: (
        freshdesk.touch(fresh.desk.tickets["ticket 0"], at=NOW - HOUR)
        if len(freshdesk.asked("/api/v2/tickets$")) == 2
        and freshdesk.tickets[1].updated < NOW.timestamp() - 4000
        else None
    )
    assert fresh.buyer.matched().lines == {"agreed": 3}


@pytest.mark.parametrize("lost", ["the last status", "a reopening and the solution after it"])
def test_an_activity_that_the_export_lost_holds_the_month(fresh: Month, lost: str) -> None:
    freshdesk, ticket = fresh.desk.freshdesk, fresh.desk.tickets["ticket 2"]
    freshdesk.reopen(ticket, at=SOLVED + 3 * DAY, by=fresh.desk.asker)
    if lost != "the last status":
        freshdesk.resolve(ticket, at=SOLVED + 4 * DAY, by=fresh.desk.bot)
        freshdesk.lose_activity(ticket)
    freshdesk.lose_activity(ticket)
    statement = fresh.buyer.statement()
    assert statement["decision"] == "hold"
    assert [each["rule"] for each in statement["findings"]] == ["subject_contradicted"]


def test_what_comes_later_is_extracted_from_where_the_last_run_stopped(fresh: Month) -> None:
    freshdesk, ticket = fresh.desk.freshdesk, fresh.desk.tickets["ticket 0"]
    freshdesk.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    fresh.buyer.land(as_of=MONTH_END)
    freshdesk.requests.clear()
    freshdesk.now = NOW
    freshdesk.reopen(ticket, at=datetime(2026, 4, 20, tzinfo=UTC), by=fresh.desk.asker)
    statement = fresh.buyer.statement(as_of=FINAL)
    assert statement["kind"] == "final"
    assert statement["outcomes"]["resolution"]["lines"] == {"agreed": 3}
    days = [each.query["created_at"] for each in freshdesk.asked("/api/v2/export")]
    assert min(days) == "2026-04-01"
    assert {each.path for each in freshdesk.asked("/api/v2/tickets/[0-9]")} == {
        f"/api/v2/tickets/{ticket}/conversations"
    }


def test_a_rating_that_was_changed_after_it_was_seen_is_an_event_of_its_own(fresh: Month) -> None:
    freshdesk = fresh.desk.freshdesk
    freshdesk.now = SOLVED + 2 * DAY
    fresh.buyer.land(as_of="2026-03-04T00:00:00Z", refresh=True)
    freshdesk.now = NOW
    freshdesk.change_rating(freshdesk.ratings[0].id, -103, at=SOLVED + 3 * DAY)
    assert fresh.buyer.matched().reasons == {"satisfied": 1}


def test_what_is_archived_or_deleted_for_good_after_it_was_landed_stays(fresh: Month) -> None:
    freshdesk = fresh.desk.freshdesk
    before = fresh.buyer.matched(as_of="2026-05-08T00:00:00Z")
    freshdesk.archive(fresh.desk.tickets["ticket 0"])
    freshdesk.purge(fresh.desk.tickets["ticket 1"])
    assert fresh.buyer.matched(as_of="2026-05-09T00:00:00Z", refresh=True) == before
    assert before.lines == {"agreed": 3}


def test_a_day_that_nobody_fetched_in_time_stops_the_run(fresh: Month) -> None:
    fresh.desk.freshdesk.missing_days = {date(2026, 3, 20)}
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "begin at 2026-03-21T10:00:00Z" in done.output
    assert "what happened from 2026-03-20T10:00:00Z on is in no file" in done.output
    assert fresh.buyer.objects("statements", "outbox", "marts") == {}


def test_an_account_without_the_export_is_told_so(fresh: Month) -> None:
    fresh.desk.freshdesk.kept = timedelta(0)
    done = check(fresh.buyer)
    assert done.exit_code == 1
    assert "FAIL  activities: helpdesk: Freshdesk has no file of the activities" in done.output
    assert "the account does not have the export of ticket activities" in done.output


def test_a_status_of_the_accounts_own_stops_the_run_until_the_contract_names_it(
    fresh: Month,
) -> None:
    freshdesk, ticket = fresh.desk.freshdesk, fresh.desk.tickets["ticket 0"]
    odd = freshdesk.add_status("On its way")
    freshdesk.set_status(ticket, odd, at=SOLVED + 20 * DAY, by=fresh.desk.ann)
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "ticket 1 had the status 'On its way'" in done.output
    assert 'add statuses: {"On its way": open}' in done.output


def test_a_score_without_a_worth_stops_the_run(fresh: Month) -> None:
    fresh.desk.freshdesk.rate(1, -101, at=SOLVED + 2 * DAY)
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "ticket 1 was rated with -101" in done.output


def test_a_status_that_got_another_name_means_the_same_as_before(fresh: Month) -> None:
    freshdesk = fresh.desk.freshdesk
    freshdesk.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    fresh.buyer.land(as_of=MONTH_END)
    freshdesk.now = NOW
    freshdesk.rename_status(4, "Done")
    assert fresh.buyer.matched().lines == {"agreed": 3}


def check(buyer: Buyer, *words: str) -> Result:
    return CliRunner().invoke(main, ["sources", "check", "--contract", str(buyer.contract), *words])


def test_the_check_says_who_we_are_what_can_be_read_and_since_when(fresh: Month) -> None:
    done = check(fresh.buyer)
    assert done.exit_code == 0, done.output
    assert "ok    signing in: we are agent 1001, with global access" in done.output
    assert "ok    conversations: can be read (6 records on the first page)" in done.output
    assert "rated, reopened, replied, solved from 2026-02-20T00:00:00Z" in done.output
    assert not fresh.buyer.lake.exists()


def test_the_check_names_a_key_that_sees_some_tickets_only(fresh: Month) -> None:
    fresh.desk.freshdesk.users[fresh.desk.freshdesk.me].scope = 2
    done = check(fresh.buyer)
    assert done.exit_code == 1
    assert "FAIL  signing in: we have the ticket scope '2', and see only some" in done.output
    assert "see only some" in fresh.buyer.run().output


def test_the_check_names_what_only_an_administrator_may_read(fresh: Month) -> None:
    fresh.desk.freshdesk.gate = Gate(is_admin=False)
    done = check(fresh.buyer, "--json")
    assert done.exit_code == 1
    (helpdesk, _) = json.loads(done.output)
    failed = [each["what"] for each in helpdesk["reaches"] if not each["is_fine"]]
    assert failed == ["activities", "agents", "statuses"]


@pytest.mark.deep  # tests/faults cuts every connector off
def test_a_run_that_was_cut_off_publishes_nothing_and_goes_on(fresh: Month) -> None:
    fresh.desk.freshdesk.misbehave(faults.status(403), on="/api/v2/export", after=30)
    assert fresh.buyer.run().exit_code == 2
    assert fresh.buyer.objects("statements", "outbox", "marts") == {}
    assert fresh.buyer.matched().lines == {"agreed": 3}


def test_a_link_that_leads_elsewhere_is_not_followed(fresh: Month) -> None:
    terms = json.loads(
        '{"conn_type": "http", "password": "an-api-key", "extra": {"requests_per_minute": 99999}}'
    )
    with pytest.MonkeyPatch.context() as patch:
        connection = {**terms, "host": fresh.desk.freshdesk.host}
        patch.setenv("AIRFLOW_CONN_FRESHDESK", json.dumps(connection))
        done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "leads to '127.0.0.1' over 'http', and not to amazonaws.com over https" in done.output
    assert fresh.storage.requests == []


def test_a_contract_without_ratings_reads_none_and_cannot_verify_them(fresh: Month) -> None:
    changed = fresh.buyer.contract.with_name("unrated.yml")
    terms: dict[str, Any] = {"sources.helpdesk.ratings": {}}
    buyer = Buyer(rewritten(fresh.buyer.contract, changed, terms), fresh.buyer.lake)
    assert buyer.matched().lines == {"unverifiable": 3}
    assert fresh.desk.freshdesk.asked("/api/v2/surveys") == []
