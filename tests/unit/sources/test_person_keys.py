"""Each person may have a key of their own; once it is erased nobody finds them again."""

import hashlib
import hmac
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
from recount.errors import RecountError
from recount.sources.requesters import DEFAULT_REQUESTER_KEY, requester_key
from tests.support.small import write_month

ACTORS = {"human_agent": [{"id": "ann@acme.example"}]}
IN_A_PROCESS = "from recount.sources.requesters import requester_key as key; print(key('{}'))"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "keys.sqlite"
    monkeypatch.setenv("RECOUNT_PERSON_KEYS", str(path))
    monkeypatch.setenv("RECOUNT_CONTRACTS", str(write_month(tmp_path / "c", actors=ACTORS)))
    return path


def in_processes(*people: str) -> list[str]:
    """Hash each person in a process of its own, all at once."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", IN_A_PROCESS.format(person)], stdout=subprocess.PIPE, text=True
        )
        for person in people
    ]
    return [process.communicate()[0].strip() for process in started]


def erase(*words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["people", "erase", *words], input=stdin)


def keys_in(book: Path) -> list[bytes]:
    with sqlite3.connect(book) as connection:
        return [key for (key,) in connection.execute("select key from person_keys order by 1")]


def test_a_person_is_the_same_in_each_process_and_nobody_else(book: Path) -> None:
    found = in_processes("4711", "4711", "4711", "4712")
    assert found == [requester_key("4711")] * 3 + [requester_key("4712")]
    assert len(set(found)) == 2
    assert len(keys_in(book)) == 2


def test_the_secret_of_all_alone_does_not_find_a_person(book: Path) -> None:
    of_all = hmac.new(DEFAULT_REQUESTER_KEY.encode(), b"4711", hashlib.sha256).hexdigest()[:32]
    assert requester_key("4711") != of_all


def test_whoever_is_erased_is_somebody_else_from_then_on(book: Path) -> None:
    first, other = requester_key("4711"), requester_key("4712")
    done = erase("4711")
    assert (done.exit_code, done.output) == (0, "1 erased\n")
    assert requester_key("4711") != first
    assert requester_key("4712") == other


def test_neither_id_nor_erased_key_can_be_read_from_the_file(book: Path) -> None:
    requester_key("caller@acme.example")
    (key,) = keys_in(book)

    def files() -> bytes:
        return b"".join(path.read_bytes() for path in book.parent.glob("keys.sqlite*"))

    assert key in files()
    assert b"caller" not in files()
    assert erase("caller@acme.example").exit_code == 0
    assert key not in files()
    assert stat.S_IMODE(book.stat().st_mode) == 0o600


def test_ids_are_read_from_a_file_that_no_history_keeps(book: Path) -> None:
    requester_key("4711"), requester_key("4712")
    done = erase("--from", "-", "--json", stdin="4711\n\n 4712 \n")
    assert (done.exit_code, done.output) == (0, '{\n "erased": 2,\n "unknown": 0\n}\n')
    assert keys_in(book) == []


def test_somebody_unknown_is_told_of_by_their_place_and_not_by_their_id(book: Path) -> None:
    requester_key("4711")
    done = erase("4711", "4712")
    assert (done.exit_code, done.output) == (1, "1 erased\nperson 2 of 2 is not known here\n")


def test_whom_a_contract_names_is_not_erased_and_nobody_with_them(book: Path) -> None:
    before = requester_key("4711"), requester_key("ann@acme.example")
    done = erase("4711", "ann@acme.example")
    assert done.exit_code == 2
    assert "acme.yml names ann@acme.example as an actor" in done.stderr
    assert (requester_key("4711"), requester_key("ann@acme.example")) == before


def test_people_without_keys_of_their_own_cannot_be_erased_one_by_one(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RECOUNT_PERSON_KEYS")
    done = erase("4711")
    assert (done.exit_code, "RECOUNT_PERSON_KEYS names no file" in done.stderr) == (2, True)
    assert erase().exit_code == 2


def test_a_file_that_holds_no_keys_is_named(book: Path) -> None:
    assert "is not there" in erase("4711").stderr
    book.write_text("no keys " * 1000)
    with pytest.raises(RecountError, match=r"keys\.sqlite is no file of people's keys"):
        requester_key("4711")
