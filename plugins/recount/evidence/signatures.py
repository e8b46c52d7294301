"""A buyer's signature: Ed25519 (RFC 8032), which says the same of the same bytes each time."""

import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from recount.errors import RecountError


def sign(data: bytes, key_file: Path) -> bytes:
    """Return the 64 bytes that sign data; RecountError where the file holds no such key."""
    try:
        key = load_pem_private_key(_read(key_file), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None  # the cause is left out because it could quote the secret
    if not isinstance(key, Ed25519PrivateKey):
        raise RecountError(
            f"{key_file} is no private key to sign with; write one with "
            "`openssl genpkey -algorithm ed25519`, without a passphrase"
        )
    return key.sign(data)


def is_signed(data: bytes, signature: bytes, key_file: Path) -> bool:
    """Say whether that key signed data; RecountError where the file holds no public key."""
    try:
        _public_key(key_file).verify(signature, data)
    except InvalidSignature:
        return False
    return True


def fingerprint(key_file: Path) -> str:
    """Return how a public key is told to others: `sha256:` and 64 hex digits, of its DER."""
    der = _public_key(key_file).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return "sha256:" + hashlib.sha256(der).hexdigest()


def _public_key(key_file: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(_read(key_file))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise RecountError(
            f"{key_file} is no public key to check a signature by; write it with "
            "`openssl pkey -in PRIVATE_KEY -pubout`"
        )
    return key


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise RecountError(f"{file} cannot be read ({error.strerror}); name a key") from None
