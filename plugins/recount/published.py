"""What outlives a run: marts as Parquet, findings, statements; each in the lake once.

A folder holds editions `00000001.json`, `00000002.json`, ...: publishing what the newest edition
says already changes nothing, so that a run repeated from any point ends in the same bytes. Each is
sealed with the hash of what it says, so that none is believed that was altered since.
"""

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from recount.errors import LandingError, TransientError
from recount.lake import KeyConflict, Lake
from recount.periods import format_instant, parse_instant

_RACES = 20


@dataclass(frozen=True)
class Slot:
    """Where the results of one contract, period and `as_of` lie."""

    contract: str
    period: str
    as_of: datetime

    @property
    def path(self) -> str:
        """The part of a key that all results of the slot share."""
        instant = format_instant(self.as_of)
        return f"contract={self.contract}/period={self.period}/as_of={instant}"


def canonical(document: Any) -> bytes:
    """JSON in the one way in which documents are stored and hashed; keys in the order given."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def sha256(data: bytes) -> str:
    """`sha256:` and 64 hex digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def sha256_of(path: Path) -> str:
    """The same of a file, in flat memory."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


class Overtaken(TransientError):
    """Another run published in the same place since this one began; it has nothing newer to say."""


def publish(
    lake: Lake, folder: str, document: Mapping[str, Any], *, after: int | None = None
) -> str:
    """Put a document into a folder as its newest edition and return its key.

    `after` is the number of the newest edition when the work began. Where another document came
    since, Overtaken: an attempt that was given up and lives on must not have the last word.
    """
    data = _sealed(document)
    for _ in range(_RACES):
        number, newest = _newest(lake, folder)
        if newest == data:
            return _edition(folder, number)
        if after is not None and number != after:
            raise Overtaken(
                f"{lake.uri(_edition(folder, number))} was published by another run meanwhile; "
                "this one published nothing, run it again"
            )
        try:
            lake.put_once(_edition(folder, number + 1), data)
        except KeyConflict:
            continue  # another run published meanwhile; ours comes after it
        return _edition(folder, number + 1)
    raise TransientError(f"{folder} is written by too many runs at once; run again")


def newest_number(lake: Lake, folder: str) -> int:
    """The number of the newest edition in a folder; 0 where there is none."""
    return _newest(lake, folder)[0]


def is_newest(lake: Lake, key: str) -> bool:
    """Say whether a published document is the newest edition of its folder."""
    folder = key.rpartition("/")[0]
    return key == _edition(folder, newest_number(lake, folder))


def newest(lake: Lake, folder: str) -> dict[str, Any] | None:
    """The newest edition in a folder; None where there is none."""
    number, data = _newest(lake, folder)
    return _document(lake, _edition(folder, number), data) if data is not None else None


def editions(lake: Lake, folder: str) -> Iterator[dict[str, Any]]:
    """Every edition in a folder, oldest first."""
    number = 1
    while lake.exists(_edition(folder, number)):
        yield read(lake, _edition(folder, number))
        number += 1


def read(lake: Lake, key: str) -> dict[str, Any]:
    """A published document; LandingError where it is missing, damaged or altered."""
    return _document(lake, key, lake.get(key))


def _sealed(document: Mapping[str, Any]) -> bytes:
    return canonical({**document, "seal": sha256(canonical(document))})


def _document(lake: Lake, key: str, data: bytes) -> dict[str, Any]:
    document = parsed(lake, key, data)
    seal = document.pop("seal", None)
    if seal != sha256(canonical(document)):
        raise LandingError(f"{lake.uri(key)} was altered; restore it from a backup")
    return document


def parsed(lake: Lake, key: str, data: bytes) -> dict[str, Any]:
    """What any document of the lake says, whoever wrote it; LandingError where it is damaged."""
    try:
        document = json.loads(data)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise LandingError(f"{lake.uri(key)} is damaged; restore it from a backup")
    return document


def _newest(lake: Lake, folder: str) -> tuple[int, bytes | None]:
    number = 0
    while lake.exists(_edition(folder, number + 1)):
        number += 1
    return number, lake.get(_edition(folder, number)) if number else None


def _edition(folder: str, number: int) -> str:
    return f"{folder}/{number:08}.json"


def manifest_folder(slot: Slot) -> str:
    """Where the manifests of a slot's marts lie."""
    return f"marts/manifest/{slot.path}"


def publish_marts(
    lake: Lake,
    slot: Slot,
    marts: Iterable[tuple[str, pa.Table | Path]],
    facts: Mapping[str, Any],
    *,
    after: int | None = None,
) -> str:
    """Publish the marts of a slot, then the manifest that makes them count; return its key.

    What is too large for memory is given as a Parquet file. Overtaken where another manifest came
    `after` that edition.
    """
    listed = {}
    for name, mart in marts:
        data = mart if isinstance(mart, Path) else _parquet(mart)
        found = sha256_of(data) if isinstance(data, Path) else sha256(data)
        rows = pq.read_metadata(mart).num_rows if isinstance(mart, Path) else mart.num_rows
        key = f"marts/{name}/{slot.path}/{found.removeprefix('sha256:')}.parquet"
        lake.put_once(key, data)
        listed[name] = {"key": key, "sha256": found, "rows": rows}
    document = {**facts, "marts": listed}
    return publish(lake, manifest_folder(slot), document, after=after)


class Marts(Mapping[str, pa.Table]):
    """The marts that a manifest lists, each read when it is asked for; some are large.

    LandingError if the one that is asked for was altered.
    """

    def __init__(self, lake: Lake, listed: Mapping[str, Any]) -> None:
        """Read nothing yet."""
        self._lake, self._listed = lake, listed
        self._read: dict[str, pa.Table] = {}

    def __getitem__(self, name: str) -> pa.Table:
        """Return a mart as it was published."""
        if name not in self._read:
            entry = self._listed[name]
            data = self._lake.get(entry["key"])
            self._see_that_it_is(entry, sha256(data))
            self._read[name] = pq.read_table(pa.BufferReader(data))
        return self._read[name]

    def copy(self, name: str, path: Path) -> None:
        """Write a mart to a Parquet file, in flat memory."""
        entry = self._listed[name]
        with path.open("wb") as file:
            file.writelines(self._lake.chunks(entry["key"]))
        self._see_that_it_is(entry, sha256_of(path))

    def _see_that_it_is(self, entry: Mapping[str, Any], found: str) -> None:
        if found != entry["sha256"]:
            raise LandingError(
                f"{self._lake.uri(entry['key'])} was altered; delete the lake's copy of "
                "the marts and run the month again"
            )

    def __iter__(self) -> Iterator[str]:
        """Name the marts."""
        return iter(self._listed)

    def __len__(self) -> int:
        """Count the marts."""
        return len(self._listed)

    def __contains__(self, name: object) -> bool:
        """Say whether there is such a mart, without reading it."""
        return name in self._listed


def read_marts(lake: Lake, manifest_key: str) -> tuple[dict[str, Any], Marts]:
    """The facts of a manifest and the marts that it lists."""
    manifest = read(lake, manifest_key)
    return manifest, Marts(lake, manifest["marts"])


def marts_of(lake: Lake, statement: Mapping[str, Any]) -> Marts:
    """Return the marts that a published statement was made of."""
    slot = Slot(statement["contract"], statement["period"], parse_instant(statement["as_of"]))
    manifest = newest(lake, manifest_folder(slot)) or {"marts": {}}
    return Marts(lake, manifest["marts"])


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    # no time stamps, no machine: equal rows give equal bytes
    pq.write_table(table.replace_schema_metadata(None), sink, compression="zstd")
    return sink.getvalue()


def statements(
    lake: Lake, contract: str | None = None, period: str | None = None
) -> Iterator[dict[str, Any]]:
    """The newest edition of every published statement, in order of contract, period and as_of.

    All of them, or those of one contract, or of one of its periods.
    """
    prefix = "statements"
    prefix += f"/contract={contract}" if contract else ""
    prefix += f"/period={period}" if period else ""
    folders = sorted({key.rpartition("/")[0] for key in lake.keys(prefix)})
    found = [document for folder in folders if (document := newest(lake, folder))]
    yield from sorted(
        found, key=lambda each: (each["contract"], each["period"], parse_instant(each["as_of"]))
    )
