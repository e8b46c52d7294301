"""Each pack names the pack of the month before, so that none can be exchanged unnoticed."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
from recount.recomputing.packs import MANIFEST, canonical, digest
from recount.recomputing.proof import verify as prove
from tests.end_to_end.buyer import Buyer
from tests.end_to_end.packs import bare_python, members_of, pack_of, resealed, written
from tests.end_to_end.test_shared_by_months import CEILING, final
from tests.support.small import write_months

MONTHS = ("2026-03", "2026-04")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chain")
    contract = write_months(folder / "year", dict.fromkeys(MONTHS, 2), pricing=CEILING)
    for period in MONTHS:
        Buyer(contract, folder / "lake", period).statement(as_of=final(period))
    return folder / "lake"


def packs(lake: Path) -> list[Path]:
    return [pack_of(Buyer(lake, lake, period), final(period)) for period in MONTHS]


def verify(*words: str) -> Result:
    return CliRunner().invoke(main, ["verify", *words])


def test_a_pack_names_the_manifest_of_the_month_before(lake: Path) -> None:
    first, second = (json.loads(members_of(pack)[MANIFEST]) for pack in packs(lake))
    sha256 = digest(members_of(packs(lake)[0])[MANIFEST])
    assert first["previous"] is None
    assert second["previous"] == {
        "period": "2026-03", "as_of": final("2026-03"), "sha256": sha256,
    }  # fmt: skip


def test_the_chain_is_followed_where_the_earlier_packs_are_at_hand(lake: Path) -> None:
    done = verify("--chain", packs(lake)[1].as_uri())
    assert done.exit_code == 0, done.output
    assert done.output.count("proven: ") == 2


def test_an_earlier_pack_that_is_not_at_hand_is_no_difference(lake: Path, tmp_path: Path) -> None:
    alone = shutil.copy(packs(lake)[1], tmp_path / "pack.zip")
    done = verify("--chain", str(alone))
    assert (done.exit_code, done.output.count("proven: ")) == (0, 1)


def test_a_pack_that_was_exchanged_with_care_breaks_the_chain(lake: Path, tmp_path: Path) -> None:
    copy = tmp_path / "lake"
    shutil.copytree(lake, copy)
    first, second = packs(copy)
    members = members_of(first)
    versions = json.loads(members["versions.json"])
    members["versions.json"] = canonical(versions | {"python": "2.7"})
    written(resealed(members), first)
    assert prove(str(first)).result == "proven"
    done = verify("--chain", str(second))
    assert done.exit_code == 1
    assert "names another manifest of 2026-03" in done.output


def test_bare_python_checks_the_chain_of_several_packs(lake: Path, tmp_path: Path) -> None:
    assert bare_python(tmp_path, *packs(lake)).returncode == 0
    statement = json.loads(members_of(packs(lake)[0])["statement.json"])
    run = json.loads(members_of(packs(lake)[1])["run.json"])
    (settled,) = run["earlier_months"]["settled"]
    assert settled["statement"] == digest(canonical(statement))
