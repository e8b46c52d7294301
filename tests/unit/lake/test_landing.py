"""What was landed is there once, is closed by a manifest, and is believed only after a check."""

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from recount import landing
from recount.errors import LandingError
from recount.lake import Lake, open_lake
from recount.landing import ControlTotal, Extraction, Page
from recount.sweeping import unreferenced
from tests.unit.lake.landed import CHAIN, RECEIVED_AT, extraction_of, land, path_of, read_back


def test_pages_are_read_back_in_order_byte_for_byte(lake: Lake) -> None:
    land(lake, b"a\n1\n", b"", b"\xff\x00" * 5000)
    assert read_back(lake) == [b"a\n1\n", b"", b"\xff\x00" * 5000]


def test_a_manifest_says_what_was_asked_and_what_came(lake: Lake) -> None:
    manifest = land(lake, b"a", b"b")
    found = landing.find(lake, "acme", "helpdesk", "events", manifest.digest)
    assert found == manifest
    assert (found.number, found.previous, found.received_at) == (1, None, RECEIVED_AT)
    assert (found.record_count, found.control_total) == (4, ControlTotal(4, "exact"))
    assert (found.request, found.redacted) == ({"location": "{period}.csv"}, ("body",))


def test_landing_the_same_again_changes_nothing(lake: Lake) -> None:
    first = land(lake, b"a")
    before = lake.keys()
    assert land(lake, b"a", day=1) == first
    assert lake.keys() == before


def test_a_newer_export_stands_beside_the_older_one(lake: Lake) -> None:
    first, second, third = (land(lake, data, day=n) for n, data in enumerate([b"a", b"b", b"a"]))
    assert [each.number for each in (first, second, third)] == [1, 2, 3]
    assert third.digest == first.digest != second.digest
    assert (second.previous, third.previous) == (first.seal, second.seal)
    assert read_back(lake) == [b"a"]


def test_periods_share_a_chain_and_keep_their_own_newest(disk: Lake) -> None:
    march, april = land(disk, b"a"), land(disk, b"a", period="2016-04")
    assert (april.number, april.previous) == (2, march.seal)
    assert march.digest != april.digest
    assert land(disk, b"a", day=1) == march
    assert landing.latest(disk, "acme", "helpdesk", "events", "2016-05") is None


def test_equal_content_has_an_equal_digest_in_any_lake(tmp_path: Path) -> None:
    here, there = (open_lake(str(tmp_path / name)) for name in ("here", "there"))
    land(there, b"older")
    one, other = land(here, b"a"), land(there, b"a", day=1)
    assert one.digest == other.digest
    assert one.seal != other.seal


def test_a_page_may_be_a_file_larger_than_a_piece(disk: Lake, tmp_path: Path) -> None:
    content = bytes(range(256)) * 40_000
    (tmp_path / "page").write_bytes(content)
    manifest = land(disk, tmp_path / "page")
    assert land(disk, content) == manifest
    [entry] = manifest.pages
    with landing.opened(disk, entry, tmp_path) as path:
        assert (path.read_bytes(), entry.byte_count) == (content, len(content))


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "a\0b", "CON", "x" * 5000, "a\nb", "é"])
def test_a_name_from_outside_is_data_and_never_a_path(disk: Lake, name: str) -> None:
    page = Page(name, b"a", record_count=1)
    extraction = Extraction("helpdesk", "events", "event_log", {}, (page,))
    manifest = landing.land(disk, "acme", "2016-03", extraction, RECEIVED_AT)
    [entry] = landing.find(disk, "acme", "helpdesk", "events", manifest.digest).pages
    assert entry.name == name
    assert entry.key == f"{CHAIN}/period=2016-03/{entry.sha256}.zst"


def test_an_owner_that_is_no_folder_name_is_refused(disk: Lake) -> None:
    with pytest.raises(LandingError, match="cannot be a key"):
        landing.land(disk, "../acme", "2016-03", extraction_of(b"a"), RECEIVED_AT)


def test_killed_before_the_manifest_nothing_counts_and_the_page_is_used_again(disk: Lake) -> None:
    script = Path(__file__).with_name("killed.py")
    killed = subprocess.run([sys.executable, str(script), disk.place.uri], timeout=60)
    assert killed.returncode == -9
    [orphan] = disk.keys()
    assert landing.latest(disk, "acme", "helpdesk", "events", "2016-03") is None
    assert [each.key for each in unreferenced(disk)] == [orphan]
    manifest = land(disk, b"event_id\n1\n")
    assert [entry.key for entry in manifest.pages] == [orphan]
    assert unreferenced(disk) == []


def test_what_no_manifest_lists_is_not_read(disk: Lake) -> None:
    land(disk, b"a")
    disk.put_once(f"{CHAIN}/period=2016-03/{'0' * 64}.zst", zstandard.compress(b"planted"))
    disk.put_once(f"{CHAIN}/manifests/notes.json", b"{}")
    assert read_back(disk) == [b"a"]


def test_a_page_that_another_release_compressed_is_the_same_page(disk: Lake) -> None:
    content = b"a line that repeats\n" * 1000
    key = land(disk, content).pages[0].key
    path_of(disk, key).unlink()
    path_of(disk, f"{CHAIN}/manifests/00000001.json").unlink()
    disk.put_once(key, zstandard.ZstdCompressor(level=19).compress(content))
    assert land(disk, content).pages[0].key == key
    assert read_back(disk) == [content]


def test_a_listing_that_is_behind_does_not_hide_a_manifest(disk: Lake) -> None:
    class Behind(Lake):
        def keys(self, under: str = "") -> list[str]:
            return super().keys(under)[:1]

    for data in (b"a", b"b", b"c"):
        land(disk, data)
    assert read_back(Behind(disk.place)) == [b"c"]


def test_writers_at_the_same_time_make_one_chain(lake: Lake) -> None:
    with ThreadPoolExecutor(8) as writers:
        landed = list(writers.map(lambda n: land(lake, b"%d" % n), range(8)))
    chain = landing.verify_chain(lake, "acme", "helpdesk", "events")
    assert sorted(each.number for each in landed) == [each.number for each in chain]
    assert {each.digest for each in landed} == {each.digest for each in chain}


def test_writers_of_the_same_content_write_one_manifest(lake: Lake) -> None:
    with ThreadPoolExecutor(8) as writers:
        landed = list(writers.map(lambda n: land(lake, b"same", day=n), range(8)))
    assert len({each.seal for each in landed}) == 1
    assert len(lake.keys(f"{CHAIN}/manifests")) == 1


def test_no_page_is_lost_where_nothing_was_given(disk: Lake) -> None:
    manifest = land(disk)
    assert (manifest.pages, manifest.record_count, read_back(disk)) == ((), 0, [])


def test_redaction_keeps_the_hash_of_what_was_received(disk: Lake) -> None:
    page = Page("p.csv", b"less", record_count=1, received_sha256="f" * 64)
    extraction = Extraction("helpdesk", "events", "event_log", {}, (page,))
    [entry] = landing.land(disk, "acme", "2016-03", extraction, RECEIVED_AT).pages
    assert (entry.received_sha256, entry.sha256 == entry.received_sha256) == ("f" * 64, False)


def test_a_manifest_is_json_in_one_spelling(disk: Lake) -> None:
    stored = disk.get(land(disk, b"a").key)
    said = json.loads(stored)
    assert set(said) == {
        "number", "previous", "received_at", "digest", "packed_sha256", "content", "seal",
    }  # fmt: skip
    assert said["received_at"] == "2016-04-01T08:30:00.000001Z"
    assert "received_at" not in said["content"]


@given(st.lists(st.binary(max_size=200), max_size=4))
def test_whatever_was_landed_comes_back(contents: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lake = open_lake(folder)
        land(lake, *contents)
        assert read_back(lake) == contents
