"""Stage, classify and reconcile in a scratch database; only here and in dbt_build is DuckDB known.

The scratch database holds two schemas that Python fills, `terms` (contracts as typed tables) and
`landed` (the parsed rows of landed objects), and dbt's own. Nothing of a contract, a file or an id
becomes part of a statement of SQL: all of it is rows.
"""

import contextlib
import errno
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from recount.dbt_build import build
from recount.errors import ReconcileError, RecountError
from recount.exhausted import exhausted_by

# Each mart with the columns that put its rows in order, so that its bytes never depend on threads.
MARTS: Mapping[str, tuple[str, ...]] = {
    "candidates": ("outcome", "counted_by", "subject_id", "concluded_at", "candidate_event_id"),
    "clause_verdicts": (
        "outcome", "counted_by", "subject_id", "concluded_at", "candidate_event_id",
        "clause_number",
    ),
    "evidence_events": ("source", "event_id", "subject_id", "event_type", "occurred_at"),
    "event_coverage": ("event_type",),
    "determinations": ("outcome", "counted_by", "subject_id"),
    "reconciliation_lines": ("line_number", "outcome", "subject_id"),
    "line_totals": ("outcome", "line_kind", "match_status", "reason", "gap_part"),
    "verdict_totals": ("outcome", "counted_by", "judged", "verdict"),
    "charges": ("basis", "term", "tier"),
    "performance": ("term",),
    "performance_intervals": ("term", "starts_at"),
    "statement_outcomes": ("outcome",),
    "statements": ("contract",),
    "invoices": ("invoice_id",),
    "credits": ("credit_note_id", "line_number", "line_id"),
    "claims": ("subject_id",),
    "claim_totals": ("claim", "is_invoiced", "is_recounted"),
    "manifests": ("source", "stream"),
    "control_totals": ("contract",),
}  # fmt: skip
# What an evidence pack has beside them, of final months alone. Those of events may be large.
EVIDENCE: Mapping[str, tuple[str, ...]] = {
    "pack_subjects": ("link_group", "subject_id"),
    "pack_events": ("link_group", "subject_id", "occurred_at", "event_id", "event_type", "source"),
    "pack_lines": ("link_group", "line_number", "invoice_id", "line_id"),
}
_BATCH_ROWS = 100_000


@dataclass(frozen=True)
class Scratch:
    """A folder that lives as long as one statement is worked out."""

    folder: Path

    @property
    def database(self) -> Path:
        """The DuckDB file; disposable, everything in it can be made again."""
        return self.folder / "scratch.duckdb"

    def landed_folder(self, table: str) -> Path:
        """Where the Parquet files of a landed table lie."""
        return self.folder / "landed" / table

    def write_landed(
        self, table: str, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]
    ) -> int:
        """Write the parsed rows of one landed object and return how many they are."""
        self.landed_folder(table).mkdir(parents=True, exist_ok=True)
        count = 0
        path = self.landed_folder(table) / f"{name}.parquet"
        with pq.ParquetWriter(path, schema, compression="lz4") as writer:
            for batch in batches:
                count += batch.num_rows
                writer.write_batch(batch)
        return count

    def span(self, *instants: datetime) -> tuple[datetime, datetime]:
        """The first and the last of some instants and of all that the landed records bear."""
        found = list(instants)
        for path in sorted((self.folder / "landed").glob("*/*.parquet")):
            metadata = pq.read_metadata(path)
            for group in range(metadata.num_row_groups):
                for column in range(metadata.num_columns):
                    bounds = metadata.row_group(group).column(column).statistics
                    if bounds and bounds.has_min_max and isinstance(bounds.min, datetime):
                        found += [each.replace(tzinfo=UTC) for each in (bounds.min, bounds.max)]
        return min(found), max(found)

    @contextlib.contextmanager
    def reading(self) -> Iterator["Reading"]:
        """Open the built database to read it; opening costs as much as reading a small month."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            _limit_memory(connection)
            try:
                yield Reading(self.folder, connection)
            except duckdb.Error as problem:
                raise _of_a_model("marts", str(problem)) from None


@dataclass(frozen=True)
class Reading:
    """A built database, open to be read; its views read files below the folder."""

    _folder: Path
    _connection: duckdb.DuckDBPyConnection

    def mart(self, name: str, *columns: str) -> pa.Table:
        """Return the rows of a mart, in its order; all columns, or those that are named."""
        order = ", ".join(f'"{column}" nulls last' for column in MARTS[name])
        return self.query(
            f'select {", ".join(columns) or "*"} from recount."{name}" order by {order}'
        )

    def write(self, name: str, path: Path) -> None:
        """Write a table of the evidence to a Parquet file in its order, in flat memory."""
        order = ", ".join(f'"{column}" nulls first' for column in EVIDENCE[name])
        query = f'select * from recount."{name}" order by {order}'
        with contextlib.chdir(self._folder):
            # of batches of one size: equal rows give equal bytes
            reader = self._connection.sql(query).to_arrow_reader(_BATCH_ROWS)
            with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
                for batch in reader:
                    writer.write_batch(batch)

    def subject_ids(self) -> Iterator[str]:
        """Every subject of the log, one by one: they may be millions."""
        events = self._connection.cursor()
        with contextlib.chdir(self._folder):
            events.execute("select distinct subject_id from recount.int_events")
        while rows := self._next_rows(events):
            yield from (subject_id for (subject_id,) in rows)

    def query(self, sql: str) -> pa.Table:
        """Return what a query of ours (never one built from data) finds in the database."""
        # only meanwhile: whoever publishes what was read may name a lake relative to its own folder
        with contextlib.chdir(self._folder):
            return self._connection.sql(sql).to_arrow_table()

    def _next_rows(self, found: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
        with contextlib.chdir(self._folder):
            return found.fetchmany(10_000)


def reconcile(
    scratch: Scratch,
    terms: Mapping[str, pa.Table],
    landed: Iterable[str],
    unused: Collection[str] = (),
) -> None:
    """Build the models and run their tests over the landed tables of a scratch folder.

    `terms` are the tables of the `terms` schema, `landed` the names of the tables that
    `write_landed` wrote, `unused` the systems of which none holds a row. Raises ReconcileError with
    the sentence of the first test that failed. Of memory it takes what RECOUNT_MEMORY allows, else
    what DuckDB would, and beyond that the disk.
    """
    # Open from the first table to the last: each time a database is closed it is written out whole.
    with duckdb.connect(str(scratch.database)) as connection, contextlib.chdir(scratch.folder):
        connection.execute("pragma disable_checkpoint_on_shutdown")
        _limit_memory(connection)
        try:
            _fill(connection, terms, landed)
        except duckdb.Error as problem:
            raise _of_a_model("terms", str(problem)) from None
        for failure in build(scratch.folder, unused):
            raise _refusal(scratch, failure)


def _limit_memory(connection: duckdb.DuckDBPyConnection) -> None:
    limit = os.environ.get("RECOUNT_MEMORY")
    if limit is None:
        return
    try:
        connection.execute("set memory_limit = $1", [limit])
    except duckdb.Error:
        raise ReconcileError(
            f"RECOUNT_MEMORY is {limit!r}; write how much memory a build may take, such as 4GB"
        ) from None


def _fill(
    connection: duckdb.DuckDBPyConnection, terms: Mapping[str, pa.Table], landed: Iterable[str]
) -> None:
    connection.execute("create schema terms; create schema landed")
    for name, table in terms.items():
        connection.register("incoming", table)
        connection.execute(f'create table terms."{name}" as select * from incoming')
        connection.unregister("incoming")
    for name in landed:
        # a path below the folder in which dbt is started: no path of a machine becomes SQL
        files = f"landed/{name}/*.parquet"
        connection.execute(
            f"create view landed.\"{name}\" as select * from read_parquet('{files}')"
        )


def _refusal(scratch: Scratch, failure: Any) -> RecountError:
    """Say what a failed test found, in its own words where it has a column `message`."""
    if failure.status != "fail":
        return _of_a_model(failure.node.name, str(failure.message))
    with duckdb.connect(str(scratch.database)) as connection, contextlib.chdir(scratch.folder):
        found = connection.sql(failure.node.compiled_code).to_arrow_table()
    if "message" in found.column_names:
        return ReconcileError(str(found.column("message")[0]))
    return ReconcileError(
        f"the check {failure.node.name!r} found {found.num_rows} rows, and there must be none"
    )


def _of_a_model(name: str, said: str) -> RecountError:
    """Say in one sentence why a model failed; a first line of dbt's only repeats its name."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reasons = [line for line in lines if " Error in " not in line] or ["it gave no reason"]
    because = reasons[0][:300]
    if because.startswith("Out of Memory"):
        return ReconcileError(
            f"{name!r} needs more memory than a build may take ({because}); raise RECOUNT_MEMORY, "
            "or give the machine more memory or more space for temporary files"
        )
    if because.startswith("IO Error: No files found"):
        # each table has its file: DuckDB says the same of a folder that it was not let into
        because = os.strerror(errno.EMFILE)
    return exhausted_by(because, name) or ReconcileError(f"the model {name!r} failed: {because}")
