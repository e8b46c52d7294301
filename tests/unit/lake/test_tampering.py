"""Whoever alters what was landed, or takes it away, is noticed, and the object is named."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from recount import landing
from recount.errors import LandingError
from recount.lake import Lake, ObjectMissing, open_lake
from tests.unit.lake.landed import CHAIN, land, path_of, read_back


def test_other_content_under_a_pages_key_is_refused(disk: Lake) -> None:
    key = land(disk, b"a").pages[0].key
    path_of(disk, key).write_bytes(zstandard.compress(b"b"))
    with pytest.raises(LandingError, match=rf"{key} is not what its manifest says"):
        land(disk, b"a", day=1)


def test_each_altered_byte_of_a_page_is_noticed(disk: Lake) -> None:
    manifest = land(disk, b"a line that repeats\n" * 10)
    path = path_of(disk, manifest.pages[0].key)
    stored = path.read_bytes()
    for position in range(len(stored)):
        path.write_bytes(_flipped(stored, position))
        with pytest.raises(LandingError, match=rf"{path} is not what its manifest says"):
            list(landing.pages(disk, manifest))


@pytest.mark.parametrize("change", [lambda old: old[:-1], lambda old: old + b"\0", lambda _: b""])
def test_a_page_cut_short_or_extended_is_noticed(
    disk: Lake, change: Callable[[bytes], bytes]
) -> None:
    manifest = land(disk, b"a line that repeats\n" * 10)
    path = path_of(disk, manifest.pages[0].key)
    path.write_bytes(change(path.read_bytes()))
    reading = landing.opened(disk, manifest.pages[0], path.parent)
    with pytest.raises(LandingError, match=rf"{path} is not what its manifest says"), reading:
        pass


def test_a_page_that_is_gone_is_named(disk: Lake) -> None:
    manifest = land(disk, b"a")
    path_of(disk, manifest.pages[0].key).unlink()
    with pytest.raises(ObjectMissing, match=rf"{manifest.pages[0].key} is missing"):
        list(landing.pages(disk, manifest))


def test_a_page_that_unfolds_without_end_is_stopped(disk: Lake) -> None:
    manifest = land(disk, b"small")
    bomb = zstandard.compress(bytes(1024**3))
    path_of(disk, manifest.pages[0].key).write_bytes(bomb)
    assert len(bomb) < 100_000
    tracemalloc.start()
    with pytest.raises(LandingError, match="is not what its manifest says"):
        list(landing.pages(disk, manifest))
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


def test_each_altered_byte_of_a_manifest_is_noticed(disk: Lake) -> None:
    path = path_of(disk, land(disk, b"a").key)
    stored = path.read_bytes()
    for position in range(len(stored)):
        path.write_bytes(_flipped(stored, position))
        with pytest.raises(LandingError, match=rf"{path} was altered"):
            landing.latest(disk, "acme", "helpdesk", "events", "2016-03")


def test_a_manifest_that_was_sealed_anew_breaks_the_chain(disk: Lake, tmp_path: Path) -> None:
    land(disk, b"a")
    land(disk, b"b")
    forged = land(open_lake(str(tmp_path / "other")), b"forged")
    path_of(disk, forged.key).write_bytes(forged.to_bytes())
    with pytest.raises(LandingError, match=r"00000002\.json does not follow"):
        read_back(disk)


@pytest.mark.parametrize("gone", [1, 2])
def test_a_manifest_that_is_gone_before_another_is_named(disk: Lake, gone: int) -> None:
    for data in (b"a", b"b", b"c"):
        land(disk, data)
    path_of(disk, f"{CHAIN}/manifests/0000000{gone}.json").unlink()
    with pytest.raises(LandingError, match=rf"0000000{gone}\.json is missing"):
        land(disk, b"d")


def test_a_pinned_manifest_that_is_gone_is_named(disk: Lake) -> None:
    digest = land(disk, b"a").digest
    path_of(disk, f"{CHAIN}/manifests/00000001.json").unlink()
    with pytest.raises(LandingError, match=f"no manifest with the digest {digest}"):
        landing.find(disk, "acme", "helpdesk", "events", digest)


def _flipped(data: bytes, position: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
