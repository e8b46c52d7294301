"""Airflow asks about every notice that waits, and what people answer is what happens."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from recount.evidence.register import Register, Step, state
from recount.lake import open_lake
from recount.project import ROOT
from tests.end_to_end.airflow_home import Airflow
from tests.end_to_end.approvers import WAITING, drafted
from tests.support.small import write_month


@dataclass(frozen=True)
class Day:
    """A run of the DAG that asks, and what the lake holds after it."""

    airflow: Airflow
    exit_code: int
    log: str

    def steps(self, contract: str) -> tuple[Step, ...]:
        return Register(open_lake(str(self.airflow.lake)), f"notices/{contract}").steps()

    @property
    def outbox(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.airflow.lake / "outbox").iterdir()}


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """One run that asks about six notices at once."""
    airflow = Airflow(tmp_path_factory.mktemp("approvals"))
    for contract in WAITING:
        write_month(airflow.contracts, name=contract)
        drafted(open_lake(str(airflow.lake)), contract)
    assert airflow.run("db", "migrate").returncode == 0
    people = [sys.executable, "-m", "tests.end_to_end.approvers", str(airflow.lake)]
    with airflow.start("dags", "test", "recount_approvals", "2026-06-01") as asking:
        try:
            answered = subprocess.run(
                people,
                cwd=ROOT,
                env=airflow.environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert answered.returncode == 0, answered.stdout + answered.stderr
            log, _ = asking.communicate(timeout=60)
        finally:
            asking.kill()
    return Day(airflow, asking.returncode, log)


def test_what_is_approved_is_sent_in_the_name_of_who_did(day: Day) -> None:
    steps = day.steps("yes")
    assert [step.kind for step in steps] == ["drafted", "approved"]
    assert (steps[1].facts["by"], steps[1].facts["prepared_by"]) == ("petra", "recount")
    assert "yes-notice.eml" in day.outbox


def test_what_is_rejected_is_never_sent_and_says_why(day: Day) -> None:
    last = day.steps("no")[-1]
    assert (last.kind, last.facts["by"]) == ("draft_rejected", "petra")
    assert last.facts["because"] == "T2 was ours"


def test_an_answer_under_the_name_of_the_preparer_is_refused(day: Day) -> None:
    assert state(day.steps("itself")) == "drafted"
    assert "jo prepared notices/itself" in day.log


def test_who_decided_first_counts_and_the_second_is_told(day: Day) -> None:
    assert [step.facts["by"] for step in day.steps("elsewhere")] == ["recount", "Petra Lang"]
    assert "notices/elsewhere was approved by Petra Lang" in day.log


def test_an_answer_about_other_content_is_void(day: Day) -> None:
    steps = day.steps("changed")
    assert [step.kind for step in steps] == ["drafted", "drafted"]
    assert "notices/changed has no draft c1: it is c2 now" in day.log


def test_silence_leaves_a_draft_and_operations_is_told(day: Day) -> None:
    assert state(day.steps("silent")) == "drafted"
    (told,) = [mail for name, mail in day.outbox.items() if "silent-operations" in name]
    assert b"nobody decided on it" in told


def test_nothing_else_went_out_and_the_run_shows_what_failed(day: Day) -> None:
    assert sorted(name for name in day.outbox if "notice" in name) == ["yes-notice.eml"]
    assert len(day.outbox) == 2
    assert day.exit_code == 1


@pytest.mark.deep
def test_where_nothing_waits_nobody_is_asked(tmp_path: Path, day: Day) -> None:
    write_month(tmp_path / "contracts")
    quiet = day.airflow.beside(tmp_path / "contracts")
    assert quiet.run("dags", "test", "recount_approvals", "2026-06-01").returncode == 0
