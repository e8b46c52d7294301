"""How an extraction uses the rate that an API allows, and whether its memory stays flat.

`python -m tests.benchmarks.extraction 10000 100000 1000000` names the numbers of updates. The
server makes its pages as they are asked for, and runs beside the process that is measured.
"""

import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from recount import pins
from recount.month import Month
from tests.benchmarks.compare import Figures, measured
from tests.emulators.server import Answer, Request
from tests.emulators.zendesk import Zendesk
from tests.emulators.zendesk_access import Credentials
from tests.support.cases import MINIMAL

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
PAGE = 1_000
AS_OF = "2026-12-01T00:00:00Z"
# Zendesk allows 10 exports a minute; with more of them two minutes are enough to see the share.
ALLOWED, PAGES = 100, 250


class EndlessDesk(Zendesk):
    """A Zendesk whose updates are made when they are asked for: one each second, so many."""

    def __init__(self, updates: int, **limits: Any) -> None:
        """Serve `updates` of them; `limits` are those of the emulator."""
        super().__init__(BEGAN + timedelta(days=400), **limits)
        self._updates = updates

    def _ticket_events(self, request: Request) -> Answer:
        first = max(0, int(request.query["start_time"]) - int(BEGAN.timestamp()))
        last = min(first + PAGE, self._updates)
        events = [_update(number) for number in range(first, last)]
        end = int(BEGAN.timestamp()) + last
        is_last = last == self._updates
        return Answer({"ticket_events": events, "count": len(events), "end_of_stream": is_last,
                       "end_time": end, "next_page": None})  # fmt: skip


def _update(number: int) -> dict[str, Any]:
    told = {"status": ("open", "solved")[number % 2], "previous_value": "new"}
    body = {
        "event_type": "Comment",
        "public": True,
        "author_id": 1 + number % 5_000,
        "body": "We are looking into it. " * 20,
        "via": {"channel": "email", "source": {}},
    }
    return {
        "id": 10**13 + number, "ticket_id": number // 8, "updater_id": 1 + number % 5_000,
        "timestamp": int(BEGAN.timestamp()) + number, "via": "Mail", "metadata": {"custom": {}},
        "child_events": [{"event_type": "Change", "via": "Mail", **told}, body],
    }  # fmt: skip


def extract(desk: EndlessDesk, folder: Path, per_minute: float) -> Figures:
    """Extract everything in a process of its own."""
    signed_in = Credentials()
    connection = {"conn_type": "http", "host": desk.host, "login": signed_in.client_id,
                  "password": signed_in.client_secret,
                  "extra": {"requests_per_minute": per_minute}}  # fmt: skip
    os.environ["AIRFLOW_CONN_BENCH"] = json.dumps(connection)
    helpdesk = {"system": "zendesk", "connection": "bench",
                "observed_from": "2026-03-01T00:00:00Z"}  # fmt: skip
    contract = folder / "contract.yml"
    contract.write_text(yaml.safe_dump({**MINIMAL, "sources": {"helpdesk": helpdesk}}), "utf-8")
    module = [sys.executable, "-m", "tests.benchmarks.extraction", "extract"]
    return measured([*module, contract, folder / "lake"])


def memory(updates: int) -> None:
    """Print what an extraction of so many updates takes."""
    with tempfile.TemporaryDirectory() as folder, EndlessDesk(updates) as desk:
        figures = extract(desk, Path(folder), 600_000)
    each = figures.cpu_seconds / updates * 1e6
    print(f"{updates:>10,} updates {figures.wall_seconds:>8.1f} s {figures.cpu_seconds:>8.1f} CPU s"
          f" {each:>6.0f} us each {figures.peak_megabytes:>6.0f} MB")  # fmt: skip


def rate() -> None:
    """Print which share of the rate that the server allows is used, and how often it refused."""
    desk = EndlessDesk(PAGES * PAGE, exports_per_window=ALLOWED)
    with tempfile.TemporaryDirectory() as folder, desk:
        asked: list[float] = []
        desk.between = lambda request: (
            asked.append(time.monotonic()) if "ticket_events" in request.path else None
        )
        extract(desk, Path(folder), ALLOWED)
    # the best that a client can do: a burst at the beginning of each minute
    at_best = (len(asked) - 1) // ALLOWED * 60
    took = asked[-1] - asked[0]
    print(
        f"{len(asked)} requests at {ALLOWED} a minute: {took:.1f} s, {at_best / took:.0%} of the "
        f"allowed rate, {len(asked) - PAGES} refused"
    )


def main() -> None:
    """Print memory for each size, and the share of the rate."""
    if sys.argv[1:2] == ["extract"]:
        month = Month(sys.argv[2], "acme", "2026-03", AS_OF, sys.argv[3])
        return pins.land(month, "helpdesk")
    for updates in map(int, sys.argv[1:]) if sys.argv[1:] else [10_000, 100_000, 1_000_000]:
        memory(updates)
    return rate()


if __name__ == "__main__":
    main()
