"""The quirks of Intercom's conversations, as the emulator shows them."""

from collections.abc import Callable, Iterator

import pytest

from tests.emulators.intercom import Intercom
from tests.emulators.intercom_model import FIN, OPERATOR
from tests.emulators.intercom_reader import (
    DAY,
    HOUR,
    NOON,
    get,
    pages,
    parts,
    started,
)


@pytest.fixture
def intercom() -> Iterator[Intercom]:
    with Intercom(NOON + 30 * DAY) as emulator:
        yield emulator


def test_the_first_message_is_in_the_source_and_is_no_part(intercom: Intercom) -> None:
    (it,) = started(intercom)
    shown = get(intercom, f"/conversations/{it}").json()
    assert shown["source"]["body"] == "<p>My order has not arrived.</p>"
    assert shown["source"]["author"]["type"] == "user"
    assert shown["conversation_parts"]["total_count"] == 0


def test_beyond_500_parts_the_oldest_are_missing_and_the_total_tells(intercom: Intercom) -> None:
    (it,) = started(intercom)
    written = [intercom.reply(it, by=OPERATOR, at=NOON) for _ in range(501)]
    shown = get(intercom, f"/conversations/{it}").json()["conversation_parts"]
    assert shown["total_count"] == 501
    assert [part["id"] for part in shown["conversation_parts"]] == written[1:]


def test_a_total_that_counts_only_what_was_returned_can_be_had_too() -> None:
    with Intercom(NOON, counts_all_parts=False) as intercom:
        (it,) = started(intercom)
        for _ in range(501):
            intercom.reply(it, by=OPERATOR, at=NOON)
        shown = get(intercom, f"/conversations/{it}").json()
        assert shown["conversation_parts"]["total_count"] == 500
        assert shown["statistics"]["count_conversation_parts"] == 501


def test_assigning_a_closed_conversation_reopens_it_in_one_part(intercom: Intercom) -> None:
    (it,), ada = started(intercom), intercom.hire("Ada")
    intercom.close(it, by=ada, at=NOON)
    intercom.assign(it, to=ada, by=ada, at=NOON + HOUR)
    shown = parts(intercom, it)
    assert [part["part_type"] for part in shown] == ["close", "assign_and_reopen"]
    assert shown[1]["assigned_to"] == {"type": "admin", "id": ada}
    assert get(intercom, f"/conversations/{it}").json()["state"] == "open"


def test_what_a_contact_says_to_a_closed_conversation_is_an_open_part_with_a_body(
    intercom: Intercom,
) -> None:
    (it,) = started(intercom)
    intercom.close(it, by=FIN, at=NOON)
    intercom.reply(it, by=next(iter(intercom.contacts)), at=NOON + HOUR, body="Still broken")
    last = parts(intercom, it)[-1]
    assert (last["part_type"], last["author"]["type"]) == ("open", "user")
    assert last["body"] == "<p>Still broken</p>"


def test_each_way_out_of_a_snooze_has_a_part_type_of_its_own(intercom: Intercom) -> None:
    (it,), ada = started(intercom), intercom.hire("Ada")
    ways: list[Callable[[], object]] = [
        lambda: intercom.wake(it, at=NOON),
        lambda: intercom.wake(it, at=NOON, by=ada),
        lambda: intercom.assign(it, to=ada, by=ada, at=NOON),
    ]
    for wake in ways:
        intercom.snooze(it, by=ada, at=NOON, until=NOON + HOUR)
        wake()
    woken = [part["part_type"] for part in parts(intercom, it)][1::2]
    assert woken == ["timer_unsnooze", "unsnoozed", "assign_and_unsnooze"]


def test_fin_and_a_workflow_are_both_bots_and_only_a_flag_tells_them_apart(
    intercom: Intercom,
) -> None:
    (it,) = started(intercom)
    intercom.fin_answers(it, at=NOON)
    intercom.reply(it, by=OPERATOR, at=NOON)
    authors = [part["author"] for part in parts(intercom, it)]
    assert [author["type"] for author in authors] == ["bot", "bot"]
    assert [author["from_ai_agent"] for author in authors] == [True, False]


def test_a_custom_answer_is_from_fin_but_not_written_by_it(intercom: Intercom) -> None:
    (it,) = started(intercom)
    intercom.fin_answers(it, at=NOON, answer_type="custom_answer")
    author = parts(intercom, it)[0]["author"]
    assert (author["from_ai_agent"], author["is_ai_answer"]) == (True, False)


def test_a_redacted_part_keeps_its_kind_author_and_instant(intercom: Intercom) -> None:
    (it,) = started(intercom)
    part = intercom.reply(it, by=FIN, at=NOON, body="card 4111")
    before = parts(intercom, it)[0]
    intercom.redact(it, part=part, at=NOON + DAY)
    after = parts(intercom, it)[0]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"redacted", "body", "updated_at"}


def test_plain_text_is_sent_on_request(intercom: Intercom) -> None:
    (it,) = started(intercom)
    shown = get(intercom, f"/conversations/{it}?display_as=plaintext").json()
    assert shown["source"]["body"] == "My order has not arrived."


def test_the_resolution_state_changes_without_a_trace(intercom: Intercom) -> None:
    (it,) = started(intercom)
    intercom.fin_answers(it, at=NOON)
    intercom.conclude(it, "assumed_resolution", at=NOON + DAY)
    before = get(intercom, f"/conversations/{it}").json()
    intercom.conclude(it, "escalated", at=NOON + 2 * DAY)
    after = get(intercom, f"/conversations/{it}").json()
    assert {name for name in before if before[name] != after[name]} == {"ai_agent", "updated_at"}
    assert after["ai_agent"]["resolution_state"] == "escalated"


def test_fin_and_the_teammate_are_rated_apart(intercom: Intercom) -> None:
    (it,), ada = started(intercom), intercom.hire("Ada")
    intercom.fin_answers(it, at=NOON)
    intercom.rate_fin(it, 1, at=NOON)
    intercom.rate(it, 5, teammate=ada, at=NOON + HOUR, requested_at=NOON)
    shown = get(intercom, f"/conversations/{it}").json()
    assert (shown["ai_agent"]["rating"], shown["conversation_rating"]["rating"]) == (1, 5)


def test_a_rating_was_created_when_it_was_asked_for_and_updated_when_it_was_given(
    intercom: Intercom,
) -> None:
    (it,), ada = started(intercom), intercom.hire("Ada")
    intercom.rate(it, 4, teammate=ada, at=NOON + DAY, requested_at=NOON)
    rating = get(intercom, f"/conversations/{it}").json()["conversation_rating"]
    assert rating["updated_at"] - rating["created_at"] == 86_400


def test_an_older_version_of_the_api_says_other_resolution_states(intercom: Intercom) -> None:
    (it,) = started(intercom)
    intercom.fin_answers(it, at=NOON)
    intercom.conclude(it, "procedure_handoff", at=NOON)
    old = get(intercom, f"/conversations/{it}", **{"Intercom-Version": "2.14"}).json()
    assert old["ai_agent"]["resolution_state"] == "routed_to_team"


def test_a_deleted_conversation_is_not_found_but_its_id_is_listed(intercom: Intercom) -> None:
    kept, gone = started(intercom, 2)
    intercom.delete(gone, at=NOON + DAY)
    assert get(intercom, f"/conversations/{gone}").status_code == 404
    assert list(pages(intercom, 10)) == [[kept]]
    (listed,) = get(intercom, "/conversations/deleted").json()["conversations"]
    assert (listed["id"], listed["metrics_retained"]) == (gone, True)


def test_merged_conversations_say_so_but_not_with_whom(intercom: Intercom) -> None:
    secondary, primary = started(intercom, 2)
    intercom.merge(secondary, into=primary, at=NOON + DAY)
    assert [part["part_type"] for part in parts(intercom, secondary)] == [
        "merged_secondary_conversation",
        "close",
    ]
    (merged,) = parts(intercom, primary)
    assert merged["part_type"] == "merged_primary_conversation"
    assert secondary not in str(merged)


def test_a_merged_lead_becomes_the_user_in_its_conversations(intercom: Intercom) -> None:
    lead, user = intercom.add_contact("L", role="lead"), intercom.add_contact("U")
    it = intercom.start(contact=lead, at=NOON)
    intercom.merge_contacts(lead, into=user, at=NOON + DAY)
    shown = get(intercom, f"/conversations/{it}").json()
    assert shown["contacts"]["contacts"][0]["id"] == user
    assert shown["updated_at"] == int(NOON.timestamp())


def test_a_teammate_who_left_is_an_author_whom_the_list_does_not_know(intercom: Intercom) -> None:
    (it,), ada = started(intercom), intercom.hire("Ada")
    intercom.reply(it, by=ada, at=NOON)
    intercom.dismiss(ada)
    assert get(intercom, "/admins").json()["admins"] == []
    assert parts(intercom, it)[0]["author"]["id"] == ada
