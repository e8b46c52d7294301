"""What a machine has no more of is named wherever it is met, and the same call may work later."""

import os
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recount.contract.reading import read
from recount.exhausted import Exhausted, exhausted_by
from recount.periods import Period
from recount.sources import terms_of
from recount.sources.files import snapshot
from tests.support.small import write_month

TOO_MANY = (
    "too many files are open at once; raise the limit of open files (ulimit -n), and run again"
)


@contextmanager
def no_file_more() -> Iterator[None]:
    """Let this process open not one file more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_duckdbs_words_of_the_systems_error_are_understood(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "landed.parquet")
    with duckdb.connect() as connection:
        connection.execute("select 1")
        with no_file_more(), pytest.raises(duckdb.Error) as refused:
            connection.sql(f"from '{tmp_path / 'landed.parquet'}'")
    said = exhausted_by(str(refused.value), "int_invoice_lines")
    assert str(said) == f"int_invoice_lines: {TOO_MANY}"


def test_what_else_a_library_says_is_nothing_that_a_machine_has_too_little_of() -> None:
    assert exhausted_by("Binder Error: no column 'subject'", "int_invoice_lines") is None


def test_a_contract_that_cannot_be_opened_for_want_of_a_file_is_no_wrong_contract(
    tmp_path: Path,
) -> None:
    contract = write_month(tmp_path)
    with no_file_more(), pytest.raises(Exhausted) as refused:
        read(contract)
    assert str(refused.value) == f"{contract}: {TOO_MANY}"
    assert read(contract).contract == "acme"


def test_an_export_that_cannot_be_opened_for_want_of_a_file_is_no_wrong_export(
    tmp_path: Path,
) -> None:
    contract = read(write_month(tmp_path))
    terms, month = terms_of(contract, "helpdesk"), Period.named("2026-03", contract.zone)
    with no_file_more(), pytest.raises(Exhausted, match=re.escape(TOO_MANY)):
        snapshot(terms, "location", month, tmp_path)
    assert snapshot(terms, "location", month, tmp_path).name == "events.csv"
