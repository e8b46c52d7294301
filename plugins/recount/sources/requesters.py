"""People as keyed hashes: who asked is told apart, and not who that is (DESIGN 3)."""

import functools
import hashlib
import hmac
import os
from collections.abc import Callable, Iterable, Mapping

# Not a secret: without RECOUNT_REQUESTER_KEY, whoever has a list of callers can find them again.
DEFAULT_REQUESTER_KEY = "recount-default-requester-key-that-is-not-secret"


def requester_key(person: str) -> str:
    """Return the key that stands for a source's id of a person: 32 hex digits."""
    return requester_keys()(person)


def names_by_key(names: Iterable[str]) -> Mapping[str, str]:
    """Return names by the keys that stand for them, to find again whom the contract names."""
    return {requester_key(name): name for name in names}


def requester_keys() -> Callable[[str], str]:
    """Return a function that does the same with the secret as it is now, for many people."""
    secret = os.environ.get("RECOUNT_REQUESTER_KEY") or DEFAULT_REQUESTER_KEY
    return functools.partial(_hashed, secret)


@functools.lru_cache(maxsize=200_000)
def _hashed(secret: str, person: str) -> str:
    return hmac.new(secret.encode(), person.encode(), hashlib.sha256).hexdigest()[:32]
