"""Judge the tables of one statement by the expectations."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from recount.errors import ReconcileError
from recount.guard.engine import Engine
from recount.guard.facts import run_facts, run_table
from recount.guard.findings import Judgement
from recount.guard.guarded import Guarded
from recount.guard.reading import TABLES, read_all
from recount.project import EXPECTATIONS

# What stands in them is also a parameter of every expectation.
_OF_ONE_ROW = ("control_totals", "statements")


def judge(
    tables: Mapping[str, pa.Table],
    parameters: Mapping[str, object],
    expectations: Path = EXPECTATIONS,
) -> Judgement:
    """Judge the guarded tables of one contract and period; `parameters` are those of `run_facts`.

    Nothing in the data raises: what cannot be judged is a finding that holds. ReconcileError for a
    table that is not given, ExpectationError for a file that asks for what is not there.
    """
    stated = read_all(expectations)
    facts = run_facts(parameters)
    given = {"run": run_table(facts)} | {name: _table(tables, name) for name in TABLES[1:]}
    known: dict[str, Any] = {}
    for name in _OF_ONE_ROW:
        known |= _only_row(given[name], name)
    known |= facts
    engine = Engine()
    return Judgement(
        tuple(
            validation
            for name in TABLES
            for validation in Guarded.of(name, given[name], known).judge(stated[name], engine)
        )
    )


def _table(tables: Mapping[str, pa.Table], name: str) -> pa.Table:
    if name not in tables:
        raise ReconcileError(f"the guard was not given the table {name}; publish it as a mart")
    return tables[name]


def _only_row(table: pa.Table, name: str) -> dict[str, Any]:
    if table.num_rows != 1:
        raise ReconcileError(
            f"the guard judges one statement, and {name} has {table.num_rows} rows for it"
        )
    row: dict[str, Any] = table.to_pylist()[0]
    return row
