"""What a file says beyond the columns that we need is left out before landing (DESIGN 9).

Ticket text and people are not ours to keep. So the list is an allow-list: a file that has other
columns is written anew without them, in the same order, and the hash of the file as it was
received goes into the manifest.
"""

import itertools
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from recount.sources import json_records, records
from recount.sources.columns import Column
from recount.sources.extraction import Page
from recount.sources.files import Snapshot


@dataclass(frozen=True)
class Replacement:
    """A column that is landed under another name, with its cells converted."""

    name: str
    convert: Callable[[pa.Array], pa.Array]


def page_of(
    file: Snapshot, columns: Sequence[Column], replaced: Mapping[str, Replacement] | None = None
) -> tuple[Page, tuple[str, ...]]:
    """Return the page to land, and the names of the columns of the file that it leaves out.

    The page is the file byte for byte where nothing is left out. SourceError if the file lacks a
    column that is required.
    """
    replaced = replaced or {}
    names = [column.name for column in columns]
    allowed = [name for name in names if name not in {to.name for to in replaced.values()}]
    found = records.read(file.path, file.name, [*allowed, *replaced])
    records.require(found, file.name, [column.name for column in columns if column.is_required])
    left_out = tuple(sorted({name for name in found.columns if name not in allowed}))
    if not left_out:
        count = records.count(file.path, file.name, found.columns[0])
        return Page(file.name, file.path, count), ()
    path, count = _written((_replaced(batch, replaced) for batch in found.batches), file)
    return Page(file.name, path, count, received_sha256=file.sha256), left_out


def _replaced(batch: pa.RecordBatch, replaced: Mapping[str, Replacement]) -> pa.RecordBatch:
    for name, to in replaced.items():
        place = batch.schema.get_field_index(name)
        if place >= 0:
            batch = batch.set_column(place, to.name, to.convert(batch.column(place)))
    return batch


def _written(batches: Iterator[pa.RecordBatch], file: Snapshot) -> tuple[Path, int]:
    first, count = next(batches), 0
    with tempfile.NamedTemporaryFile(dir=file.path.parent, delete=False) as output:
        if records.is_json_lines(file.path):
            for row in itertools.chain(first.to_pylist(), *(each.to_pylist() for each in batches)):
                output.write(json_records.line_of(row))
                count += 1
            return Path(output.name), count
        writer_of = parquet.ParquetWriter if records.is_parquet(file.path) else arrow_csv.CSVWriter
        with writer_of(output, first.schema) as writer:
            for batch in itertools.chain([first], batches):
                writer.write_batch(batch)
                count += batch.num_rows
    return Path(output.name), count
