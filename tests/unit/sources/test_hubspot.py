"""What a contract may say of HubSpot, what its answers must not say, and how it is gone through."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from recount.errors import ContractError, SourceError
from recount.sources import source_of
from recount.sources.api import SPENT
from recount.sources.extraction import Checkpoint, FeedPage
from recount.sources.hubspot import _feeds, objects, threads
from recount.sources.hubspot.objects import tables_of
from recount.sources.hubspot.settings import HubSpotSettings
from recount.sources.hubspot.signing_in import account_of, pause_of
from recount.sources.requesters import requester_key
from recount.sources.shapes import left_out, packed, received
from recount.sources.terms import SourceTerms
from tests.emulators import faults
from tests.emulators.hubspot import TOKEN, HubSpot
from tests.emulators.hubspot_records import FORM, Record, app, ui
from tests.unit.sources.logs import parsed, terms_of

SINCE = "2026-02-01T00:00:00Z"
AS_OF = datetime(2026, 5, 1, tzinfo=UTC)
NOW = datetime(2026, 5, 10, tzinfo=UTC)
OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
SEARCH, BATCH = "/crm/v3/objects/tickets/search", "/crm/v3/objects/tickets/batch/read"


def hubspot(**settings: Any) -> SourceTerms:
    usual = {"connection": "acme", "observed_from": SINCE, "location": None}
    return terms_of(system="hubspot", **{**usual, **settings})


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"connection": None}, "hubspot needs connection"),
        ({"observed_from": "2026-02-01 00:00"}, "offset"),
        ({"subject_types": "deal"}, "'deal' is no subject type here"),
        ({"stages": {"4": "done"}}, "'open', 'solved' or 'closed'"),
        ({"stages": {"4 or 5": "open"}}, "pattern"),
        ({"surveys": {"5": "five"}}, "valid integer"),
        ({"surveys": {"5": 0}}, "greater than or equal to 1"),
        ({"properties": {"tier": "Customer Tier"}}, "no internal name"),
        ({"properties": {"tier": "hs_ticket_subject_text"}}, "holds text or a person"),
        ({"properties": {"tier": "content"}}, "holds text or a person"),
        ({"meeting_properties": {"tier": "hs_meeting_location"}}, "holds text or a person"),
        ({"meeting_outcomes": {"SHOWED": "yes"}}, "'booked', 'held'"),
        ({"portal": "1"}, "is no setting of hubspot"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, Any], says: str) -> None:
    terms = hubspot(**settings)
    with pytest.raises(ContractError, match=says):
        source_of(terms).check(terms)


def test_what_is_not_read_is_not_shown_and_only_the_contract_knows_what_is_closed() -> None:
    all_ = hubspot(surveys={"5": 5}, stages={"4": "closed"}, subject_types=["ticket", "meeting"])
    least = hubspot(emails="false", notes="false", conversations="false")
    assert set(source_of(all_).shows(all_)) - set(source_of(least).shows(least)) == {
        "rated", "closed", "contacted", "replied", "noted", "booked", "held", "no_show",
        "cancelled",
    }  # fmt: skip
    meetings = hubspot(subject_types="meeting")
    assert set(source_of(meetings).shows(meetings)) == {
        "booked", "held", "no_show", "cancelled", "deleted"
    }  # fmt: skip


def test_an_event_type_is_observed_as_far_as_all_streams_that_tell_of_it() -> None:
    day = {"tickets": 5, "pipelines": 4, "emails": 3, "messages": 2, "deletions": 6}
    reached = {stream: datetime(2026, 4, number, tzinfo=UTC) for stream, number in day.items()}
    terms = hubspot()
    coverage = source_of(terms).coverage(terms, AS_OF, reached)
    until = {each.event_type: each.observed_until.day for each in coverage}
    assert (until["solved"], until["replied"], until["assigned"], until["deleted"]) == (4, 2, 5, 5)


def entry(value: str, source: str = "CRM_UI", **told: Any) -> dict[str, Any]:
    return {"value": value, "timestamp": "2026-03-02T09:00:00.123Z", "sourceType": source,
            "sourceLabel": "Ann Agent", **told}  # fmt: skip


TICKET = {
    "id": "7", "archived": False, "createdAt": SINCE, "updatedAt": SINCE,
    "properties": {
        "createdate": SINCE, "hs_lastmodifieddate": SINCE, "hs_pipeline_stage": "10",
        "hs_pipeline": "1", "subject": "My card", "content": "4111", "source_type": "EMAIL",
        "customer_tier": "gold", "hs_object_source": "FORM", "hs_object_source_id": "a@b.example",
        "hs_object_source_user_id": "88",
    },
    "propertiesWithHistory": {
        "hs_pipeline_stage": [
            entry("11", "INTEGRATION", sourceId="52447"),
            entry("10", sourceId="userId:70123", updatedByUserId=70123),
        ],
        "hubspot_owner_id": [entry("99", sourceId="userId:70123")],
        "hs_merged_object_ids": [entry("5;6", "MERGE_OBJECTS"), entry("5", "MERGE_OBJECTS")],
    },
}  # fmt: skip


def page_of(terms: SourceTerms, stream: str = "tickets", **changed: Any) -> Any:
    table = tables_of(terms.typed(HubSpotSettings))[stream]
    document = {"results": [{**TICKET, **changed}]}
    page: Any = received(json.dumps(document).encode(), table.page, "helpdesk")
    page.taken_at = SINCE
    return page


@pytest.mark.parametrize("word", ["My card", "4111", "Ann", "70123", "@", "userId", '"99"', "88"])
def test_text_and_people_are_gone_before_anything_is_stored(word: str) -> None:
    stored = packed(page_of(hubspot())).decode()
    assert '"app":"52447"' in stored
    assert requester_key("A-70123") in stored
    assert word not in stored


def test_what_was_left_out_is_named_by_its_place() -> None:
    table = tables_of(HubSpotSettings(connection="a", observed_from=SINCE))["tickets"]
    found = left_out({"results": [TICKET]}, table.page)
    assert "results[].properties.subject" in found
    assert "results[].propertiesWithHistory.hs_pipeline_stage[].sourceLabel" in found


def test_a_ticket_gives_a_row_for_itself_and_for_each_entry_of_its_history() -> None:
    terms = hubspot(stages={"11": "closed"}, properties={"tier": "customer_tier"})
    rows = parsed(terms, "tickets", packed(page_of(terms))).to_pylist()
    told = [(row["record_kind"], row["value"], row["contract_kind"], row["merged_id"])
            for row in rows]  # fmt: skip
    assert told == [
        ("ticket", "10", None, None), ("stage", "11", "closed", None), ("stage", "10", None, None),
        ("owner", "set", None, None), ("merger", None, None, 5), ("merger", None, None, 6),
    ]  # fmt: skip
    assert (rows[0]["tier"], rows[0]["channel"], rows[0]["ticket_id"]) == ("gold", "EMAIL", 7)
    assert rows[1]["occurred_at"] == datetime(2026, 3, 2, 9, 0, 0, 123_000)
    assert rows[1]["epoch_ms"] == 1_772_442_000_123


@pytest.mark.parametrize(
    ("told", "registered", "actor"),
    [
        ({"sourceId": "userId:70123"}, "A-70123", "A-70123"),
        ({"sourceId": "userId:70123"}, "I-5", requester_key("A-70123")),
        ({"source": "INTEGRATION", "sourceId": "5"}, "x", "I-5"),
        ({"source": "INTEGRATION", "sourceId": "5", "updatedByUserId": 70123}, "x", "I-5"),
        (
            {"source": "INTEGRATION", "sourceId": "5", "updatedByUserId": 70123},
            "A-70123",
            "A-70123",
        ),
        ({"source": "CUSTOMER_AGENT", "updatedByUserId": 9}, "CUSTOMER_AGENT", "CUSTOMER_AGENT"),
        ({"source": "AUTOMATION_PLATFORM", "sourceId": "12"}, "x", "AUTOMATION_PLATFORM"),
    ],
)
def test_an_actor_is_whom_the_contract_names_else_the_app_the_user_or_the_source(
    told: dict[str, Any], registered: str, actor: str
) -> None:
    terms = SourceTerms(**{**vars(hubspot()), "actors": frozenset([registered])})
    histories = {"hs_pipeline_stage": [entry("10", **told)]}
    page = page_of(terms, propertiesWithHistory=histories)
    rows = parsed(terms, "tickets", packed(page)).to_pylist()
    assert rows[1]["actor"] == actor


def said(actor: str, **told: Any) -> dict[str, Any]:
    return {"id": "a", "type": "MESSAGE", "createdAt": SINCE, "createdBy": actor,
            "client": {"clientType": "HUBSPOT"}, "senders": [{"actorId": actor, "name": "Ann"}],
            "direction": "OUTGOING", "text": "4111", **told}  # fmt: skip


@pytest.mark.parametrize(
    ("message", "kind", "actor", "is_by_app"),
    [
        (said("A-12"), "A", requester_key("A-12"), False),
        (said("E-one@example.com"), "E", requester_key("E-one@example.com"), False),
        (said("B-7"), "B", "B-7", False),
        (said("L-one@example.com"), "L", requester_key("L-one@example.com"), False),
        (said("nobody"), "?", requester_key("nobody"), False),
        (said("A-12", client={"clientType": "INTEGRATION", "integrationAppId": 5}), "A", "I-5",
         True),
        (said("A-99", client={"clientType": "INTEGRATION", "integrationAppId": 5}), "A", "A-99",
         False),
    ],
)  # fmt: skip
def test_a_sender_is_known_by_his_letter_and_people_by_a_key(
    message: Mapping[str, Any], kind: str, actor: str, is_by_app: bool
) -> None:
    terms = SourceTerms(**{**vars(hubspot()), "actors": frozenset(["A-99"])})
    data = json.dumps({"results": [message]}).encode()
    messages = received(data, threads.Messages, "helpdesk").results
    thread = threads.Thread("1", threads.Associated("7"), messages)
    page = packed(threads.Threads([thread], taken_at=SINCE))
    assert b"4111" not in page
    assert b"@" not in page
    (row,) = parsed(terms, "messages", page).to_pylist()
    assert (row["actor_kind"], row["actor"], row["is_by_app"]) == (kind, actor, is_by_app)


@pytest.mark.parametrize(
    ("value", "number"),
    [("5", 5), ("4.5", 4.5), ("good", None), ("", None), ("-1", None), ("1e3", None), (None, None)],
)
def test_an_answer_that_is_no_plain_number_is_none(value: str | None, number: float | None) -> None:
    terms = hubspot(surveys={"12": 5})
    properties = {"hs_survey_id": "12", "hs_value": value, "hs_createdate": SINCE,
                  "hs_lastmodifieddate": SINCE, "hs_content": "Thanks"}  # fmt: skip
    page = page_of(terms, "submissions", properties=properties)
    page.results[0].tickets = ["7"]
    (row,) = parsed(terms, "submissions", packed(page)).to_pylist()
    assert (row["said"], row["value"], row["scale"]) == (value, number, 5)


def test_a_ticket_without_an_instant_is_refused() -> None:
    with pytest.raises(SourceError, match="createdate"):
        page_of(hubspot(), properties={"hs_lastmodifieddate": SINCE, "hs_pipeline_stage": "1"})


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubSpot]:
    """An account with five tickets of one instant, two of which are read at once."""
    with HubSpot(NOW, largest_page=2) as emulator:
        monkeypatch.setattr(objects, "_MOST_WITH_HISTORY", 2)
        stages = emulator.add_pipeline("Support", New="OPEN", Closed="CLOSED")
        asker = emulator.add_contact("Person One", "one@example.com", at=OPENED)
        for _ in range(5):
            ticket = emulator.open_ticket(stages["New"], at=OPENED, by=FORM, contact=asker)
            emulator.move(ticket, stages["Closed"], at=OPENED + timedelta(hours=1), by=app(5))
        extra = {"requests_per_minute": 100_000, "searches_per_minute": 100_000, "attempts": 2,
                 "longest_wait_seconds": 0.05}  # fmt: skip
        said = {"conn_type": "http", "host": emulator.host, "password": TOKEN, "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_ACME", json.dumps(said))
        yield emulator


def tickets_of(desk: HubSpot) -> list[Record]:
    return list(desk.account.records["tickets"].values())


def walked(stream: str, after: Checkpoint | None = None, **settings: Any) -> list[FeedPage]:
    return list(_feeds(account_of(hubspot(**settings)))[stream](after))


def counts(pages: list[FeedPage]) -> list[int]:
    return [page.page.record_count for page in pages]


def test_a_walk_goes_by_ids_and_never_by_pages(desk: HubSpot) -> None:
    pages = walked("tickets")
    assert counts(pages) == [6, 6, 3]
    asked = [request.json for request in desk.asked(SEARCH)]
    assert all("after" not in each for each in asked)
    ids = [each["filterGroups"][0]["filters"][1]["value"] for each in asked]
    found = tickets_of(desk)
    assert ids == ["0", str(found[1].id), str(found[3].id)]


def test_the_next_extraction_looks_back_and_nothing_newer_is_said_to_be_observed(
    desk: HubSpot,
) -> None:
    *_, last = walked("tickets")
    assert last.observed_until == NOW - timedelta(minutes=15)
    assert last.checkpoint == {"since": "2026-05-09T22:45:00Z"}
    (again,) = walked("tickets", last.checkpoint)
    assert again.page.record_count == 0


def test_an_extraction_goes_on_after_the_last_page_and_says_when_it_began(desk: HubSpot) -> None:
    first = walked("tickets")
    desk.now += timedelta(hours=1)
    rest = walked("tickets", first[0].checkpoint)
    assert counts(rest) == [6, 3]
    assert rest[-1].observed_until == first[-1].observed_until


def test_a_ticket_that_is_deleted_between_search_and_reading_is_left_out(desk: HubSpot) -> None:
    gone = tickets_of(desk)[0]

    def delete(request: Any) -> None:
        if request.path == SEARCH:
            desk.archive(gone, at=NOW)

    desk.between = delete
    assert counts(walked("tickets")) == [3, 6, 3]


def test_a_ticket_that_is_merged_between_search_and_reading_answers_as_the_one_that_is_left(
    desk: HubSpot,
) -> None:
    one, two, *_ = tickets_of(desk)

    def merge(request: Any) -> None:
        if request.path == SEARCH and not desk.account.merged:
            desk.merge(one, two, at=NOW, user=desk.add_user())

    desk.between = merge
    assert sum(counts(walked("tickets"))) > 9


def test_a_ticket_that_an_answer_leaves_out_is_missed(desk: HubSpot) -> None:
    desk.misbehave(faults.changed(lambda document: document["results"].pop() and None), on=BATCH)
    with pytest.raises(SourceError, match="others or not all of them answered"):
        walked("tickets")


@pytest.mark.parametrize("what", ["half", "reversed"])
def test_a_search_that_gives_half_or_another_order_is_refused(desk: HubSpot, what: str) -> None:
    def change(document: Any) -> None:
        document["results"] = document["results"][:: 2 if what == "half" else -1]

    desk.misbehave(faults.changed(change), on=SEARCH)
    says = "there are 5, and 1 came instead of 2" if what == "half" else "out of their order"
    with pytest.raises(SourceError, match=says):
        walked("tickets")


def test_an_association_that_fails_is_no_absence(desk: HubSpot) -> None:
    def fail(document: Any) -> None:
        document["errors"] = [{"category": "INTERNAL", "context": {}}]

    desk.misbehave(faults.changed(fail), on="/crm/v4/associations")
    with pytest.raises(SourceError, match="end in 'INTERNAL'"):
        walked("tickets")


def test_only_what_is_about_a_ticket_is_landed(desk: HubSpot) -> None:
    by = ui(desk.add_user())
    desk.note(tickets_of(desk)[0], at=OPENED, by=by)
    desk.account.add("notes", OPENED, by, hs_note_body="private", hs_timestamp=SINCE)
    assert counts(walked("notes")) == [1]


def test_the_recycling_bin_is_looked_through_kind_by_kind(desk: HubSpot) -> None:
    for ticket in tickets_of(desk)[:3]:
        desk.archive(ticket, at=OPENED)
    pages = walked("deletions", subject_types=["ticket", "meeting"])
    assert counts(pages) == [2, 1, 0]
    assert pages[-1].observed_until == NOW
    assert counts(walked("deletions", pages[0].checkpoint)) == [1]
    assert counts(walked("deletions", pages[-1].checkpoint)) == [2, 1]


def test_conversations_come_with_all_of_their_messages(desk: HubSpot) -> None:
    ticket, contact = tickets_of(desk)[0], next(iter(desk.account.records["contacts"].values()))
    for about in (ticket, None, ticket, ticket):
        thread = desk.thread(about, contact, at=OPENED)
        for minute in range(3):
            desk.say(thread, f"V-{contact.id}", at=OPENED + timedelta(minutes=minute))
    pages = walked("messages")
    assert counts(pages) == [3, 6]
    assert pages[-1].observed_until == NOW - timedelta(minutes=15)
    assert counts(walked("messages", pages[0].checkpoint)) == [6]


@pytest.mark.parametrize(
    ("policy", "pause"),
    [("DAILY", SPENT), ("TEN_SECONDLY_ROLLING", 10), ("SECONDLY", 1), ("NOVELTY", None)],
)
def test_the_limit_that_was_met_says_how_long_to_wait(policy: str, pause: float | None) -> None:
    assert pause_of(httpx.Response(429, json={"policyName": policy})) == pause
    told = httpx.Response(429, headers={"Retry-After": "3"}, json={"policyName": policy})
    assert pause_of(told) == 3
    assert pause_of(httpx.Response(429, text="slow down")) is None


def test_a_limit_of_search_is_waited_out(desk: HubSpot) -> None:
    desk.gate.searches.limit, desk.gate.searches.seconds = 1, 0.02
    assert counts(walked("tickets")) == [6, 6, 3]
