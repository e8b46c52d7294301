"""A time stamp authority (RFC 3161) over HTTP: OpenSSL stamps, with a certificate made here."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.emulators.server import Answer, Emulator, Request

_SETTINGS = """
[tsa]
default_tsa = here
[here]
dir = {folder}
serial = $dir/serial
signer_cert = $dir/authority.pem
signer_key = $dir/authority.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_chain = no
"""


class TimeStampAuthority(Emulator):
    """Stamps whatever hash it is sent; `roots` is the file by which its stamps are checked."""

    def __init__(self, folder: Path) -> None:
        super().__init__(datetime.now(UTC))
        self.folder = folder
        self.roots = folder / "root.pem"
        _write_certificates(folder)
        (folder / "serial").write_text("01", "ascii")
        (folder / "settings").write_text(_SETTINGS.format(folder=folder), "utf-8")

    def answer(self, request: Request) -> Answer:
        if request.headers.get("content-type") != "application/timestamp-query":
            return Answer(status=415)
        query, reply = self.folder / "query.tsq", self.folder / "reply.tsr"
        query.write_bytes(request.body)
        subprocess.run(
            ["openssl", "ts", "-reply", "-config", str(self.folder / "settings"),
             "-queryfile", str(query), "-out", str(reply)],
            check=True, capture_output=True,
        )  # fmt: skip
        return Answer(body=reply.read_bytes(), content_type="application/timestamp-reply")


def _write_certificates(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _builder("Root", "Root").public_key(root_key.public_key())
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    mine = _builder("Authority", "Root").public_key(key.public_key())
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    mine = mine.add_extension(usage, critical=True)
    mine = mine.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    for name, each in (("root", root), ("authority", mine)):
        signed = each.sign(root_key, SHA256())
        (folder / f"{name}.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "authority.key").write_bytes(pem)


def _builder(subject: str, issuer: str) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (subject, issuer)
    ]
    return (
        x509.CertificateBuilder()
        .subject_name(names[0]).issuer_name(names[1])
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    )  # fmt: skip
