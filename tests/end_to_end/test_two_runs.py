"""Two runs of one month at once: one works, the other says so, and neither spoils the other's."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from recount import pins, stages, telling
from recount.month import Month
from recount.project import ROOT
from recount.published import Overtaken
from recount.running import AlreadyRunning, alone
from tests.end_to_end.buyer import Buyer
from tests.support.small import FINAL, write_month

HOLDS = """
import sys, time
from recount.month import Month
from recount.running import alone
with alone(Month(*sys.argv[1:])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def buyer(tmp_path: Path) -> Buyer:
    return Buyer(write_month(tmp_path), tmp_path / "lake")


def month_of(buyer: Buyer, period: str = "2026-03") -> Month:
    return Month(str(buyer.contract), "acme", period, FINAL, str(buyer.lake))


def test_the_second_run_of_a_month_says_that_it_is_running(buyer: Buyer) -> None:
    with alone(month_of(buyer)):
        refused = buyer.run()
    assert refused.exit_code == 2
    assert "acme 2026-03 is already running (process " in refused.output
    assert buyer.objects() == {}
    assert buyer.run().exit_code == 0


def test_another_month_is_not_kept_waiting(buyer: Buyer) -> None:
    with alone(month_of(buyer, "2026-04")):
        assert buyer.run().exit_code == 0


def test_a_run_that_was_killed_leaves_its_place(buyer: Buyer) -> None:
    of = month_of(buyer)
    words = [of.contract_path, of.contract_name, of.period, of.as_of, of.lake_uri]
    command = [sys.executable, "-c", HOLDS, *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning), alone(of):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with alone(of):
        pass


def test_an_older_attempt_that_lives_on_publishes_nothing_and_tells_nobody(buyer: Buyer) -> None:
    of = month_of(buyer)
    for source in stages.sources_of(of):
        pins.land(of, source)
    manifest = stages.recount(of)
    findings = stages.judge(of, manifest)
    statement = stages.conclude(of, manifest, findings)
    log = buyer.contract.parent / "events.csv"
    log.write_text(log.read_text() + "e5,T1,ticket,reopened,2026-03-09T09:00:00Z,requester\n")
    newer = buyer.statement("--refresh")
    before = buyer.objects()
    with pytest.raises(Overtaken, match="not the newest count of acme 2026-03"):
        stages.conclude(of, manifest, findings)
    with pytest.raises(Overtaken, match="not the newest statement"):
        telling.tell(of, manifest, statement)
    assert buyer.objects() == before
    assert newer["amounts"]["disputed"] == "2.00"
