"""The kinds of text that a contract holds, and how each must be written."""

import re
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema

from recount.contract.vocabulary import event_types, minor_units, shown, unknown
from recount.periods import zone

_LONGEST_LINE, _LONGEST_PROSE = 300, 4000


def text_of(value: object) -> str:
    """Return a scalar as text; ValueError where it is empty, a list or a mapping."""
    if not isinstance(value, str):
        raise ValueError("write one text here, not a list or a mapping")
    if not value.strip():
        raise ValueError("this is empty; give it a value or leave the key out")
    return str(value)


def written_as(pattern: str, advice: str) -> Callable[[object], str]:
    """Return a validator of texts that a pattern must match as a whole."""

    def read(value: object) -> str:
        text = text_of(value)
        if not re.fullmatch(pattern, text):
            raise ValueError(f"{shown(text)} is {advice}")
        return text

    return read


def schema_of(pattern: str, **more: Any) -> WithJsonSchema:
    """Return the JSON Schema of texts that a pattern must match as a whole."""
    return WithJsonSchema({"type": "string", "pattern": f"^({pattern})$", **more})


def _prose(value: object) -> str:
    text = text_of(value)
    if len(text) > _LONGEST_PROSE:
        raise ValueError(f"this is longer than {_LONGEST_PROSE} characters; shorten it")
    return text


def _line(value: object) -> str:
    text = text_of(value)
    if len(text) > _LONGEST_LINE or len(text.splitlines()) > 1:
        raise ValueError(f"write this on one line of at most {_LONGEST_LINE} characters")
    if text != text.strip():
        raise ValueError(f"{shown(text)} begins or ends with a space; remove it")
    return text


def _zone_name(value: object) -> str:
    return zone(text_of(value)).key


def _currency(value: object) -> str:
    code = text_of(value)
    minor_units(code)  # an unknown code has none
    return code


def _event_type(value: object) -> str:
    word = text_of(value)
    if word not in event_types():
        raise ValueError(unknown(word, event_types(), "event type"))
    return word


class _EventTypeWords:
    """Shows editors the event types; the list is a file, so it is read only when asked for."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "enum": [*event_types()]}


class _OrOne:
    """Shows editors that a single value may stand for a list of one."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        several = handler(schema)
        return {"anyOf": [several["items"], several]}


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _each_once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    seen: set[Any] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"{shown(str(value))} stands here twice; keep one")
        seen.add(value)
    return values


_NAME = r"[A-Za-z][A-Za-z0-9_-]{0,63}"
_CONTRACT_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
_ELECTRONIC_ADDRESS = r"[0-9]{4}:[A-Za-z0-9][A-Za-z0-9._-]{0,49}"
_ADDRESS = r'[^\s@,;<>()"\x00-\x20\x7f]{1,64}@[^\s@,;<>()"\x00-\x20\x7f]{1,190}'

Prose = Annotated[str, BeforeValidator(_prose)]
Line = Annotated[str, BeforeValidator(_line)]
Name = Annotated[
    str,
    BeforeValidator(
        written_as(_NAME, "no name; write a letter, then up to 63 letters, digits, _ or -")
    ),
    schema_of(_NAME),
]
ContractName = Annotated[
    str,
    BeforeValidator(
        written_as(_CONTRACT_NAME, "no name; write at most 64 letters, digits, _, . or -")
    ),
    schema_of(_CONTRACT_NAME),
]
Address = Annotated[
    str,
    BeforeValidator(written_as(_ADDRESS, "no mail address; write for example ap@acme.example")),
    WithJsonSchema({"type": "string", "format": "email"}),
]
ElectronicAddress = Annotated[
    str,
    BeforeValidator(
        written_as(
            _ELECTRONIC_ADDRESS,
            "no electronic address; write its scheme's four digits, a colon and the id, for "
            'example "0088:7300010000001"',
        )
    ),
    schema_of(_ELECTRONIC_ADDRESS),
]
ZoneName = Annotated[str, BeforeValidator(_zone_name)]
CurrencyCode = Annotated[str, BeforeValidator(_currency), schema_of("[A-Z]{3}")]
EventType = Annotated[str, BeforeValidator(_event_type), _EventTypeWords()]

Value = TypeVar("Value")
OneOrMore = Annotated[
    tuple[Value, ...],
    Field(min_length=1),
    BeforeValidator(_as_list),
    AfterValidator(_each_once),
    _OrOne(),
]
