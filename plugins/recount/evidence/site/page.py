"""The first page of the site about a statement; it loads nothing, and all text in it is escaped."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Template

from recount.contract.sentences import clause_sentence, conclusion_sentence
from recount.pages import environment
from recount.plain_text import plain

_FOLDER = Path(__file__).parent / "templates"


def index_page(about: Mapping[str, Any]) -> bytes:
    """Return the page; the same bytes for the same facts."""
    outcomes = [
        {
            "name": name,
            "says": outcome.says,
            "concluded": conclusion_sentence(outcome.concluded_by),
            "clauses": [
                (clause, clause_sentence(of), about["clauses"].get((name, clause), {}))
                for clause, of in outcome.clauses.items()
            ],
        }
        for name, outcome in about["contract"].outcomes.items()
    ]
    rights = about["contract"].rights.model_dump()
    return _template().render(about, outcomes=outcomes, rights=rights).encode()


def _seen(value: Any) -> Any:
    """Mark each character that cannot be seen, so that a text is what it looks like."""
    return plain(value) if isinstance(value, str) else "" if value is None else value


@functools.cache
def _template() -> Template:
    return environment(_FOLDER, finalize=_seen).get_template("index.html.j2")
