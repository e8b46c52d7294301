"""Lands one page and is killed as if the power went, before the manifest is written."""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from recount import landing
from recount.lake import Lake, open_lake


class _Killed(Lake):
    def put_once(self, key: str, data: bytes | Path) -> None:
        if "/manifests/" in key:
            os.kill(os.getpid(), signal.SIGKILL)
        super().put_once(key, data)


lake = _Killed(open_lake(sys.argv[1]).place)
page = landing.Page("events.csv", b"event_id\n1\n", record_count=1)
extraction = landing.Extraction("helpdesk", "events", "event_log", {"location": "x"}, (page,))
landing.land(lake, "acme", "2016-03", extraction, datetime(2016, 4, 1, tzinfo=UTC))
