"""A pack may be signed by the buyer and stamped by a third party, and OpenSSL alone checks both."""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recount import published
from recount.cli import main
from recount.errors import RecountError, TransientError
from recount.evidence.packing import pack as leave_pack
from recount.evidence.time_stamps import NotStamped
from recount.month import Month
from recount.recomputing.packs import MANIFEST
from tests.emulators.server import Answer, Fault, Handler
from tests.emulators.time_stamps import TimeStampAuthority
from tests.end_to_end.buyer import Buyer
from tests.end_to_end.packs import AS_OF, members_of, pack_of, resealed, write_rich_month, written

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def openssl(*words: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *map(str, words)], capture_output=True, check=False)


def key_pair(folder: Path, name: str, kind: str = "ed25519") -> tuple[Path, Path]:
    """Write a private and a public key as the docs say."""
    private, public = folder / f"{name}.key", folder / f"{name}.pem"
    openssl("genpkey", "-algorithm", kind, "-out", private)
    openssl("pkey", "-in", private, "-pubout", "-out", public)
    return private, public


def settings(private: Path, authority: TimeStampAuthority) -> dict[str, str]:
    return {
        "RECOUNT_SIGNING_KEY": str(private),
        "RECOUNT_TIME_STAMPS": authority.url,
        "RECOUNT_TIME_STAMP_ROOTS": str(authority.roots),
    }


@dataclass
class Case:
    buyer: Buyer
    private: Path
    public: Path
    authority: TimeStampAuthority


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("attested")
    buyer = Buyer(write_rich_month(folder / "buyer"), folder / "lake")
    with TimeStampAuthority(folder / "authority") as authority, pytest.MonkeyPatch.context() as at:
        case = Case(buyer, *key_pair(folder, "buyer"), authority)
        for name, value in settings(case.private, authority).items():
            at.setenv(name, value)
        buyer.statement(as_of=AS_OF)
        yield case


def leave_again(buyer: Buyer) -> Path:
    """Run the stage of the evidence again, and return the pack."""
    month = Month(str(buyer.contract), "rich", buyer.period, AS_OF, str(buyer.lake))
    slot = month.slot(month.contract)
    folders = published.manifest_folder(slot), f"statements/{slot.path}"
    leave_pack(month, *(f"{folder}/{1:08}.json" for folder in folders))
    return pack_of(buyer, AS_OF)


@pytest.fixture
def pack(case: Case, tmp_path: Path) -> Path:
    """A copy of the pack with what stands beside it."""
    return shutil.copytree(pack_of(case.buyer, AS_OF).parent, tmp_path / "copy") / "pack.zip"


def verify(pack: Path, case: Case, *words: str) -> Result:
    trusting = ["--signed-by", str(case.public), "--stamped-by", str(case.authority.roots)]
    return CliRunner().invoke(main, ["verify", str(pack), *trusting, *words])


def test_a_signed_and_stamped_pack_says_by_whom_and_since_when(case: Case, pack: Path) -> None:
    done = verify(pack, case, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    der = openssl("pkey", "-pubin", "-in", case.public, "-outform", "DER").stdout
    digest = subprocess.run(["sha256sum"], input=der, capture_output=True, check=True).stdout
    assert said["signed_by"] == "sha256:" + digest.split()[0].decode()
    age = datetime.now(UTC) - datetime.fromisoformat(said["stamped_at"])
    assert timedelta(0) <= age < timedelta(minutes=30)
    words = verify(pack, case).output
    assert f"signed by {said['signed_by']}" in words
    assert f"was there at {said['stamped_at']} by its time stamp" in words


def test_openssl_alone_checks_both(case: Case, pack: Path) -> None:
    manifest = pack.with_name(MANIFEST)
    manifest.write_bytes(members_of(pack)[MANIFEST])
    signature, stamp = pack.with_suffix(".sig"), pack.with_suffix(".tsr")
    assert openssl(
        "pkeyutl", "-verify", "-pubin", "-inkey", case.public, "-rawin", "-in", manifest,
        "-sigfile", signature,
    ).returncode == 0  # fmt: skip
    stamped = ("ts", "-verify", "-data", manifest, "-in", stamp, "-CAfile", case.authority.roots)
    assert openssl(*stamped).returncode == 0
    manifest.write_bytes(b"other")
    assert openssl(*stamped).returncode != 0


def test_neither_changes_a_byte_of_the_pack(
    case: Case, pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = case.buyer.copy(tmp_path / "plain")
    shutil.rmtree(plain.lake / "evidence")
    for name in settings(case.private, case.authority):
        monkeypatch.delenv(name)
    assert leave_again(plain).read_bytes() == pack.read_bytes()
    assert [path.name for path in pack_of(plain, AS_OF).parent.iterdir()] == ["pack.zip"]


def test_a_run_again_leaves_both_as_they_are_and_adds_what_is_missing(
    case: Case, tmp_path: Path
) -> None:
    again = case.buyer.copy(tmp_path / "lake")
    asked, before = len(case.authority.requests), again.objects("evidence")
    leave_again(again)
    assert (again.objects("evidence"), len(case.authority.requests)) == (before, asked)
    pack_of(again, AS_OF).with_suffix(".tsr").unlink()
    leave_again(again)
    assert again.objects("evidence").keys() == before.keys()
    assert len(case.authority.requests) == asked + 1


def test_what_was_falsified_with_care_is_not_signed_and_not_stamped(case: Case, pack: Path) -> None:
    members = members_of(pack)
    members["method.md"] += b"\n"
    written(resealed(members), pack)
    done = verify(pack, case)
    assert done.exit_code == 1
    assert "signature: is not of this manifest by sha256:" in done.output
    assert "time stamp: does not hold: Mismatch between messages" in done.output


def test_who_trusts_others_is_told_so(case: Case, pack: Path, tmp_path: Path) -> None:
    _, stranger = key_pair(tmp_path, "stranger")
    with TimeStampAuthority(tmp_path / "elsewhere") as other:
        words = ["--signed-by", str(stranger), "--stamped-by", str(other.roots)]
        done = CliRunner().invoke(main, ["verify", str(pack), *words])
    assert done.exit_code == 1
    assert "signature: is not of this manifest by sha256:" in done.output
    assert "time stamp: does not hold: Error while verifying certificates" in done.output


def test_what_is_wanted_and_not_there_is_a_difference(case: Case, pack: Path) -> None:
    for ending in (".sig", ".tsr"):
        pack.with_suffix(ending).unlink()
    done = verify(pack, case)
    assert done.exit_code == 1
    assert "signature: is missing" in done.output
    assert "time stamp: is missing" in done.output


@pytest.mark.parametrize("stamp", [b"", b"no stamp", b"\x30\x80" * 500])
def test_a_stamp_that_is_none_is_a_difference(case: Case, pack: Path, stamp: bytes) -> None:
    pack.with_suffix(".tsr").write_bytes(stamp)
    pack.with_suffix(".sig").write_bytes(stamp)
    done = verify(pack, case)
    assert done.exit_code == 1
    assert "time stamp: is no time stamp" in done.output
    assert "signature: is not of this manifest" in done.output


def test_nobody_is_trusted_who_was_not_named(pack: Path) -> None:
    done = CliRunner().invoke(main, ["verify", str(pack)])
    assert done.exit_code == 0
    assert "has a signature, not checked: give --signed-by" in done.output
    assert "has a time stamp, not checked: give --stamped-by" in done.output


def hangs_up(handler: Handler, answer: Answer) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def fails(handler: Handler, answer: Answer) -> None:
    handler.send(Answer(status=503))


def never_ends(handler: Handler, answer: Answer) -> None:
    handler.start(Answer(), None)
    while True:
        handler.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def of_another_query(handler: Handler, answer: Answer) -> None:
    """Send a stamp of the same bytes that was asked for by somebody else."""
    handler.send(Answer(body=OLDER["reply"], content_type="application/timestamp-reply"))


def a_page(handler: Handler, answer: Answer) -> None:
    handler.send(Answer(body=b"<html>", content_type="text/html"))


OLDER: dict[str, bytes] = {}


@pytest.mark.parametrize(
    ("fault", "says", "error"),
    [
        (hangs_up, "cannot be reached", TransientError),
        (fails, "answers 503", TransientError),
        (never_ends, "does not come to an end", TransientError),
        (a_page, "answers is no time stamp", NotStamped),
        (of_another_query, "answers does not hold: Nonce mismatch", NotStamped),
    ],
)
def test_an_authority_that_fails_stops_the_evidence_in_one_sentence(
    case: Case, fault: Fault, says: str, error: type[RecountError], tmp_path: Path
) -> None:
    OLDER["reply"] = pack_of(case.buyer, AS_OF).with_suffix(".tsr").read_bytes()
    again = case.buyer.copy(tmp_path / "lake")
    pack_of(again, AS_OF).with_suffix(".tsr").unlink()
    case.authority.misbehave(fault)
    with pytest.raises(error, match=f"time stamp authority 127.0.0.1.* {says}"):
        leave_again(again)
    assert not pack_of(again, AS_OF).with_suffix(".tsr").exists()
    assert leave_again(again).with_suffix(".tsr").exists()


def test_a_key_that_cannot_sign_is_named_and_not_quoted(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = case.buyer.copy(tmp_path / "lake")
    pack_of(again, AS_OF).with_suffix(".sig").unlink()
    wrong, _ = key_pair(tmp_path, "wrong", "x25519")
    for key, says in ((wrong, "is no private key"), (tmp_path / "nothing", "cannot be read")):
        monkeypatch.setenv("RECOUNT_SIGNING_KEY", str(key))
        with pytest.raises(RecountError, match=f"{key} {says}") as refused:
            leave_again(again)
        assert "BEGIN" not in str(refused.value)


def test_stamps_without_roots_to_check_them_by_are_refused(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = case.buyer.copy(tmp_path / "lake")
    monkeypatch.delenv("RECOUNT_TIME_STAMP_ROOTS")
    with pytest.raises(RecountError, match="RECOUNT_TIME_STAMP_ROOTS nothing"):
        leave_again(again)
