"""The example contracts are clean, so that nobody copies a mistake."""

from pathlib import Path

import pytest

from recount.contract.lint import lint
from recount.contract.lint_parts import Shows
from recount.contract.model import Contract
from recount.contract.reading import read, read_all
from recount.project import ROOT

FOLDER = ROOT / "contracts" / "examples"
SERVICENOW = ("opened", "assigned", "solved", "closed", "reopened")


def shows_of(contract: Contract) -> Shows:
    """Return what each source of an example can show."""
    sources = contract.evidence_sources.items()
    return {name: source.settings.get("shows", SERVICENOW) for name, source in sources}


@pytest.mark.parametrize("example", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.stem)
def test_an_example_has_neither_findings_nor_notes(example: Path) -> None:
    contract = read(example)

    assert lint(contract, shows_of(contract)) == []


def test_the_examples_are_one_per_category_and_use_the_file_sources() -> None:
    examples = read_all(FOLDER)
    subjects = {outcome.subject for each in examples for outcome in each.outcomes.values()}
    systems = {source.system for each in examples for source in each.sources.values()}

    assert subjects == {"ticket", "meeting", "recovery", "document"}
    assert systems == {"event_log", "servicenow_export", "recount_csv"}
    assert all(each.has_invoice for each in examples)
