"""A manifest: what one extraction gave, sealed, and tied to the manifest before it (DESIGN 9)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recount.errors import LandingError
from recount.periods import format_instant, parse_instant
from recount.sources.extraction import ControlTotal


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
class Manifest:
    """One extraction as it was landed.

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
        return _sha256(_canonical(self._content()))

    @property
    def seal(self) -> str:
        """`sha256:` and the hash of everything that the manifest says."""
        return _sha256(_canonical(self._sealed()))

    def to_bytes(self) -> bytes:
        """Return the manifest as it is stored: JSON in exactly one spelling."""
        return _canonical({**self._sealed(), "seal": self.seal}) + b"\n"

    def _sealed(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "previous": self.previous,
            "received_at": format_instant(self.received_at),
            "digest": self.digest,
            "packed_sha256": [page.packed_sha256 for page in self.pages],
            "content": self._content(),
        }

    def _content(self) -> dict[str, Any]:
        total = self.control_total
        return {
            "source": self.chain.source,
            "stream": self.chain.stream,
            "system": self.system,
            "period": self.period,
            "request": dict(self.request),
            "pages": [_described(page) for page in self.pages],
            "record_count": self.record_count,
            "control_total": {"value": total.value, "kind": total.kind} if total else None,
            "redacted": list(self.redacted),
        }


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
                PageEntry(**page, packed_sha256=packed)
                for page, packed in zip(content["pages"], said["packed_sha256"], strict=True)
            ),
            control_total=ControlTotal(**total) if total else None,
            redacted=tuple(content["redacted"]),
        )
        unchanged = manifest.to_bytes() == data
    except (ValueError, KeyError, TypeError, AttributeError):
        unchanged = False
    if not unchanged:
        raise LandingError(f"{where} was altered after it was written; restore it from a backup")
    return manifest


def _described(page: PageEntry) -> dict[str, Any]:
    return {name: value for name, value in vars(page).items() if name != "packed_sha256"}


def _canonical(document: object) -> bytes:
    return json.dumps(
        document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _sha256(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()
