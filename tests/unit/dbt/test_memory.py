"""A build keeps to the memory that it is allowed, gives it back, and says when it needs more."""

import gc
from pathlib import Path

import pytest

from recount.errors import ReconcileError
from recount.warehouse import Scratch, reconcile
from tests.support.cases import contract_of, recount
from tests.unit.dbt.conftest import small_month


def test_a_limit_that_is_no_amount_of_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOUNT_MEMORY", "plenty")
    with pytest.raises(ReconcileError, match="RECOUNT_MEMORY is 'plenty'; write how much memory"):
        reconcile(Scratch(tmp_path), {}, [])


@pytest.mark.parametrize("limit", ["1MB", pytest.param("5MB", marks=pytest.mark.deep)])
def test_a_build_that_needs_more_names_the_memory_and_the_limit_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setenv("RECOUNT_MEMORY", limit)
    with pytest.raises(ReconcileError, match="needs more memory than a build may take") as refused:
        recount([small_month(contract_of())], tmp_path)
    assert "raise RECOUNT_MEMORY" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.deep
def test_of_what_a_build_made_nothing_is_kept_from_the_collector(tmp_path: Path) -> None:
    recount([small_month(contract_of())], tmp_path / "first")
    kept = gc.get_freeze_count()
    recount([small_month(contract_of())], tmp_path / "second")
    assert gc.get_freeze_count() == kept
    assert gc.isenabled()
