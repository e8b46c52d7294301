"""Objects are created once, by one writer, and never change; on plain files and on S3."""

import multiprocessing
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from recount.errors import LandingError
from recount.lake import KeyConflict, Lake, ObjectMissing, open_lake
from recount.stores import StoreError
from tests.unit.lake.racing import create_each


def test_what_was_put_is_read_back(lake: Lake) -> None:
    lake.put_once("a/period=2016-03/as_of=2016-05-01T00:00:00Z/b.json", b"\0content")
    assert lake.get("a/period=2016-03/as_of=2016-05-01T00:00:00Z/b.json") == b"\0content"


def test_a_file_is_put_like_bytes(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(b"content")
    lake.put_once("a", tmp_path / "page")
    lake.put_once("a", b"content")
    assert lake.get("a") == b"content"


def test_the_same_content_once_more_is_success(lake: Lake) -> None:
    lake.put_once("a", b"content")
    lake.put_once("a", b"content")
    assert lake.keys() == ["a"]


@pytest.mark.parametrize("other", [b"", b"conten", b"content!", b"Content"])
def test_other_content_under_a_key_is_refused_and_the_first_stays(lake: Lake, other: bytes) -> None:
    lake.put_once("a", b"content")
    with pytest.raises(KeyConflict, match=r"immutable key conflict: .*/a holds other content"):
        lake.put_once("a", other)
    assert lake.get("a") == b"content"


def test_a_missing_object_is_named(lake: Lake) -> None:
    assert not lake.exists("a/b")
    with pytest.raises(ObjectMissing, match="/a/b is missing"):
        lake.get("a/b")


def test_more_than_a_thousand_keys_are_listed(lake: Lake) -> None:
    with ThreadPoolExecutor(16) as writers:
        list(writers.map(lambda n: lake.put_once(f"many/{n:04}", b""), range(1001)))
    lake.put_once("manyfold/other", b"")
    assert lake.keys("many") == [f"many/{n:04}" for n in range(1001)]


def test_one_of_sixteen_threads_creates_each_object(lake: Lake) -> None:
    start = Barrier(16)

    def create(number: int) -> list[int]:
        start.wait(timeout=60)
        return [name for name in range(10) if _created(lake, f"race/{name}", b"%d" % number)]

    with ThreadPoolExecutor(16) as writers:
        created = Counter(name for won in writers.map(create, range(16)) for name in won)
    assert created == dict.fromkeys(range(10), 1)


def _created(lake: Lake, key: str, data: bytes) -> bool:
    try:
        lake.put_once(key, data)
    except KeyConflict:
        return False
    return True


def test_one_of_sixteen_processes_creates_each_file(tmp_path: Path) -> None:
    spawned = multiprocessing.get_context("spawn")
    start, wins = spawned.Barrier(16), spawned.Queue()
    processes = [
        spawned.Process(target=create_each, args=(str(tmp_path), number, start, wins))
        for number in range(16)
    ]
    for process in processes:
        process.start()
    reports = [wins.get(timeout=60) for _ in processes]
    owners = {name: number for number, won in reports for name in won}
    for process in processes:
        process.join()
    lake = open_lake(str(tmp_path))
    assert sum(len(won) for _, won in reports) == len(owners) == 50
    assert {name: int(lake.get(f"race/{name}")) for name in owners} == owners


def test_files_that_a_killed_writer_left_are_no_objects(tmp_path: Path) -> None:
    lake = open_lake(str(tmp_path))
    lake.put_once("a/b", b"content")
    (tmp_path / "a" / "c#1").write_bytes(b"half")
    assert lake.keys() == ["a/b"]


@pytest.mark.parametrize(
    "key",
    ["", "/a", "a/", "a//b", "..", "a/../b", "./a", "a\0b", "a b", "a\\b", "é", "a%2fb", "a#1",
     "x" * 256, "/".join(["x"] * 500)],
)  # fmt: skip
def test_a_key_that_could_lead_elsewhere_is_refused(tmp_path: Path, key: str) -> None:
    lake = open_lake(str(tmp_path))
    for use in (lake.get, lake.exists, lake.uri, lambda key: lake.put_once(key, b"")):
        with pytest.raises(LandingError, match="cannot be a key"):
            use(key)
    assert list(tmp_path.iterdir()) == []


def test_a_lake_is_opened_by_path_and_by_uri(tmp_path: Path) -> None:
    folder = tmp_path / "a lake"
    open_lake(str(folder)).put_once("a", b"1")
    assert open_lake(folder.as_uri()).get("a") == b"1"
    assert open_lake(str(folder)).uri("a") == (folder / "a").as_uri()


@pytest.mark.parametrize("uri", ["", "gs://bucket", "http://host/x", "file://host/x", "s3:///x"])
def test_what_is_no_place_for_a_lake_is_refused(uri: str) -> None:
    with pytest.raises(StoreError, match="write"):
        open_lake(uri)


def test_a_file_where_the_lake_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("")
    with pytest.raises(StoreError, match="cannot be used as a folder: File exists"):
        open_lake(str(tmp_path / "lake"))


def test_a_file_in_the_way_of_a_key_is_a_sentence(tmp_path: Path) -> None:
    lake = open_lake(str(tmp_path))
    lake.put_once("a", b"")
    with pytest.raises(StoreError, match=r"/a/b: Not a directory$"):
        lake.put_once("a/b", b"")


FULL_DISK = """
import resource, signal, sys
from recount.lake import open_lake
from recount.exhausted import Exhausted

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    open_lake(sys.argv[1]).put_once("a", b"x" * 1001)
except Exhausted as problem:
    print(problem)
"""


def test_a_disk_that_takes_no_more_is_named_and_nothing_is_published(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert said.startswith(f"{tmp_path.as_uri()}/a: a file would be larger than it may be; raise")
    assert open_lake(str(tmp_path)).keys() == []


def test_the_lakes_id_keeps_a_wrong_place_from_being_used(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOUNT_LAKE_ID", "acme")
    lake.put_once("foreign", b"")
    with pytest.raises(StoreError, match="is not the lake 'acme': it holds other objects"):
        open_lake(lake.place.uri)


def test_a_lake_knows_its_id_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOUNT_LAKE_ID", "acme")
    open_lake(str(tmp_path)).put_once("a", b"")
    assert open_lake(str(tmp_path)).exists("a")
    monkeypatch.setenv("RECOUNT_LAKE_ID", "globex")
    with pytest.raises(StoreError, match="is another lake than 'globex'"):
        open_lake(str(tmp_path))
