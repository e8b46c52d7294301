"""What both sides agreed on beside the figures: signatories, method, verification, regulations."""

from pathlib import Path

import pytest

from tests.unit.contract.acme import ACME, contract_of, found_in, refusal_of

AGREED = """\
method:
  own_records: The buyer counts from its helpdesk's log.
verification:
  recomputed: Either side may compute a month again.
"""
RULES = """\
regulations:
  gdpr_art_28: {says: A processing agreement is in force., adherence: ADHERENCE}
"""


def test_sentences_on_method_and_verification_are_read_under_their_ids(tmp_path: Path) -> None:
    contract = contract_of(tmp_path, ACME + AGREED)
    assert contract.method == {"own_records": "The buyer counts from its helpdesk's log."}
    assert contract.verification == {"recomputed": "Either side may compute a month again."}
    assert found_in(contract, "not_written_down") == []


@pytest.mark.parametrize("section", ["method", "verification"])
def test_a_section_that_nobody_wrote_is_asked_for(tmp_path: Path, section: str) -> None:
    other = contract_of(tmp_path, ACME + AGREED).model_copy(update={section: {}})
    (found,) = found_in(other, "not_written_down")
    assert (found.severity, found.path) == ("note", section)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (": The buyer counts from its helpdesk's log.", ":", "method.own_records: this is empty"),
        ("own_records", "own records", "'own records' is no name"),
        ("Either side may compute a month again.", "[a, b]", "write one text here, not a list"),
    ],
)
def test_what_is_no_sentence_under_an_id_is_refused(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert sentence in refusal_of(tmp_path, ACME + AGREED.replace(old, new))


@pytest.mark.parametrize(
    ("adherence", "sentence"),
    [
        ("kept", "adherence: kept needs checked_on: say who looked, and when"),
        ("broken, checked_on: 2026-06-24", "broken needs checked_by: say who looked"),
        ("compliant", "'compliant' is no word for adherence; known are broken, kept, unchecked"),
    ],
)
def test_a_rule_says_who_looked_whether_it_is_kept(
    tmp_path: Path, adherence: str, sentence: str
) -> None:
    assert sentence in refusal_of(tmp_path, ACME + RULES.replace("ADHERENCE", adherence))


def test_a_rule_that_nobody_looked_at_is_one(tmp_path: Path) -> None:
    contract = contract_of(tmp_path, ACME + RULES.replace("ADHERENCE", "unchecked"))
    assert contract.regulations["gdpr_art_28"].adherence == "unchecked"
