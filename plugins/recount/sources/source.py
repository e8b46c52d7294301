"""What a source is: the small contract that each module in this package fulfils."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from recount.periods import Period
from recount.scratch import scratch_folder
from recount.sources.extraction import Extraction, Feed
from recount.sources.origins import Origin
from recount.sources.terms import SourceTerms


@dataclass(frozen=True)
class Coverage:
    """Which events of a type the source can show: [observed_from, observed_until), in UTC.

    `observed_from` is None where the source shows them from the beginning.
    """

    event_type: str
    observed_from: datetime | None
    observed_until: datetime


@dataclass(frozen=True)
class Reach:
    """One thing that an extraction needs, whether it can be had, and what was found or to do."""

    what: str
    is_fine: bool
    says: str


class Source(Protocol):
    """One system that Recount reads: a helpdesk or a vendor's invoice."""

    @property
    def system(self) -> str:
        """The name that a contract writes under `system`."""

    @property
    def streams(self) -> Mapping[str, pa.Schema]:
        """The parsed rows of each stream, as landed for staging."""

    @property
    def origins(self) -> Sequence[Origin]:
        """How an event's id leads back to the records that told of it."""

    def check(self, terms: SourceTerms) -> None:
        """Type the settings; ContractError names the line of what cannot be used."""

    def shows(self, terms: SourceTerms) -> tuple[str, ...]:
        """Return the event types that the source can show."""

    def coverage(
        self, terms: SourceTerms, as_of: datetime, observed: Mapping[str, datetime]
    ) -> list[Coverage]:
        """Return what is shown and until when we have looked; never later than `as_of`.

        `observed` says until when each feed of the source was landed, by stream.
        """

    def extract(
        self, terms: SourceTerms, period: Period, *, as_of: datetime, scratch: Path
    ) -> Sequence[Extraction | Feed]:
        """Fetch what the period needs; pages may be files in the folder `scratch`."""

    def reach(self, terms: SourceTerms, period: Period) -> Iterator[Reach]:
        """Try what an extraction of the period will need, and say how each thing went.

        Nothing is landed. SourceError where nothing further can be tried.
        """

    def batches(
        self, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
    ) -> Iterator[pa.RecordBatch]:
        """Type a landed page in flat memory, in the file's order, by the stream's schema."""


def reach_of_files(source: "Source", terms: SourceTerms, period: Period) -> Iterator[Reach]:
    """Try to copy the files of a source, as an extraction does."""
    with scratch_folder() as folder:
        extractions = source.extract(terms, period, as_of=period.ends_at, scratch=folder)
        for extraction in extractions:
            assert isinstance(extraction, Extraction)
            count = sum(page.record_count for page in extraction.pages)
            yield Reach(extraction.request["location"], True, f"{count:,} records")


def parse(
    source: Source, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
) -> pa.Table:
    """Type a landed page that fits into memory; SourceError names file and record."""
    rows = source.batches(terms, stream, file_name, data)
    return pa.Table.from_batches(rows, source.streams[stream])


def covered(
    event_types: Sequence[str],
    observed_from: datetime | None,
    observed_until: datetime | None,
    as_of: datetime,
) -> list[Coverage]:
    """Return one coverage per event type; nothing is observed at or after `as_of`."""
    until = min(observed_until, as_of) if observed_until else as_of
    return [Coverage(event_type, observed_from, until) for event_type in event_types]


def covered_by_feeds(
    shown_by: Mapping[str, Sequence[str]],
    observed_from: datetime,
    observed: Mapping[str, datetime],
    as_of: datetime,
) -> list[Coverage]:
    """Return one coverage per event type: as far as all feeds that tell of it reach.

    `shown_by` says which feeds these are, `observed` until when each was landed.
    """
    found = []
    for event_type, streams in shown_by.items():
        reached = [observed[stream] for stream in streams if stream in observed]
        found += covered([event_type], observed_from, min(reached, default=None), as_of)
    return found
