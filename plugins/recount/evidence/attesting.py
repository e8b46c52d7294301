"""What stands beside a pack and says more of it than it can itself: who made it, and since when.

Both are of the pack's manifest, and so of each of its bytes. They are no part of the zip, whose
bytes follow from the month alone: `pack.sig` is the buyer's signature, `pack.tsr` the answer of a
time stamp authority. OpenSSL checks both as they are.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from recount.errors import RecountError
from recount.lake import KeyConflict, Lake
from recount.periods import format_instant
from recount.recomputing.packs import Difference

_KEY, _AUTHORITY, _ROOTS = (
    "RECOUNT_SIGNING_KEY", "RECOUNT_TIME_STAMPS", "RECOUNT_TIME_STAMP_ROOTS",
)  # fmt: skip
SIGNATURE, TIME_STAMP = ".sig", ".tsr"


def beside(pack: str, ending: str) -> str:
    """Return where the signature or the time stamp of a pack is."""
    return pack.removesuffix(".zip") + ending


def attest(lake: Lake, key: str, manifest: Callable[[], bytes]) -> None:
    """Sign the manifest of the pack under that key and have it stamped, as far as configured.

    What is there already stands. TransientError where the authority fails; RecountError where a
    file that the environment names is none.
    """
    signing_key = os.environ.get(_KEY)
    if signing_key and not lake.exists(beside(key, SIGNATURE)):
        from recount.evidence.signatures import sign

        lake.put_once(beside(key, SIGNATURE), sign(manifest(), Path(signing_key)))
    authority, roots = os.environ.get(_AUTHORITY), os.environ.get(_ROOTS)
    if authority and not roots:
        raise RecountError(
            f"{_AUTHORITY} names a time stamp authority, and {_ROOTS} nothing to check its answer "
            "by; name a file with its root certificates"
        )
    if authority and roots and not lake.exists(beside(key, TIME_STAMP)):
        from recount.evidence.time_stamps import ask

        stamp = ask(authority, manifest(), Path(roots))
        # another run may have had it stamped meanwhile, and one stamp is enough
        with suppress(KeyConflict):
            lake.put_once(beside(key, TIME_STAMP), stamp)


@dataclass(frozen=True)
class Trust:
    """Whom who checks a pack believes: a buyer's public key, an authority's root certificates."""

    signed_by: Path | None = None
    stamped_by: Path | None = None


@dataclass(frozen=True)
class Attested:
    """What came of checking what stands beside a pack.

    `signed_by` is the fingerprint of the key that signed it, `stamped_at` the instant at which it
    was there; None where nobody was to be believed, or where it does not hold.
    """

    signed_by: str | None
    stamped_at: datetime | None
    notes: tuple[str, ...]
    differences: tuple[Difference, ...]


def attested(manifest: bytes, found: Callable[[str], bytes | None], trust: Trust) -> Attested:
    """Check what stands beside a pack; `found` gives what there is of an ending."""
    signature, stamp = found(SIGNATURE), found(TIME_STAMP)
    signed_by, stamped_at = None, None
    notes, differences = [], []
    if trust.signed_by:
        signed_by, problem = _signed_by(manifest, signature, trust.signed_by)
        if problem:
            differences.append(Difference("signature", "", problem))
        else:
            notes.append(f"signed by {signed_by}")
    elif signature:
        notes.append("has a signature, not checked: give --signed-by")
    if trust.stamped_by:
        stamped_at, problem = _stamped_at(manifest, stamp, trust.stamped_by)
        if stamped_at is None:
            differences.append(Difference("time stamp", "", problem))
        else:
            notes.append(f"was there at {format_instant(stamped_at)} by its time stamp")
    elif stamp:
        notes.append("has a time stamp, not checked: give --stamped-by")
    return Attested(signed_by, stamped_at, tuple(notes), tuple(differences))


def _signed_by(manifest: bytes, signature: bytes | None, key: Path) -> tuple[str | None, str]:
    """Return the fingerprint of the key that signed it, or why it did not."""
    from recount.evidence.signatures import fingerprint, is_signed

    if signature is None:
        return None, "is missing"
    name = fingerprint(key)
    if not is_signed(manifest, signature, key):
        return None, f"is not of this manifest by {name}"
    return name, ""


def _stamped_at(manifest: bytes, stamp: bytes | None, roots: Path) -> tuple[datetime | None, str]:
    """Return when it was there, or why nobody knows."""
    from recount.evidence.time_stamps import NotStamped, stamped_at

    if stamp is None:
        return None, "is missing"
    try:
        return stamped_at(stamp, manifest, roots), ""
    except NotStamped as problem:
        return None, str(problem)
