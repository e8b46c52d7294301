"""What the guard says: one validation per expectation, and a finding where it is not met."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Literal

Severity = Literal["hold", "note"]


class Outcome(StrEnum):
    """What became of an expectation; only the first two were judged on numbers."""

    AS_EXPECTED = "as expected"
    NOT_AS_EXPECTED = "not as expected"
    NOTHING_TO_JUDGE = "nothing to judge"
    DOES_NOT_APPLY = "does not apply"
    NOT_JUDGED = "could not be judged"


@dataclass(frozen=True)
class Finding:
    """What is not as expected: `hold` makes the figures unfit to accuse somebody, `note` does not.

    `because` says why it matters, `observed` what was counted; neither names a subject or an event.
    """

    rule: str
    severity: Severity
    because: str
    observed: str

    def as_dict(self) -> dict[str, str]:
        """Return the finding as the statement's JSON has it."""
        return asdict(self)


@dataclass(frozen=True)
class Validation:
    """One expectation and what came of it; `expected` is how the file states it."""

    hop: str
    table: str
    rule: str
    severity: Severity
    because: str
    expected: str
    observed: str
    outcome: Outcome

    @property
    def finding(self) -> Finding | None:
        """The finding that it makes; what could not be judged holds, whatever its severity."""
        if self.outcome is Outcome.NOT_AS_EXPECTED:
            return Finding(self.rule, self.severity, self.because, self.observed)
        if self.outcome is Outcome.NOT_JUDGED:
            return Finding(self.rule, "hold", self.because, self.observed)
        return None


@dataclass(frozen=True)
class Judgement:
    """Every expectation of a month with its outcome, in the order of the files."""

    validations: tuple[Validation, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is not as expected: holds first, then in the order of the files."""
        found = [each.finding for each in self.validations if each.finding]
        return tuple(sorted(found, key=lambda finding: finding.severity != "hold"))
