"""Rows of a landed page of an API as a batch: typed, numbered, and with the page they stand on."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

_PLACE = [("record_number", pa.int64()), ("file", pa.string())]


def with_place(schema: pa.Schema) -> pa.Schema:
    """Return a schema with the columns that say where a row stands."""
    return pa.schema([*schema, *_PLACE])


def batch_of(
    rows: Sequence[Mapping[str, Any]], schema: pa.Schema, file_name: str
) -> pa.RecordBatch:
    """Return rows as a batch of `with_place(schema)`; a column that a row lacks is null."""
    columns = [pa.array([row.get(f.name) for row in rows], f.type) for f in schema]
    numbers = pa.array(range(1, len(rows) + 1), pa.int64())
    files = pa.array([file_name] * len(rows), pa.string())
    return pa.RecordBatch.from_arrays([*columns, numbers, files], schema=with_place(schema))
