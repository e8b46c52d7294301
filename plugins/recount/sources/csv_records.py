"""CSV files as batches of text: UTF-8, commas, one header, every record as wide as the header.

Memory stays flat: the file is read in blocks, and no record may be longer than a block. pyarrow
reads on one thread, because only then does it say which record is wrong.
"""

import csv
import io
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from pyarrow import csv as arrow_csv

from recount.errors import SourceError
from recount.sources.csv_quotes import QuotedFile
from recount.sources.words import shown

BLOCK_BYTES = 4 * 1024**2
_HEADER_BYTES = 1024**2


def opened(
    data: bytes | Path, file_name: str, wanted: Collection[str]
) -> tuple[list[str], Iterator[pa.RecordBatch]]:
    """Return the names of all columns, and the wanted ones of them batch by batch."""
    names = header(data, file_name)
    return names, _batches(data, file_name, [name for name in names if name in wanted])


def header(data: bytes | Path, file_name: str) -> list[str]:
    """Return the column names; SourceError if there is no header in UTF-8."""
    with _opened(data) as file:
        start = file.read(_HEADER_BYTES)
    text = start.decode("utf-8-sig", errors="replace")
    try:
        names = next((row for row in csv.reader(io.StringIO(text, newline="")) if row), None)
    except csv.Error:
        names = ["\ufffd"]
    if names is None:
        raise SourceError(f"{file_name} is empty; write a header, also where there are no records")
    if any("\ufffd" in name or "\0" in name for name in names):
        raise SourceError(f"{file_name}: the header is not UTF-8 text; save the file as CSV UTF-8")
    return names


def batches(
    data: bytes | Path, file_name: str, wanted: Collection[str]
) -> Iterator[pa.RecordBatch]:
    """Yield the wanted columns that the file has, as text; an empty cell is null.

    There is at least one batch, with the columns, also where there are no records.
    """
    return opened(data, file_name, wanted)[1]


def _batches(data: bytes | Path, file_name: str, included: list[str]) -> Iterator[pa.RecordBatch]:
    ragged: list[arrow_csv.InvalidRow] = []

    def refuse(row: arrow_csv.InvalidRow) -> str:
        ragged.append(row)
        return "error"

    with _opened(data) as file, pa.PythonFile(QuotedFile(file, file_name), "r") as stream:
        try:
            reader = arrow_csv.open_csv(stream, *_options(included, refuse))
            yield pa.RecordBatch.from_pylist([], schema=reader.schema)
            yield from reader
        except pa.ArrowInvalid as problem:
            raise SourceError(_sentence(file_name, str(problem), ragged)) from None


def _options(
    included: list[str], refuse: object
) -> tuple[arrow_csv.ReadOptions, arrow_csv.ParseOptions, arrow_csv.ConvertOptions]:
    return (
        arrow_csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES),
        arrow_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=refuse),
        arrow_csv.ConvertOptions(
            column_types={name: pa.string() for name in included},
            include_columns=included,
            strings_can_be_null=True,
            null_values=[""],
        ),
    )


def _sentence(file_name: str, said: str, ragged: list[arrow_csv.InvalidRow]) -> str:
    if ragged:
        row = ragged[0]
        # pyarrow counts the header as row 1 and skips blank lines, so this is our record number.
        return (
            f"{file_name}, record {row.number - 1}: {row.actual_columns} instead of "
            f"{row.expected_columns} cells in {shown(row.text)}; "
            "quote cells that hold commas or newlines"
        )
    position = re.search(r"Row #(\d+)", said)
    record = f"record {int(position[1]) - 1}" if position else "a record"
    if "UTF8" in said:
        return f"{file_name}, {record} is not UTF-8; save the file as CSV UTF-8"
    if "straddl" in said or "block" in said:
        return (
            f"{file_name} has a record longer than {BLOCK_BYTES // 1024**2} MiB, or a quote that "
            "is never closed; shorten the record or close the quote"
        )
    return f"{file_name}, {record} cannot be read as CSV; write it as RFC 4180 says"


def _opened(data: bytes | Path) -> BinaryIO:
    return data.open("rb") if isinstance(data, Path) else io.BytesIO(data)
