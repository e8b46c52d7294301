"""Where landed records stand: object, record, manifest and hash; every object is hashed again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from recount import landing
from recount.contract.model import Contract
from recount.errors import LandingError
from recount.lake import Lake
from recount.landing import Manifest, PageEntry
from recount.periods import format_instant
from recount.scratch import scratch_folder
from recount.sources import source_of, terms_of
from recount.sources.origins import Key

Wanted = tuple[str, str, Key]  # source, stream, and what the records of interest say
_NUMBERS = ("record_number", "line_number")


@dataclass(frozen=True)
class Place:
    """A record of a landed object; `record` counts from 1 inside of its page."""

    source: str
    stream: str
    record: int | None
    page: PageEntry
    manifest: Manifest

    def as_document(self, lake: Lake) -> dict[str, Any]:
        """Say where the record stands, and by which hashes it is known."""
        return {
            "source": self.source,
            "stream": self.stream,
            "object": lake.uri(self.page.key),
            "page": self.page.name,
            "record": self.record,
            "sha256": self.page.sha256,
            "received_sha256": self.page.received_sha256,
            "manifest": lake.uri(self.manifest.key),
            "manifest_digest": self.manifest.digest,
            "received_at": format_instant(self.manifest.received_at),
        }


@dataclass
class Landed:
    """What a statement was landed from, to look records up in.

    `hashed` are the URIs of the objects that were hashed again and are what their manifests say;
    `broken` says in a sentence what is altered or missing.
    """

    lake: Lake
    contract: Contract
    streams: Mapping[str, Mapping[str, str]]
    hashed: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)

    def find(self, wanted: Iterable[Wanted]) -> dict[Wanted, list[Place]]:
        """Return the places of all records that fit each key, in the order they were landed."""
        found: dict[Wanted, list[Place]] = defaultdict(list)
        by_stream: dict[tuple[str, str], set[Key]] = defaultdict(set)
        for source, stream, key in wanted:
            if stream in self.streams.get(source, {}):
                by_stream[source, stream].add(key)
        for (source, stream), keys in sorted(by_stream.items()):
            for key, place in self._in_stream(source, stream, keys):
                found[source, stream, key].append(place)
        return found

    def _in_stream(self, source: str, stream: str, keys: set[Key]) -> Iterator[tuple[Key, Place]]:
        digest = self.streams[source][stream]
        try:
            manifests = landing.whole(self.lake, self.contract.contract, source, stream, digest)
        except LandingError as problem:
            self.broken.append(str(problem))
            return
        for manifest in manifests:
            for page in manifest.pages:
                for key, record in self._in_page(source, manifest, page, keys):
                    yield key, Place(source, stream, record, page, manifest)

    def _in_page(
        self, source: str, manifest: Manifest, page: PageEntry, keys: set[Key]
    ) -> list[tuple[Key, int | None]]:
        terms = terms_of(self.contract, source)
        try:
            with (
                scratch_folder() as folder,
                landing.opened(self.lake, page, folder) as path,
            ):
                self.hashed.add(self.lake.uri(page.key))
                batches = source_of(terms).batches(terms, manifest.stream, page.name, path)
                return [each for batch in batches for each in _fitting(batch, keys)]
        except LandingError as problem:
            self.broken.append(str(problem))
            return []


def _fitting(batch: pa.RecordBatch, keys: set[Key]) -> Iterator[tuple[Key, int | None]]:
    """Yield the key and the number of each row that one of the keys fits."""
    number = next((name for name in _NUMBERS if name in batch.schema.names), None)
    numbers = batch.column(number).to_pylist() if number else [None] * batch.num_rows
    by_columns: dict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
    for key in keys:
        by_columns[tuple(name for name, _ in key)].add(tuple(value for _, value in key))
    for columns, values in by_columns.items():
        cells = [map(_text, batch.column(name).to_pylist()) for name in columns]
        for record, row in zip(numbers, zip(*cells, strict=True), strict=True):
            if row in values:
                yield tuple(zip(columns, row, strict=True)), record


def _text(value: object) -> str | None:
    return None if value is None else str(value)
