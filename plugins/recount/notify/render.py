"""Templates: data goes in as values only, cleaned and escaped; no text of data is a template."""

import functools
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment

from recount.notify.wording import cleaned, grouped, money
from recount.pages import environment

TEXT_WIDTH = 72
_FOLDER = Path(__file__).parent / "templates"


def render(template: str, view: Mapping[str, Any]) -> str:
    """Fill `<template>.j2`; HTML and SVG are escaped, and no value holds a control character."""
    return _environment().get_template(f"{template}.j2").render(cleaned(view))


@functools.cache
def _environment() -> Environment:
    of_mails = environment(
        _FOLDER, autoescape=lambda name: name is not None and not name.endswith(".txt.j2")
    )
    of_mails.filters.update(grouped=grouped, money=money, wrapped=_wrapped, aligned=_aligned)
    return of_mails


def _wrapped(text: str, indent: int = 0) -> str:
    """Break a paragraph of a plain-text mail, with that many spaces before each line."""
    # A number and its unit stay on one line.
    glued = re.sub(r"(?<=\d) (?=%|[A-Z]{3}\b)", "\N{NO-BREAK SPACE}", text)
    width = TEXT_WIDTH - indent
    lines = textwrap.wrap(glued, width, break_long_words=False, break_on_hyphens=False)
    whole = "\n".join(" " * indent + line for line in lines)
    return whole.replace("\N{NO-BREAK SPACE}", " ")


def _aligned(label: str, figure: str) -> str:
    """Set a label to the left and a figure to the right of one line."""
    room = TEXT_WIDTH - len(figure) - 1
    if len(label) > room:
        return f"{label}\n{figure:>{TEXT_WIDTH}}"
    return f"{label:<{room}} {figure}"
