"""A CSV file of any vendor: the contract says what each column is and how figures are written."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from recount.errors import ContractError
from recount.sources.invoices.mapped_csv import MappedCsv
from tests.unit.sources.invoice_files import brief, refusal_of, rows, terms_of

MAPPED = MappedCsv()
HEADER = "Rechnung;Pos;Ticket;Artikel;Menge;Preis;Betrag;Datum;Geschlossen"
ONE = "R-1;7;t1;KI-1;1;0,99;0,99;02.04.2026;2026-03-05T10:00:00+01:00"
SAID: dict[str, Any] = {
    "delimiter": ";", "decimal_mark": ",", "thousands_mark": ".", "date_format": "DD.MM.YYYY",
    "columns": {
        "invoice_id": "Rechnung", "line_id": "Pos", "subject_id": "Ticket", "outcome": "Artikel",
        "quantity": "Menge", "unit_price": "Preis", "amount": "Betrag", "issued_on": "Datum",
        "concluded_at": "Geschlossen",
    },
    "constants": {"currency": "EUR"},
    "outcomes": {"resolution": {"item": ["KI-1", "KI-2"]}},
}  # fmt: skip
USAGE: dict[str, Any] = {
    "columns": {"subject_id": "Ticket ID"},
    "constants": {"outcome": "resolution", "quantity": "1",
                  "unit_price": "1.50", "currency": "EUR"},
}  # fmt: skip


def file(*records: str, header: str = HEADER) -> str:
    return "\r\n".join((header, *records)) + "\r\n"


def test_a_line_is_typed_exactly() -> None:
    assert rows(MAPPED, "lines", file(ONE), **SAID) == [{
        "invoice_id": "R-1", "line_id": "7", "subject_id": "t1", "outcome": "resolution",
        "concluded_at": datetime(2026, 3, 5, 9), "quantity": Decimal(1),
        "unit_price": Decimal("0.99"), "amount": Decimal("0.99"), "currency_code": "EUR",
        "issued_on": date(2026, 4, 2), "due_on": None, "purchase_order": None, "line_number": 1,
        "file": "a.file",
    }]  # fmt: skip


def test_a_usage_export_without_money_is_priced_by_constants() -> None:
    found = rows(MAPPED, "lines", "Ticket ID,Channel\n101,web\n102,email\n", **USAGE)
    assert {row["invoice_id"] for row in found} == {"a"}  # the file's name
    assert brief(found, "line_id", "subject_id", "outcome", "amount") == [
        ("1", "101", "resolution", "1.500000"),
        ("2", "102", "resolution", "1.500000"),
    ]


def test_an_unknown_item_keeps_its_own_type() -> None:
    fee = "R-1;8;;resolution;1;1.000,50;1.000,50;02.04.2026;"
    found = brief(rows(MAPPED, "lines", file(ONE, fee), **SAID), "outcome", "amount")
    assert found == [("resolution", "0.990000"), ("item:resolution", "1000.500000")]


def test_a_negative_amount_is_a_credit_of_the_invoice() -> None:
    back = "R-1;8;t1;KI-1;-1;0,99;-0,99;02.04.2026;"
    assert len(rows(MAPPED, "lines", file(ONE, back), **SAID)) == 1
    [credit] = rows(MAPPED, "credits", file(ONE, back), **SAID)
    assert (credit["amount"], credit["line_number"], credit["effect"]) == (
        Decimal("0.99"), 2, "credited",
    )  # fmt: skip


@pytest.mark.parametrize(("written", "amount"), [
    ("1.234,5", "1234.5"), ("1234,5", "1234.5"), ("12.345.678,123456", "12345678.123456"),
    ("0,5", "0.5"), ("7", "7"),
])  # fmt: skip
def test_figures_are_read_as_the_contract_says(written: str, amount: str) -> None:
    record = f"R-1;7;;X;1;1;{written};02.04.2026;"
    [row] = rows(MAPPED, "lines", file(record), **SAID)
    assert row["amount"] == Decimal(amount)


@pytest.mark.parametrize("written", [
    "1,234.5", "1.23,5", "12.34", "1234.567,8", "1.234.5", "1,2,3", "1.234,567.8", "NaN", "inf",
    "1e3", "(5)", "5-", "5 EUR", "\u0661", "0,1234567", "1234567890123", "", " ", "=1+1",
])  # fmt: skip
def test_what_is_written_otherwise_is_refused(written: str) -> None:
    said = refusal_of(MAPPED, file(f"R-1;7;;X;1;1;{written};02.04.2026;"), **SAID)
    assert said.startswith("a.file, record 1, Betrag ")


@pytest.mark.parametrize(("pattern", "written", "is_fine"), [
    ("MM/DD/YYYY", "04/02/2026", True), ("M/D/YYYY", "4/2/2026", True),
    ("MM/DD/YYYY", "4/2/2026", False), ("DD.MM.YYYY", "31.02.2026", False),
    ("YYYYMMDD", "20260402", True), ("YYYY-MM-DD", "02.04.2026", False),
])  # fmt: skip
def test_dates_are_read_as_the_contract_says(pattern: str, written: str, is_fine: bool) -> None:
    data = file(ONE.replace("02.04.2026", written))
    said = {**SAID, "date_format": pattern}
    if is_fine:
        assert rows(MAPPED, "lines", data, **said)[0]["issued_on"] == date(2026, 4, 2)
    else:
        assert f"no date written like {pattern}" in refusal_of(MAPPED, data, **said)


def test_an_instant_without_an_offset_is_refused() -> None:
    assert "Geschlossen" in refusal_of(MAPPED, file(ONE.replace("+01:00", "")), **SAID)


def test_lines_before_the_header_are_passed_over() -> None:
    data = "Rechnung von Vendor;;\n\n" + file(ONE)
    assert len(rows(MAPPED, "lines", data, **SAID, header_row="2")) == 1


@pytest.mark.parametrize(("data", "because"), [
    (file("a;b"), "record 1: 2 instead of 9 cells"),
    (file(ONE.replace("t1", '"t1')), "correct the quotes"),
    (file(ONE.replace("t1", '"t1"x')), "correct the quotes"),
    (file(ONE, header=HEADER.replace("Pos", "Ticket")), "has the column 'Pos' not at all"),
    (file(ONE, header=HEADER + ";Pos"), "has the column 'Pos' twice"),
    ("", "has no row 1, where its header should be"),
    (file(ONE).encode("utf-16"), "is not utf-8 text"),
    (file(ONE.replace("t1", "t\u00e4")).encode("cp1252"), "is not utf-8 text"),
    (file(ONE.replace("R-1", "")), "record 1, Rechnung is empty"),
    (file(ONE.replace("t1", "x" * 200_000)), "field larger than field limit"),
    (file(ONE, ONE), "record 1 and record 2 are both line '7'"),
    (file(ONE.replace(";1;", ";2;")), "on a line with a subject"),
])  # fmt: skip
def test_a_file_in_another_dialect_is_refused(data: str | bytes, because: str) -> None:
    assert because in refusal_of(MAPPED, data, **SAID)


def test_an_encoding_can_be_declared() -> None:
    data = file(ONE.replace("t1", "t\u00e4")).encode("cp1252")
    assert rows(MAPPED, "lines", data, **SAID, encoding="cp1252")[0]["subject_id"] == "t\u00e4"
    assert len(rows(MAPPED, "lines", b"\xef\xbb\xbf" + file(ONE).encode(), **SAID)) == 1


@pytest.mark.parametrize("currency", ["USD", "eur", "EUR "])
def test_another_currency_stops_the_invoice(currency: str) -> None:
    said = {**SAID, "constants": {"currency": currency}}
    assert "is not the contract's EUR" in refusal_of(MAPPED, file(ONE), **said)


@pytest.mark.parametrize(("change", "because"), [
    ({"constants": {}}, "say where currency is"),
    ({"constants": {"currency": "EUR", "quantity": "1"}}, "quantity is a column and a constant"),
    ({"constants": {"currency": "EUR", "tax": "1"}}, "'tax' is no field of a line"),
    ({"thousands_mark": ","}, "decimal_mark and thousands_mark must differ"),
    ({"decimal_mark": "5"}, "write one character"),
    ({"delimiter": ";;"}, "write one character"),
    ({"date_format": "DD.MM"}, "write the pattern of a date"),
    ({"date_format": "DD.MM.YYYY HH"}, "write the pattern of a date"),
    ({"header_row": "0"}, "write the number of the header's row"),
    ({"encoding": "utf-7"}, "utf-8"),
])  # fmt: skip
def test_a_mapping_that_cannot_be_used_is_refused(change: dict[str, Any], because: str) -> None:
    with pytest.raises(ContractError) as refused:
        MAPPED.check(terms_of(MAPPED, **{**SAID, **change}))
    assert because in str(refused.value)
