"""What the documentation says, taken apart: links, commands, code blocks, variables."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from recount.cli import main
from recount.project import ROOT

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text_of(name: str) -> str:
    """Return a page, such as `docs/contracts.md`."""
    return (ROOT / name).read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of a language, in order."""
    return [body for marked, body in _BLOCK.findall(text) if marked == language]


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Yield the path and the anchor of each link that does not leave the repository."""
    prose = _BLOCK.sub("", page.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if "://" not in target:
            path, _, anchor = target.partition("#")
            yield path, anchor


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    prose = _BLOCK.sub("", page.read_text("utf-8"))
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words after `recount` of every command line, in prose and in code blocks."""
    joined = text.replace("\\\n", " ")
    in_code = "\n".join(body for _, body in _BLOCK.findall(joined))
    yield from map(shlex.split, re.findall(r"^(?:\$ )?recount ([a-z-].*)$", in_code, re.MULTILINE))
    prose = " ".join(_BLOCK.sub("", joined).split())
    yield from map(shlex.split, re.findall(r"`recount ([^`]+)`", prose))


def refused(words: list[str]) -> str | None:
    """Say which command or option the command line does not have."""
    command: click.Command = main
    rest = list(words)
    while isinstance(command, click.Group):
        name = rest.pop(0) if rest else ""
        if name.startswith("-"):
            break
        if name not in command.commands:
            return f"recount {' '.join(words)}: no command {name!r}"
        command = command.commands[name]
        if not rest:
            break
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    unknown = [word for word in rest if word.startswith("--") and word not in known]
    return f"recount {' '.join(words)}: no option {unknown}" if unknown else None
