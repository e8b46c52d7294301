"""Do ratings, users, audit logs and counts surprise as Zendesk's do?"""

from collections.abc import Iterator

import httpx
import pytest

from tests.emulators.zendesk import Zendesk
from tests.emulators.zendesk_reading import AUTH, USERS, Reader, at

RATINGS = "/api/v2/satisfaction_ratings.json"
SURVEYS = "/api/v2/guide/survey_responses"


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


def test_a_legacy_rating_can_change_and_then_says_when(
    zendesk: Zendesk, reader: Reader, customer: int
) -> None:
    ticket = zendesk.create(at=at(1), requester=customer, status="solved")
    zendesk.offer_rating(ticket, at=at(2))
    zendesk.rate(ticket, "bad", at=at(3), text="Slow")
    assert len(reader.json(RATINGS, score="bad_with_comment")["satisfaction_ratings"]) == 1
    zendesk.rate(ticket, "good", at=at(30))
    [rating] = reader.json(RATINGS)["satisfaction_ratings"]
    assert (rating["score"], rating["comment"]) == ("good", None)
    assert (rating["created_at"][11:16], rating["updated_at"][11:16]) == ("09:02", "09:30")
    scores = [("unoffered", "offered"), ("offered", "bad"), ("bad", "good")]
    assert reader.changes("satisfaction_score") == scores


def test_a_survey_is_answered_with_1_to_5_and_the_ticket_says_good_or_bad(
    zendesk: Zendesk, reader: Reader, customer: int
) -> None:
    ticket = zendesk.create(at=at(1), requester=customer, status="solved")
    survey = zendesk.offer_survey(ticket, at=at(2))
    assert reader.json(SURVEYS)["survey_responses"][0]["answers"] == []
    zendesk.answer_survey(survey, 3, at=at(3), text="Meh")
    [told] = reader.json(SURVEYS)["survey_responses"]
    scale, words = told["answers"]
    assert (scale["type"], scale["rating"], scale["rating_category"]) == ("rating_scale", 3, "bad")
    assert (words["type"], words["value"]) == ("open_ended", "Meh")
    assert told["subject_zrns"] == [f"zen:ticket:{ticket}"]
    assert reader.ticket(ticket)["satisfaction_rating"]["score"] == "bad"


def test_an_answer_can_change_until_it_expires_and_no_filter_finds_the_change(
    zendesk: Zendesk, reader: Reader, customer: int
) -> None:
    ticket = zendesk.create(at=at(1), requester=customer, status="solved")
    survey = zendesk.offer_survey(ticket, at=at(2))
    zendesk.answer_survey(survey, 2, at=at(3))
    zendesk.answer_survey(survey, 5, at=at(40))
    sent_since = int(at(39).timestamp() * 1000)
    assert (
        reader.json(SURVEYS, **{"filter[created_at_start]": sent_since})["survey_responses"] == []
    )
    told = reader.json(f"/api/v2/guide/en-us/survey_responses/{survey}")["survey_response"]
    assert told["answers"][0]["updated_at"] == "2026-10-01T09:40:00.000Z"
    with pytest.raises(ValueError, match=r"could be answered until 2026-10-29T09:02"):
        zendesk.answer_survey(survey, 1, at=at(29 * 24 * 60))


def test_lists_are_paged_by_cursor(zendesk: Zendesk, reader: Reader, customer: int) -> None:
    for minute in (1, 2, 3):
        ticket = zendesk.create(at=at(minute), requester=customer)
        zendesk.offer_rating(ticket, at=at(minute))
    page = reader.json(RATINGS, **{"page[size]": 2})
    assert (len(page["satisfaction_ratings"]), page["meta"]["has_more"]) == (2, True)
    rest = httpx.get(page["links"]["next"], auth=AUTH).json()
    assert (len(rest["satisfaction_ratings"]), rest["meta"]["has_more"]) == (1, False)
    after = page["meta"]["after_cursor"]
    again = reader.json(RATINGS, **{"page[size]": 2, "page[after]": after})
    assert again["satisfaction_ratings"] == rest["satisfaction_ratings"]


def test_a_user_tells_only_the_role_of_now_and_the_audit_log_what_it_was(
    zendesk: Zendesk, reader: Reader, agent: int
) -> None:
    zendesk.change_role(agent, "admin", at=at(5))
    [user] = reader.json(USERS, start_time=0)["users"]
    assert (user["role"], user["updated_at"]) == ("admin", "2026-10-01T09:05:00Z")
    [log] = reader.json("/api/v2/audit_logs", **{"filter[source_type]": "user"})["audit_logs"]
    assert log["change_description"] == "Support role changed from Agent to Admin"
    assert (log["source_id"], log["created_at"]) == (agent, "2026-10-01T09:05:00Z")


def test_audit_logs_are_filtered_by_two_limits_of_one_name(
    zendesk: Zendesk, reader: Reader, agent: int
) -> None:
    for minute, role in ((5, "admin"), (6, "agent"), (7, "end-user")):
        zendesk.change_role(agent, role, at=at(minute))
    limits = "filter[created_at]=2026-10-01T09:05:30Z&filter[created_at]=2026-10-01T09:06:30Z"
    [log] = reader.json(f"/api/v2/audit_logs?{limits}")["audit_logs"]
    assert log["created_at"] == "2026-10-01T09:06:00Z"


def test_below_enterprise_there_are_no_audit_logs() -> None:
    with Zendesk(at(60), has_audit_logs=False) as zendesk:
        assert Reader(zendesk).get("/api/v2/audit_logs").status_code == 403


def test_a_deactivated_agent_stays_in_the_export(
    zendesk: Zendesk, reader: Reader, agent: int
) -> None:
    zendesk.suspend(agent, at=at(2))
    zendesk.change_role(agent, "end-user", at=at(3))
    zendesk.deactivate(agent, at=at(4))
    [user] = reader.json(USERS, start_time=0)["users"]
    gone = {"active": False, "suspended": True, "email": None, "role": "end-user"}
    assert user.items() >= gone.items()


def test_a_count_leaves_out_deleted_and_archived_tickets(
    zendesk: Zendesk, reader: Reader, customer: int, agent: int
) -> None:
    for minute in (1, 2, 3):
        zendesk.create(at=at(minute), requester=customer, status="solved")
    zendesk.close(1, at=at(4))
    zendesk.archive(1, at=at(5))
    zendesk.delete(2, at=at(6), by=agent)
    assert reader.json("/api/v2/tickets/count.json")["count"]["value"] == 1
    assert reader.json("/api/v2/search/count.json", query="type:ticket")["count"] == 2
    assert len(reader.tickets()) == 3


def test_a_large_count_is_a_day_old() -> None:
    with Zendesk(at(60), counts_are_cached_from=1) as zendesk:
        user, reader = zendesk.add_user(at=at(0)), Reader(zendesk)
        for minute in (1, 2):
            zendesk.create(at=at(minute), requester=user)
        first = reader.json("/api/v2/tickets/count.json")
        zendesk.create(at=at(3), requester=user)
        zendesk.now = at(120)
        assert reader.json("/api/v2/tickets/count.json") == first
        zendesk.now = at(60 * 25 + 1)
        assert reader.json("/api/v2/tickets/count.json")["count"]["value"] == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("type:ticket status:solved", 1),
        ("type:ticket status<solved", 2),
        ("created>=2026-10-01T09:02:00Z created<2026-10-01T09:03:00Z", 1),
        ("solved:2026-10-01", 1),
        ("-tags:vip", 2),
    ],
)
def test_a_search_is_counted(
    zendesk: Zendesk, reader: Reader, customer: int, agent: int, query: str, found: int
) -> None:
    for minute, tags in ((1, ("vip",)), (2, ()), (3, ())):
        zendesk.create(at=at(minute), requester=customer, tags=tags)
    zendesk.solve(1, at=at(4), by=agent)
    assert reader.json("/api/v2/search/count.json", query=query)["count"] == found
