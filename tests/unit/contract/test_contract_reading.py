"""What a contract may be as a file, before any of it has a meaning."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from recount.contract import reading, tree
from recount.contract.reading import read, read_all
from recount.errors import ContractError
from tests.unit.contract.acme import ACME, acme_with, contract_of, refusal_of


def test_the_contract_of_the_design_page_is_read_with_exact_types(tmp_path: Path) -> None:
    contract = contract_of(tmp_path)

    assert contract.effective.from_ == date(2026, 7, 1)
    assert contract.pricing.outcomes["resolution"].per_outcome == Decimal("0.99")
    assert contract.settlement.final_after == timedelta(days=30)
    assert contract.rights.reclassify is True
    assert contract.rights.set_off is False
    assert list(contract.outcomes["resolution"].clauses) == [
        "no_handoff",
        "stayed_solved",
        "satisfied",
    ]


def test_what_yaml_would_guess_stays_the_text_that_people_see(tmp_path: Path) -> None:
    guessed = "no, 1_000, 010, 2026-01-01, 1e3, null, ~, 12:30:45"
    contract = contract_of(tmp_path, acme_with("[billing, orders]", f"[{guessed}]"))

    assert contract.outcomes["resolution"].scope.queue == tuple(guessed.split(", "))


def test_a_mark_of_byte_order_and_windows_line_ends_make_no_difference(tmp_path: Path) -> None:
    plain = contract_of(tmp_path)
    windows = contract_of(tmp_path, b"\xef\xbb\xbf" + ACME.replace("\n", "\r\n").encode())

    assert windows.model_dump() == plain.model_dump()


def test_a_later_stage_can_name_the_line_of_a_setting(tmp_path: Path) -> None:
    contract = contract_of(tmp_path)

    there = contract.error("sources.invoice.location", "no such bucket; name one")
    missing = contract.error("sources.helpdesk.subjects", "name the file")

    assert str(there).endswith("acme.yml:11: sources.invoice.location: no such bucket; name one")
    assert str(missing).endswith("acme.yml:9: sources.helpdesk.subjects: name the file")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "acme.yml:1: this file is empty; write a contract in it"),
        ("# only a comment\n", "this file is empty"),
        ("- contract: acme\n", "acme.yml:1: a contract is a mapping; begin with a line such as"),
        ("acme\n", "acme.yml:1: a contract is a mapping"),
        (ACME + "---\n" + ACME, "acme.yml:47: a second document begins here; write one contract"),
        (acme_with("USD", "USD\ncurrency: EUR"), "acme.yml:7: currency stands here again (first "),
        (
            acme_with("USD", "!!python/object:os.system USD"),
            "acme.yml:6: 'tag:yaml.org,2002:python",
        ),
        (acme_with("USD", "!!str USD"), "is a YAML tag; remove it"),
        (acme_with("USD", "! USD"), "is a YAML tag; remove it"),
        (acme_with("USD", "&usd USD"), "acme.yml:6: &usd is an anchor; remove it"),
        (acme_with("USD", "*usd"), "acme.yml:6: *usd repeats a part by reference; write the part"),
        (acme_with("currency:", "<<: {a: b}\ncurrency:"), "acme.yml:6: <<: '<<' is no key here"),
        (
            acme_with("currency:", "? [a, b]\n: c\ncurrency:"),
            "a list or mapping stands where a key",
        ),
        (acme_with("USD", "U\0SD"), "acme.yml:6: a contract cannot hold the character U+0000"),
        (acme_with("USD", r'"US\0D"'), "acme.yml:6: a contract cannot hold the character U+0000"),
        (
            acme_with("USD", r'"US\uD800"'),
            "acme.yml:6: a contract cannot hold the character U+D800",
        ),
        (acme_with("USD", r'"\UFFFFFFFF"'), "acme.yml:6: this is not YAML"),
        (acme_with("USD", "[USD"), "this is not YAML"),
        (acme_with("USD", "\tUSD\n\tx: y"), "this is not YAML"),
        (
            ACME.encode().replace(b"GmbH", b"\xfc"),
            "acme.yml:4: this is not UTF-8; save the file as",
        ),
        (ACME.encode("utf-16"), "acme.yml:1: this is not UTF-8"),
    ],
)
def test_what_is_no_plain_mapping_is_refused_with_its_line(
    tmp_path: Path, text: str | bytes, sentence: str
) -> None:
    assert sentence in refusal_of(tmp_path, text)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: "])
def test_a_hundred_thousand_levels_are_refused_without_exhausting_anything(
    tmp_path: Path, opening: str
) -> None:
    refusal = refusal_of(tmp_path, opening * 100_000)

    assert "are nested here; a contract needs fewer" in refusal or "where a key belongs" in refusal


def test_a_bomb_of_anchors_is_refused_at_its_first_anchor(tmp_path: Path) -> None:
    lines = ['a: &a ["x", "x"]'] + [f"b{n}: &b{n} [*a, *a, *a, *a, *a, *a]" for n in range(30)]

    assert "acme.yml:1: &a is an anchor" in refusal_of(tmp_path, "\n".join(lines))


def test_a_key_that_is_no_word_is_named_on_one_line(tmp_path: Path) -> None:
    refusal = refusal_of(tmp_path, acme_with("exit:", f'"a\\nb\u202e{"c" * 500}": 1\nexit:'))

    assert len(refusal.splitlines()) == 1
    assert len(refusal) < 700
    assert refusal.startswith("acme.yml:38: a?b?ccc")


def test_a_file_at_the_ceiling_is_read_and_one_byte_more_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CEILING_BYTES", len(ACME))
    contract_of(tmp_path)

    refusal = refusal_of(tmp_path, ACME + "\n")

    assert "the file is larger than" in refusal


def test_a_file_of_very_many_values_is_refused_at_the_ceiling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "CEILING_VALUES", 10)

    assert "acme.yml:10: more than 10 values stand here" in refusal_of(
        tmp_path, "a:\n" + "  - b\n" * 20
    )


def test_a_file_of_more_than_ten_megabytes_is_refused_unread(tmp_path: Path) -> None:
    refusal = refusal_of(tmp_path, b"#" * (10_000_000 + 1))

    assert refusal == "acme.yml: the file is larger than 10,000,000 bytes; split it by contract"


def test_a_missing_file_and_a_folder_are_no_contract(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"the contract cannot be read .* give the path"):
        read(tmp_path / "missing.yml")
    with pytest.raises(ContractError, match="this is no file; give the path of a contract"):
        read(tmp_path)


def test_a_folder_is_read_in_the_order_of_names_and_only_its_contracts(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", ".hidden.yml", "schema.json", "notes.txt"):
        (tmp_path / name).write_text(ACME if name[0] in "ab" else "not a contract")

    assert [contract.file.name for contract in read_all(tmp_path)] == ["a.yml", "b.yaml"]


def test_a_folder_without_contracts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no contract is in this folder; add a file"):
        read_all(tmp_path)
