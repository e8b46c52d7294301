"""The four ways of the benchmark must give the same answer, or it compares nothing."""

from pathlib import Path

import pytest

from tests.benchmarks import compare


@pytest.mark.deep
def test_the_four_ways_agree_on_a_small_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "RUNS", 1)
    found = compare.of_one_month(2_000, tmp_path)
    assert set(found) == set(compare.WAYS)
    assert all(figures.cpu_seconds > 0 for figures in found.values())
