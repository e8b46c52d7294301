"""JSON Lines as batches of text: UTF-8, one object for each line, whose keys are the columns.

Figures keep the digits that they were written with. A key that is missing and one that is null are
the same. Memory stays flat: no line may be longer than a block.
"""

import io
import itertools
import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from recount.errors import SourceError
from recount.sources.words import shown

LINE_BYTES = 4 * 1024**2
_BATCH = 50_000
_BOM = b"\xef\xbb\xbf"


def is_json_lines(start: bytes) -> bool:
    """Say whether a file that begins so is JSON Lines."""
    return start.removeprefix(_BOM).lstrip().startswith(b"{")


def opened(
    data: bytes | Path, file_name: str, wanted: Collection[str]
) -> tuple[list[str], Iterator[pa.RecordBatch]]:
    """Return the names of all columns, and the wanted ones of them batch by batch."""
    names = list(dict.fromkeys(name for each in _objects(data, file_name) for name in each))
    included = [name for name in names if name in wanted]
    return names, _batches(_objects(data, file_name), included)


def line_of(cells: dict[str, Any]) -> bytes:
    """Return a record as a line, without what it has not."""
    said = {name: cell for name, cell in cells.items() if cell is not None}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _batches(objects: Iterator[dict[str, Any]], included: list[str]) -> Iterator[pa.RecordBatch]:
    schema = pa.schema([(name, pa.string()) for name in included])
    yield pa.RecordBatch.from_pylist([], schema=schema)
    for rows in _batched(objects):
        cells = [pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in included]
        yield pa.RecordBatch.from_arrays(cells, schema=schema)


def _batched(objects: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while rows := list(itertools.islice(objects, _BATCH)):
        yield rows


def _objects(data: bytes | Path, file_name: str) -> Iterator[dict[str, Any]]:
    number = 0
    with _opened(data) as file:
        while line := file.readline(LINE_BYTES + 1):
            if not line.removeprefix(_BOM).strip():
                continue
            number += 1
            yield _object(line, f"{file_name}, record {number}")


def _object(line: bytes, where: str) -> dict[str, Any]:
    if len(line) > LINE_BYTES:
        raise SourceError(f"{where} is longer than 4 MiB; write one object on each line")
    try:
        found = json.loads(
            line.decode("utf-8-sig"), object_pairs_hook=_once, parse_float=str, parse_int=str,
            parse_constant=str,
        )  # fmt: skip
    except UnicodeDecodeError:
        raise SourceError(f"{where} is not UTF-8 text; save the file as UTF-8") from None
    except (ValueError, RecursionError) as problem:
        raise SourceError(
            f"{where} is no JSON object ({shown(problem)}); write one on each line"
        ) from None
    if not isinstance(found, dict):
        raise SourceError(f"{where} is no JSON object; write one on each line")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for n, (name, _) in enumerate(pairs) if name in dict(pairs[:n]))
        raise ValueError(f"the key {twice} stands in it twice")
    return found


def _text(value: Any) -> str | None:
    """Return a value as a cell: an object or a list is JSON, true is a word."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def _opened(data: bytes | Path) -> BinaryIO:
    return io.BytesIO(data) if isinstance(data, bytes) else data.open("rb")
