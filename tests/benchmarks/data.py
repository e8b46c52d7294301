"""Any number of tickets for the benchmarks, written chunk by chunk with flat memory.

The tickets follow the bundled contract and tell eight of its stories. A hash of the ticket's number
decides all there is to decide, so a ticket is the same whatever stands beside it (in one version of
DuckDB). `python -m tests.benchmarks.data FOLDER TICKETS` writes a folder by hand.
"""

import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from pyarrow.csv import CSVWriter, WriteOptions

TICKETS_A_CHUNK = 50_000
MONTHS = ("2026-07", "2026-08", "2026-09")
SQL = (Path(__file__).parent / "data.sql").read_text("utf-8")


def write_quarter(folder: Path, tickets: int, seed: int = 41000) -> Path:
    """Write contract, events, subjects, survey and invoices; return the path of the contract.

    About 12 events a ticket; some 0.9 lines a ticket over three invoices.
    """
    (folder / "invoices").mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = true; set timezone = 'UTC'")
        connection.execute(SQL)
        for name in ("events", "survey", "subjects"):
            _write(folder / f"{name}.parquet", _chunks(connection, name, tickets, seed))
        for month in MONTHS:
            path = folder / "invoices" / f"{month}.csv"
            _write(path, _chunks(connection, "invoice_lines", tickets, seed, month))
    contract = folder / "contract.yml"
    contract.write_text(_contract(), "utf-8")
    return contract


def _contract() -> str:
    """Return the bundled contract, with files for its sources: a build is measured, and no API."""
    bundled = resources.files("recount.demo").joinpath("contract.yml").read_text("utf-8")
    terms = yaml.safe_load(bundled)
    del terms["signatories"]  # nothing is measured of them, and to this reader their `on` is true
    terms["sources"]["helpdesk"] = {
        "system": "event_log", "location": "events.parquet", "subjects": "subjects.parquet",
        "shows": [
            "opened", "contacted", "replied", "noted", "assigned", "handed_off", "solved", "closed",
            "reopened", "followed_up", "sla_breached", "acted",
        ],
    }  # fmt: skip
    terms["sources"]["survey"]["location"] = "survey.parquet"
    terms["sources"]["invoice"] = {
        "system": "recount_csv", "location": "invoices/{period}.csv",
    }  # fmt: skip
    terms["actors"] = {"ai_agent": [{"id": "resolver"}], "automation": [{"id": "triage"}]}
    no_handoff = terms["outcomes"]["resolution"]["clauses"]["no_handoff"]
    no_handoff["forbids"]["event"] = ["replied", "assigned", "handed_off"]
    return yaml.safe_dump(terms, sort_keys=False)


def _chunks(
    connection: duckdb.DuckDBPyConnection, name: str, tickets: int, *arguments: int | str
) -> Iterator[pa.Table]:
    marks = ", ".join("?" for _ in ("first", "last", *arguments))
    for first in range(0, tickets, TICKETS_A_CHUNK):
        last = min(first + TICKETS_A_CHUNK, tickets)
        yield connection.execute(
            f"from {name}({marks})", [first, last, *arguments]
        ).to_arrow_table()


def _write(path: Path, chunks: Iterator[pa.Table]) -> None:
    first = next(chunks)
    with _writer(path, first.schema) as writer:
        writer.write_table(first)
        for chunk in chunks:
            writer.write_table(chunk)


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter | CSVWriter:
    if path.suffix == ".csv":
        return CSVWriter(path, schema, write_options=WriteOptions(quoting_style="none"))
    return pq.ParquetWriter(path, schema, compression="zstd")


if __name__ == "__main__":
    print(write_quarter(Path(sys.argv[1]), int(sys.argv[2])))
