"""Killed at one place after another, a notice is sent once, or a person is asked."""

from collections import Counter

import pytest

from tests.deep.kills import found, wrong


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[int, str], Counter[int]]:
    # every line takes minutes and every instruction longer: that is `make test-deep`
    return found(tmp_path_factory.mktemp("killed"), step=41, what="line")


def test_no_notice_is_sent_twice_or_lost(tried: tuple[dict[int, str], Counter[int]]) -> None:
    assert wrong(*tried) == []


def test_places_before_during_and_after_the_send_were_tried(
    tried: tuple[dict[int, str], Counter[int]],
) -> None:
    ended, taken = tried
    assert len(ended) > 20
    states = list(ended.values())
    assert (states[0], states[-1], "send_unknown" in states) == ("sent", "sent", True)
    assert {taken[number] for number, state in ended.items() if state == "send_unknown"} == {0, 1}


def test_a_second_mail_and_a_lost_one_would_be_noticed() -> None:
    assert wrong({1: "sent"}, Counter({1: 2}))
    assert wrong({1: "sent"}, Counter())
    assert wrong({1: "approved"}, Counter())
    assert wrong({1: "send_unknown"}, Counter({1: 2}))
