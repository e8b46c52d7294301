"""Does the emulator of HubSpot search, read and refuse as HubSpot's documentation says?"""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.emulators.hubspot import HubSpot
from tests.emulators.hubspot_reading import Desk, Reader, at
from tests.emulators.hubspot_records import MODIFIED, app, ui


@pytest.fixture
def hubspot() -> Iterator[HubSpot]:
    with HubSpot(at(600), largest_page=2) as emulator:
        yield emulator


@pytest.fixture
def desk(hubspot: HubSpot) -> Desk:
    return Desk(hubspot)


@pytest.fixture
def reader(hubspot: HubSpot) -> Reader:
    return Reader(hubspot)


def test_a_wrong_token_is_refused(hubspot: HubSpot) -> None:
    answer = Reader(hubspot, "another").client.get("/account-info/v3/details")
    assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")


def test_a_scope_that_is_missing_is_named(hubspot: HubSpot, reader: Reader) -> None:
    hubspot.gate.scopes.remove("tickets")
    answer = reader.client.get("/crm/v3/pipelines/tickets")
    assert (answer.status_code, answer.json()["category"]) == (403, "MISSING_SCOPES")
    assert answer.json()["errors"][0]["context"]["requiredGranularScopes"] == ["tickets"]


@pytest.mark.parametrize(
    ("limits", "policy"),
    [({"per_ten_seconds": 2}, "TEN_SECONDLY_ROLLING"), ({"daily": 2}, "DAILY")],
)
def test_one_request_too_many_is_told_by_a_policy_and_no_pause(
    limits: dict[str, Any], policy: str
) -> None:
    with HubSpot(at(0), **limits) as hubspot:
        reader = Reader(hubspot)
        answers = [reader.client.get("/account-info/v3/details") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[2].json()["policyName"] == policy
    assert "Retry-After" not in answers[2].headers


def test_search_has_a_limit_of_its_own_and_says_nothing_of_it() -> None:
    with HubSpot(at(0), searches_per_second=1, per_ten_seconds=1) as hubspot:
        Desk(hubspot)
        reader = Reader(hubspot)
        first, second = (reader.post("/crm/v3/objects/tickets/search") for _ in range(2))
        other = reader.client.get("/account-info/v3/details")
    assert (first.status_code, second.json()["policyName"]) == (200, "SECONDLY")
    assert "X-HubSpot-RateLimit-Max" not in first.headers
    assert other.headers["X-HubSpot-RateLimit-Remaining"] == "0"


def test_a_walk_by_ids_finds_what_ties_in_one_millisecond(desk: Desk, reader: Reader) -> None:
    tickets = [desk.open().id for _ in range(7)]
    assert list(reader.walked(at(0), limit=2)) == tickets
    assert list(reader.walked(at(0) + timedelta(milliseconds=1), limit=2)) == []


def test_what_changes_during_a_walk_stays_in_it(
    hubspot: HubSpot, desk: Desk, reader: Reader
) -> None:
    tickets = [desk.open() for _ in range(3)]
    hubspot.between = lambda _: desk.close(tickets[2], minutes=60)
    assert list(reader.walked(at(0), limit=1)) == [each.id for each in tickets]


def test_pages_end_at_ten_thousand(reader: Reader) -> None:
    answer = reader.post("/crm/v3/objects/tickets/search", limit=200, after="9900")
    assert answer.status_code == 400


@pytest.mark.parametrize("wrong", [{"limit": 201}, {"sorts": ["a", "b"]}])
def test_a_search_that_asks_too_much_is_refused(reader: Reader, wrong: dict[str, object]) -> None:
    assert reader.post("/crm/v3/objects/tickets/search", **wrong).status_code == 400


def test_search_learns_of_a_change_after_a_while_and_reading_at_once(desk: Desk) -> None:
    hubspot = desk.hubspot
    ticket = desk.open()
    desk.close(ticket, minutes=599)
    hubspot.index.lag = timedelta(minutes=5)
    reader = Reader(hubspot)
    (found,) = reader.search(properties=[MODIFIED])["results"]
    assert found["properties"][MODIFIED] == "2026-03-02T09:00:00.000Z"
    (read,) = reader.read(ticket.id, properties=["hs_pipeline_stage"])["results"]
    assert read["properties"]["hs_pipeline_stage"] == desk.closed


def test_history_comes_latest_first_with_who_made_each_change(desk: Desk, reader: Reader) -> None:
    ticket = desk.open()
    desk.hubspot.move(ticket, desk.closed, at=at(5), by=app(52447))
    (read,) = reader.read(ticket.id, propertiesWithHistory=["hs_pipeline_stage"])["results"]
    last, first = read["propertiesWithHistory"]["hs_pipeline_stage"]
    assert last == {"value": desk.closed, "timestamp": "2026-03-02T09:05:00.000Z",
                    "sourceType": "INTEGRATION", "sourceId": "52447"}  # fmt: skip
    assert first["sourceId"] == f"userId:{desk.user}"
    assert first["updatedByUserId"] == desk.user


def test_fifty_records_are_the_most_with_history(reader: Reader) -> None:
    said = reader.read(*range(51), propertiesWithHistory=["hs_pipeline_stage"])
    assert said["category"] == "VALIDATION_ERROR"


def test_what_is_not_there_makes_an_answer_of_several_statuses(desk: Desk, reader: Reader) -> None:
    ticket, gone = desk.open(), desk.open()
    desk.hubspot.archive(gone, at=at(9))
    said = reader.read(ticket.id, gone.id)
    assert [each["id"] for each in said["results"]] == [str(ticket.id)]
    assert said["errors"][0]["context"] == {"ids": [str(gone.id)]}


def test_a_deleted_ticket_is_in_the_recycling_bin_and_not_in_search(
    desk: Desk, reader: Reader
) -> None:
    tickets = [desk.open() for _ in range(3)]
    for ticket in tickets:
        desk.hubspot.archive(ticket, at=at(9))
    path = "/crm/v3/objects/tickets?archived=true"
    first = reader.client.get(path).json()
    second = reader.client.get(f"{path}&after={first['paging']['next']['after']}").json()
    bin_ = [*first["results"], *second["results"]]
    assert [each["id"] for each in bin_] == [str(each.id) for each in tickets]
    assert bin_[0]["archivedAt"] == "2026-03-02T09:09:00.000Z"
    assert reader.search()["total"] == 0


@pytest.mark.parametrize("keeps_id", [True, False])
def test_of_merged_tickets_one_is_left_with_both_histories(
    desk: Desk, reader: Reader, keeps_id: bool
) -> None:
    one, two = desk.open(), desk.open(1)
    desk.close(two, minutes=3)
    left = desk.hubspot.merge(one, two, at=at(9), user=desk.user, keeps_id=keeps_id)
    assert (left.id == one.id) == keeps_id
    (read,) = reader.read(two.id, propertiesWithHistory=["hs_pipeline_stage"])["results"]
    assert read["id"] == str(left.id)
    assert len(read["propertiesWithHistory"]["hs_pipeline_stage"]) == 4
    assert [each["id"] for each in reader.search()["results"]] == [str(left.id)]


def test_links_are_read_in_both_directions_and_their_absence_is_an_error(
    desk: Desk, reader: Reader
) -> None:
    ticket, alone = desk.open(), desk.open()
    note = desk.hubspot.note(ticket, at=at(2), by=ui(desk.user))
    path = "/crm/v4/associations/{}/{}/batch/read"
    said = reader.post(path.format("notes", "tickets"), inputs=[{"id": str(note.id)}]).json()
    assert [each["toObjectId"] for each in said["results"][0]["to"]] == [ticket.id]
    answer = reader.post(path.format("tickets", "notes"), inputs=[{"id": str(alone.id)}])
    assert answer.status_code == 207
    assert answer.json()["errors"][0]["context"] == {"fromObjectId": [str(alone.id)]}


def test_threads_come_in_the_order_of_their_latest_message(desk: Desk, reader: Reader) -> None:
    hubspot, ticket = desk.hubspot, desk.open()
    contact = hubspot.add_contact("Person One", "one@example.com", at=at(0))
    one, two = (hubspot.thread(ticket, contact, at=at(minute)) for minute in (1, 2))
    hubspot.say(one, f"V-{contact.id}", at=at(3), direction="INCOMING")
    path = "/conversations/v3/conversations/threads"
    asked = {"sort": "latestMessageTimestamp", "association": "TICKET",
             "latestMessageTimestampAfter": "2026-03-02T00:00:00Z"}  # fmt: skip
    found = reader.client.get(path, params=asked).json()["results"]
    assert [each["id"] for each in found] == [two["id"], one["id"]]
    assert found[0]["threadAssociations"] == {"associatedTicketId": str(ticket.id)}
    (said,) = reader.client.get(f"{path}/{one['id']}/messages").json()["results"]
    assert (said["direction"], said["createdBy"]) == ("INCOMING", f"V-{contact.id}")


def test_a_page_of_fifty_thousand_tickets_is_quick(desk: Desk, reader: Reader) -> None:
    for _ in range(50_000):
        desk.open()
    walk = reader.walked(at(0), limit=200)
    next(walk)  # what is asked again and again is worked out once
    began = time.monotonic()
    for _ in range(2_000):
        next(walk)
    assert (time.monotonic() - began) / 10 < 0.05
