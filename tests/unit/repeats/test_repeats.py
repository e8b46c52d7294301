"""An invoice that repeats another month is noticed by the second, and the first never changes."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from recount import repeats
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


def invoiced(lake: Lake, period: str, invoice_id: str) -> dict[str, str]:
    invoices = pa.table({"invoice_id": [invoice_id]})
    publish_marts(lake, Slot("acme", period, AT), {"invoices": invoices}.items(), {})
    return landed(lake, period, f"{period} {invoice_id}".encode())


def same_file(lake: Lake, streams: dict[str, str], period: str) -> list[str]:
    return periods_of_same_file(repeats.landed(lake, "acme", "invoice", streams, period))


def same_number(lake: Lake, streams: dict[str, str], period: str, *numbers: str) -> list[str]:
    found = repeats.landed(lake, "acme", "invoice", streams, period)
    return periods_of_same_invoice(lake, "acme", found, numbers)


def test_a_file_that_was_landed_for_another_month_is_noticed(lake: Lake) -> None:
    landed(lake, "2026-03", b"the same bytes")
    streams = landed(lake, "2026-04", b"the same bytes")
    assert same_file(lake, streams, "2026-04") == ["2026-03"]


@pytest.mark.parametrize("other", ["2026-02", "2026-04"])
def test_what_is_landed_later_does_not_change_what_a_month_says(lake: Lake, other: str) -> None:
    streams = invoiced(lake, "2026-03", "INV-1")
    landed(lake, other, b"2026-03 INV-1")
    invoiced(lake, other, "INV-1")
    assert same_file(lake, streams, "2026-03") == []
    assert same_number(lake, streams, "2026-03", "INV-1") == []


def test_a_month_that_is_landed_after_the_next_one_notices_it_too(lake: Lake) -> None:
    landed(lake, "2026-04", b"the same bytes")
    streams = landed(lake, "2026-03", b"the same bytes")
    assert same_file(lake, streams, "2026-03") == ["2026-04"]


def test_an_invoice_that_comes_again_for_its_own_month_repeats_nothing(lake: Lake) -> None:
    streams = landed(lake, "2026-03", b"the same bytes")
    landed(lake, "2026-04", b"the same bytes")
    landed(lake, "2026-03", b"corrected")
    assert landed(lake, "2026-03", b"the same bytes") == streams
    assert same_file(lake, streams, "2026-03") == []


def test_two_months_without_lines_are_two_empty_months(lake: Lake) -> None:
    landed(lake, "2026-03", b"header only", record_count=0)
    streams = landed(lake, "2026-04", b"header only", record_count=0)
    assert same_file(lake, streams, "2026-04") == []


def test_an_invoice_number_of_another_month_is_noticed(lake: Lake) -> None:
    invoiced(lake, "2026-03", "INV-1")
    streams = invoiced(lake, "2026-04", "INV-1")
    assert same_number(lake, streams, "2026-04", "INV-1", "INV-3") == ["2026-03"]
    assert same_number(lake, streams, "2026-04", "INV-2") == []
