"""Runs a month and is killed as if the power went, before its evidence pack is put into the lake.

killed_while_packing.py CONTRACT LAKE AS_OF
"""

import os
import signal
import sys
from pathlib import Path

from recount import stages
from recount.lake import Lake
from recount.month import Month


class _Killed(Lake):
    def put_once(self, key: str, data: bytes | Path) -> None:
        if key.startswith("evidence/"):
            os.kill(os.getpid(), signal.SIGKILL)
        super().put_once(key, data)


class _Month(Month):
    @property
    def lake(self) -> Lake:
        return _Killed(super().lake.place)


contract, lake, as_of = sys.argv[1:]
stages.run(_Month(contract, "rich", "2026-03", as_of, lake))
