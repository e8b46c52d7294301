"""Which line of an invoice means which outcome: exactly what the contract declares, or itself."""

from collections.abc import Collection, Mapping
from typing import Annotated

from pydantic import AfterValidator

from recount.errors import SourceError
from recount.sources.terms import Names
from recount.sources.words import shown

# What a line says about itself; the first that it has names its type where none is declared.
Facts = Mapping[str, Collection[str]]
Rule = dict[str, Names]


def _rules(outcomes: dict[str, Rule]) -> dict[str, Rule]:
    for outcome, rule in outcomes.items():
        if not rule or not all(rule.values()):
            raise ValueError(
                f'say by what a line means {outcome}, for example {outcome}: {{item: "AR-RES"}}'
            )
    return outcomes


Outcomes = Annotated[dict[str, Rule], AfterValidator(_rules)]


def unknown_fact(outcomes: Outcomes, known: Collection[str]) -> tuple[str, str] | None:
    """Return the first outcome and key that lines of a format do not have."""
    keys = ((outcome, key) for outcome, rule in outcomes.items() for key in rule)
    return next((each for each in keys if each[1] not in known), None)


def declared(outcomes: Outcomes, facts: Facts, where: str) -> str | None:
    """Return the outcome whose rule a line fits: every key, one of its texts, exactly."""
    found = [
        outcome
        for outcome, rule in outcomes.items()
        if all(set(texts) & set(facts.get(key, ())) for key, texts in rule.items())
    ]
    if len(found) > 1:
        raise SourceError(
            f"{where} means {found[0]} and {found[1]} by the contract; "
            "make the outcomes of the invoice exclude each other"
        )
    return found[0] if found else None


def undeclared(facts: Facts, prefix: str = "item") -> str:
    """Name the type of a line that no outcome is declared for.

    No outcome of a contract can have a colon in its name, so the control total fails on it.
    """
    said = next((text for texts in facts.values() for text in texts if text), "without a name")
    return f"{prefix}:{said}"


def only(texts: Collection[str], where: str) -> str | None:
    """Return a line's subject; SourceError if it names several."""
    distinct = [text for text in dict.fromkeys(texts) if text]
    if len(distinct) > 1:
        raise SourceError(
            f"{where} names the subjects {shown(distinct[0])} and {shown(distinct[1])}; "
            "such a line bills for 1, so ask for a line per subject"
        )
    return distinct[0] if distinct else None
