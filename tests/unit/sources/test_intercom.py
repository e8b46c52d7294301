"""What a contract may say of Intercom, how it is paged, and what its answers must not say."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from recount.errors import ContractError, SourceError
from recount.sources import source_of
from recount.sources.intercom import shapes
from recount.sources.intercom.keeping import keep
from recount.sources.intercom.signing_in import workspace_of
from recount.sources.intercom.workspace import Workspace
from recount.sources.requesters import requester_key
from recount.sources.shapes import left_out, packed, received
from recount.sources.terms import SourceTerms
from tests.emulators import faults
from tests.emulators.intercom import Intercom
from tests.unit.sources.logs import bytes_of, parsed, terms_of

SINCE = "2026-02-01T00:00:00Z"
AS_OF = datetime(2026, 5, 1, tzinfo=UTC)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def intercom(**settings: Any) -> SourceTerms:
    usual = {"connection": "acme", "observed_from": SINCE, "location": None}
    return terms_of(system="intercom", **{**usual, **settings})


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"connection": None}, "intercom needs connection"),
        ({"observed_from": "2026-02-01 00:00"}, "offset"),
        ({"rating": "both"}, "'teammate' or 'fin'"),
        ({"custom_attributes": {"tier": ["gold"]}}, "string"),
        ({"api_version": "2.11"}, "is no setting of intercom"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, Any], says: str) -> None:
    terms = intercom(**settings)
    with pytest.raises(ContractError, match=says):
        source_of(terms).check(terms)


def test_an_event_type_is_observed_as_far_as_the_stream_that_tells_of_it() -> None:
    reached = {"conversations": datetime(2026, 4, 3, tzinfo=UTC),
               "deletions": datetime(2026, 4, 2, tzinfo=UTC),
               "fin_claims": datetime(2026, 4, 1, tzinfo=UTC)}  # fmt: skip
    terms = intercom()
    covered = source_of(terms).coverage(terms, AS_OF, reached)
    until = {each.event_type: each.observed_until for each in covered}
    assert until["solved"] == until["rated"] == datetime(2026, 4, 3, tzinfo=UTC)
    assert until["deleted"] == datetime(2026, 4, 2, tzinfo=UTC)
    assert {"closed", "handed_off", "followed_up"}.isdisjoint(until)


def part(number: int = 1, **said: Any) -> dict[str, Any]:
    return {"id": number, "part_type": "comment", "created_at": 1772442000, "body": None,
            "author": {"type": "bot", "id": 278, "from_ai_agent": True}, **said}  # fmt: skip


DOCUMENT: dict[str, Any] = {
    "id": "215", "created_at": 1772438400, "updated_at": 1772442000, "state": "closed",
    "title": "My card", "team_assignee_id": 0, "priority": "none",
    "source": {"type": "email", "delivered_as": "customer_initiated", "subject": "My old card",
               "author": {"type": "user", "id": "6762f", "name": "Bo", "email": "bo@example.com"}},
    "contacts": {"contacts": [{"type": "contact", "id": "6762f", "external_id": "C-77"}]},
    "custom_attributes": {"Plan": "gold", "Is VIP": True, "Notes": "Call Bo"},
    "conversation_rating": {"rating": 3, "remark": "Rude", "created_at": 1, "updated_at": 2,
                            "teammate": {"type": "admin", "id": 991}},
    "ai_agent": {"source_type": "workflow", "source_title": "Bo's flow", "rating": 5,
                 "resolution_state": "assumed_resolution", "rating_remark": "Nice",
                 "created_at": 3, "updated_at": None},
    "conversation_parts": {"total_count": 1, "conversation_parts": [
        part(body="Dear Bo", assigned_to={"type": "team", "id": 5}),
    ]},
}  # fmt: skip


def page(*documents: dict[str, Any], **settings: Any) -> bytes:
    """A landed page of conversations that were received so."""
    names = settings.get("custom_attributes", {}).values()
    kept = []
    for document in documents or [DOCUMENT]:
        read = received(json.dumps(document).encode(), shapes.Conversation, "helpdesk")
        keep(read, document, names)
        kept.append(read)
    return packed(shapes.Conversations(kept, gone=[], seen_at="2026-03-03T00:00:00Z"))


def rows(*documents: dict[str, Any], **settings: Any) -> list[dict[str, Any]]:
    found = parsed(intercom(**settings), "conversations", page(*documents, **settings))
    return list(found.to_pylist())


@pytest.mark.parametrize(
    "word", ["card", "Bo", "@", "6762f", "C-77", "Rude", "Nice", "gold", "VIP", "Call"]
)
def test_text_and_people_are_gone_before_anything_is_stored(word: str) -> None:
    stored = page().decode()
    assert '"part_type":"comment"' in stored
    assert word not in stored


def test_what_was_left_out_is_named_by_its_place() -> None:
    named = left_out({"conversations": [DOCUMENT], "gone": []}, shapes.Conversations)
    assert {"conversations[].title", "conversations[].custom_attributes",
            "conversations[].conversation_parts.conversation_parts[].body",
            "conversations[].source.author.email"} <= set(named)  # fmt: skip


def test_a_conversation_is_a_row_and_each_part_another() -> None:
    conversation, written = rows()
    told = ("record_kind", "state", "part_count", "part_total", "channel", "team_id", "fin_state")
    assert [conversation[name] for name in told] == [
        "conversation", "closed", 1, 1, "email", None, "assumed_resolution"
    ]  # fmt: skip
    assert conversation["requester_key"] == conversation["author"] == requester_key("6762f")
    kept = ("record_kind", "part_id", "author", "is_from_ai_agent", "has_message", "is_assigned")
    assert [written[name] for name in kept] == ["part", "1", "278", True, True, True]


@pytest.mark.parametrize(
    ("said", "has_message"),
    [
        ({"body": "Dear Bo"}, True),
        ({"body": " "}, False),
        ({"body": None}, False),
        ({"body": None, "redacted": True}, True),
        ({"body": None, "attachments": [{"name": "receipt.png"}]}, True),
    ],
)
def test_a_part_has_a_message_or_not_and_that_is_all_that_is_kept(
    said: dict[str, Any], has_message: bool
) -> None:
    parts = {"total_count": 1, "conversation_parts": [part(**said)]}
    _, written = rows({**DOCUMENT, "conversation_parts": parts})
    assert written["has_message"] is has_message


@pytest.mark.parametrize(
    ("assigned_to", "is_assigned"),
    [
        ({"type": "admin", "id": "991"}, True),
        ({"type": "team", "id": 5}, True),
        ({"type": "nobody_admin", "id": None}, False),
        ({"type": "admin", "id": None}, False),
        (None, False),
    ],
)
def test_what_is_given_to_nobody_is_not_assigned(assigned_to: Any, is_assigned: bool) -> None:
    parts = {"total_count": 1, "conversation_parts": [part(assigned_to=assigned_to)]}
    _, given = rows({**DOCUMENT, "conversation_parts": parts})
    assert given["is_assigned"] is is_assigned


def test_both_ratings_are_kept_apart_and_dated_by_when_they_were_given() -> None:
    conversation, _ = rows(rating="fin")
    assert (conversation["teammate_rating"], conversation["fin_rating"]) == (3, 5)
    assert conversation["teammate_rated_at"] == datetime(1970, 1, 1, 0, 0, 2)
    assert conversation["fin_rated_at"] == datetime(1970, 1, 1, 0, 0, 3)
    assert conversation["rating_counted"] == "fin"


def test_only_the_attributes_that_the_contract_names_are_kept() -> None:
    named = {"tier": "Plan", "vip": "Is VIP", "absent": "Nothing"}
    conversation, _ = rows(custom_attributes=named)
    assert conversation["tier"] == "gold"
    assert json.loads(conversation["attributes"]) == {
        "delivered_as": "customer_initiated", "priority": "none", "vip": "true",
    }  # fmt: skip
    assert b"Call Bo" not in page(custom_attributes=named)


def test_a_field_that_changes_its_type_stops_the_extraction() -> None:
    with pytest.raises(SourceError, match=r"Expected `int`, got `str` - at `\$.updated_at`"):
        page({**DOCUMENT, "updated_at": "2026-03-02"})


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Intercom]:
    with Intercom(AS_OF) as started:
        connection = {"conn_type": "http", "host": started.host, "password": "intercom-token"}
        monkeypatch.setenv("AIRFLOW_CONN_ACME", json.dumps(connection))
        yield started


@pytest.fixture
def workspace(emulator: Intercom) -> Workspace:
    return workspace_of(intercom())


def start(emulator: Intercom, count: int) -> list[str]:
    asker = emulator.add_contact("Una")
    return [emulator.start(contact=asker, at=NOON + n * MINUTE) for n in range(count)]


def ids_of(data: Any) -> list[str]:
    return [each["id"] for each in json.loads(data)["conversations"]]


def test_a_page_is_a_page_of_the_search_with_its_conversations(
    emulator: Intercom, workspace: Workspace
) -> None:
    started = start(emulator, 120)
    pages = list(workspace.conversations(None))
    assert [len(ids_of(each.page.data)) for each in pages] == [50, 50, 20]
    assert [i for each in pages for i in ids_of(each.page.data)] == started
    assert [each.observed_until for each in pages] == [None, None, AS_OF - 5 * MINUTE]
    assert pages[-1].checkpoint == {"since": "2026-04-30T23:55:00Z"}


def test_a_walk_that_was_cut_off_goes_on_at_its_last_page(
    emulator: Intercom, workspace: Workspace
) -> None:
    started = start(emulator, 120)
    (first,) = islice(workspace.conversations(None), 1)
    rest = list(workspace.conversations(first.checkpoint))
    assert [i for each in [first, *rest] for i in ids_of(each.page.data)] == started


def test_what_is_gone_before_it_is_retrieved_is_named(
    emulator: Intercom, workspace: Workspace
) -> None:
    kept, gone = start(emulator, 2)
    emulator.between = lambda request: (
        emulator.delete(gone, at=AS_OF) if gone in emulator.conversations else None
    )
    (only,) = workspace.conversations(None)
    assert ids_of(only.page.data) == [kept]
    assert json.loads(bytes_of(only.page))["gone"] == [gone]
    assert only.page.record_count == 2


def test_a_conversation_that_comes_twice_in_a_page_is_retrieved_once(
    emulator: Intercom, workspace: Workspace
) -> None:
    (started,) = start(emulator, 1)
    twice = faults.changed(
        lambda document: {**document, "conversations": document["conversations"] * 2}
    )
    emulator.misbehave(twice, on="/conversations/search")
    (only,) = workspace.conversations(None)
    assert ids_of(only.page.data) == [started]


def test_a_search_in_the_other_order_is_refused(emulator: Intercom, workspace: Workspace) -> None:
    start(emulator, 51)
    backwards = faults.changed(
        lambda document: {**document, "conversations": document["conversations"][::-1]}
    )
    emulator.misbehave(backwards, on="/conversations/search")
    with pytest.raises(SourceError, match="gives the latest first"):
        list(workspace.conversations(None))


def test_an_answer_about_another_conversation_is_refused(
    emulator: Intercom, workspace: Workspace
) -> None:
    start(emulator, 1)
    other = faults.changed(lambda document: {**document, "id": "1"})
    emulator.misbehave(other, on="/conversations/2")
    with pytest.raises(SourceError, match="is answered with another one"):
        list(workspace.conversations(None))


def test_claims_are_asked_for_again_for_as_long_as_they_may_change(
    emulator: Intercom, workspace: Workspace
) -> None:
    with_fin, _ = start(emulator, 2)
    emulator.fin_answers(with_fin, at=NOON + 2 * MINUTE)
    emulator.conclude(with_fin, "escalated", at=NOON + 3 * MINUTE)
    (only,) = workspace.fin_claims(None)
    (claimed,) = parsed(intercom(), "fin_claims", only.page.data).to_pylist()
    assert (claimed["conversation_id"], claimed["resolution_state"]) == (with_fin, "escalated")
    assert claimed["seen_at"] == AS_OF.replace(tzinfo=None)
    assert only.checkpoint == {"since": "2026-03-17T00:00:00Z"}


def delete(emulator: Intercom, conversations: list[str]) -> None:
    for conversation in conversations:
        emulator.delete(conversation, at=NOON)


def test_the_last_page_of_deleted_conversations_is_read_again_by_the_next_extraction(
    emulator: Intercom, workspace: Workspace
) -> None:
    started = start(emulator, 130)
    delete(emulator, started[:70])
    first = list(workspace.deletions(None))
    assert [each.page.record_count for each in first] == [60, 10]
    delete(emulator, started[70:])
    then = list(workspace.deletions(first[-1].checkpoint))
    assert [i for each in [first[0], *then] for i in ids_of(each.page.data)] == started
    assert then[-1].control_total is not None
    assert then[-1].control_total.value == 70


def test_a_list_of_deleted_conversations_that_shrank_is_read_from_its_beginning(
    emulator: Intercom, workspace: Workspace
) -> None:
    started = start(emulator, 70)
    delete(emulator, started)
    *_, last = workspace.deletions(None)
    del emulator.deleted[:20]
    (again,) = workspace.deletions(last.checkpoint)
    assert ids_of(again.page.data) == started[20:]
    assert again.control_total is not None
    assert again.control_total.value == 50


def test_an_attempt_that_was_refused_for_its_pace_waits_and_goes_on(emulator: Intercom) -> None:
    start(emulator, 3)
    emulator.misbehave(faults.status(429), on="/conversations/2", times=2)
    (only,) = workspace_of(intercom()).conversations(None)
    assert only.page.record_count == 3
