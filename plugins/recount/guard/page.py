"""The page that shows an auditor which faults were looked for in a statement, and what was seen."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Template

from recount.guard.findings import Judgement, Outcome, Validation
from recount.guard.hops import HOPS
from recount.guard.observed import shown
from recount.pages import environment

_FOLDER = Path(__file__).parent / "templates"
_HEAD = ("contract", "version", "period", "as_of", "kind", "decision")
# An expectation is named after the fault that it looks for, so its outcome is about that fault.
_WORDS = {
    Outcome.AS_EXPECTED: "clear",
    Outcome.NOT_AS_EXPECTED: "found",
    Outcome.NOTHING_TO_JUDGE: "nothing to judge",
    Outcome.DOES_NOT_APPLY: "does not apply",
    Outcome.NOT_JUDGED: "could not be judged",
}


def docs_page(judgement: Judgement, statement: Mapping[str, Any]) -> bytes:
    """Return one HTML page, the same bytes for the same judgement; it loads nothing.

    Of the statement's document only its name and inputs are shown, so nothing about a person.
    """
    groups = [
        (title, [each for each in judgement.validations if each.hop == hop])
        for hop, title in HOPS.items()
    ]
    page = _template().render(
        head=[(name, shown(statement[name])) for name in _HEAD if name in statement],
        inputs=[(shown(k), shown(v)) for k, v in statement.get("inputs", {}).items()],
        verdict=_verdict(judgement),
        findings=judgement.findings,
        counts=_counts(judgement),
        groups=[(title, [_row(each) for each in group]) for title, group in groups if group],
    )
    return page.encode()


def _row(validation: Validation) -> dict[str, str]:
    finding = validation.finding
    clear = "clear" if validation.outcome is Outcome.AS_EXPECTED else "idle"
    return {
        "rule": validation.rule,
        "outcome": _WORDS[validation.outcome],
        "colour": finding.severity if finding else clear,
        "severity": finding.severity if finding else validation.severity,
        "because": validation.because,
        "observed": validation.observed,
        "expected": f"{validation.table}: {validation.expected}",
    }


def _counts(judgement: Judgement) -> list[tuple[str, int]]:
    """Count the faults looked for under their outcomes; what did not occur says so with 0."""
    outcomes = [each.outcome for each in judgement.validations]
    counted = [(_WORDS[outcome], outcomes.count(outcome)) for outcome in Outcome]
    return [("looked for", len(outcomes)), *counted]


def _verdict(judgement: Judgement) -> str:
    severities = [finding.severity for finding in judgement.findings]
    holds, notes = severities.count("hold"), severities.count("note")
    if holds:
        return f"These figures must not accuse anybody yet: {holds} finding{_s(holds)} to clear up."
    if notes:
        return f"Nothing speaks against these figures; {notes} thing{_s(notes)} to know."
    return "Nothing speaks against these figures."


def _s(number: int) -> str:
    return "" if number == 1 else "s"


@functools.cache
def _template() -> Template:
    return environment(_FOLDER).get_template("docs.html.j2")
