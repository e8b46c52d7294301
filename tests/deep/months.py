"""A month that is killed at each object that it makes ends as if nothing had been.

`python -m tests.deep.months` kills a run of it before, during and after each object on plain files,
and in one of the three ways on S3; each time another run, undisturbed, must end in the same bytes.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from recount.lake import CONNECTION, Lake
from recount.month import Month
from recount.project import ROOT
from recount.stores import client
from recount.sweeping import unreferenced
from tests.support.s3 import BUCKET, moto, sign_in
from tests.support.small import FINAL, write_month
from tests.unit.lake.faulty import FaultyServer, Killing

Objects = Mapping[str, bytes]
WAYS = ("before", "during", "after")
_MANIFEST = re.compile(r"landed/.*/manifests/\d{8}\.json")


@dataclass(frozen=True)
class Outcome:
    """What a task returned, and by which signal it was ended before it could, if it was."""

    returned: Any
    killed: int | None


class Runs:
    """Does tasks of months, each in a process of its own that can be killed."""

    def __init__(self) -> None:
        """Start the process that starts the others."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.deep.dying"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            # of what a killed build had: the kernel takes it back
            env={**os.environ, "PYTHONWARNINGS": "ignore:resource_tracker"},
        )  # fmt: skip
        self._under_way: SimpleQueue[int] = SimpleQueue()
        self.environment: dict[str, str] = {}

    def __enter__(self) -> "Runs":
        """Be ready."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._process.communicate()

    def do(
        self, task: str, month: Month, given: Sequence[Any] = (), *, when: str = "", at: str = ""
    ) -> Outcome:
        """Do a task; it is killed `when` (before, during, after) it makes the object `at` a key."""
        words = {"task": task, "month": asdict(month), "given": list(given),
                 "environment": self.environment, "when": when, "at": at}  # fmt: skip
        print(json.dumps(words), file=self._process.stdin, flush=True)
        self._under_way.put(int(self._answer()))
        said = json.loads(self._answer())
        while not self._under_way.empty():
            self._under_way.get()
        assert "returned" in said or said["killed"], f"{task} failed; its reason is on stderr"
        return Outcome(said.get("returned"), said.get("killed"))

    def kill(self) -> None:
        """Kill what is under way."""
        os.kill(self._under_way.get(timeout=30), signal.SIGKILL)

    def _answer(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "a task failed; its reason is on stderr"
        return line


def objects(lake: Lake) -> Objects:
    """What a lake holds, apart from when it was received."""
    return {key: _without_receipt(key, lake.get(key)) for key in lake.keys("")}


def _without_receipt(key: str, data: bytes) -> bytes:
    """Leave out of a manifest when its source answered, and the seals that cover that time.

    Nothing else in a lake knows of it: two runs of a month read their sources at two instants.
    """
    if not _MANIFEST.fullmatch(key):
        return data
    said = json.loads(data)
    for name in ("received_at", "previous", "seal"):
        assert name in said
        del said[name]
    return json.dumps(said).encode()


@contextmanager
def on_s3(runs: Runs, folder: Path) -> Iterator[FaultyServer]:
    """Let a month's lake be on a server that can kill whoever puts something there."""
    with pytest.MonkeyPatch.context() as patch, moto() as url, FaultyServer(url) as server:
        sign_in(patch, folder)
        patch.setenv("AWS_ENDPOINT_URL", server.url)
        runs.environment = {name: os.environ[name] for name in os.environ if "AWS" in name}
        yield server


def _on_files(runs: Runs, month: Month, every: int) -> Iterator[str]:
    whole = _undisturbed(runs, month)
    for key in list(whole)[::every]:
        for when in WAYS:
            killed = runs.do("run", month, when=when, at=re.escape(key))
            yield from _wrong(runs, month, whole, f"{when} {key}", killed)
            _empty(month.lake)


def _on_s3(runs: Runs, month: Month, server: FaultyServer, every: int) -> Iterator[str]:
    whole = _undisturbed(runs, month)
    for number, key in enumerate(list(whole)[::every]):
        when = WAYS[number % len(WAYS)]
        server.killing = Killing(when, re.escape(key), runs.kill)
        killed = runs.do("run", month)
        yield from _wrong(runs, month, whole, f"{when} {key} on S3", killed)
        _empty(month.lake)


def _undisturbed(runs: Runs, month: Month) -> Objects:
    assert runs.do("run", month).returned["decision"] == "dispute"
    whole = objects(month.lake)
    _empty(month.lake)
    return whole


def _wrong(runs: Runs, month: Month, whole: Objects, place: str, killed: Outcome) -> Iterator[str]:
    """Say what another run leaves otherwise than the undisturbed one, or leaves uncounted."""
    if not killed.killed:
        yield f"{place}: it lived on"
    runs.do("run", month)
    found = objects(month.lake)
    differing = [key for key in whole.keys() | found.keys() if whole.get(key) != found.get(key)]
    left = [each.key for each in unreferenced(month.lake)]
    yield from (f"{place}: {key} differs" for key in differing)
    yield from (f"{place}: {key} is left" for key in left)


def _empty(lake: Lake) -> None:
    if not lake.place.uri.startswith("s3:"):
        shutil.rmtree(lake.place.uri.removeprefix("file://"))
        return
    storage = client(lake.place.uri, CONNECTION)
    for key in lake.keys(""):
        storage.delete_object(Bucket=BUCKET, Key=f"lake/{key}")


def main(every: int = 1) -> int:
    """Try each object, or every n-th; the exit code is 1 where one is wrong."""
    with tempfile.TemporaryDirectory(prefix="recount-") as name, Runs() as runs:
        folder = Path(name)
        month = Month(str(write_month(folder)), "acme", "2026-03", FINAL, str(folder / "lake"))
        count = _printed(_on_files(runs, month, every))
        with on_s3(runs, folder) as server:
            there = replace(month, lake_uri=f"s3://{BUCKET}/lake")
            count += _printed(_on_s3(runs, there, server, every))
    print(f"a month that was killed at every {every}. object: {count} problems")
    return 1 if count else 0


def _printed(problems: Iterator[str]) -> int:
    """Print problems as they are found, and count them."""
    return sum(print(problem, flush=True) is None for problem in problems)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
