"""A sheet of a workbook: typed cells are read exactly, and no archive unfolds into too much."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from recount.periods import Period, zone
from recount.sources.invoices import workbook
from recount.sources.invoices.mapped_xlsx import MappedXlsx
from tests.unit.sources.invoice_files import brief, refusal_of, rows, terms_of

MAPPED = MappedXlsx()
HEADER = ["Invoice", "Ticket", "Quantity", "Price", "Amount", "Issued"]
ONE = ["INV-1", "t1", 1, 0.99, 0.99, date(2026, 4, 2)]
SAID: dict[str, Any] = {
    "columns": {"invoice_id": "Invoice", "subject_id": "Ticket", "quantity": "Quantity",
                "unit_price": "Price", "amount": "Amount", "issued_on": "Issued"},
    "constants": {"currency": "EUR", "outcome": "resolution"},
}  # fmt: skip


def book(*records: Sequence[object], sheets: Sequence[str] = ("Lines",)) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd"}) as made:
        for name in sheets:
            sheet = made.add_worksheet(name)
            for number, record in enumerate(records):
                sheet.write_row(number, 0, record)
    return file.getvalue()


def archive(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return file.getvalue()


def test_a_line_is_typed_exactly() -> None:
    [row] = rows(MAPPED, "lines", book(HEADER, ONE), **SAID)
    assert (row["invoice_id"], row["subject_id"], row["quantity"]) == ("INV-1", "t1", 1)
    assert (row["amount"], row["issued_on"]) == (Decimal("0.99"), date(2026, 4, 2))


@pytest.mark.parametrize(("cell", "amount"), [
    (0.1 + 0.2, "0.3"), (1234567.89, "1234567.89"), (7, "7"), ("0.99", "0.99"), (1e6, "1000000"),
])  # fmt: skip
def test_a_number_is_what_the_workbook_shows(cell: object, amount: str) -> None:
    [row] = rows(MAPPED, "lines", book(HEADER, [*ONE[:4], cell, ONE[5]]), **SAID)
    assert row["amount"] == Decimal(amount)


@pytest.mark.parametrize("cell", [
    "1,5", "", True, 1e20, 1e-7, 0.1234567, date(2026, 1, 1), "NaN",
])  # fmt: skip
def test_what_is_no_exact_number_is_refused(cell: object) -> None:
    data = book(HEADER, [*ONE[:4], cell, ONE[5]])
    assert refusal_of(MAPPED, data, **SAID).startswith("a.file, record 1, Amount ")


def test_an_id_may_be_a_number_as_far_as_a_workbook_keeps_its_digits() -> None:
    data = book(HEADER, ["INV-1", 4711, *ONE[2:]])
    assert brief(rows(MAPPED, "lines", data, **SAID), "subject_id") == [("4711",)]
    long = book(HEADER, ["INV-1", 1234567890123456789, *ONE[2:]])
    assert "a number of more digits than a workbook keeps" in refusal_of(MAPPED, long, **SAID)


def test_empty_rows_are_passed_over_and_counted() -> None:
    data = book(["Vendor Ltd"], [], HEADER, [], ONE)
    [row] = rows(MAPPED, "lines", data, **SAID, header_row="3")
    assert row["line_number"] == 2


def test_a_sheet_is_named_where_there_are_several() -> None:
    data = book(HEADER, ONE, sheets=("Lines", "Notes"))
    assert len(rows(MAPPED, "lines", data, **SAID, sheet="Lines")) == 1
    assert "name one of its sheets under sheet: Lines, Notes" in refusal_of(MAPPED, data, **SAID)
    assert "name one of its sheets" in refusal_of(MAPPED, data, **SAID, sheet="Line")


def test_a_workbook_is_landed_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "invoice").write_bytes(book(HEADER, ONE))
    march = Period.named("2026-03", zone("UTC"))
    terms = terms_of(MAPPED, tmp_path, **SAID)
    lines, _ = MAPPED.extract(terms, march, as_of=march.ends_at, scratch=tmp_path)
    [page] = lines.pages
    assert Path(str(page.data)).read_bytes() == (tmp_path / "invoice").read_bytes()


@pytest.mark.parametrize("data", [
    b"", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18, book(HEADER, ONE)[:-40], archive(a=b"x"),
    b"Invoice,Ticket\n",
])  # fmt: skip
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    assert refusal_of(MAPPED, data, **SAID).startswith("a.file cannot be read as a workbook: ")


def test_a_bomb_is_refused_before_a_reader_opens_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> bytes:
        raise AssertionError("it was opened")

    monkeypatch.setattr(workbook, "read_by_child", never)
    zeros = archive(a=b"\0" * 30 * 1024**2)
    assert len(zeros) < 100_000
    assert "unfolds into too much at 'a'" in refusal_of(MAPPED, zeros, **SAID)
    many = archive(**{f"m{n}": b"" for n in range(workbook.LARGEST_MEMBERS + 1)})
    assert "has 1001 members" in refusal_of(MAPPED, many, **SAID)
    nested = archive(a=archive(b=b"x"))
    assert "holds another archive, 'a'" in refusal_of(MAPPED, nested, **SAID)
    monkeypatch.setattr(workbook, "LARGEST_BYTES", 1000)
    assert "unfolds into too much" in refusal_of(MAPPED, archive(a=b"ab" * 600), **SAID)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", [0, workbook._PIECE_BYTES - 4])
def test_a_dtd_in_a_member_is_refused(encoding: str, before: int) -> None:
    # not compressible, so that no ratio refuses it first
    member = b"x" * before + "<!DOCTYPE a [<!ENTITY b 'c'>]>".encode(encoding)
    assert "has a DTD in 'a'" in refusal_of(MAPPED, archive(a=member), **SAID)


def test_a_sheet_that_claims_to_be_enormous_is_refused() -> None:
    data = io.BytesIO(book(HEADER, ONE))
    made = io.BytesIO()
    with zipfile.ZipFile(data) as old, zipfile.ZipFile(made, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename.endswith("sheet1.xml"):
                content = content.replace(b'r="A2"', b'r="XFD1048576"')
            new.writestr(member.filename, content)
    said = refusal_of(MAPPED, made.getvalue(), **SAID)
    assert said.startswith("a.file cannot be read as a workbook: ")
