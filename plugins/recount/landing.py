"""Landing: what a source gave is kept once, unchanged, and closed by a manifest (DESIGN 9).

Pages go first and the manifest last. A run that is killed in between leaves pages that no manifest
lists: nothing reads them, and the next run finds them again by their hash.
"""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from recount import feeds, landed_pages
from recount.errors import LandingError, TransientError
from recount.lake import KeyConflict, Lake
from recount.manifests import Chain, Manifest, PageEntry, read_manifest
from recount.sources.extraction import ControlTotal, Extraction, Feed, Page

__all__ = [
    "ControlTotal", "Extraction", "Feed", "Manifest", "Page", "PageEntry",
    "find", "land", "land_feed", "latest", "opened", "pages", "verify_chain", "whole",
]  # fmt: skip

_RACES = 100
_MANIFEST = re.compile(r"/\d{8}\.json$", re.ASCII)
_READERS = 8


def land(
    lake: Lake, owner: str, period: str, extraction: Extraction, received_at: datetime
) -> Manifest:
    """Keep an extraction and return its manifest.

    Where the newest manifest of that period has the same content already, nothing is written and
    that one is returned. `received_at` is when the source answered.
    """
    chain = Chain(owner, extraction.source, extraction.stream)
    entries = tuple(landed_pages.store(lake, chain, period, page) for page in extraction.pages)
    for _ in range(_RACES):
        before = verify_chain(lake, owner, extraction.source, extraction.stream)
        manifest = Manifest(
            chain=chain,
            number=len(before) + 1,
            previous=before[-1].seal if before else None,
            received_at=received_at,
            period=period,
            system=extraction.system,
            request=extraction.request,
            pages=entries,
            control_total=extraction.control_total,
            redacted=extraction.redacted,
        )
        newest = _newest(before, period)
        if newest and newest.digest == manifest.digest:
            return newest
        try:
            lake.put_once(manifest.key, manifest.to_bytes())
            return manifest
        except KeyConflict:
            continue  # another run landed meanwhile; ours comes after it
    raise TransientError(f"{chain.folder} is written by too many runs at once; run again")


def land_feed(
    lake: Lake,
    owner: str,
    period: str,
    feed: Feed,
    received_at: datetime,
    *,
    until: datetime | None = None,
    progress: feeds.Progress = lambda _: None,
) -> Manifest:
    """Keep what a feed brought since it was last landed, and return the newest manifest.

    Where it was landed up to the instant `until` already, nothing is asked and nothing is written.
    """
    chain = Chain(owner, feed.source, feed.stream)
    before = verify_chain(lake, owner, feed.source, feed.stream)
    if until and feeds.is_observed(before, feed, until):
        return before[-1]
    return feeds.land(lake, chain, before, period, feed, received_at, progress)


def latest(lake: Lake, owner: str, source: str, stream: str, period: str) -> Manifest | None:
    """Return the newest manifest of a period, None where nothing was landed for it."""
    return _newest(verify_chain(lake, owner, source, stream), period)


def find(lake: Lake, owner: str, source: str, stream: str, digest: str) -> Manifest:
    """Return the manifest that a run pinned by its digest; LandingError if there is none."""
    return whole(lake, owner, source, stream, digest)[-1]


def whole(lake: Lake, owner: str, source: str, stream: str, digest: str) -> list[Manifest]:
    """Return the manifests that a pinned digest stands for, oldest first.

    That is the one of that digest and, where it is a feed's, all that it continues. LandingError
    if there is none.
    """
    manifests = verify_chain(lake, owner, source, stream)
    for manifest in reversed(manifests):
        if manifest.digest == digest:
            return feeds.whole(manifests, manifest)
    raise LandingError(
        f"{lake.uri(Chain(owner, source, stream).folder)} holds no manifest with the digest "
        f"{digest}; restore it from a backup, or land again with --refresh"
    )


def pages(lake: Lake, manifest: Manifest) -> Iterator[tuple[PageEntry, bytes]]:
    """Yield each page and its bytes, after checking them; LandingError names what was altered."""
    for entry in manifest.pages:
        yield entry, b"".join(landed_pages.read(lake, entry))


@contextmanager
def opened(lake: Lake, entry: PageEntry, folder: Path) -> Iterator[Path]:
    """Write a page into a folder in flat memory, checked, under a name of our own; then remove it.

    LandingError if it was altered.
    """
    path = folder / entry.sha256
    with path.open("wb") as file:
        file.writelines(landed_pages.read(lake, entry))
    yield path
    path.unlink()


def verify_chain(lake: Lake, owner: str, source: str, stream: str) -> list[Manifest]:
    """Return all manifests of a stream, oldest first, after checking each and the links.

    LandingError names a manifest that was altered, or that is missing before another.
    """
    chain = Chain(owner, source, stream)
    manifests: list[Manifest] = []
    previous = None
    for number, data in enumerate(_stored(lake, chain), start=1):
        where = lake.uri(chain.key(number))
        manifest = read_manifest(chain, data, where)
        if manifest.number != number or manifest.previous != previous:
            raise LandingError(
                f"{where} does not follow the manifest before it; restore both from a backup"
            )
        manifests.append(manifest)
        previous = manifest.seal
    return manifests


def _stored(lake: Lake, chain: Chain) -> Iterator[bytes]:
    found = lake.keys(f"{chain.folder}/manifests")
    last = max((int(key[-13:-5]) for key in found if _MANIFEST.search(key)), default=0)
    with ThreadPoolExecutor(_READERS) as readers:
        yield from readers.map(lake.get, map(chain.key, range(1, last + 1)))
    # A listing may be behind, so the end is where a read finds nothing.
    while lake.exists(chain.key(last := last + 1)):
        yield lake.get(chain.key(last))


def _newest(manifests: Sequence[Manifest], period: str) -> Manifest | None:
    return next((each for each in reversed(manifests) if each.period == period), None)
