"""Both DAGs, run by Airflow itself, against the same month on the command line."""

import json
import signal
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from click.testing import CliRunner

from recount.cli import main
from recount.disputes import disputes
from recount.lake import open_lake
from recount.periods import parse_instant
from tests.end_to_end.airflow_home import Airflow
from tests.end_to_end.buyer import Buyer
from tests.support.small import FINAL, MONTH_END, write_month, write_months


def objects(lake: Path, folder: str) -> dict[str, bytes]:
    """Every object below a folder of a lake, by its key."""
    files = [path for path in (lake / folder).rglob("*") if path.is_file()]
    return {str(path.relative_to(lake)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    folder = tmp_path_factory.mktemp("airflow")
    airflow = Airflow(folder)
    write_month(airflow.contracts)
    broken = write_month(airflow.contracts, name="broken")
    broken.write_text(broken.read_text().replace("events.csv", "lost.csv"))
    assert airflow.run("db", "migrate").returncode == 0
    return airflow


@pytest.fixture(scope="module")
def killed(airflow: Airflow) -> int:
    # a build keeps the contract first; what all tests below look at is made by the run after this
    return airflow.killed("recount_monthly", "contracts", period="2026-03", as_of=MONTH_END)


@pytest.fixture(scope="module")
def monthly(airflow: Airflow, killed: int) -> int:
    return airflow.dag("recount_monthly", period="2026-03", as_of=MONTH_END)


@pytest.fixture(scope="module")
def by_hand(airflow: Airflow, monthly: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    lake = tmp_path_factory.mktemp("by-hand")
    contract = airflow.contracts / "acme.yml"
    words = ["run", "--contract", str(contract), "--period", "2026-03", "--as-of", MONTH_END]
    done = CliRunner().invoke(main, [*words, "--lake", str(lake)])
    assert done.exit_code == 0, done.output
    return lake


@pytest.mark.parametrize("folder", ["statements", "marts", "guard", "outbox", "pins"])
def test_the_dag_and_the_command_line_publish_the_same_bytes(
    airflow: Airflow, by_hand: Path, folder: str
) -> None:
    of_the_dag = objects(airflow.lake, folder)
    ours = {key: data for key, data in of_the_dag.items() if "broken" not in key}
    assert ours == objects(by_hand, folder)
    assert ours


def test_the_run_before_was_killed_in_its_build(monthly: int, killed: int) -> None:
    assert killed == -signal.SIGKILL


def test_a_contract_that_fails_fails_the_run_and_leaves_the_other_whole(
    airflow: Airflow, monthly: int
) -> None:
    assert monthly == 1
    assert not [key for key in objects(airflow.lake, "statements") if "broken" in key]
    assert [key for key in objects(airflow.lake, "statements") if "contract=acme" in key]


def test_operations_is_told_of_the_run_that_failed(airflow: Airflow, monthly: int) -> None:
    mails = objects(airflow.lake, "outbox")
    told = [mail for key, mail in mails.items() if "broken-operations" in key]
    assert told
    assert any(b"lost.csv" in mail for mail in told)


@pytest.fixture(scope="module")
def daily(airflow: Airflow, by_hand: Path) -> int:
    (airflow.contracts / "broken.yml").unlink()
    airflow.triggered_by("petra")
    try:
        return airflow.dag("recount_daily", as_of=FINAL)
    finally:
        airflow.triggered_by(None)


def test_the_daily_dag_makes_final_what_can_be_final(airflow: Airflow, daily: int) -> None:
    assert daily == 0
    (statement,) = [
        json.loads(data)
        for key, data in objects(airflow.lake, "statements").items()
        if f"as_of={FINAL}" in key
    ]
    assert (statement["kind"], statement["decision"]) == ("final", "dispute")
    (pack,) = objects(airflow.lake, "evidence")
    mails = [
        message_from_bytes(data, policy=policy.default).get_body(("plain",))
        for key, data in objects(airflow.lake, "outbox").items()
        if "acme-finance" in key
    ]
    assert [mail for mail in mails if mail and pack in mail.get_content()]


def test_who_triggered_a_run_prepared_its_notice(airflow: Airflow, daily: int) -> None:
    (dispute,) = disputes(open_lake(str(airflow.lake)))
    assert dispute.in_full(parse_instant(FINAL))["prepared_by"] == "petra"


def test_a_run_that_is_cleared_and_repeated_changes_nothing(airflow: Airflow, daily: int) -> None:
    before = objects(airflow.lake, "")
    assert airflow.dag("recount_monthly", months=[{"period": "2026-03", "as_of": FINAL}]) == 0
    assert objects(airflow.lake, "") == before


@pytest.mark.deep
def test_the_daily_dag_finds_nothing_to_do_in_a_settled_month(airflow: Airflow, daily: int) -> None:
    before = objects(airflow.lake, "statements")
    assert airflow.dag("recount_daily", as_of="2026-05-03T00:00:00Z") == 0
    assert objects(airflow.lake, "statements") == before


@pytest.mark.deep
def test_months_that_share_a_ceiling_say_the_same_side_by_side_and_one_after_the_other(
    airflow: Airflow, tmp_path: Path
) -> None:
    pricing = {"resolution": {"per_outcome": "10.00"},
               "annual": {"ceiling": "50.00", "starts_in": 3}}  # fmt: skip
    contract = write_months(tmp_path / "year", {"2026-03": 3, "2026-04": 3}, pricing=pricing)
    of_airflow = airflow.beside(contract.parent)
    months = [{"period": period, "as_of": FINAL_OF[period]} for period in reversed(FINAL_OF)]
    assert of_airflow.dag("recount_monthly", months=months) == 0
    for period, as_of in FINAL_OF.items():
        Buyer(contract, tmp_path / "serial", period).statement(as_of=as_of)
    for folder in ("statements", "evidence"):
        assert objects(of_airflow.lake, folder) == objects(tmp_path / "serial", folder)
        assert len(objects(of_airflow.lake, folder)) == 2


FINAL_OF = {"2026-03": "2026-05-02T00:00:00Z", "2026-04": "2026-06-02T00:00:00Z"}
