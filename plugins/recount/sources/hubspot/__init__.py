"""HubSpot over its API: stages and owners of tickets, who wrote, ratings, and meetings.

What it needs, shows and cannot show: docs/sources/hubspot.md.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from recount.periods import Period, format_instant
from recount.sources.apis import tried
from recount.sources.extraction import Checkpoint, Extraction, Feed, FeedPage
from recount.sources.hubspot.account import Account
from recount.sources.hubspot.lists import Lists
from recount.sources.hubspot.objects import tables_of
from recount.sources.hubspot.rows import Reader
from recount.sources.hubspot.settings import HubSpotSettings
from recount.sources.hubspot.shown import shown_by
from recount.sources.hubspot.signing_in import account_of
from recount.sources.hubspot.tables import SCHEMAS
from recount.sources.hubspot.walking import Walk
from recount.sources.origins import Origin
from recount.sources.source import Coverage, Reach, covered_by_feeds
from recount.sources.terms import SourceTerms
from recount.sources.typed_rows import batch_of, with_place


class HubSpot:
    """`system: hubspot`."""

    system = "hubspot"
    streams: Mapping[str, pa.Schema] = {
        stream: with_place(schema) for stream, schema in SCHEMAS.items()
    }
    origins = (
        Origin("tickets", r"0*(?P<epoch_ms>\d+)-0*(?P<ticket_id>\d+)-0-\w+"),
        Origin(
            "tickets",
            r"0*(?P<epoch_ms>\d+)-0*(?P<ticket_id>\d+)-1-\d+-(?P<record_kind>stage|owner)-\w+",
        ),
        Origin("emails", r"\d+-0*(?P<ticket_id>\d+)-2-email-(?P<email_id>\d+)-\d+-\w+"),
        Origin("notes", r"\d+-0*(?P<ticket_id>\d+)-2-note-(?P<note_id>\d+)-\d+-\w+"),
        Origin("messages", r"\d+-0*(?P<ticket_id>\d+)-3-(?P<message_id>.+)-\d+-\w+"),
        Origin("submissions", r"\d+-0*(?P<ticket_id>\d+)-4-(?P<submission_id>\d+)-\d+-rated"),
        # what says that a ticket was merged is the one that is left
        Origin("tickets", r"\d+-0*(?P<merged_id>\d+)-5-merged"),
        Origin("deletions", r"0*(?P<epoch_ms>\d+)-0*(?P<object_id>\d+)-[06]-deleted"),
        Origin("meetings", r"0*(?P<epoch_ms>\d+)-0*(?P<meeting_id>\d+)-\d+-\w+"),
    )

    def check(self, terms: SourceTerms) -> None:
        """Type the settings; ContractError names what cannot be used."""
        terms.typed(HubSpotSettings)

    def shows(self, terms: SourceTerms) -> tuple[str, ...]:
        """Return the event types that the account can tell with these settings."""
        return tuple(shown_by(terms.typed(HubSpotSettings)))

    def coverage(
        self, terms: SourceTerms, as_of: datetime, observed: Mapping[str, datetime]
    ) -> list[Coverage]:
        """Return one coverage per event type: as far as all streams that tell of it reach."""
        said = terms.typed(HubSpotSettings)
        return covered_by_feeds(shown_by(said), said.observed_from, observed, as_of)

    def extract(
        self, terms: SourceTerms, period: Period, *, as_of: datetime, scratch: Path
    ) -> Sequence[Extraction | Feed]:
        """Go on with each feed; one begins anew where the contract asks for something else."""
        said, account = terms.typed(HubSpotSettings), account_of(terms)
        request = {"host": account.host, "account": account.portal,
                   "observed_from": format_instant(said.observed_from)}  # fmt: skip
        asked = {
            stream: {"properties": ",".join(table.asked)}
            for stream, table in tables_of(said).items()
        }
        asked["deletions"] = {"subject_types": ",".join(sorted(said.subject_types))}
        return [
            Feed(terms.name, stream, self.system, request | asked.get(stream, {}), pages)
            for stream, pages in _feeds(account).items()
        ]

    def reach(self, terms: SourceTerms, period: Period) -> Iterator[Reach]:
        """Sign in, and ask each stream for its first page."""
        account = account_of(terms)
        yield Reach("signing in", True, f"this is the account {account.portal}")
        for stream, pages in _feeds(account).items():
            yield tried(stream, pages(None))

    def batches(
        self, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
    ) -> Iterator[pa.RecordBatch]:
        """Type a landed page; SourceError names the field that is wrong."""
        reader = Reader.of(terms, f"{terms.name}: {stream} {file_name}")
        yield batch_of(reader.rows(stream, data), SCHEMAS[stream], file_name)


def _feeds(account: Account) -> Mapping[str, Callable[[Checkpoint | None], Iterator[FeedPage]]]:
    said, lists = account.said, Lists(account)
    feeds = {
        stream: Walk(account, stream, table).pages for stream, table in tables_of(said).items()
    }
    feeds |= {"pipelines": lists.pipelines} if said.tickets else {}
    feeds |= {"messages": lists.messages} if said.tickets and said.conversations else {}
    return feeds | {"deletions": lists.deletions}
