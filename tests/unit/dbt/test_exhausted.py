"""What a machine has no more of is named also where only a library's sentence tells of it."""

import os
import resource
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recount.exhausted import exhausted_by


def test_duckdbs_words_of_the_systems_error_are_understood(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "landed.parquet")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with duckdb.connect() as connection:
        connection.execute("select 1")
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, before[1]))
        try:
            with pytest.raises(duckdb.Error) as refused:
                connection.sql(f"from '{tmp_path / 'landed.parquet'}'")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
    said = exhausted_by(str(refused.value), "int_invoice_lines")
    assert str(said) == (
        "int_invoice_lines: too many files are open at once; raise the limit of open files "
        "(ulimit -n), and run again"
    )


def test_what_else_a_library_says_is_nothing_that_a_machine_has_too_little_of() -> None:
    assert exhausted_by("Binder Error: no column 'subject'", "int_invoice_lines") is None
