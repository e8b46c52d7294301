"""What the benchmarks measure on is made as promised."""

from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.benchmarks.data import MONTHS, TICKETS_A_CHUNK, write_quarter

TICKETS = TICKETS_A_CHUNK + 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A little more than one chunk of tickets."""
    return write_quarter(tmp_path_factory.mktemp("benchmark"), TICKETS).parent


def test_a_ticket_has_about_twelve_events_and_every_ticket_is_there(folder: Path) -> None:
    events = pq.read_table(folder / "events.parquet")
    assert len(events["subject_id"].unique()) == TICKETS
    assert 11.5 < events.num_rows / TICKETS < 12.5
    assert len(events["event_id"].unique()) == events.num_rows
    order = [("subject_id", "ascending"), ("occurred_at", "ascending"), ("event_id", "ascending")]
    assert events.equals(events.sort_by(order))


def test_an_invoice_bills_its_month_and_a_few_tickets_twice(folder: Path) -> None:
    lines = {}
    for month in MONTHS:
        _header, *rows = (folder / "invoices" / f"{month}.csv").read_text().splitlines()
        assert all(row.startswith(f"EXAI-{month},") for row in rows)
        lines[month] = [row.split(",")[2] for row in rows]
    billed = [subject_id for month in MONTHS for subject_id in lines[month]]
    assert 0.9 < len(billed) / TICKETS < 0.92
    assert 1.005 < len(billed) / len(set(billed)) < 1.015


def test_no_rating_is_older_than_the_survey(folder: Path) -> None:
    survey = pq.read_table(folder / "survey.parquet")
    first = min(survey["occurred_at"].to_pylist())
    assert first >= datetime.fromisoformat("2026-07-01T04:00:00Z")


def test_a_ticket_is_the_same_whatever_stands_beside_it(folder: Path, tmp_path: Path) -> None:
    fewer = write_quarter(tmp_path, 1_000).parent
    few, many = (pq.read_table(path / "events.parquet") for path in (fewer, folder))
    assert few.equals(many.slice(0, few.num_rows))
