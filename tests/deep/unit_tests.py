"""Run the unit tests of one model; its folder is kept, so that dbt parses only what changed."""

import contextlib
import sys
from pathlib import Path
from typing import Any

import duckdb
import yaml

from recount.project import DBT_PROJECT, ROOT


def main(model: str) -> int:
    """Return 0 if all of a model's unit tests pass, and it has one."""
    from dbt.cli.main import dbtRunner

    folder = ROOT / "build" / "unit_tests"
    where = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT),
             "--target-path", str(folder / "target")]  # fmt: skip
    quiet = ["--quiet", "--log-path", str(folder), "--log-level", "none"]
    if not (folder / "scratch.duckdb").exists():
        _make_empty(folder)
        with contextlib.chdir(folder):
            kinds = ["--resource-type", "model", "--resource-type", "seed"]
            built = dbtRunner().invoke([*quiet, "build", *kinds, *where])
        if not built.success:
            return 2
    with contextlib.chdir(folder):
        done: Any = dbtRunner().invoke(
            [*quiet, "test", "--select", f"{model},test_type:unit", *where]
        )
    return 0 if done.success and done.result.results else 1


def _make_empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sources = yaml.safe_load((DBT_PROJECT / "models" / "sources.yml").read_text("utf-8"))["sources"]
    with duckdb.connect(str(folder / "scratch.duckdb")) as connection:
        for source in sources:
            connection.execute(f"create schema {source['name']}")
            for table in source["tables"]:
                columns = ", ".join(f"{c['name']} {c['data_type']}" for c in table["columns"])
                connection.execute(f"create table {source['name']}.{table['name']} ({columns})")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
