"""The kinds of number that a contract holds; money is never a binary float."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo, WithJsonSchema

from recount.contract.texts import schema_of, text_of
from recount.contract.tree import Plain
from recount.contract.vocabulary import shown

# Both fit the decimals that the models count with: decimal(18, 6) and decimal(18, 4).
AMOUNT = r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?"
_BOUND = r"-?(0|[1-9][0-9]{0,13})(\.[0-9]{1,4})?"


def _money(value: object, info: ValidationInfo) -> Decimal:
    text, key = text_of(value), info.field_name or "it"
    if not re.fullmatch(AMOUNT, text):
        raise ValueError(
            f"{shown(text)} is no amount; write {key} as digits and a point, not negative, "
            'with at most 6 decimals, for example "1000.00"'
        )
    if isinstance(value, Plain):
        raise ValueError(f'quote {key} ("{text}"); unquoted, YAML reads a float')
    return Decimal(text)


def _percent(value: object, info: ValidationInfo) -> Decimal:
    text, key = text_of(value), info.field_name or "it"
    if not re.fullmatch(AMOUNT, text) or Decimal(text) > 100:
        raise ValueError(f'{shown(text)} is no percentage; write {key} as "0" to "100"')
    if isinstance(value, Plain) and "." in text:
        raise ValueError(f'quote {key} ("{text}"); unquoted, YAML reads a float')
    return Decimal(text)


def _quantity(value: object, info: ValidationInfo) -> Decimal:
    text, key = text_of(value), info.field_name or "it"
    if not re.fullmatch(AMOUNT, text) or not Decimal(text):
        raise ValueError(
            f"{shown(text)} is no quantity; write {key} as digits above 0, with a point and at "
            'most 6 decimals where it needs them, for example 50 or "0.5"'
        )
    if isinstance(value, Plain) and "." in text:
        raise ValueError(f'quote {key} ("{text}"); unquoted, YAML reads a float')
    return Decimal(text)


def _bound(value: object) -> Decimal:
    text = text_of(value)
    if not re.fullmatch(_BOUND, text):
        raise ValueError(
            f"{shown(text)} is no bound; write digits, a point and at most 4 decimals, as in 4.5"
        )
    return Decimal(text)


def _version(value: object) -> int:
    text = text_of(value)
    if not isinstance(value, Plain) or not re.fullmatch("[1-9][0-9]{0,8}", text):
        raise ValueError(f"{shown(text)} is no version; write a number such as 3, unquoted")
    return int(text)


def _month(value: object) -> int:
    text = text_of(value)
    if not isinstance(value, Plain) or not re.fullmatch("[1-9]|1[0-2]", text):
        raise ValueError(f"{shown(text)} is no month; write a number from 1 to 12, unquoted")
    return int(text)


def _truth(value: object) -> bool:
    text = text_of(value)
    if not isinstance(value, Plain) or text not in ("true", "false"):
        raise ValueError(f"{shown(text)} is neither true nor false; write one of them, unquoted")
    return text == "true"


Money = Annotated[Decimal, BeforeValidator(_money), schema_of(AMOUNT)]
Percent = Annotated[
    Decimal,
    BeforeValidator(_percent),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": f"^({AMOUNT})$"},
                {"type": "integer", "minimum": 0, "maximum": 100},
            ]
        }
    ),
]
Quantity = Annotated[
    Decimal,
    BeforeValidator(_quantity),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": f"^({AMOUNT})$"},
                {"type": "integer", "minimum": 1},
            ]
        }
    ),
]
Bound = Annotated[
    Decimal,
    BeforeValidator(_bound),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": f"^({_BOUND})$"}, {"type": "number"}]}),
]
VersionNumber = Annotated[
    int, BeforeValidator(_version), WithJsonSchema({"type": "integer", "minimum": 1})
]
MonthNumber = Annotated[
    int, BeforeValidator(_month), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 12})
]
Truth = Annotated[bool, BeforeValidator(_truth)]
