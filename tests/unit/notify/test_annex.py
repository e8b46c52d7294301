"""What a notice brings along: the evidence by name and hash, and never where our lake is."""

import hashlib
from pathlib import Path

import pytest

from recount.errors import RecountError
from recount.evidence.zipping import seal, zipped
from recount.lake import Lake
from recount.recomputing.packs import FORMAT, MEMBERS
from recount.telling import evidence_of

KEY = "evidence/contract=acme/period=2016-03/pack.zip"


@pytest.fixture
def pack(tmp_path: Path) -> bytes:
    """A pack in which every member is empty."""
    folder = tmp_path / "members"
    folder.mkdir()
    for name in MEMBERS:
        (folder / name).touch()
    (folder / "manifest.json").unlink()
    seal(folder, {name: -1 for name in MEMBERS if name.endswith(".csv")}, {"format": FORMAT})
    zipped(folder.iterdir(), tmp_path / "pack.zip")
    return (tmp_path / "pack.zip").read_bytes()


def test_the_evidence_is_named_with_its_hash_and_without_our_lakes_address(
    lake: Lake, pack: bytes
) -> None:
    lake.put_once(KEY, pack)
    named = {"name": "pack.zip", "sha256": hashlib.sha256(pack).hexdigest()}
    assert evidence_of(lake, lake.uri(KEY)) == named


@pytest.mark.parametrize("place", [40, 1500, -30])
def test_evidence_of_which_a_byte_was_altered_is_told_to_nobody(
    lake: Lake, pack: bytes, place: int
) -> None:
    harmed = bytearray(pack)
    harmed[place] ^= 1
    lake.put_once(KEY, bytes(harmed))
    with pytest.raises(RecountError, match=r"pack\.zip.*; restore it from a backup"):
        evidence_of(lake, lake.uri(KEY))


def test_where_a_statement_names_no_evidence_there_is_none(lake: Lake) -> None:
    assert evidence_of(lake, None) is None


def test_evidence_that_is_lost_is_not_passed_over(lake: Lake) -> None:
    with pytest.raises(RecountError, match=r"pack.zip is missing; restore it"):
        evidence_of(lake, lake.uri("evidence/pack.zip"))
