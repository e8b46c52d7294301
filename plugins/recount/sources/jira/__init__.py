"""Jira Service Management Cloud over its API: statuses, comments, service levels and ratings.

What it needs, shows and cannot show: docs/sources/jira.md.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from recount.periods import Period, format_instant
from recount.sources import shapes as reading
from recount.sources.apis import tried
from recount.sources.extraction import Checkpoint, Extraction, Feed, FeedPage
from recount.sources.jira import shapes
from recount.sources.jira.rows import Reader
from recount.sources.jira.settings import JiraSettings
from recount.sources.jira.signing_in import site_of
from recount.sources.jira.site import Site
from recount.sources.jira.streams import Streams
from recount.sources.jira.tables import SCHEMAS
from recount.sources.jira.walking import Walk
from recount.sources.landable import landable, within
from recount.sources.origins import Origin
from recount.sources.source import Coverage, Reach, covered_by_feeds
from recount.sources.terms import SourceTerms
from recount.sources.typed_rows import batch_of, with_place

# Which streams tell of an event type; it is observed as far as all of them reach.
SHOWN_BY: Mapping[str, tuple[str, ...]] = {
    "opened": ("issues",),
    **dict.fromkeys(("contacted", "replied", "noted"), ("comments", "issues")),
    **dict.fromkeys(
        ("assigned", "solved", "closed", "reopened"), ("changes", "issues", "statuses")
    ),
    "rated": ("sightings", "issues"),
    "deleted": ("sightings", "issues"),
    "sla_breached": ("service_levels", "issues"),
}


class Jira:
    """`system: jira`."""

    system = "jira"
    streams: Mapping[str, pa.Schema] = {
        stream: with_place(schema) for stream, schema in SCHEMAS.items()
    }
    origins = (
        Origin("issues", r"\d+-0{12}-(?P<issue_id>\d+)-\w+"),
        Origin(
            "changes",
            r"0*(?P<epoch_ms>\d+)-0*(?P<change_id>\d+)-\d+-(solved|closed|reopened|assigned)",
        ),
        Origin("comments", r"0*(?P<epoch_ms>\d+)-0*(?P<comment_id>\d+)-\d+-(written|noted)"),
        Origin("sightings", r"0*(?P<epoch_ms>\d+)-(?P<issue_id>\d+)-\d+-rated"),
        Origin(
            "service_levels",
            r"0*(?P<epoch_ms>\d+)-(?P<issue_id>\d+)-(?P<level>.+)-\d+-sla_breached",
        ),
        # the look that should have found the issue, and found others
        Origin("sightings", r"0*(?P<looked_ms>\d+)-\d+-deleted"),
    )

    def check(self, terms: SourceTerms) -> None:
        """Type the settings; ContractError names what cannot be used."""
        terms.typed(JiraSettings)

    def shows(self, terms: SourceTerms) -> tuple[str, ...]:
        """Return the event types that the site can tell with these settings."""
        said = terms.typed(JiraSettings)
        lacking = set() if said.ratings else {"rated"}
        lacking |= set() if said.service_levels else {"sla_breached"}
        # no category says which of the statuses that are done is the last one
        lacking |= set() if "closed" in said.statuses.values() else {"closed"}
        return tuple(event_type for event_type in SHOWN_BY if event_type not in lacking)

    def coverage(
        self, terms: SourceTerms, as_of: datetime, observed: Mapping[str, datetime]
    ) -> list[Coverage]:
        """Return one coverage per event type: as far as all streams that tell of it reach."""
        since = terms.typed(JiraSettings).observed_from
        shown_by = {event_type: SHOWN_BY[event_type] for event_type in self.shows(terms)}
        return covered_by_feeds(shown_by, since, observed, as_of)

    def extract(
        self, terms: SourceTerms, period: Period, *, as_of: datetime, scratch: Path
    ) -> Sequence[Extraction | Feed]:
        """Go on with each feed; one begins anew where the contract asks for something else."""
        said, site = terms.typed(JiraSettings), site_of(terms)
        site.prepare()
        request = {"host": site.host, "observed_from": format_instant(said.observed_from),
                   "projects": ",".join(said.projects)}  # fmt: skip
        asked = {"issues": {"fields": ",".join(said.own_fields)},
                 "sightings": {"ratings": str(said.ratings).lower()}}  # fmt: skip
        return [
            Feed(terms.name, stream, self.system, request | asked.get(stream, {}), pages)
            for stream, pages in _feeds(site).items()
        ]

    def reach(self, terms: SourceTerms, period: Period) -> Iterator[Reach]:
        """Sign in, look at our rights in each project, and ask each stream for its first page."""
        site = site_of(terms)
        yield Reach("signing in", True, f"we are {site.myself()}")
        rights = list(site.rights())
        yield from rights
        if all(each.is_fine for each in rights):
            site.prove_times()
            for stream, pages in _feeds(site).items():
                yield tried(stream, pages(None))

    def batches(
        self, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
    ) -> Iterator[pa.RecordBatch]:
        """Type a landed page; SourceError names the field that is wrong."""
        reader = Reader.of(terms, f"{terms.name}: {stream} {file_name}")
        yield batch_of(reader.rows(stream, data), SCHEMAS[stream], file_name)


def _feeds(site: Site) -> Mapping[str, Callable[[Checkpoint | None], Iterator[FeedPage]]]:
    walks = {name: Walk(site, name).pages for name in Streams(site).readers()}
    return {**walks, "statuses": lambda after: _statuses(site)}


def _statuses(site: Site) -> Iterator[FeedPage]:
    """Yield the list of statuses as it is now; Jira keeps no history of what they mean."""
    answer = site.get("/rest/api/3/status")
    page = reading.received(answer.data, shapes.Statuses, site.what("statuses"), inside="statuses")
    page.taken_at = format_instant(answer.said_at)
    yield landable(
        within(answer, "statuses"), page, len(page.statuses), {"taken_at": page.taken_at},
        observed_until=answer.said_at,
    )  # fmt: skip
