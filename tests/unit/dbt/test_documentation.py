"""The documentation says what there is: no column is missing, and none is left over."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import yaml

from recount.contract.table_types import SCHEMAS
from recount.gathering import landed_schemas
from recount.inputs import interval_rows, period_rows, run_rows
from recount.project import DBT_PROJECT
from recount.warehouse import MARTS
from tests.support.scratch import SOURCES
from tests.unit.dbt.conftest import run_dbt

TYPES = {
    "bool": "boolean", "date32[day]": "date", "decimal128(12, 8)": "decimal(12, 8)",
    "decimal128(18, 4)": "decimal(18, 4)",
    "decimal128(18, 6)": "decimal(18, 6)", "int32": "integer", "int64": "bigint",
    "string": "string", "timestamp[us]": "timestamp",
}  # fmt: skip
TERMS = {
    **SCHEMAS,
    "runs": run_rows([]).schema,
    "periods": period_rows([]).schema,
    "intervals": interval_rows([]).schema,
}


def documented(source: str) -> Mapping[str, list[tuple[str, str]]]:
    """The columns of a source's tables with their types, as documented."""
    (found,) = [each for each in SOURCES if each["name"] == source]
    return {
        table["name"]: [(column["name"], column["data_type"]) for column in table["columns"]]
        for table in found["tables"]
    }


def written(schemas: Mapping[str, pa.Schema]) -> Mapping[str, list[tuple[str, str]]]:
    """The columns that Python writes, with their types in SQL."""
    return {
        table: [(field.name, TYPES[str(field.type)]) for field in schema]
        for table, schema in schemas.items()
    }


@pytest.mark.parametrize(("source", "schemas"), [("terms", TERMS), ("landed", landed_schemas())])
def test_the_sources_are_documented_as_they_are_written(
    source: str, schemas: Mapping[str, pa.Schema]
) -> None:
    assert {t: sorted(c) for t, c in documented(source).items()} == {
        t: sorted(c) for t, c in written(schemas).items()
    }


def models() -> Iterator[dict[str, Any]]:
    """Every model that some YAML file describes."""
    for path in (DBT_PROJECT / "models").rglob("*.yml"):
        yield from yaml.safe_load(path.read_text("utf-8")).get("models", [])


def test_every_model_says_its_grain() -> None:
    described = {model["name"]: model["description"] for model in models()}
    assert set(described) == {path.stem for path in (DBT_PROJECT / "models").rglob("*.sql")}
    assert [name for name, text in described.items() if not text.startswith("One row per ")] == []


def test_every_column_of_a_mart_says_what_it_means_and_whether_it_may_be_null() -> None:
    marts = [model for model in models() if model["name"] in MARTS]
    assert len(marts) == len(MARTS)
    for mart in marts:
        for column in mart["columns"]:
            never_null = {"type": "not_null"} in column.get("constraints", [])
            assert column["description"]
            assert never_null != ("null" in column["description"]), (mart["name"], column["name"])


def test_no_column_is_described_that_is_not_there(modelled: Path) -> None:
    with duckdb.connect(str(modelled / "scratch.duckdb")) as connection:
        for model in models():
            rows = connection.execute(f"describe recount.{model['name']}").fetchall()
            described = {column["name"] for column in model.get("columns", [])}
            assert described <= {row[0] for row in rows}, model["name"]


def test_the_documentation_is_one_page_that_loads_nothing_and_reports_to_nobody(
    empty_scratch: Path,
) -> None:
    assert run_dbt(empty_scratch, "docs", "generate", "--static", "--empty-catalog").success
    page = (empty_scratch / "target" / "static_index.html").read_text("utf-8")
    assert "# Recount: the models" in page
    assert '"send_anonymous_usage_stats": false' in page
    assert not re.findall(
        r"""<(?:script|link|img|iframe)[^>]*(?:src|href)=["']?(?:https?:)?//""", page
    )


def unit_tests() -> Iterator[dict[str, Any]]:
    """Every unit test of the models."""
    for path in (DBT_PROJECT / "unit_tests").glob("*.yml"):
        yield from yaml.safe_load(path.read_text("utf-8"))["unit_tests"]


def expected(test: Mapping[str, Any]) -> set[str]:
    """The columns that a unit test looks at."""
    rows = test["expect"]["rows"]
    if isinstance(rows, str):
        return set(rows.split("\n")[0].split(","))
    return set(next(iter(rows), ()))


def test_every_column_of_a_mart_is_looked_at_by_a_unit_test() -> None:
    looked_at: dict[str, set[str]] = {}
    for test in unit_tests():
        looked_at.setdefault(test["model"], set()).update(expected(test))
    of_the_run = {"contract", "version", "period", "as_of"}  # the same in all of them
    marts = {model["name"]: model["columns"] for model in models() if model["name"] in MARTS}
    for mart, columns in marts.items():
        assert {column["name"] for column in columns} - of_the_run <= looked_at[mart], mart


def test_every_amount_of_a_mart_says_its_currency_and_its_sign_and_every_instant_its_zone() -> None:
    for mart in (model for model in models() if model["name"] in MARTS):
        for column in mart["columns"]:
            says, name = column["description"], column["name"]
            if column["data_type"] == "timestamp":
                assert "UTC" in says, (mart["name"], name)
            if column["data_type"].startswith("decimal"):
                assert re.search(r"[Nn]egative|[Pp]ositive|0 to 100", says), (mart["name"], name)
            if re.search("amount|price", name) and column["data_type"].startswith("decimal"):
                assert "currency" in says, (mart["name"], name)
