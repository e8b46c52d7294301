"""ServiceNow over its REST API: what became of each incident, whose doing it was, and its ratings.

What it needs, shows and cannot show: docs/sources/servicenow.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from recount.periods import Period, format_instant
from recount.sources.apis import tried
from recount.sources.extraction import Extraction, Feed
from recount.sources.origins import Origin
from recount.sources.servicenow.rows import Reader
from recount.sources.servicenow.settings import ServiceNowSettings
from recount.sources.servicenow.signing_in import instance_of
from recount.sources.servicenow.tables import SCHEMAS
from recount.sources.source import Coverage, Reach, covered_by_feeds
from recount.sources.terms import SourceTerms
from recount.sources.typed_rows import batch_of, with_place

# Which streams tell of an event type; it is observed as far as all of them reach.
SHOWN_BY: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("opened", "assigned", "solved", "closed", "reopened"), ("audit", "incidents", "staff")
    ),
    **dict.fromkeys(("contacted", "replied", "noted"), ("journal", "incidents", "staff")),
    "deleted": ("deletions", "incidents", "staff"),
    "rated": ("ratings", "incidents"),
    "followed_up": ("incidents",),
}


class ServiceNow:
    """`system: servicenow`."""

    system = "servicenow"
    streams: Mapping[str, pa.Schema] = {
        stream: with_place(schema) for stream, schema in SCHEMAS.items()
    }
    origins = (
        Origin(
            "incidents", r"0{10}-\d-(opened|followed_up|assigned|solved|closed)-(?P<incident_id>.+)"
        ),
        Origin("journal", r"0{10}-1-(?P<entry_id>.+)"),
        Origin("audit", r"\d+-[23]-[a-z]+-(?P<audit_id>.+?)(-v\d+)?"),
        Origin(
            "ratings", r"9{10}-4-rated-(?P<rating_id>.+?)-(?P<rated_at>\d{4}-\d\d-\d\d .+?)(-v\d+)?"
        ),
        Origin("deletions", r"9{10}-5-deleted-(?P<deletion_id>.+)"),
    )

    def check(self, terms: SourceTerms) -> None:
        """Type the settings; ContractError names what cannot be used."""
        terms.typed(ServiceNowSettings)

    def shows(self, terms: SourceTerms) -> tuple[str, ...]:
        """Return the event types that the instance can tell with these settings."""
        said = terms.typed(ServiceNowSettings)
        lacking = set() if said.surveys else {"rated"}
        lacking |= set() if said.follow_up_field else {"followed_up"}
        return tuple(event_type for event_type in SHOWN_BY if event_type not in lacking)

    def coverage(
        self, terms: SourceTerms, as_of: datetime, observed: Mapping[str, datetime]
    ) -> list[Coverage]:
        """Return one coverage per event type: as far as all streams that tell of it reach."""
        since = terms.typed(ServiceNowSettings).observed_from
        shown_by = {event_type: SHOWN_BY[event_type] for event_type in self.shows(terms)}
        return covered_by_feeds(shown_by, since, observed, as_of)

    def extract(
        self, terms: SourceTerms, period: Period, *, as_of: datetime, scratch: Path
    ) -> Sequence[Extraction | Feed]:
        """Go on with each feed; one begins anew where the contract asks for other fields."""
        said, instance = terms.typed(ServiceNowSettings), instance_of(terms)
        common = {"host": instance.host, "observed_from": format_instant(said.observed_from)}
        asked = {
            "incidents": {"fields": ",".join(said.own_fields)},
            "staff": {"roles": ",".join(said.staff_roles)},
        }
        return [
            Feed(terms.name, stream, self.system, common | asked.get(stream, {}), pages)
            for stream, pages in instance.feeds().items()
        ]

    def reach(self, terms: SourceTerms, period: Period) -> Iterator[Reach]:
        """Sign in, try our queries on each table, and ask for its first page."""
        instance = instance_of(terms)
        yield instance.myself()
        for stream, pages in instance.feeds().items():
            yield tried(stream, pages(None))

    def batches(
        self, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
    ) -> Iterator[pa.RecordBatch]:
        """Type a landed page; SourceError names the field that is wrong."""
        reader = Reader.of(terms, f"{terms.name}: {stream} {file_name}")
        yield batch_of(reader.rows(stream, data), SCHEMAS[stream], file_name)
