"""A sheet of an XLSX workbook, whose archive is measured before anything opens it (X4, X5)."""

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from recount.errors import SourceError
from recount.sources.invoices.crafted_file import read_by_child
from recount.sources.invoices.tables import Cell
from recount.sources.words import shown

LARGEST_MEMBERS = 1000
LARGEST_BYTES = 256 * 1024**2  # of all members, unfolded
LARGEST_RATIO = 200  # of a member, unfolded to packed; sheets reach about 50
_FREE_BYTES = 1024**2  # below, no ratio does harm
_PIECE_BYTES = 256 * 1024
_DTDS = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf")


def rows(data: bytes | Path, file_name: str, sheet: str) -> Iterator[list[Cell]]:
    """Yield the rows of a sheet ("" for the only one), blank ones too."""
    _measure(data, file_name)
    answer = read_by_child(data, file_name, "a workbook", "sheet", sheet)
    for line in io.BytesIO(answer):
        yield [_cell(each) for each in json.loads(line)]


def _cell(said: str | dict[str, str]) -> Cell:
    if isinstance(said, str):
        return Cell(said)
    [(kind, text)] = said.items()
    return Cell(text, kind)


def _measure(data: bytes | Path, file_name: str) -> None:
    """Unfold every member once, and stop at the first that is too much."""
    left = LARGEST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data) as archive:
            members = archive.infolist()
            if len(members) > LARGEST_MEMBERS:
                raise _refused(file_name, f"has {len(members)} members")
            for member in members:
                left = _left(archive, member, file_name, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as problem:
        raise SourceError(
            f"{file_name} cannot be read as a workbook: {shown(problem)}; save it as XLSX anew"
        ) from None


def _left(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file_name: str, left: int) -> int:
    allowed = max(_FREE_BYTES, member.compress_size * LARGEST_RATIO)
    size, tail = 0, b""
    with archive.open(member) as file:
        while piece := file.read(_PIECE_BYTES):
            if size == 0 and piece.startswith(_ARCHIVES):
                raise _refused(file_name, f"holds another archive, {shown(member.filename)}")
            size += len(piece)
            if size > min(left, allowed):
                raise _refused(file_name, f"unfolds into too much at {shown(member.filename)}")
            if any(each in tail + piece for each in _DTDS):
                raise _refused(file_name, f"has a DTD in {shown(member.filename)}")
            tail = piece[-20:]
    return left - size


def _refused(file_name: str, because: str) -> SourceError:
    return SourceError(f"{file_name} {because}, as no invoice does; ask for a plain workbook")
