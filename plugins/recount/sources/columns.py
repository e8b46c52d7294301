"""Batches of cells become typed rows; the first wrong cell is named by file, record and column."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recount.errors import SourceError
from recount.sources import records
from recount.sources.kinds import Kind
from recount.sources.words import shown


@dataclass(frozen=True)
class Column:
    """A column of a file.

    `is_required`: the file must have it. `has_blanks`: its cells may be empty.
    """

    name: str
    kind: Kind
    is_required: bool = True
    has_blanks: bool = False
    is_never_negative: bool = False


def optional(name: str, kind: Kind) -> Column:
    """Return a column that a file may lack and whose cells may be empty."""
    return Column(name, kind, is_required=False, has_blanks=True)


def typed(
    data: bytes | Path,
    file_name: str,
    columns: Sequence[Column],
    absent: Collection[str] = ("",),
) -> Iterator[pa.RecordBatch]:
    """Yield the columns with their types, then `record_number` (from 1) and `file`.

    A cell that holds one of the `absent` texts is null. SourceError names what cannot be read.
    """
    found = records.read(data, file_name, [column.name for column in columns])
    records.require(found, file_name, [c.name for c in columns if c.is_required])
    first_record = 1
    for batch in found.batches:
        place = _Place(file_name, first_record)
        arrays = [_typed_column(place, column, batch, absent) for column in columns]
        yield _numbered(arrays, columns, batch.num_rows, place)
        first_record += batch.num_rows


def schema(columns: Sequence[Column]) -> pa.Schema:
    """Return the schema of what `typed` yields."""
    fields = [pa.field(column.name, column.kind.type) for column in columns]
    return pa.schema([*fields, ("record_number", pa.int64()), ("file", pa.string())])


@dataclass(frozen=True)
class _Place:
    file_name: str
    first_record: int

    def error(self, row: int, column: str, because: str) -> SourceError:
        return SourceError(f"{self.file_name}, record {self.first_record + row}, {column}{because}")


def _numbered(
    arrays: list[pa.Array], columns: Sequence[Column], count: int, place: _Place
) -> pa.RecordBatch:
    first = place.first_record
    numbers = pa.array(np.arange(first, first + count, dtype=np.int64))
    names = pa.repeat(pa.scalar(place.file_name, pa.string()), count)
    return pa.RecordBatch.from_arrays([*arrays, numbers, names], schema=schema(columns))


def _typed_column(
    place: _Place, column: Column, batch: pa.RecordBatch, absent: Collection[str]
) -> pa.Array:
    if column.name not in batch.schema.names:
        return pa.nulls(batch.num_rows, column.kind.type)
    cells = _cells(place, column, batch.column(column.name), absent)
    if not column.has_blanks and cells.null_count:
        row = pc.index(pc.is_null(cells), True).as_py()
        raise place.error(row, column.name, " is empty: fill it in or remove the record")
    if column.kind.spelling and pa.types.is_string(cells.type):
        _check_spelling(place, column, cells)
    values = _converted(place, column, cells)
    if column.is_never_negative:
        _check_sign(place, column, values)
    return values


def _cells(place: _Place, column: Column, cells: pa.Array, absent: Collection[str]) -> pa.Array:
    """Return the cells as text, or with the type that the file gives where the kind takes it."""
    given = cells.type
    value_type = given.value_type if pa.types.is_dictionary(given) else given
    if pa.types.is_null(given) or _is_text(value_type):
        text = pc.cast(cells, pa.string())
        blank = pc.is_in(text, pa.array(list(absent), pa.string()))
        return pc.if_else(blank, pa.scalar(None, pa.string()), text)
    if column.kind.accepts(given):
        return cells
    raise SourceError(
        f"{place.file_name}, column {column.name} has the type {given}: {column.kind.advice}; "
        "a text column is always accepted"
    )


def _is_text(given: pa.DataType) -> bool:
    return given in (pa.string(), pa.large_string(), pa.string_view())


def _check_spelling(place: _Place, column: Column, cells: pa.Array) -> None:
    fits = pc.match_substring_regex(cells, column.kind.spelling)
    row = pc.index(fits, False).as_py()
    if row >= 0:
        raise _wrong(place, column, cells, row)


def _check_sign(place: _Place, column: Column, values: pa.Array) -> None:
    row = pc.index(pc.less(values, pa.scalar(0, values.type)), True).as_py()
    if row >= 0:
        raise place.error(
            row, column.name, f" {shown(values[row])}: it must not be negative; correct the file"
        )


def _converted(place: _Place, column: Column, cells: pa.Array) -> pa.Array:
    try:
        return column.kind.convert(cells)
    except (pa.ArrowInvalid, ValueError):
        raise _wrong(place, column, cells, _first_wrong(column.kind, cells)) from None


def _first_wrong(kind: Kind, cells: pa.Array) -> int:
    """Find the first cell that does not convert, by halves: everything before `low` does."""
    low, high = 0, len(cells)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            kind.convert(cells.slice(low, middle - low))
            low = middle
        except (pa.ArrowInvalid, ValueError):
            high = middle
    return low


def _wrong(place: _Place, column: Column, cells: pa.Array, row: int) -> SourceError:
    return place.error(row, column.name, f" {shown(cells[row])}: {column.kind.advice}")
