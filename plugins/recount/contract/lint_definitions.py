"""Lints about what counts: evidence, narrowness, and definitions that define nothing."""

from collections.abc import Iterator

from recount.contract.definitions import Clause, ConcludedBy, Definition, Outcome
from recount.contract.lint_parts import Lint, Shows, Spotted
from recount.contract.model import Contract
from recount.contract.tree import Where
from recount.contract.vocabulary import ACTIVITY_UNITS, only_points_elsewhere

_FEWEST_CLAUSES = 2


def vendor_only_evidence(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    """A vendor's system cannot prove what the vendor bills."""
    for where, pattern in _patterns(contract):
        sources = _sources_that_show(contract, shows, pattern)
        if sources and all(contract.sources[name].party == "vendor" for name in sources):
            because = (
                f"only the vendor's {_listed(sources)} can show {_listed(pattern.event)}; "
                "add a source of the buyer's that shows it"
            )
            yield Spotted("vendor_only_evidence", where, because)


def no_evidence(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    """What nobody logs cannot be decided."""
    shown = {event for name in contract.evidence_sources for event in shows.get(name, ())}
    for where, pattern in _patterns(contract):
        if hidden := [event for event in pattern.event if event not in shown]:
            because = (
                f"no source shows {_listed(hidden)}, so every verdict will be unverifiable; "
                "add a source that shows it"
            )
            yield Spotted("no_evidence", where, because)
    for where, pattern in _vendor_patterns(contract):
        if hidden := [event for event in pattern.event if event not in shown]:
            because = f"no source shows {_listed(hidden)}, so a gap will not be explained by it"
            yield Spotted("no_evidence", where, because, "note")


def definition_is_url(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    """A page of the vendor's can change overnight, and nobody can compute it."""
    for name, outcome in contract.outcomes.items():
        if only_points_elsewhere(outcome.says):
            because = f"{name} only points to a page; say in one sentence what counts"
            yield Spotted("definition_is_url", ("outcomes", name, "says"), because)


def activity_unit(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    """What the vendor performs is not what the buyer achieves."""
    for name in contract.outcomes:
        unit = name.lower().replace("-", "_").split("_")[-1]
        if unit in ACTIVITY_UNITS:
            because = f"{name} counts an activity; bill a result, or record a waiver"
            yield Spotted("activity_unit", ("outcomes", name), because)


def single_clause(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    """One clause is easy to satisfy without the result."""
    for name, outcome in contract.outcomes.items():
        if len(outcome.clauses) < _FEWEST_CLAUSES:
            count = len(outcome.clauses) or "no"
            because = f"{name} has {count} clause; add a second, independent one"
            yield Spotted("single_clause", ("outcomes", name, "clauses"), because)


def no_reopen_window(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    """A ticket that comes back was not resolved."""
    for name, outcome in contract.outcomes.items():
        is_closing = {"solved", "closed"} & set(outcome.concluded_by.event)
        if outcome.subject == "ticket" and is_closing and not _waits_for_reopening(outcome):
            because = (
                f"{name} counts at once; add a clause such as "
                "{forbids: {event: [reopened, followed_up], within: 14 days}}"
            )
            yield Spotted("no_reopen_window", ("outcomes", name, "clauses"), because)


def clause_never_applies(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    """Without a window a clause is about the concluding event, so it must be able to be it."""
    for name, outcome in contract.outcomes.items():
        for clause_name, clause in outcome.clauses.items():
            if not _can_be_conclusion(clause, outcome):
                because = (
                    f"the concluding event is never {_listed(clause.pattern.event)} "
                    "as the clause has it; add a window such as within: 14 days"
                )
                where = ("outcomes", name, "clauses", clause_name)
                yield Spotted("clause_never_applies", where, because)


def _can_be_conclusion(clause: Clause, outcome: Outcome) -> bool:
    pattern, conclusion = clause.pattern, outcome.concluded_by
    has_actor = not (pattern.by and conclusion.by) or set(pattern.by) & set(conclusion.by)
    fits = set(pattern.event) & set(conclusion.event) and has_actor
    return bool(fits) or pattern.window.kind != "concluding_event"


def _waits_for_reopening(outcome: Outcome) -> bool:
    return any(
        clause.forbids and "reopened" in clause.forbids.event and clause.forbids.within
        for clause in outcome.clauses.values()
    )


def _patterns(contract: Contract) -> Iterator[tuple[Where, ConcludedBy]]:
    for name, outcome in contract.outcomes.items():
        yield from _patterns_of(outcome, ("outcomes", name))


def _vendor_patterns(contract: Contract) -> Iterator[tuple[Where, ConcludedBy]]:
    for name, outcome in contract.outcomes.items():
        if outcome.vendor_says:
            yield from _patterns_of(outcome.vendor_says, ("outcomes", name, "vendor_says"))


def _patterns_of(definition: Definition, where: Where) -> Iterator[tuple[Where, ConcludedBy]]:
    yield (*where, "concluded_by"), definition.concluded_by
    for name, clause in definition.clauses.items():
        yield (*where, "clauses", name), clause.pattern


def _sources_that_show(contract: Contract, shows: Shows, pattern: ConcludedBy) -> list[str]:
    events = set(pattern.event)
    return [name for name in contract.evidence_sources if events & set(shows.get(name, ()))]


def _listed(words: list[str] | tuple[str, ...]) -> str:
    return ", ".join(words)


DEFINITION_LINTS: tuple[Lint, ...] = (
    vendor_only_evidence,
    no_evidence,
    definition_is_url,
    activity_unit,
    single_clause,
    no_reopen_window,
    clause_never_applies,
)
