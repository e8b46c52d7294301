"""A month of HubSpot over HTTP: each ticket has a story, and the statement says how it ended."""

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
from tests.emulators.hubspot import HubSpot
from tests.emulators.hubspot_records import CUSTOMER_AGENT, By
from tests.emulators.server import Answer, Request
from tests.end_to_end.buyer import Buyer, rewritten
from tests.end_to_end.hubspot_desk import (
    BEFORE,
    DAY,
    EXPECTED,
    NOW,
    OPENED,
    SOLVED,
    Desk,
    bill,
    buyer_of,
    tell,
)
from tests.end_to_end.traced import unlanded_events, unproven_figures
from tests.support.small import FINAL, MONTH_END

BATCH = "/crm/v3/objects/tickets/batch/read"
MONTH_LATER = datetime(2026, 4, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Month:
    desk: Desk
    buyer: Buyer


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """The month after one run of it."""
    with pytest.MonkeyPatch.context() as patch, HubSpot(NOW, largest_page=7) as hubspot:
        desk = Desk(hubspot)
        tell(desk)
        month = Month(desk, buyer_of(desk, tmp_path_factory.mktemp("hubspot"), patch))
        month.buyer.statement()
        yield month


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Month]:
    """A month that nobody ran yet."""
    with HubSpot(NOW) as hubspot:
        desk = Desk(hubspot)
        for number in range(3):
            desk.rated(f"ticket {number}")
        yield Month(desk, buyer_of(desk, tmp_path, monkeypatch))


def lines_of(statement: dict[str, Any]) -> Any:
    return statement["outcomes"]["resolution"]["lines"]


def rules_of(statement: dict[str, Any]) -> list[str]:
    return [each["rule"] for each in statement["findings"]]


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
    assert b"I-52447" in lake
    for word in ("4111 1111", "We are looking", "Thanks to", "@example.com", "Person", "userId"):
        assert word.encode() not in lake


def test_what_is_pinned_is_not_asked_for_again(month: Month) -> None:
    before = len(month.desk.hubspot.requests)
    month.buyer.land()
    assert len(month.desk.hubspot.requests) == before


def test_the_manifests_say_what_was_left_out_and_until_when_it_was_observed(month: Month) -> None:
    manifests = [
        json.loads(data)["content"]
        for key, data in month.buyer.objects("landed").items()
        if "tickets/manifests" in key
    ]
    assert manifests[-1]["feed"]["observed_until"] == "2026-05-09T23:45:00Z"
    assert "results[].url" in manifests[-1]["redacted"]


def test_thousands_that_changed_in_one_millisecond_are_all_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HubSpot(NOW) as hubspot:
        desk = Desk(hubspot)
        for number in range(10_200):
            desk.opened(f"{number}")
        for ticket in desk.tickets.values():
            hubspot.move(ticket, desk.solved_stage, at=SOLVED, by=By("INTEGRATION", "52447"))
        buyer = buyer_of(desk, tmp_path, monkeypatch, emails=False, notes=False,
                         conversations=False, surveys={})  # fmt: skip
        simple = {"outcomes.resolution.clauses": {"stayed_solved": {
            "forbids": {"event": "reopened", "within": "14 days"}}}}  # fmt: skip
        buyer = Buyer(rewritten(buyer.contract, tmp_path / "simple.yml", simple), buyer.lake)
        assert buyer.matched().lines == {"agreed": 10_200}
        assert len(hubspot.asked(BATCH)) == 204


def test_a_stage_that_gets_another_state_changes_nothing_that_was(fresh: Month) -> None:
    hubspot, desk = fresh.desk.hubspot, fresh.desk
    hubspot.now = MONTH_LATER
    fresh.buyer.land(as_of=MONTH_END)
    hubspot.set_state(desk.solved_stage, "OPEN")
    hubspot.now = NOW
    hubspot.move(desk.tickets["ticket 1"], desk.closed_stage, at=NOW - 30 * DAY, by=desk.person)
    assert fresh.buyer.matched().lines == {"agreed": 3}


def test_a_stage_that_no_list_has_stops_the_run_until_the_contract_says_what_it_means(
    fresh: Month,
) -> None:
    stage = fresh.desk.solved_stage
    fresh.desk.hubspot.remove_stage(stage)
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert f'add stages: {{"{stage}": open}}, or solved or closed, to sources.' in done.output
    terms = fresh.buyer.contract.read_text("utf-8")
    said = f"    stages:\n      '{stage}': solved\n"
    fresh.buyer.contract.write_text(terms.replace("    stages:\n", said), "utf-8")
    assert fresh.buyer.matched().lines == {"agreed": 3}


def test_an_agent_of_hubspots_own_is_one_when_the_contract_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HubSpot(NOW) as hubspot:
        desk = Desk(hubspot)
        desk.rated("solved by it", by=CUSTOMER_AGENT)
        unnamed = buyer_of(desk, tmp_path, monkeypatch).statement()
        assert unnamed["decision"] == "hold"
        assert lines_of(unnamed) == {"not_an_outcome": 1}
        named = buyer_of(desk, tmp_path / "named", monkeypatch, agent="CUSTOMER_AGENT")
        assert named.matched().lines == {"agreed": 1}


def test_a_ticket_that_is_deleted_keeps_what_was_landed(fresh: Month, tmp_path: Path) -> None:
    hubspot, desk = fresh.desk.hubspot, fresh.desk
    kept = {"outcomes.resolution.clauses": {
        "kept": {"forbids": {"event": "deleted", "within": "30 days"}}}}  # fmt: skip
    buyer = Buyer(rewritten(fresh.buyer.contract, tmp_path / "kept.yml", kept), fresh.buyer.lake)
    hubspot.now = datetime(2026, 3, 20, tzinfo=UTC)
    assert buyer.matched(as_of="2026-03-19T12:00:00Z").lines == {"pending": 3}
    hubspot.archive(desk.tickets["ticket 2"], at=hubspot.now)
    hubspot.now = NOW
    matched = buyer.matched()
    assert matched.lines == {"agreed": 2, "not_an_outcome": 1}
    assert matched.reasons == {"kept": 1}


def test_a_ticket_that_was_deleted_before_it_was_read_accuses_nobody(fresh: Month) -> None:
    fresh.desk.hubspot.archive(fresh.desk.tickets["ticket 2"], at=SOLVED + 3 * DAY)
    statement = fresh.buyer.statement()
    assert statement["decision"] == "hold"
    assert "subject_contradicted" in rules_of(statement)


@pytest.mark.parametrize("keeps_id", [True, False])
def test_a_ticket_that_is_merged_after_it_was_read_stays_itself(
    fresh: Month, keeps_id: bool
) -> None:
    hubspot, desk = fresh.desk.hubspot, fresh.desk
    other = hubspot.open_ticket(desk.new, at=OPENED, by=desk.person)
    reply = hubspot.email(other, "EMAIL", at=BEFORE, by=desk.person)
    hubspot.move(other, desk.solved_stage, at=BEFORE, by=desk.person)
    hubspot.now = MONTH_LATER
    fresh.buyer.land(as_of=MONTH_END)
    hubspot.now, merged_at = NOW, NOW - 20 * DAY
    left, gone = desk.tickets["ticket 0"], desk.tickets["ticket 1"]
    left = hubspot.merge(left, gone, at=merged_at, user=desk.ann, keeps_id=keeps_id)
    hubspot.merge(left, other, at=merged_at, user=desk.ann, keeps_id=True)
    reply.modified.append(merged_at)
    statement = fresh.buyer.statement(as_of=FINAL)
    # what a merger mixed in is nobody's second outcome, and nobody's reply
    assert lines_of(statement) == {"agreed": 3}
    assert statement["decision"] == "pay"


@pytest.mark.parametrize("keeps_id", [True, False])
def test_a_ticket_that_was_merged_before_it_was_read_accuses_nobody(
    fresh: Month, keeps_id: bool
) -> None:
    desk = fresh.desk
    left = desk.hubspot.merge(
        desk.tickets["ticket 0"], desk.tickets["ticket 1"], at=SOLVED + 2 * DAY, user=desk.ann,
        keeps_id=keeps_id,
    )  # fmt: skip
    bill(fresh.buyer.contract.parent, {"left": left.id})
    assert fresh.buyer.statement()["decision"] == "hold"
    bill(fresh.buyer.contract.parent, {"gone": desk.tickets["ticket 1"].id})
    again = Buyer(fresh.buyer.contract, fresh.buyer.lake.with_name("again")).statement()
    assert "subject_contradicted" in rules_of(again)


def test_a_history_without_its_beginning_accuses_nobody(fresh: Month) -> None:
    del fresh.desk.tickets["ticket 0"].histories["hs_pipeline_stage"][0]
    statement = fresh.buyer.statement()
    assert statement["decision"] == "hold"
    assert "subject_contradicted" in rules_of(statement)


def test_what_comes_later_is_extracted_from_where_the_last_run_stopped(fresh: Month) -> None:
    hubspot, desk = fresh.desk.hubspot, fresh.desk
    hubspot.now = MONTH_LATER
    fresh.buyer.land(as_of=MONTH_END)
    hubspot.requests.clear()
    hubspot.now = NOW
    hubspot.move(desk.tickets["ticket 0"], desk.new, at=NOW - 20 * DAY, by=desk.person)
    statement = fresh.buyer.statement(as_of=FINAL)
    assert statement["kind"] == "final"
    assert lines_of(statement) == {"agreed": 3}
    (asked,) = hubspot.asked(BATCH)
    assert asked.json["inputs"] == [{"id": str(desk.tickets["ticket 0"].id)}]


def test_what_search_does_not_know_yet_is_not_said_to_be_observed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HubSpot(OPENED, lag=timedelta(minutes=10)) as hubspot:
        desk = Desk(hubspot)
        ticket = desk.rated("reopened and not indexed yet")
        hubspot.now = datetime(2026, 3, 16, 8, 30, tzinfo=UTC)
        hubspot.move(ticket, desk.new, at=hubspot.now - timedelta(minutes=5), by=desk.person)
        buyer = buyer_of(desk, tmp_path, monkeypatch)
        # what the database says already is after what search is sure of
        assert buyer.matched(as_of="2026-03-16T08:29:00Z").lines == {"pending": 1}
        hubspot.now = NOW
        assert buyer.matched().reasons == {"stayed_solved": 1}


def test_what_happens_between_two_pages_is_counted_once(fresh: Month) -> None:
    hubspot, ticket = fresh.desk.hubspot, fresh.desk.tickets["ticket 1"]
    hubspot.now = SOLVED + 3 * DAY

    def reopen(request: Request) -> None:
        if request.path == BATCH and len(ticket.histories["hs_pipeline_stage"]) == 2:
            hubspot.move(ticket, fresh.desk.new, at=hubspot.now, by=fresh.desk.person)

    hubspot.between = reopen
    assert fresh.buyer.matched(as_of="2026-03-05T08:00:00Z").lines == {"pending": 3}
    hubspot.now = NOW
    assert fresh.buyer.matched().reasons == {"stayed_solved": 1}


def test_a_daily_limit_ends_the_run_at_once_and_the_next_one_goes_on(fresh: Month) -> None:
    limited = {"status": "error", "policyName": "DAILY", "errorType": "RATE_LIMIT"}
    hubspot = fresh.desk.hubspot
    hubspot.misbehave(lambda handler, _: handler.send(Answer(limited, 429)), on=BATCH)
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "the allowance of requests is used up" in done.output
    assert len(hubspot.asked(BATCH)) == 1
    fresh.buyer.land()
    assert len(hubspot.asked(BATCH)) == 2


def check(buyer: Buyer) -> Result:
    return CliRunner().invoke(main, ["sources", "check", "--contract", str(buyer.contract)])


def test_the_check_says_who_we_are_what_can_be_read_and_since_when(fresh: Month) -> None:
    done = check(fresh.buyer)
    assert done.exit_code == 0, done.output
    assert "ok    signing in: this is the account 4711" in done.output
    assert "ok    tickets: can be read (9 records on the first page)" in done.output
    assert "rated, reopened, replied, solved from 2026-02-01T00:00:00Z" in done.output
    assert not fresh.buyer.lake.exists()


@pytest.mark.parametrize(
    ("scope", "stream"),
    [
        ("tickets", "tickets"),
        ("conversations.read", "messages"),
        ("crm.objects.feedback_submissions.read", "submissions"),
        ("crm.objects.contacts.read", "emails"),
    ],
)
def test_a_scope_that_the_private_app_lacks_is_named(fresh: Month, scope: str, stream: str) -> None:
    fresh.desk.hubspot.gate.scopes.remove(scope)
    done = check(fresh.buyer)
    assert done.exit_code == 1
    assert f"{stream}: helpdesk: the private app lacks one of the scopes {scope}" in done.output
    assert fresh.buyer.run().exit_code == 2
    assert fresh.buyer.objects("statements", "marts") == {}


def test_a_token_that_is_revoked_midway_stops_the_run(fresh: Month) -> None:
    fresh.desk.hubspot.between = lambda request: setattr(fresh.desk.hubspot.gate, "token", "new")
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "refuses our credentials (401)" in done.output
    assert fresh.buyer.objects("statements", "marts") == {}


@pytest.mark.deep  # tests/faults cuts every connector off
def test_a_run_that_was_cut_off_publishes_nothing_and_goes_on(fresh: Month) -> None:
    fresh.desk.hubspot.misbehave(faults.status(403), on=BATCH)
    assert fresh.buyer.run().exit_code == 2
    assert fresh.buyer.objects("statements", "outbox", "marts") == {}
    assert fresh.buyer.matched().lines == {"agreed": 3}


def test_two_who_ask_about_one_ticket_are_nobodys_return(fresh: Month, tmp_path: Path) -> None:
    hubspot, desk = fresh.desk.hubspot, fresh.desk
    other = hubspot.add_contact("Person Two", "two@example.com", at=BEFORE)
    hubspot.account.link(desk.tickets["ticket 0"], other)
    pattern = {"event": "contacted", "by": "requester", "link": "requester", "within": "7 days"}
    quiet = {"outcomes.resolution.clauses": {"quiet": {"forbids": pattern}}}
    path = rewritten(fresh.buyer.contract, tmp_path / "quiet.yml", quiet)
    lines = Buyer(path, fresh.buyer.lake).matched().lines
    assert lines == {"agreed": 2, "unverifiable": 1}
