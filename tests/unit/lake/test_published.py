"""Marts are read when they are asked for, and never when somebody has altered them."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from recount.errors import LandingError
from recount.lake import Lake, open_lake
from recount.published import Marts, Slot, publish_marts, read_marts

SLOT = Slot("acme", "2026-03", datetime(2026, 5, 1, tzinfo=UTC))
MARTS = {"statements": pa.table({"contract": ["acme"]}), "candidates": pa.table({"n": [1, 2]})}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(str(tmp_path))


@pytest.fixture
def published(lake: Lake) -> Marts:
    facts, marts = read_marts(lake, publish_marts(lake, SLOT, MARTS.items(), {"version": 3}))
    assert facts["version"] == 3
    return marts


def altered(folder: Path, mart: str) -> None:
    (path,) = (folder / "marts" / mart).rglob("*.parquet")
    path.write_bytes(path.read_bytes() + b" ")


def test_what_is_read_is_what_was_published(published: Marts) -> None:
    assert {name: table.to_pydict() for name, table in published.items()} == {
        "statements": {"contract": ["acme"]},
        "candidates": {"n": [1, 2]},
    }


def test_an_altered_mart_is_refused_by_its_place(published: Marts, tmp_path: Path) -> None:
    altered(tmp_path, "statements")
    with pytest.raises(LandingError, match=r"/marts/statements/\S+\.parquet was altered"):
        published["statements"]


def test_a_mart_that_nobody_asks_for_is_not_read(published: Marts, tmp_path: Path) -> None:
    altered(tmp_path, "candidates")
    assert published["statements"].num_rows == 1
    assert "candidates" in published
    assert "other" not in published
    assert len(published) == 2
