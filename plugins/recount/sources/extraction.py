"""What an extraction hands to landing: pages of bytes, and what was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


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
    """One stream of one source for one period; `redacted` names the fields that were taken out.

    `request` says what was asked, in words that are the same on every machine.
    """

    source: str
    stream: str
    system: str
    request: Mapping[str, str]
    pages: tuple[Page, ...]
    control_total: ControlTotal | None = None
    redacted: tuple[str, ...] = ()
