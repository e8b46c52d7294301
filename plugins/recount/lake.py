"""The lake: objects on plain files or S3 that are created once and never changed.

Every object goes up in one conditional put, never in parts, so that nothing is left half done and
two writers of one key cannot both succeed.
"""

import io
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError

from recount import connections
from recount.errors import LandingError, TransientError
from recount.stores import Place, StoreError, bucket, folder, in_one_sentence

if TYPE_CHECKING:
    from obstore import ReadableFile

CONNECTION = "recount_lake"
LARGEST_OBJECT_BYTES = 5 * 1024**3  # S3 takes no more in one put
_MARKER = "lake.json"
_KEY = re.compile(r"[A-Za-z0-9._=:@+-]{1,255}(/[A-Za-z0-9._=:@+-]{1,255})*", re.ASCII)
_ATTEMPTS = 5


class ObjectMissing(LandingError):
    """The lake has no object under that key."""


class KeyConflict(LandingError):
    """The key exists with other content."""


@dataclass(frozen=True)
class Lake:
    """Write-once objects by key. Keys are relative paths of letters, digits and `._=:@+-`."""

    place: Place

    def put_once(self, key: str, data: bytes | Path) -> None:
        """Create an object (of bytes or of a file); the same content once more is success.

        KeyConflict if the key holds other content, StoreError if the storage refuses us,
        TransientError if it fails and may work later.
        """
        what = self.uri(key)
        if _size(data) > LARGEST_OBJECT_BYTES:
            raise LandingError(f"{what} would be larger than 5 GiB; split the export by month")
        for _ in range(_ATTEMPTS):
            if self._create(key, data):
                return
            try:
                same = self._holds(key, data)
            except ObjectMissing:
                continue  # 409: another writer was under way and gave up, so the key is free again
            if same:
                return
            raise KeyConflict(
                f"immutable key conflict: {what} holds other content; nothing was overwritten, "
                "find out which of the two is right"
            )
        raise TransientError(f"{what}: other writers keep getting in the way; run again later")

    def get(self, key: str) -> bytes:
        """Return an object's bytes; ObjectMissing if there is none."""
        return b"".join(self.chunks(key))

    def chunks(self, key: str) -> Iterator[bytes]:
        """Yield an object's bytes in pieces of some megabytes; ObjectMissing if there is none."""
        with self._reading(key):
            for piece in obstore.get(self.place.store, key).stream():
                yield bytes(piece)

    @contextmanager
    def opened(self, key: str) -> Iterator[io.BufferedReader]:
        """Open an object to read parts of it; ObjectMissing if there is none."""
        with self._reading(key):
            yield io.BufferedReader(_Object(obstore.open_reader(self.place.store, key)))

    def exists(self, key: str) -> bool:
        """Say whether there is an object under that key."""
        try:
            with self._reading(key):
                obstore.head(self.place.store, key)
                return True
        except ObjectMissing:
            return False

    def keys(self, under: str = "") -> list[str]:
        """Return the keys in a folder and the folders below it, sorted; any number of them.

        A listing is a convenience and never the truth: a manifest is (DESIGN 9).
        """
        with in_one_sentence(f"{self.place.uri}/{under}".rstrip("/")):
            listing = obstore.list(self.place.store, under or None)
            return sorted(str(item["path"]) for batch in listing for item in batch)

    def uri(self, key: str) -> str:
        """Return where an object is, for people; LandingError if the key is no key."""
        if not _KEY.fullmatch(key) or {".", ".."} & set(key.split("/")) or len(key) > 900:
            raise LandingError(f"{key[:80]!r} cannot be a key in the lake: relative, no dots alone")
        return f"{self.place.uri}/{key}"

    def _create(self, key: str, data: bytes | Path) -> bool:
        what = self.uri(key)
        try:
            with in_one_sentence(what):
                obstore.put(self.place.store, key, data, mode="create", use_multipart=False)
                return True
        except AlreadyExistsError:
            return False
        except FileNotFoundError:
            raise StoreError(f"{what}: the bucket does not exist; create it") from None

    def _holds(self, key: str, data: bytes | Path) -> bool:
        with _opened(data) as ours:
            same = all(ours.read(len(theirs)) == theirs for theirs in self.chunks(key))
            return same and not ours.read(1)

    @contextmanager
    def _reading(self, key: str) -> Iterator[None]:
        what = self.uri(key)
        try:
            with in_one_sentence(what):
                yield
        except FileNotFoundError:
            raise ObjectMissing(f"{what} is missing; restore it from a backup") from None


class _Object(io.RawIOBase):
    """An object as a file of which any part can be read."""

    def __init__(self, reader: "ReadableFile") -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._reader.seek(offset, whence)

    def tell(self) -> int:
        return self._reader.tell()

    def readinto(self, buffer: Any) -> int:
        data = self._reader.read(len(buffer))
        buffer[: len(data)] = bytes(data)
        return len(data)


def open_lake(uri: str) -> Lake:
    """Open the lake at a folder, a `file://` URI or an `s3://bucket/prefix` URI.

    Where RECOUNT_LAKE_ID (or `lake_id` in the extra of the connection `recount_lake`) is set, a
    lake with another id is refused, so that a wrong bucket or prefix is noticed before it is used.
    """
    scheme = urlsplit(uri).scheme if "://" in uri else ""
    if scheme == "s3":
        lake = Lake(bucket(uri, CONNECTION))
    elif scheme == "file":
        lake = Lake(folder(_local_path(uri)))
    elif not scheme and uri:
        lake = Lake(folder(Path(uri)))
    else:
        raise StoreError(f"{uri!r} is no place for a lake; write a folder, file:// or s3:// URI")
    expected = os.environ.get("RECOUNT_LAKE_ID") or _id_in_connection()
    if expected:
        _check_identity(lake, expected)
    return lake


def _check_identity(lake: Lake, expected: str) -> None:
    marker = json.dumps({"lake": expected}).encode()
    if not lake.exists(_MARKER) and lake.keys():
        raise StoreError(f"{lake.place.uri} is not the lake {expected!r}: it holds other objects")
    try:
        lake.put_once(_MARKER, marker)
    except KeyConflict:
        raise StoreError(
            f"{lake.place.uri} is another lake than {expected!r}; correct the URI or the lake's id"
        ) from None


def _id_in_connection() -> str:
    connection = connections.find(CONNECTION)
    return str(connection.extra.get("lake_id") or "") if connection else ""


def _local_path(uri: str) -> Path:
    parts = urlsplit(uri)
    if parts.netloc not in ("", "localhost"):
        raise StoreError(f"{uri} names another machine; write file:///path with three slashes")
    return Path(unquote(parts.path))


def _size(data: bytes | Path) -> int:
    return data.stat().st_size if isinstance(data, Path) else len(data)


def _opened(data: bytes | Path) -> BinaryIO:
    return data.open("rb") if isinstance(data, Path) else io.BytesIO(data)
