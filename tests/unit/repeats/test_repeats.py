"""An invoice that repeats an earlier month is noticed, and a later month changes nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from recount.lake import Lake, open_lake
from recount.landing import Extraction, Page, land
from recount.published import Slot, publish_marts
from recount.repeats import periods_of_same_file, periods_of_same_invoice

AT = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(str(tmp_path))


def landed(lake: Lake, period: str, data: bytes, record_count: int = 1) -> dict[str, str]:
    page = Page("invoice.csv", data, record_count)
    extraction = Extraction("invoice", "lines", "recount_csv", {"location": "x"}, (page,))
    return {"lines": land(lake, "acme", period, extraction, AT).digest}


def invoiced(lake: Lake, period: str, invoice_id: str) -> None:
    invoices = pa.table({"invoice_id": [invoice_id]})
    publish_marts(lake, Slot("acme", period, AT), {"invoices": invoices}.items(), {})


def test_a_file_of_an_earlier_month_is_noticed(lake: Lake) -> None:
    landed(lake, "2026-03", b"the same bytes")
    streams = landed(lake, "2026-04", b"the same bytes")
    assert periods_of_same_file(lake, "acme", "invoice", streams, "2026-04") == ["2026-03"]


def test_a_later_month_does_not_change_what_an_earlier_one_says(lake: Lake) -> None:
    streams = landed(lake, "2026-03", b"the same bytes")
    landed(lake, "2026-04", b"the same bytes")
    assert periods_of_same_file(lake, "acme", "invoice", streams, "2026-03") == []


def test_two_months_without_lines_are_two_empty_months(lake: Lake) -> None:
    landed(lake, "2026-03", b"header only", record_count=0)
    streams = landed(lake, "2026-04", b"header only", record_count=0)
    assert periods_of_same_file(lake, "acme", "invoice", streams, "2026-04") == []


def test_an_invoice_number_of_an_earlier_month_is_noticed(lake: Lake) -> None:
    invoiced(lake, "2026-03", "INV-1")
    invoiced(lake, "2026-05", "INV-1")
    assert periods_of_same_invoice(lake, "acme", ["INV-1"], "2026-04") == ["2026-03"]
    assert periods_of_same_invoice(lake, "acme", ["INV-2"], "2026-04") == []
