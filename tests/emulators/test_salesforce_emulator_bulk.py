"""That Bulk API 2.0 query jobs are as Salesforce's pages say."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.emulators.salesforce import Salesforce
from tests.emulators.salesforce_reader import (
    DATA,
    Reader,
    at,
    cases_of,
    client_of,
    org_of,
)

PRINTED_JOB = (
    "id operation object createdById createdDate systemModstamp state concurrencyMode contentType"
    " apiVersion lineEnding columnDelimiter"
)


@pytest.fixture
def org() -> Iterator[Salesforce]:
    with org_of() as running:
        yield running


def test_the_client_library_reads_a_bulk_query_to_its_end() -> None:
    with org_of(result_rows=2) as org:
        cases = cases_of(org, 5)
        soql = "SELECT Id FROM Case ORDER BY Id"
        parts = list(client_of(org).bulk2.Case.query(soql, wait=0.01))
    assert [part.splitlines()[0] for part in parts] == ['"Id"'] * 3
    ids = [line.strip('"') for part in parts for line in part.splitlines()[1:]]
    assert ids == cases


def job_of(reader: Reader, soql: str, operation: str = "query") -> dict[str, Any]:
    asked = {"operation": operation, "query": soql}
    job: dict[str, Any] = reader.client.post(f"{DATA}/jobs/query", json=asked).json()
    return job


def test_a_job_has_the_fields_that_are_printed(org: Salesforce) -> None:
    told = job_of(Reader(org), "SELECT Id FROM Case")
    assert sorted(told) == sorted(PRINTED_JOB.split())
    assert (told["state"], told["object"], told["apiVersion"]) == ("UploadComplete", "Case", 68.0)


def test_results_of_a_job_that_runs_are_no_content_and_not_an_empty_list() -> None:
    with org_of(bulk_polls=1) as org:
        reader = Reader(org)
        url = f"{DATA}/jobs/query/{job_of(reader, 'SELECT Id FROM Case')['id']}"
        assert reader.get(url).json()["state"] == "InProgress"
        assert reader.get(f"{url}/results").status_code == 204
        assert reader.get(url).json()["state"] == "JobComplete"
        assert reader.get(f"{url}/results").text == '"Id"\n'


def test_the_last_set_of_results_has_null_for_a_locator(org: Salesforce) -> None:
    cases_of(org, 3)
    reader = Reader(org)
    url = f"{DATA}/jobs/query/{job_of(reader, 'SELECT Id FROM Case')['id']}"
    reader.get(url)
    first = reader.get(f"{url}/results", maxRecords=2)
    last = reader.get(f"{url}/results", maxRecords=2, locator=first.headers["Sforce-Locator"])
    assert [r.headers["Sforce-NumberOfRecords"] for r in (first, last)] == ["2", "1"]
    assert (first.headers["Sforce-Locator"], last.headers["Sforce-Locator"]) == ("Mg", "null")


def test_a_locator_of_results_can_be_used_again_by_another_session(org: Salesforce) -> None:
    cases_of(org, 3)
    reader = Reader(org)
    url = f"{DATA}/jobs/query/{job_of(reader, 'SELECT Id FROM Case')['id']}"
    reader.get(url)
    once = reader.get(f"{url}/results", locator="Mg").text
    reader.login()
    assert reader.get(f"{url}/results", locator="Mg").text == once


def test_bulk_results_spell_instants_with_z_and_nothing_as_empty(org: Salesforce) -> None:
    cases_of(org, 1)
    reader = Reader(org)
    soql = "SELECT CreatedDate, ClosedDate, IsClosed, Owner.Name FROM Case"
    url = f"{DATA}/jobs/query/{job_of(reader, soql)['id']}"
    reader.get(url)
    assert reader.get(f"{url}/results").text.splitlines() == [
        '"CreatedDate","ClosedDate","IsClosed","Owner.Name"',
        '"2026-03-02T08:00:00.000Z","","false","Bob Agent"',
    ]


def test_a_bulk_query_all_has_deleted_rows(org: Salesforce) -> None:
    cases = cases_of(org, 2)
    org.delete(cases[0], by=org.account, at=at(5))
    reader = Reader(org)
    url = f"{DATA}/jobs/query/{job_of(reader, 'SELECT Id FROM Case', 'queryAll')['id']}"
    assert reader.get(url).json()["numberRecordsProcessed"] == 2


def test_a_job_is_gone_after_seven_days() -> None:
    with org_of(session_minutes=50_000) as org:
        reader = Reader(org)
        url = f"{DATA}/jobs/query/{job_of(reader, 'SELECT Id FROM Case')['id']}"
        org.now += timedelta(days=7, seconds=1)
        assert reader.get(url).status_code == 404


def test_results_must_be_asked_for_in_the_version_of_the_job(org: Salesforce) -> None:
    reader = Reader(org)
    id_ = job_of(reader, "SELECT Id FROM Case")["id"]
    assert reader.get(f"/services/data/v60.0/jobs/query/{id_}/results").status_code == 409


def test_a_bulk_query_of_a_hidden_field_is_refused_at_once(org: Salesforce) -> None:
    org.hide_field("Case", "Status")
    asked = {"operation": "query", "query": "SELECT Status FROM Case"}
    answer = Reader(org).client.post(f"{DATA}/jobs/query", json=asked)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD")
