"""How Intercom's search pages, lags and refuses, and whom the API lets in."""

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

import httpx
import pytest

from tests.emulators.intercom import SCOPES, Intercom
from tests.emulators.intercom_model import FIN
from tests.emulators.intercom_reader import (
    ASCENDING,
    DAY,
    EVERYTHING,
    HOUR,
    NOON,
    get,
    pages,
    search,
    started,
)


@pytest.fixture
def intercom() -> Iterator[Intercom]:
    with Intercom(NOON + 30 * DAY) as emulator:
        yield emulator


def test_a_search_shows_no_parts(intercom: Intercom) -> None:
    (it,) = started(intercom)
    intercom.fin_answers(it, at=NOON)
    (found,) = search(intercom).json()["conversations"]
    assert "conversation_parts" not in found
    assert found["ai_agent_participated"]


def test_pages_cover_everything_once_when_nothing_happens(intercom: Intercom) -> None:
    made = started(intercom, 7)
    assert [each for page in pages(intercom, 3, **ASCENDING) for each in page] == made
    assert [each for page in pages(intercom, 3) for each in page] == made[::-1]


def test_what_is_updated_between_two_pages_is_repeated_in_ascending_order(
    intercom: Intercom,
) -> None:
    made = started(intercom, 4)
    walk = pages(intercom, 2, **ASCENDING)
    first = next(walk)
    intercom.touch(made[0], at=NOON + DAY)
    assert first + [each for page in walk for each in page] == [*made, made[0]]


def test_what_is_updated_between_two_pages_is_skipped_in_descending_order(
    intercom: Intercom,
) -> None:
    made = started(intercom, 4)
    walk = pages(intercom, 2)
    first = next(walk)
    intercom.touch(made[0], at=NOON + DAY)
    assert first + [each for page in walk for each in page] == [made[3], made[2], made[1]]


def test_a_search_may_lag_behind_what_a_retrieval_shows() -> None:
    with Intercom(NOON + HOUR, search_delay=60) as intercom:
        (it,) = started(intercom)
        intercom.close(it, by=FIN, at=intercom.now)
        since = {"field": "updated_at", "operator": ">", "value": int(intercom.now.timestamp())}
        assert get(intercom, f"/conversations/{it}").json()["state"] == "closed"
        assert search(intercom, since).json()["total_count"] == 0
        intercom.now += timedelta(seconds=60)
        assert search(intercom, since).json()["total_count"] == 1


def test_the_total_counts_a_deleted_conversation_until_the_search_has_caught_up() -> None:
    with Intercom(NOON + DAY, search_delay=60) as intercom:
        gone, kept = started(intercom, 2)
        search(intercom)
        intercom.delete(gone, at=intercom.now)
        page = search(intercom).json()
        assert (page["total_count"], len(page["conversations"])) == (2, 1)
        assert page["conversations"][0]["id"] == kept


@pytest.mark.parametrize(("are_inclusive", "count"), [(True, 2), (False, 1)])
def test_whether_greater_finds_an_equal_instant_can_be_chosen(
    are_inclusive: bool, count: int
) -> None:
    with Intercom(NOON + DAY, are_bounds_inclusive=are_inclusive) as intercom:
        started(intercom, 2)
        since = {"field": "updated_at", "operator": ">", "value": str(int(NOON.timestamp()))}
        assert search(intercom, since).json()["total_count"] == count


def test_filters_combine(intercom: Intercom) -> None:
    closed, _ = started(intercom, 2)
    intercom.fin_answers(closed, at=NOON)
    intercom.close(closed, by=FIN, at=NOON)
    participated = {"field": "ai_agent_participated", "operator": "=", "value": True}
    state = {"field": "state", "operator": "IN", "value": ["closed", "snoozed"]}
    both = {"operator": "AND", "value": [EVERYTHING, participated, state]}
    assert [each["id"] for each in search(intercom, both).json()["conversations"]] == [closed]


@pytest.mark.parametrize(
    ("query", "more", "code"),
    [
        (EVERYTHING, {"pagination": {"per_page": 151}}, "parameter_invalid"),
        (EVERYTHING, {"pagination": {"starting_after": "x"}}, "parameter_invalid"),
        ({"field": "nonsense", "operator": "=", "value": 1}, {}, "invalid_field"),
        ({"field": "updated_at", "operator": ">", "value": "foobar"}, {}, "invalid_value"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(
    intercom: Intercom, query: dict[str, Any], more: dict[str, Any], code: str
) -> None:
    refusal = search(intercom, query, **more)
    assert (refusal.status_code, refusal.json()["errors"][0]["code"]) == (400, code)


def test_fifty_thousand_conversations_are_paged_quickly() -> None:
    with Intercom(NOON + 400 * DAY, rate_limit=(10**6, 10)) as intercom:
        una = intercom.add_contact("Una")
        for n in range(50_000):
            intercom.start(contact=una, at=NOON + n * timedelta(minutes=1))
        search(intercom)
        began = time.monotonic()
        walk = islice(pages(intercom, 150, **ASCENDING), 20)
        assert len({each for page in walk for each in page}) == 3000
        assert time.monotonic() - began < 20 * 0.5


def test_a_wrong_token_is_refused_and_told_no_limits(intercom: Intercom) -> None:
    refusal = get(intercom, "/me", Authorization="Bearer wrong")
    assert (refusal.status_code, refusal.json()["errors"][0]["code"]) == (401, "unauthorized")
    assert "X-RateLimit-Limit" not in refusal.headers


def test_a_token_without_the_scope_is_refused() -> None:
    with Intercom(NOON, scopes=SCOPES - {"read_conversations"}) as intercom:
        refusal = search(intercom)
        assert refusal.status_code == 403
        assert refusal.json()["errors"][0]["code"] == "token_unauthorized"


def test_an_unknown_version_is_refused(intercom: Intercom) -> None:
    refusal = get(intercom, "/me", **{"Intercom-Version": "9.9"})
    assert refusal.status_code == 400
    assert refusal.json()["errors"][0]["code"] == "intercom_version_invalid"


def test_without_the_header_the_version_of_the_app_decides() -> None:
    with Intercom(NOON, app_version="2.14") as intercom:
        (it,) = started(intercom)
        intercom.fin_answers(it, at=NOON)
        intercom.conclude(it, "escalated", at=NOON)
        token = {"Authorization": "Bearer intercom-token"}
        shown = httpx.get(f"{intercom.url}/conversations/{it}", headers=token).json()
        assert shown["ai_agent"]["resolution_state"] == "routed_to_team"


def test_one_request_too_many_waits_until_the_window_is_over() -> None:
    with Intercom(NOON, rate_limit=(2, 0.3)) as intercom:
        assert [get(intercom, "/me").status_code for _ in range(3)] == [200, 200, 429]
        refusal = get(intercom, "/me")
        assert refusal.json()["errors"][0]["code"] == "rate_limit_exceeded"
        assert refusal.headers["X-RateLimit-Remaining"] == "0"
        assert int(refusal.headers["X-RateLimit-Reset"]) - int(NOON.timestamp()) <= 1
        time.sleep(0.35)
        assert get(intercom, "/me").headers["X-RateLimit-Remaining"] == "1"
