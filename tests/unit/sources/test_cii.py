"""CII invoices, alone and inside a PDF, read as exactly as UBL ones."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import StreamObject

from recount.sources.invoices import attachment
from recount.sources.invoices.cii import Cii
from tests.unit.sources.cii_documents import (
    DECLARED,
    FREIGHT,
    ONE,
    adjustment,
    document,
    line,
    pdf,
)
from tests.unit.sources.invoice_files import brief, changed, refusal_of, rows

CII = Cii()


def test_a_line_is_typed_exactly() -> None:
    assert rows(CII, "lines", ONE, **DECLARED) == [{
        "invoice_id": "INV-1", "line_id": "1", "subject_id": "t1", "outcome": "resolution",
        "concluded_at": None, "quantity": Decimal(1), "unit_price": Decimal("0.99"),
        "amount": Decimal("0.99"), "currency_code": "EUR", "issued_on": date(2026, 4, 2),
        "due_on": date(2026, 5, 2), "purchase_order": "PO-1", "line_number": 1, "file": "a.file",
    }]  # fmt: skip


def test_allowances_and_charges_are_of_their_own_type_and_add_up() -> None:
    inner = adjustment("false", "1.00")
    more = adjustment("true", "3.00") + FREIGHT
    text = document(line(1, "9.00", quantity="10", price="1", more=inner), total="9.00",
                    net="14.00", more=more)  # fmt: skip
    assert brief(rows(CII, "lines", text), "line_id", "outcome", "amount") == [
        ("1", "item:AR-RES", "10"),
        ("charge-1", "charge:95", "3"),
        ("charge-2", "charge:Freight", "2"),
    ]
    assert brief(rows(CII, "credits", text), "line_id", "amount", "effect") == [
        ("1/allowance-1", "1", "credited")
    ]


def test_a_credit_note_is_never_a_line() -> None:
    text = document(line(1, "0.99"), total="0.99", code="381")
    assert rows(CII, "lines", text) == []
    [credit] = rows(CII, "credits", text)
    assert (credit["effect"], credit["document_type"]) == ("credited", "credit_note")


@pytest.mark.parametrize(("old", "new", "because"), [
    (">380<", ">384<", "a document of type '384'"),
    ("20260402", "20260431", "DateTimeString '20260431' is no date"),
    ('format="102">20260502', 'format="610">202605', "DateTimeString '202605' is no date"),
    ("<ram:TaxBasisTotalAmount>0.99", "<ram:TaxBasisTotalAmount>1.18", "TaxBasisTotalAmount says"),
    ("EUR</ram:InvoiceCurrencyCode>", "USD</ram:InvoiceCurrencyCode>", "is not the contract's EUR"),
    ("<rsm:CrossIndustryInvoice ", "<!DOCTYPE x><rsm:CrossIndustryInvoice ", "(DTD)"),
    (":CrossIndustryInvoice:100", ":CrossIndustryInvoice:12", "is no CrossIndustryInvoice of"),
])  # fmt: skip
def test_what_cannot_be_trusted_is_refused(old: str, new: str, because: str) -> None:
    assert because in refusal_of(CII, changed(ONE, (old, new)))


def test_a_profile_without_lines_is_refused() -> None:
    assert "has no lines" in refusal_of(CII, document(total="0.99"))


@pytest.mark.parametrize("name", ["factur-x.xml", "xrechnung.xml", "ZUGFeRD-invoice.xml"])
def test_an_invoice_inside_a_pdf_is_the_same_invoice(name: str) -> None:
    inside = pdf((name, ONE.encode()), ("terms.txt", b"x"))
    assert rows(CII, "lines", inside, **DECLARED) == rows(CII, "lines", ONE, **DECLARED)


@pytest.mark.parametrize("attached", [
    [], [("other.xml", ONE.encode())], [("factur-x.xml", b"a"), ("xrechnung.xml", b"b")],
    [("factur-x.xml", b"a"), ("factur-x.xml", b"b")],
])  # fmt: skip
def test_a_pdf_must_have_exactly_one_invoice(attached: list[tuple[str, bytes]]) -> None:
    assert "invoices are attached, and not one" in refusal_of(CII, pdf(*attached))


@pytest.mark.parametrize("data", [b"%PDF-", b"%PDF-1.7\n" + b"\0" * 1000, pdf()[:200]])
def test_a_damaged_pdf_is_refused(data: bytes) -> None:
    assert refusal_of(CII, data).startswith("a.file cannot be read as a PDF with an invoice: ")


def test_a_pdf_that_unfolds_into_too_much_is_refused() -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("factur-x.xml", b"0" * 100 * 1024**2)
    for number, each in enumerate(writer._objects):
        if isinstance(each, StreamObject) and each.get("/Type") == "/EmbeddedFile":
            writer._objects[number] = each.flate_encode()
    file = io.BytesIO()
    writer.write(file)
    assert len(file.getvalue()) < 1024**2
    assert "cannot be read as a PDF with an invoice: " in refusal_of(CII, file.getvalue())


def test_a_large_pdf_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachment, "LARGEST_BYTES", 10)
    assert "is larger than" in refusal_of(CII, pdf())


def test_the_file_is_not_changed_by_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(("factur-x.xml", ONE.encode())))
    before = path.read_bytes()
    assert attachment.invoice_in(path, "a.pdf") == ONE.encode()
    assert path.read_bytes() == before
