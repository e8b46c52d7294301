"""A scheduler that stood still makes up for exactly the months that it missed, once."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from recount import published
from recount.lake import open_lake
from recount.periods import parse_instant
from recount.project import ROOT
from recount.published import Slot
from tests.support.small import write_month

BACK = "2026-04-20T07:00:00Z"
# When each month can be final: 30 days after its end.
FINAL_FROM = {
    "2026-01": "2026-03-03T00:00:00Z",
    "2026-02": "2026-03-31T00:00:00Z",
    "2026-03": "2026-05-01T00:00:00Z",
}


def state(lake: Path, period: str, as_of: str, kind: str) -> None:
    """Publish what a run would have said of a month as of an instant."""
    document: dict[str, Any] = {
        "contract": "acme", "period": period, "as_of": as_of, "kind": kind,
        "decision": "pay" if kind == "final" else "hold", "findings": [],
        "final_from": FINAL_FROM[period],
    }  # fmt: skip
    slot = Slot("acme", period, parse_instant(as_of))
    published.publish(open_lake(str(lake)), f"statements/{slot.path}", document)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[list[list[str]]]:
    """What is due: back after ten weeks, the day after that, and when March can be final."""
    folder = tmp_path_factory.mktemp("standstill")
    write_month(folder / "contracts", effective={"from": "2026-01-01", "until": "2026-07-01"})
    before, after = folder / "before", folder / "after"
    for lake in (before, after):
        state(lake, "2026-01", "2026-02-01T06:00:00Z", "provisional")
    for period, kind in (("2026-01", "final"), ("2026-02", "final"), ("2026-03", "provisional")):
        state(after, period, BACK, kind)
    asked = [(before, BACK), (after, "2026-04-21T07:00:00Z"), (after, "2026-05-01T07:00:00Z")]
    words = [str(word) for pair in asked for word in pair]
    done = subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.due_by_airflow", *words],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "AIRFLOW_HOME": str(folder), "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
             "RECOUNT_CONTRACTS": str(folder / "contracts")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[[")
            or line == "[]"]  # fmt: skip


def test_back_from_a_standstill_the_missing_months_are_due_and_what_can_be_final(
    found: list[list[list[str]]],
) -> None:
    assert found[0] == [["2026-01", BACK], ["2026-02", BACK], ["2026-03", BACK]]


def test_what_was_caught_up_is_not_due_again(found: list[list[list[str]]]) -> None:
    assert found[1] == []


def test_the_next_month_is_due_when_it_ended_and_the_last_one_when_it_can_be_final(
    found: list[list[list[str]]],
) -> None:
    at = "2026-05-01T07:00:00Z"
    assert found[2] == [["2026-03", at], ["2026-04", at]]
