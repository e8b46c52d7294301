"""What was landed is there once, is closed by a manifest, and is believed only after a check."""

import json
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from recount import landing
from recount.errors import LandingError
from recount.lake import Lake, ObjectMissing, open_lake
from recount.landing import ControlTotal, Extraction, Manifest, Page

RECEIVED_AT = datetime(2016, 4, 1, 8, 30, 0, 1, tzinfo=UTC)
CHAIN = "landed/acme.helpdesk/events"


def extraction_of(*contents: bytes | Path) -> Extraction:
    pages = tuple(Page(f"p{n}.csv", data, record_count=2) for n, data in enumerate(contents))
    total = ControlTotal(2 * len(pages), "exact")
    request = {"location": "{period}.csv"}
    return Extraction("helpdesk", "events", "event_log", request, pages, total, redacted=("body",))


def land(lake: Lake, *contents: bytes | Path, period: str = "2016-03", day: int = 0) -> Manifest:
    received_at = RECEIVED_AT + timedelta(days=day)
    return landing.land(lake, "acme", period, extraction_of(*contents), received_at)


def read_back(lake: Lake, period: str = "2016-03") -> list[bytes]:
    manifest = landing.latest(lake, "acme", "helpdesk", "events", period)
    return [data for _, data in landing.pages(lake, manifest)] if manifest else []


@pytest.fixture
def disk(tmp_path: Path) -> Lake:
    return open_lake(str(tmp_path / "lake"))


def path_of(lake: Lake, key: str) -> Path:
    return Path(lake.place.uri.removeprefix("file://")) / key


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
    [(entry, path)] = landing.save(disk, manifest, tmp_path)
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
    assert landing.unreferenced(disk, "acme", "helpdesk", "events") == [orphan]
    manifest = land(disk, b"event_id\n1\n")
    assert [entry.key for entry in manifest.pages] == [orphan]
    assert landing.unreferenced(disk, "acme", "helpdesk", "events") == []


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
def test_a_page_cut_short_or_extended_is_noticed(disk: Lake, change) -> None:  # type: ignore[no-untyped-def]
    manifest = land(disk, b"a line that repeats\n" * 10)
    path = path_of(disk, manifest.pages[0].key)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(LandingError, match=rf"{path} is not what its manifest says"):
        landing.save(disk, manifest, path.parent)


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
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        lake = open_lake(folder)
        land(lake, *contents)
        assert read_back(lake) == contents


def _flipped(data: bytes, position: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
