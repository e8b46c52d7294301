"""A cell of a pack is never run by a spreadsheet, and is read back as it was."""

import csv
import io
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.evidence.cells import heading, lines
from recount.recomputing.packs import typed

TEXT = pa.string()
DANGEROUS = ("=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", " =1", "\uff1d1", "\uff0b1", "'=1", "")


def written(*texts: str | None) -> list[str]:
    """The cells of a column of texts, as a CSV reader gives them."""
    table = pa.table({"id": pa.array(texts, TEXT), "other_id": pa.array(["x"] * len(texts), TEXT)})
    data = (heading(table.column_names) + lines(table)).decode()
    return [row[0] for row in csv.reader(io.StringIO(data, newline=""))][1:]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_would_be_run_has_an_apostrophe_in_front(text: str) -> None:
    assert written(text) == [f"'{text}"]


@given(st.lists(st.none() | st.text(max_size=6) | st.sampled_from(DANGEROUS), max_size=5))
def test_every_text_is_read_as_it_was(texts: list[str | None]) -> None:
    assert [typed("subject_id", cell) for cell in written(*texts)] == texts


def test_numbers_instants_and_truths_are_read_as_they_were() -> None:
    row = {
        "amount": (Decimal("-2.500000"), pa.decimal128(18, 6)),
        "amount_of_rounding": (Decimal("0E-12"), pa.decimal128(28, 12)),
        "line_count": (-3, pa.int64()),
        "is_met": (True, pa.bool_()),
        "seen_at": (datetime(2026, 3, 1, 9, 0, 0, 1), pa.timestamp("us")),
        "closed_at": (None, pa.timestamp("us")),
    }
    table = pa.table({name: pa.array([value], kind) for name, (value, kind) in row.items()})
    cells = lines(table).decode().strip().split(",")
    assert cells == [
        "-2.500000", "0.000000000000", "-3", "true", "2026-03-01T09:00:00.000001Z", "",
    ]  # fmt: skip
    found = [typed(name, cell) for name, cell in zip(row, cells, strict=True)]
    assert [str(value) for value in found] == [
        "-2.500000", "0E-12", "-3", "True", "2026-03-01 09:00:00.000001+00:00", "None",
    ]  # fmt: skip
