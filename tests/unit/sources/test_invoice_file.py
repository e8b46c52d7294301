"""An invoice and its credit notes are landed as they are, each in its own place."""

from pathlib import Path

import pytest

from recount.errors import InvoiceMissing, SourceError
from recount.periods import Period, zone
from recount.sources.extraction import Extraction
from recount.sources.invoices.ubl import Ubl
from tests.unit.sources.invoice_files import terms_of
from tests.unit.sources.ubl_documents import NOTE, ONE, adjustment, document, line

UBL = Ubl()
MARCH = Period.named("2026-03", zone("UTC"))


def extracted(folder: Path, **settings: object) -> list[Extraction]:
    terms = terms_of(UBL, folder, location="{period}.xml", **settings)
    return UBL.extract(terms, MARCH, as_of=MARCH.ends_at, scratch=folder)


def test_an_invoice_and_its_credit_notes_are_landed_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "2026-03.xml").write_text(ONE)
    (tmp_path / "credit-2026-03.xml").write_text(NOTE)
    where = ["credit-{period}.xml", "none-{period}.xml"]
    lines, credits = extracted(tmp_path, credit_notes=where)
    assert [(page.name, page.record_count) for page in lines.pages] == [("2026-03.xml", 1)]
    assert [(page.name, page.record_count) for page in credits.pages] == [("credit-2026-03.xml", 1)]
    assert Path(str(lines.pages[0].data)).read_text() == ONE


def test_deductions_of_the_invoice_are_landed_among_the_credits(tmp_path: Path) -> None:
    off = adjustment("false", "0.09", "95")
    (tmp_path / "2026-03.xml").write_text(document(line(1, "0.99"), total="0.99", net="0.90",
                                                   more=off))  # fmt: skip
    lines, credits = extracted(tmp_path)
    assert [(page.name, page.record_count) for page in credits.pages] == [("2026-03.xml", 1)]
    assert lines.pages[0].record_count == 1


def test_a_credit_note_in_the_invoices_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "2026-03.xml").write_text(NOTE)
    with pytest.raises(SourceError, match="is a credit note; name its file under credit_notes"):
        extracted(tmp_path)
    (tmp_path / "2026-03.xml").write_text(ONE)
    with pytest.raises(SourceError, match="is an invoice; name its file under location"):
        extracted(tmp_path, credit_notes="{period}.xml")


def test_a_missing_invoice_is_named_so(tmp_path: Path) -> None:
    with pytest.raises(InvoiceMissing):
        extracted(tmp_path)
