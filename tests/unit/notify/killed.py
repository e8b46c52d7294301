"""Sends a notice and is killed at one of its writes: python -m tests.unit.notify.killed ...

Arguments: the lake, the port, which write (from 1), and `before` or `after` it.
"""

import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

from recount.lake import Lake, open_lake
from recount.notify.delivery import Post
from recount.notify.notice import vendor_notice
from tests.unit.notify.conftest import AT
from tests.unit.notify.months import ACME, accepting, lines, statement
from tests.unit.notify.servers import connection_to


@dataclass(frozen=True)
class DeadlyLake(Lake):
    """A lake whose n-th write kills who writes."""

    number: int = 0
    when: str = "before"
    written: list[str] = field(default_factory=list)

    def put_once(self, key: str, data: bytes | Path) -> None:
        self.written.append(key)
        is_last = len(self.written) == self.number
        if is_last and self.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        super().put_once(key, data)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)


def main(uri: str, port: str, number: str, when: str) -> None:
    lake = DeadlyLake(open_lake(uri).place, int(number), when)
    table = lines()
    vendor_notice(
        statement(table, decision="dispute"),
        table,
        accepting(ACME, approval="automatic"),
        Post(lake, connection_to(int(port)), AT),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
