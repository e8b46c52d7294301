"""Do the exports surprise as Zendesk's do?"""

import time
from collections.abc import Iterator

import pytest

from tests.emulators.zendesk import Zendesk
from tests.emulators.zendesk_reading import EVENTS, TICKETS, USERS, Reader, at


@pytest.fixture
def zendesk() -> Iterator[Zendesk]:
    with Zendesk(at(60)) as emulator:
        yield emulator


@pytest.fixture
def reader(zendesk: Zendesk) -> Reader:
    return Reader(zendesk)


@pytest.fixture
def customer(zendesk: Zendesk) -> int:
    return zendesk.add_user(at=at(0))


@pytest.fixture
def agent(zendesk: Zendesk) -> int:
    return zendesk.add_user("agent", at=at(0))


def test_the_last_minute_is_withheld(zendesk: Zendesk, reader: Reader, customer: int) -> None:
    zendesk.create(at=at(59.5), requester=customer)
    assert reader.events() == []
    assert reader.tickets() == []
    zendesk.now = at(60.5)
    assert len(reader.events()) == len(reader.tickets()) == 1


@pytest.mark.parametrize("path", [EVENTS, TICKETS, USERS])
def test_an_export_cannot_begin_in_the_last_minute(reader: Reader, path: str) -> None:
    answer = reader.get(path, start_time=int(at(59.5).timestamp()))
    assert (answer.status_code, answer.json()["error"]) == (400, "StartTimeTooRecent")


def test_the_next_export_repeats_the_last_second_of_the_one_before(
    zendesk: Zendesk, reader: Reader, customer: int
) -> None:
    zendesk.create(at=at(1), requester=customer)
    first = reader.json(EVENTS, start_time=0)
    assert (first["end_of_stream"], first["count"]) == (True, 1)
    zendesk.create(at=at(2), requester=customer)
    again = reader.json(first["next_page"])
    assert again["ticket_events"][0] == first["ticket_events"][0]
    assert again["count"] == 2


def test_a_page_is_longer_than_asked_when_its_last_second_is(
    zendesk: Zendesk, reader: Reader, customer: int
) -> None:
    for minute in (1, 1, 1, 2):
        zendesk.create(at=at(minute), requester=customer)
    page = reader.json(EVENTS, start_time=0, per_page=2)
    assert (page["count"], page["end_of_stream"]) == (3, False)
    assert page["end_time"] == int(at(1).timestamp()) + 1


def test_pages_repeat_rows_where_the_guide_warns_of_it() -> None:
    with Zendesk(at(60), repeats_rows=True) as zendesk:
        user = zendesk.add_user(at=at(0))
        for minute in (1, 2, 2, 3):
            zendesk.create(at=at(minute), requester=user)
        told = [event["ticket_id"] for event in Reader(zendesk).events(per_page=3)]
    assert told == [1, 2, 3, 2, 3, 4]


def test_a_second_that_fills_a_page_makes_the_same_page_come_for_ever() -> None:
    with Zendesk(at(60), repeats_rows=True, page_size=2) as zendesk:
        user = zendesk.add_user(at=at(0))
        for minute in (1, 1, 2):
            zendesk.create(at=at(minute), requester=user)
        reader = Reader(zendesk)
        page = reader.json(reader.json(EVENTS, start_time=0)["next_page"])
        assert reader.json(page["next_page"]) == page


def test_events_of_one_second_do_not_come_in_the_order_of_their_ids(
    zendesk: Zendesk, reader: Reader, customer: int
) -> None:
    for _ in range(4):
        zendesk.create(at=at(1), requester=customer)
    ids = [event["id"] for event in reader.events()]
    assert ids != sorted(ids)


def test_an_empty_stream_has_no_next_page(reader: Reader) -> None:
    page = reader.json(EVENTS, start_time=0)
    assert (page["count"], page["end_of_stream"], page["next_page"]) == (0, True, None)


def test_a_ticket_that_changes_between_two_pages_comes_again(
    zendesk: Zendesk, reader: Reader, customer: int, agent: int
) -> None:
    for minute in (1, 2, 3):
        zendesk.create(at=at(minute), requester=customer)
    first = reader.json(TICKETS, start_time=0, per_page=1)
    zendesk.solve(1, at=at(4), by=agent)
    rest = reader.json(TICKETS, cursor=first["after_cursor"])
    assert [ticket["id"] for ticket in rest["tickets"]] == [2, 3, 1]


def test_an_update_by_the_system_moves_only_the_generated_timestamp(
    zendesk: Zendesk, reader: Reader, customer: int
) -> None:
    ticket = zendesk.create(at=at(1), requester=customer)
    zendesk.touch(ticket, at=at(5))
    told = reader.ticket(ticket, start_time=int(at(4).timestamp()))
    assert told["updated_at"] == "2026-10-01T09:01:00Z"
    assert told["generated_timestamp"] == int(at(5).timestamp())
    assert len(reader.events()) == 1


def test_a_limit_of_exports_answers_429_with_the_seconds_to_wait() -> None:
    with Zendesk(at(60), exports_per_window=1, window_seconds=0.4) as zendesk:
        reader = Reader(zendesk)
        assert reader.get(EVENTS, start_time=0).status_code == 200
        refusal = reader.get(TICKETS, start_time=0)
        assert (refusal.status_code, refusal.headers["retry-after"]) == (429, "1")
        assert refusal.json()["error"] == "APIRateLimitExceeded"
        told = refusal.headers["zendesk-ratelimit-incremental-exports"]
        assert told == "total=1; remaining=0; resets=1"
        assert reader.get(USERS, start_time=0).status_code == 200  # counted apart
        time.sleep(0.45)
        assert reader.get(TICKETS, start_time=0).status_code == 200


def test_the_limit_of_the_account_answers_with_a_sentence_that_is_no_json() -> None:
    with Zendesk(at(60), requests_per_window=0) as zendesk:
        refusal = Reader(zendesk).get("/api/v2/groups.json")
    assert (refusal.status_code, refusal.text[:17]) == (429, "Number of allowed")
    assert int(refusal.headers["retry-after"]) <= 60


def test_a_deleted_ticket_stays_in_both_exports(
    zendesk: Zendesk, reader: Reader, customer: int, agent: int
) -> None:
    ticket = zendesk.create(at=at(1), requester=customer, status="open")
    zendesk.delete(ticket, at=at(2), by=agent)
    assert reader.ticket(ticket)["status"] == "deleted"
    assert reader.tickets(exclude_deleted="true") == []
    assert reader.changes("status") == [("open", "deleted")]


def test_a_restored_ticket_goes_from_deleted_to_what_it_was(
    zendesk: Zendesk, reader: Reader, customer: int, agent: int
) -> None:
    ticket = zendesk.create(at=at(1), requester=customer, status="solved")
    zendesk.delete(ticket, at=at(2), by=agent)
    zendesk.restore(ticket, at=at(3), by=agent)
    assert reader.changes("status") == [("solved", "deleted"), ("deleted", "solved")]


def test_a_purged_ticket_loses_its_text_and_its_events(
    zendesk: Zendesk, reader: Reader, customer: int, agent: int
) -> None:
    ticket = zendesk.create(at=at(1), requester=customer)
    zendesk.delete(ticket, at=at(2), by=agent)
    zendesk.purge(ticket, at=at(3))
    assert reader.events() == []
    assert reader.ticket(ticket).items() >= {"status": "deleted", "subject": "SCRUBBED"}.items()


def test_a_merge_closes_one_ticket_and_is_named_by_the_other(
    zendesk: Zendesk, reader: Reader, customer: int, agent: int
) -> None:
    source = zendesk.create(at=at(1), requester=customer, status="open")
    target = zendesk.create(at=at(2), requester=customer, status="open")
    zendesk.merge(source, into=target, at=at(3), by=agent)
    closed, told = reader.events(include="comment_events")[-2:]
    assert closed["via"] == told["via"] == "Merge"
    assert (closed["ticket_id"], reader.changes("status")) == (source, [("open", "closed")])
    assert (told["ticket_id"], told["merged_ticket_ids"]) == (target, [source])
    assert closed["child_events"][0]["via"]["source"]["to"]["ticket_id"] == target
    assert "closed_by_merge" in reader.ticket(source)["tags"]


def test_a_follow_up_and_the_closed_ticket_name_each_other(
    zendesk: Zendesk, reader: Reader, customer: int
) -> None:
    ticket = zendesk.create(at=at(1), requester=customer, status="solved")
    zendesk.close(ticket, at=at(2))
    new = zendesk.follow_up(ticket, at=at(3), by=customer)
    source = reader.ticket(new)["via"]["source"]
    assert (source["rel"], source["from"]["ticket_id"]) == ("follow_up", ticket)
    told = reader.ticket(ticket)
    assert (told["status"], told["followup_ids"]) == ("closed", [new])


def test_the_automation_closes_as_the_system(
    zendesk: Zendesk, reader: Reader, customer: int
) -> None:
    ticket = zendesk.create(at=at(1), requester=customer, status="solved")
    zendesk.close(ticket, at=at(2))
    event = reader.events()[-1]
    part = event["child_events"][0]
    assert (event["updater_id"], event["via"], part["rel"]) == (-1, "Rule", "automation")


def test_a_ticket_can_be_solved_and_reopened_inside_one_update(
    zendesk: Zendesk, reader: Reader, customer: int, agent: int
) -> None:
    ticket = zendesk.create(at=at(1), requester=customer, status="open")
    zendesk.solve_and_reopen(ticket, at=at(2), by=agent)
    assert len(reader.events()) == 2
    assert reader.changes("status") == [("open", "solved"), ("solved", "open")]


def test_a_reopening_can_come_without_its_solution(
    zendesk: Zendesk, reader: Reader, customer: int, agent: int
) -> None:
    ticket = zendesk.create(at=at(1), requester=customer, status="open")
    zendesk.solve(ticket, at=at(2), by=agent)
    zendesk.lose_event(ticket)
    zendesk.reopen(ticket, at=at(3), by=customer)
    assert reader.changes("status") == [("solved", "open")]


def test_a_ticket_can_be_solved_from_the_start(
    zendesk: Zendesk, reader: Reader, customer: int
) -> None:
    ticket = zendesk.create(at=at(1), requester=customer, status="solved")
    zendesk.reopen(ticket, at=at(2), by=customer)
    first = [part["status"] for part in reader.events()[0]["child_events"] if "status" in part]
    assert (first, reader.changes("status")) == (["solved"], [("solved", "open")])


def test_tickets_of_ai_agents_are_only_in_the_scopes_that_name_them(
    zendesk: Zendesk, reader: Reader, customer: int
) -> None:
    ticket = zendesk.create(at=at(1), requester=customer, support_type="ai_agent")
    zendesk.solve(ticket, at=at(2))
    assert reader.events() == reader.tickets() == []
    assert len(reader.events(support_type_scope="ai_agent")) == 2
    zendesk.escalate(ticket, at=at(3))
    assert len(reader.events()) == 3  # and so what we had read to the end grows a past
    assert reader.ticket(ticket, support_type_scope="all")["support_type"] == "agent"


def test_an_update_may_have_no_parts(zendesk: Zendesk, reader: Reader, customer: int) -> None:
    ticket = zendesk.create(at=at(1), requester=customer)
    zendesk.note_sla(ticket, at=at(1))
    event = reader.events()[-1]
    assert (event["child_events"], event["via"], event["updater_id"]) == ([], "SLA", -1)


def test_things_happen_between_two_pages(
    zendesk: Zendesk, reader: Reader, customer: int, agent: int
) -> None:
    for minute in (1, 2):
        zendesk.create(at=at(minute), requester=customer, status="open")
    zendesk.between = lambda request: (
        zendesk.solve(1, at=at(3), by=agent) if zendesk.tickets[1].status == "open" else None
    )
    told = [event["ticket_id"] for event in reader.events(per_page=1)]
    assert told == [1, 2, 1]


def test_a_page_of_a_thousand_is_quick_with_fifty_thousand_tickets() -> None:
    with Zendesk(at(60 * 24 * 40)) as zendesk:
        user = zendesk.add_user(at=at(0))
        for number in range(50_000):
            zendesk.create(at=at(1 + number / 2), requester=user)
        request = {"start_time": int(at(12_000).timestamp())}
        reader, began = Reader(zendesk), time.perf_counter()
        page = reader.json(EVENTS, **request)
        took = time.perf_counter() - began
    assert (page["count"], page["end_of_stream"]) == (1000, False)
    assert took < 1
