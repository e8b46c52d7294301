"""A scratch database over which every model can be built, although nothing was landed."""

from pathlib import Path

import duckdb
import yaml

from recount.project import DBT_PROJECT

SOURCES = yaml.safe_load((DBT_PROJECT / "models" / "sources.yml").read_text("utf-8"))["sources"]


def make_empty(folder: Path) -> None:
    """Make a database that has every source table, typed as documented, and no row."""
    with duckdb.connect(str(folder / "scratch.duckdb")) as connection:
        for source in SOURCES:
            connection.execute(f"create schema {source['name']}")
            for table in source["tables"]:
                columns = ", ".join(f"{c['name']} {c['data_type']}" for c in table["columns"])
                connection.execute(f"create table {source['name']}.{table['name']} ({columns})")
