"""An evidence pack: its members, how they are read, and that not one of its bytes was altered."""

import csv
import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO

from recount.recomputing.months import Row

MEMBERS = (
    "bands.csv", "candidates.csv", "charges.csv", "clause_verdicts.csv", "contract.json",
    "contract.yml", "control_totals.json", "coverage.csv", "credits.csv", "determinations.csv",
    "evaluator.py", "events.csv", "findings.json", "invoice_lines.csv", "landed.json",
    "line_totals.csv", "manifest.json", "method.md", "outcomes.csv", "performance.csv",
    "performance_intervals.csv", "periods.csv", "reconciliation_lines.csv", "run.json",
    "statement.json", "subjects.csv", "verdict_totals.csv", "versions.json",
)  # fmt: skip
MANIFEST = "manifest.json"
FORMAT = 1
_MOST_MEMBERS = 100
_NAME = re.compile(r"[a-z_]+\.[a-z]+", re.ASCII)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # what a zip has for "no time"
_MODE = 0o100644 << 16
_PIECE = 1 << 20


class Unreadable(Exception):
    """This is no evidence pack that could be checked."""


@dataclass(frozen=True)
class Difference:
    """What is not as it must be: in which member, at which row or figure."""

    member: str
    where: str
    says: str

    def __str__(self) -> str:
        """The difference in one sentence."""
        return f"{self.member}: {self.where}{': ' if self.where else ''}{self.says}"


class Pack:
    """An evidence pack that is open to be read; Unreadable where it is none."""

    def __init__(self, file: BinaryIO) -> None:
        """See that nothing in a file can do harm: no member is larger than the file itself."""
        self._file = file
        try:
            self._zip = zipfile.ZipFile(file)
            self._members = {info.filename: info for info in self._zip.infolist()}
            self._refuse_tricks()
            self._starts = {name: self._start(info) for name, info in self._members.items()}
            self.manifest = json.loads(self.read(MANIFEST))
            self.listed = {each["name"]: each for each in self.manifest["members"]}
        except (*BROKEN, zipfile.BadZipFile, struct.error) as error:
            raise Unreadable(f"is no evidence pack ({error})") from None

    def _refuse_tricks(self) -> None:
        infos = self._zip.infolist()
        if len(infos) > _MOST_MEMBERS:
            raise Unreadable(f"has {len(infos)} members, and a pack has {len(MEMBERS)}")
        for info in infos:
            if not _NAME.fullmatch(info.orig_filename):
                raise Unreadable(f"has a member {info.orig_filename!r}, which is no name in a pack")
            if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
                raise Unreadable(f"has {info.filename} compressed or encrypted; a pack is stored")
            if info.file_size != info.compress_size:
                raise Unreadable(f"says two sizes of {info.filename}")
        if len(self._members) < len(infos):
            raise Unreadable("has two members of one name")
        size = self._file.seek(0, io.SEEK_END)
        if sum(info.file_size for info in infos) > size:
            raise Unreadable("has members that are larger than itself")
        if missing := [name for name in MEMBERS if name not in self._members]:
            raise Unreadable(f"is no whole pack: {', '.join(missing)} is missing")

    def _start(self, info: zipfile.ZipInfo) -> int:
        """Where a member's bytes begin, behind a header that names it as the directory does."""
        self._file.seek(info.header_offset)
        header = self._file.read(30)
        name_size, more = map(int, struct.unpack("<HH", header[26:30]))
        if header[:4] != b"PK\x03\x04" or self._file.read(name_size) != info.filename.encode():
            raise Unreadable(f"has another name in front of {info.filename} than in its directory")
        return info.header_offset + 30 + name_size + more

    def opened(self, name: str) -> io.BufferedReader:
        """Open a member as its bytes are, whatever the zip says of their checksum."""
        slice_ = _Slice(self._file, self._starts[name], self._members[name].file_size)
        return io.BufferedReader(slice_, 1 << 16)

    def read(self, name: str) -> bytes:
        """A member's bytes."""
        with self.opened(name) as member:
            return member.read()

    def json(self, name: str) -> Any:
        """A member as JSON."""
        return json.loads(self.read(name))

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a CSV member, one at a time, each cell typed by its column's name."""
        with io.TextIOWrapper(self.opened(name), "utf-8", newline="") as text:
            reader = csv.reader(text, strict=True)
            columns = next(reader)
            types = [(column, type_of(column)) for column in columns]
            for cells in reader:
                pairs = zip(types, cells, strict=True)
                yield {name: read(cell) if cell else None for (name, read), cell in pairs}

    @property
    def names(self) -> list[str]:
        """All members in the order in which they lie in the file."""
        return sorted(self._members, key=lambda name: self._members[name].header_offset)

    def is_as_written(self, name: str, checksum: int) -> bool:
        """Whether the zip says of a member what a pack's zip says of all: no time, no machine."""
        info = self._members[name]
        self._file.seek(info.header_offset)
        header = info.FileHeader()
        is_large = info.file_size > 1 << 30  # its header has sizes of 64 bits
        return (
            (info.date_time, info.external_attr, info.comment) == (_EPOCH, _MODE, b"")
            and (info.create_system, info.flag_bits, info.CRC) == (3, 0, checksum)
            and (info.internal_attr, info.volume, info.reserved) == (0, 0, 0)
            and (is_large or (self._file.read(len(header)) == header and _is_plain(info)))
        )

    def ends_as_written(self) -> bool:
        """Whether nothing stands behind the last member but a directory of all of them."""
        size, count = self._file.seek(0, io.SEEK_END), len(self._members)
        starts_at = self._zip.start_dir
        if size > 1 << 30:
            return not self._zip.comment
        end = (b"PK\x05\x06", 0, 0, count, count, size - _END.size - starts_at, starts_at, 0)
        self._file.seek(size - _END.size)
        return self._file.read() == _END.pack(*end)


_END = struct.Struct("<4s4H2LH")


def _is_plain(info: zipfile.ZipInfo) -> bool:
    """Whether the versions that a zip says it needs are those of a stored file."""
    return (info.create_version, info.extract_version, info.extra) == (20, 20, b"")


# what reading something that was altered may end in
BROKEN = (
    OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError,
    AssertionError, RuntimeError, RecursionError, StopIteration, csv.Error,
)  # fmt: skip


class _Slice(io.RawIOBase):
    """A part of a file; several of them are read side by side."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._at, self._end = file, start, start + size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._at)
        data = self._file.read(min(len(buffer), self._end - self._at))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def typed(column: str, cell: str) -> Any:
    """A cell's value; an empty cell is null."""
    return type_of(column)(cell) if cell else None


def type_of(column: str) -> Callable[[str], Any]:
    """How a column's cells are read: its name says so.

    A text that a spreadsheet might run, or that begins so itself, has one apostrophe in front, and
    so has an empty text.
    """
    if column.endswith(("_at", "_at_invoiced", "_from", "_until")):
        return datetime.fromisoformat
    if column.endswith(("_count", "_number")):
        return int
    if column.startswith(("amount", "unit_price", "percent")) or column in _DECIMALS:
        return _decimal
    return _TRUTHS.__getitem__ if column.startswith("is_") else _text


_DECIMALS = {"quantity", "value", "each"}
_TRUTHS = {"true": True, "false": False}


def _decimal(cell: str) -> Decimal:
    """Read a number as it is written here: `1E999999999` would fill any memory."""
    if not _NUMBER.fullmatch(cell):
        raise ValueError(f"{cell[:40]!r} is no number")
    return Decimal(cell)


_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)


def _text(cell: str) -> str:
    return cell[1:] if cell[0] == "'" else cell


def stated(value: Any) -> str:
    """A value in words."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return "nothing" if value is None else f"{value}"


def digest(data: bytes) -> str:
    """`sha256:` and 64 hex digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def canonical(document: Any, *, sort_keys: bool = False) -> bytes:
    """JSON in the one way in which documents are hashed."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=sort_keys, separators=(",", ":"))
    return text.encode()


def altered(pack: Pack) -> Iterator[Difference]:
    """Yield each member that is not what the manifest lists: altered, added, or out of order."""
    if pack.read(MANIFEST) != canonical(pack.manifest) or pack.manifest["format"] != FORMAT:
        yield Difference(MANIFEST, "", "altered; it is not as Recount writes it")
    if not pack.ends_as_written():
        yield Difference("the pack", "", "altered; its end is not as Recount writes it")
    names = pack.names
    for name, in_order in zip(names, sorted(names), strict=True):
        if name != in_order:
            yield Difference(name, "", "out of order; members are ordered by name")
    for name in names:
        size, rows, sha256, checksum = _measured(pack, name)
        is_listed = name in pack.listed or name == MANIFEST
        if not is_listed:
            yield Difference(name, "", "added; the manifest does not list it")
        found = {"name": name, "sha256": sha256, "bytes": size, "rows": rows}
        if name in pack.listed and pack.listed[name] != found:
            yield Difference(name, "", "altered; it is not what the manifest lists")
        elif is_listed and not pack.is_as_written(name, checksum):
            yield Difference(name, "", "altered; the zip's own record of it is not as written")
    for name in sorted(pack.listed.keys() - {*names}):
        yield Difference(name, "", "missing; the manifest lists it")
    if [each["name"] for each in pack.manifest["members"]] != sorted(pack.listed):
        yield Difference(MANIFEST, "", "lists members out of order, or twice")


def _measured(pack: Pack, name: str) -> tuple[int, int | None, str, int]:
    """Size, rows below the heading, hash and checksum of a member, in flat memory."""
    size, lines, quotes, checksum, hashed = 0, 0, 0, 0, hashlib.sha256()
    with pack.opened(name) as member:
        while piece := member.read(_PIECE):
            size += len(piece)
            hashed.update(piece)
            checksum = zlib.crc32(piece, checksum)
            for part in piece.split(b'"'):
                # a line that ends inside quotes is none
                lines += part.count(b"\n") if quotes % 2 == 0 else 0
                quotes += 1
            quotes -= 1
    rows = lines - 1 if name.endswith(".csv") else None
    return size, rows, "sha256:" + hashed.hexdigest(), checksum
