"""Two years of months that are run side by side say what they say one after the other."""

import json
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from recount.evidence.register import Register
from recount.lake import open_lake
from recount.recomputing.packs import MANIFEST
from tests.end_to_end.buyer import Buyer
from tests.end_to_end.packs import members_of
from tests.support.small import two_years, write_months

pytestmark = pytest.mark.deep

AS_OF = "2027-06-01T00:00:00Z"
AT_ONCE = 4


def write_disputed(folder: Path, months: Iterable[str]) -> Path:
    """Write months of which each bills three tickets, one of them reopened."""
    contract = write_months(folder, dict.fromkeys(months, 3))
    with (folder / "events.csv").open("a") as log:
        for period in months:
            at = f"{period}-05T09:00:00Z"
            log.write(f"{period}-r,{period}-T2,ticket,reopened,{at},requester\n")
    return contract


def run(buyer: Buyer) -> None:
    """Run a month in a process of its own."""
    recount = str(Path(sys.executable).with_name("recount"))
    words = ["--contract", str(buyer.contract), "--period", buyer.period, "--as-of", AS_OF]
    done = subprocess.run(
        [recount, "run", *words, "--lake", str(buyer.lake), "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["decision"] == "dispute"


@dataclass(frozen=True)
class Said:
    """What a lake says of its months, whatever the order in which they were run."""

    published: dict[str, bytes]
    notices: dict[str, list[tuple[str, Any]]]
    packs: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, buyer: Buyer) -> "Said":
        """Read it; a pack names the one before it as it stood, and so not its first neighbour's."""
        lake = open_lake(str(buyer.lake))
        folders = {key.split("/")[1] for key in buyer.objects("notices")}
        steps = {each: Register(lake, f"notices/{each}").steps() for each in folders}
        return cls(
            buyer.objects("marts", "statements", "guard"),
            {name: [(s.kind, s.facts["content"]) for s in found] for name, found in steps.items()},
            {key: _without_neighbour(buyer.lake / key) for key in buyer.objects("evidence")},
        )


def _without_neighbour(pack: Path) -> dict[str, Any]:
    members: dict[str, Any] = members_of(pack)
    manifest = json.loads(members[MANIFEST])
    del manifest["previous"]
    return {**members, MANIFEST: manifest}


def test_months_that_are_run_in_parallel_say_what_they_say_one_by_one(tmp_path: Path) -> None:
    months = two_years()
    contract = write_disputed(tmp_path / "files", months)
    serial = Buyer(contract, tmp_path / "serial")
    for period in months:
        run(replace(serial, period=period))
    parallel = Buyer(contract, tmp_path / "parallel")
    with ThreadPoolExecutor(AT_ONCE) as runs:
        list(runs.map(lambda period: run(replace(parallel, period=period)), reversed(months)))
    said = Said.of(serial)
    assert (len(said.notices), len(said.packs)) == (24, 24)
    assert {tuple(kind for kind, _ in steps) for steps in said.notices.values()} == {
        ("drafted", "approved")
    }
    assert Said.of(parallel) == said
