"""That the emulator answers as ServiceNow's pages say, and as ServiceNow's own client expects."""

import base64
import json
import os
import random
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.emulators.server import Answer, Request
from tests.emulators.servicenow import ServiceNow
from tests.emulators.servicenow_login import RateLimit
from tests.emulators.servicenow_query import parse
from tests.emulators.servicenow_search import select
from tests.emulators.servicenow_state import NotPossible

START = datetime(2026, 10, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
BASIC = "Basic " + base64.b64encode(b"recount:reads-only").decode()
INCIDENTS, AUDIT = "/api/now/table/incident", "/api/now/table/sys_audit"


def instance_of(**settings: Any) -> ServiceNow:
    instance = ServiceNow(START + timedelta(days=60), **settings)
    instance.add_user("ann.caller", at=START)
    instance.add_user("bob.agent", at=START)
    instance.add_user("ai.agent", at=START, identity_type="ai_user")
    return instance


@pytest.fixture
def instance() -> Iterator[ServiceNow]:
    with instance_of() as running:
        yield running


def ask(
    instance: ServiceNow, path: str, *, body: bytes | None = None, login: str = BASIC, **query: str
) -> Answer:
    """Ask as a plain client does; the answer has the headers by their names in lower case."""
    asked = {f"sysparm_{name}": value for name, value in query.items()}
    url = f"{instance.url}{path}?{urllib.parse.urlencode(asked)}"
    request = urllib.request.Request(url, body, {"Authorization": login} if login else {})
    try:
        with urllib.request.urlopen(request) as answer:
            status, headers, got = answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        status, headers, got = error.code, error.headers, error.read()
    return Answer(json.loads(got), status, {name.lower(): v for name, v in headers.items()})


def result_of(instance: ServiceNow, path: str, **query: Any) -> Any:
    """Return rows, or the one object that the aggregate tells of all."""
    return ask(instance, path, **query).document["result"]


def rows(instance: ServiceNow, path: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = result_of(instance, path, **query)
    return found


def audit_of(instance: ServiceNow, incident: str, *fields: str) -> list[dict[str, str]]:
    named = f"^fieldnameIN{','.join(fields)}" if fields else ""
    query = f"tablename=incident^documentkey={incident}{named}^ORDERBYrecord_checkpoint"
    return rows(instance, AUDIT, query=f"{query}^ORDERBYsys_id")


def opened(instance: ServiceNow, number: int) -> list[str]:
    """Open so many incidents, one an hour."""
    return [instance.open_incident(at=START + n * HOUR, caller="ann.caller") for n in range(number)]


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [row["sys_id"] for row in found]


def page_named(name: str) -> str:
    """Return a page of the vendor's documentation, or skip the test."""
    beside = Path(__file__).parents[3] / "shared" / "data" / "specs"
    path = Path(os.environ.get("RECOUNT_SPECS", beside)) / "servicenow" / name
    if not path.exists():
        pytest.skip(f"the vendor's page {name} is not on this machine (RECOUNT_SPECS)")
    return path.read_text()


def printed(page: str, after: str) -> Any:
    """Return the first JSON that a page prints after some words."""
    fenced = re.search(r"```(?:json)?\s*(\{.*?\n\s*\})\s*```", page[page.index(after) :], re.DOTALL)
    assert fenced is not None
    return json.loads(fenced[1])


# ServiceNow's own client


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServiceNow]:
    """An instance behind TLS, which the vendor's client insists on."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    instance = instance_of()
    instance._server.socket = context.wrap_socket(instance._server.socket, server_side=True)
    with instance:
        yield instance


def client_of(instance: ServiceNow, auth: Any = ("recount", "reads-only")) -> Any:
    pysnc = pytest.importorskip("pysnc", reason="the vendor's client is not installed")
    return pysnc.ServiceNowClient(f"https://{instance.host}", auth)


def test_the_vendors_client_reads_every_page(secure: ServiceNow) -> None:
    made = opened(secure, 25)
    record = client_of(secure).GlideRecord("incident", batch_size=10)
    record.query()
    assert sorted(str(incident.sys_id) for incident in record) == sorted(made)
    assert len(secure.asked(INCIDENTS)) == 3


def test_the_vendors_client_counts_what_the_header_says(secure: ServiceNow) -> None:
    opened(secure, 25)
    record = client_of(secure).GlideRecord("incident", batch_size=10)
    record.query()
    assert record.get_row_count() == 25


def test_the_vendors_client_narrows_a_query(secure: ServiceNow) -> None:
    first, second, third = opened(secure, 3)
    secure.resolve(first, at=START + HOUR, by="ai.agent")
    secure.cancel(second, at=START + HOUR, by="bob.agent")
    record = client_of(secure).GlideRecord("incident")
    record.add_query("state", "6").add_or_condition("state", "1")
    record.query()
    assert {str(incident.sys_id) for incident in record} == {first, third}


def test_the_vendors_client_reads_values_and_display_values(secure: ServiceNow) -> None:
    (incident,) = opened(secure, 1)
    record = client_of(secure).GlideRecord("incident")
    assert record.get(incident)
    assert (record.get_value("state"), record.get_display_value("state")) == ("1", "New")
    assert record.get_display_value("caller_id") == "Ann Caller"
    assert record.opened_at.date_value() == START


def test_the_vendors_client_does_not_find_what_is_not_there(secure: ServiceNow) -> None:
    record = client_of(secure).GlideRecord("incident")
    assert not record.get("0" * 32)


def test_the_vendors_client_raises_where_a_role_is_missing(secure: ServiceNow) -> None:
    exceptions = pytest.importorskip("pysnc.exceptions")
    secure.refuse("sys_audit")
    record = client_of(secure).GlideRecord("sys_audit")
    with pytest.raises(exceptions.RoleException, match="Insufficient rights"):
        record.query()


def test_the_vendors_client_raises_where_the_password_is_wrong(secure: ServiceNow) -> None:
    exceptions = pytest.importorskip("pysnc.exceptions")
    record = client_of(secure, ("recount", "wrong")).GlideRecord("incident")
    with pytest.raises(exceptions.AuthenticationException, match="User Not Authenticated"):
        record.query()


def test_the_vendors_client_logs_in_with_client_credentials(secure: ServiceNow) -> None:
    auth = pytest.importorskip("pysnc.auth")
    opened(secure, 1)
    flow = auth.ServiceNowClientCredentialsFlow(*secure.logins.client)
    record = client_of(secure, flow).GlideRecord("incident")
    record.query()
    assert record.get_row_count() == 1
    assert secure.requests[-1].headers["authorization"].startswith("Bearer ")


def test_the_vendors_client_waits_as_long_as_it_is_told(secure: ServiceNow) -> None:
    opened(secure, 1)
    client = client_of(secure)
    secure.rate_limit = RateLimit(1, 0.9)
    for _ in range(2):
        record = client.GlideRecord("incident")
        record.query()
        assert record.get_row_count() == 1
    assert len(secure.asked(INCIDENTS)) == 3


# what the vendor's pages print


def test_a_record_has_the_shape_that_the_page_prints(instance: ServiceNow) -> None:
    problem = printed(page_named("c_TableAPI.md"), "first record from the Problem table")
    opened(instance, 1)
    (ours,), (theirs,) = rows(instance, INCIDENTS), problem["result"]
    common = (ours.keys() & theirs.keys()) - {"opened_by", "sys_domain"}
    assert {"number", "sys_mod_count", "comments", "closed_by"} <= common
    assert {type(ours[name]) for name in common} == {type(theirs[name]) for name in common} == {str}
    for name in ("opened_by", "sys_domain"):
        assert ours[name].keys() == theirs[name].keys() == {"link", "value"}
        table = theirs[name]["link"].split("/")[-2]
        assert ours[name]["link"].endswith(f"/api/now/table/{table}/{ours[name]['value']}")


def test_an_aggregate_has_the_shape_that_the_page_prints(instance: ServiceNow) -> None:
    theirs = printed(page_named("c_AggregateAPI.md"), "Sample cURL request")["result"][0]
    opened(instance, 2)
    query = {"group_by": "assignment_group", "count": "true"}
    (ours,) = rows(instance, "/api/now/stats/incident", **query)
    assert ours.keys() == theirs.keys()
    assert ours["groupby_fields"] == theirs["groupby_fields"]
    assert ours["stats"] == {"count": "2"}


def test_a_denied_request_says_what_the_page_prints() -> None:
    theirs = printed(page_named("inbound-REST-API-rate-limiting.md"), "following error response")
    with instance_of(rate_limit=(100, 60)) as instance:
        for _ in range(100):
            ask(instance, INCIDENTS)
        denied = ask(instance, INCIDENTS)
    assert (denied.status, denied.document) == (429, theirs)


# queries


def test_an_unknown_field_in_a_query_is_ignored_and_everything_comes(instance: ServiceNow) -> None:
    made = opened(instance, 3)
    assert sorted(ids(rows(instance, INCIDENTS, query="no_such_field=1"))) == sorted(made)
    assert rows(instance, INCIDENTS, query="no_such_field=1^state=6") == []


def test_the_aggregate_ignores_the_same_part_and_so_cannot_tell(instance: ServiceNow) -> None:
    opened(instance, 3)
    asked = {"query": "no_such_field=1", "count": "true"}
    counted = result_of(instance, "/api/now/stats/incident", **asked)
    assert counted == {"stats": {"count": "3"}}


def test_an_impossible_value_tells_an_unknown_field_from_a_known_one(instance: ServiceNow) -> None:
    opened(instance, 3)
    counts = [
        ask(instance, INCIDENTS, query=f"{field}=impossible", limit="1").headers["x-total-count"]
        for field in ("close_code", "no_such_field")
    ]
    assert counts == ["0", "3"]


def test_a_property_makes_an_invalid_query_find_nothing(instance: ServiceNow) -> None:
    opened(instance, 3)
    instance.set_property("glide.invalid_query.returns_no_rows", "true")
    answer = ask(instance, INCIDENTS, query="no_such_field=1")
    assert (answer.document["result"], answer.headers["x-total-count"]) == ([], "0")


def test_or_joins_the_condition_before_it(instance: ServiceNow) -> None:
    first, second = opened(instance, 2)
    instance.change(second, at=START + HOUR, by="bob.agent", category="network")
    query = "category=network^state=6^ORstate=1"
    assert ids(rows(instance, INCIDENTS, query=query)) == [second]
    assert first not in ids(rows(instance, INCIDENTS, query=query))


def test_a_new_query_is_an_alternative_to_all_before_it(instance: ServiceNow) -> None:
    first, second, third = opened(instance, 3)
    instance.cancel(first, at=START + HOUR, by="bob.agent")
    query = f"state=8^NQsys_id={third}^ORDERBYsys_created_on^ORDERBYsys_id"
    assert ids(rows(instance, INCIDENTS, query=query)) == [first, third]
    assert second


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("numberINa,INC0010001,INC0010003", 2),
        ("number!=INC0010001", 2),
        ("numberLIKE0010", 3),
        ("numberSTARTSWITHINC^numberENDSWITH2", 1),
        ("opened_at>=2026-10-01 09:00:00^opened_at<2026-10-01 10:00:00", 1),
        ("opened_at>2026-10-01 09:00:00", 1),
        ("opened_at<=2026-10-01 09:00:00", 2),
        ("closed_at<2030-01-01 00:00:00", 0),
        ("closed_atISEMPTY^numberISNOTEMPTY", 3),
        ("caller_id.user_name=ann.caller", 3),
        ("reopen_count>=0", 3),
    ],
)
def test_operators_find_what_they_say(instance: ServiceNow, query: str, number: int) -> None:
    opened(instance, 3)
    assert len(rows(instance, INCIDENTS, query=query)) == number
    ordered = rows(instance, INCIDENTS, query=f"{query}^ORDERBYopened_at^ORDERBYsys_id")
    assert ordered == sorted(ordered, key=lambda row: row["opened_at"])
    assert len(ordered) == number


def test_a_descending_order_comes_latest_first(instance: ServiceNow) -> None:
    made = opened(instance, 3)
    assert ids(rows(instance, INCIDENTS, query="ORDERBYDESCopened_at")) == made[::-1]


def test_a_generated_date_is_in_the_time_zone_of_the_account(instance: ServiceNow) -> None:
    (incident,) = opened(instance, 1)
    query = "opened_at=javascript:gs.dateGenerate('2026-10-01','01:00:00')"
    assert ids(rows(instance, INCIDENTS, query=query)) == [incident]


def test_an_instance_may_read_spelled_out_times_in_a_zone_of_its_own() -> None:
    with instance_of(query_zone="America/Los_Angeles") as instance:
        opened(instance, 1)
        assert rows(instance, INCIDENTS, query="opened_at>=2026-10-01 08:00:00") == []
        assert len(rows(instance, INCIDENTS, query="opened_at>=2026-10-01 01:00:00")) == 1


def test_name_value_pairs_may_stand_in_for_a_query(instance: ServiceNow) -> None:
    opened(instance, 2)
    url = f"{instance.url}{INCIDENTS}?number=INC0010002"
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": BASIC})) as a:
        assert [row["number"] for row in json.load(a)["result"]] == ["INC0010002"]


TERMS = (
    "state=1", "state=6", "stateIN1,6", "numberLIKE3", "stateIN1,6^ORcategory=hr", "state!=1",
    "opened_at>=2026-10-01 12:00:00", "opened_at<2026-10-01 20:00:00", "closed_at>2026-01-01",
    "sys_id>8", "sys_id<=b", "^NQcategory=hr", "no_such_field=1",
)  # fmt: skip
ORDERS = ("ORDERBYopened_at^ORDERBYsys_id", "ORDERBYsys_id", "ORDERBYstate^ORDERBYsys_id")


@pytest.mark.parametrize("seed", range(40))
def test_indexes_find_what_a_look_at_every_row_finds(instance: ServiceNow, seed: int) -> None:
    chance = random.Random(seed)
    for number, incident in enumerate(opened(instance, 20)):
        values = {"state": chance.choice("1678"), "category": chance.choice(["hr", "it"])}
        instance.change(incident, at=START + number * HOUR, by="bob.agent", **values)
    terms = chance.sample(TERMS, chance.randint(1, 4))
    query = "^".join([*terms, chance.choice(ORDERS)])
    table, walk = instance.tables["incident"], instance.rendering.walking
    read = parse(query, lambda field: field in table.place)
    found = select(table, read, walk(table), 3, 5)
    plain = [row for row in table.rows.values() if any(
        all(any(c.holds(walk(table)(row, c.field)) for c in each) for each in group)
        for group in read.groups
    )]  # fmt: skip
    plain.sort(key=lambda row: [row[table.place[column]] for column, _ in read.orders])
    assert (found.count, found.page) == (len(plain), [row[0] for row in plain[3:8]])


# values


def test_every_value_is_a_string_and_times_have_no_zone(instance: ServiceNow) -> None:
    (incident,) = opened(instance, 1)
    instance.resolve(incident, at=START + HOUR, by="bob.agent")
    (row,) = rows(instance, INCIDENTS, exclude_reference_link="true")
    assert {type(value) for value in row.values()} == {str}
    assert (row["active"], row["reopen_count"]) == ("true", "0")
    assert row["resolved_at"] == "2026-10-01 09:00:00"


def test_display_values_are_in_the_time_zone_of_the_account(instance: ServiceNow) -> None:
    opened(instance, 1)
    (row,) = rows(instance, INCIDENTS, display_value="true", fields="opened_at,state")
    assert row == {"opened_at": "2026-10-01 01:00:00", "state": "New"}


def test_a_reference_comes_in_four_shapes(instance: ServiceNow) -> None:
    (incident,) = opened(instance, 1)
    ann = instance.of(incident, "caller_id")
    link = f"{instance.url}/api/now/table/sys_user/{ann}"
    asked = [("false", "false"), ("false", "true"), ("true", "false"), ("all", "true")]
    shapes = [
        rows(instance, INCIDENTS, display_value=d, exclude_reference_link=x, fields="caller_id")[0]
        for d, x in asked
    ]
    assert [shape["caller_id"] for shape in shapes] == [
        {"link": link, "value": ann},
        ann,
        {"display_value": "Ann Caller", "link": link},
        {"display_value": "Ann Caller", "value": ann},
    ]


def test_only_the_fields_asked_for_come_and_unknown_ones_do_not(instance: ServiceNow) -> None:
    opened(instance, 1)
    (row,) = rows(instance, INCIDENTS, fields="number,no_such_field,caller_id.email")
    assert row == {"number": "INC0010001", "caller_id.email": "ann.caller@example.com"}


def test_text_comes_unless_it_is_not_asked_for(instance: ServiceNow) -> None:
    (incident,) = opened(instance, 1)
    instance.comment(incident, at=START + HOUR, by="ann.caller", says="My phone is 555")
    (actual,) = rows(instance, INCIDENTS)
    (shown,) = rows(instance, INCIDENTS, display_value="true")
    assert "fire" in actual["short_description"]
    assert (actual["comments"], "555" in shown["comments"]) == ("", True)


# access


def test_rows_are_withheld_after_the_limit_so_an_empty_page_is_not_the_end(
    instance: ServiceNow,
) -> None:
    made = opened(instance, 4)
    for incident in made[:2]:
        instance.change(incident, at=START + 5 * HOUR, by="bob.agent", category="hr")
    instance.hide_rows("incident", "category", "hr")
    query: dict[str, Any] = {"query": "ORDERBYopened_at^ORDERBYsys_id", "limit": "2"}
    first = ask(instance, INCIDENTS, offset="0", **query)
    assert (first.document["result"], first.headers["x-total-count"]) == ([], "4")
    assert 'rel="next"' in first.headers["link"]
    assert ids(rows(instance, INCIDENTS, offset="2", **query)) == made[2:]


def test_the_aggregate_counts_rows_that_are_withheld(instance: ServiceNow) -> None:
    opened(instance, 4)
    instance.hide_rows("incident", "category", "inquiry")
    counted = result_of(instance, "/api/now/stats/incident", count="true")
    assert (counted, rows(instance, INCIDENTS)) == ({"stats": {"count": "4"}}, [])


def test_a_withheld_record_is_not_found(instance: ServiceNow) -> None:
    (incident,) = opened(instance, 1)
    instance.hide_rows("incident", "category", "inquiry")
    answer = ask(instance, f"{INCIDENTS}/{incident}")
    assert (answer.status, answer.document["error"]["message"]) == (404, "No Record found")


def test_a_field_without_rights_is_missing_from_the_rows(instance: ServiceNow) -> None:
    opened(instance, 1)
    instance.hide_field("incident", "state")
    assert rows(instance, INCIDENTS, fields="number,state") == [{"number": "INC0010001"}]


def test_a_query_on_a_field_without_rights_is_refused(instance: ServiceNow) -> None:
    instance.hide_field("sys_audit", "newvalue")
    answer = ask(instance, AUDIT, query="newvalue=6")
    assert answer.status == 403
    assert answer.document["error"]["message"] == "Insufficient rights to query records"


def test_a_table_without_rights_is_refused(instance: ServiceNow) -> None:
    instance.refuse("sys_audit")
    assert ask(instance, AUDIT).status == 403
    assert ask(instance, "/api/now/stats/sys_audit", count="true").status == 403


def test_an_unknown_table_is_a_bad_request(instance: ServiceNow) -> None:
    answer = ask(instance, "/api/now/table/no_such_table")
    assert (answer.status, answer.document["status"]) == (400, "failure")


def test_the_account_cannot_write(instance: ServiceNow) -> None:
    assert ask(instance, INCIDENTS, body=b"{}").status == 403


def test_an_old_version_has_no_empty_answer(instance: ServiceNow) -> None:
    assert ask(instance, "/api/now/v1/table/incident").status == 404
    assert ask(instance, "/api/now/v2/table/incident").document == {"result": []}


# pages


def test_links_lead_through_the_pages(instance: ServiceNow) -> None:
    opened(instance, 5)
    answer = ask(instance, INCIDENTS, limit="2", offset="2", query="ORDERBYsys_id")
    places = re.findall(r'sysparm_offset=(\d+)>;rel="(\w+)"', answer.headers["link"])
    assert {rel: int(place) for place, rel in places} == {
        "first": 0, "next": 4, "prev": 0, "last": 4,
    }  # fmt: skip


def test_one_page_has_no_links_and_a_client_may_do_without(instance: ServiceNow) -> None:
    opened(instance, 5)
    assert "link" not in ask(instance, INCIDENTS).headers
    asked: dict[str, Any] = {"limit": "2", "suppress_pagination_header": "true", "no_count": "true"}
    answer = ask(instance, INCIDENTS, **asked)
    assert not {"link", "x-total-count"} & answer.headers.keys()


def test_without_an_order_pages_overlap(instance: ServiceNow) -> None:
    made = opened(instance, 40)
    pages = [ids(rows(instance, INCIDENTS, limit="10", offset=str(n))) for n in range(0, 40, 10)]
    assert set().union(*pages) < set(made)


def by_offset(instance: ServiceNow) -> list[str]:
    """Page by offset as a careless client does, in the order of the last change."""
    found: list[str] = []
    query = {"query": "ORDERBYsys_updated_on^ORDERBYsys_id", "limit": "2"}
    while page := ids(rows(instance, INCIDENTS, offset=str(len(found)), **query)):
        found += page
    return found


def by_key(instance: ServiceNow) -> list[str]:
    """Page by the key of the last row: later, or at the same instant and further on."""
    found: list[str] = []
    at, after = "1970-01-01 00:00:00", ""
    order = "^ORDERBYsys_created_on^ORDERBYsys_id"
    while True:
        tie = f"^NQsys_created_on={at}^sys_id>{after}" if after else ""
        page = rows(instance, INCIDENTS, query=f"sys_created_on>{at}{tie}{order}", limit="2")
        if not page:
            return found
        found += ids(page)
        at, after = page[-1]["sys_created_on"], page[-1]["sys_id"]


def test_offsets_skip_a_row_when_one_before_them_changes(instance: ServiceNow) -> None:
    made = opened(instance, 5)

    def once(request: Request) -> None:
        instance.between = lambda request: None
        instance.start_work(made[0], at=START + 9 * HOUR, by="bob.agent")

    instance.between = once
    found = by_offset(instance)
    assert made[2] not in found
    assert found.count(made[0]) == 2


def test_keys_lose_no_row_whatever_changes(instance: ServiceNow) -> None:
    made = [instance.open_incident(at=START, caller="ann.caller") for _ in range(7)]

    def each(request: Request) -> None:
        for incident in made:
            instance.start_work(incident, at=instance.now, by="bob.agent")

    instance.between = each
    found = by_key(instance)
    assert sorted(found) == sorted(made)


def test_a_row_deleted_between_pages_moves_offsets_but_not_keys(instance: ServiceNow) -> None:
    made = opened(instance, 6)

    def once(request: Request) -> None:
        instance.between = lambda request: None
        instance.delete(made[0], at=START + 9 * HOUR, by="bob.agent")

    instance.between = once
    assert made[2] not in by_offset(instance)
    assert by_key(instance) == made[1:]


# the audit


def test_what_an_incident_is_opened_with_is_not_in_the_audit(instance: ServiceNow) -> None:
    (incident,) = opened(instance, 1)
    assert audit_of(instance, incident) == []


def test_an_incident_that_is_born_resolved_shows_so_in_the_record_alone(
    instance: ServiceNow,
) -> None:
    solved = {"state": "6", "resolved_at": "2026-10-01 08:00:00"}
    incident = instance.open_incident(at=START, caller="ann.caller", by="ai.agent", **solved)
    instance.close(incident, at=START + HOUR, by="system")
    (row,) = audit_of(instance, incident, "state")
    assert (row["oldvalue"], row["newvalue"]) == ("6", "7")


def test_an_instance_that_audits_inserts_has_rows_of_checkpoint_zero() -> None:
    with instance_of(audits_inserts=True) as instance:
        (incident,) = opened(instance, 1)
        (state,) = audit_of(instance, incident, "state")
    assert (state["oldvalue"], state["newvalue"], state["record_checkpoint"]) == ("", "1", "0")


def test_one_update_leaves_a_row_per_field_at_one_instant(instance: ServiceNow) -> None:
    (incident,) = opened(instance, 1)
    instance.resolve(incident, at=START + HOUR, by="ai.agent")
    audit = audit_of(instance, incident)
    assert {row["record_checkpoint"] for row in audit} == {"1"}
    assert {row["sys_created_on"] for row in audit} == {"2026-10-01 09:00:00"}
    told = {row["fieldname"]: row["newvalue"] for row in audit}
    assert (told["state"], told["incident_state"]) == ("6", "6")


def test_the_audit_names_the_user_and_not_the_record_of_one(instance: ServiceNow) -> None:
    (incident,) = opened(instance, 1)
    instance.start_work(incident, at=START + HOUR, by="bob.agent")
    (row,) = audit_of(instance, incident, "state")
    assert row["user"] == row["sys_created_by"] == "bob.agent"
    assert (row["oldvalue"], row["newvalue"]) == ("1", "2")


def test_an_ai_user_is_known_by_its_record(instance: ServiceNow) -> None:
    query = {"query": "user_name=ai.agent", "fields": "user_name,identity_type"}
    found = rows(instance, "/api/now/table/sys_user", **query)
    assert found == [{"user_name": "ai.agent", "identity_type": "ai_user"}]


def test_a_silent_change_shows_in_the_record_and_not_in_the_audit(instance: ServiceNow) -> None:
    (incident,) = opened(instance, 1)
    instance.change_silently(incident, at=START + HOUR, by="import", state="7")
    (row,) = rows(instance, INCIDENTS)
    assert (row["state"], row["sys_mod_count"]) == ("7", "1")
    assert audit_of(instance, incident) == []


def test_a_comment_is_in_the_journal_and_in_the_audit(instance: ServiceNow) -> None:
    (incident,) = opened(instance, 1)
    instance.comment(incident, at=START + HOUR, by="bob.agent", says="Try again")
    query = f"element_id={incident}^element=comments"
    (entry,) = rows(instance, "/api/now/table/sys_journal_field", query=query)
    (row,) = audit_of(instance, incident, "comments")
    assert (entry["sys_created_by"], entry["value"], entry["name"]) == (
        "bob.agent", "Try again", "incident",
    )  # fmt: skip
    assert (row["oldvalue"], row["newvalue"]) == ("JOURNAL FIELD ADDITION", "Try again")


def test_the_first_comment_is_only_in_the_journal(instance: ServiceNow) -> None:
    incident = instance.open_incident(at=START, caller="ann.caller", comments="Help")
    journal = "/api/now/table/sys_journal_field"
    assert len(rows(instance, journal, query=f"element_id={incident}")) == 1
    assert audit_of(instance, incident, "comments") == []


def test_a_caller_who_answers_takes_the_incident_off_hold(instance: ServiceNow) -> None:
    (incident,) = opened(instance, 1)
    instance.hold(incident, at=START + HOUR, by="bob.agent")
    instance.comment(incident, at=START + 2 * HOUR, by="ann.caller")
    states = [(row["user"], row["newvalue"]) for row in audit_of(instance, incident, "state")]
    assert states == [("bob.agent", "3"), ("ann.caller", "2")]


def test_audit_older_than_its_retention_is_gone(instance: ServiceNow) -> None:
    first, second = opened(instance, 2)
    instance.start_work(first, at=START + HOUR, by="bob.agent")
    instance.start_work(second, at=START + 5 * HOUR, by="bob.agent")
    instance.purge_audit(before=START + 3 * HOUR)
    assert audit_of(instance, first) == []
    stats = result_of(instance, "/api/now/stats/sys_audit", min_fields="sys_created_on")
    assert stats == {"stats": {"min": {"sys_created_on": "2026-10-01 13:00:00"}}}


# closing, reopening, deleting


def test_a_resolved_incident_is_reopened_in_place(instance: ServiceNow) -> None:
    (incident,) = opened(instance, 1)
    instance.resolve(incident, at=START + HOUR, by="ai.agent")
    instance.reopen(incident, at=START + 2 * HOUR, by="ann.caller")
    (row,) = rows(instance, INCIDENTS, exclude_reference_link="true")
    assert (row["state"], row["reopen_count"]) == ("2", "1")
    assert row["reopened_time"] == "2026-10-01 10:00:00"
    states = [(row["oldvalue"], row["newvalue"]) for row in audit_of(instance, incident, "state")]
    assert states == [("1", "6"), ("6", "2")]


def test_a_closed_incident_is_reopened_as_another_without_a_link(instance: ServiceNow) -> None:
    (incident,) = opened(instance, 1)
    instance.close(incident, at=START + HOUR, by="bob.agent")
    with pytest.raises(NotPossible):
        instance.reopen(incident, at=START + 2 * HOUR, by="ann.caller")
    again = instance.reopen_by_email(incident, at=START + 2 * HOUR)
    (row,) = rows(instance, INCIDENTS, query=f"sys_id={again}", exclude_reference_link="true")
    assert (row["state"], row["contact_type"], row["reopen_count"]) == ("1", "email", "0")
    assert row["caller_id"] == instance.of(incident, "caller_id")
    assert (row["parent"], row["parent_incident"]) == ("", "")


def test_the_scheduled_job_closes_after_some_days_as_system(instance: ServiceNow) -> None:
    first, second = opened(instance, 2)
    instance.resolve(first, at=START, by="ai.agent")
    instance.resolve(second, at=START + HOUR, by="ai.agent")
    assert instance.auto_close(at=START + timedelta(days=7)) == [first]
    (row,) = audit_of(instance, first, "closed_at")
    assert row["user"] == "system"


def test_the_scheduled_job_can_look_like_a_person(instance: ServiceNow) -> None:
    (incident,) = opened(instance, 1)
    instance.resolve(incident, at=START, by="ai.agent")
    instance.auto_close(at=START + timedelta(days=8), by="bob.agent")
    assert audit_of(instance, incident, "closed_at")[0]["user"] == "bob.agent"


def test_a_deleted_incident_leaves_its_audit_and_a_record_of_the_deletion(
    instance: ServiceNow,
) -> None:
    (incident,) = opened(instance, 1)
    instance.start_work(incident, at=START + HOUR, by="bob.agent")
    instance.delete(incident, at=START + 2 * HOUR, by="bob.agent")
    assert ask(instance, f"{INCIDENTS}/{incident}").status == 404
    assert len(audit_of(instance, incident, "state")) == 1
    (row,) = rows(instance, "/api/now/table/sys_audit_delete", query="tablename=incident")
    assert (row["documentkey"], row["sys_created_by"]) == (incident, "bob.agent")


def test_a_purged_incident_leaves_nothing(instance: ServiceNow) -> None:
    (incident,) = opened(instance, 1)
    instance.start_work(incident, at=START + HOUR, by="bob.agent")
    instance.purge(incident)
    assert audit_of(instance, incident) == []
    assert rows(instance, "/api/now/table/sys_audit_delete") == []


# surveys


def results(instance: ServiceNow, **survey: Any) -> list[dict[str, str]]:
    """Rate an incident 2; return the metric results, the rated question first."""
    (incident,) = opened(instance, 1)
    about = instance.add_survey(at=START, **survey)
    asked = instance.send_survey(about, incident, at=START + HOUR)
    instance.rate(asked, at=START + 2 * HOUR, by="ann.caller", value=2, says="Bob was rude")
    path = "/api/now/table/asmt_metric_result"
    return rows(instance, path, query="ORDERBYDESCactual_value", exclude_reference_link="true")


def test_a_rating_is_the_value_of_its_questions_own_scale(instance: ServiceNow) -> None:
    rated = results(instance, highest=5)[0]
    assert (rated["actual_value"], rated["string_value"]) == ("2", "2")
    metric = ask(instance, f"/api/now/table/asmt_metric/{rated['metric']}").document["result"]
    assert (metric["min"], metric["max"], metric["scale"]) == ("1", "5", "high")


def test_the_normalized_value_turns_a_scale_on_which_less_is_better(instance: ServiceNow) -> None:
    assert results(instance, scale="high")[0]["normalized_value"] == "2.5"
    with instance_of() as other:
        assert results(other, scale="low")[0]["normalized_value"] == "7.5"


def test_a_free_text_answer_has_no_value(instance: ServiceNow) -> None:
    free = results(instance)[1]
    assert (free["actual_value"], free["string_value"]) == ("-1", "Bob was rude")


def test_the_incident_of_a_rating_is_what_triggered_its_instance(instance: ServiceNow) -> None:
    rated = results(instance)[0]
    path = f"/api/now/table/asmt_assessment_instance/{rated['instance']}"
    asked = ask(instance, path, exclude_reference_link="true").document["result"]
    assert (asked["trigger_table"], asked["state"]) == ("incident", "complete")
    assert asked["trigger_id"] in instance.tables["incident"].rows
    assert asked["taken_on"] == "2026-10-01 10:00:00"
    assert rated["source_id"] == asked["metric_type"]


# logins and limits


@pytest.mark.parametrize("login", ["", "Basic bm86bm8=", "Bearer no"])
def test_who_is_not_known_is_not_authenticated(instance: ServiceNow, login: str) -> None:
    answer = ask(instance, INCIDENTS, login=login)
    assert answer.status == 401
    assert answer.document == {
        "error": {
            "message": "User Not Authenticated",
            "detail": "Required to provide Auth information",
        },
        "status": "failure",
    }


def token(instance: ServiceNow, **asked: str) -> Answer:
    client_id, secret = instance.logins.client
    form = {"client_id": client_id, "client_secret": secret, **asked}
    body = urllib.parse.urlencode(form).encode()
    return ask(instance, "/oauth_token.do", body=body, login="")


PASSWORD = {"grant_type": "password", "username": "recount", "password": "reads-only"}


def test_a_token_expires_and_is_refreshed(instance: ServiceNow) -> None:
    told = token(instance, **PASSWORD).document
    assert told["expires_in"] == 1799
    bearer = f"Bearer {told['access_token']}"
    assert ask(instance, INCIDENTS, login=bearer).status == 200
    instance.now += timedelta(seconds=1799)
    assert ask(instance, INCIDENTS, login=bearer).status == 401
    asked = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    again = token(instance, **asked).document
    assert ask(instance, INCIDENTS, login=f"Bearer {again['access_token']}").status == 200


def test_a_living_token_is_given_out_again_with_less_time(instance: ServiceNow) -> None:
    first = token(instance, **PASSWORD).document
    instance.now += timedelta(seconds=1000)
    second = token(instance, **PASSWORD).document
    assert second["access_token"] == first["access_token"]
    assert second["expires_in"] == 799


def test_a_wrong_grant_is_denied(instance: ServiceNow) -> None:
    answer = token(instance, **{**PASSWORD, "password": "wrong"})
    assert (answer.status, answer.document["error_description"]) == (401, "access_denied")
    instance.logins.expire(refresh_too=True)
    assert token(instance, grant_type="refresh_token", refresh_token="").status == 401


def test_the_rule_is_told_with_each_answer_and_ends_with_the_window() -> None:
    with instance_of(rate_limit=(2, 0.3)) as instance:
        answers = [ask(instance, INCIDENTS) for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 429]
        assert {answer.headers["x-ratelimit-limit"] for answer in answers} == {"2"}
        assert answers[2].headers["retry-after"] == "1"
        assert int(answers[2].headers["x-ratelimit-reset"]) >= instance.now.timestamp()
        assert instance.rate_limit is not None
        instance.rate_limit.seconds = 0
        assert ask(instance, INCIDENTS).status == 200
