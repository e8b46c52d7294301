"""Intercom over its API: who did what in which conversation, and what the requesters said of it.

What it needs, shows and cannot show: docs/sources/intercom.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from recount.errors import RecountError
from recount.periods import Period, format_instant
from recount.sources.apis import tried
from recount.sources.extraction import Extraction, Feed
from recount.sources.intercom.rows import rows_of
from recount.sources.intercom.settings import IntercomSettings
from recount.sources.intercom.signing_in import workspace_of
from recount.sources.intercom.tables import SCHEMAS
from recount.sources.intercom.workspace import VERSION, Workspace
from recount.sources.origins import Origin
from recount.sources.source import Coverage, Reach, covered_by_feeds
from recount.sources.terms import SourceTerms
from recount.sources.typed_rows import batch_of, with_place

# Which stream tells of an event type. What the vendor claims of Fin tells of none: it is no
# evidence. Nothing is closed for good in Intercom, so a closing is `solved`, and nothing `closed`.
SHOWN_BY: Mapping[str, str] = {
    **dict.fromkeys(
        ("opened", "contacted", "replied", "noted", "assigned", "solved", "reopened", "merged",
         "rated", "acted"),
        "conversations",
    ),
    "deleted": "deletions",
}  # fmt: skip


class Intercom:
    """`system: intercom`."""

    system = "intercom"
    streams: Mapping[str, pa.Schema] = {
        stream: with_place(schema) for stream, schema in SCHEMAS.items()
    }
    origins = (
        Origin("conversations", r"0*(?P<epoch_second>\d+)-0{20}-(?P<conversation_id>.+)-\w+"),
        Origin("conversations", r"\d+-(?=.{20}-)0*(?P<part_id>\d+)-(?P<conversation_id>.+)-\w+"),
        Origin(
            "conversations",
            r"9{12}-(?P<teammate_rated_at>.+)-teammate-[\d.]+-(?P<conversation_id>.+)-rated",
        ),
        Origin(
            "conversations", r"9{12}-(?P<fin_rated_at>.+)-fin-[\d.]+-(?P<conversation_id>.+)-rated"
        ),
        Origin("deletions", r"9{12}-(?P<conversation_id>.+)-deleted"),
        # a conversation that a search still found and that was gone when we asked for it
        Origin("conversations", r"9{12}-(?P<conversation_id>.+)-deleted"),
    )

    def check(self, terms: SourceTerms) -> None:
        """Type the settings; ContractError names what cannot be used."""
        terms.typed(IntercomSettings)

    def shows(self, terms: SourceTerms) -> tuple[str, ...]:
        """Return the event types that Intercom can tell."""
        self.check(terms)
        return tuple(SHOWN_BY)

    def coverage(
        self, terms: SourceTerms, as_of: datetime, observed: Mapping[str, datetime]
    ) -> list[Coverage]:
        """Return one coverage per event type: as far as the stream that tells of it reaches."""
        since = terms.typed(IntercomSettings).observed_from
        shown_by = {event_type: (stream,) for event_type, stream in SHOWN_BY.items()}
        return covered_by_feeds(shown_by, since, observed, as_of)

    def extract(
        self, terms: SourceTerms, period: Period, *, as_of: datetime, scratch: Path
    ) -> Sequence[Extraction | Feed]:
        """Go on with each feed, and copy the list of teams."""
        workspace = workspace_of(terms)
        request = {
            "host": workspace.host,
            "api_version": VERSION,
            "observed_from": format_instant(workspace.said.observed_from),
        }
        names = ",".join(sorted(workspace.said.custom_attributes.values()))
        asked = {"conversations": {"custom_attributes": names}}
        feeds = [
            Feed(terms.name, stream, self.system, request | asked.get(stream, {}), pages)
            for stream, pages in workspace.feeds().items()
        ]
        return [*feeds, Extraction(terms.name, "teams", self.system, request, (workspace.teams(),))]

    def reach(self, terms: SourceTerms, period: Period) -> Iterator[Reach]:
        """Sign in, and ask each stream for its first page."""
        workspace = workspace_of(terms)
        yield workspace.myself()
        for stream, pages in workspace.feeds().items():
            yield tried(stream, pages(None))
        yield _teams(workspace)

    def batches(
        self, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
    ) -> Iterator[pa.RecordBatch]:
        """Type a landed page; SourceError names the field that is wrong."""
        said = terms.typed(IntercomSettings)
        rows = rows_of(stream, data, f"{terms.name}: {stream} {file_name}", said)
        yield batch_of(rows, SCHEMAS[stream], file_name)


def _teams(workspace: Workspace) -> Reach:
    try:
        count = workspace.teams().record_count
    except RecountError as failure:
        return Reach("teams", False, str(failure))
    return Reach("teams", True, f"can be read ({count:,} records on the first page)")
