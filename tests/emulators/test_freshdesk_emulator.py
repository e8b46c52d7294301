"""Does the emulator say what Freshdesk's reference says? Its fields, lists and refusals.

There is no published schema, so the names are those of the examples in the reference.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.emulators.freshdesk import Freshdesk
from tests.emulators.freshdesk_access import Gate
from tests.emulators.freshdesk_exports import Storage

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = ("an-api-key", "X")

# developers.freshdesk.com/api: the examples of the sections of these names
TICKET_NAMES = """cc_emails fwd_emails reply_cc_emails fr_escalated spam email_config_id group_id
    priority requester_id responder_id source status subject to_emails product_id id type created_at
    updated_at due_by fr_due_by is_escalated custom_fields"""
CONVERSATION_NAMES = """body_text body id incoming private user_id support_email source ticket_id
    created_at updated_at from_email to_emails cc_emails bcc_emails attachments last_edited_at
    last_edited_user_id"""
RATING_NAMES = """id survey_id user_id agent_id feedback group_id ticket_id ratings created_at
    updated_at"""
AGENT_NAMES = """available occasional signature id ticket_scope created_at updated_at
    available_since type contact focus_mode"""


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.fixture
def desk() -> Iterator[Freshdesk]:
    """An account with a ticket that an agent answered and solved, and that was rated."""
    with Freshdesk(at(0) + timedelta(days=3)) as emulator:
        agent, customer = emulator.add_agent(at=at(0)), emulator.add_contact(at=at(0))
        ticket = emulator.create(at=at(1), requester=customer)
        emulator.reply(ticket, at=at(2), by=agent)
        emulator.resolve(ticket, at=at(3), by=agent)
        emulator.rate(ticket, 103, at=at(4))
        yield emulator


def ask(desk: Freshdesk, path: str, **query: Any) -> httpx.Response:
    return httpx.get(f"{desk.url}/api/v2/{path}", params=query, auth=KEY)


def changed(desk: Freshdesk, **query: Any) -> list[int]:
    asked = {"updated_since": "2026-01-01T00:00:00Z", "order_by": "updated_at",
             "order_type": "asc", **query}  # fmt: skip
    return [each["id"] for each in ask(desk, "tickets", **asked).json()]


@pytest.mark.parametrize(
    ("path", "names"),
    [("tickets", TICKET_NAMES), ("tickets/1/conversations", CONVERSATION_NAMES),
     ("surveys/satisfaction_ratings?created_since=2026-01-01T00:00:00Z", RATING_NAMES),
     ("agents", AGENT_NAMES)],
)  # fmt: skip
def test_a_record_has_all_the_fields_of_the_reference(
    desk: Freshdesk, path: str, names: str
) -> None:
    answer = httpx.get(f"{desk.url}/api/v2/{path}", auth=KEY)
    assert {*names.split()} <= set(answer.json()[0])


def test_what_is_included_is_beside_the_ticket_and_costs_two_credits_more(desk: Freshdesk) -> None:
    answer = ask(desk, "tickets", include="stats")
    assert answer.json()[0]["stats"]["resolved_at"] == "2026-03-02T09:03:00Z"
    assert answer.headers["X-RateLimit-Used-CurrentRequest"] == "3"
    assert "stats" not in ask(desk, "tickets").json()[0]


def test_the_header_link_leads_on_and_is_missing_on_the_last_page(desk: Freshdesk) -> None:
    desk.create(at=at(9), requester=desk.tickets[1].requester)
    assert 'rel="next"' in ask(desk, "tickets", per_page=1).headers["link"]
    assert "link" not in ask(desk, "tickets", per_page=1, page=2).headers


@pytest.mark.parametrize("query", [{"page": 301}, {"per_page": 101}, {"since": "2026"}])
def test_what_the_list_does_not_allow_is_refused(desk: Freshdesk, query: dict[str, Any]) -> None:
    answer = ask(desk, "tickets", **query)
    assert answer.status_code == 400
    assert answer.json()["description"] == "Validation failed"


def test_deleted_tickets_and_spam_are_lists_of_their_own(desk: Freshdesk) -> None:
    customer, agent = desk.tickets[1].requester, desk.me
    desk.delete(desk.create(at=at(5), requester=customer), at=at(6), by=agent)
    desk.mark_as_spam(desk.create(at=at(7), requester=customer), at=at(8), by=agent)
    assert changed(desk) == [1]
    assert changed(desk, filter="deleted") == [2]
    assert changed(desk, filter="spam") == [3]


def test_without_an_instant_only_tickets_of_thirty_days_are_listed(desk: Freshdesk) -> None:
    desk.now = at(0) + timedelta(days=31)
    assert ask(desk, "tickets").json() == []
    assert changed(desk) == [1]


def test_what_changes_between_two_pages_moves_another_ticket_out_of_sight(desk: Freshdesk) -> None:
    for minute in (5, 6):
        desk.create(at=at(minute), requester=desk.tickets[1].requester)
    assert changed(desk, per_page=1) == [1]
    desk.touch(1, at=at(9))
    assert changed(desk, per_page=1, page=2) == [3]


def test_archived_tickets_and_those_deleted_for_good_are_in_no_list(desk: Freshdesk) -> None:
    desk.create(at=at(5), requester=desk.tickets[1].requester)
    desk.archive(1)
    desk.purge(2)
    assert changed(desk) == []
    assert ask(desk, "tickets/2/conversations").status_code == 404


def test_an_agent_who_is_deactivated_leaves_the_list(desk: Freshdesk) -> None:
    left = desk.add_agent(at=at(0))
    assert left in [each["id"] for each in ask(desk, "agents").json()]
    desk.deactivate(left)
    assert left not in [each["id"] for each in ask(desk, "agents").json()]


def test_the_file_of_a_day_is_on_another_server_and_covers_the_accounts_own_day(
    desk: Freshdesk,
) -> None:
    with Storage(desk) as storage:
        (link,) = ask(desk, "export/ticket_activities", created_at="2026-03-01").json()["export"]
        assert link["url"].startswith(storage.url)
        file = httpx.get(link["url"]).json()
    assert file["metadata"] == {"start_at": "01-03-2026 10:00:00 +0000",
                                "end_at": "02-03-2026 09:59:59 +0000",
                                "activities_count": 3}  # fmt: skip
    assert file["activities_data"][2] == {
        "performed_at": "02-03-2026 09:03:00 +0000", "ticket_id": 1, "performer_type": "user",
        "performer_id": 1002, "activity": {"status": "Resolved"},
    }  # fmt: skip


def test_the_store_refuses_who_brings_a_second_key_or_no_signature(desk: Freshdesk) -> None:
    with Storage(desk):
        (link,) = ask(desk, "export/ticket_activities", created_at="2026-03-01").json()["export"]
        assert httpx.get(link["url"], auth=KEY).status_code == 400
        assert httpx.get(link["url"].partition("?")[0]).status_code == 403


@pytest.mark.parametrize("days", [0, 31])
def test_a_day_has_a_file_some_hours_after_it_ended_and_for_thirty_days(
    desk: Freshdesk, days: int
) -> None:
    desk.now = at(0) + timedelta(days=days)
    asked = ask(desk, "export/ticket_activities", created_at="2026-03-01")
    assert asked.status_code == 404


def test_a_wrong_key_is_refused_and_one_that_is_no_administrators_may_not_export(
    desk: Freshdesk,
) -> None:
    answer = httpx.get(f"{desk.url}/api/v2/agents/me", auth=("another", "X"))
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
    desk.gate.is_admin = False
    answer = ask(desk, "export/ticket_activities", created_at="2026-03-01")
    assert (answer.status_code, answer.json()["code"]) == (403, "access_denied")


@pytest.mark.parametrize("says_when", [True, False])
def test_too_many_requests_are_refused_with_or_without_a_pause(says_when: bool) -> None:
    gate = Gate(credits_per_window=1, says_when=says_when)
    with Freshdesk(at(0), gate=gate) as desk:
        assert ask(desk, "agents/me").headers["X-RateLimit-Remaining"] == "0"
        refused = ask(desk, "agents/me")
    assert refused.status_code == 429
    assert ("Retry-After" in refused.headers) is says_when


def test_a_page_of_many_tickets_is_answered_at_once() -> None:
    with Freshdesk(at(90_000)) as desk:
        customer = desk.add_contact(at=at(0))
        for minute in range(20_000):
            desk.create(at=at(minute), requester=customer)
        changed(desk)
        began = datetime.now(UTC)
        since = f"{at(15_000):%Y-%m-%dT%H:%M:%SZ}"
        assert changed(desk, updated_since=since, per_page=100)[0] == 15_001
        assert datetime.now(UTC) - began < timedelta(seconds=1)
