"""How the objects of an org are paged, and when what came is believed to be all.

Few records come by queries, whose locators die with the session; then a query goes on after the
last record. Many come by a bulk job. What came is compared with what the org counts: by the first
answer, and where records changed while they were read, by counting again what is closed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from msgspec import Struct

from recount.errors import RecountError, SourceError
from recount.periods import format_instant
from recount.sources.api import Answer, Api
from recount.sources.extraction import Checkpoint, ControlTotal, FeedPage
from recount.sources.landable import landable
from recount.sources.salesforce import asking, shapes
from recount.sources.salesforce.asking import API_VERSION, Found, LocatorGone
from recount.sources.salesforce.bulk import Bulk
from recount.sources.salesforce.probing import described, prove, refuse_a_horizon
from recount.sources.salesforce.reading import BEGINNING, Stretch, Table, tables_of
from recount.sources.salesforce.settings import SalesforceSettings
from recount.sources.salesforce.tally import Tally
from recount.sources.source import Reach

Pages = Callable[[Checkpoint | None], Iterator[FeedPage]]


@dataclass(frozen=True)
class Org:
    """One org, as far as a contract needs it."""

    host: str
    api: Api
    said: SalesforceSettings

    def feeds(self) -> Mapping[str, Pages]:
        """Return the feeds, by stream."""
        return {name: partial(self.pages, table) for name, table in tables_of(self.said).items()}

    def myself(self) -> Reach:
        """Say that we are signed in, and how much of the org's allowance is used."""
        answer = described(self.api, "User", self.what("User"))
        used = answer.headers.get("Sforce-Limit-Info", "").removeprefix("api-usage=")
        spent, _, allowed = used.partition("/")
        says = f"; the org used {spent} of {allowed} requests in 24 hours" if allowed else ""
        return Reach("signing in", True, f"API {API_VERSION}{says}")

    def lists(self) -> Mapping[str, Iterator[FeedPage]]:
        """Return the statuses and queues that a case can have, whole."""
        if not self.said.tickets:
            return {}
        statuses = Table("CaseStatus", shapes.Status, BEGINNING, has_deleted=False)
        queues = Table("Group", shapes.Queue, BEGINNING, where="Type = 'Queue'", has_deleted=False)
        return {"statuses": self._list(statuses), "queues": self._list(queues)}

    def pages(self, table: Table, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield pages of a table from a checkpoint up to a little before the org's now."""
        what = self.what(table.object)
        at = dict(after or {"since": format_instant(table.since)})
        stretch, bulk = self._stretch(table, at), Bulk(self.api, table, what)
        if "job" in at and bulk.is_there(at):
            yield from self._by_job(table, stretch, bulk, at)
            return
        soql = stretch.count(table, is_closed=False)
        count = asking.count(self.api, table, soql, what)
        if table.has_bulk and count >= self.said.bulk_from:
            answer, begins = bulk.begin(stretch)
            page: Struct = shapes.page_of(table.record)([])
            # with it the job is known to whoever goes on, if this attempt is cut off
            yield landable(answer, page, 0, begins)
            yield from self._by_job(table, stretch, bulk, begins)
        else:
            yield from self._by_query(table, stretch)

    def reach(self, stream: str) -> Reach:
        """Try a query of a stream, and say how many records it is about."""
        table = tables_of(self.said)[stream]
        what = self.what(table.object)
        try:
            stretch = self._stretch(table, {"since": format_instant(table.since)})
            one = f"{stretch.query(table, in_order=True)} LIMIT 1"
            found = asking.query(self.api, table, one, what)
            rows = [asking.flat(row, table) for row in found.rows]
            asking.received(found.answer, rows, table, what)
            soql = stretch.count(table, is_closed=False)
            count = asking.count(self.api, table, soql, what)
        except RecountError as failure:
            return Reach(stream, False, str(failure))
        return Reach(stream, True, f"can be read ({count:,} records)")

    def what(self, name: str) -> str:
        """Name an object in a sentence."""
        return f"{self.api.name}: {name}"

    def _stretch(self, table: Table, at: Checkpoint) -> Stretch:
        """Return what is to be read from a checkpoint on; SourceError if we may not read it all."""
        what = self.what(table.object)
        now = prove(self.api, table, what)
        stretch = Stretch.of(at, now)
        if not table.changes:
            refuse_a_horizon(self.api, table, stretch, now, what)
        return stretch

    def _by_query(self, table: Table, stretch: Stretch) -> Iterator[FeedPage]:
        what = self.what(table.object)
        found = self._first(table, stretch)
        tally = Tally(table, stretch, found.total_count)
        while True:
            rows = [asking.flat(row, table) for row in found.rows]
            answer, page = asking.received(found.answer, rows, table, what)
            tally.add(rows, what)
            if found.more is None:
                total = tally.total(partial(self._count_closed, table, tally.begins))
                yield self._last(table, stretch, answer, page, rows, total)
                return
            stretch = stretch.after(table, rows, what)
            if rows:  # all records of a page may be gone
                yield landable(answer, page, len(rows), stretch.checkpoint)
            found = self._next(table, stretch, found.more)

    def _first(self, table: Table, stretch: Stretch) -> Found:
        soql = stretch.query(table, in_order=True)
        return asking.query(self.api, table, soql, self.what(table.object))

    def _count_closed(self, table: Table, stretch: Stretch) -> int:
        soql = stretch.count(table, is_closed=True)
        return asking.count(self.api, table, soql, self.what(table.object))

    def _next(self, table: Table, stretch: Stretch, path: str) -> Found:
        what = self.what(table.object)
        try:
            found = asking.more(self.api, path, what)
        except LocatorGone:
            return self._first(table, stretch)
        if found.more == path:
            raise SourceError(f"{what} is in a cursor loop at {path}; run again")
        return found

    def _by_job(
        self, table: Table, stretch: Stretch, bulk: Bulk, at: Checkpoint
    ) -> Iterator[FeedPage]:
        received_count = 0
        for result in bulk.results(at):
            answer, page = asking.received(result.answer, result.rows, table, bulk.what)
            received_count += len(result.rows)
            if result.checkpoint is None:
                total = ControlTotal(received_count, "exact")
                yield self._last(table, stretch, answer, page, result.rows, total)
            else:
                yield landable(answer, page, len(result.rows), result.checkpoint)

    def _last(
        self,
        table: Table,
        stretch: Stretch,
        answer: Answer,
        page: Struct,
        rows: list[dict[str, Any]],
        total: ControlTotal | None,
    ) -> FeedPage:
        next_since = max(table.since, stretch.until - table.overlap)
        # how far it was seen makes the names of pages sort in the order of extractions
        seen = format_instant(stretch.until)
        return landable(
            answer, page, len(rows), {"since": format_instant(next_since), "seen": seen},
            observed_until=stretch.until, control_total=total,
        )  # fmt: skip

    def _list(self, table: Table) -> Iterator[FeedPage]:
        """Yield the pages of a short list; SourceError unless all of it comes."""
        what = self.what(table.object)
        prove(self.api, table, what)
        where = f" WHERE {table.where}" if table.where else ""
        fields = ", ".join(shapes.asked_of(table.record))
        soql = f"SELECT {fields} FROM {table.object}{where} ORDER BY Id"
        found, received_count = asking.query(self.api, table, soql, what), 0
        while True:
            answer, page = asking.received(found.answer, found.rows, table, what)
            received_count += len(found.rows)
            yield landable(answer, page, len(found.rows), {"count": str(received_count)})
            if found.more is None:
                break
            found = asking.more(self.api, found.more, what)
        if received_count != found.total_count:
            raise SourceError(f"{what} gives {received_count} of {found.total_count}; run again")
