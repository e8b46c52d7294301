"""How the objects of a Salesforce org are paged, and when what came is believed to be all."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest

from recount.errors import SourceError, TransientError
from recount.sources.salesforce.org import Org
from tests.emulators import faults
from tests.emulators.salesforce import Salesforce
from tests.unit.sources.salesforce_org import (
    HOUR,
    NOW,
    START,
    connected,
    ids,
    pages,
    small_org,
    total,
)


@pytest.fixture
def emulator() -> Iterator[Salesforce]:
    with small_org() as running:
        yield running


@pytest.fixture
def org(emulator: Salesforce, monkeypatch: pytest.MonkeyPatch) -> Org:
    return connected(emulator, monkeypatch)


@pytest.fixture
def bulk(emulator: Salesforce, monkeypatch: pytest.MonkeyPatch) -> Org:
    return connected(emulator, monkeypatch, bulk_from=5)


def test_a_closed_stretch_comes_by_locators_and_says_how_many_records_it_has(
    emulator: Salesforce, org: Org
) -> None:
    found = pages(org, "history")
    assert [each.page.record_count for each in found] == [4, 4, 2]
    assert found[-1].observed_until == NOW - timedelta(minutes=5)
    assert total(found) == 10
    locators = [request for request in emulator.requests if "/query/0r8" in request.path]
    assert len(locators) == 2


def test_a_new_session_goes_on_after_the_last_record_and_not_at_a_locator(
    emulator: Salesforce, org: Org
) -> None:
    first = next(org.feeds()["history"](None))
    emulator.logins.expire()
    rest = pages(org, "history", first.checkpoint)
    assert sorted(ids([first, *rest])) == sorted(ids(pages(org, "history")))
    assert total(rest) == 6


def test_a_locator_that_is_not_known_any_more_costs_no_record(
    emulator: Salesforce, org: Org
) -> None:
    whole = ids(pages(org, "history"))
    found = org.feeds()["history"](None)
    first = next(found)
    emulator.queries.expire()
    assert ids([first, *found]) == whole


def test_records_of_one_instant_are_told_apart_by_their_ids(emulator: Salesforce, org: Org) -> None:
    for case in list(emulator.tables["Case"].rows):
        emulator.touch(case, at=START + 100 * HOUR)
    found = org.feeds()["cases"](None)
    first = next(found)
    emulator.queries.expire()
    assert len(set(ids([first, *found]))) == 10


def test_a_record_that_changes_while_we_read_comes_again_and_none_is_missing(
    emulator: Salesforce, org: Org
) -> None:
    found = org.feeds()["cases"](None)
    first = next(found)
    emulator.queries.expire()
    emulator.touch(ids([first])[0], at=NOW)
    every = [first, *found]
    assert len(ids(every)) == 11
    assert len(set(ids(every))) == 10
    assert total(every) == 11


def test_records_that_the_org_counts_and_does_not_give_make_a_difference(
    emulator: Salesforce, org: Org
) -> None:
    def shorten(document: Any) -> None:
        document["records"] = document["records"][:1]

    emulator.misbehave(faults.changed(shorten), on="/services/data/v64.0/query/0r8")
    found = pages(org, "cases")
    received = sum(each.page.record_count for each in found)
    assert received == 7
    assert total(found) == 10


def test_many_records_come_by_a_bulk_job_which_says_how_many(
    emulator: Salesforce, org: Org, bulk: Org
) -> None:
    found = pages(bulk, "history")
    assert [each.page.record_count for each in found] == [0, 4, 4, 2]
    assert total(found) == 10
    assert sorted(ids(found)) == sorted(ids(pages(org, "history")))
    assert len(emulator.bulk.jobs) == 1


def test_a_bulk_job_goes_on_in_a_new_session_where_it_was(emulator: Salesforce, bulk: Org) -> None:
    first = list(islice(bulk.feeds()["history"](None), 2))
    emulator.logins.expire()
    rest = pages(bulk, "history", first[-1].checkpoint)
    assert len(set(ids([*first, *rest]))) == 10
    assert [each.page.record_count for each in rest] == [4, 2]
    assert len(emulator.bulk.jobs) == 1


def test_a_bulk_job_that_is_gone_is_asked_for_again(emulator: Salesforce, bulk: Org) -> None:
    first = list(islice(bulk.feeds()["history"](None), 2))
    emulator.bulk.jobs.clear()
    rest = pages(bulk, "history", first[-1].checkpoint)
    assert len(set(ids(rest))) == 10


def test_a_bulk_job_that_gives_fewer_records_than_it_found_is_refused(
    emulator: Salesforce, bulk: Org
) -> None:
    def more(document: Any) -> None:
        document["numberRecordsProcessed"] = 12

    def run() -> None:
        jobs = f"/services/data/v64.0/jobs/query/{next(iter(emulator.bulk.jobs))}"
        emulator.misbehave(faults.changed(more), on=jobs, after=1)

    found = bulk.feeds()["history"](None)
    next(found)
    run()
    with pytest.raises(SourceError, match="found 12 records and gave 10"):
        list(found)


def test_a_place_to_go_on_that_is_none_of_the_api_is_refused(
    emulator: Salesforce, org: Org
) -> None:
    def astray(document: Any) -> None:
        document["nextRecordsUrl"] = "https://evil.example/query/0r8"

    emulator.misbehave(faults.changed(astray), on="/services/data/v64.0/queryAll", after=1)
    with pytest.raises(SourceError, match=r"goes on at 'https://evil.example"):
        pages(org, "cases")


def test_a_bulk_job_that_takes_too_long_is_waited_for_another_time(
    emulator: Salesforce, bulk: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.bulk.polls = 10_000
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(TransientError, match="is not done yet"):
        pages(bulk, "history")
