"""The evidence pack of a final statement: written once, tied to the pack of the month before."""

import hashlib
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from recount import due, landing, published
from recount.contract.canonical import digest as contract_digest
from recount.errors import ContractError, LandingError
from recount.evidence.attesting import attest
from recount.evidence.members import Rows, write_members
from recount.evidence.zipping import seal, zipped
from recount.lake import KeyConflict, Lake
from recount.month import Month
from recount.periods import parse_instant
from recount.published import Slot
from recount.recomputing.packs import (
    BROKEN,
    FORMAT,
    MANIFEST,
    Difference,
    Pack,
    Unreadable,
    altered,
    digest,
)
from recount.scratch import scratch_folder
from recount.statement import Kind


def pack(month: Month, manifest_key: str, statement_key: str) -> str | None:
    """Leave the evidence pack of a final statement and return its URI; None of a provisional one.

    Where the lake holds the pack of this very statement, that one stands: whatever the program's
    version or the packs of other months are by now, it is not written again. What is to stand
    beside it, and does not yet, is added.
    """
    lake, statement = month.lake, published.read(month.lake, statement_key)
    if statement["kind"] != Kind.FINAL:
        return None
    key, is_there = _place(lake, statement)
    if not is_there:
        _write(month, manifest_key, statement, key)
    attest(lake, key, lambda: _manifest(lake, key))
    return lake.uri(key)


def pack_of(lake: Lake, statement: Mapping[str, Any]) -> str | None:
    """Return the key of a published statement's pack; None where there is none."""
    key, is_there = _place(lake, statement)
    return key if is_there else None


def hash_of(lake: Lake, key: str) -> str:
    """Return the SHA-256 of the pack under that key; LandingError where it was altered."""
    with lake.opened(key) as file:
        pack = _opened(file, lake.uri(key))
        try:
            difference = next(altered(pack), None)
        except BROKEN as problem:
            difference = Difference(MANIFEST, "", f"altered ({problem})")
        if difference:
            raise LandingError(f"{lake.uri(key)}: {difference}; restore it from a backup")
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _place(lake: Lake, statement: Mapping[str, Any]) -> tuple[str, bool]:
    """Find the key of a statement's pack, and whether it is there already.

    A month that is run again as of the same instant, with an invoice that was missing, has another
    statement and so another pack beside the first.
    """
    wanted = digest(published.canonical(statement))
    for key in _keys(_slot(statement)):
        if not lake.exists(key):
            return key, False
        with lake.opened(key) as file:
            members = _opened(file, lake.uri(key)).listed
        if members["statement.json"]["sha256"] == wanted:
            return key, True
    raise AssertionError("there is always another key")


def _keys(slot: Slot) -> Iterator[str]:
    yield f"evidence/{slot.path}/pack.zip"
    yield from (f"evidence/{slot.path}/pack-{number}.zip" for number in count(2))


def _slot(statement: Mapping[str, Any]) -> Slot:
    as_of = parse_instant(statement["as_of"])
    return Slot(statement["contract"], statement["period"], as_of)


def _opened(file: Any, where: str) -> Pack:
    try:
        return Pack(file)
    except Unreadable as error:
        raise LandingError(f"{where} {error}; restore it from a backup") from None


def _write(month: Month, manifest_key: str, statement: Mapping[str, Any], key: str) -> None:
    facts = {
        "format": FORMAT,
        "contract": statement["contract"],
        "period": statement["period"],
        "as_of": statement["as_of"],
        "previous": _previous(month.lake, statement),
    }
    with scratch_folder() as scratch:
        folder, path = scratch / "members", scratch / "pack.zip"
        folder.mkdir()
        rows = _write_members(month, manifest_key, statement, folder)
        seal(folder, rows, facts)
        zipped(folder.iterdir(), path)
        try:
            month.lake.put_once(key, path)
        except KeyConflict:
            if _place(month.lake, statement) != (key, True):
                raise


def _write_members(
    month: Month, manifest_key: str, statement: Mapping[str, Any], folder: Path
) -> Rows:
    contract, lake = month.contract, month.lake
    facts, marts = published.read_marts(lake, manifest_key)
    if contract_digest(contract) != facts["contract_sha256"]:
        raise ContractError(
            f"{contract.file}: the contract is another one than {month.period} was recounted by; "
            "run the month again"
        )
    landed = [
        manifest
        for source, streams in facts["streams"].items()
        for stream, pinned in streams.items()
        for manifest in landing.whole(lake, contract.contract, source, stream, pinned)
    ]
    return write_members(contract, facts, marts, statement, landed, folder)


def _previous(lake: Lake, statement: Mapping[str, Any]) -> dict[str, str] | None:
    """Name the pack of the last month before, as it stood as of this statement's instant."""
    until = parse_instant(statement["as_of"])
    standing = due.standing_statements(lake, statement["contract"], until)
    for period in sorted(standing, reverse=True):
        before = standing[period]
        if period < statement["period"] and before["kind"] == Kind.FINAL:
            key = pack_of(lake, before)
            if key is not None:
                sha256 = digest(_manifest(lake, key))
                return {"period": period, "as_of": before["as_of"], "sha256": sha256}
    return None


def _manifest(lake: Lake, key: str) -> bytes:
    with lake.opened(key) as file:
        return _opened(file, lake.uri(key)).read(MANIFEST)
