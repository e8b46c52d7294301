"""What an extraction hands to landing: pages of bytes, and what was asked for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

# Where a feed goes on: words of the source's own, such as a cursor.
Checkpoint = Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """One answer or one file, ready to be landed.

    `name` is data for people and never part of a path. `data` is the content or a file that holds
    it. `received_sha256` is the hash of what was received where fields were taken out before
    landing (redaction); None where `data` is what was received.
    """

    name: str
    data: bytes | Path
    record_count: int
    received_sha256: str | None = None


@dataclass(frozen=True)
class ControlTotal:
    """How many records the source itself says there are."""

    value: int
    kind: Literal["exact", "approximate"]


@dataclass(frozen=True)
class Extraction:
    """One stream of one source for one period, whole: it takes the place of the one before it.

    `request` says what was asked, in words that are the same on every machine; `redacted` names
    the fields that were taken out.
    """

    source: str
    stream: str
    system: str
    request: Mapping[str, str]
    pages: tuple[Page, ...]
    control_total: ControlTotal | None = None
    redacted: tuple[str, ...] = ()


@dataclass(frozen=True)
class FeedPage:
    """A page of a feed, and how far the feed has come with it.

    `checkpoint` is where the next page begins. Before `observed_until` nothing is missing once
    this page is landed; None where that is not known yet, as it is on every page but the last.
    `control_total`, on the last page, counts the records since the checkpoint that this extraction
    began at.
    """

    page: Page
    checkpoint: Checkpoint
    observed_until: datetime | None = None
    control_total: ControlTotal | None = None
    redacted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """One stream of one source that grows: each extraction continues the one before it.

    `pages` yields what came after a checkpoint, from the beginning where there is none; each page
    is landed before the next one is asked for, and the last one has an `observed_until`. A feed
    with another `request` begins anew.
    """

    source: str
    stream: str
    system: str
    request: Mapping[str, str]
    pages: Callable[[Checkpoint | None], Iterator[FeedPage]]
