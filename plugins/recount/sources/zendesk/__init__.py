"""Zendesk Support over its API: who did what to which ticket, and what the requesters said of it.

What it needs, shows and cannot show: docs/sources/zendesk.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from recount.periods import Period, format_instant
from recount.sources.apis import tried
from recount.sources.extraction import Extraction, Feed
from recount.sources.origins import Origin
from recount.sources.source import Coverage, Reach, covered_by_feeds
from recount.sources.terms import SourceTerms
from recount.sources.typed_rows import batch_of, with_place
from recount.sources.zendesk.rows import rows_of
from recount.sources.zendesk.settings import ZendeskSettings
from recount.sources.zendesk.signing_in import account_of
from recount.sources.zendesk.tables import SCHEMAS

_UPDATES = ("ticket_events", "tickets", "users")
_RATINGS = ("ticket_events", "tickets", "satisfaction_ratings", "survey_responses")
# Which streams tell of an event type; it is observed as far as all of them reach.
SHOWN_BY: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("opened", "contacted", "replied", "noted", "assigned", "solved", "closed", "reopened",
         "followed_up", "merged", "deleted"),
        _UPDATES,
    ),
    "rated": _RATINGS,
}  # fmt: skip


class Zendesk:
    """`system: zendesk`."""

    system = "zendesk"
    streams: Mapping[str, pa.Schema] = {
        stream: with_place(schema) for stream, schema in SCHEMAS.items()
    }
    origins = (
        Origin("ticket_events", r"\d+-\d+-(?P<ticket_event_id>\d+)-\w+"),
        Origin("satisfaction_ratings", r"\d+-(?P<rating_id>\d+)-rated"),
        Origin("survey_responses", r"\d+-(?P<survey_response_id>.+)-rated"),
        Origin("tickets", r"\d+-(?P<ticket_id>\d+)-followed_up"),
    )

    def check(self, terms: SourceTerms) -> None:
        """Type the settings; ContractError names what cannot be used."""
        terms.typed(ZendeskSettings)

    def shows(self, terms: SourceTerms) -> tuple[str, ...]:
        """Return the event types that Zendesk can tell."""
        self.check(terms)
        return tuple(SHOWN_BY)

    def coverage(
        self, terms: SourceTerms, as_of: datetime, observed: Mapping[str, datetime]
    ) -> list[Coverage]:
        """Return one coverage per event type: as far as all streams that tell of it reach."""
        since = terms.typed(ZendeskSettings).observed_from
        return covered_by_feeds(SHOWN_BY, since, observed, as_of)

    def extract(
        self, terms: SourceTerms, period: Period, *, as_of: datetime, scratch: Path
    ) -> Sequence[Extraction | Feed]:
        """Go on with each feed, and copy the list of groups."""
        said, account = terms.typed(ZendeskSettings), account_of(terms)
        request = {"host": account.host, "observed_from": format_instant(said.observed_from)}
        feeds = [
            Feed(terms.name, stream, self.system, request, pages)
            for stream, pages in account.feeds(said).items()
        ]
        pages = tuple(each.page for each in account.groups())
        return [*feeds, Extraction(terms.name, "groups", self.system, request, pages)]

    def reach(self, terms: SourceTerms, period: Period) -> Iterator[Reach]:
        """Sign in, and ask each stream for its first page."""
        said, account = terms.typed(ZendeskSettings), account_of(terms)
        yield account.myself()
        for stream, pages in account.feeds(said).items():
            yield tried(stream, pages(None))
        yield tried("groups", account.groups())

    def batches(
        self, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
    ) -> Iterator[pa.RecordBatch]:
        """Type a landed page; SourceError names the field that is wrong."""
        said = terms.typed(ZendeskSettings)
        rows = rows_of(stream, data, f"{terms.name}: {stream} {file_name}", said)
        yield batch_of(rows, SCHEMAS[stream], file_name)
