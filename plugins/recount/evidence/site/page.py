"""The first page of the site about a statement; it loads nothing, and all text in it is escaped."""

import functools
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Template

from recount.contract.sentences import clause_sentence, conclusion_sentence
from recount.pages import environment

_FOLDER = Path(__file__).parent / "templates"
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


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
    if not isinstance(value, str):
        return "" if value is None else value
    return "".join("\ufffd" if unicodedata.category(sign) in _UNSEEN else sign for sign in value)


@functools.cache
def _template() -> Template:
    return environment(_FOLDER, finalize=_seen).get_template("index.html.j2")
