"""An incident history exported from ServiceNow as CSV: one record per update, in the file's order.

Instants are written `d/M/yyyy HH:mm` in local time and `?` stands for a missing value, as in the
UCI incident log (doi.org/10.24432/C57S4H). Only `incident_state` from record to record tells what
happened; staging reads events from it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from recount.periods import Period, zone
from recount.sources import files, redaction
from recount.sources.columns import Column, optional, schema, typed
from recount.sources.extraction import Extraction
from recount.sources.kinds import TEXT, WHOLE_NUMBER
from recount.sources.local_times import local_time
from recount.sources.origins import Origin
from recount.sources.requesters import requester_key
from recount.sources.source import Coverage, Reach, covered, reach_of_files
from recount.sources.terms import Instant, Settings, SourceTerms

SHOWS = ("opened", "solved", "closed", "reopened")
ABSENT = ("", "?")


def columns(in_zone: str) -> tuple[Column, ...]:
    """Return the columns that are landed, with local times read in that zone."""
    instant = local_time(in_zone)
    return (
        Column("number", TEXT),
        Column("incident_state", TEXT),
        Column("sys_mod_count", WHOLE_NUMBER),
        optional("sys_updated_by", TEXT),
        Column("sys_updated_at", instant),
        optional("opened_at", instant),
        optional("requester_key", TEXT),
        optional("contact_type", TEXT),
        optional("category", TEXT),
        optional("assignment_group", TEXT),
        optional("priority", TEXT),
        optional("reopen_count", WHOLE_NUMBER),
    )


class ServiceNowExportSettings(Settings):
    """`time_zone` is that of the export's local times; the contract's where it is not said."""

    location: str
    time_zone: str | None = None
    observed_from: Instant | None = None
    observed_until: Instant | None = None
    connection: str | None = None


class ServiceNowExport:
    """`system: servicenow_export`."""

    system = "servicenow_export"
    streams: Mapping[str, pa.Schema] = {"rows": schema(columns("UTC"))}
    origins = (Origin("rows", r"0*(?P<record_number>\d+)-(?P<number>.+)-\w+"),)

    def check(self, terms: SourceTerms) -> None:
        """Type the settings; ContractError names what cannot be used."""
        said = terms.typed(ServiceNowExportSettings)
        try:
            zone(said.time_zone or terms.time_zone)
        except ValueError as problem:
            raise terms.refused("time_zone", str(problem)) from None

    def shows(self, terms: SourceTerms) -> tuple[str, ...]:
        """Return what a sequence of incident states can show."""
        self.check(terms)
        return SHOWS

    def coverage(
        self, terms: SourceTerms, as_of: datetime, observed: Mapping[str, datetime]
    ) -> list[Coverage]:
        """Return one coverage per event type shown."""
        said = terms.typed(ServiceNowExportSettings)
        return covered(SHOWS, said.observed_from, said.observed_until, as_of)

    def extract(
        self, terms: SourceTerms, period: Period, *, as_of: datetime, scratch: Path
    ) -> list[Extraction]:
        """Copy the columns that are needed; callers become keyed hashes."""
        self.check(terms)
        file = files.snapshot(terms, "location", period, scratch)
        hashed = redaction.Replacement("requester_key", _keyed_hashes())
        page, redacted = redaction.page_of(file, columns("UTC"), {"caller_id": hashed})
        request = {"location": file.location}
        return [Extraction(terms.name, "rows", self.system, request, (page,), redacted=redacted)]

    def reach(self, terms: SourceTerms, period: Period) -> Iterator[Reach]:
        """Try to copy the files."""
        return reach_of_files(self, terms, period)

    def batches(
        self, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
    ) -> Iterator[pa.RecordBatch]:
        """Type the updates in the file's order; SourceError names file and record."""
        said = terms.typed(ServiceNowExportSettings)
        return typed(data, file_name, columns(said.time_zone or terms.time_zone), ABSENT)


def _keyed_hashes() -> Callable[[pa.Array], pa.Array]:
    """Return a function from callers to keys; each caller is hashed once in a file."""
    known: dict[str | None, str | None] = dict.fromkeys([None, *ABSENT])

    def convert(cells: pa.Array) -> pa.Array:
        distinct = pc.unique(cells)
        for caller in distinct.to_pylist():
            if caller not in known:
                known[caller] = requester_key(caller)
        keys = pa.array([known[caller] for caller in distinct.to_pylist()], pa.string())
        return keys.take(pc.index_in(cells, distinct))

    return convert
