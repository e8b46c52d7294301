"""What a pack holds: each member as a file, made of what the month published."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from recount import published
from recount.contract.canonical import canonical_json
from recount.contract.model import Contract
from recount.evidence import cells
from recount.evidence.bands import band_rows
from recount.evidence.run import period_rows, run_document
from recount.evidence.shipping import as_one_file
from recount.evidence.versions import versions
from recount.manifests import Manifest
from recount.recomputing.contents import KEYS

_METHOD = Path(__file__).with_name("method.md")
# what every row of a mart repeats; a pack says it once
_REPEATED = ("contract", "version", "period", "as_of")
_ROWS_AT_ONCE = 100_000
# The marts that a pack has as they are, and under which name.
_AS_THEY_ARE = {
    "line_totals": "line_totals", "verdict_totals": "verdict_totals", "credits": "credits",
    "statement_outcomes": "outcomes", "charges": "charges", "performance": "performance",
    "performance_intervals": "performance_intervals",
}  # fmt: skip
_JUDGED = ("candidates", "clause_verdicts", "determinations", "reconciliation_lines")
_DESCRIBED = ("queue", "channel", "tier", "language", "department", "is_test")

Rows = dict[str, int]


class Published(Protocol):
    """The marts of a month; those that may be large as files."""

    def __getitem__(self, name: str, /) -> pa.Table:
        """Return a mart."""

    def copy(self, name: str, path: Path) -> None:
        """Write a mart to a Parquet file."""


def write_members(
    contract: Contract,
    facts: Mapping[str, Any],
    marts: Published,
    statement: Mapping[str, Any],
    landed: Sequence[Manifest],
    folder: Path,
) -> Rows:
    """Write every member but the manifest into a folder, and return the rows of each CSV file.

    `facts` are those of the manifest of the marts, `landed` are the manifests of what was landed,
    of each stream the oldest first.
    """
    run = run_document(contract, facts, statement)
    documents = {
        "findings.json": statement["findings"],
        "control_totals.json": _control_totals(marts),
        "landed.json": [
            {"source": of.source, "stream": of.stream, "digest": of.digest, "content": of.content}
            for of in landed
        ],
        "run.json": run,
        "statement.json": statement,
        "versions.json": versions(facts["contract_sha256"]),
    }
    for name, document in documents.items():
        (folder / name).write_bytes(published.canonical(document))
    (folder / "contract.json").write_bytes(canonical_json(contract))
    (folder / "contract.yml").write_bytes(contract.file.read_bytes())
    (folder / "evaluator.py").write_bytes(as_one_file().encode())
    (folder / "method.md").write_bytes(_METHOD.read_bytes())
    return _write_tables(contract, run, marts, folder)


def _control_totals(marts: Published) -> dict[str, Any]:
    (row,) = marts["control_totals"].to_pylist()
    return {
        name: f"{value:f}" if isinstance(value, Decimal) else value
        for name, value in row.items()
        if name not in _REPEATED
    }


def _write_tables(
    contract: Contract, run: Mapping[str, Any], marts: Published, folder: Path
) -> Rows:
    rows = _write_evidence(contract, marts, folder)
    subjects = pq.read_table(folder.parent / "pack_subjects.parquet")
    groups = subjects.select(["subject_id", "link_group"])
    for name in _JUDGED:
        rows |= _write(folder, name, _grouped(_bare(marts[name]), groups, KEYS[name]))
    for mart, name in _AS_THEY_ARE.items():
        rows |= _write(folder, name, _bare(marts[mart]))
    rows |= _write(folder, "coverage", _coverage(marts))
    rows |= _write(folder, "bands", band_rows(contract, run, marts["determinations"], subjects))
    span = _span(folder.parent / "pack_events.parquet", run)
    return rows | _write(folder, "periods", period_rows(contract, *span))


def _write_evidence(contract: Contract, marts: Published, folder: Path) -> Rows:
    """Write what may be large piece by piece; the Parquet files stay beside the folder."""
    rows = {}
    for mart, name in (
        ("pack_subjects", "subjects"), ("pack_events", "events"), ("pack_lines", "invoice_lines"),
    ):  # fmt: skip
        path = folder.parent / f"{mart}.parquet"
        marts.copy(mart, path)
        with pq.ParquetFile(path) as parquet, (folder / f"{name}.csv").open("wb") as file:
            names = [each for each in parquet.schema_arrow.names if each not in _REPEATED]
            file.write(cells.heading(names))
            for batch in parquet.iter_batches(_ROWS_AT_ONCE, columns=names):
                table = pa.Table.from_batches([batch])
                needed = _needed(contract, table) if name == "subjects" else table
                file.write(cells.lines(needed))
            rows[f"{name}.csv"] = parquet.metadata.num_rows
    return rows


def _needed(contract: Contract, subjects: pa.Table) -> pa.Table:
    """Leave out what no scope of the contract asks of a subject: it is nobody else's business."""
    named = {
        name
        for outcome in contract.outcomes.values()
        for name in outcome.scope.model_dump(exclude={"attributes"}, exclude_none=True)
    }
    further = {name for outcome in contract.outcomes.values() for name in outcome.scope.attributes}
    for column in _DESCRIBED:
        if column not in named:
            subjects = _replaced(subjects, column, pa.nulls(len(subjects), pa.string()))
    found = [_attributes(text, further) for text in subjects["attributes"].to_pylist()]
    return _replaced(subjects, "attributes", pa.array(found, pa.string()))


def _attributes(text: str | None, wanted: set[str]) -> str | None:
    said = json.loads(text) if text and wanted else {}
    kept = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in said.items()
        if name in wanted and value is not None
    }
    return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else None


def _replaced(table: pa.Table, column: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(column), column, values)


def _bare(mart: pa.Table) -> pa.Table:
    return mart.drop_columns([name for name in _REPEATED if name in mart.column_names])


def _grouped(table: pa.Table, groups: pa.Table, key: tuple[str, ...]) -> pa.Table:
    """Order rows by the link group of their subject, those without one first."""
    joined = table.join(groups, "subject_id", join_type="left outer")
    sorted_by = joined.append_column("group", pc.fill_null(joined["link_group"], ""))
    in_order = sorted_by.sort_by([(name, "ascending") for name in ("group", *key)])
    return in_order.select(["link_group", *table.column_names])


def _coverage(marts: Published) -> pa.Table:
    shown = _bare(marts["event_coverage"])
    return shown.filter(pc.is_valid(shown["shown_by"]))


def _span(events: Path, run: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The first and the last instant of the month, of what is known, and of all that happened."""
    known = (run["period_starts_at"], run["as_of"])
    instants = [datetime.fromisoformat(each).replace(tzinfo=None) for each in known]
    with pq.ParquetFile(events) as parquet:
        column = parquet.schema_arrow.names.index("occurred_at")
        for group in range(parquet.metadata.num_row_groups):
            bounds = parquet.metadata.row_group(group).column(column).statistics
            instants += [bounds.min, bounds.max] if bounds and bounds.has_min_max else []
    return min(instants), max(instants)


def _write(folder: Path, name: str, table: pa.Table) -> Rows:
    with (folder / f"{name}.csv").open("wb") as file:
        file.write(cells.heading(table.column_names))
        for batch in table.to_batches(_ROWS_AT_ONCE):
            file.write(cells.lines(pa.Table.from_batches([batch])))
    return {f"{name}.csv": table.num_rows}
