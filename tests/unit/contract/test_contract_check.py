"""Checking many contracts at once: each has its own result, and the worst decides."""

from pathlib import Path

from recount.contract.check import check
from recount.contract.model import Contract
from recount.errors import SourceError
from tests.unit.contract.acme import ACME, acme_with, shows_of


def test_a_clean_contract_exits_0_and_its_notes_are_there(tmp_path: Path) -> None:
    (tmp_path / "acme.yml").write_text(ACME)

    (result,), code = check([tmp_path], shows_of)

    assert code == 0
    assert result.as_json()["contract"] == "acme-fin"
    assert {found["severity"] for found in result.as_json()["findings"]} == {"note"}


def test_a_finding_exits_1(tmp_path: Path) -> None:
    (tmp_path / "acme.yml").write_text(acme_with("reclassify: true", "reclassify: false"))

    assert check([tmp_path], shows_of)[1] == 1


def test_one_broken_file_exits_2_and_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(ACME)
    (tmp_path / "b.yml").write_text(acme_with('"0.99"', "0.99"))

    results, code = check([tmp_path], shows_of)

    assert code == 2
    assert [result.exit_code for result in results] == [0, 2]
    assert str(results[1].error).startswith(f"{tmp_path}/b.yml:32: pricing.resolution.per_outcome")
    assert results[1].as_json()["contract"] is None


def test_versions_that_overlap_are_unusable_across_files(tmp_path: Path) -> None:
    for name, number in (("a.yml", 3), ("b.yml", 4)):
        (tmp_path / name).write_text(acme_with("version: 3", f"version: {number}"))

    results, code = check([tmp_path / "a.yml", tmp_path / "b.yml"], shows_of)

    assert code == 2
    assert "version 4 overlaps version 3" in str(results[1].error)


def test_a_source_whose_settings_are_unusable_makes_the_contract_so(tmp_path: Path) -> None:
    def refuse(contract: Contract) -> dict[str, list[str]]:
        raise SourceError(f"{contract.file}: name what helpdesk shows")

    (tmp_path / "acme.yml").write_text(ACME)
    (result,), code = check([tmp_path], refuse)

    assert (code, result.error) == (2, f"{tmp_path}/acme.yml: name what helpdesk shows")


def test_nothing_to_check_is_unusable(tmp_path: Path) -> None:
    assert check([], shows_of) == ([], 2)
    (result,), code = check([tmp_path], shows_of)
    assert (code, result.file) == (2, tmp_path)
