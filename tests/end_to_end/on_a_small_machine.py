"""Runs a month on a machine that has too little of something, then with enough, then in peace.

on_a_small_machine.py CONTRACT FOLDER [disk]; each line that it prints is one run as JSON. Below
FOLDER lie the lakes: `peace`, and `lake`, which is a disk of its own where it may mount one, and of
which `kept` is a copy.
"""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path

from click.testing import CliRunner

from recount.cli import main
from tests.end_to_end.buyer import PUBLISHED
from tests.support.small import FINAL

CONTRACT, FOLDER = map(Path, sys.argv[1:3])
HAS_DISK = sys.argv[3:] == ["disk"]


def run(name: str, lake: str) -> None:
    """Run the month, and print what it said and what of the lake counts then."""
    words = ["run", "--contract", str(CONTRACT), "--period", "2026-03", "--as-of", FINAL]
    done = CliRunner().invoke(main, [*words, "--lake", str(FOLDER / lake), "--json"])
    # a mart is a file like any other until a manifest lists it
    folders = ["marts/manifest", *(each for each in PUBLISHED if each != "marts")]
    counts = [each for each in folders if (FOLDER / lake / each).exists()]
    print(json.dumps({"name": name, "exit_code": done.exit_code, "said": done.stderr,
                      "counts": counts}))  # fmt: skip


@contextmanager
def at_most(what: int, limit: int) -> Iterator[None]:
    """Let this process have no more of something for a while."""
    before = resource.getrlimit(what)
    resource.setrlimit(what, (limit, before[1]))
    yield
    resource.setrlimit(what, before)


def open_files(more: int) -> int:
    """The limit with which so many files more can be open than are now."""
    taken = {*map(int, os.listdir("/proc/self/fd"))}
    free = (number for number in count() if number not in taken)
    return next(islice(free, more, None))


def address_space() -> int:
    """How many bytes of addresses are taken."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def mount(*options: str) -> None:
    """Mount a disk of memory where the lake lies, or mount it again with other options."""
    subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", FOLDER / "lake"], check=True)


# a write beyond the limit is an error, as on a disk, and no signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
if HAS_DISK:
    mount("-o", "size=16m")
run("peace", "peace")
# two for the pipe by which a signal is heeded
with at_most(resource.RLIMIT_NOFILE, open_files(4)):
    run("no open files", "lake")
# with nothing left at all CPython waits for ever for the first thread that finds no memory
with at_most(resource.RLIMIT_AS, address_space() + 24 * 1024**2):
    run("no memory", "lake")
with at_most(resource.RLIMIT_NOFILE, open_files(10)):
    run("few open files", "lake")
with at_most(resource.RLIMIT_FSIZE, 200_000):
    run("small files", "lake")
if HAS_DISK:
    mount("-o", "remount,size=96k")
    run("a full disk", "lake")
    mount("-o", "remount,size=16m")
run("enough", "lake")
# a disk of its own is gone with this process
shutil.copytree(FOLDER / "lake", FOLDER / "kept")
