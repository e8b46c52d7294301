"""What a cell may hold: each kind says how it is written, and turns text into its exact type.

pyarrow converts whole batches. It forgives more than we do (`1e3`, `5.`, 30 February in some
functions), so the spelling is checked first, by a pattern that covers the whole cell.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

INSTANT_TYPE = pa.timestamp("us")  # UTC, and naive, because SQL compares UTC only (DESIGN 7)
# The same spelling as `periods.parse_instant`; a test keeps the two together.
_INSTANT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
)
_FIRST_INSTANT = pa.scalar(datetime(1, 1, 1, tzinfo=UTC), pa.timestamp("us", "UTC"))
_LAST_INSTANT = pa.scalar(datetime.max.replace(tzinfo=UTC), pa.timestamp("us", "UTC"))
_DEEPEST = 20  # levels of brackets in attributes; deeper is an attack on the reader of it


@dataclass(frozen=True)
class Kind:
    """A kind of cell: its type, the spelling that is accepted, and the advice if it is not met.

    `accepts` says which Parquet types are taken beside text; `type` may be one of them. `convert`
    raises pa.ArrowInvalid or ValueError on a value that is spelled well and still is none.
    """

    type: pa.DataType
    advice: str
    spelling: str | None
    accepts: Callable[[pa.DataType], bool]
    convert: Callable[[pa.Array], pa.Array]


def _nothing_else(_: pa.DataType) -> bool:
    return False


def _to_instants(cells: pa.Array) -> pa.Array:
    instants = pc.cast(cells, pa.timestamp("us", "UTC"))
    inside = pc.and_(
        pc.greater_equal(instants, _FIRST_INSTANT), pc.less_equal(instants, _LAST_INSTANT)
    )
    if pc.all(inside).as_py() is False:
        raise pa.ArrowInvalid("out of range")
    return instants.view(INSTANT_TYPE)


def _has_zone(given: pa.DataType) -> bool:
    return pa.types.is_timestamp(given) and given.tz is not None


def _to_text(cells: pa.Array) -> pa.Array:
    return pc.cast(cells, pa.string())


def _is_exact(given: pa.DataType) -> bool:
    return bool(pa.types.is_integer(given) or pa.types.is_decimal(given))


def _to_objects(cells: pa.Array) -> pa.Array:
    for cell in pc.unique(cells.drop_null()):
        _check_object(str(cell))
    return cells


def _check_object(text: str) -> None:
    def refuse_number(name: str) -> None:
        raise ValueError(f"{name} is no JSON")

    def refuse_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("readers differ on which of two equal keys counts")
        return dict(pairs)

    try:
        value = json.loads(text, parse_constant=refuse_number, object_pairs_hook=refuse_repeats)
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(value, dict) or _is_deeper(value, _DEEPEST):
        raise ValueError("no object")


def _is_deeper(value: object, levels: int) -> bool:
    inner: Collection[object] = ()
    if isinstance(value, dict):
        inner = value.values()
    elif isinstance(value, list):
        inner = value
    return levels < 0 or any(_is_deeper(item, levels - 1) for item in inner)


def decimal(scale: int) -> Kind:
    """Return the kind of a decimal number with 18 digits, `scale` of them after the point."""
    exact = pa.decimal128(18, scale)

    def convert(cells: pa.Array) -> pa.Array:
        # An integer column claims 19 digits; so it goes through a wider decimal.
        wide = pc.cast(cells, pa.decimal128(38, scale)) if _is_exact(cells.type) else cells
        return pc.cast(wide, exact)

    return Kind(
        exact,
        f"write a number such as 12.5: at most {18 - scale} digits before and {scale} after a "
        "point, no other separator, no exponent",
        rf"^-?[0-9]+(\.[0-9]{{1,{scale}}})?$",
        _is_exact,
        convert,
    )


def choice(*values: str) -> Kind:
    """Return the kind of a cell that holds one of a few words."""
    allowed = pa.array(values, pa.string())

    def convert(cells: pa.Array) -> pa.Array:
        if pc.all(pc.or_(pc.is_null(cells), pc.is_in(cells, allowed))).as_py() is False:
            raise pa.ArrowInvalid("another word")
        return cells

    return Kind(pa.string(), f"write one of {', '.join(values)}", None, _nothing_else, convert)


def _cast_to(kind: pa.DataType) -> Callable[[pa.Array], pa.Array]:
    return lambda cells: pc.cast(cells, kind)


TEXT = Kind(pa.string(), "write text", None, pa.types.is_integer, _to_text)
INSTANT = Kind(
    INSTANT_TYPE,
    "write an instant with its offset, for example 2016-03-01T09:00:00Z",
    _INSTANT,
    _has_zone,
    _to_instants,
)
WHOLE_NUMBER = Kind(
    pa.int64(),
    "write a whole number, digits only",
    "^[0-9]{1,19}$",
    pa.types.is_integer,
    _cast_to(pa.int64()),
)
DATE = Kind(
    pa.date32(),
    "write a date such as 2016-03-31",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    pa.types.is_date,
    _cast_to(pa.date32()),
)
YES_OR_NO = Kind(
    pa.bool_(),
    "write true or false",
    "(?i)^(true|false)$",
    pa.types.is_boolean,
    _cast_to(pa.bool_()),
)
JSON_OBJECT = Kind(
    pa.string(), 'write a JSON object such as {"region": "north"}', None, _nothing_else, _to_objects
)
