"""A build keeps to the memory that it is allowed, and says when it cannot read how much that is."""

from pathlib import Path

import pytest

from recount.errors import ReconcileError
from recount.warehouse import Scratch, reconcile


def test_a_limit_that_is_no_amount_of_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOUNT_MEMORY", "plenty")
    with pytest.raises(ReconcileError, match="RECOUNT_MEMORY is 'plenty'; write how much memory"):
        reconcile(Scratch(tmp_path), {}, [])
