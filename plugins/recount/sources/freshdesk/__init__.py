"""Freshdesk over its API: tickets, their history day by day, what was written, and ratings.

What it needs, shows and cannot show: docs/sources/freshdesk.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from recount.periods import Period, format_instant
from recount.sources.apis import tried
from recount.sources.extraction import Extraction, Feed
from recount.sources.freshdesk.rows import Reader
from recount.sources.freshdesk.settings import FreshdeskSettings
from recount.sources.freshdesk.signing_in import account_of
from recount.sources.freshdesk.tables import SCHEMAS
from recount.sources.origins import Origin
from recount.sources.source import Coverage, Reach, covered_by_feeds
from recount.sources.terms import SourceTerms
from recount.sources.typed_rows import batch_of, with_place

_HISTORY = ("activities", "tickets", "statuses", "agents")
_WRITTEN = ("conversations", "tickets", "agents")
# Which streams tell of an event type; it is observed as far as all of them reach.
SHOWN_BY: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("opened", "assigned", "solved", "closed", "reopened", "deleted"), _HISTORY),
    "contacted": ("activities", *_WRITTEN),
    **dict.fromkeys(("replied", "noted"), _WRITTEN),
    "rated": ("satisfaction_ratings", "tickets"),
}


class Freshdesk:
    """`system: freshdesk`."""

    system = "freshdesk"
    streams: Mapping[str, pa.Schema] = {
        stream: with_place(schema) for stream, schema in SCHEMAS.items()
    }
    origins = (
        Origin("tickets", r"\d+-(?P<ticket_id>\d+)-(opened|contacted|deleted)"),
        Origin(
            "activities",
            r"\d+-(?P<day>\d{4}-\d\d-\d\d)-0*(?P<record_number>\d+)-(?P<ticket_id>\d+)-\w+",
        ),
        Origin("conversations", r"\d+-0*(?P<conversation_id>\d+)-\d+-(written|noted)"),
        Origin("satisfaction_ratings", r"\d+-(?P<rating_id>\d+)-\d+-rated"),
    )

    def check(self, terms: SourceTerms) -> None:
        """Type the settings; ContractError names what cannot be used."""
        terms.typed(FreshdeskSettings)

    def shows(self, terms: SourceTerms) -> tuple[str, ...]:
        """Return the event types that the account can tell with these settings."""
        lacking = set() if terms.typed(FreshdeskSettings).ratings else {"rated"}
        return tuple(event_type for event_type in SHOWN_BY if event_type not in lacking)

    def coverage(
        self, terms: SourceTerms, as_of: datetime, observed: Mapping[str, datetime]
    ) -> list[Coverage]:
        """Return one coverage per event type: as far as all streams that tell of it reach."""
        since = terms.typed(FreshdeskSettings).observed_from
        shown_by = {event_type: SHOWN_BY[event_type] for event_type in self.shows(terms)}
        return covered_by_feeds(shown_by, since, observed, as_of)

    def extract(
        self, terms: SourceTerms, period: Period, *, as_of: datetime, scratch: Path
    ) -> Sequence[Extraction | Feed]:
        """Go on with each feed, and copy the list of groups."""
        said, account = terms.typed(FreshdeskSettings), account_of(terms)
        account.prepare()
        request = {"host": account.host, "observed_from": format_instant(said.observed_from)}
        asked = {"tickets": {"custom_fields": ",".join(sorted({*said.custom_fields.values()}))}}
        feeds = [
            Feed(terms.name, stream, self.system, request | asked.get(stream, {}), pages)
            for stream, pages in account.feeds.items()
        ]
        pages = tuple(each.page for each in account.groups())
        return [*feeds, Extraction(terms.name, "groups", self.system, request, pages)]

    def reach(self, terms: SourceTerms, period: Period) -> Iterator[Reach]:
        """Sign in, and ask each stream for its first page."""
        account = account_of(terms)
        yield account.myself()
        for stream, pages in account.feeds.items():
            yield tried(stream, pages(None))
        yield tried("groups", account.groups())

    def batches(
        self, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
    ) -> Iterator[pa.RecordBatch]:
        """Type a landed page; SourceError names the field that is wrong."""
        reader = Reader.of(terms, f"{terms.name}: {stream} {file_name}")
        yield batch_of(reader.rows(stream, data), SCHEMAS[stream], file_name)
