"""The shape of an answer: an allow-list of its fields, and a guard of their types (DESIGN 9).

A shape is a msgspec struct. A field that it does not name is left out before anything is stored,
and its name goes into the manifest; a field that is missing or of another type stops the run.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from recount.errors import SourceError
from recount.periods import parse_instant
from recount.sources.requesters import requester_keys

Shape = TypeVar("Shape", bound=msgspec.Struct)


class Person(str):
    """A source's id of a person, as a keyed hash from the moment that it is read."""

    __slots__ = ()


def received(data: bytes, shape: type[Shape], what: str, *, inside: str | None = None) -> Shape:
    """Read an answer; people become keyed hashes. SourceError names the field that is wrong.

    An answer that is a list as a whole becomes the only field of the shape, which is `inside`.
    """
    content = data if inside is None else b'{"' + inside.encode() + b'":' + data + b"}"
    return _read(content, shape, what, is_landed=False)


def landed(data: bytes | Path, shape: type[Shape], what: str) -> Shape:
    """Read a page that `packed` wrote."""
    content = data.read_bytes() if isinstance(data, Path) else data
    return _read(content, shape, what, is_landed=True)


def instant_of(written: str, what: str) -> datetime:
    """Read an instant with its offset; SourceError says `what` has it wrong."""
    try:
        return parse_instant(written)
    except ValueError as problem:
        raise SourceError(f"{what}: {problem}") from None


def packed(document: msgspec.Struct) -> bytes:
    """Write a document as it is landed: the fields of its shape, and nothing that was not there."""
    return msgspec.json.encode(document, enc_hook=str)


def left_out(document: Any, shape: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the paths of the fields of a JSON document that its shape does not name."""
    found: set[str] = set()
    _collect(document, _plan(shape), found)
    return tuple(sorted(found))


def _read(data: bytes, shape: type[Shape], what: str, *, is_landed: bool) -> Shape:
    hashed = requester_keys()

    def person(_: type, said: Any) -> Person:
        if not isinstance(said, int | str):
            raise ValueError("Expected the id of a person")
        # what is no person to the API, such as -1 for the system, says no more than that
        is_nobody = said == "" or (isinstance(said, int) and said <= 0)
        is_somebody = not is_landed and not is_nobody
        return Person(hashed(str(said)) if is_somebody else said)

    try:
        return msgspec.json.decode(data, type=shape, dec_hook=person)
    except msgspec.ValidationError as problem:
        raise SourceError(
            f"{what}: {problem}; the system says something else than its documentation did, "
            "so extend the shape or correct the export"
        ) from None


@dataclass(frozen=True)
class _Plan:
    """What a shape names at one place of a document, and the places below that have names too."""

    prefix: str
    names: frozenset[str]
    nested: tuple[tuple[str, "_Plan"], ...]


@cache
def _plan(shape: type[msgspec.Struct]) -> _Plan:
    return _planned(inspect.type_info(shape), "") or _Plan("", frozenset(), ())


def _planned(described: inspect.Type, path: str) -> _Plan | None:
    types = described.types if isinstance(described, inspect.UnionType) else (described,)
    for each in types:
        if isinstance(each, inspect.ListType):
            return _planned(each.item_type, f"{path}[]")
        if isinstance(each, inspect.StructType):
            prefix = f"{path}." if path else ""
            below = ((f.encode_name, _planned(f.type, prefix + f.encode_name)) for f in each.fields)
            nested = tuple((name, plan) for name, plan in below if plan)
            return _Plan(prefix, frozenset(f.encode_name for f in each.fields), nested)
    return None


def _collect(value: Any, plan: _Plan, found: set[str]) -> None:
    for each in value if isinstance(value, list) else (value,):
        if isinstance(each, dict):
            found.update(plan.prefix + name for name in each.keys() - plan.names)
            for name, below in plan.nested:
                if name in each:
                    _collect(each[name], below, found)
