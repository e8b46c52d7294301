"""What a contract may say of ServiceNow, and when an instance is believed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recount.errors import ContractError, RecountError, SourceError
from recount.lake import open_lake
from recount.landing import land_feed, pages
from recount.sources import source_of
from recount.sources.extraction import ControlTotal, Feed, FeedPage
from recount.sources.servicenow import SHOWN_BY, instance
from recount.sources.servicenow.tables import SCHEMAS
from recount.sources.source import parse
from recount.sources.terms import SourceTerms
from tests.emulators import faults
from tests.emulators.server import Answer, Fault, Handler, Request
from tests.emulators.servicenow import ServiceNow
from tests.unit.sources.logs import AS_OF, MARCH, terms_of

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
SINCE = datetime(2026, 2, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUESTION = "43004b48d473d31aaec8ce0cfc816ca9"


def servicenow(**settings: Any) -> SourceTerms:
    usual = {"connection": "acme", "observed_from": "2026-02-01T00:00:00Z", "location": None}
    return terms_of(system="servicenow", **{**usual, **settings})


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[ServiceNow]:
    """An instance with a caller, a bot, an incident of before, and five that the bot resolved."""
    with desk_of(monkeypatch) as running:
        yield running


def desk_of(patch: pytest.MonkeyPatch, *, auth: str = "basic", **settings: Any) -> ServiceNow:
    emulator = ServiceNow(NOW, **settings)
    login, password = {
        "basic": ("recount", "reads-only"),
        "oauth": ("a329c4515612210071a5e0c298ee2be8", "client-secret"),
    }[auth]
    extra = {"requests_per_minute": 100_000, "auth": auth, "longest_wait_seconds": 0.05}
    said = {"conn_type": "http", "host": emulator.host, "login": login, "password": password}
    patch.setenv("AIRFLOW_CONN_ACME", json.dumps({**said, "extra": extra}))
    emulator.add_user("ida.caller", at=START)
    emulator.add_user("resolver.bot", at=START, identity_type="ai_user")
    emulator.grant_role("resolver.bot", "itil", at=START)
    old = emulator.open_incident(at=START, caller="ida.caller")
    emulator.start_work(old, at=START + HOUR, by="resolver.bot")
    for number in range(5):
        at = SINCE + number * 4 * DAY
        incident = emulator.open_incident(at=at, caller="ida.caller", comments="4111")
        emulator.resolve(incident, at=at + HOUR, by="resolver.bot")
    return emulator


def feed_of(stream: str, **settings: Any) -> Feed:
    terms = servicenow(**settings)
    feeds = source_of(terms).extract(terms, MARCH, as_of=AS_OF, scratch=Path())
    return next(each for each in feeds if isinstance(each, Feed) and each.stream == stream)


def read(stream: str, **settings: Any) -> list[FeedPage]:
    return list(feed_of(stream, **settings).pages(None))


def records(found: list[FeedPage]) -> list[dict[str, Any]]:
    documents = [json.loads(each.page.data) for each in found if isinstance(each.page.data, bytes)]
    return [record for document in documents for record in document["result"]]


def refusal(stream: str, **settings: Any) -> str:
    with pytest.raises(SourceError) as refused:
        read(stream, **settings)
    return str(refused.value)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"connection": None}, "servicenow needs connection"),
        ({"observed_from": "2026-02-01 00:00"}, "offset"),
        ({"fields": {"tier": "U Tier"}}, "is no field of an incident"),
        ({"fields": {"tier": "u_tier^ORDERBYnumber"}}, "is no field of an incident"),
        ({"fields": {"what": "short_description"}}, "holds text or a person"),
        ({"fields": {"what": "parent.work_notes"}}, "holds text or a person"),
        ({"fields": {"who": "caller_id.name"}}, "holds text or a person"),
        ({"rating_questions": ["Satisfaction"]}, "is no sys_id"),
        ({"rating_values": {"1": "6"}}, "less than or equal to 5"),
        ({"instance": "acme"}, "is no setting of servicenow"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, Any], says: str) -> None:
    terms = servicenow(**settings)
    with pytest.raises(ContractError, match=says):
        source_of(terms).check(terms)


def test_what_is_shown_depends_on_what_the_contract_declares() -> None:
    source = source_of(servicenow())
    assert "followed_up" not in source.shows(servicenow())
    assert "followed_up" in source.shows(servicenow(follow_up_field="u_reopened_from"))
    assert "rated" not in source.shows(servicenow(surveys="false"))


def test_an_event_type_is_observed_as_far_as_all_streams_that_tell_of_it() -> None:
    reached = {stream: NOW + number * DAY for number, stream in enumerate(SCHEMAS)}
    terms = servicenow()
    coverage = source_of(terms).coverage(terms, NOW + 9 * DAY, reached)
    assert {each.event_type: each.observed_until for each in coverage} == {
        event_type: min(reached[stream] for stream in SHOWN_BY[event_type])
        for event_type in source_of(terms).shows(terms)
    }


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_each_record_comes_once_whatever_the_size_of_a_page(
    desk: ServiceNow, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(instance, "PAGE", size)
    for stream, count in (("audit", 5), ("incidents", 5), ("journal", 5), ("staff", 1)):
        found = read(stream)
        ids = [record["sys_id"] for record in records(found)]
        assert len(ids) == len(set(ids)) == count
        total = found[-1].control_total
        assert total == ControlTotal(count, "exact")


def test_no_text_is_asked_for_and_no_caller_is_named(desk: ServiceNow) -> None:
    streams = ("audit", "incidents", "journal", "staff")
    said = {"aggregates": "false"}
    landed = json.dumps([records(read(stream, **said)) for stream in streams])
    asked = {name for each in desk.requests for name in each.query["sysparm_fields"].split(",")}
    assert "resolver.bot" in landed
    assert not any(word in landed for word in ("4111", "Printer", "ida.caller", "@example.com"))
    assert not asked & {"value", "description", "short_description", "close_notes", "payload"}
    assert {each.query["sysparm_display_value"] for each in desk.requests} == {"false"}


def test_the_names_of_the_registry_are_found_again_and_others_are_not(desk: ServiceNow) -> None:
    terms = replace(servicenow(), actors=frozenset({"resolver.bot"}))
    data = [page.page.data for page in read("audit") if page.page.record_count]
    actors = {row["actor"] for one in data for row in rows_of(terms, "audit", one)}
    unnamed = {row["actor"] for one in data for row in rows_of(servicenow(), "audit", one)}
    assert actors == {"resolver.bot"}
    assert {len(actor) for actor in unnamed} == {32}


def rows_of(terms: SourceTerms, stream: str, data: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parse(source_of(terms), terms, stream, "page", data).to_pylist()
    return rows


def test_an_incident_that_changes_between_two_pages_is_not_lost(
    desk: ServiceNow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "PAGE", 2)
    (last,) = sorted(desk.tables["incident"].rows)[-1:]

    def change(request: Request) -> None:
        if "sys_id>" in request.query.get("sysparm_query", ""):
            desk.change(last, at=NOW, by="resolver.bot", priority="1")

    desk.between = change
    found = read("incidents")
    assert len(records(found)) >= 5
    assert found[-1].observed_until == NOW - timedelta(minutes=5)


def test_what_was_written_a_little_late_is_read_at_the_next_extraction(desk: ServiceNow) -> None:
    end = read("audit")[-1]
    late = next(iter(desk.tables["incident"].rows))
    desk.change(late, at=NOW - 30 * timedelta(minutes=1), by="resolver.bot", state="3")
    desk.now = NOW + DAY
    (again,) = feed_of("audit").pages(end.checkpoint)
    assert [record["newvalue"] for record in records([again])] == ["3"]
    assert again.observed_until == NOW + DAY - timedelta(minutes=5)


def test_rows_that_are_withheld_are_refused_and_not_paged_around(desk: ServiceNow) -> None:
    audit = desk.tables["sys_audit"]
    states = [each for each in audit.rows if audit.value(each, "fieldname") == "state"]
    desk.hide_rows("sys_audit", "sys_id", states[-1])
    assert "the others are withheld from our account by an access rule" in refusal("audit")


def test_rows_that_only_the_aggregate_api_counts_hold_the_month(desk: ServiceNow) -> None:
    desk.misbehave(counts(3), on="/api/now/stats")
    found = read("audit")
    assert found[-1].control_total == ControlTotal(len(records(found)) + 1, "exact")


def counts(count: int) -> Fault:
    """Let the Aggregate API count so many records."""

    def fault(handler: Handler, answer: Answer) -> None:
        handler.send(replace(answer, document={"result": {"stats": {"count": str(count)}}}))

    return fault


def test_without_aggregates_none_are_asked_for(desk: ServiceNow) -> None:
    assert read("audit", aggregates="false")[-1].control_total is None
    assert desk.asked("/api/now/stats") == []


def test_a_field_that_the_instance_does_not_know_is_noticed(desk: ServiceNow) -> None:
    desk.rendering.knows = knows_all_but(desk, "fieldname")  # type: ignore[method-assign]
    assert "by a value of fieldname that there is not" in refusal("audit")


def test_a_field_is_noticed_where_unreadable_queries_find_nothing(desk: ServiceNow) -> None:
    desk.set_property("glide.invalid_query.returns_no_rows", "true")
    desk.rendering.knows = knows_all_but(desk, "fieldname")  # type: ignore[method-assign]
    assert "sys_audit comes without fieldname" in refusal("audit")


def knows_all_but(desk: ServiceNow, unknown: str) -> Any:
    knows = desk.rendering.knows
    return lambda table, path: path != unknown and knows(table, path)


def test_times_of_a_query_that_are_read_in_another_zone_are_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with desk_of(monkeypatch, query_zone="America/Los_Angeles"):
        assert "set the time zone of our account to GMT" in refusal("audit")


def test_a_field_that_comes_without_its_values_is_named(desk: ServiceNow) -> None:
    desk.hide_field("incident", "caller_id")
    says = refusal("incidents")
    assert "incident comes without caller_id, caller_id.user_name" in says


def test_a_field_of_the_contract_that_there_is_not_is_named(desk: ServiceNow) -> None:
    assert "comes without u_tier" in refusal("incidents", fields={"tier": "u_tier"})


def test_an_audit_that_does_not_reach_back_is_refused(desk: ServiceNow) -> None:
    desk.purge_audit(before=SINCE)
    assert "write an observed_from after its oldest record" in refusal("audit")


def test_fields_of_the_instance_become_columns_and_attributes(desk: ServiceNow) -> None:
    fields = {"tier": "priority", "line": "category", "language": "caller_id.time_zone"}
    terms = servicenow(fields=fields)
    data = read("incidents", fields=fields)[0].page.data
    row = rows_of(terms, "incidents", data)[0]
    assert (row["tier"], row["language"]) == ("3", None)
    assert json.loads(row["attributes"]) == {
        "category": "inquiry", "line": "inquiry", "priority": "3",
    }  # fmt: skip


def rating(**said: str) -> dict[str, str]:
    scale = {"metric.min": "1", "metric.max": "5", "metric.scale": "high"}
    return {
        "sys_id": "r1", "sys_created_on": "2026-02-02 09:00:00", "user": "key", "metric": QUESTION,
        "sys_updated_on": "2026-02-02 09:00:00", "actual_value": "4", "metric.datatype": "scale",
        "instance.trigger_table": "incident", "instance.trigger_id": "i1",
        "instance.taken_on": "2026-02-02 10:00:00", **scale, **said,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "settings", "score"),
    [
        ({}, {}, 4),
        ({"metric.scale": "low"}, {}, 2),
        ({"metric.max": "10"}, {}, None),
        ({"metric.min": "0"}, {}, None),
        ({"metric.max": "", "metric.min": ""}, {}, None),
        ({"actual_value": "-1", "metric.datatype": "string"}, {}, None),
        ({"actual_value": "1", "metric.max": "1"}, {"rating_values": {"1": "5"}}, 5),
        ({"actual_value": "0", "metric.max": "1"}, {"rating_values": {"1": "5"}}, None),
        ({}, {"rating_questions": [QUESTION]}, 4),
        ({}, {"rating_questions": [QUESTION.replace("4", "5")]}, None),
    ],
)
def test_a_rating_is_of_five_on_a_scale_of_five_or_by_the_contract(
    said: dict[str, str], settings: dict[str, Any], score: int | None
) -> None:
    data = json.dumps({"result": [rating(**said)]}).encode()
    (row,) = rows_of(servicenow(**settings), "ratings", data)
    assert row["score_value"] == score
    assert row["rated_at"] == datetime(2026, 2, 2, 10)


def test_an_access_token_that_runs_out_is_fetched_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    with desk_of(monkeypatch, auth="oauth") as desk:
        desk.between = lambda request: (
            desk.logins.expire() if request.path.startswith("/api") else None
        )
        assert len(records(read("incidents"))) == 5
        # four requests try the queries, then a page and a count
        assert len(desk.asked("/oauth_token.do")) == 6


def test_a_page_for_people_is_no_answer(desk: ServiceNow) -> None:
    desk.misbehave(faults.login_page, times=-1)
    assert "instead of JSON" in refusal("incidents")


def test_an_extraction_that_was_cut_off_goes_on_inside_its_window(
    desk: ServiceNow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "PAGE", 1)
    lake, feed = open_lake(str(tmp_path)), feed_of("incidents")
    desk.misbehave(faults.status(403), on="/api/now/table/incident", after=7)
    with pytest.raises(RecountError):
        land_feed(lake, "acme", "2026-02", feed, NOW)
    manifest = land_feed(lake, "acme", "2026-02", feed, NOW)
    landed = [json.loads(data)["result"] for _, data in pages(lake, manifest)]
    ids = [record["sys_id"] for page in landed for record in page]
    assert len(ids) == len(set(ids)) == 5
    assert manifest.control_total == ControlTotal(5, "exact")
