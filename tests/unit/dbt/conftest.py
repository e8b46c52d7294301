"""A build over empty tables with every unit test, and one over a small month to plant faults in."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from recount.contract.model import Contract
from recount.evaluator import Event, Line
from recount.project import DBT_PROJECT
from tests.support.cases import Case, at, contract_of, recount
from tests.support.scratch import make_empty


@pytest.fixture(scope="session")
def empty_scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that has every source table, typed as documented, and no row."""
    folder = tmp_path_factory.mktemp("empty")
    make_empty(folder)
    return folder


@pytest.fixture(scope="session")
def built(empty_scratch: Path) -> Any:
    """What dbt says of every model, data test and unit test over empty tables."""
    return run_dbt(empty_scratch, "build").result


@pytest.fixture(scope="session")
def modelled(empty_scratch: Path) -> Path:
    """The same folder with every model built, and none of its tests run."""
    untested = ["--exclude-resource-type", "test", "--vars", "{unit_tests: none}"]
    assert run_dbt(empty_scratch, "build", *untested).success
    return empty_scratch


def run_dbt(folder: Path, *arguments: str) -> Any:
    """Run dbt in a folder, as the warehouse does; its target folder lies there too."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    where = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    quiet = ["--quiet", "--log-path", str(folder), "--log-level", "none"]
    with contextlib.chdir(folder):
        try:
            target = ["--target-path", str(folder / "target")]
            return dbtRunner().invoke([*quiet, *arguments, *where, *target])
        finally:
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scratch folder of a small month: a line agreed, one no outcome, an outcome not billed."""
    folder = tmp_path_factory.mktemp("month")
    recount([small_month(contract_of())], folder)
    return folder


def small_month(contract: Contract) -> Case:
    solved = [
        Event(f"e{number}", subject, "ticket", "solved", at("2026-03-02 09:00"), "ai_agent")
        for number, subject in enumerate(["agreed", "reopened", "unbilled"])
    ]
    reopened = Event("e9", "reopened", "ticket", "reopened", at("2026-03-05 09:00"), "requester")
    price = contract.pricing.outcomes["resolution"].per_outcome
    assert price is not None
    lines = [Line("l1", "agreed", price), Line("l2", "reopened", price)]
    return Case(contract, [*solved, reopened], "2026-03", at("2026-06-01 00:00"), lines=lines)


@pytest.fixture
def tampered(month: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the month's database; what is changed over it is undone afterwards."""
    monkeypatch.chdir(month)
    with duckdb.connect("scratch.duckdb") as connection:
        connection.begin()
        yield connection
        connection.rollback()
