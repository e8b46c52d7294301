"""A time stamp by a third party (RFC 3161): that bytes were there at an instant, and not later."""

import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from recount.errors import RecountError, TransientError
from recount.sources.api import Limits, client

_LIMITS = Limits(answer_seconds=60, idle_seconds=20, largest_answer_bytes=1 << 20)
_QUERY = {"Content-Type": "application/timestamp-query"}


class NotStamped(RecountError):
    """A time stamp does not say of these bytes what it is to say; the sentence has why."""


def ask(url: str, data: bytes, roots: Path) -> bytes:
    """Let an authority stamp the hash of data, and return its answer as it came, checked.

    TransientError where it cannot be reached or fails; NotStamped where the answer does not hold
    by those roots.
    """
    query = (
        TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    )  # with a nonce, and asking for the certificates that check it
    answer = _post(url, query.as_bytes())
    try:
        stamped_at(answer, data, roots, nonce=query.nonce)
    except NotStamped as problem:
        raise NotStamped(
            f"what the time stamp authority {httpx.URL(url).host} answers {problem}; check its "
            f"address, and the certificates in {roots}"
        ) from None
    return answer


def stamped_at(answer: bytes, data: bytes, roots: Path, *, nonce: int | None = None) -> datetime:
    """Return the instant at which data was there by an authority's word, in UTC.

    NotStamped where the stamp is of something else or does not lead to one of the roots. It holds
    as long as its certificates were valid at that instant, whatever became of them later.
    """
    try:
        stamp = decode_timestamp_response(answer)
    except ValueError:
        raise NotStamped("is no time stamp in DER") from None
    if stamp.status:
        said = f" ({', '.join(stamp.status_string)})" if stamp.status_string else ""
        raise NotStamped(f"was not granted, status {int(stamp.status)}{said}")
    builder = VerifierBuilder(roots=_certificates(roots), nonce=nonce)
    try:
        builder.build().verify_message(stamp, data)
    except VerificationError as error:
        raise NotStamped(f"does not hold: {error}") from None
    return stamp.tst_info.gen_time.astimezone(UTC)


def _certificates(roots: Path) -> list[Certificate]:
    try:
        found = load_pem_x509_certificates(roots.read_bytes())
    except OSError as error:
        raise RecountError(
            f"{roots} cannot be read ({error.strerror}); name the root certificates of the "
            "time stamp authority"
        ) from None
    except ValueError:
        raise RecountError(f"{roots} has no certificates as PEM; name such a file") from None
    return list(dict.fromkeys(found))


def _post(url: str, query: bytes) -> bytes:
    authority = f"the time stamp authority {httpx.URL(url).host}"  # the rest may be secret
    until, data = time.monotonic() + _LIMITS.answer_seconds, b""
    try:
        with (
            client(url, _LIMITS) as session,
            session.stream("POST", url, content=query, headers=_QUERY) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise _failed(f"{authority} answers {answer.status_code}")
            for piece in answer.iter_bytes():
                data += piece
                if len(data) > _LIMITS.largest_answer_bytes or time.monotonic() > until:
                    raise _failed(f"{authority} does not come to an end")
    except httpx.HTTPError as error:
        raise _failed(f"{authority} cannot be reached ({type(error).__name__})") from None
    return data


def _failed(what: str) -> TransientError:
    return TransientError(f"{what}; the pack is there, so check the address and run again")
