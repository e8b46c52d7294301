"""A month of Salesforce over HTTP: each case has a story, and the statement says how it ended."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
from tests.emulators import faults
from tests.emulators.salesforce import Salesforce
from tests.end_to_end.buyer import Buyer, rewritten
from tests.end_to_end.salesforce_desk import DAY, MINUTE, NOW, SOLVED, Desk, Month, buyer_of, tell
from tests.end_to_end.traced import unlanded_events, unproven_figures
from tests.support.small import FINAL, MONTH_END

QUERY = "/services/data/v64.0/query"
EXPECTED = {
    "satisfied": ("agreed", None),
    "dissatisfied": ("not_an_outcome", "satisfied"),
    "silent": ("not_an_outcome", "satisfied"),
    "survey not completed": ("not_an_outcome", "satisfied"),
    "reopened in time": ("not_an_outcome", "stayed_solved"),
    "reopened too late": ("agreed", None),
    "followed up": ("not_an_outcome", "stayed_solved"),
    "helped by a comment": ("not_an_outcome", "alone"),
    "helped by an e-mail": ("not_an_outcome", "alone"),
    "noted alone": ("agreed", None),
    "taken by a person": ("not_an_outcome", "alone"),
    "customer commented": ("agreed", None),
    "passed on": ("not_an_outcome", "kept"),
    "passed on by a flow": ("not_an_outcome", "kept"),
    "passed on in a conversation": ("not_an_outcome", "kept"),
    "rated conversation": ("agreed", None),
    "solved by a person": ("not_an_outcome", "not_concluded"),
    "born closed": ("agreed", None),
    "merged and deleted": ("not_an_outcome", "not_concluded"),
    "merged and kept": ("not_an_outcome", "not_concluded"),
    "deleted": ("agreed", None),
    "deleted for good": ("unknown_subject", None),
    "touched by the system": ("agreed", None),
}


CLAIM = {"object": "ConversationBillingOutcome_std__dlm"}


@pytest.fixture(scope="module", params=["by queries", "by bulk jobs"])
def month(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Month]:
    """The month after one run of it, with pages of four records."""
    many: dict[str, Any] = {"page_rows": 4, "result_rows": 4, "bulk_polls": 1}
    with pytest.MonkeyPatch.context() as patch, Salesforce(NOW, **many) as org:
        desk = Desk(org)
        tell(desk)
        rows = {"by queries": 20_000, "by bulk jobs": 1}[request.param]
        folder = tmp_path_factory.mktemp("salesforce")
        month = Month(desk, buyer_of(desk, folder, patch, claim=CLAIM, bulk_from=rows))
        month.buyer.statement()
        yield month


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Month]:
    """A month that nobody ran yet."""
    with Salesforce(NOW) as org:
        desk = Desk(org)
        for number in range(3):
            desk.rated(f"case {number}")
        yield Month(desk, buyer_of(desk, tmp_path, monkeypatch))


@pytest.mark.parametrize("story", EXPECTED)
def test_each_story_ends_as_the_contract_says(month: Month, story: str) -> None:
    lines = {line["line_id"]: line for line in month.buyer.mart("reconciliation_lines")}
    assert set(lines) == set(EXPECTED)
    assert (lines[story]["match_status"], lines[story]["reason"]) == EXPECTED[story]


def test_every_event_and_figure_leads_to_landed_records(month: Month) -> None:
    buyer = month.buyer
    assert list(unlanded_events(buyer)) == []
    assert list(unproven_figures(buyer, buyer.published(), 12)) == []


def test_nothing_holds_the_month_and_the_counts_are_those_of_the_stories(month: Month) -> None:
    statement = month.buyer.published()
    outcome = statement["outcomes"]["resolution"]
    assert [each["rule"] for each in statement["findings"] if each["severity"] == "hold"] == []
    assert (statement["decision"], outcome["invoiced_count"]) == ("dispute", 23)
    assert outcome["lines"] == {"agreed": 8, "not_an_outcome": 14, "unknown_subject": 1}
    assert outcome["reasons"] == {
        "alone": 3, "kept": 3, "not_concluded": 3, "satisfied": 3, "stayed_solved": 2,
    }  # fmt: skip


def test_no_word_of_a_case_is_in_the_lake(month: Month) -> None:
    lake = month.buyer.unpacked()
    assert len(lake) > 10_000
    for word in ("4111 1111", "My name is", "@example.com", "Cora", "Pia Portal", "203.0.113",
                 "Ann A"):  # fmt: skip
        assert word.encode() not in lake
    for request in month.desk.org.requests:
        assert "Body" not in request.query.get("q", "")


def test_what_is_pinned_is_not_asked_for_again(month: Month) -> None:
    before = len(month.desk.org.requests)
    month.buyer.land()
    assert len(month.desk.org.requests) == before


def test_the_manifests_say_how_many_records_there_were_and_until_when(month: Month) -> None:
    manifests = [
        json.loads(data)["content"]
        for key, data in month.buyer.objects("landed").items()
        if "history/manifests" in key
    ]
    (content,) = manifests
    assert content["feed"]["observed_until"] == "2026-05-09T23:55:00Z"
    assert content["control_total"] == {"kind": "exact", "value": content["record_count"]}
    assert "DataType = 'EntityId'" in content["request"]["where"]


def test_the_vendors_claim_is_landed_beside_the_evidence(month: Month) -> None:
    landed = month.buyer.objects("landed/acme.helpdesk/claims")
    (manifest,) = [json.loads(data) for key, data in landed.items() if "manifests" in key]
    assert manifest["content"]["record_count"] == 1
    assert manifest["content"]["request"]["object"] == CLAIM["object"]
    assert "claims" in {row["stream"] for row in month.buyer.mart("manifests")}
    (claimed,) = (each for each in month.buyer.mart("claims") if each["claim"])
    assert claimed["subject_id"] == f"helpdesk-{month.desk.number('rated conversation')}"
    counts = (claimed["claim"], claimed["invoiced_count"], claimed["recounted_count"])
    assert counts == ("Resolved", 1, 1)


def test_an_agent_that_the_contract_does_not_name_is_unknown_and_holds(fresh: Month) -> None:
    path = fresh.buyer.contract
    rewritten(path, path, {"actors.ai_agent": [{"id": fresh.desk.ben}]})
    statement = fresh.buyer.statement()
    assert statement["decision"] == "hold"
    assert "concluded_by_unknown" in {each["rule"] for each in statement["findings"]}


def test_an_actor_of_fifteen_characters_is_refused(fresh: Month) -> None:
    path = fresh.buyer.contract
    rewritten(path, path, {"actors.ai_agent": [{"id": fresh.desk.bot[:15]}]})
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "has 15 characters; write the user's id with all 18" in done.output


def test_what_changes_between_two_pages_is_counted_once(fresh: Month) -> None:
    org, case = fresh.desk.org, fresh.desk.cases["case 1"]
    org.queries.page_rows = 2
    org.between = lambda request: (
        org.touch(case, at=NOW) if "FROM Case " in request.query.get("q", "") else None
    )
    statement = fresh.buyer.statement()
    assert statement["findings"] == []
    assert statement["outcomes"]["resolution"]["lines"] == {"agreed": 3}


def test_a_row_of_history_that_is_withheld_holds_the_month(fresh: Month) -> None:
    org = fresh.desk.org
    org.reopen(fresh.desk.cases["case 2"], by=fresh.desk.ann, at=SOLVED + 3 * DAY)
    rows = org.tables["CaseHistory"].rows.values()
    org.hide_row(next(row["Id"] for row in rows if row["NewValue"] == "Working"))
    statement = fresh.buyer.statement()
    assert statement["decision"] == "hold"
    assert [each["rule"] for each in statement["findings"]] == ["subject_contradicted"]


def test_what_comes_later_is_extracted_from_where_the_last_run_stopped(fresh: Month) -> None:
    org, case = fresh.desk.org, fresh.desk.cases["case 0"]
    org.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    fresh.buyer.land(as_of=MONTH_END)
    org.requests.clear()
    org.logins.expire()
    org.now = NOW
    org.reopen(case, at=datetime(2026, 4, 20, tzinfo=UTC), by=fresh.desk.ann)
    statement = fresh.buyer.statement(as_of=FINAL)
    assert statement["kind"] == "final"
    assert statement["outcomes"]["resolution"]["lines"] == {"agreed": 3}
    asked = [each.query["q"] for each in org.requests if "FROM CaseHistory" in str(each.query)]
    assert all("CreatedDate >= 2026-04-02T10:55:00Z" in query for query in asked)


def test_a_transaction_that_ends_late_is_found_by_the_next_extraction(fresh: Month) -> None:
    org, case = fresh.desk.org, fresh.desk.cases["case 0"]
    org.now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    org.reopen(case, at=org.now - 10 * MINUTE, by=fresh.desk.ann)
    for row in [*org.tables["CaseHistory"].rows.values(), org.row(case)]:
        if row["CreatedDate"].startswith("2026-03-10") or row["Id"] == case:
            org.hide_row(row["Id"])
    fresh.buyer.land(as_of="2026-03-10T11:00:00Z")
    org.allow_all()
    org.now = NOW
    assert fresh.buyer.matched().reasons == {"stayed_solved": 1}


def test_a_status_that_the_org_does_not_list_stops_the_run(fresh: Month) -> None:
    org = fresh.desk.org
    table = org.tables["CaseStatus"]
    place = next(id_ for id_, row in table.rows.items() if row["ApiName"] == "Closed")
    table.update(place, ApiName="Done", MasterLabel="Done")
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "has the status 'Closed', which the org does not list; add statuses:" in done.output
    rewritten(fresh.buyer.contract, fresh.buyer.contract,
              {"sources.helpdesk.statuses": {"Closed": "solved"}})  # fmt: skip
    lines = fresh.buyer.matched().lines
    assert lines == {"agreed": 3}


def test_the_requests_of_a_day_may_be_used_up(fresh: Month) -> None:
    fresh.desk.org.allocation.requests = 20
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "the org has used up the requests that it allows in 24 hours" in done.output
    fresh.desk.org.allocation.requests = 100_000
    assert fresh.buyer.matched().lines == {"agreed": 3}


@pytest.mark.deep  # tests/faults cuts every connector off
def test_a_run_that_was_cut_off_publishes_nothing_and_goes_on(fresh: Month) -> None:
    org = fresh.desk.org
    org.queries.page_rows = 3
    org.misbehave(faults.status(403), on=QUERY, after=15)
    assert fresh.buyer.run().exit_code == 2
    assert fresh.buyer.objects("statements", "outbox", "marts") == {}
    org.logins.expire()
    assert fresh.buyer.matched().lines == {"agreed": 3}


def check(buyer: Buyer, *words: str) -> Result:
    return CliRunner().invoke(main, ["sources", "check", "--contract", str(buyer.contract), *words])


def test_the_check_says_what_can_be_read_and_how_much_of_it(fresh: Month) -> None:
    done = check(fresh.buyer)
    assert done.exit_code == 0, done.output
    assert (
        "ok    signing in: API v64.0; the org used 1 of 100000 requests in 24 hours" in done.output
    )
    assert "ok    history: can be read (6 records)" in done.output
    assert not fresh.buyer.lake.exists()
    assert not fresh.desk.org.bulk.jobs


@pytest.mark.parametrize(
    ("hidden", "stream", "says"),
    [
        (("Case", "Status"), "history", "CaseHistory does not show Case.Status: our user may not"),
        (("Case", "OwnerId"), "cases", "Case does not show Case.OwnerId: our user may not"),
        ("MessagingSession", "sessions", "MessagingSession is not known here; give our user"),
    ],
)
def test_the_check_names_what_our_user_may_not_read(
    fresh: Month, hidden: Any, stream: str, says: str
) -> None:
    org = fresh.desk.org
    org.hide_object(hidden) if isinstance(hidden, str) else org.hide_field(*hidden)
    done = check(fresh.buyer, "--json")
    assert done.exit_code == 1
    (helpdesk, _) = json.loads(done.output)
    failed = {each["what"]: each["says"] for each in helpdesk["reaches"] if not each["is_fine"]}
    assert says in failed[stream]


def test_history_that_was_removed_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Salesforce(NOW, history_months=18) as org:
        desk = Desk(org)
        desk.rated("case")
        buyer = buyer_of(desk, tmp_path, monkeypatch, observed_from="2024-06-01T00:00:00Z")
        done = buyer.run()
    assert done.exit_code == 2
    assert (
        "has nothing from before 2024-06-01T00:00:00Z (the oldest is of 2026-03-02" in done.output
    )
    assert "write an observed_from after its oldest record" in done.output


def test_an_org_that_does_not_track_statuses_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Salesforce(NOW, tracked=frozenset({"Owner"})) as org:
        desk = Desk(org)
        for number in range(20):
            desk.rated(f"case {number}")
        done = buyer_of(desk, tmp_path, monkeypatch).run()
    assert done.exit_code == 2
    assert "20 cases were closed, and no change of a status is in the history" in done.output
