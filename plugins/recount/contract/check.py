"""Reading and linting any number of contracts, for `recount contract check`; prints nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from recount.contract.lint import LintFinding, lint
from recount.contract.lint_parts import Shows
from recount.contract.model import Contract
from recount.contract.reading import contract_files, read
from recount.contract.versions import refuse_overlaps
from recount.errors import ContractError, RecountError

CLEAN, FOUND, UNUSABLE = 0, 1, 2


@dataclass(frozen=True)
class Checked:
    """One file: the contract and what the lint found, or the sentence why it is unusable."""

    file: Path
    contract: Contract | None = None
    findings: tuple[LintFinding, ...] = ()
    error: str | None = None

    @property
    def exit_code(self) -> int:
        """0 clean, 1 findings, 2 unusable; notes and waived findings are clean."""
        if self.error is not None:
            return UNUSABLE
        return FOUND if any(finding.counts for finding in self.findings) else CLEAN

    def as_json(self) -> dict[str, Any]:
        """Return the result as JSON has it; contract and version are null where it is unusable."""
        return {
            "file": str(self.file),
            "contract": self.contract and self.contract.contract,
            "version": self.contract and self.contract.version,
            "exit_code": self.exit_code,
            "error": self.error,
            "findings": [finding.as_json() for finding in self.findings],
        }


def check(
    paths: Iterable[Path], shows_of: Callable[[Contract], Shows], on: date | None = None
) -> tuple[list[Checked], int]:
    """Lint every contract of files and folders, and return the results and the exit code.

    `shows_of` gives the event types that each source of a contract can show, by the source's name;
    `on` is the day on which waivers must still hold.
    """
    results: list[Checked] = []
    readable: list[Contract] = []
    for file, error in _files(paths):
        result = Checked(file, error=error) if error else _check(file, readable, shows_of, on)
        results.append(result)
    return results, max((result.exit_code for result in results), default=UNUSABLE)


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, str | None]]:
    for path in paths:
        try:
            for file in contract_files(path):
                yield file, None
        except ContractError as error:
            yield path, str(error)


def _check(
    file: Path,
    readable: list[Contract],
    shows_of: Callable[[Contract], Shows],
    on: date | None,
) -> Checked:
    try:
        contract = read(file)
        refuse_overlaps([contract, *_versions_of(contract, readable)])
        readable.append(contract)
        return Checked(file, contract, tuple(lint(contract, shows_of(contract), on)))
    except RecountError as error:
        return Checked(file, error=str(error))


def _versions_of(contract: Contract, readable: list[Contract]) -> Iterator[Contract]:
    return (other for other in readable if other.contract == contract.contract)
