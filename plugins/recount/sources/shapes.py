"""The shape of an answer: an allow-list of its fields, and a guard of their types (DESIGN 9).

A shape is a msgspec struct. A field that it does not name is left out before anything is stored,
and its name goes into the manifest; a field that is missing or of another type stops the run.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
from msgspec import inspect

from recount.errors import SourceError
from recount.sources.requesters import requester_key

Shape = TypeVar("Shape", bound=msgspec.Struct)


class Person(str):
    """A source's id of a person, as a keyed hash from the moment that it is read."""

    __slots__ = ()


def received(data: bytes, shape: type[Shape], what: str) -> Shape:
    """Read an answer; people become keyed hashes. SourceError names the field that is wrong."""
    return _read(data, shape, what, is_landed=False)


def landed(data: bytes | Path, shape: type[Shape], what: str) -> Shape:
    """Read a page that `packed` wrote."""
    content = data.read_bytes() if isinstance(data, Path) else data
    return _read(content, shape, what, is_landed=True)


def packed(document: msgspec.Struct) -> bytes:
    """Write a document as it is landed: the fields of its shape, and nothing that was not there."""
    return msgspec.json.encode(document, enc_hook=str)


def left_out(document: Any, shape: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the paths of the fields of a JSON document that its shape does not name."""
    return tuple(sorted(set(_unnamed(document, _described(shape), ""))))


def _read(data: bytes, shape: type[Shape], what: str, *, is_landed: bool) -> Shape:
    def person(_: type, said: Any) -> Person:
        # what is no person to the API, such as -1 for the system, says no more than that
        is_somebody = not is_landed and not (isinstance(said, int) and said <= 0)
        return Person(requester_key(str(said)) if is_somebody else said)

    try:
        return msgspec.json.decode(data, type=shape, dec_hook=person)
    except msgspec.ValidationError as problem:
        raise SourceError(
            f"{what}: {problem}; the system says something else than its documentation did, "
            "so extend the shape or correct the export"
        ) from None


@cache
def _described(shape: type[msgspec.Struct]) -> inspect.Type:
    return inspect.type_info(shape)


def _unnamed(value: Any, described: inspect.Type, path: str) -> Iterator[str]:
    if isinstance(value, list):
        item = _alternative(described, inspect.ListType | inspect.VarTupleType)
        for each in value if item else ():
            yield from _unnamed(each, cast(inspect.ListType, item).item_type, f"{path}[]")
    elif isinstance(value, dict):
        struct = _alternative(described, inspect.StructType)
        named = {field.encode_name: field.type for field in struct.fields} if struct else {}
        for name, inner in value.items() if struct else ():
            if name in named:
                yield from _unnamed(inner, named[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}".lstrip(".")


def _alternative(described: inspect.Type, kind: Any) -> Any:
    """Return the alternative of a union that is of that kind; the type itself if it is no union."""
    types = described.types if isinstance(described, inspect.UnionType) else (described,)
    return next((each for each in types if isinstance(each, kind)), None)
