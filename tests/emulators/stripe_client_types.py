"""Is a document what the vendor's client, generated from its OpenAPI document, says it is?

The client's classes carry the type of each field: what may be null or missing, and which states
there are. That is all of the schema that fits into a test; the document itself has 8 MB.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from types import NoneType
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

import stripe as vendor

PLAIN: dict[Any, Any] = {int: int, str: str, bool: bool, float: (int, float), NoneType: NoneType}


def complaints(value: Any, hint: Any, path: str = "") -> Iterator[str]:
    """Yield each place where a value is not of its type."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Union:
        # states are typed as "one of these, or any text to come": only these are known
        is_open = any(get_origin(one) is Literal for one in args)
        tried = [one for one in args if not (is_open and one is str)]
        found = [list(complaints(value, one, path)) for one in tried]
        yield from min(found, key=len)
    elif origin is Literal:
        yield from [] if value in args else [f"{path} is {value!r}"]
    elif origin is list:
        yield from _of_each(value, args[0], path)
    elif hint is Any or getattr(origin, "__name__", "") == "UntypedStripeObject":
        yield from [] if hint is Any or isinstance(value, dict) else [f"{path} is no object"]
    elif getattr(origin, "__name__", "") == "ListObject":
        yield from _of_each(value.get("data"), args[0], f"{path}.data")
    elif isinstance(hint, (ForwardRef, str)):
        named = getattr(vendor, getattr(hint, "__forward_arg__", str(hint)), None)
        yield from complaints(value, named, path) if named else []
    elif hint in PLAIN:
        fits = isinstance(value, PLAIN[hint]) and (hint is bool or not isinstance(value, bool))
        yield from [] if fits else [f"{path} is {value!r}, no {hint.__name__}"]
    elif hint is Decimal:
        yield from [] if _is_decimal(value) else [f"{path} is {value!r}, no decimal"]
    else:
        yield from _of_object(value, hint, path)


def _of_each(value: Any, hint: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path} is no list"
        return
    for number, one in enumerate(value):
        yield from complaints(one, hint, f"{path}[{number}]")


def _of_object(value: Any, class_: type, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} is {value!r}, no {class_.__name__}"
        return
    hints = {
        name: hint
        for one in reversed(class_.__mro__)
        if one.__module__.startswith("stripe.") and one not in (vendor.StripeObject, dict)
        for name, hint in vars(one).get("__annotations__", {}).items()
        if not name.startswith("_") and name != "OBJECT_NAME"
    }
    for name in value.keys() - hints.keys():
        yield f"{path}.{name} is unknown"
    for name, hint in hints.items():
        if name in value:
            yield from complaints(value[name], hint, f"{path}.{name}")
        elif NoneType not in get_args(hint):
            yield f"{path}.{name} is missing"


def _is_decimal(value: Any) -> bool:
    try:
        return isinstance(value, str) and Decimal(value).is_finite()
    except InvalidOperation:
        return False
