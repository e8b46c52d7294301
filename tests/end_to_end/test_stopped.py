"""A run that is told to stop says so, leaves nothing half done, and the next one ends it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from recount.project import ROOT
from tests.end_to_end.buyer import Buyer
from tests.support.small import FINAL, write_month


@dataclass(frozen=True)
class Ended:
    """How a process ended that was told to stop, and what it left in its temporary folder."""

    exit_code: int
    said: list[str]
    scratch: list[str]


def stopped(
    command: list[str], temporary: Path, *, once: Callable[[IO[str]], object], **environment: str
) -> Ended:
    """Start a process, and tell it to stop `once` it has said or done something."""
    temporary.mkdir()
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "TMPDIR": str(temporary), **environment}, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stderr
        seen = once(process.stderr)
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read().splitlines()
        exit_code = process.wait()
    assert seen
    left = [path.name for path in temporary.iterdir() if "running" not in path.name]
    return Ended(exit_code, said, left)


def said(word: str) -> Callable[[IO[str]], bool]:
    """Wait until a process says a word."""
    return lambda stderr: any(word in line for line in stderr)


SENTENCE = (
    "recount: stopped by SIGTERM; all that was published is whole, and the same command again goes "
    "on from there"
)


def test_a_run_that_is_stopped_in_its_build_publishes_nothing_and_is_run_again(
    tmp_path: Path,
) -> None:
    buyer = Buyer(write_month(tmp_path / "month"), tmp_path / "lake")
    recount = str(Path(sys.executable).with_name("recount"))
    words = ["--contract", str(buyer.contract), "--period", "2026-03", "--as-of", FINAL]
    command = [recount, "run", *words, "--lake", str(buyer.lake)]
    ended = stopped(command, tmp_path / "tmp", once=said("staging"))
    assert ended == Ended(143, [SENTENCE], [])
    assert {key.partition("/")[0] for key in buyer.objects()} <= {"landed", "pins", "contracts"}
    assert buyer.statement()["decision"] == "dispute"


WAITS = """
from recount.lake import open_lake
from recount.scratch import scratch_folder
from recount.stopping import ending_in_time

with ending_in_time(0.5), scratch_folder() as folder:
    (folder / "tickets.parquet").write_bytes(b"")
    open_lake("s3://recount/lake").get("a")
"""


def test_a_process_that_waits_for_a_storage_ends_inside_the_grace_time(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
        ended = stopped(
            [sys.executable, "-c", WAITS], tmp_path / "tmp", once=lambda _: silent.accept(),
            AWS_ENDPOINT_URL=endpoint, AWS_REGION="us-east-1", **keys,
        )  # fmt: skip
    assert ended == Ended(143, [SENTENCE], [])


IN_A_TASK = """
import os, signal, sys, time
from recount.errors import TransientError
from recount.month import Month
from recount.tasks import _guarded

def stage():
    print("working", file=sys.stderr, flush=True)
    time.sleep(60)

try:
    _guarded(Month("contracts", "acme", "2026-03", "2026-05-02T00:00:00Z", "lake"), stage)
except TransientError as error:
    sys.exit(f"tried again: {error}")
"""


def test_a_task_that_airflow_stops_may_be_tried_again_and_operations_is_not_told(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", IN_A_TASK]
    ended = stopped(
        command, tmp_path / "tmp", once=said("working"), AIRFLOW_HOME=str(tmp_path / "home")
    )
    assert (ended.exit_code, ended.scratch) == (1, [])
    assert ended.said == [SENTENCE.replace("recount:", "tried again:")]
