"""The data tests hold for a month in which nothing is wrong, and each fails for its own faults."""

from pathlib import Path

import duckdb
import pytest
import yaml

from recount.project import DBT_PROJECT

PLANTED = yaml.safe_load((Path(__file__).parent / "faults.yml").read_text("utf-8"))
FAULTS = [(test, each["plant"], each["says"]) for test, all_ in PLANTED.items() for each in all_]
DATA_TESTS = sorted(path.stem for path in (DBT_PROJECT / "tests").glob("*.sql"))


def test_every_data_test_has_a_fault_that_it_must_find() -> None:
    assert len(DATA_TESTS) > 10
    assert set(PLANTED) == set(DATA_TESTS)


@pytest.mark.parametrize("name", DATA_TESTS)
def test_a_month_in_which_nothing_is_wrong_has_nothing_to_find(
    tampered: duckdb.DuckDBPyConnection, month: Path, name: str
) -> None:
    assert messages(tampered, month, name) == []


@pytest.mark.parametrize(("name", "plant", "message"), FAULTS)
def test_a_planted_fault_is_found_and_named(
    tampered: duckdb.DuckDBPyConnection, month: Path, name: str, plant: str, message: str
) -> None:
    tampered.execute(plant)
    found = messages(tampered, month, name)
    assert any(message in each for each in found), found


def messages(connection: duckdb.DuckDBPyConnection, month: Path, name: str) -> list[str]:
    """Run a data test as dbt compiled it for the month."""
    compiled = month / "target" / "compiled" / "recount" / "tests" / f"{name}.sql"
    return [message for (message,) in connection.execute(compiled.read_text("utf-8")).fetchall()]
