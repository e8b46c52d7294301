"""A month has one contract from its first stage to its last."""

from pathlib import Path

from recount.month import Month
from tests.support.small import FINAL, write_contract


def test_a_contract_that_is_edited_while_its_month_runs_is_the_next_runs(tmp_path: Path) -> None:
    path = write_contract(tmp_path, "acme", version=1)
    running = Month(str(path), "acme", "2026-03", FINAL, str(tmp_path / "lake"))
    assert running.contract.version == 1
    write_contract(tmp_path, "acme", version=2)
    assert running.contract.version == 1
    assert Month(str(path), "acme", "2026-03", FINAL, running.lake_uri).contract.version == 2
