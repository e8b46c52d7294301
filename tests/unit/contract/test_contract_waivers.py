"""What a person accepted does not count, until it expires."""

from datetime import date
from pathlib import Path

import pytest

from recount.contract.lint import LintFinding, lint
from tests.unit.contract.acme import acme_with, contract_of, shows_of


def waived_on(
    folder: Path, day: date | None, at: str = "rights.reclassify", name: str = "missing_right"
) -> dict[str, LintFinding]:
    """Lint a contract without the right to reclassify, with a waiver, and return what counts."""
    waiver = (
        f"[{{lint: {name}, at: {at}, because: the first year is a pilot, "
        "accepted_by: P. Lang, expires_on: 2026-12-31}]"
    )
    text = acme_with("waivers: []", f"waivers: {waiver}", ("reclassify: true, ", ""))
    contract = contract_of(folder, text)
    return {found.lint: found for found in lint(contract, shows_of(contract), day)}


@pytest.mark.parametrize("day", [None, date(2026, 1, 1), date(2026, 12, 31)])
def test_a_waived_finding_is_listed_and_does_not_count(tmp_path: Path, day: date | None) -> None:
    found = waived_on(tmp_path, day)["missing_right"]

    assert (found.waived, found.waived_until, found.counts) == (True, date(2026, 12, 31), False)
    assert "(accepted by P. Lang: the first year is a pilot)" in found.because
    assert found.as_json()["waived_until"] == "2026-12-31"


def test_the_day_after_its_expiry_a_waiver_waives_nothing(tmp_path: Path) -> None:
    found = waived_on(tmp_path, date(2027, 1, 1))

    assert found["missing_right"].counts
    assert found["missing_right"].because.endswith("(the waiver expired on 2026-12-31)")
    assert "waives_nothing" not in found


@pytest.mark.parametrize(
    ("at", "name"), [("rights", "missing_right"), ("rights.reclassify", "single_clause")]
)
def test_a_waiver_that_waives_nothing_is_noted(tmp_path: Path, at: str, name: str) -> None:
    found = waived_on(tmp_path, None, at, name)

    assert found["missing_right"].counts
    assert found["waives_nothing"].severity == "note"
    assert found["waives_nothing"].path == "waivers[0]"
