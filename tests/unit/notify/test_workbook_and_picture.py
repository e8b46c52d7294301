"""Workbooks and pictures: equal bytes for equal content, exact figures, any number of lines."""

import hashlib
import io
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from recount.notify import waterfall, workbook
from recount.notify.workbook import Sheet
from tests.unit.notify.months import MARCH, QUARTER, Counts, lines, statement
from tests.unit.notify.parsing import exact, rows_in

AS_OF = datetime(2016, 5, 1, tzinfo=UTC)
MONEY = pa.decimal128(38, 6)
ROOT = Path(__file__).parents[3]


def book_of(*columns: pa.Array) -> bytes:
    """Write one sheet with headings a, b, c ..."""
    names = [chr(97 + number) for number in range(len(columns))]
    table = pa.table(list(columns), names=names)
    sheet = Sheet("Lines", names, [10] * len(names), table)
    return workbook.workbook([sheet], created=AS_OF)


def test_equal_sheets_have_equal_bytes_in_another_process() -> None:
    code = (
        "import hashlib; from tests.unit.notify.test_workbook_and_picture import *;"
        "print(hashlib.sha256(known_book() + known_picture()).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    ours = hashlib.sha256(known_book() + known_picture()).hexdigest()
    assert done.stdout.strip() == ours, done.stderr


def known_book() -> bytes:
    return book_of(pa.array(["a", None]), pa.array([Decimal("1.5"), None], MONEY))


def known_picture() -> bytes:
    return waterfall.png(statement(lines(), decision="pay"))


def test_nothing_in_a_workbook_says_when_it_was_written() -> None:
    with zipfile.ZipFile(io.BytesIO(known_book())) as book:
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = book.read("docProps/core.xml")
    assert core.count(b"2016-05-01T00:00:00Z") == 2


@pytest.mark.parametrize(
    "number",
    ["0", "0.000001", "-0.99", "100", "1234567.891", "999999999999999", "123456789.123456"],
)
def test_a_number_is_the_decimal_that_it_was(number: str) -> None:
    (row,) = rows_in(book_of(pa.array([Decimal(number)], MONEY)), "Lines")
    assert exact(row["a"]) == Decimal(number)
    assert not isinstance(row["a"], str)


def test_a_number_that_no_spreadsheet_holds_exactly_is_text() -> None:
    number = Decimal("1234567890123456.7")
    (row,) = rows_in(book_of(pa.array([number], MONEY)), "Lines")
    assert row["a"] == "1234567890123456.7"


def test_instants_are_written_in_utc_with_microseconds_only_where_there_are_any() -> None:
    moments = [datetime(2016, 3, 1, 9), datetime(2016, 3, 1, 9, 0, 0, 5), None]
    rows = rows_in(book_of(pa.array(moments, pa.timestamp("us"))), "Lines")
    assert [row["a"] for row in rows[:2]] == [
        "2016-03-01T09:00:00Z",
        "2016-03-01T09:00:00.000005Z",
    ]


def test_a_long_table_goes_on_in_the_next_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_ROWS_OF_A_SHEET", 2)
    monkeypatch.setattr(workbook, "_ROWS_AT_ONCE", 1)
    book = book_of(pa.array(["1", "2", "3", "4", "5"]))
    names = openpyxl.load_workbook(io.BytesIO(book)).sheetnames
    assert names == ["Lines", "Lines 2", "Lines 3"]
    assert [row["a"] for name in names for row in rows_in(book, name)] == list("12345")


def test_an_empty_table_is_a_sheet_of_headings() -> None:
    assert rows_in(book_of(pa.array([], pa.string())), "Lines") == []


@pytest.mark.parametrize("counts", [MARCH, QUARTER, {("agreed", None): 3}])
def test_the_picture_is_a_picture_of_the_promised_width(counts: Counts) -> None:
    said = statement(lines(counts), decision="pay")
    data = waterfall.png(said)
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") == 2 * waterfall.WIDTH
    assert len(data) < 200_000


def test_an_axis_that_does_not_begin_at_zero_is_said_to() -> None:
    small, large = (statement(lines(c), decision="pay") for c in (MARCH, QUARTER))
    assert waterfall.is_cut(small)
    assert not waterfall.is_cut(large)


def test_a_month_with_nothing_in_it_can_be_drawn() -> None:
    assert waterfall.png(statement(lines({}), decision="pay"))
