"""Records of a file (CSV, JSON Lines or Parquet) as batches of the columns that somebody wants."""

import dataclasses
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pyarrow as pa

from recount.errors import SourceError
from recount.sources import csv_records, json_records, parquet_records
from recount.sources.words import shown

_START_BYTES = 4096
Reader = Callable[[bytes | Path, str, Collection[str]], tuple[list[str], Iterator[pa.RecordBatch]]]


@dataclasses.dataclass(frozen=True)
class Records:
    """The names of a file's columns, all of them, and the wanted ones record by record."""

    columns: tuple[str, ...]
    batches: Iterator[pa.RecordBatch]


def read(data: bytes | Path, file_name: str, wanted: Collection[str]) -> Records:
    """Open a file by what it begins with; SourceError if a wanted column is there twice."""
    columns, batches = _reader_of(data)(data, file_name, wanted)
    for name in wanted:
        if columns.count(name) > 1:
            raise SourceError(f"{file_name} has the column {name!r} twice; remove one of them")
    return Records(tuple(columns), batches)


def require(records: Records, file_name: str, required: Collection[str]) -> None:
    """Raise a SourceError that names the first required column that the file lacks."""
    for name in required:
        if name not in records.columns:
            raise SourceError(
                f"{file_name} has no column {name!r}; its header is "
                f"{shown(','.join(records.columns))}: add the column, separated by commas"
            )


def count(data: bytes | Path, file_name: str, column: str) -> int:
    """Return how many records a file has, reading one column that it has."""
    return sum(batch.num_rows for batch in read(data, file_name, [column]).batches)


def is_parquet(data: bytes | Path) -> bool:
    """Say whether a file is Parquet."""
    return _start(data).startswith(parquet_records.MAGIC)


def is_json_lines(data: bytes | Path) -> bool:
    """Say whether a file is JSON Lines; what is neither that nor Parquet is read as CSV."""
    return json_records.is_json_lines(_start(data))


def _reader_of(data: bytes | Path) -> Reader:
    if is_parquet(data):
        return parquet_records.opened
    return json_records.opened if is_json_lines(data) else csv_records.opened


def _start(data: bytes | Path) -> bytes:
    if isinstance(data, bytes):
        return data[:_START_BYTES]
    with data.open("rb") as file:
        return file.read(_START_BYTES)
