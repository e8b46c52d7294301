"""Parquet files as batches, read by a child process that may fail without harm."""

import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from recount.errors import SourceError
from recount.sources import parquet_child
from recount.sources.words import shown

MAGIC = b"PAR1"


def opened(
    data: bytes | Path, file_name: str, wanted: Collection[str]
) -> tuple[list[str], Iterator[pa.RecordBatch]]:
    """Return the names of all columns, and the wanted ones of them batch by batch."""
    found = batches(data, file_name, wanted)
    first = next(found)
    names = json.loads(first.schema.metadata[b"names"])
    return names, itertools.chain([first.replace_schema_metadata()], found)


def batches(
    data: bytes | Path, file_name: str, wanted: Collection[str]
) -> Iterator[pa.RecordBatch]:
    """Yield the wanted columns that the file has, with the types that it gives them.

    There is at least one batch, with the columns, also where there are no records; the metadata of
    its schema has the names of all columns. SourceError if the file cannot be read.
    """
    with _reader(data, file_name, wanted) as reader:
        yield pa.RecordBatch.from_pylist([], schema=reader.schema)
        yield from reader


@contextmanager
def _reader(
    data: bytes | Path, file_name: str, wanted: Collection[str]
) -> Iterator[pa.RecordBatchReader]:
    # -P keeps this folder, whose modules have plain names, off the child's import path.
    command = [sys.executable, "-P", str(Path(parquet_child.__file__))]
    with _on_disk(data) as path, tempfile.TemporaryFile() as said:
        arguments = [*command, str(path), *sorted(wanted)]
        # numpy comes with pyarrow, and would start threads for mathematics that nobody does
        alone = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=said, env=alone) as child:
            try:
                with pa.ipc.open_stream(child.stdout) as reader:
                    yield reader
                # A stream that breaks off between two batches looks like one that ended.
                if child.wait() != 0:
                    raise pa.ArrowInvalid("the child failed")
            except (pa.ArrowInvalid, OSError):
                child.kill()
                said.seek(0)
                because = said.read(2000).decode("utf-8", "replace").strip()
                raise SourceError(
                    f"{file_name} cannot be read as Parquet: {shown(because or 'it is damaged')}; "
                    "write the file again"
                ) from None
            finally:
                child.kill()


@contextmanager
def _on_disk(data: bytes | Path) -> Iterator[Path]:
    if isinstance(data, Path):
        yield data
        return
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        yield Path(file.name)
