"""That SOQL, pages and locators are as Salesforce's pages say."""

import random
import re
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from simple_salesforce.exceptions import SalesforceMalformedRequest

from tests.emulators.salesforce import Salesforce
from tests.emulators.salesforce_reader import (
    START,
    Reader,
    agent_of,
    at,
    cases_of,
    client_of,
    org_of,
    text,
)
from tests.emulators.salesforce_schema import checked

IN_ORDER = "SELECT Id, SystemModstamp FROM Case ORDER BY SystemModstamp, Id"
WINDOW = "SystemModstamp >= 2026-03-02T08:00:00Z AND SystemModstamp < 2026-03-02T09:00:00Z"


@pytest.fixture
def org() -> Iterator[Salesforce]:
    with org_of() as running:
        yield running


@pytest.mark.parametrize(
    ("where", "minutes"),
    [
        ("SystemModstamp > 2026-03-02T08:01:00Z", [2, 3]),
        ("SystemModstamp >= 2026-03-02T08:01:00.000Z AND SystemModstamp < "
         "2026-03-02T08:03:00+00:00", [1, 2]),
        ("SystemModstamp < 2026-03-02T08:00:00.001Z", [0]),
        ("CreatedDate = 2026-03-02T08:00:00Z OR CreatedDate = 2026-03-02T09:03:00+01:00", [0, 3]),
        ("(CreatedDate <= 2026-03-02T08:00:00Z OR Status = 'closed') AND IsClosed = false", [0]),
        ("NOT Status IN ('New', 'Working')", [3]),
        ("Status LIKE 'clo%'", [3]),
        ("ClosedDate != null", [3]),
        ("Owner.Name = 'BOB AGENT' AND CaseNumber IN ('00001000', '00001002')", [0, 2]),
    ],
)  # fmt: skip
def test_conditions_are_read_as_the_reference_says(
    org: Salesforce, where: str, minutes: list[int]
) -> None:
    cases = cases_of(org, 4)
    org.change(cases[3], by=org.account, at=at(3), Status="Closed")
    found = Reader(org).column(f"SELECT CreatedDate FROM Case WHERE {where} ORDER BY Id")
    assert found == [text(minute) for minute in minutes]


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("IsClosed = true AND Status = 'New' OR Status = 'Closed'", "MALFORMED_QUERY"),
        ("SystemModstamp > '2026-03-02T08:00:00Z'", "INVALID_FIELD"),
        ("SystemModstamp > 2026-03-02", "INVALID_FIELD"),
        ("SystemModstamp > 2026-03-02T08:00:00", "MALFORMED_QUERY"),
        ("Description = 'late'", "INVALID_FIELD"),
        ("Nobody.Name = 'x'", "INVALID_FIELD"),
    ],
)
def test_what_the_language_does_not_allow_is_refused(
    org: Salesforce, where: str, code: str
) -> None:
    assert Reader(org).refusal(f"SELECT Id FROM Case WHERE {where}") == (400, code)


def test_old_and_new_values_of_history_cannot_be_filtered(org: Salesforce) -> None:
    soql = "SELECT Id FROM CaseHistory WHERE NewValue = 'Closed'"
    assert Reader(org).refusal(soql) == (400, "INVALID_FIELD")


def test_history_has_no_system_modstamp(org: Salesforce) -> None:
    assert Reader(org).refusal("SELECT SystemModstamp FROM CaseHistory")[1] == "INVALID_FIELD"


def test_fields_come_in_the_capitals_of_the_schema_and_the_order_of_the_query(
    org: Salesforce,
) -> None:
    cases_of(org, 1)
    row = Reader(org).rows("select status, ID, owner.profile.name from CASE")[0]
    assert list(row) == ["attributes", "Status", "Id", "Owner"]
    assert row["Owner"]["Profile"]["Name"] == "Standard User"


def test_a_lookup_that_is_empty_leads_to_null(org: Salesforce) -> None:
    cases_of(org, 1)
    assert Reader(org).rows("SELECT Contact.Name FROM Case")[0]["Contact"] is None


def test_counts_and_bounds_come_without_rows(org: Salesforce) -> None:
    cases_of(org, 3)
    client = client_of(org)
    assert client.query("SELECT COUNT() FROM Case")["totalSize"] == 3
    bounds = client.query("SELECT MIN(CreatedDate), COUNT(Id) FROM CaseHistory")["records"][0]
    assert (bounds["expr0"], bounds["expr1"]) == (text(0), 3)


@pytest.mark.parametrize(
    ("order", "minutes"),
    [
        ("CreatedDate DESC", [2, 1, 0]),
        ("ClosedDate", [1, 0, 2]),
        ("ClosedDate NULLS LAST", [0, 2, 1]),
        ("ClosedDate DESC", [1, 2, 0]),
        ("IsClosed DESC, CreatedDate DESC", [2, 0, 1]),
    ],
)
def test_rows_come_in_the_order_asked_for_and_nulls_first(
    org: Salesforce, order: str, minutes: list[int]
) -> None:
    cases = cases_of(org, 3)
    for case, minute in ((cases[0], 7), (cases[2], 8)):
        org.close(case, by=org.account, at=at(minute))
    found = Reader(org).column(f"SELECT CreatedDate FROM Case ORDER BY {order}")
    assert found == [text(minute) for minute in minutes]


def test_ids_of_15_characters_name_the_same_records(org: Salesforce) -> None:
    (case,) = cases_of(org, 1)
    soql = f"SELECT Id FROM Case WHERE Id = '{case[:15]}'"
    assert Reader(org).column(soql) == [case]
    assert checked("001A0000006Vm9r") == "001A0000006Vm9rIAC"


def test_datetimes_are_whole_seconds_with_a_zone_without_colon(org: Salesforce) -> None:
    org.open_case(by=agent_of(org), at=START + timedelta(seconds=1, milliseconds=700))
    (told,) = Reader(org).column("SELECT CreatedDate FROM Case")
    assert told == "2026-03-02T08:00:01.000+0000"


def test_the_client_library_follows_locators_to_the_end() -> None:
    with org_of(page_rows=2) as org:
        cases = cases_of(org, 5)
        rows = list(client_of(org).query_all_iter("SELECT Id FROM Case ORDER BY CreatedDate"))
    assert [row["Id"] for row in rows] == cases


def test_a_page_tells_the_total_and_a_locator_until_it_is_the_last() -> None:
    with org_of(page_rows=2) as org:
        cases_of(org, 3)
        first, last = Reader(org).pages("SELECT Id FROM Case")
    assert (first["totalSize"], first["done"], len(first["records"])) == (3, False, 2)
    assert re.fullmatch(r"/services/data/v68\.0/query/0r8\w{15}-2", first["nextRecordsUrl"])
    assert (last["totalSize"], last["done"], "nextRecordsUrl" in last) == (3, True, False)


def test_the_batch_size_is_at_least_200_and_at_most_2000(org: Salesforce) -> None:
    by = agent_of(org)
    for number in range(2001):
        org.open_case(by=by, at=at(number))
    reader = Reader(org)
    for asked, given in ((1, 200), (500, 500), (9000, 2000)):
        reader.client.headers["Sforce-Query-Options"] = f"batchSize={asked}"
        assert len(reader.query("SELECT Id FROM Case").json()["records"]) == given


def test_a_locator_that_expired_is_refused() -> None:
    with org_of(page_rows=1, session_minutes=10_000) as org:
        cases_of(org, 2)
        client = client_of(org)
        url = client.query("SELECT Id FROM Case")["nextRecordsUrl"]
        org.now += timedelta(days=2, seconds=1)
        with pytest.raises(SalesforceMalformedRequest, match="INVALID_QUERY_LOCATOR"):
            client.query_more(url, identifier_is_url=True)


def test_a_locator_does_not_outlive_its_session() -> None:
    with org_of(page_rows=1) as org:
        cases_of(org, 2)
        reader = Reader(org)
        url = reader.query("SELECT Id FROM Case").json()["nextRecordsUrl"]
        reader.login()
        assert reader.get(url).json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


def test_the_eleventh_open_locator_takes_the_place_of_the_first() -> None:
    with org_of(page_rows=1) as org:
        cases_of(org, 2)
        reader = Reader(org)
        urls = [reader.query("SELECT Id FROM Case").json()["nextRecordsUrl"] for _ in range(11)]
        assert reader.get(urls[0]).status_code == 400
        assert reader.get(urls[1]).status_code == 200


def test_a_case_that_changes_while_a_locator_is_read_is_neither_lost_nor_twice() -> None:
    with org_of(page_rows=2) as org:
        cases, reader = cases_of(org, 4), Reader(org)
        org.between = lambda request: org.touch(cases[0], at=at(30))
        rows = reader.rows(IN_ORDER)
    assert [row["Id"] for row in rows] == cases


def test_a_case_that_changes_between_keyset_pages_comes_again_at_the_end(org: Salesforce) -> None:
    cases = cases_of(org, 3)
    reader = Reader(org)
    first = reader.rows(f"{IN_ORDER} LIMIT 2")
    org.touch(cases[0], at=at(30))
    later = reader.column("SELECT Id FROM Case WHERE SystemModstamp > 2026-03-02T08:01:00Z"
                          " ORDER BY SystemModstamp, Id LIMIT 2")  # fmt: skip
    assert [row["Id"] for row in first] + later == [*cases, cases[0]]


def test_a_case_that_changes_leaves_a_closed_window(org: Salesforce) -> None:
    cases = cases_of(org, 3)
    org.touch(cases[2], at=at(61))
    assert Reader(org).column(f"SELECT Id FROM Case WHERE {WINDOW} ORDER BY Id") == cases[:2]


def test_what_a_system_process_changes_moves_only_the_system_modstamp(org: Salesforce) -> None:
    (case,) = cases_of(org, 1)
    org.touch(case, at=at(30))
    (row,) = Reader(org).rows("SELECT LastModifiedDate, SystemModstamp FROM Case")
    assert (row["LastModifiedDate"], row["SystemModstamp"]) == (text(0), text(30))


def test_a_page_of_50000_cases_is_quick(org: Salesforce) -> None:
    by = agent_of(org)
    for number in range(50_000):
        org.open_case(by=by, at=START + timedelta(seconds=number))
    reader = Reader(org)
    soql = (
        "SELECT Id, Status, SystemModstamp FROM Case WHERE (SystemModstamp > 2026-03-02T15:00:00Z"
        " OR (SystemModstamp = 2026-03-02T15:00:00Z AND Id > '500')) AND SystemModstamp <"
        " 2026-03-04T00:00:00Z ORDER BY SystemModstamp, Id LIMIT 1000"
    )
    took = []
    for _ in range(3):
        began = time.perf_counter()
        page = reader.query(soql).json()
        took.append(time.perf_counter() - began)
    assert len(page["records"]) == 1000
    assert min(took) < 0.05


def test_a_deleted_case_comes_only_through_query_all(org: Salesforce) -> None:
    kept, deleted = cases_of(org, 2)
    org.delete(deleted, by=agent_of(org), at=at(30))
    client = client_of(org)
    soql = "SELECT Id, IsDeleted, SystemModstamp FROM Case ORDER BY Id"
    assert [row["Id"] for row in client.query(soql)["records"]] == [kept]
    rows = client.query(soql, include_deleted=True)["records"]
    assert [(row["Id"], row["IsDeleted"]) for row in rows] == [(kept, False), (deleted, True)]
    assert rows[1]["SystemModstamp"] == text(30)


def test_the_locator_of_query_all_leads_to_query_and_keeps_deleted_rows() -> None:
    with org_of(page_rows=1) as org:
        cases = cases_of(org, 2)
        org.delete(cases[1], by=agent_of(org), at=at(30))
        first, last = Reader(org).pages("SELECT Id FROM Case", everything=True)
    assert "/query/" in first["nextRecordsUrl"]
    assert last["records"][0]["Id"] == cases[1]


def test_a_case_is_gone_when_the_recycle_bin_was_emptied(org: Salesforce) -> None:
    (case,) = cases_of(org, 1)
    org.delete(case, by=agent_of(org), at=at(30))
    org.now = at(30) + timedelta(days=15, seconds=1)
    reader = Reader(org)
    assert reader.column("SELECT Id FROM Case", everything=True) == []
    assert reader.column("SELECT Id FROM CaseHistory", everything=True) == []


def test_an_undeleted_case_is_back_with_its_history(org: Salesforce) -> None:
    (case,) = cases_of(org, 1)
    org.delete(case, by=org.account, at=at(30))
    org.undelete(case, by=org.account, at=at(40))
    (row,) = Reader(org).rows("SELECT CaseId, Case.IsDeleted FROM CaseHistory")
    assert (row["CaseId"], row["Case"]["IsDeleted"]) == (case, False)


def test_a_case_that_lost_a_merge_is_deleted_and_names_the_master(org: Salesforce) -> None:
    kept, lost = cases_of(org, 2)
    org.comment(lost, by=org.account, at=at(5))
    org.merge(kept, [lost], by=agent_of(org), at=at(30))
    reader = Reader(org)
    (row,) = reader.rows("SELECT Id, IsDeleted, MasterRecordId FROM Case WHERE IsDeleted = true",
                         everything=True)  # fmt: skip
    assert (row["Id"], row["MasterRecordId"]) == (lost, kept)
    assert reader.column("SELECT ParentId FROM CaseComment") == [kept]


def test_an_org_may_keep_the_cases_that_lost_a_merge(org: Salesforce) -> None:
    kept, lost = cases_of(org, 2)
    org.merge(kept, [lost], by=org.account, at=at(30), keeps_losers=True)
    (row,) = Reader(org).rows("SELECT Status, MasterRecordId FROM Case WHERE IsClosed = true")
    assert (row["Status"], row["MasterRecordId"]) == ("Merged", kept)


def random_condition(chance: random.Random, depth: int = 0) -> str:
    if depth < 3 and chance.random() < 0.6:
        joined = chance.choice((" AND ", " OR "))
        return "(" + joined.join(random_condition(chance, depth + 1) for _ in range(2)) + ")"
    instant = at(chance.randrange(40)).strftime("%Y-%m-%dT%H:%M:%SZ")
    sign = chance.choice(("<", "<=", "=", "!=", ">=", ">"))
    field = chance.choice(("SystemModstamp", "CreatedDate", "IsClosed", "Id"))
    if field == "IsClosed":
        return "IsClosed = true"
    value = f"'500Hs000000000{chance.randrange(9)}'" if field == "Id" else instant
    return f"{field} {sign} {value}"


def test_a_query_that_an_index_serves_finds_what_a_scan_finds(org: Salesforce) -> None:
    for minute, case in enumerate(cases_of(org, 40)):
        if minute % 3 == 0:
            org.change(case, by=org.account, at=at(minute + 7), Status="Closed")
    reader, chance = Reader(org), random.Random(7)
    for _ in range(150):
        where = random_condition(chance)
        order = chance.choice(("Id", "SystemModstamp, Id", "CreatedDate DESC, Id"))
        soql = f"SELECT Id FROM Case WHERE {{}} ORDER BY {order}"
        scanned = reader.column(soql.format(f"NOT (NOT {where})"))
        assert reader.column(soql.format(where)) == scanned, where


def test_the_first_page_of_50000_is_quick_even_without_a_limit(org: Salesforce) -> None:
    by = agent_of(org)
    for number in range(50_000):
        org.open_case(by=by, at=START + timedelta(seconds=number))
    org.queries.page_rows = 1000
    reader, began = Reader(org), time.perf_counter()
    page = reader.query(f"{IN_ORDER}").json()
    first, began = time.perf_counter() - began, time.perf_counter()
    reader.get(page["nextRecordsUrl"])
    assert first < 0.25
    assert time.perf_counter() - began < 0.05
