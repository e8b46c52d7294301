"""A Parquet file is typed as exactly as a CSV file, and one that was crafted does no harm."""

import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from recount.errors import SourceError
from recount.sources import SYSTEMS, parquet_records
from tests.unit.sources.logs import NINE, as_parquet, event, parsed, terms_of

AT = datetime(2016, 3, 1, 9, tzinfo=UTC)
ONE: dict[str, Any] = {
    "subject_id": ["t1"], "subject_type": ["ticket"], "event_type": ["solved"],
    "occurred_at": [NINE],
}  # fmt: skip


def refusal_of(columns: dict[str, Any]) -> str:
    with pytest.raises(SourceError) as refused:
        parsed(terms_of(), "events", as_parquet({**ONE, **columns}))
    return str(refused.value)


def test_text_in_parquet_reads_like_text_in_csv() -> None:
    assert parsed(terms_of(), "events", as_parquet(ONE)).equals(
        parsed(terms_of(), "events", event())
    )


@pytest.mark.parametrize(
    "cell",
    [pa.array([AT], pa.timestamp("us", "UTC")), pa.array([AT], pa.timestamp("ns", "Europe/Berlin")),
     pa.array([AT], pa.timestamp("s", "+02:00")), pa.array([NINE]).dictionary_encode()],
)  # fmt: skip
def test_an_instant_may_have_any_zone(cell: pa.Array) -> None:
    [row] = parsed(terms_of(), "events", as_parquet({**ONE, "occurred_at": cell})).to_pylist()
    assert row["occurred_at"] == AT.replace(tzinfo=None)


def test_an_instant_without_a_zone_is_refused() -> None:
    said = refusal_of({"occurred_at": pa.array([datetime(2016, 3, 1)], pa.timestamp("us"))})
    assert said.startswith(
        "events.csv, column occurred_at has the type timestamp[us]: write an inst"
    )


def test_an_instant_finer_than_a_microsecond_is_refused() -> None:
    nanosecond = pa.array([1_456_822_800_000_000_001], pa.timestamp("ns", "UTC"))
    assert "record 1, occurred_at '2016-03-01" in refusal_of({"occurred_at": nanosecond})


@pytest.mark.parametrize(
    ("cell", "expected"),
    [(pa.array([4]), "4"), (pa.array([4], pa.uint8()), "4"),
     (pa.array([Decimal("4.50000")]), "4.5"), (pa.array(["4.5"], pa.large_string()), "4.5"),
     (pa.array([Decimal("4")], pa.decimal256(40)), "4")],
)  # fmt: skip
def test_exact_numbers_are_taken(cell: pa.Array, expected: str) -> None:
    [row] = parsed(terms_of(), "events", as_parquet({**ONE, "value": cell})).to_pylist()
    assert row["value"] == Decimal(expected)


@pytest.mark.parametrize(
    "cell", [pa.array([Decimal("4.50001")]), pa.array([10**14]), pa.array([2**63], pa.uint64())]
)
def test_numbers_that_do_not_fit_are_refused(cell: pa.Array) -> None:
    assert "events.csv, record 1, value '" in refusal_of({"value": cell})


def test_binary_floats_are_refused() -> None:
    assert "column value has the type double: write a number" in refusal_of({"value": [4.0]})


def test_whole_numbers_are_taken_as_ids_and_floats_are_not() -> None:
    [row] = parsed(terms_of(), "events", as_parquet({**ONE, "subject_id": [17]})).to_pylist()
    assert row["subject_id"] == "17"
    assert "column subject_id has the type double" in refusal_of({"subject_id": [17.0]})


def test_empty_text_is_an_empty_cell() -> None:
    assert "record 1, subject_id is empty" in refusal_of({"subject_id": [""]})
    assert "record 1, subject_id is empty" in refusal_of({"subject_id": pa.nulls(1)})


@pytest.mark.parametrize("cell", [[{"a": 1}], [["t1"]], [b"t1"], [True]])
def test_other_types_are_refused_by_their_name(cell: Any) -> None:
    assert "events.csv, column subject_id has the type" in refusal_of({"subject_id": cell})


def test_a_parquet_file_without_rows_is_an_empty_log() -> None:
    empty = pa.schema([(name, pa.string()) for name in ONE]).empty_table()
    file = io.BytesIO()
    parquet.write_table(empty, file)
    table = parsed(terms_of(), "events", file.getvalue())
    assert (table.num_rows, table.schema) == (0, SYSTEMS["event_log"].streams["events"])


@pytest.mark.parametrize(
    "damage",
    [lambda good: b"PAR1", lambda good: good[:-30], lambda good: good[:200] + good[-200:],
     lambda good: good[:4] + bytes(300) + good[304:]],
)  # fmt: skip
def test_a_damaged_file_is_a_sentence(damage: Any) -> None:
    good = as_parquet({**ONE, "value": ["1"]})
    with pytest.raises(
        SourceError, match=r"^events.csv cannot be read as Parquet: .*write the file"
    ):
        parsed(terms_of(), "events", damage(good))


def test_a_file_that_unfolds_without_end_is_stopped() -> None:
    same = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), ["x" * 5_000_000])
    bomb = as_parquet({"subject_id": same}, store_schema=False)
    assert len(bomb) < 1_000_000
    with pytest.raises(SourceError, match=r"cannot be read as Parquet: .*(memory|alloc)"):
        list(parquet_records.batches(bomb, "events.csv", ["subject_id"]))


def test_text_that_is_not_utf_8_is_refused() -> None:
    bad = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xff"]).buffers())
    with pytest.raises(SourceError, match="Invalid UTF8"):
        parsed(terms_of(), "events", as_parquet({**ONE, "subject_id": bad}))
