"""Fill a scratch folder with what one build reads: terms, landed rows, coverage, manifests."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from recount import landing, people
from recount.contract.balances import Balances
from recount.contract.model import Contract
from recount.contract.opening import in_month
from recount.contract.tables import terms_tables
from recount.inputs import COVERAGE, MANIFESTS, interval_rows, keyed, naive, period_rows, run_rows
from recount.lake import Lake
from recount.landing import Manifest
from recount.periods import Period
from recount.sources import landed_tables, source_of, table_of, terms_of
from recount.sources.source import Source
from recount.sources.terms import SourceTerms
from recount.warehouse import Scratch

Streams = Mapping[str, Mapping[str, str]]


def landed_schemas() -> dict[str, pa.Schema]:
    """Every landed table that the models read, in use or not, with its columns."""
    schemas = {"coverage": COVERAGE, "manifests": MANIFESTS, **landed_tables()}
    return {table: keyed(schema) for table, schema in schemas.items()}


def gather(
    scratch: Scratch,
    lake: Lake,
    contract: Contract,
    period: str,
    as_of: datetime,
    streams: Streams,
    left: Balances,
) -> tuple[dict[str, pa.Table], list[str]]:
    """Write what the pinned manifests list into the scratch folder; return terms and table names.

    `streams` are the digests of the manifests, by source and stream; `left` is what earlier months
    left of what months share. LandingError if an object is
    not what its manifest says, SourceError if a record cannot be typed.
    """
    schemas = landed_schemas()
    # an empty typed file for every table, so that no model needs to know which sources are in use
    for table, schema in schemas.items():
        scratch.write_landed(table, "empty", schema, [])
    observed: dict[str, dict[str, datetime]] = {source: {} for source in contract.sources}
    hashed = people.noted(lake)
    for source, digests in streams.items():
        for stream, digest in digests.items():
            manifests = landing.whole(lake, contract.contract, source, stream, digest)
            terms = replace(terms_of(contract, source), people=hashed)
            _write_stream(scratch, lake, terms, manifests)
            if (feed := manifests[-1].feed) is not None:
                observed[source][stream] = feed.observed_until
    _write_coverage(scratch, contract, as_of, observed)
    tables = terms_tables([in_month(contract, period)], [left])
    month = Period.named(period, contract.zone)
    tables["runs"] = run_rows([(contract, month, as_of)])
    tables["intervals"] = interval_rows([(contract, month)])
    first, last = scratch.span(as_of)
    # what matures is counted as late as a window's end
    windows = [us or 0 for us in tables["clauses"].column("window_us").to_pylist()]
    last += timedelta(microseconds=max([0, *windows]))
    tables["periods"] = period_rows([(contract, first, last)])
    return tables, list(schemas)


@dataclass(frozen=True)
class _Rows:
    """The rows of one source's tables, whose first columns say whose they are."""

    scratch: Scratch
    source: str

    def write(self, table: str, name: str, batches: Iterator[pa.RecordBatch]) -> int:
        schema = landed_schemas()[table]
        file = f"{self.source}-{name}"
        return self.scratch.write_landed(table, file, schema, map(self._keyed, batches))

    def _keyed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        # a build of one contract: its key is 0
        keys = pa.array([0] * batch.num_rows, pa.int32())
        source = pa.array([self.source] * batch.num_rows, pa.string())
        names = ["contract_key", "source", *batch.schema.names]
        return pa.RecordBatch.from_arrays([keys, source, *batch.columns], names=names)

    def write_facts(self, table: str, schema: pa.Schema, rows: list[dict[str, Any]]) -> None:
        facts = pa.Table.from_pylist(rows, schema=schema)
        self.write(table, rows[0].get("stream", "facts"), iter(facts.to_batches()))


def _write_stream(
    scratch: Scratch, lake: Lake, terms: SourceTerms, manifests: list[Manifest]
) -> None:
    source, rows = source_of(terms), _Rows(scratch, terms.name)
    stream = manifests[-1].stream

    def batches(folder: Path) -> Iterator[pa.RecordBatch]:
        for manifest in manifests:
            for page in manifest.pages:
                with landing.opened(lake, page, folder) as path:
                    yield from source.batches(terms, stream, page.name, path)

    with tempfile.TemporaryDirectory(dir=scratch.folder) as folder:
        parsed = rows.write(table_of(terms, stream), stream, batches(Path(folder)))
    rows.write_facts("manifests", MANIFESTS, [_manifest_facts(manifests, parsed)])


def _manifest_facts(manifests: list[Manifest], parsed: int) -> dict[str, Any]:
    """Say of a stream what its manifests say together; the last digest stands for all of them."""
    totals = [manifest.control_total for manifest in manifests]
    known = [total for total in totals if total]
    is_whole = len(known) == len(totals)
    kinds = {total.kind for total in known}
    return {
        "stream": manifests[-1].stream,
        "digest": manifests[-1].digest,
        "record_count": sum(manifest.record_count for manifest in manifests),
        "page_count": sum(len(manifest.pages) for manifest in manifests),
        "control_total": str(sum(total.value for total in known)) if is_whole else None,
        "control_total_kind": max(kinds, key=("exact", "approximate").index) if is_whole else None,
        "parsed_count": parsed,
    }


def _write_coverage(
    scratch: Scratch,
    contract: Contract,
    as_of: datetime,
    observed: Mapping[str, Mapping[str, datetime]],
) -> None:
    for name in contract.evidence_sources:
        terms = terms_of(contract, name)
        source: Source = source_of(terms)
        rows = [
            {
                "event_type": each.event_type,
                "observed_from": each.observed_from and naive(each.observed_from),
                "observed_until": naive(each.observed_until),
            }
            for each in source.coverage(terms, as_of, observed[name])
        ]
        _Rows(scratch, name).write_facts("coverage", COVERAGE, rows)
