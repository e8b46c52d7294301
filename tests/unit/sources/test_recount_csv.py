"""An invoice is the vendor's claim: kept as it stands, typed exactly, or stopped."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recount.errors import SourceError
from recount.sources import INVOICE_SYSTEMS
from tests.unit.sources.logs import (
    NINE,
    as_parquet,
    content_of,
    events,
    extracted,
    parsed,
    terms_of,
)

LINE = {"invoice_id": "INV1", "line_id": "1", "subject_id": "t1", "outcome": "resolution",
        "concluded_at": NINE, "quantity": "1", "unit_price": "0.99", "amount": "0.99",
        "currency": "USD"}  # fmt: skip


def lines(*changes: dict[str, str], **settings: Any) -> list[dict[str, Any]]:
    terms = terms_of("invoice", "recount_csv", **settings)
    text = events(*[{**LINE, "line_id": str(n), **each} for n, each in enumerate(changes, 1)])
    return list(parsed(terms, "lines", text, "lines.csv").to_pylist())


def refusal_of(*changes: dict[str, str]) -> str:
    with pytest.raises(SourceError) as refused:
        lines(*changes)
    return str(refused.value)


def test_a_line_is_typed_exactly() -> None:
    dates = {"issued_on": "2016-04-02", "due_on": "2016-05-02", "purchase_order": "PO-1"}
    assert lines(dates) == [{
        "invoice_id": "INV1", "line_id": "1", "subject_id": "t1", "outcome": "resolution",
        "concluded_at": datetime(2016, 3, 1, 9), "quantity": Decimal(1),
        "unit_price": Decimal("0.99"), "amount": Decimal("0.99"), "currency_code": "USD",
        "issued_on": date(2016, 4, 2), "due_on": date(2016, 5, 2), "purchase_order": "PO-1",
        "line_number": 1, "file": "lines.csv",
    }]  # fmt: skip


def test_a_header_alone_is_an_invoice_without_lines() -> None:
    terms = terms_of("invoice", "recount_csv")
    table = parsed(terms, "lines", ",".join(LINE) + "\n")
    assert (table.num_rows, table.schema) == (0, INVOICE_SYSTEMS["recount_csv"].streams["lines"])


def test_a_fee_has_no_subject_and_any_quantity() -> None:
    fee = {"subject_id": "", "outcome": "platform_fee", "concluded_at": "", "quantity": "2.5"}
    [row] = lines(fee)
    assert (row["subject_id"], row["concluded_at"], row["quantity"]) == (None, None, Decimal("2.5"))


@pytest.mark.parametrize("quantity", ["2", "0", "0.999999", "1.000001"])
def test_a_line_with_a_subject_bills_for_one(quantity: str) -> None:
    said = refusal_of({}, {"quantity": quantity})
    assert said.startswith("lines.csv, record 2: quantity '")
    assert "on a line with a subject; such a line bills for 1" in said


def test_concluded_at_need_not_be_a_column() -> None:
    text = events({key: value for key, value in LINE.items() if key != "concluded_at"})
    [row] = parsed(terms_of("invoice", "recount_csv"), "lines", text).to_pylist()
    assert row["concluded_at"] is None


@pytest.mark.parametrize("name", sorted(set(LINE) - {"concluded_at"}))
def test_the_other_columns_must_be_there(name: str) -> None:
    text = events({key: value for key, value in LINE.items() if key != name})
    with pytest.raises(SourceError, match=f"events.csv has no column '{name}'"):
        parsed(terms_of("invoice", "recount_csv"), "lines", text)


@pytest.mark.parametrize("name", sorted(set(LINE) - {"concluded_at", "subject_id"}))
def test_the_other_cells_must_not_be_empty(name: str) -> None:
    assert refusal_of({name: ""}) == (
        f"lines.csv, record 1, {name} is empty: fill it in or remove the record"
    )


@pytest.mark.parametrize("name", ["quantity", "unit_price", "amount"])
@pytest.mark.parametrize("value", ["-1", "-0.000001"])
def test_a_negative_figure_is_refused(name: str, value: str) -> None:
    said = refusal_of({}, {"subject_id": "", name: value})
    assert said.startswith(f"lines.csv, record 2, {name} '{value}")
    assert said.endswith("it must not be negative; correct the file")


@pytest.mark.parametrize("name", ["quantity", "unit_price", "amount"])
@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "inf",
        "1e400",
        "1E2",
        "1,000.00",
        "1.000,00",
        "0.1234567",
        "1000000000000",
        "$1",
        "1 ",
    ],
)
def test_what_is_no_exact_figure_is_refused(name: str, value: str) -> None:
    assert refusal_of({name: value}).startswith(
        f"lines.csv, record 1, {name} '{value}': write a nu"
    )


def test_the_largest_figure_is_kept_exactly() -> None:
    [row] = lines({"amount": "999999999999.999999"})
    assert row["amount"] == Decimal("999999999999.999999")


@pytest.mark.parametrize("currency", ["EUR", "usd", "XXX", "US", "USD "])
def test_another_currency_than_the_contracts_stops_the_invoice(currency: str) -> None:
    assert refusal_of({}, {}, {"currency": currency}) == (
        f"lines.csv, record 3: currency '{currency}' is not the contract's USD; "
        "ask the vendor for an invoice in USD"
    )


def test_a_line_id_that_an_invoice_uses_twice_is_refused_naming_both() -> None:
    assert refusal_of({}, {"line_id": "x"}, {}, {"line_id": "x"}) == (
        "lines.csv, records 2 and 4 are both line 'x' of invoice 'INV1'; "
        "ask the vendor which of them counts"
    )


def test_two_invoices_may_use_the_same_line_id() -> None:
    assert len(lines({"line_id": "1"}, {"line_id": "1", "invoice_id": "INV2"})) == 2


def test_one_subject_may_be_billed_twice_for_reconciling_to_see() -> None:
    assert len(lines({}, {})) == 2


def test_the_vendors_ids_can_be_declared_to_be_those_of_a_helpdesk() -> None:
    first, fee = lines({}, {"subject_id": ""}, subjects_of="helpdesk")
    assert (first["subject_id"], fee["subject_id"]) == ("helpdesk-t1", None)


@pytest.mark.parametrize("value", ["2016-02-30", "2016-4-2", "02.04.2016", "2016-04-02T00:00:00Z"])
def test_what_is_no_date_is_refused(value: str) -> None:
    assert refusal_of({"due_on": value}) == (
        f"lines.csv, record 1, due_on '{value}': write a date such as 2016-03-31"
    )


def test_an_invoice_is_kept_byte_for_byte(tmp_path: Path) -> None:
    text = "\ufeff" + events({**LINE, "note": "from the vendor"}) + "\r\n"
    (tmp_path / "events.csv").write_text(text, newline="")
    [extraction] = extracted(terms_of("invoice", "recount_csv", tmp_path), tmp_path)
    assert (content_of(extraction), extraction.redacted) == (text.encode(), ())
    assert extraction.pages[0].record_count == 1


def test_an_invoice_may_be_parquet() -> None:
    columns = {name: [value] for name, value in LINE.items()}
    table = parsed(terms_of("invoice", "recount_csv"), "lines", as_parquet(columns))
    assert table["amount"].to_pylist() == [Decimal("0.99")]
