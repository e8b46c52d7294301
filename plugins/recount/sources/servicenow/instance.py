"""How the tables of an instance are paged, and when what came is believed to be all.

The limit of a page is applied before access rules are (product documentation, Table API): a short
page is no end, but a record that is withheld. An instance that withholds records is refused.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from msgspec import Struct

from recount.errors import SourceError
from recount.sources import shapes as reading
from recount.sources.api import Answer, Api
from recount.sources.extraction import Checkpoint, ControlTotal, FeedPage
from recount.sources.landable import landable
from recount.sources.servicenow.probing import (
    asked,
    prove,
    refuse_a_horizon,
    refuse_what_is_lacking,
    rows_of,
    total_of,
    withheld,
)
from recount.sources.servicenow.reading import (
    BEGINNING,
    LAG,
    OVERLAP,
    Stretch,
    Table,
    instant,
    tables_of,
    text,
)
from recount.sources.servicenow.settings import ServiceNowSettings
from recount.sources.servicenow.shapes import asked_of, needed_of, page_of
from recount.sources.source import Reach
from recount.sources.words import shown

PAGE = 1000
_WRITES = ("admin", "itil")
Pages = Callable[[Checkpoint | None], Iterator[FeedPage]]


@dataclass
class Tally:
    """What came since this attempt began, beside what the instance counts."""

    received_count: int = 0
    missing_count: int = 0
    _unchanged_count: int = 0
    _begins: Stretch | None = None

    def add(self, table: Table, stretch: Stretch, rows: list[dict[str, Any]]) -> None:
        """Count a page; what changed since the extraction began cannot be counted again."""
        self._begins = self._begins or stretch
        self.received_count += len(rows)
        self._unchanged_count += sum(row[table.by] < stretch.before for row in rows)

    def settle(self, count: Callable[[Stretch], int]) -> None:
        """Compare a window of which all came with what the instance counts there."""
        assert self._begins is not None
        self.missing_count += max(0, count(self._begins) - self._unchanged_count)
        self._unchanged_count, self._begins = 0, None

    @property
    def total(self) -> ControlTotal:
        """How many records there should be."""
        return ControlTotal(self.received_count + self.missing_count, "exact")


@dataclass(frozen=True)
class Instance:
    """One instance, as far as a contract needs it."""

    host: str
    api: Api
    said: ServiceNowSettings

    def feeds(self) -> Mapping[str, Pages]:
        """Return the feeds, by stream."""
        return {name: partial(self.pages, t) for name, t in tables_of(self.said).items()}

    def myself(self) -> Reach:
        """Say as whom we are signed in, and whether that account could write."""
        mine = "sys_id=javascript:gs.getUserID()"
        user = Table("sys_user", Struct, {}, "sys_created_on", BEGINNING)
        found = rows_of(asked(self.api, user, mine, 1, ("sys_id", "user_name")), self.what(user))
        if not found:
            return Reach("signing in", False, "we cannot see our own user; let us read sys_user")
        roles = Table("sys_user_has_role", Struct, {}, "sys_created_on", BEGINNING)
        query = f"user={found[0]['sys_id']}^role.nameIN{','.join(_WRITES)}"
        granted = rows_of(asked(self.api, roles, query, 9, ("role.name",)), self.what(roles))
        may_write = " or ".join(sorted({str(row.get("role.name")) for row in granted}))
        advice = f", who may write ({may_write}); one who only reads is enough" if granted else ""
        return Reach("signing in", True, f"we are {found[0].get('user_name')}{advice}")

    def pages(self, table: Table, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield pages of a table, window by window, up to a little before the instance's now."""
        now = prove(self.api, table, self.what(table))
        if table.name == "sys_audit" and after is None:
            refuse_a_horizon(self.api, table, self.what(table))
        at = {"since": text(table.since), "until": text(now - LAG), **(after or {})}
        tally = Tally()
        while True:
            stretch = Stretch.at(table, at)
            answer, page, rows = self._page(table, stretch)
            tally.add(table, stretch, rows)
            is_more = total_of(answer, self.what(table)) > len(rows)
            at = stretch.then(rows[-1]["sys_id"] if is_more else None)
            if not is_more and self.said.aggregates:
                tally.settle(partial(self._count, table))
            if is_more or stretch.before < stretch.until:
                yield landable(answer, page, len(rows), at)
                continue
            until = instant(stretch.until)
            next_since = table.since if table.is_whole else max(table.since, until - OVERLAP)
            yield landable(
                answer, page, len(rows), {"since": text(next_since)},
                observed_until=until, control_total=tally.total if self.said.aggregates else None,
            )  # fmt: skip
            return

    def what(self, table: Table) -> str:
        """Name a table in a sentence."""
        return f"{self.api.name}: {table.name}"

    def _page(self, table: Table, stretch: Stretch) -> tuple[Answer, Struct, list[dict[str, Any]]]:
        what, query = self.what(table), stretch.query(table, is_open=table.changes)
        answer = asked(self.api, table, query, PAGE, asked_of(table.record))
        rows, expected = rows_of(answer, what), min(PAGE, total_of(answer, what))
        refuse_what_is_lacking(needed_of(table.record), rows, what)
        for row in rows:
            self._refuse_what_was_not_asked(table, stretch, row)
        if len(rows) != expected:
            raise SourceError(withheld(what, expected, len(rows)))
        ids = [row["sys_id"] for row in rows]
        if ids != sorted(set(ids)):
            raise SourceError(f"{what} gives records out of their order; the instance ignores it")
        page: Any = reading.received(answer.data, page_of(table.record), what)
        for record in page.result:
            table.keep(record)
        return answer, page, rows

    def _refuse_what_was_not_asked(
        self, table: Table, stretch: Stretch, row: Mapping[str, Any]
    ) -> None:
        if not stretch.holds(table, row):
            raise SourceError(
                f"{self.what(table)} gives record {shown(row['sys_id'])}, which was not asked for: "
                "the instance ignores a part of the query; let our account read "
                f"{', '.join((*table.filter, table.by))}"
            )

    def _count(self, table: Table, stretch: Stretch) -> int:
        """Ask how many records of a stretch there are that have not changed since."""
        query = stretch.query(table).removesuffix("^ORDERBYsys_id")
        answer = self.api.get(
            f"/api/now/stats/{table.name}", sysparm_query=query, sysparm_count="true"
        )
        try:
            return int(answer.document["result"]["stats"]["count"])
        except (KeyError, TypeError, ValueError):
            raise SourceError(
                f"{self.what(table)}: the Aggregate API gives no count; check its rights, or write "
                "aggregates: false"
            ) from None
