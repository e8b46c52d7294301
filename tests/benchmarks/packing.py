"""What an evidence pack costs to leave and to check, and whether checking takes flat memory.

`python -m tests.benchmarks.packing 1000 10000 100000` names the numbers of tickets, each with five
events and two clauses, one of which looks at all tickets of its person.
"""

import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recount import evaluator
from tests.benchmarks.compare import measured
from tests.support.cases import MINIMAL
from tests.support.small import write_contract

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
AS_OF = "2026-06-01T00:00:00Z"
OUTCOMES = {
    "resolution": {
        "says": "A ticket that stayed solved, and whose person did not come back.",
        "subject": "ticket",
        "concluded_by": {"event": "solved", "by": "ai_agent"},
        "clauses": {
            "quiet": {"forbids": {"event": "reopened", "within": "14 days"}},
            "no_contact": {
                "forbids": {"event": "contacted", "within": "7 days", "link": "requester"}
            },
        },
    }
}


def events(tickets: int) -> Iterator[str]:
    """Yield a log: each ticket is opened, contacted, answered, solved, and some are reopened."""
    yield "event_id,subject_id,subject_type,event_type,occurred_at,actor_type"
    steps = (("opened", "requester"), ("contacted", "requester"), ("replied", "ai_agent"),
             ("solved", "ai_agent"), ("reopened", "requester"))  # fmt: skip
    for ticket in range(tickets):
        at = BEGAN + timedelta(seconds=ticket * 2_400_000 // tickets)
        for step, (event, actor) in enumerate(steps[: 4 + (ticket % 7 == 0)]):
            instant = (at + timedelta(minutes=step)).isoformat()
            yield f"e{ticket:08}-{step},T{ticket},ticket,{event},{instant},{actor}"


def write_month(folder: Path, tickets: int) -> Path:
    """Write a month of so many tickets, all of them billed, and return its contract's path."""
    subjects = ["subject_id,subject_type,requester_key"]
    lines = ["invoice_id,line_id,subject_id,outcome,quantity,unit_price,amount,currency"]
    for ticket in range(tickets):
        subjects.append(f"T{ticket},ticket,r{ticket // 2}")
        lines.append(f"INV-1,{ticket},T{ticket},resolution,1,1.00,1.00,USD")
    for name, rows in (("events", events(tickets)), ("subjects", subjects), ("2026-03", lines)):
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n", "utf-8")
    shows = ["opened", "contacted", "replied", "solved", "reopened"]
    helpdesk = {**MINIMAL["sources"]["helpdesk"], "shows": shows, "subjects": "subjects.csv"}
    invoice = {"system": "recount_csv", "location": "{period}.csv"}
    sources = {"helpdesk": helpdesk, "invoice": invoice}
    return write_contract(folder, "bench", sources=sources, outcomes=OUTCOMES)


# The peak of a child is never below that of who starts it: here that is a Python of 10 MB.
_APART = """
import os, subprocess, sys, time
began = time.monotonic()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(time.monotonic() - began, usage.ru_maxrss / 1024)
sys.exit(status != 0)
"""


def check(pack: Path) -> tuple[float, float]:
    """Check a pack with bare Python; return seconds and the peak of memory in MB."""
    bare = [sys.executable, "-I", "-S"]
    seconds, peak = measured([*bare, "-c", _APART, *bare, evaluator.__file__, pack]).printed.split()
    return float(seconds), float(peak)


def main(tickets: int) -> None:
    """Print what running a month of so many tickets takes, and what checking its pack takes."""
    with tempfile.TemporaryDirectory() as folder:
        contract, lake = write_month(Path(folder), tickets), Path(folder, "lake")
        program = Path(sys.executable).with_name("recount")
        month = ["--period", "2026-03", "--as-of", AS_OF]
        ran = measured([program, "run", "--contract", contract, *month, "--lake", lake])
        (pack,) = lake.glob("evidence/**/pack.zip")
        seconds, peak = check(pack)
        megabytes = pack.stat().st_size / 1e6
        print(f"{tickets:>10,} tickets, pack {megabytes:>7.1f} MB: run {ran.wall_seconds:>6.1f} s"
              f" {ran.peak_megabytes:>5.0f} MB, check {seconds:>6.1f} s {peak:>4.0f} MB",
              flush=True)  # fmt: skip


if __name__ == "__main__":
    for number in map(int, sys.argv[1:] or ("1000", "10000", "100000")):
        main(number)
