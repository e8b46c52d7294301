"""The contract of the design page, whole and with one thing changed."""

from pathlib import Path

import pytest

from recount.contract.lint import LintFinding, lint
from recount.contract.lint_parts import Shows
from recount.contract.model import Contract
from recount.contract.reading import read
from recount.errors import ContractError

ACME = (Path(__file__).parent / "acme.yml").read_text(encoding="utf-8")


def acme_with(old: str, new: str, *more: tuple[str, str]) -> str:
    """Return the text of the contract with some of it changed."""
    text = ACME
    for before, after in ((old, new), *more):
        assert before in text, f"acme.yml does not say {before!r}"
        text = text.replace(before, after, 1)
    return text


def line_of(part: str) -> int:
    """Return the line on which the contract first says something."""
    return ACME.count("\n", 0, ACME.index(part)) + 1


def contract_of(folder: Path, text: str | bytes = ACME) -> Contract:
    """Write a contract to a file and read it."""
    file = folder / "acme.yml"
    file.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return read(file)


def refusal_of(folder: Path, text: str | bytes) -> str:
    """Return the sentence that refuses a contract, without the folder's name."""
    with pytest.raises(ContractError) as refused:
        contract_of(folder, text)
    return str(refused.value).replace(f"{folder}/", "")


def shows_of(contract: Contract) -> Shows:
    """Return what the event logs of a contract say that they show."""
    sources = contract.evidence_sources.items()
    return {name: source.settings.get("shows", ()) for name, source in sources}


def found_in(contract: Contract, name: str) -> list[LintFinding]:
    """Return what one lint finds."""
    return [found for found in lint(contract, shows_of(contract)) if found.lint == name]
