"""What a contract may say of Jira, what its answers must not say, and how it is gone through."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recount.errors import ContractError, SourceError
from recount.sources import source_of
from recount.sources.extraction import FeedPage
from recount.sources.jira import histories, shapes
from recount.sources.jira.signing_in import site_of
from recount.sources.jira.walking import Walk
from recount.sources.shapes import left_out, packed, received
from recount.sources.terms import SourceTerms
from tests.emulators import faults
from tests.emulators.jira import Jira
from tests.emulators.jira_access import Account
from tests.unit.sources.logs import parsed, terms_of

SINCE = "2026-02-01T00:00:00Z"
AS_OF = datetime(2026, 5, 1, tzinfo=UTC)
NOW = datetime(2026, 5, 10, tzinfo=UTC)
OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
CLOUD = "11111111-2222-4333-8444-555555555555"


def jira(**settings: Any) -> SourceTerms:
    usual = {"connection": "acme", "observed_from": SINCE, "projects": ["SUP"], "location": None}
    return terms_of(system="jira", **{**usual, **settings})


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"connection": None}, "jira needs connection"),
        ({"projects": None}, "jira needs projects"),
        ({"projects": []}, "name the keys of projects"),
        ({"projects": ['SUP" OR "A']}, "name the keys of projects"),
        ({"observed_from": "2026-02-01 00:00"}, "offset"),
        ({"statuses": {"Resolved": "solved"}}, "pattern"),
        ({"statuses": {"10005": "done"}}, "'open', 'solved' or 'closed'"),
        ({"custom_fields": {"tier": "Tier"}}, "pattern"),
        ({"site": "acme"}, "is no setting of jira"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, Any], says: str) -> None:
    terms = jira(**settings)
    with pytest.raises(ContractError, match=says):
        source_of(terms).check(terms)


def test_what_is_not_read_is_not_shown_and_only_the_contract_knows_what_is_closed() -> None:
    usual = jira()
    assert "closed" not in source_of(usual).shows(usual)
    least = jira(ratings="false", service_levels="false", statuses={"10005": "closed"})
    assert set(source_of(usual).shows(usual)) - set(source_of(least).shows(least)) == {
        "rated", "sla_breached"
    }  # fmt: skip
    assert "closed" in source_of(least).shows(least)


def test_an_event_type_is_observed_as_far_as_all_streams_that_tell_of_it() -> None:
    reached = {"issues": datetime(2026, 4, 5, tzinfo=UTC),
               "changes": datetime(2026, 4, 3, tzinfo=UTC),
               "statuses": datetime(2026, 4, 4, tzinfo=UTC),
               "sightings": datetime(2026, 4, 2, tzinfo=UTC),
               "comments": datetime(2026, 6, 1, tzinfo=UTC)}  # fmt: skip
    terms = jira()
    coverage = source_of(terms).coverage(terms, AS_OF, reached)
    until = {each.event_type: each.observed_until.day for each in coverage}
    assert (until["solved"], until["rated"], until["replied"]) == (3, 2, 5)


ANN = {"accountId": "712020:ann", "accountType": "atlassian", "displayName": "Ann", "active": True,
       "emailAddress": "ann@example.com"}  # fmt: skip
BOT = {"accountId": "557058:bot", "accountType": "app", "displayName": "Resolver"}
CHANGE = {
    "id": "7", "created": 1772442000123, "author": ANN,
    "items": [
        {"field": "summary", "fieldId": "summary", "fromString": "My card", "toString": "4111"},
        {"field": "assignee", "fieldId": "assignee", "from": None, "to": "712020:ann",
         "toString": "Ann"},
        {"field": "status", "fieldId": "status", "from": "10", "fromString": "New", "to": "11",
         "toString": "Resolved"},
    ],
}  # fmt: skip


def page_of_changes(**changed: Any) -> histories.ChangeLogs:
    log = {"issueId": "1", "changeHistories": [{**CHANGE, **changed}]}
    document = {"issueChangeLogs": [log], "nextPageToken": None}
    page = received(json.dumps(document).encode(), histories.ChangeLogs, "helpdesk")
    page.taken_at = SINCE
    return page


@pytest.mark.parametrize("word", ["My card", "4111", "Ann", "712020", "@", "Resolved"])
def test_text_and_people_are_gone_before_anything_is_stored(word: str) -> None:
    stored = packed(page_of_changes()).decode()
    assert '"field":"status","fieldId":"status","from":"10","to":"11"' in stored
    assert word not in stored


def test_the_id_of_an_app_is_stored_as_the_contract_has_to_name_it() -> None:
    stored = packed(page_of_changes(author=BOT)).decode()
    assert "557058:bot" in stored
    assert "Resolver" not in stored


def test_an_account_without_an_id_is_refused() -> None:
    nobody = {"accountType": "atlassian", "displayName": "Ann"}
    with pytest.raises(SourceError, match="accountId"):
        page_of_changes(author=nobody)


def test_what_was_left_out_is_named_by_its_place() -> None:
    document = {"issueChangeLogs": [{"issueId": "1", "changeHistories": [CHANGE]}]}
    found = left_out(document, histories.ChangeLogs)
    assert "issueChangeLogs[].changeHistories[].items[].toString" in found
    assert "issueChangeLogs[].changeHistories[].author.emailAddress" in found


@pytest.mark.parametrize(
    ("created", "second", "microsecond"),
    [(1772442000123, 0, 123_000), (1772442000, 0, 0), ("2026-03-02T10:00:01.500+0100", 1, 500_000)],
)
def test_an_instant_of_a_history_is_milliseconds_seconds_or_text(
    created: int | str, second: int, microsecond: int
) -> None:
    page = packed(page_of_changes(created=created))
    (row,) = parsed(jira(), "changes", page).to_pylist()
    assert row["occurred_at"] == datetime(2026, 3, 2, 9, 0, second, microsecond)


def test_a_landed_change_is_typed_with_what_the_contract_says_of_its_statuses() -> None:
    terms = jira(statuses={"11": "closed"})
    (row,) = parsed(terms, "changes", packed(page_of_changes())).to_pylist()
    told = {name: row[name] for name in ("status_id", "status_kind", "previous_status_kind",
                                         "was_assigned", "is_assigned", "author_type")}  # fmt: skip
    assert told == {"status_id": "11", "status_kind": "closed", "previous_status_kind": None,
                    "was_assigned": False, "is_assigned": True,
                    "author_type": "atlassian"}  # fmt: skip
    assert len(row["author"]) == 32


def sighted(**told: Any) -> bytes:
    issue = {"id": "1", "key": "SUP-1", "fields": {}, **told}
    return json.dumps({"issues": [issue], "taken_at": SINCE, "since": SINCE}).encode()


@pytest.mark.parametrize("told", [{"rating": 6, "rated_at": SINCE}, {"rating": 4}])
def test_a_rating_that_is_on_no_scale_or_has_no_instant_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(SourceError, match="issue SUP-1 was rated"):
        parsed(jira(), "sightings", sighted(**told))


@pytest.mark.parametrize(
    ("value", "scope"),
    [({"value": "Gold", "self": "x"}, "Gold"), ("Gold", "Gold"), (12, "12"), (True, "true"),
     ([{"value": "Gold"}], None), ({"displayName": "Ann"}, None), (None, None)],
)  # fmt: skip
def test_a_field_of_the_sites_own_is_spelled_as_a_scope_writes_it(
    value: Any, scope: str | None
) -> None:
    terms = jira(custom_fields={"tier": "customfield_7"})
    own = (("customfield_7", shapes.Value),)
    fields = {"project": {"key": "SUP"}, "issuetype": {"name": "Request"}, "status": {"id": "1"},
              "created": SINCE, "updated": SINCE, "creator": None, "reporter": None,
              "assignee": None, "customfield_7": value}  # fmt: skip
    document = {"issues": [{"id": "1", "key": "SUP-1", "fields": fields}]}
    shape = shapes.issues_with(shapes.IssueFields, own)
    page: Any = received(json.dumps(document).encode(), shape, "helpdesk")
    page.taken_at = SINCE
    (row,) = parsed(terms, "issues", packed(page)).to_pylist()
    assert row["tier"] == scope
    assert b"Ann" not in packed(page)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jira]:
    """A site with five issues, which a search gives one by one."""
    with Jira(NOW, page_size=1) as emulator:
        emulator.add_project("SUP")
        waiting = emulator.add_status("Waiting", "new")
        done = emulator.add_status("Done", "done")
        asker = emulator.add_user("customer", name="Asker")
        for hour in range(5):
            at = OPENED + timedelta(hours=hour)
            issue = emulator.create("SUP", at=at, reporter=asker, status=waiting)
            emulator.resolve(issue, done, at=at + timedelta(minutes=1), by=asker)
        connect(monkeypatch, emulator)
        yield emulator


def connect(monkeypatch: pytest.MonkeyPatch, emulator: Jira, **changes: Any) -> None:
    said = {"conn_type": "http", "host": emulator.host, "login": "meter@example.com",
            "password": "an-api-token", "extra": {"requests_per_minute": 100_000}}  # fmt: skip
    monkeypatch.setenv("AIRFLOW_CONN_ACME", json.dumps({**said, **changes}))


def walked(stream: str, after: Any = None) -> list[FeedPage]:
    return list(Walk(site_of(jira()), stream).pages(after))


def test_the_next_extraction_looks_back_and_nothing_newer_is_said_to_be_observed(
    site: Jira,
) -> None:
    *pages, last = walked("changes")
    assert len(pages) == 4
    assert last.observed_until == NOW - timedelta(minutes=15)
    assert last.checkpoint == {"since": "2026-05-09T22:45:00Z"}
    (again,) = walked("changes", last.checkpoint)
    assert again.page.record_count == 0


def test_an_extraction_goes_on_after_the_last_page_and_says_when_it_began(site: Jira) -> None:
    first = walked("issues")
    site.now += timedelta(hours=1)
    rest = walked("issues", first[1].checkpoint)
    assert [page.page.data for page in rest[:-1]] != []
    assert sum(page.page.record_count for page in rest) == 3
    assert rest[-1].observed_until == first[-1].observed_until


def test_a_place_that_the_search_forgot_begins_from_where_the_extraction_did(site: Jira) -> None:
    begun = walked("issues")[1].checkpoint
    site.now += timedelta(days=8)
    assert sum(page.page.record_count for page in walked("issues", begun)) == 5


def test_the_same_issues_are_asked_for_again_where_their_histories_go_on(site: Jira) -> None:
    site.page_size, site.bulk_page_size = 100, 2
    whole = walked("changes")
    assert [page.page.record_count for page in whole] == [2, 2, 1]
    site.requests.clear()
    rest = walked("changes", whole[0].checkpoint)
    assert [page.page.data for page in rest] == [page.page.data for page in whole[1:]]
    assert site.asked("/rest/api/3/search/jql") == []


def test_more_issues_than_came_are_noticed_roughly(site: Jira) -> None:
    site.count_is_off_by = 2
    total = walked("issues")[-1].control_total
    assert total is not None
    assert (total.kind, total.value) == ("approximate", 7)


def test_a_site_that_reads_instants_otherwise_is_refused(site: Jira) -> None:
    def lose(document: Any) -> None:
        document["issues"] = []

    site.misbehave(faults.changed(lose), on="/rest/api/3/search/jql", after=1)
    with pytest.raises(SourceError, match="reads numbers in queries otherwise"):
        site_of(jira()).prepare()


def test_an_issue_that_a_bulk_answer_leaves_out_is_missed(site: Jira) -> None:
    def lose(document: Any) -> None:
        document["issues"] = []

    site.misbehave(faults.changed(lose), on="/rest/api/3/issue/bulkfetch")
    with pytest.raises(SourceError, match="others or not all of them answered"):
        walked("issues")


def test_a_field_that_the_contract_names_and_jira_does_not_have_is_named(site: Jira) -> None:
    terms = jira(custom_fields={"tier": "customfield_99"})
    with pytest.raises(SourceError, match="Jira has no field customfield_99"):
        site_of(terms).prepare()


def test_answers_to_nobody_are_refused(site: Jira) -> None:
    site.gate.account = Account(api_token="another")
    with pytest.raises(SourceError, match=r"does not know us \('AUTHENTICATED_FAILED'\)"):
        site_of(jira()).get("/rest/api/3/field")


def test_a_client_of_oauth_signs_in_at_the_gateway(
    site: Jira, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, site, login="recount", password="a-client-secret",
            extra={"auth": "oauth", "cloud_id": CLOUD})  # fmt: skip
    connected = site_of(jira())
    assert connected.myself() == site.me
    assert connected.host == f"127.0.0.1/ex/jira/{CLOUD}"


@pytest.mark.parametrize(
    ("extra", "says"),
    [({"auth": "oauth"}, "needs a cloud_id"), ({"auth": "kerberos"}, "needs a auth"),
     ({"cloud_id": "../x"}, "needs a cloud_id")],
)  # fmt: skip
def test_a_connection_that_cannot_sign_in_is_refused_without_its_secret(
    extra: dict[str, str], says: str, site: Jira, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, site, extra=extra)
    with pytest.raises(ContractError, match=says) as refused:
        site_of(jira())
    assert "an-api-token" not in str(refused.value)
