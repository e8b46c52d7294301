"""A run names what its machine has too little of, publishes nothing, and can be repeated."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from recount.project import ROOT
from tests.end_to_end.buyer import PUBLISHED, Buyer
from tests.support.small import write_month

# A disk of its own, without any right on this machine.
UNSHARED = ["unshare", "--mount", "--map-root-user"]


@dataclass(frozen=True)
class Machine:
    """The runs by name, and where their lakes lie."""

    runs: dict[str, dict[str, Any]]
    folder: Path

    def published(self, lake: str) -> dict[str, bytes]:
        """What a lake has published; of the mails, which name their lake, that they are there."""
        buyer = Buyer(self.folder, self.folder / lake)
        return buyer.objects("marts", "statements", "guard", "evidence") | dict.fromkeys(
            buyer.objects("outbox"), b""
        )


def may_mount(folder: Path) -> bool:
    try:
        command = [*UNSHARED, "mount", "-t", "tmpfs", "tmpfs", str(folder)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    folder = tmp_path_factory.mktemp("small")
    contract = write_month(folder / "files")
    (folder / "lake").mkdir()
    program = "tests.end_to_end.on_a_small_machine"
    command: list[str | Path] = [sys.executable, "-m", program, contract, folder]
    if may_mount(folder / "lake"):
        command = [*UNSHARED, *command, "disk"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    return Machine({each["name"]: each for each in runs}, folder)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("no open files", ".zst: too many files are open at once; raise the limit"),
        ("few open files", ": too many files are open at once; raise the limit"),
        ("no memory", "give the machine more"),
        ("small files", "a file would be larger than it may be; raise the limit"),
        ("a full disk", ".parquet: the disk takes no more; free some space there"),
    ],
)
def test_what_there_is_too_little_of_is_named_and_nothing_is_published(
    machine: Machine, name: str, says: str
) -> None:
    if name not in machine.runs:
        pytest.skip("this machine lets nobody mount a disk of their own")
    refused = machine.runs[name]
    assert refused["exit_code"] == 2
    assert says in refused["said"]
    assert (refused["said"].startswith("recount: "), refused["said"].count("\n")) == (True, 1)
    assert refused["counts"] == []


def test_once_there_is_enough_the_run_ends_in_the_same_bytes(machine: Machine) -> None:
    assert machine.runs["enough"]["exit_code"] == 0
    assert machine.runs["enough"]["counts"] == machine.runs["peace"]["counts"]
    assert len(machine.runs["peace"]["counts"]) == len(PUBLISHED)
    assert machine.published("kept") == machine.published("peace")
