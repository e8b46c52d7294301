"""A key of each person's own, so that one person's can be erased, and nobody else's.

The keys are random and lie in one SQLite file, which is no part of the lake: what is landed never
changes, and names people by hashes that only these keys make again. Whose key a row holds cannot
be read from it either. Once it is gone, no hash in the lake can be tied to the person any more, by
whoever knows the person's id and the secret; every hash stays, and so does every proof.
"""

import os
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from recount.errors import RecountError, TransientError

_WAIT_SECONDS = 60
_OPEN = threading.local()


def key_of(file: Path, person: bytes) -> bytes:
    """Return the 32 bytes that a person is hashed with; made and kept where there are none yet.

    `person` is what the row is named by: 32 bytes, from which nobody learns who it is.
    """
    with _opened(file) as book:
        found = book.execute("select key from person_keys where person = ?", [person]).fetchone()
        if found is None:
            # of two at once the first one's key is everybody's
            row = [person, secrets.token_bytes(32)]
            book.execute("insert or ignore into person_keys values (?, ?)", row)
            query = "select key from person_keys where person = ?"
            found = book.execute(query, [person]).fetchone()
        key: bytes = found[0]
        return key


def erase(file: Path, people: Iterable[bytes]) -> list[bool]:
    """Erase keys for good, and say of each person whether there was one."""
    with _opened(file, must_exist=True) as book:
        erased = [
            book.execute("delete from person_keys where person = ?", [person]).rowcount > 0
            for person in people
        ]
        # secure_delete has overwritten the rows; now the log of what they were goes too
        book.execute("pragma wal_checkpoint(truncate)")
        return erased


@contextmanager
def _opened(file: Path, *, must_exist: bool = False) -> Iterator[sqlite3.Connection]:
    try:
        yield _book(file, must_exist)
    except sqlite3.OperationalError as problem:
        if "locked" in str(problem) or "busy" in str(problem):
            raise TransientError(f"{file} is locked by another process; run again") from None
        raise RecountError(f"{file} cannot be used for people's keys ({problem})") from None
    except sqlite3.DatabaseError as problem:
        raise RecountError(
            f"{file} is no file of people's keys ({problem}); restore it from a copy"
        ) from None


def _book(file: Path, must_exist: bool) -> sqlite3.Connection:
    """Return this thread's connection to a file, opened once, and anew behind a fork."""
    books: dict[tuple[int, Path], sqlite3.Connection] = _OPEN.__dict__.setdefault("books", {})
    place = os.getpid(), file
    if place not in books:
        if must_exist and not file.exists():
            raise RecountError(f"{file} is not there; RECOUNT_PERSON_KEYS names people's keys")
        book = sqlite3.connect(file, timeout=_WAIT_SECONDS, isolation_level=None)
        file.chmod(0o600)
        book.execute("pragma journal_mode = wal")
        book.execute("pragma secure_delete = on")
        # a key that a power failure took would make one person two
        book.execute("pragma synchronous = full")
        book.execute(
            "create table if not exists person_keys "
            "(person blob primary key, key blob not null) without rowid, strict"
        )
        books[place] = book
    return books[place]
