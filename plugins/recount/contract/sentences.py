"""Clauses in English, as mails and documents print them."""

from collections.abc import Sequence

from recount.contract.definitions import Clause, ConcludedBy, Pattern
from recount.contract.times import format_duration

_ACTORS = {
    "ai_agent": "AI agent",
    "human_agent": "human agent",
    "requester": "requester",
    "automation": "automation",
    "unknown": "unknown actor",
}
_VERDICTS = {
    "not_met": "the clause is not met",
    "met": "the clause is met",
    "unverifiable": "the clause is unverifiable",
}


def clause_sentence(clause: Clause) -> str:
    """Say what a clause asks for, such as `No reopened event within 14 days after ...`."""
    says = _forbids(clause.pattern) if clause.forbids else _requires(clause.pattern)
    if clause.if_missing:
        says += f"; without such an event {_VERDICTS[clause.if_missing]}"
    return f"{says}."


def conclusion_sentence(concluded_by: ConcludedBy) -> str:
    """Say which events conclude a subject."""
    return f"Concluded by {_article(_events(concluded_by))}."


def _forbids(pattern: Pattern) -> str:
    if pattern.window.kind == "concluding_event":
        return f"The concluding event is not {_article(_events(pattern) + _bounds(pattern))}"
    return f"No {_events(pattern)}{_bounds(pattern)}{_window(pattern)}"


def _requires(pattern: Pattern) -> str:
    if pattern.window.kind == "concluding_event":
        return f"The concluding event is {_article(_events(pattern) + _bounds(pattern))}"
    if pattern.pick in ("first", "last") and _bounds(pattern):
        has_value = _bounds(pattern).replace("with", "has", 1)
        return f"The {pattern.pick} {_events(pattern)}{_window(pattern)}{has_value}"
    return _article(_events(pattern) + _bounds(pattern) + _window(pattern), "A")


def _events(pattern: ConcludedBy) -> str:
    by = f" by {_article(_listed([_ACTORS[by] for by in pattern.by]))}" if pattern.by else ""
    return f"{_listed(pattern.event)} event{by}"


def _bounds(pattern: Pattern) -> str:
    unit = f" {pattern.unit}".replace("_", " ").replace(" score of", " of") if pattern.unit else ""
    bounds = (("at least", pattern.at_least), ("at most", pattern.at_most))
    given = [f"{word} {bound}{unit}" for word, bound in bounds if bound is not None]
    return f" with {' and '.join(given)}" if given else ""


def _window(pattern: Pattern) -> str:
    kind, length = pattern.window
    whose = " on any subject of the same requester" if pattern.link == "requester" else ""
    if length is None:
        return f"{whose} before the conclusion"
    if kind == "within":
        return f"{whose} within {format_duration(length)} after the conclusion"
    return f"{whose} in the session of the conclusion (gaps of at most {format_duration(length)})"


def _listed(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _article(text: str, article: str = "a") -> str:
    return f"{article}{'n' if text[0] in 'aeiouA' else ''} {text}"
