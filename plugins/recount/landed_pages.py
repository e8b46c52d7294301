"""Pages in the lake: compressed, named by their hash, and believed only after hashing again."""

import hashlib
import io
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, BinaryIO, cast

import zstandard

from recount.errors import LandingError
from recount.lake import KeyConflict, Lake
from recount.manifests import Chain, PageEntry
from recount.sources.extraction import Page

_PIECE_BYTES = 4 * 1024**2
_LEVEL = 3
_LARGEST_WINDOW_BYTES = 128 * 1024**2


def store(lake: Lake, chain: Chain, period: str, page: Page) -> PageEntry:
    """Put a page into the lake, or find it there, and return its entry for the manifest."""
    with tempfile.NamedTemporaryFile() as packed, _opened(page.data) as data:
        sha256, size, packed_sha256 = _compress(data, packed)
        entry = PageEntry(
            name=page.name,
            key=chain.page_key(period, sha256),
            sha256=sha256,
            byte_count=size,
            record_count=page.record_count,
            received_sha256=page.received_sha256 or sha256,
            packed_sha256=packed_sha256,
        )
        try:
            lake.put_once(entry.key, Path(packed.name))
        except KeyConflict:
            return _as_found(lake, entry)
    return entry


def read(lake: Lake, entry: PageEntry) -> Iterator[bytes]:
    """Yield a page's content in pieces; believe none of it until the last one has come.

    LandingError if the object is missing, damaged or other than the manifest says. It stops where
    more comes out than the manifest says, so that nothing can unfold without end.
    """
    stored = _Stored(lake.chunks(entry.key))
    yield from _content(lake, entry, stored)
    if stored.sha256() != entry.packed_sha256:
        raise _altered(lake, entry)


def _as_found(lake: Lake, entry: PageEntry) -> PageEntry:
    """Accept other bytes with the same content: another release of zstd packs differently."""
    stored = _Stored(lake.chunks(entry.key))
    for _ in _content(lake, entry, stored):
        pass
    return replace(entry, packed_sha256=stored.sha256())


def _content(lake: Lake, entry: PageEntry, stored: "_Stored") -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    try:
        for piece in _decompressed(stored):
            size += len(piece)
            if size > entry.byte_count:
                raise _altered(lake, entry)
            digest.update(piece)
            yield piece
    except zstandard.ZstdError:
        raise _altered(lake, entry) from None
    if size != entry.byte_count or digest.hexdigest() != entry.sha256:
        raise _altered(lake, entry)


def _altered(lake: Lake, entry: PageEntry) -> LandingError:
    return LandingError(
        f"{lake.uri(entry.key)} is not what its manifest says; restore it from a backup"
    )


def _compress(data: BinaryIO, packed: IO[bytes]) -> tuple[str, int, str]:
    digest, size, packed_digest = hashlib.sha256(), 0, hashlib.sha256()

    def write(piece: bytes) -> None:
        packed_digest.update(piece)
        packed.write(piece)

    # One thread and no size in the frame: equal content gives equal bytes.
    packer = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compressobj()
    while piece := data.read(_PIECE_BYTES):
        digest.update(piece)
        size += len(piece)
        write(packer.compress(piece))
    write(packer.flush())
    packed.flush()
    return digest.hexdigest(), size, packed_digest.hexdigest()


def _decompressed(stored: "_Stored") -> Iterator[bytes]:
    unpacker = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW_BYTES)
    with unpacker.stream_reader(cast(IO[bytes], stored), read_size=_PIECE_BYTES) as reader:
        while piece := reader.read(_PIECE_BYTES):
            yield piece


class _Stored(io.RawIOBase):
    """The bytes of an object as one file that hashes what is read from it."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""
        self._digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        if not self._rest:
            self._rest = next(self._chunks, b"")
            self._digest.update(self._rest)
        end = len(self._rest) if size is None or size < 0 else size
        piece, self._rest = self._rest[:end], self._rest[end:]
        return piece

    def sha256(self) -> str:
        """Return the hash of the whole object, also of what nobody read."""
        for chunk in self._chunks:
            self._digest.update(chunk)
        return self._digest.hexdigest()


def _opened(data: bytes | Path) -> BinaryIO:
    return data.open("rb") if isinstance(data, Path) else io.BytesIO(data)
