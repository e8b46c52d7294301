"""Checking packs wherever they lie; what is checked, and how, `recomputing` says."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from recount.errors import RecountError
from recount.lake import CONNECTION, Lake
from recount.periods import parse_instant
from recount.published import Slot
from recount.recomputing.proof import Report, chained, verify
from recount.stores import bucket

_IN_A_LAKE = "/evidence/contract="


def verified(packs: Sequence[str], *, follows_chain: bool = False) -> list[Report]:
    """Check packs, and of those of one contract that each names the one before it.

    With `follows_chain` the earlier packs that lie in the same lake are checked as well.
    """
    reports: list[Report] = []
    for pack in packs:
        report: Report | None = _verified(pack)
        while report and report.pack not in {each.pack for each in reports}:
            reports.append(report)
            report = _before(report) if follows_chain else None
    return chained(reports)


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
    with tempfile.TemporaryDirectory(prefix="recount-") as folder:
        copy = Path(folder, "pack.zip")
        with copy.open("wb") as file:
            file.writelines(Lake(bucket(where, CONNECTION)).chunks(name))
        yield copy


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
        return [f"{root}/{key}" for key in Lake(bucket(root, CONNECTION)).keys(folder)]
    return sorted(map(str, Path(root, folder).glob("pack*.zip")))
