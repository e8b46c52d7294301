"""What a contract may say of Freshdesk, what its answers must not say, and how it is paged."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from recount.errors import ContractError, SourceError
from recount.sources import source_of
from recount.sources.api import Limits
from recount.sources.extraction import FeedPage
from recount.sources.freshdesk import paging, shapes
from recount.sources.freshdesk.account import Account
from recount.sources.freshdesk.signing_in import account_of
from recount.sources.freshdesk.storage import Storage
from recount.sources.shapes import left_out, packed, received
from recount.sources.terms import SourceTerms
from tests.emulators import faults
from tests.emulators.freshdesk import Freshdesk
from tests.emulators.freshdesk_access import Gate
from tests.emulators.freshdesk_exports import SIGNATURE
from tests.unit.sources.logs import bytes_of, parsed, terms_of

SINCE = "2026-03-02T00:00:00Z"
AS_OF = datetime(2026, 5, 1, tzinfo=UTC)
OPENED = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOW = datetime(2026, 3, 8, 9, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def freshdesk(**settings: Any) -> SourceTerms:
    usual = {"connection": "acme", "observed_from": SINCE, "location": None}
    return terms_of(system="freshdesk", **{**usual, **settings})


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"connection": None}, "freshdesk needs connection"),
        ({"observed_from": "2026-03-02 00:00"}, "offset"),
        ({"statuses": {"Waiting": "pending"}}, "'open', 'solved' or 'closed'"),
        ({"ratings": {"104": "5"}}, "pattern"),
        ({"ratings": {"103": "6"}}, "less than or equal to 5"),
        ({"custom_fields": {"tier": "cf tier"}}, "pattern"),
        ({"domain": "acme"}, "is no setting of freshdesk"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, Any], says: str) -> None:
    terms = freshdesk(**settings)
    with pytest.raises(ContractError, match=says):
        source_of(terms).check(terms)


def test_ratings_are_shown_only_where_the_contract_says_what_they_are_worth() -> None:
    rated, unrated = freshdesk(ratings={"103": "5"}), freshdesk()
    assert set(source_of(rated).shows(rated)) - set(source_of(rated).shows(unrated)) == {"rated"}


def test_an_event_type_is_observed_as_far_as_all_streams_that_tell_of_it() -> None:
    reached = {"tickets": datetime(2026, 4, 5, tzinfo=UTC),
               "activities": datetime(2026, 4, 3, tzinfo=UTC),
               "conversations": datetime(2026, 4, 4, tzinfo=UTC),
               "agents": datetime(2026, 6, 1, tzinfo=UTC)}  # fmt: skip
    terms = freshdesk()
    coverage = source_of(terms).coverage(terms, AS_OF, reached)
    until = {each.event_type: each.observed_until.day for each in coverage}
    assert (until["solved"], until["replied"], until["contacted"]) == (3, 4, 3)


TICKET = {
    "id": 7, "subject": "My card 4111", "requester_id": 5, "responder_id": 1, "source": 2,
    "status": 4, "created_at": SINCE, "updated_at": "2026-03-02T05:30:00+05:30", "group_id": 3,
    "custom_fields": {"cf_tier": "Gold", "cf_note": "My card"}, "to_emails": ["ann@example.com"],
    "stats": {"resolved_at": SINCE, "closed_at": None, "first_responded_at": SINCE},
    "type": "Question", "priority": 2, "spam": False,
}  # fmt: skip
ACTIVITY = {
    "performed_at": "02-03-2026 09:38:24 +0000", "ticket_id": 7, "performer_type": "user",
    "performer_id": 149018,
    "activity": {"status": "Open", "agent_id": 149018, "group": "refund", "Address": "My street",
                 "automation": {"type": 1, "rule": "For Ann"}},
}  # fmt: skip


def page_of(shape: type[Any], name: str, *records: Any, **more: Any) -> Any:
    return received(json.dumps({name: records, **more}).encode(), shape, "helpdesk")


@pytest.mark.parametrize("word", ["My card", "4111", "@example", "For Ann", "My street", "149018"])
def test_text_and_people_are_gone_before_anything_is_stored(word: str) -> None:
    tickets = page_of(shapes.Tickets, "tickets", {**TICKET, "custom_fields": {}})
    activities = page_of(shapes.Activities, "activities_data", ACTIVITY)
    stored = (packed(tickets) + packed(activities)).decode()
    assert '"status":"Open"' in stored
    assert word not in stored


def test_what_was_left_out_is_named_by_its_place() -> None:
    found = left_out({"activities_data": [ACTIVITY]}, shapes.Activities)
    assert found == ("activities_data[].activity.Address", "activities_data[].activity.automation."
                     "rule", "activities_data[].activity.automation.type",
                     "activities_data[].activity.group")  # fmt: skip


def test_a_landed_activity_is_typed_with_what_the_contract_says_of_its_status() -> None:
    page = packed(page_of(shapes.Activities, "activities_data", ACTIVITY, day="2026-03-01"))
    (row,) = parsed(freshdesk(statuses={"Open": "closed"}), "activities", page).to_pylist()
    assert (row["status_name"], row["said_kind"], row["day"]) == ("Open", "closed", "2026-03-01")
    assert row["occurred_at"] == datetime(2026, 3, 2, 9, 38, 24)
    assert row["performer_key"] == row["assignee_key"]
    assert row["is_by_rule"] is True
    assert row["is_deleted"] is None


@pytest.mark.parametrize(
    ("value", "scope"),
    [("Gold", "Gold"), (12, "12"), (True, "true"), (["Gold"], None), (None, None)],
)
def test_a_field_of_the_accounts_own_is_spelled_as_a_scope_writes_it(
    value: Any, scope: str | None
) -> None:
    ticket = {**TICKET, "custom_fields": {"cf_tier": value}}
    page = packed(page_of(shapes.Tickets, "tickets", ticket, taken_at=SINCE))
    (row,) = parsed(freshdesk(custom_fields={"tier": "cf_tier"}), "tickets", page).to_pylist()
    assert row["tier"] == scope
    assert row["updated_at"] == datetime(2026, 3, 2)
    assert json.loads(row["attributes"]) == {"priority": "2", "type": "Question"}


def test_a_rating_is_worth_what_the_contract_says_and_nothing_where_it_is_silent() -> None:
    rating = {"id": 1, "ticket_id": 7, "user_id": 5, "ratings": {"default_question": 103},
              "created_at": SINCE, "updated_at": SINCE, "feedback": "Thanks, Ann"}  # fmt: skip
    page = packed(page_of(shapes.Ratings, "ratings", rating, taken_at=SINCE))
    (row,) = parsed(freshdesk(ratings={"103": "4.5"}), "satisfaction_ratings", page).to_pylist()
    (unsaid,) = parsed(freshdesk(), "satisfaction_ratings", page).to_pylist()
    assert (row["score_value"], unsaid["score_value"]) == (Decimal("4.5"), None)


def test_an_instant_of_a_file_that_is_not_day_first_is_refused() -> None:
    wrong = {**ACTIVITY, "performed_at": "2026-03-02T09:38:24Z"}
    page = packed(page_of(shapes.Activities, "activities_data", wrong))
    with pytest.raises(SourceError, match="is no instant, day first"):
        parsed(freshdesk(), "activities", page)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Freshdesk]:
    """An account with five tickets, which a list gives two by two."""
    with Freshdesk(NOW, page_size=2) as emulator:
        agent, asker = emulator.add_agent(at=OPENED), emulator.add_contact(at=OPENED)
        for hour in range(5):
            at = OPENED + timedelta(hours=hour)
            ticket = emulator.create(at=at, requester=asker, custom_fields={"cf_tier": "Gold"})
            emulator.reply(ticket, at=at + timedelta(minutes=1), by=agent)
        connect(monkeypatch, emulator)
        yield emulator


def connect(monkeypatch: pytest.MonkeyPatch, emulator: Freshdesk, **changes: Any) -> None:
    extra = {"requests_per_minute": 100_000, "export_host": "127.0.0.1", "attempts": 2,
             "longest_wait_seconds": 0.01, **changes}  # fmt: skip
    said = {"conn_type": "http", "host": emulator.host, "password": "an-api-key", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_ACME", json.dumps(said))


def account(**settings: Any) -> Account:
    return account_of(freshdesk(**settings))


def walked(stream: str, after: Any = None, **settings: Any) -> list[FeedPage]:
    return list(account(ratings={"103": "5"}, **settings).feeds[stream](after))


def tickets_of(pages: list[FeedPage]) -> list[int]:
    landed = (json.loads(bytes_of(page.page)) for page in pages)
    return [ticket["id"] for page in landed for ticket in page["tickets"]]


@pytest.mark.parametrize("is_inclusive", [True, False])
@pytest.mark.parametrize("says_next", [True, False])
def test_every_ticket_comes_once_however_the_list_reads_an_instant_and_says_its_end(
    desk: Freshdesk, is_inclusive: bool, says_next: bool
) -> None:
    desk.since_is_inclusive, desk.says_next = is_inclusive, says_next
    desk.page_size = 2 if says_next else 100
    pages = walked("tickets")
    assert tickets_of(pages) == [1, 2, 3, 4, 5]
    assert pages[-1].observed_until == NOW - timedelta(minutes=5)


def test_more_tickets_of_one_second_than_a_page_holds_are_all_read(desk: Freshdesk) -> None:
    for ticket in range(1, 6):
        desk.touch(ticket, at=OPENED + DAY)
    desk.touch(3, at=OPENED + 2 * DAY)
    assert tickets_of(walked("tickets")) == [1, 2, 4, 5, 3]


@pytest.mark.parametrize("moves", [0, 150])
def test_a_long_second_is_gone_on_with_where_its_new_tickets_begin(
    desk: Freshdesk, moves: int
) -> None:
    desk.page_size = 100
    for _ in range(245):
        desk.create(at=OPENED + DAY, requester=desk.tickets[1].requester)
    seen = frozenset(range(6, 206))
    for ticket in range(6, 6 + moves):
        desk.touch(ticket, at=OPENED + 2 * DAY)
    changed = paging.Changed(account().lists, {}, shapes.FoundTickets)
    desk.requests.clear()
    _, page, _ = changed.after(paging.Place(OPENED + DAY, seen))
    assert [each.id for each in page.tickets][:45] == list(range(206, 251))
    assert {each.query["page"] for each in desk.requests} == ({"1", "2"} if moves else {"2", "3"})


def test_a_ticket_that_moves_while_a_second_is_paged_takes_no_other_one_along(
    desk: Freshdesk,
) -> None:
    for ticket in range(1, 6):
        desk.touch(ticket, at=OPENED + DAY)
    moved: list[int] = []

    def move(request: Any) -> None:
        if request.query.get("page") == "2" and not moved:
            moved.append(2)
            desk.touch(2, at=OPENED + 2 * DAY)

    desk.between = move
    assert set(tickets_of(walked("tickets"))) == {1, 2, 3, 4, 5}
    assert moved


def test_more_tickets_of_one_second_than_freshdesk_pages_stop_the_run(
    desk: Freshdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "DEEPEST", 4)
    for _ in range(9):
        desk.create(at=OPENED + DAY, requester=desk.tickets[1].requester)
    with pytest.raises(SourceError, match="tickets that changed at 2026-03-03T12:00:00Z"):
        walked("tickets")


def test_what_was_read_is_not_read_again_and_an_hour_before_the_last_time_is(
    desk: Freshdesk,
) -> None:
    pages = walked("conversations")
    # a page begins with the ticket that the one before it ended with
    assert [page.page.record_count for page in pages] == [2, 1, 1, 1, 0, 0, 0]
    asked = desk.asked("/api/v2/tickets/[0-9]")
    assert len(asked) == len({each.path for each in asked}) == 5
    assert pages[-1].checkpoint == {"list": "tickets", "since": "2026-03-08T07:55:00Z"}
    assert sum(p.page.record_count for p in walked("conversations", pages[-1].checkpoint)) == 0


def test_an_extraction_goes_on_after_the_last_page_and_says_when_it_began(desk: Freshdesk) -> None:
    first = walked("conversations")
    desk.now += timedelta(hours=1)
    rest = walked("conversations", first[1].checkpoint)
    assert sum(page.page.record_count for page in rest) == 2
    assert rest[-1].observed_until == first[-1].observed_until


def test_what_stands_in_the_other_lists_is_read_as_well(desk: Freshdesk) -> None:
    desk.delete(1, at=OPENED + DAY, by=desk.me)
    desk.mark_as_spam(2, at=OPENED + DAY, by=None)
    rows = [row for page in walked("tickets")
            for row in parsed(freshdesk(), "tickets", page.page.data).to_pylist()]  # fmt: skip
    told = {row["ticket_id"]: (row["is_deleted"], row["is_spam"]) for row in rows}
    assert told == {1: (True, False), 2: (False, True)} | dict.fromkeys((3, 4, 5), (False, False))


def test_a_ticket_that_is_gone_when_its_conversations_are_asked_for_has_none(
    desk: Freshdesk,
) -> None:
    desk.between = lambda request: desk.purge(5) if 5 in desk.tickets else None
    assert sum(page.page.record_count for page in walked("conversations")) == 4
    desk.delete(1, at=OPENED + DAY, by=desk.me)
    desk.misbehave(faults.status(405), on="/api/v2/tickets/1/conversations")
    assert sum(page.page.record_count for page in walked("conversations")) == 3


def test_conversations_that_are_missing_though_their_ticket_is_there_stop_the_run(
    desk: Freshdesk,
) -> None:
    desk.misbehave(faults.status(404), on="/api/v2/tickets/1/conversations")
    with pytest.raises(SourceError, match="tickets/1/conversations answers 404"):
        walked("conversations")


def test_what_was_written_in_another_ticket_is_refused(desk: Freshdesk) -> None:
    def change(document: Any) -> None:
        document[0]["ticket_id"] = 9

    desk.misbehave(faults.changed(change), on="/api/v2/tickets/1/conversations")
    with pytest.raises(SourceError, match="has what was written in another ticket"):
        walked("conversations")


@pytest.mark.parametrize("change", [lambda page: page.reverse(), lambda page: page[0].update(
    updated_at="2026-03-01T00:00:00Z")])  # fmt: skip
def test_a_list_that_is_not_what_was_asked_for_is_refused(desk: Freshdesk, change: Any) -> None:
    desk.misbehave(faults.changed(change), on="/api/v2/tickets$", times=-1)
    with pytest.raises(SourceError, match="does not give what changed since"):
        walked("tickets")


def test_a_field_that_the_contract_names_and_a_ticket_does_not_have_is_named(
    desk: Freshdesk,
) -> None:
    with pytest.raises(SourceError, match="none of 2 tickets has a field cf_level"):
        walked("tickets", custom_fields={"tier": "cf_level"})
    page = walked("tickets", custom_fields={"tier": "cf_tier"})[0].page
    assert b'"custom_fields":{"cf_tier":"Gold"}' in bytes_of(page)


def test_the_files_follow_one_another_and_say_until_when_they_reach(desk: Freshdesk) -> None:
    pages = walked("activities")
    assert [page.checkpoint["day"] for page in pages[:2]] == ["2026-03-02", "2026-03-03"]
    assert pages[-1].observed_until == datetime(2026, 3, 7, 10, tzinfo=UTC)
    assert pages[-1].page.record_count == 0
    (again,) = walked("activities", pages[-1].checkpoint)
    assert again.observed_until == pages[-1].observed_until


def test_a_file_that_is_late_is_waited_for_and_one_that_never_came_is_missed(
    desk: Freshdesk,
) -> None:
    desk.lag = 3 * DAY
    assert walked("activities")[-1].observed_until == datetime(2026, 3, 4, 10, tzinfo=UTC)
    desk.lag = 30 * DAY
    with pytest.raises(SourceError, match="no file of the activities from 2026-03-01 on"):
        walked("activities")


def test_the_link_to_a_file_is_in_no_log_and_in_no_sentence(
    desk: Freshdesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    walked("activities")
    desk.misbehave(faults.status(403), on="/activities-export/")
    with pytest.raises(SourceError, match="activities-export") as refused:
        walked("activities")
    assert SIGNATURE not in caplog.text + str(refused.value)


def test_the_older_answer_with_one_link_is_read_as_well(desk: Freshdesk) -> None:
    desk.is_one_link = True
    assert sum(page.page.record_count for page in walked("activities")) == 5


@pytest.mark.parametrize("count", [0, 9])
def test_a_file_with_another_number_than_it_says_is_refused(desk: Freshdesk, count: int) -> None:
    def change(document: Any) -> None:
        document["metadata"]["activities_count"] = count

    desk.misbehave(faults.changed(change), on="/activities-export/2026-03-02")
    with pytest.raises(SourceError, match=f"says that it has {count} and has 10"):
        walked("activities")


@pytest.mark.parametrize(
    "link",
    ["https://amazonaws.com.evil.example/x?X-Amz-Signature=5e1f", "http://s3.amazonaws.com/x",
     "https://key@s3.amazonaws.com/x", "https://169.254.169.254/x", "file:///etc/passwd", "x"],
)  # fmt: skip
def test_a_link_to_another_place_than_the_store_is_refused_and_not_repeated(link: str) -> None:
    storage = Storage("helpdesk", "amazonaws.com", Limits())
    with pytest.raises(SourceError, match="export_host") as refused:
        storage.get(link)
    assert "5e1f" not in str(refused.value)


def test_ratings_go_on_with_the_next_page_and_are_asked_for_again_for_a_month(
    desk: Freshdesk,
) -> None:
    for ticket in range(1, 6):
        desk.rate(ticket, 103, at=OPENED + DAY)
    pages = walked("satisfaction_ratings")
    assert [page.page.record_count for page in pages] == [2, 2, 1, 0]
    assert pages[-1].checkpoint == {"since": "2026-03-02T00:00:00Z"}
    rest = walked("satisfaction_ratings", pages[0].checkpoint)
    assert [page.page.record_count for page in rest] == [2, 1, 0]


def test_agents_and_statuses_are_lists_that_are_landed_whole(desk: Freshdesk) -> None:
    desk.add_status("Waiting on parts")
    (agents,), (statuses,) = walked("agents"), walked("statuses")
    assert agents.page.record_count == 2
    terms = freshdesk(statuses={"Waiting on parts": "open"})
    rows = parsed(terms, "statuses", statuses.page.data).to_pylist()
    assert [(row["status_id"], row["said_kind"]) for row in rows][-1] == ("6", "open")
    assert [row["status_name"] for row in rows][:2] == ["Open", "Pending"]


@pytest.mark.parametrize("says_when", [True, False])
def test_a_limit_is_waited_out_whether_or_not_freshdesk_says_how_long(
    desk: Freshdesk, monkeypatch: pytest.MonkeyPatch, says_when: bool
) -> None:
    desk.gate = Gate(credits_per_window=4, window_seconds=0.4, says_when=says_when)
    connect(monkeypatch, desk, attempts=9, longest_wait_seconds=0.2)
    assert tickets_of(walked("tickets")) == [1, 2, 3, 4, 5]


def test_a_limit_of_a_minute_is_shorter_than_all_pauses_together(desk: Freshdesk,
    monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    said = {"conn_type": "http", "host": desk.host, "password": "an-api-key"}
    monkeypatch.setenv("AIRFLOW_CONN_ACME", json.dumps(said))
    attempts = account().lists.limits.attempts
    assert sum(0.5 * 2**number for number in range(attempts - 1)) > 60


@pytest.mark.parametrize(
    ("plan", "per_minute"), [("growth", (20, 130)), ("pro", (60, 200)), ("enterprise", (100, 380))]
)
def test_the_pace_is_that_of_the_plan_with_what_is_included(
    desk: Freshdesk, monkeypatch: pytest.MonkeyPatch, plan: str, per_minute: tuple[int, int]
) -> None:
    said = {"host": desk.host, "password": "an-api-key", "extra": {"plan": plan}}
    monkeypatch.setenv("AIRFLOW_CONN_ACME", json.dumps({"conn_type": "http", **said}))
    found = account()
    assert (found.lists.pace.requests, found.others.pace.requests) == per_minute
    allowed = {"growth": 200, "pro": 400, "enterprise": 700}[plan]
    assert 3 * per_minute[0] + per_minute[1] <= allowed


def test_a_plan_that_nobody_knows_is_refused_without_the_key(
    desk: Freshdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, desk, plan="forest")
    with pytest.raises(ContractError, match="needs a plan in its extra") as refused:
        account()
    assert "an-api-key" not in str(refused.value)


def test_the_hash_is_that_of_the_answer_as_it_was_received(desk: Freshdesk) -> None:
    [page] = walked("statuses")
    raw = httpx.get(
        f"{desk.url}/api/v2/ticket_fields?type=default_status", auth=("an-api-key", "X")
    ).content
    assert page.page.received_sha256 == hashlib.sha256(raw).hexdigest()
