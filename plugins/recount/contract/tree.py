"""A contract's YAML as texts, lists and mappings, with the line of each.

YAML guesses the type of what is not quoted: `no` becomes false, `1_000` a number, `0.99` a binary
float. Here nothing is guessed: a scalar stays the text that people see, and the model types it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from recount.contract.vocabulary import shown
from recount.errors import ContractError

CEILING_DEPTH = 30
CEILING_VALUES = 250_000

Where = tuple[str | int, ...]

# Control characters but tab, line feed, carriage return and NEL; surrogates; non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


class Plain(str):
    """A scalar that was written without quotes."""

    __slots__ = ()


@dataclass(frozen=True)
class Tree:
    """What one file says, before any of it has a type."""

    file: Path
    value: Any
    lines: Mapping[Where, int]

    def known(self, where: Where) -> Where:
        """Return the longest beginning of `where` that the file has."""
        while where and where not in self.lines:
            where = where[:-1]
        return where

    def line(self, where: Where) -> int:
        """Return the line of a key or list item, else of the mapping where it is missing."""
        return self.lines[self.known(where)]

    def sentence(self, where: Where, because: str) -> str:
        """Name file, line and key in front of what is wrong there."""
        key = f"{readable(dotted(where))}: " if where else ""
        return f"{self.file}:{self.line(where)}: {key}{because}"

    def error(self, where: Where, because: str) -> ContractError:
        """Return the error to raise for what is wrong at a key."""
        return ContractError(self.sentence(where, because))


def dotted(where: Where) -> str:
    """Write a place as people read it: `actors.ai_agent[0].id`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
    return "".join(steps).removeprefix(".")


def readable(place: str) -> str:
    """Return a place on one line, whatever somebody wrote as a key."""
    written = "".join(letter if letter.isprintable() else "?" for letter in place[:200])
    return written + ("..." if len(place) > 200 else "")


def undotted(where: str) -> Where:
    """Read a place that `dotted` wrote."""
    steps = re.findall(r"\[(\d+)\]|([^.\[\]]+)", where)
    return tuple(int(index) if index else name for index, name in steps)


def grow(file: Path, text: str) -> Tree:
    """Read one YAML document; ContractError where it is more than texts, lists and mappings."""
    builder = _Builder(file)
    if found := _UNPRINTABLE.search(text):
        builder.line = text.count("\n", 0, found.start()) + 1
        builder.refuse_character(found[0])
    try:
        for event in yaml.parse(text, Loader=yaml.BaseLoader):
            builder.take(event)
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # PyYAML leaks the last two
        builder.refuse_syntax(error)
    if builder.document_count == 0:
        builder.refuse("this file is empty; write a contract in it")
    return Tree(file, builder.value, builder.lines)


@dataclass
class _Open:
    """A mapping or list whose end has not come yet."""

    where: Where
    value: Any
    key: str | None = None


@dataclass
class _Builder:
    """Takes the parser's events one by one, so that no depth can exhaust the stack."""

    file: Path
    line: int = 1
    document_count: int = 0
    value: Any = None
    lines: dict[Where, int] = field(default_factory=dict)
    stack: list[_Open] = field(default_factory=list)

    def refuse(self, because: str) -> NoReturn:
        raise ContractError(f"{self.file}:{self.line}: {because}")

    def refuse_character(self, character: str) -> NoReturn:
        self.refuse(f"a contract cannot hold the character U+{ord(character):04X}; remove it")

    def refuse_syntax(self, error: Exception) -> NoReturn:
        mark = getattr(error, "problem_mark", None)
        self.line = mark.line + 1 if mark else self.line
        problem = getattr(error, "problem", None) or "a character that YAML does not know"
        self.refuse(f"this is not YAML ({problem}); correct this line or the one before it")

    def take(self, event: Any) -> None:
        self.line = event.start_mark.line + 1
        self._refuse_what_is_not_text(event)
        match event:
            case yaml.DocumentStartEvent():
                self.document_count += 1
                if self.document_count > 1:
                    self.refuse("a second document begins here; write one contract per file")
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.MappingStartEvent():
                self._open({})
            case yaml.SequenceStartEvent():
                self._open([])
            case yaml.CollectionEndEvent():
                self.stack.pop()

    def _refuse_what_is_not_text(self, event: Any) -> None:
        anchor, tag = (getattr(event, name, None) or "" for name in ("anchor", "tag"))
        if isinstance(event, yaml.AliasEvent):
            self.refuse(f"*{anchor[:40]} repeats a part by reference; write the part out")
        if anchor:
            self.refuse(f"&{anchor[:40]} is an anchor; remove it and write each part out")
        if tag:
            self.refuse(f"{shown(tag)} is a YAML tag; remove it, the schema gives the types")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if found := _UNPRINTABLE.search(event.value):
            self.refuse_character(found[0])
        inside = self.stack[-1] if self.stack else None
        if inside and isinstance(inside.value, dict) and inside.key is None:
            self._key(inside, event.value)
        else:
            self._place(Plain(event.value) if event.style is None else event.value)

    def _key(self, mapping: _Open, key: str) -> None:
        place = (*mapping.where, key)
        if key in mapping.value:
            first = self.lines[place]
            self.refuse(
                f"{readable(dotted(place))} stands here again (first on line {first}); keep one"
            )
        self.lines[place] = self.line
        mapping.key = key

    def _open(self, value: Any) -> None:
        if len(self.stack) >= CEILING_DEPTH:
            self.refuse(f"more than {CEILING_DEPTH} levels are nested here; a contract needs fewer")
        inside = self.stack[-1] if self.stack else None
        if inside and isinstance(inside.value, dict) and inside.key is None:
            self.refuse("a list or mapping stands where a key belongs; write a word as the key")
        self.stack.append(_Open(self._place(value), value))

    def _place(self, value: Any) -> Where:
        """Put a value where the parser stands, and remember the line."""
        if len(self.lines) >= CEILING_VALUES:
            self.refuse(f"more than {CEILING_VALUES:,} values stand here; split the contract")
        if not self.stack:
            self.value = value
            self.lines[()] = self.line
            return ()
        inside = self.stack[-1]
        if isinstance(inside.value, list):
            place: Where = (*inside.where, len(inside.value))
            inside.value.append(value)
            self.lines[place] = self.line
        else:
            place = (*inside.where, str(inside.key))
            inside.value[inside.key] = value
            inside.key = None
        return place
