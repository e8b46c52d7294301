"""A manifest: what one extraction gave, sealed, and tied to the manifest before it (DESIGN 9)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recount.errors import LandingError
from recount.periods import format_instant, parse_instant
from recount.sources.extraction import Checkpoint, ControlTotal


@dataclass(frozen=True)
class PageEntry:
    """A landed page: where it is and what it must be. `sha256` and `byte_count` are uncompressed.

    `received_sha256` is the hash before redaction; equal to `sha256` where nothing was left out.
    `packed_sha256` is the hash of the stored object; it depends on the compressor's release, so it
    is sealed and not part of the content.
    """

    name: str
    key: str
    sha256: str
    byte_count: int
    record_count: int
    received_sha256: str
    packed_sha256: str


@dataclass(frozen=True)
class Chain:
    """One owner's stream of one source; its manifests form one hash chain."""

    owner: str
    source: str
    stream: str

    @property
    def folder(self) -> str:
        """The folder of everything that was landed here."""
        return f"landed/{self.owner}.{self.source}/{self.stream}"

    def key(self, number: int) -> str:
        """Return the key of a manifest, the first being 1."""
        return f"{self.folder}/manifests/{number:08}.json"

    def page_key(self, period: str, sha256: str) -> str:
        """Return the key of a page: its content's hash, never a name from outside."""
        return f"{self.folder}/period={period}/{sha256}.zst"


@dataclass(frozen=True)
class FeedEnd:
    """How far a feed has come with an extraction.

    `continues` is the digest of the extraction that this one goes on from, None where the feed
    begins: so the digest of the last one stands for all of them. Before `observed_until` nothing
    is missing, and the next extraction goes on at `checkpoint`.
    """

    continues: str | None
    checkpoint: Checkpoint
    observed_until: datetime


@dataclass(frozen=True)
class Manifest:
    """One extraction as it was landed; `feed` is None where it holds its stream whole.

    `digest` covers what was landed and not when: equal content has an equal digest in any lake.
    `seal` covers the whole manifest; the next one names it as `previous`.
    """

    chain: Chain
    number: int
    previous: str | None
    received_at: datetime
    period: str
    system: str
    request: Mapping[str, str]
    pages: tuple[PageEntry, ...]
    control_total: ControlTotal | None
    redacted: tuple[str, ...]
    feed: FeedEnd | None = None

    @property
    def stream(self) -> str:
        """The stream that was landed."""
        return self.chain.stream

    @property
    def source(self) -> str:
        """The source's name in the contract."""
        return self.chain.source

    @property
    def key(self) -> str:
        """Where the manifest is in the lake."""
        return self.chain.key(self.number)

    @property
    def record_count(self) -> int:
        """How many records all pages hold."""
        return sum(page.record_count for page in self.pages)

    @property
    def digest(self) -> str:
        """`sha256:` and the hash of the content, which a statement prints under `inputs`."""
        return sha256(canonical(self.content))

    @property
    def seal(self) -> str:
        """`sha256:` and the hash of everything that the manifest says."""
        return sha256(canonical(self._sealed()))

    def to_bytes(self) -> bytes:
        """Return the manifest as it is stored: JSON in exactly one spelling."""
        return canonical({**self._sealed(), "seal": self.seal}) + b"\n"

    def _sealed(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "previous": self.previous,
            "received_at": format_instant(self.received_at),
            "digest": self.digest,
            "packed_sha256": [page.packed_sha256 for page in self.pages],
            "content": self.content,
        }

    @property
    def content(self) -> dict[str, Any]:
        """What was landed, as the digest covers it: without when, and how it was packed."""
        total = self.control_total
        content = {
            "source": self.chain.source,
            "stream": self.chain.stream,
            "system": self.system,
            "period": self.period,
            "request": dict(self.request),
            "pages": [page_said(page) for page in self.pages],
            "record_count": self.record_count,
            "control_total": {"value": total.value, "kind": total.kind} if total else None,
            "redacted": list(self.redacted),
        }
        return {**content, "feed": _end_said(self.feed)} if self.feed else content


def read_manifest(chain: Chain, data: bytes, where: str) -> Manifest:
    """Return the manifest that was stored; LandingError naming `where` if a byte of it changed."""
    try:
        said = json.loads(data)
        content = said["content"]
        total = content["control_total"]
        manifest = Manifest(
            chain=chain,
            number=said["number"],
            previous=said["previous"],
            received_at=parse_instant(said["received_at"]),
            period=content["period"],
            system=content["system"],
            request=content["request"],
            pages=tuple(
                page_read(page, packed)
                for page, packed in zip(content["pages"], said["packed_sha256"], strict=True)
            ),
            control_total=ControlTotal(**total) if total else None,
            redacted=tuple(content["redacted"]),
            feed=_end_read(content["feed"]) if "feed" in content else None,
        )
        unchanged = manifest.to_bytes() == data
    except (ValueError, KeyError, TypeError, AttributeError):
        unchanged = False
    if not unchanged:
        raise LandingError(f"{where} was altered after it was written; restore it from a backup")
    return manifest


def _end_said(feed: FeedEnd) -> dict[str, Any]:
    until = format_instant(feed.observed_until)
    return {**vars(feed), "checkpoint": dict(feed.checkpoint), "observed_until": until}


def _end_read(said: Mapping[str, Any]) -> FeedEnd:
    return FeedEnd(**{**said, "observed_until": parse_instant(said["observed_until"])})


def page_said(page: PageEntry) -> dict[str, Any]:
    """Return what a manifest's content says of a page."""
    return {name: value for name, value in vars(page).items() if name != "packed_sha256"}


def page_read(said: Mapping[str, Any], packed_sha256: str) -> PageEntry:
    """Return the page that `page_said` described."""
    return PageEntry(**said, packed_sha256=packed_sha256)


def canonical(document: object) -> bytes:
    """Return a document as JSON in exactly one spelling."""
    return json.dumps(
        document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def sha256(data: bytes) -> str:
    """Return `sha256:` and the hash."""
    return "sha256:" + hashlib.sha256(data).hexdigest()
