"""The servers of the demo: a helpdesk and a vendor's billing that answer over HTTP as real ones do.

They are the emulators that the tests use, in a process of their own, and live through the log that
the demo has written.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from recount.errors import RecountError
from recount.project import ROOT

_PLAYER = "tests.emulators.play"
# the demo has no rate limit to keep
_EXTRA = {"requests_per_minute": 600_000}


@dataclass(frozen=True)
class Servers:
    """Where the servers are, and the world that they have lived through."""

    connections: dict[str, str]
    _says: IO[str]
    _hears: IO[str]

    def live_until(self, instant: datetime) -> None:
        """Let everything happen up to an instant, and set the servers' clocks."""
        self._says.write(f"{instant.isoformat()}\n")
        self._says.flush()
        _answer(self._hears)


@contextmanager
def servers(folder: Path) -> Iterator[Servers]:
    """Start the servers over the log in a folder; they end with the block."""
    if not (ROOT / "tests" / "emulators").is_dir():
        raise RecountError(
            f"{ROOT} has no tests/emulators, which answer as the demo's helpdesk; run the demo in "
            "a checkout of the whole project"
        )
    with (folder / "servers.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", _PLAYER, str(folder)], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
        assert process.stdin
        assert process.stdout
        with process, process.stdin as says:
            where = json.loads(_answer(process.stdout))
            yield Servers(_connections(where), says, process.stdout)


def _answer(hears: IO[str]) -> str:
    line = hears.readline()
    if not line:
        raise RecountError("the demo's servers ended; read servers.log in the demo's folder")
    return line


def _connections(where: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the environment that defines each server as a connection of Airflow's."""
    return {
        f"AIRFLOW_CONN_DEMO_{name.upper()}": json.dumps(
            {"conn_type": "http", **connection, "extra": _EXTRA}
        )
        for name, connection in where.items()
    }
