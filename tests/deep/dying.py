"""Runs months, or tasks of them, each in a process that may be killed; python -m tests.deep.dying.

Reads one JSON object a line: the `task`, its `month`, what the task before it has `given`, the
`environment`, and `when` (before, during, after) and `at` which object, by a pattern of its key, it
is to be killed. Prints the id of the process that does it, and then what it returned, or the signal
that ended it.
"""

import json
import os
import re
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from recount import pins, stages, telling
from recount.collecting import imported
from recount.evidence import packing
from recount.lake import Lake
from recount.month import Month

# As Airflow's tasks have them: what a task returns is given to the next one.
TASKS: Mapping[str, Callable[..., Any]] = {
    "run": stages.run,
    "land": lambda month: [pins.land(month, source) for source in stages.sources_of(month)] and [],
    "recount": lambda month: [stages.recount(month)],
    "guard": lambda month, manifest: [manifest, stages.judge(month, manifest)],
    "decide": lambda month, manifest, findings: [
        manifest, stages.conclude(month, manifest, findings),
    ],
    "evidence": lambda month, manifest, statement: [
        manifest, statement, packing.pack(month, manifest, statement),
    ],
    "notify": lambda month, manifest, statement, pack: telling.tell(
        month, manifest, statement, evidence=pack
    ),
}  # fmt: skip

_LARGE = (
    "dbt.cli.main", "dbt.adapters.duckdb.connections", "great_expectations", "boto3",
    "obstore.auth.boto3",
)  # fmt: skip


def die(when: str, at: str) -> None:
    """Let this process be killed before, after, or in the middle of making an object."""
    create = Lake._create
    # Python ignores it, and then a file that grows too large is an error and no death.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)

    def dying(self: Lake, key: str, data: bytes | Path) -> bool:
        if not re.fullmatch(at, key):
            return create(self, key, data)
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        if when == "during":
            _end_in_the_middle(data.stat().st_size if isinstance(data, Path) else len(data))
        created = create(self, key, data)
        os.kill(os.getpid(), signal.SIGKILL)
        return created

    Lake._create = dying  # type: ignore[method-assign]


def _end_in_the_middle(size: int) -> None:
    """Let the kernel end this process while it writes: no file may be larger than half of it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, size // 2))


def work(
    task: str, month: Mapping[str, str], given: list[Any], environment: Mapping[str, str],
    when: str, at: str,
) -> Any:  # fmt: skip
    """Do a task, or be killed."""
    os.environ.update(environment)
    if when:
        die(when, at)
    return TASKS[task](Month(**month), *given)


def _be_the_child(line: str, writing: int) -> NoReturn:
    try:
        os.write(writing, json.dumps({"returned": work(**json.loads(line))}).encode())
        os._exit(0)
    finally:
        traceback.print_exc()
        os._exit(1)


def serve() -> None:
    """Do what is asked for, one after the other, each in a process of its own."""
    for line in sys.stdin:
        reading, writing = os.pipe()
        if not (child := os.fork()):
            _be_the_child(line, writing)
        os.close(writing)
        print(child, flush=True)
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        signalled = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        print(said or json.dumps({"killed": signalled}), flush=True)


if __name__ == "__main__":
    # Once for all of them; and nothing is run here, as threads do not survive a fork.
    for name in _LARGE:
        imported(name)
    serve()
