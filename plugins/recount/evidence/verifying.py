"""Checking packs wherever they lie; what is checked, and how, `recomputing` says.

Beyond that: who signed a pack, and since when it is there, where the checker says whom to believe.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from recount.errors import RecountError
from recount.evidence.attesting import Attested, Trust, attested, beside
from recount.lake import CONNECTION, Lake
from recount.periods import format_instant, parse_instant
from recount.published import Slot
from recount.recomputing.packs import MANIFEST, Pack
from recount.recomputing.proof import Report, chained, verify
from recount.scratch import scratch_folder
from recount.stores import bucket

_IN_A_LAKE = "/evidence/contract="


@dataclass(frozen=True)
class Proof:
    """What came of checking a pack, and of what stands beside it; None of a pack that is none."""

    report: Report
    attested: Attested | None

    @property
    def exit_code(self) -> int:
        """0 proven, 1 differs, 2 unreadable."""
        return self.report.exit_code

    def as_json(self) -> dict[str, Any]:
        """The proof as scripts read it."""
        by, at = (
            (self.attested.signed_by, self.attested.stamped_at) if self.attested else (None,) * 2
        )
        return self.report.as_json() | {
            "signed_by": by, "stamped_at": at and format_instant(at),
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """The proof as people read it."""
        yield from self.report.lines()
        yield from (f"  {note}" for note in (self.attested.notes if self.attested else ()))


def verified(
    packs: Sequence[str], *, follows_chain: bool = False, trust: Trust | None = None
) -> list[Proof]:
    """Check packs, and of those of one contract that each names the one before it.

    With `follows_chain` the earlier packs that lie in the same lake are checked as well. Signatures
    and time stamps are checked as far as somebody is trusted.
    """
    reports: list[Report] = []
    for pack in packs:
        report: Report | None = _verified(pack)
        while report and report.pack not in {each.pack for each in reports}:
            reports.append(report)
            report = _before(report) if follows_chain else None
    return [_with_attested(report, trust or Trust()) for report in chained(reports)]


def _with_attested(report: Report, trust: Trust) -> Proof:
    if report.result == "unreadable":
        return Proof(report, None)
    with _opened(report.pack) as file:
        manifest = Pack(file).read(MANIFEST)
    found = attested(manifest, lambda ending: _read(beside(report.pack, ending)), trust)
    if found.differences:
        differences = [*report.differences, *found.differences]
        report = replace(report, result="differs", differences=differences)
    return Proof(report, found)


def _read(where: str) -> bytes | None:
    """Return what stands beside a pack; None where nothing does."""
    if (path := _path(where)) is not None:
        return path.read_bytes() if path.is_file() else None
    folder, _, name = where.rpartition("/")
    lake = Lake(bucket(folder, CONNECTION))
    return lake.get(name) if lake.exists(name) else None


def _verified(pack: str) -> Report:
    try:
        with _file_of(pack) as path:
            return verify(str(path), pack)
    except RecountError as error:
        return Report(pack, "unreadable", str(error))


@contextmanager
def _file_of(pack: str) -> Iterator[Path]:
    """Give a pack as a file: an object of a bucket is copied, as many places of it are read."""
    if (path := _path(pack)) is not None:
        yield path
        return
    where, _, name = pack.rpartition("/")
    with scratch_folder() as folder:
        copy = folder / "pack.zip"
        with copy.open("wb") as file:
            file.writelines(Lake(bucket(where, CONNECTION)).chunks(name))
        yield copy


@contextmanager
def _opened(pack: str) -> Iterator[BinaryIO]:
    """Open a pack to read little of it: of an object of a bucket that part alone is fetched."""
    if (path := _path(pack)) is not None:
        with path.open("rb") as file:
            yield file
        return
    where, _, name = pack.rpartition("/")
    with Lake(bucket(where, CONNECTION)).opened(name) as file:
        yield file


def _path(pack: str) -> Path | None:
    """Return where a pack is on this machine; None in a bucket."""
    if pack.startswith("s3://"):
        return None
    return Path(unquote(urlsplit(pack).path)) if pack.startswith("file://") else Path(pack)


def _before(report: Report) -> Report | None:
    """Check the pack that one follows, where both lie in one lake; None where it is not at hand."""
    if report.previous is None:
        return None
    as_of = parse_instant(report.previous["as_of"])
    slot = Slot(str(report.contract), report.previous["period"], as_of)
    found = [_verified(pack) for pack in _packs_of(report.pack, slot)]
    # an instant has several packs where its month was run again with another statement
    named = [each for each in found if each.manifest == report.previous["sha256"]]
    return next(iter(named or found), None)


def _packs_of(beside: str, slot: Slot) -> list[str]:
    path = _path(beside)
    whole = beside if path is None else path.absolute().as_posix()
    if _IN_A_LAKE not in whole:
        return []
    root, folder = whole.rpartition(_IN_A_LAKE)[0], f"evidence/{slot.path}"
    if path is None:
        keys = Lake(bucket(root, CONNECTION)).keys(folder)
        return [f"{root}/{key}" for key in keys if key.endswith(".zip")]
    return sorted(map(str, Path(root, folder).glob("pack*.zip")))
