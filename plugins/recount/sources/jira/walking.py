"""How the issues of a site are gone through: those that changed, a hundred at a time.

A search has no end but the last page, and its token is a place in the order of the last change: an
issue that changes meanwhile comes once more, later. There is no upper bound: an issue that is
changed again would leave a closed window, and take with it what happened inside.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from recount.errors import SourceError
from recount.periods import format_instant, parse_instant
from recount.sources.api import Answer, AnsweredError
from recount.sources.extraction import Checkpoint, ControlTotal, FeedPage
from recount.sources.jira import shapes
from recount.sources.jira.site import Site, ms
from recount.sources.jira.streams import Chunk, Look, Streams
from recount.sources.landable import landable
from recount.sources.shapes import instant_of

# Search may miss what happened in the last minutes ("seconds to minutes", says the vendor).
LAG = timedelta(minutes=15)
# What it missed longer is found by looking once more at what was read last.
OVERLAP = timedelta(hours=1)
# A rating may not count as a change of the issue, and a deletion leaves no trace.
CHANGEABLE = timedelta(days=30)
_PRECISION = timedelta(minutes=1)


@dataclass
class Walk:
    """One attempt at one stream; `first` is where in the order of changes it began."""

    site: Site
    stream: str
    received_count: int = 0
    first: str = ""

    def pages(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield a page of what is read of each hundred issues."""
        at = dict(after or {"since": format_instant(self.site.said.observed_from)})
        while True:
            ahead, chunk = self._next(at)
            self.received_count += chunk.record_count
            is_last = not chunk.token and "after" not in ahead
            if is_last:
                yield self._last(at, ahead["began_at"], chunk)
                return
            at = ahead
            yield landable(chunk.answer, chunk.page, chunk.record_count, at)

    def _next(self, at: Mapping[str, str]) -> tuple[dict[str, str], Chunk]:
        """Read on, and say where it goes on after that."""
        if "ids" in at:
            ids, token = at["ids"].split(), at["then"]
            began_at, after = at["began_at"], at.get("after")
            chunk = self._read(ids, at["since"], began_at, token)
        else:
            answer, found = self._search(at)
            began_at = at.get("began_at") or format_instant(answer.said_at)
            ids, after = list(dict.fromkeys(each.id for each in found.issues)), _after(found)
            nothing = Chunk(answer, Streams(self.site).nothing(self.stream), 0)
            chunk = self._read(ids, at["since"], began_at, None) if ids else nothing
        ahead = {"since": at["since"], "began_at": began_at} | ({"after": after} if after else {})
        # the same issues must be asked for again, as the search has moved on meanwhile
        return ahead | ({"ids": " ".join(ids), "then": chunk.token} if chunk.token else {}), chunk

    def _read(self, ids: list[str], since: str, began_at: str, token: str | None) -> Chunk:
        return Streams(self.site).readers()[self.stream](Look(ids, since, began_at, token))

    def _search(self, at: Mapping[str, str]) -> tuple[Answer, shapes.Search]:
        jql = f"{self._jql(at['since'])} ORDER BY updated ASC"
        try:
            answer, found = self.site.search(jql, token=at.get("after"))
        except AnsweredError as refused:
            # a token holds for a week; from the beginning everything is found again
            if refused.status != 400 or "after" not in at or self.received_count:
                raise
            answer, found = self.site.search(jql)
        what = self.site.what("search")
        updated = [instant_of(each.fields.updated, what) for each in found.issues]
        earliest = parse_instant(at["since"]) - _PRECISION
        if self.stream != "service_levels" and any(each < earliest for each in updated):
            raise SourceError(
                f"{what} gives issues that were not changed since {at['since']}: the site reads "
                "numbers in queries otherwise; run again, and report it if it stays so"
            )
        self.first = self.first or (format_instant(updated[0]) if updated else "")
        return answer, found

    def _jql(self, since: str) -> str:
        changed = f"updated >= {ms(parse_instant(since))}"
        # a service level is missed while nothing happens
        watched = f"({changed} OR statusCategory != done)"
        return f"{self.site.projects} AND {watched if self.stream == 'service_levels' else changed}"

    def _last(self, at: Mapping[str, str], began_at: str, chunk: Chunk) -> FeedPage:
        self.site.myself()  # what is answered to nobody looks the same, and has less in it
        began = parse_instant(began_at)
        overlap = CHANGEABLE if self.stream == "sightings" else LAG + OVERLAP
        since = max(self.site.said.observed_from, began - overlap)
        return landable(
            chunk.answer, chunk.page, chunk.record_count, {"since": format_instant(since)},
            observed_until=began - LAG, control_total=self._total(),
        )  # fmt: skip

    def _total(self) -> ControlTotal | None:
        """Compare with how many issues search thinks there are; it does not know exactly."""
        if self.stream != "issues":
            return None
        count = self.site.count(self._jql(self.first)) if self.first else 0
        return ControlTotal(max(self.received_count, count), "approximate")


def _after(found: shapes.Search) -> str | None:
    if not found.is_last and not found.next_page_token:
        raise SourceError("search has more, and does not say where; run again")
    return None if found.is_last else found.next_page_token
