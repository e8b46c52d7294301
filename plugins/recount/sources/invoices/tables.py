"""A header and records of cells, from a CSV file in a declared dialect or from elsewhere."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from recount.errors import SourceError
from recount.sources.words import shown

LARGEST_BYTES = 1024**3


@dataclass(frozen=True)
class Cell:
    """A cell's text; `kind` is what a workbook says it is: text, number, date, time or bool."""

    text: str
    kind: str = "text"


Record = dict[str, Cell]


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written; `header_row` counts the records before the first line from 1."""

    delimiter: str = ","
    encoding: str = "utf-8"
    header_row: int = 1


def csv_rows(data: bytes | Path, file_name: str, dialect: Dialect) -> Iterator[list[Cell]]:
    """Yield every row that is not blank; SourceError for a wrong quote or encoding (X13)."""
    size = len(data) if isinstance(data, bytes) else data.stat().st_size
    if size > LARGEST_BYTES:
        raise SourceError(f"{file_name} is larger than 1 GiB; ask for one invoice per file")
    encoding = "utf-8-sig" if dialect.encoding == "utf-8" else dialect.encoding
    with _opened(data) as file, io.TextIOWrapper(file, encoding, newline="") as text:
        reader = csv.reader(text, delimiter=dialect.delimiter, strict=True)
        try:
            for row in reader:
                if row:
                    yield [Cell(each) for each in row]
        except csv.Error as problem:
            raise SourceError(
                f"{file_name}, line {reader.line_num}: {problem}; correct the quotes of this "
                "record, or what the contract says of the file"
            ) from None
        except UnicodeDecodeError:
            raise SourceError(
                f"{file_name} is not {dialect.encoding} text after line {reader.line_num}; "
                "correct encoding in the contract, or save the file anew"
            ) from None


def records(
    rows: Iterator[list[Cell]],
    file_name: str,
    wanted: Sequence[str],
    header_row: int = 1,
    also: Sequence[str] = (),
) -> Iterator[tuple[int, Record]]:
    """Yield number, from 1, and wanted cells of each record; one without any text is left out.

    SourceError if a wanted column is not there once, or a record is not as wide as the header.
    `also` are columns that a file may lack.
    """
    header: list[str] | None = None
    for position, row in enumerate(rows, 1):
        if position == header_row:
            header = [cell.text.strip() for cell in row]
            wanted = [*wanted, *(name for name in also if name in header)]
            _refuse_columns(header, file_name, wanted)
        elif header is not None and any(cell.text for cell in row):
            number = position - header_row
            if len(row) != len(header):
                raise SourceError(
                    f"{file_name}, record {number}: {len(row)} instead of {len(header)} cells; "
                    "correct the record, or the delimiter in the contract"
                )
            yield number, {name: row[header.index(name)] for name in wanted}
    if header is None:
        raise SourceError(f"{file_name} has no row {header_row}, where its header should be")


def _refuse_columns(header: list[str], file_name: str, wanted: Sequence[str]) -> None:
    for name in wanted:
        if header.count(name) != 1:
            how_often = "twice" if name in header else "not at all"
            raise SourceError(
                f"{file_name} has the column {shown(name)} {how_often}; its header is "
                f"{shown(', '.join(header))}: correct the file or the contract"
            )


@contextmanager
def _opened(data: bytes | Path) -> Iterator[BinaryIO]:
    if isinstance(data, bytes):
        yield io.BytesIO(data)
        return
    with data.open("rb") as file:
        yield file
