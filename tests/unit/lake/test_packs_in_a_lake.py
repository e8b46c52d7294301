"""A pack can be checked wherever a lake is, and of a large object a part is read alone."""

import io
import json
import zipfile

from click.testing import CliRunner

from recount.cli import main
from recount.evidence.verifying import verified
from recount.lake import Lake


def test_any_part_of_an_object_can_be_read(lake: Lake) -> None:
    lake.put_once("evidence/pack.zip", b"0123456789" * 100_000)
    with lake.opened("evidence/pack.zip") as file:
        assert file.seek(-3, io.SEEK_END) == 999_997
        assert file.read() == b"789"
        file.seek(500_001)
        assert file.read(4) == b"1234"


def test_a_zip_in_a_lake_is_read_as_any_other(lake: Lake) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("events.csv", b"event_id\n" * 50_000)
    lake.put_once("evidence/pack.zip", data.getvalue())
    with lake.opened("evidence/pack.zip") as file, zipfile.ZipFile(file) as archive:
        assert archive.read("events.csv") == b"event_id\n" * 50_000


def test_what_is_no_pack_is_unreadable_in_one_sentence(lake: Lake) -> None:
    lake.put_once("evidence/pack.zip", b"no zip")
    uris = [lake.uri(f"evidence/{name}") for name in ("pack.zip", "nothing.zip")]
    proofs = verified(uris)
    assert [proof.exit_code for proof in proofs] == [2, 2]
    assert all(uri in str(proof.report.because) for uri, proof in zip(uris, proofs, strict=True))
    done = CliRunner().invoke(main, ["verify", "--json", uris[0]])
    assert (done.exit_code, json.loads(done.stdout)["result"]) == (2, "unreadable")
