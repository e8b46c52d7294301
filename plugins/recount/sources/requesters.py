"""People as keyed hashes: who asked is told apart, and not who that is (DESIGN 3)."""

import functools
import hmac
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from recount.errors import RecountError
from recount.sources import person_keys
from recount.sources.terms import SourceTerms

# Not a secret: without RECOUNT_REQUESTER_KEY, whoever has a list of callers can find them again.
DEFAULT_REQUESTER_KEY = "recount-default-requester-key-that-is-not-secret"
_BOOK = "RECOUNT_PERSON_KEYS"


def requester_key(person: str) -> str:
    """Return the key that stands for a source's id of a person: 32 hex digits."""
    return requester_keys()(person)


def check_value() -> str:
    """Return what tells one way of hashing people from another, and nothing of anybody."""
    return requester_key("")


def names_by_key(terms: SourceTerms, others: Iterable[str] = ()) -> Mapping[str, str]:
    """Return names by the keys that stand for them, to find again whom the contract names.

    ContractError where what was landed has other keys: then nobody would be found.
    """
    if terms.people not in (None, check_value()):
        raise terms.refused(
            "",
            "people were hashed with another RECOUNT_REQUESTER_KEY or other RECOUNT_PERSON_KEYS "
            "when it was landed, so that nobody whom the contract names is found; set what was set "
            "then",
        )
    return {requester_key(name): name for name in (*others, *terms.actors)}


def requester_keys() -> Callable[[str], str]:
    """Return a function that does the same with the secret as it is now, for many people."""
    return functools.partial(_hashed, _secret(), os.environ.get(_BOOK) or None)


def erase(people: Iterable[str]) -> list[bool]:
    """Erase the keys of people for good, and say of each whether there was one.

    RecountError where people have no keys of their own.
    """
    book = os.environ.get(_BOOK)
    if not book:
        raise RecountError(
            f"people have no keys of their own here, as {_BOOK} names no file for them; "
            "only the one secret of all can be destroyed, RECOUNT_REQUESTER_KEY"
        )
    erased = person_keys.erase(Path(book), [_digest(_secret(), each) for each in people])
    _hashed.cache_clear()
    return erased


def _secret() -> bytes:
    return (os.environ.get("RECOUNT_REQUESTER_KEY") or DEFAULT_REQUESTER_KEY).encode()


@functools.lru_cache(maxsize=200_000)
def _hashed(secret: bytes, book: str | None, person: str) -> str:
    key = person_keys.key_of(Path(book), _digest(secret, person)) if book else secret
    return _digest(key, person).hex()[:32]


def _digest(key: bytes, person: str) -> bytes:
    return hmac.digest(key, person.encode(), "sha256")
