"""The example contracts are clean, so that nobody copies a mistake."""

from pathlib import Path

import pytest

from recount.contract.lint import lint
from recount.contract.lint_parts import Shows
from recount.contract.model import Contract
from recount.contract.reading import read, read_all
from recount.project import ROOT
from recount.sources import INVOICE_SYSTEMS, SYSTEMS, source_of, terms_of

FOLDER = ROOT / "contracts" / "examples"


def shows_of(contract: Contract) -> Shows:
    """Return what each source of an example can show."""
    terms = [terms_of(contract, name) for name in contract.evidence_sources]
    return {each.name: source_of(each).shows(each) for each in terms}


@pytest.mark.parametrize("example", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.stem)
def test_an_example_has_neither_findings_nor_notes(example: Path) -> None:
    contract = read(example)

    assert lint(contract, shows_of(contract)) == []


def test_there_is_an_example_of_each_category_and_of_each_system() -> None:
    examples = read_all(FOLDER)
    subjects = {outcome.subject for each in examples for outcome in each.outcomes.values()}
    systems = {source.system for each in examples for source in each.sources.values()}

    assert subjects == {"ticket", "meeting", "recovery", "document"}
    assert systems == {*SYSTEMS, *INVOICE_SYSTEMS}
    assert all(each.has_invoice for each in examples)
