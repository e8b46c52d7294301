"""Salesforce over its API: what became of cases and meetings, whose doing it was, and ratings.

What it needs, shows and cannot show: docs/sources/salesforce.md.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from recount.periods import Period, format_instant
from recount.sources.apis import tried
from recount.sources.extraction import Extraction, Feed
from recount.sources.origins import Origin
from recount.sources.salesforce.asking import API_VERSION
from recount.sources.salesforce.reading import tables_of
from recount.sources.salesforce.rows import Reader
from recount.sources.salesforce.settings import SalesforceSettings
from recount.sources.salesforce.shapes import asked_of
from recount.sources.salesforce.shown import shown_by
from recount.sources.salesforce.signing_in import org_of
from recount.sources.salesforce.tables import SCHEMAS
from recount.sources.source import Coverage, Reach, covered_by_feeds
from recount.sources.terms import SourceTerms
from recount.sources.typed_rows import batch_of, with_place

_SHORT_ID = re.compile(r"005[A-Za-z0-9]{12}", re.ASCII)


class Salesforce:
    """`system: salesforce`."""

    system = "salesforce"
    streams: Mapping[str, pa.Schema] = {
        stream: with_place(schema) for stream, schema in SCHEMAS.items()
    }
    origins = (
        Origin("cases", r"[018]-(?P<case_id>\w+)-(opened|solved|closed|followed_up|merged)"),
        Origin("cases", r"8-(?P<case_id>\w+)-deleted-(?P<modified_at>.+)"),
        Origin("sessions", r"[24]-(?P<session_id>\w+)-(contacted|handed_off)"),
        Origin("comments", r"2-(?P<comment_id>\w+)-(published|noted)"),
        Origin("emails", r"2-(?P<email_id>\w+)-(contacted|replied)"),
        Origin("history", r"3-(?P<history_id>\w+)-(?!v\d)\w+(-v\d+)?"),
        Origin("answers", r"9-(?P<answer_id>\w+)-rated-\w+"),
        Origin("meetings", r"(?P<meeting_id>\w{15,})-\w+"),
        Origin(
            "invitations", r"(?P<invitation_id>\w{15,})-(accepted|declined)-(?P<responded_at>.+)"
        ),
    )

    def check(self, terms: SourceTerms) -> None:
        """Type the settings; ContractError names what cannot be used."""
        terms.typed(SalesforceSettings)
        for actor in sorted(terms.actors):
            if _SHORT_ID.fullmatch(actor):
                raise terms.refused(
                    "", f"the actor {actor} has 15 characters; write the user's id with all 18"
                )

    def shows(self, terms: SourceTerms) -> tuple[str, ...]:
        """Return the event types that the org can tell with these settings."""
        return tuple(shown_by(terms.typed(SalesforceSettings)))

    def coverage(
        self, terms: SourceTerms, as_of: datetime, observed: Mapping[str, datetime]
    ) -> list[Coverage]:
        """Return one coverage per event type: as far as all streams that tell of it reach."""
        said = terms.typed(SalesforceSettings)
        return covered_by_feeds(shown_by(said), said.observed_from, observed, as_of)

    def extract(
        self, terms: SourceTerms, period: Period, *, as_of: datetime, scratch: Path
    ) -> Sequence[Extraction | Feed]:
        """Go on with each feed, and copy the lists; a feed of other fields begins anew."""
        self.check(terms)
        said, org = terms.typed(SalesforceSettings), org_of(terms)
        asked = {"host": org.host, "version": API_VERSION}
        since = {"observed_from": format_instant(said.observed_from)}
        tables = tables_of(said)
        feeds = [
            Feed(terms.name, stream, self.system,
                 asked | since | {"object": tables[stream].object, "where": tables[stream].where,
                                  "fields": ", ".join(asked_of(tables[stream].record))}, pages)
            for stream, pages in org.feeds().items()
        ]  # fmt: skip
        lists = [
            Extraction(terms.name, stream, self.system, asked, tuple(each.page for each in pages))
            for stream, pages in org.lists().items()
        ]
        return [*feeds, *lists]

    def reach(self, terms: SourceTerms, period: Period) -> Iterator[Reach]:
        """Sign in, look whether each object can be read, and ask for its first page."""
        org = org_of(terms)
        yield org.myself()
        for stream in org.feeds():
            yield org.reach(stream)
        for stream, pages in org.lists().items():
            yield tried(stream, pages)

    def batches(
        self, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
    ) -> Iterator[pa.RecordBatch]:
        """Type a landed page; SourceError names the field that is wrong."""
        reader = Reader.of(terms, f"{terms.name}: {stream} {file_name}")
        yield batch_of(reader.rows(stream, data), SCHEMAS[stream], file_name)
