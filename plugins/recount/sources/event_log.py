"""The canonical event log as files (DESIGN 3): CSV, JSON Lines or Parquet, from any system."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from recount.contract.vocabulary import ACTOR_TYPES, SUBJECT_TYPES, event_types
from recount.errors import SourceError
from recount.periods import Period
from recount.sources import files, redaction
from recount.sources.columns import Column, optional, schema, typed
from recount.sources.extraction import Extraction
from recount.sources.kinds import INSTANT, JSON_OBJECT, TEXT, YES_OR_NO, choice, decimal
from recount.sources.origins import Origin
from recount.sources.source import Coverage, Reach, covered, reach_of_files
from recount.sources.terms import Instant, Names, Settings, SourceTerms
from recount.sources.words import shown

SUBJECT_TYPE = choice(*SUBJECT_TYPES)
ACTOR_TYPE = choice(*ACTOR_TYPES)
EVENTS = (
    optional("event_id", TEXT),
    Column("subject_id", TEXT),
    Column("subject_type", SUBJECT_TYPE),
    Column("event_type", TEXT),  # an unknown type is staging's to refuse: it names the map
    Column("occurred_at", INSTANT),
    optional("actor_type", ACTOR_TYPE),
    optional("actor_id", TEXT),
    optional("value", decimal(4)),
    optional("unit", TEXT),
    optional("related_subject_id", TEXT),
)
SUBJECTS = (
    Column("subject_id", TEXT),
    Column("subject_type", SUBJECT_TYPE),
    optional("opened_at", INSTANT),
    optional("requester_key", TEXT),
    optional("queue", TEXT),
    optional("channel", TEXT),
    optional("tier", TEXT),
    optional("language", TEXT),
    optional("department", TEXT),
    optional("is_test", YES_OR_NO),
    optional("attributes", JSON_OBJECT),
)
COLUMNS = {"events": EVENTS, "subjects": SUBJECTS}


class EventLogSettings(Settings):
    """`shows` is what the log can show; an event at or after `observed_until` does not exist."""

    location: str
    shows: Names
    observed_from: Instant | None = None
    observed_until: Instant | None = None
    subjects: str | None = None
    connection: str | None = None


class EventLog:
    """`system: event_log`."""

    system = "event_log"
    streams: Mapping[str, pa.Schema] = {name: schema(of) for name, of in COLUMNS.items()}
    origins = (Origin("events", r"(?P<event_id>.+)"),)

    def check(self, terms: SourceTerms) -> None:
        """Type the settings; ContractError names what cannot be used."""
        said = terms.typed(EventLogSettings)
        for index, event_type in enumerate(said.shows):
            if event_type not in event_types():
                raise terms.refused(
                    f"shows.{index}",
                    f"{shown(event_type)} is no event type; "
                    "correct it or add it to dbt_project/seeds/event_types.csv",
                )
        if not said.shows:
            raise terms.refused("shows", "name at least one event type that the log shows")

    def shows(self, terms: SourceTerms) -> tuple[str, ...]:
        """Return the event types that the contract says the log shows."""
        self.check(terms)
        return terms.typed(EventLogSettings).shows

    def coverage(
        self, terms: SourceTerms, as_of: datetime, observed: Mapping[str, datetime]
    ) -> list[Coverage]:
        """Return one coverage per event type shown."""
        said = terms.typed(EventLogSettings)
        return covered(self.shows(terms), said.observed_from, said.observed_until, as_of)

    def extract(
        self, terms: SourceTerms, period: Period, *, as_of: datetime, scratch: Path
    ) -> list[Extraction]:
        """Copy the log, and the subjects where the contract names them."""
        self.check(terms)
        has_subjects = terms.typed(EventLogSettings).subjects is not None
        streams = {"events": "location", **({"subjects": "subjects"} if has_subjects else {})}
        return [
            self._extraction(terms, stream, key, period, scratch) for stream, key in streams.items()
        ]

    def reach(self, terms: SourceTerms, period: Period) -> Iterator[Reach]:
        """Try to copy the files."""
        return reach_of_files(self, terms, period)

    def batches(
        self, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
    ) -> Iterator[pa.RecordBatch]:
        """Type events or subjects; SourceError names file and record."""
        rows = typed(data, file_name, COLUMNS[stream])
        if stream == "subjects":
            return rows
        shows = self.shows(terms)
        return (_event_rows(batch, terms.name, shows) for batch in rows)

    def _extraction(
        self, terms: SourceTerms, stream: str, key: str, period: Period, scratch: Path
    ) -> Extraction:
        found = files.snapshots(terms, key, period, scratch)
        landed = [redaction.page_of(file, COLUMNS[stream]) for file in found]
        redacted = sorted({name for _, left_out in landed for name in left_out})
        return Extraction(
            terms.name, stream, self.system, {"location": found[0].location},
            tuple(page for page, _ in landed), redacted=tuple(redacted),
        )  # fmt: skip


def _event_rows(batch: pa.RecordBatch, source: str, shows: tuple[str, ...]) -> pa.RecordBatch:
    refuse_undeclared(batch, source, shows)
    actor_type = batch.column("actor_type").fill_null("unknown")
    batch = batch.set_column(batch.schema.get_field_index("actor_type"), "actor_type", actor_type)
    return batch.set_column(0, "event_id", _event_ids(batch))


def refuse_undeclared(batch: pa.RecordBatch, source: str, shows: tuple[str, ...]) -> None:
    """Refuse a log that holds a known event type which it does not show (DESIGN 5)."""
    undeclared = pa.array(sorted(set(event_types()) - set(shows)), pa.string())
    row = pc.index(pc.is_in(batch.column("event_type"), undeclared), True).as_py()
    if row >= 0:
        file, number, event_type = (
            batch.column(name)[row].as_py() for name in ("file", "record_number", "event_type")
        )
        raise SourceError(
            f"{file}, record {number}: event type {shown(event_type)} is not among what {source} "
            f"shows; add it to sources.{source}.shows or remove it from the file"
        )


def _event_ids(batch: pa.RecordBatch) -> pa.Array:
    """Return the ids; where there is none, 32 hex digits of the SHA-256 of the other fields."""
    ids = batch.column("event_id")
    if not ids.null_count:
        return ids
    missing = pc.is_null(ids)
    nameless = batch.filter(missing)
    texts = pc.binary_join_element_wise(
        *(_unambiguous(nameless.column(column.name)) for column in EVENTS[1:]), ""
    )
    derived = [hashlib.sha256(text.as_py().encode()).hexdigest()[:32] for text in texts]
    return pc.replace_with_mask(ids, missing, pa.array(derived, pa.string()))


def _unambiguous(cells: pa.Array) -> pa.Array:
    """Write each cell with its length before it, so that no two rows can read the same."""
    text = pc.cast(cells, pa.string())
    length = pc.cast(pc.binary_length(text), pa.string())
    return pc.fill_null(pc.binary_join_element_wise(length, text, ":"), "-")
