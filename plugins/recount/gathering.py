"""Fill a scratch folder with what one build reads: terms, landed rows, coverage, manifests."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from recount import landing
from recount.contract.model import Contract
from recount.contract.tables import terms_tables
from recount.inputs import COVERAGE, MANIFESTS, keyed, naive, period_rows, run_rows
from recount.lake import Lake
from recount.landing import Manifest
from recount.periods import Period
from recount.sources import INVOICE_SYSTEMS, SYSTEMS, source_of, terms_of
from recount.sources.source import Source
from recount.sources.terms import SourceTerms
from recount.warehouse import Scratch

Streams = Mapping[str, Mapping[str, str]]


def landed_schemas() -> dict[str, pa.Schema]:
    """Every landed table that the models read, in use or not, with its columns."""
    schemas = {"coverage": COVERAGE, "manifests": MANIFESTS}
    for system, source in {**SYSTEMS, **INVOICE_SYSTEMS}.items():
        for stream, schema in source.streams.items():
            schemas[f"{system}__{stream}"] = schema
    return {table: keyed(schema) for table, schema in schemas.items()}


def gather(
    scratch: Scratch,
    lake: Lake,
    contract: Contract,
    period: str,
    as_of: datetime,
    streams: Streams,
) -> tuple[dict[str, pa.Table], list[str]]:
    """Write what the pinned manifests list into the scratch folder; return terms and table names.

    `streams` are the digests of the manifests, by source and stream. LandingError if an object is
    not what its manifest says, SourceError if a record cannot be typed.
    """
    schemas = landed_schemas()
    # an empty typed file for every table, so that no model needs to know which sources are in use
    for table, schema in schemas.items():
        scratch.write_landed(table, "empty", schema, [])
    for source, digests in streams.items():
        for stream, digest in digests.items():
            terms = terms_of(contract, source)
            manifest = landing.find(lake, contract.contract, source, stream, digest)
            _write_stream(scratch, lake, terms, manifest)
    _write_coverage(scratch, contract, as_of)
    tables = terms_tables([contract])
    tables["runs"] = run_rows([(contract, Period.named(period, contract.zone), as_of)])
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


def _write_stream(scratch: Scratch, lake: Lake, terms: SourceTerms, manifest: Manifest) -> None:
    source, rows = source_of(terms), _Rows(scratch, terms.name)
    parsed = 0
    stream = manifest.chain.stream
    with tempfile.TemporaryDirectory(dir=scratch.folder) as folder:
        saved = landing.save(lake, manifest, Path(folder))
        for number, (page, path) in enumerate(saved):
            batches = source.batches(terms, stream, page.name, path)
            parsed += rows.write(f"{terms.system}__{stream}", f"{number:06}", batches)
    rows.write_facts("manifests", MANIFESTS, [_manifest_facts(manifest, parsed)])


def _manifest_facts(manifest: Manifest, parsed: int) -> dict[str, Any]:
    total = manifest.control_total
    return {
        "stream": manifest.chain.stream,
        "digest": manifest.digest,
        "record_count": manifest.record_count,
        "page_count": len(manifest.pages),
        "control_total": str(total.value) if total else None,
        "control_total_kind": total.kind if total else None,
        "parsed_count": parsed,
    }


def _write_coverage(scratch: Scratch, contract: Contract, as_of: datetime) -> None:
    for name in contract.evidence_sources:
        terms = terms_of(contract, name)
        source: Source = source_of(terms)
        rows = [
            {
                "event_type": each.event_type,
                "observed_from": each.observed_from and naive(each.observed_from),
                "observed_until": naive(each.observed_until),
            }
            for each in source.coverage(terms, as_of)
        ]
        _Rows(scratch, name).write_facts("coverage", COVERAGE, rows)
