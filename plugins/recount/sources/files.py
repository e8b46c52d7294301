"""Files that a contract names: found, copied once, and hashed on the way."""

import errno
import hashlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import obstore

from recount import connections
from recount.errors import SourceError
from recount.exhausted import exhausted
from recount.periods import Period
from recount.sources.terms import SourceTerms
from recount.sources.words import shown
from recount.stores import Place, bucket, in_one_sentence

LARGEST_FILE_BYTES = 64 * 1024**3
_PIECE_BYTES = 4 * 1024**2
_HIDDEN = re.compile(r"(^|/)[._]")
_ZIP = b"PK\x03\x04"
# No archive is opened here, so none can unfold into more than it weighs.
_ARCHIVES = {
    _ZIP: "a zip archive or a workbook",
    b"\x1f\x8b": "compressed with gzip",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"\xd0\xcf\x11\xe0": "an old workbook",
}


@dataclass(frozen=True)
class Snapshot:
    """A copy of a file as it was when we read it; `name` and `location` are for people."""

    path: Path
    name: str
    location: str
    sha256: str


def snapshot(
    terms: SourceTerms,
    key: str,
    period: Period,
    scratch: Path,
    *,
    if_missing: type[SourceError] = SourceError,
    is_archive: bool = False,
) -> Snapshot:
    """Copy the file that the setting `key` names into `scratch`; settings are typed already.

    `{period}` in the location is replaced. A missing file raises `if_missing`; anything else that
    cannot be read, an archive or a file over 64 GiB is a SourceError. `is_archive` takes a zip
    file such as a workbook, for a reader that limits what it unfolds into.
    """
    where = str(terms.settings[key]).replace("{period}", period.name)
    return _snapshot(terms, key, where, scratch, if_missing, is_archive)


def snapshots(terms: SourceTerms, key: str, period: Period, scratch: Path) -> list[Snapshot]:
    """Copy the file that the setting `key` names, or all files of the folder that it names.

    A location that ends with a slash is a folder: what was dropped into it, in the order of names.
    Names that begin with a point or an underscore, also of folders, are passed over. SourceError
    where there is none.
    """
    where = str(terms.settings[key]).replace("{period}", period.name)
    if not where.endswith("/"):
        return [snapshot(terms, key, period, scratch)]
    names = [name for name in sorted(_listed(terms, key, where)) if not _HIDDEN.search(name)]
    if not names:
        raise SourceError(
            f"{terms.name}: {where} holds no file{_from(terms, where)}; "
            f"put one there or correct sources.{terms.name}.{key}"
        )
    found = [_snapshot(terms, key, f"{where}{name}", scratch, SourceError, False) for name in names]
    return [
        replace(file, name=unquote(name) if "://" in where else name, location=where)
        for file, name in zip(found, names, strict=True)
    ]


def _snapshot(
    terms: SourceTerms,
    key: str,
    where: str,
    scratch: Path,
    if_missing: type[SourceError],
    is_archive: bool,
) -> Snapshot:
    try:
        return _copied(_pieces(terms, key, where), where, scratch, is_archive)
    except FileNotFoundError:
        raise if_missing(
            f"{terms.name}: {where} is not there{_from(terms, where)}; "
            f"put it there or correct sources.{terms.name}.{key}"
        ) from None
    except (OSError, ValueError) as problem:
        because = problem.strerror if isinstance(problem, OSError) else "no path"
        unread = SourceError(f"{terms.name}: {where} cannot be read: {because}")
        raise exhausted(problem) or unread from None


def _pieces(terms: SourceTerms, key: str, where: str) -> Iterator[bytes]:
    if urlsplit(where).scheme == "s3":
        return _from_bucket(terms, where)
    return _from_disk(_path(terms, key, where))


def _listed(terms: SourceTerms, key: str, where: str) -> Iterator[str]:
    """Yield the files in a folder, by their paths in it."""
    if urlsplit(where).scheme == "s3":
        place, path = _bucket(terms, where), unquote(urlsplit(where).path).lstrip("/")
        with in_one_sentence(where):
            for page in obstore.list(place.store, path):
                # as the name of a key stands in a URI
                yield from (quote(each["path"].removeprefix(path)) for each in page)
        return
    folder = _path(terms, key, where)
    for file in folder.rglob("*"):
        if file.is_file():
            name = file.relative_to(folder).as_posix()
            yield quote(name) if "://" in where else name


def _path(terms: SourceTerms, key: str, where: str) -> Path:
    if "://" not in where:
        return terms.base / Path(where).expanduser()
    parts = urlsplit(where)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return Path(unquote(parts.path))
    raise terms.refused(
        key, f"{shown(where)} is no location; write a path, a file:/// or an s3:// URI"
    )


def _from_disk(path: Path) -> Iterator[bytes]:
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no file")  # a pipe or a device could go on for ever
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _from_bucket(terms: SourceTerms, where: str) -> Iterator[bytes]:
    place = _bucket(terms, where)
    with in_one_sentence(where):
        path = unquote(urlsplit(where).path).lstrip("/")
        for piece in obstore.get(place.store, path).stream():
            yield bytes(piece)


def _bucket(terms: SourceTerms, where: str) -> Place:
    connection = str(terms.settings.get("connection") or "")
    if connection and connections.find(connection) is None:
        raise terms.refused(
            "connection",
            f"the connection {shown(connection)} is not defined; "
            f"set AIRFLOW_CONN_{connection.upper()}",
        )
    return bucket(f"s3://{urlsplit(where).netloc}", connection or None)


def _copied(pieces: Iterator[bytes], where: str, scratch: Path, is_archive: bool) -> Snapshot:
    name = Path(unquote(urlsplit(where).path) if "://" in where else where).name
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=scratch, delete=False) as copy:
        for piece in pieces:
            if size == 0 and not (is_archive and piece.startswith(_ZIP)):
                _refuse_archive(piece, name)
            size += len(piece)
            if size > LARGEST_FILE_BYTES:
                raise SourceError(f"{name} is larger than 64 GiB; split it by month")
            digest.update(piece)
            copy.write(piece)
    return Snapshot(Path(copy.name), name, where, digest.hexdigest())


def _refuse_archive(start: bytes, name: str) -> None:
    for magic, kind in _ARCHIVES.items():
        if start.startswith(magic):
            raise SourceError(f"{name} is {kind}; unpack it: CSV, JSON Lines and Parquet are read")


def _from(terms: SourceTerms, where: str) -> str:
    relative = "://" not in where and not Path(where).is_absolute()
    return f" (looked in {terms.base})" if relative else ""
