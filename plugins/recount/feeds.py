"""A feed is landed page by page, so that an attempt that stops loses at most one page.

Each page is stored and then noted as a part of the extraction under way; at the end a manifest
closes the parts. The next attempt goes on after the last part. Two attempts at once both want the
same next part: one gets it, and the other stops.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recount import landed_pages
from recount.errors import SourceError, TransientError
from recount.lake import KeyConflict, Lake
from recount.manifests import (
    Chain,
    FeedEnd,
    Manifest,
    PageEntry,
    canonical,
    page_read,
    page_said,
    sha256,
)
from recount.periods import format_instant, parse_instant
from recount.sources.extraction import Checkpoint, ControlTotal, Feed, FeedPage

Progress = Callable[[str], None]


@dataclass(frozen=True)
class _Part:
    entry: PageEntry
    checkpoint: Checkpoint
    observed_until: datetime | None
    redacted: tuple[str, ...]

    def to_bytes(self) -> bytes:
        until = self.observed_until and format_instant(self.observed_until)
        return canonical({
            "page": page_said(self.entry),
            "packed_sha256": self.entry.packed_sha256,
            "checkpoint": dict(self.checkpoint),
            "observed_until": until,
            "redacted": list(self.redacted),
        })  # fmt: skip


def _part(data: bytes) -> _Part:
    said: dict[str, Any] = json.loads(data)
    return _Part(
        entry=page_read(said["page"], said["packed_sha256"]),
        checkpoint=said["checkpoint"],
        observed_until=said["observed_until"] and parse_instant(said["observed_until"]),
        redacted=tuple(said["redacted"]),
    )


@dataclass
class _UnderWay:
    """The extraction that comes after the last manifest, as far as any attempt has brought it."""

    lake: Lake
    chain: Chain
    folder: str
    parts: list[_Part]
    record_count: int = 0

    def add(self, period: str, page: FeedPage) -> None:
        entry = landed_pages.store(self.lake, self.chain, period, page.page)
        part = _Part(entry, page.checkpoint, page.observed_until, page.redacted)
        try:
            self.lake.put_once(_part_key(self.folder, len(self.parts) + 1), part.to_bytes())
        except KeyConflict:
            raise _run_by_others(self.chain) from None
        self.keep(part)

    def keep(self, part: _Part) -> None:
        self.parts.append(part)
        self.record_count += part.entry.record_count


def land(
    lake: Lake,
    chain: Chain,
    before: list[Manifest],
    period: str,
    feed: Feed,
    received_at: datetime,
    progress: Progress,
) -> Manifest:
    """Land what came since the last manifest, and close it with one.

    TransientError where another run extracts the same feed, or where the source fails and may work
    later; what was landed until then stays, and the next attempt goes on there.
    """
    continued = _continued(before, feed)
    under_way = _under_way(lake, chain, len(before) + 1, feed, continued)
    earlier_count, total = under_way.record_count, None
    begins = _checkpoint(under_way, continued)
    passed = {canonical(begins and dict(begins))}
    for page in feed.pages(begins):
        _refuse_a_loop(passed, page, feed)
        under_way.add(period, page)
        total = page.control_total
        if page.observed_until or _is_round(len(under_way.parts)):
            progress(_so_far(feed, under_way))
    last = under_way.parts[-1] if under_way.parts else None
    if last is None or last.observed_until is None:
        raise SourceError(
            f"{feed.source}: {feed.stream} ended without saying until when it was complete; "
            "run again, and report it if it stays so"
        )
    manifest = Manifest(
        chain=chain,
        number=len(before) + 1,
        previous=before[-1].seal if before else None,
        received_at=received_at,
        period=period,
        system=feed.system,
        request=feed.request,
        pages=tuple(part.entry for part in under_way.parts),
        control_total=total and ControlTotal(total.value + earlier_count, total.kind),
        redacted=tuple(sorted({name for part in under_way.parts for name in part.redacted})),
        feed=FeedEnd(continued.digest if continued else None, last.checkpoint, last.observed_until),
    )
    try:
        lake.put_once(manifest.key, manifest.to_bytes())
    except KeyConflict:
        raise _run_by_others(chain) from None
    return manifest


def is_observed(before: list[Manifest], feed: Feed, instant: datetime) -> bool:
    """Say whether a feed was landed up to an instant already."""
    continued = _continued(before, feed)
    return bool(continued and continued.feed and continued.feed.observed_until >= instant)


def whole(manifests: list[Manifest], last: Manifest) -> list[Manifest]:
    """Return the extractions that a feed consists of up to its `last`, oldest first."""
    found = [last]
    for manifest in reversed(manifests[: last.number - 1]):
        earliest = found[-1].feed
        if earliest and manifest.digest == earliest.continues:
            found.append(manifest)
    return found[::-1]


def _continued(before: list[Manifest], feed: Feed) -> Manifest | None:
    last = before[-1] if before else None
    return last if last and last.feed and last.request == feed.request else None


def _checkpoint(under_way: _UnderWay, continued: Manifest | None) -> Checkpoint | None:
    if under_way.parts:
        return under_way.parts[-1].checkpoint
    return continued.feed.checkpoint if continued and continued.feed else None


def _under_way(
    lake: Lake, chain: Chain, number: int, feed: Feed, continued: Manifest | None
) -> _UnderWay:
    begins = canonical({"request": dict(feed.request), "after": continued and continued.digest})
    folder = f"{chain.folder}/parts/{number:08}-{sha256(begins)[7:23]}"
    under_way = _UnderWay(lake, chain, folder, [])
    while lake.exists(key := _part_key(folder, len(under_way.parts) + 1)):
        under_way.keep(_part(lake.get(key)))
    return under_way


def _part_key(folder: str, number: int) -> str:
    return f"{folder}/{number:08}.json"


def _refuse_a_loop(passed: set[bytes], page: FeedPage, feed: Feed) -> None:
    """Stop at a cursor that does not advance, or that comes round again (FAULTS A6)."""
    at = canonical(dict(page.checkpoint))
    if page.observed_until is None and at in passed:
        raise SourceError(
            f"{feed.source}: {feed.stream} is in a cursor loop, as {at.decode()} came before; "
            "run again, and ask the system's vendor if it stays so"
        )
    passed.add(at)


def _is_round(number: int) -> bool:
    """Say whether a number is one digit and zeros, so that long work tells its way and no more."""
    return set(str(number)[1:]) <= {"0"}


def _so_far(feed: Feed, under_way: _UnderWay) -> str:
    at = ", ".join(under_way.parts[-1].checkpoint.values())
    return (
        f"{feed.source} {feed.stream}: {len(under_way.parts):,} pages, "
        f"{under_way.record_count:,} records, at {at}"
    )


def _run_by_others(chain: Chain) -> TransientError:
    return TransientError(
        f"{chain.folder} is being extracted by another run; wait until it has ended, and run again"
    )
