"""Equal contracts have equal bytes, and different ones do not."""

from pathlib import Path

import pytest

from recount.contract.canonical import canonical_json, digest
from tests.unit.contract.acme import ACME, acme_with, contract_of


def test_layout_comments_and_defaults_make_no_difference(tmp_path: Path) -> None:
    lines = ACME.splitlines(keepends=True)
    moved = "# signed\n" + "".join([*lines[1:7], lines[0], *lines[7:]])
    same = moved.replace(", set_off: false", "").replace("event: solved}", "event: [solved]}")

    assert same != ACME
    assert digest(contract_of(tmp_path, same)) == digest(contract_of(tmp_path))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"0.99"', '"0.98"'),
        ("within: 14 days", "within: 15 days"),
        ("was rated 4", "was rated 3"),
        ("system: event_log", "system: event_log, party: vendor"),
    ],
)
def test_any_change_of_what_it_says_changes_the_hash(tmp_path: Path, old: str, new: str) -> None:
    changed = contract_of(tmp_path, acme_with(old, new))

    assert digest(changed) != digest(contract_of(tmp_path))


def test_the_order_of_clauses_counts_as_the_first_that_fails_is_the_reason(tmp_path: Path) -> None:
    stayed = "      stayed_solved: {forbids: {event: [reopened, followed_up], within: 14 days}}\n"
    first = acme_with(stayed, "", ("    clauses:\n", f"    clauses:\n{stayed}"))

    assert digest(contract_of(tmp_path, first)) != digest(contract_of(tmp_path))


def test_the_canonical_form_is_itself_a_contract(tmp_path: Path) -> None:
    written = canonical_json(contract_of(tmp_path, acme_with("Acme GmbH", "Ümläut 😀 & Co")))

    assert canonical_json(contract_of(tmp_path, written)) == written
    assert b'"per_outcome":"0.99"' in written
    assert "Ümläut 😀 & Co".encode() in written
