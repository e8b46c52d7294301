"""How the records of an account are gone through: those that changed, by their ids.

Search pages no further than 10,000 records, and thousands may have changed in one millisecond, so
that no page ends at an instant: we ask for what changed since one, in the order of ids, from the
last id on. There is no upper bound: a record that changes while we read stays among those that did.
Source: developers.hubspot.com/docs/api-reference/search/guide.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from recount.errors import SourceError
from recount.periods import format_instant, parse_instant
from recount.sources.api import Answer
from recount.sources.extraction import Checkpoint, FeedPage
from recount.sources.hubspot import listed
from recount.sources.hubspot.account import Account
from recount.sources.hubspot.objects import Table
from recount.sources.hubspot.rows import count_of
from recount.sources.hubspot.values import instant, milliseconds, number
from recount.sources.landable import landable

# Search learns of a change after "a few moments"; there were hours when it took minutes.
LAG = timedelta(minutes=15)
# What it learned of even later is found by looking once more at what was read last.
OVERLAP = timedelta(hours=1)
_PRECISION = timedelta(minutes=1)


@dataclass(frozen=True)
class Walk:
    """Goes through the records of one object."""

    account: Account
    stream: str
    table: Table

    def pages(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield a page for each search, which holds what is read of the records it found."""
        said = self.account.said
        at = dict(after or {"since": format_instant(said.observed_from)})
        while True:
            answer, found = self._search(at)
            began_at = at.get("began_at") or format_instant(answer.said_at)
            answer, page = self._read(answer, found)
            count = count_of(self.stream, page)
            if found.total == len(found.results):
                began = parse_instant(began_at)
                yield landable(
                    answer, page, count, ends(said.observed_from, began),
                    observed_until=began - LAG,
                )  # fmt: skip
                return
            last = found.results[-1].id
            at = {"since": at["since"], "began_at": began_at, "after": last}
            yield landable(answer, page, count, at)

    def _read(self, answer: Answer, found: listed.Search) -> tuple[Answer, Any]:
        ids = [each.id for each in found.results]
        if ids:
            return self.account.read(self.table, ids)
        return answer, self.table.page([], [], format_instant(answer.said_at))

    def _search(self, at: Mapping[str, str]) -> tuple[Answer, listed.Search]:
        since, after = parse_instant(at["since"]), at.get("after", "0")
        answer, found = self.account.search(
            self.table,
            [
                _filter("hs_lastmodifieddate", "GTE", str(milliseconds(since))),
                _filter("hs_object_id", "GT", after),
            ],
        )
        self._refuse_half(found)
        self._refuse_another_question(found, since, after)
        return answer, found

    def _refuse_half(self, found: listed.Search) -> None:
        if len(found.results) != min(found.total, self.table.limit):
            raise SourceError(
                f"{self._what} says that there are {found.total:,}, and {len(found.results):,} "
                f"came instead of {min(found.total, self.table.limit):,}; run again in some minutes"
            )

    def _refuse_another_question(self, found: listed.Search, since: datetime, after: str) -> None:
        ids = [int(after), *(number(each.id, self._what) for each in found.results)]
        modified = [
            instant(each.properties.hs_lastmodifieddate, self._what) for each in found.results
        ]
        in_order = all(one < other for one, other in itertools.pairwise(ids))
        if not in_order or any(each < since - _PRECISION for each in modified):
            raise SourceError(
                f"{self._what} gives records out of their order, or that did not change since "
                f"{format_instant(since)}; run again, and report it if it stays so"
            )

    @property
    def _what(self) -> str:
        return self.account.what(f"search for {self.table.kind}")


def ends(observed_from: datetime, began: datetime) -> dict[str, str]:
    """Return where the extraction after one that began then goes on."""
    return {"since": format_instant(max(observed_from, began - LAG - OVERLAP))}


def _filter(name: str, operator: str, value: str) -> Mapping[str, str]:
    return {"propertyName": name, "operator": operator, "value": value}
