import unicodedata
from collections.abc import Iterator
from typing import Literal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.guard import confusable_ids, confusable_line_numbers, skeleton

NORMAL_FORMS: list[Literal["NFC", "NFD", "NFKC", "NFKD"]] = ["NFC", "NFD", "NFKC", "NFKD"]

LOOK_ALIKES = [
    ("INC0010023", "inc0010023", "case"),
    ("INC0010023", "INCOO10O23", "letters for digits"),
    ("INC0010023", "lNC00l0023", "l for I and 1"),
    ("INC0010023", "\u0406N\u04210010023", "Cyrillic I and Es"),
    ("INC0010023", "I\u039dC0010023".replace("\u039d", "N"), "the same"),
    ("TAXI-7", "\u03a4\u0391\u03a7\u0399-7", "Greek capitals"),
    ("INC0010023", "\uff29\uff2e\uff23\uff10\uff10\uff11\uff10\uff10\uff12\uff13", "full width"),
    ("INC0010023", "INC\u200b0010023", "a zero-width space"),
    ("INC0010023", "\ufeffINC0010023", "a byte order mark"),
    ("INC0010023", "\u202eINC0010023\u202c", "a right-to-left override"),
    ("INC0010023", "INC\u034f001\ufe0f0023", "joiner and variation selector"),
    ("INC0010023", " INC0010023\u00a0", "spaces around"),
    ("INC0010023", "INC0010023\x00", "a control character"),
    ("caf\u00e9-1", "cafe\u0301-1", "an accent of its own"),
    ("T-1", "T\u20111", "a hyphen that does not break"),
    ("T-1", "T\u22121", "a minus sign"),
]


@pytest.mark.parametrize(("known", "unknown", "why"), LOOK_ALIKES)
def test_what_looks_alike_has_one_skeleton(known: str, unknown: str, why: str) -> None:
    assert skeleton(unknown) == skeleton(known), why


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("INC0010023", "INC0010032"),
        ("INC0010023", "INC010023"),
        ("zendesk-1", "zendesk-2"),
        ("caf\u00e9-1", "cafe-1"),
        ("T-1", "T_1"),
    ],
)
def test_what_differs_to_the_eye_has_two(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@given(st.text(max_size=12))
def test_a_skeleton_has_no_other_skeleton(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)


@given(st.text(max_size=12))
def test_normal_forms_make_no_difference(text: str) -> None:
    found = {skeleton(unicodedata.normalize(form, text)) for form in NORMAL_FORMS}
    assert found == {skeleton(text)}


@given(st.text(st.characters(max_codepoint=127), max_size=12))
def test_plain_ids_take_the_short_way_to_the_same_skeleton(text: str) -> None:
    assert skeleton(text + "\u200b") == skeleton(text)


def test_each_unknown_id_is_reported_with_the_first_that_it_resembles() -> None:
    known = ["INC002", "INC001", "inc001", "other"]
    assert confusable_ids(["INC00l", "INC003", "lNC002"], known) == {
        "INC00l": "INC001",
        "lNC002": "INC002",
    }


def test_two_unknown_ids_do_not_excuse_each_other() -> None:
    assert confusable_ids(["INC001", "inc001"], ["other"]) == {}


def test_without_an_unknown_id_the_known_ones_are_not_gone_through() -> None:
    def known() -> Iterator[str]:
        raise AssertionError("they may be millions")
        yield

    assert confusable_ids([], known()) == {}


def test_the_lines_of_the_invoice_are_named_in_its_order() -> None:
    lines = pa.table({
        "line_number": [9, 2, 3, 4],
        "subject_id": ["t-O1", "T-01 ", "t-O1", None],
        "match_status": ["unknown_subject", "unknown_subject", "agreed", None],
    })  # fmt: skip
    assert confusable_line_numbers(lines, ["t-01", "t-02"]) == (2, 9)
    assert confusable_line_numbers(lines, ["t-02"]) == ()
