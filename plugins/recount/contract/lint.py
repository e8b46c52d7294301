"""What a valid contract still lacks: findings that count, notes that do not, and waivers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from recount.contract.lint_definitions import DEFINITION_LINTS
from recount.contract.lint_parts import Shows, Spotted
from recount.contract.lint_terms import TERM_LINTS
from recount.contract.model import Contract
from recount.contract.terms import Waiver
from recount.contract.tree import dotted, undotted


@dataclass(frozen=True)
class LintFinding:
    """One thing that a lint found, at a place of a contract."""

    file: str
    line: int
    lint: str
    path: str
    because: str
    severity: Literal["finding", "note"] = "finding"
    waived: bool = False
    waived_until: date | None = None

    @property
    def counts(self) -> bool:
        """Whether it makes `recount contract check` exit 1."""
        return self.severity == "finding" and not self.waived

    def as_json(self) -> dict[str, Any]:
        """Return the finding as JSON has it; `waived_until` is null where nothing is waived."""
        until = self.waived_until and self.waived_until.isoformat()
        return vars(self) | {"waived_until": until}


def lint(contract: Contract, shows: Shows, on: date | None = None) -> list[LintFinding]:
    """Return everything found, in the order of the file's lines.

    `shows` gives the event types that each source can show. Waivers hold where `on` is not given,
    and else until the end of the day on which they expire.
    """
    found = [_finding(contract, spotted) for spotted in _spotted(contract, shows)]
    judged = [_waive(finding, contract.waivers, on) for finding in found]
    useless = list(_useless_waivers(contract, found))
    return sorted(judged + useless, key=lambda finding: (finding.line, finding.lint, finding.path))


def report_text(findings: Iterable[LintFinding]) -> str:
    """Write findings as lines that people read and editors jump to."""
    return "".join(f"{_line(finding)}\n" for finding in findings)


def _line(finding: LintFinding) -> str:
    mark = f"waived until {finding.waived_until}" if finding.waived else finding.severity
    place = f"{finding.file}:{finding.line}"
    return f"{place}: {mark}: {finding.lint} at {finding.path}: {finding.because}"


def _spotted(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    for find in (*DEFINITION_LINTS, *TERM_LINTS):
        yield from find(contract, shows)


def _finding(contract: Contract, spotted: Spotted) -> LintFinding:
    return LintFinding(
        file=str(contract.file),
        line=contract.tree.line(spotted.where),
        lint=spotted.lint,
        path=dotted(spotted.where),
        because=spotted.because,
        severity=spotted.severity,
    )


def _waive(finding: LintFinding, waivers: Iterable[Waiver], on: date | None) -> LintFinding:
    """Mark a finding that a person accepted; an expired waiver is told and changes nothing."""
    for waiver in waivers:
        if finding.severity == "note" or not _covers(waiver, finding):
            continue
        if on is None or on <= waiver.expires_on:
            accepted = f"{finding.because} (accepted by {waiver.accepted_by}: {waiver.because})"
            return replace(finding, because=accepted, waived=True, waived_until=waiver.expires_on)
        finding = replace(
            finding, because=f"{finding.because} (the waiver expired on {waiver.expires_on})"
        )
    return finding


def _covers(waiver: Waiver, finding: LintFinding) -> bool:
    return waiver.lint == finding.lint and undotted(waiver.at) == undotted(finding.path)


def _useless_waivers(contract: Contract, found: list[LintFinding]) -> Iterator[LintFinding]:
    for number, waiver in enumerate(contract.waivers):
        if not any(_covers(waiver, finding) for finding in found if finding.severity != "note"):
            because = f"no {waiver.lint} is found at {waiver.at}; correct or remove the waiver"
            where = ("waivers", number)
            yield _finding(contract, Spotted("waives_nothing", where, because, "note"))
