"""How the tickets of an account are gone through: those that changed, and what is read of each.

Source: developers.freshdesk.com/api, List All Tickets: spam and what was deleted are lists of their
own. What changes is read without an end, as a ticket that changes meanwhile comes once more, later.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from recount.errors import SourceError
from recount.periods import format_instant, parse_instant
from recount.sources import shapes as reading
from recount.sources.api import Answer, AnsweredError, Api
from recount.sources.extraction import Checkpoint, FeedPage
from recount.sources.freshdesk import shapes
from recount.sources.freshdesk.paging import Changed, Place, pages, what
from recount.sources.landable import landable, together, within

# What a list shows may be a little behind.
LAG = timedelta(minutes=5)
# What it missed longer is found by looking once more at what was read last.
OVERLAP = timedelta(hours=1)

_LISTS: Mapping[str, Mapping[str, str]] = {
    "tickets": {}, "spam": {"filter": "spam"}, "deleted": {"filter": "deleted"}
}  # fmt: skip
_AFTER = {"tickets": "spam", "spam": "deleted"}

# Makes of an answer, and of what of it is kept, what is landed: with the number of its records.
Read = Callable[[Answer, Any], tuple[Answer, Any, int]]


@dataclass(frozen=True)
class Walk:
    """One way through the three lists; `query` goes with each question."""

    lists: Api
    since: datetime
    shape: type[Any]
    read: Read
    size: int
    query: Mapping[str, str]

    def pages(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield a page of what is read of some tickets, list by list."""
        at = dict(after or {"list": "tickets", "since": format_instant(self.since)})
        at.setdefault("from", at["since"])
        while True:
            query = {**self.query, **_LISTS[at["list"]]}
            seen = frozenset(map(int, at.get("seen", "").split()))
            changed = Changed(self.lists, query, self.shape, self.size)
            answer, page, place = changed.after(Place(parse_instant(at["since"]), seen))
            page.taken_at = format_instant(answer.said_at)
            began_at = at.get("began_at", page.taken_at)
            kept = self.read(within(answer, "tickets"), page)
            ahead = self._ahead(at, began_at, place)
            if ahead is None:
                yield self._last(began_at, kept)
                return
            at = ahead
            yield landable(*kept, at)

    def _ahead(self, at: Mapping[str, str], began_at: str, place: Place | None) -> Any:
        """Say where it goes on: in this list, or at the beginning of the next one."""
        kept = {"from": at["from"], "began_at": began_at}
        if place:
            seen = " ".join(map(str, sorted(place.seen)))
            return {"list": at["list"], "since": format_instant(place.since), "seen": seen, **kept}
        following = _AFTER.get(at["list"])
        return following and {"list": following, "since": at["from"], **kept}

    def _last(self, began_at: str, kept: tuple[Answer, Any, int]) -> FeedPage:
        began = parse_instant(began_at)
        since = max(self.since, began - LAG - OVERLAP)
        at = {"list": "tickets", "since": format_instant(since)}
        return landable(*kept, at, observed_until=began - LAG)


@dataclass(frozen=True)
class Conversations:
    """Reads what was written in the tickets of a page."""

    api: Api

    def read(self, answer: Answer, found: Any) -> tuple[Answer, Any, int]:
        """Ask for the conversations of each ticket; one that is gone meanwhile has none."""
        whole = shapes.Conversations([], taken_at=found.taken_at)
        answers = [replace(answer, document={"conversations": []})]
        for ticket in found.tickets:
            for each in self._of(ticket.id):
                page = reading.received(
                    each.data, shapes.Conversations, self._what(ticket.id), inside="conversations"
                )
                self._check(page, ticket.id)
                whole.conversations += page.conversations
                answers.append(each)
        return together(answers), whole, len(whole.conversations)

    def _of(self, ticket: int) -> Iterator[Answer]:
        path = f"/api/v2/tickets/{ticket}/conversations"
        try:
            yield from pages(self.api, path, "conversations", {})
        except AnsweredError as refused:
            if refused.status not in (404, 405) or not self._is_gone(ticket):
                raise

    def _is_gone(self, ticket: int) -> bool:
        """Say whether a ticket was deleted since the list was read, for good or not."""
        try:
            said = self.api.get(f"/api/v2/tickets/{ticket}").document
        except AnsweredError as refused:
            if refused.status == 404:
                return True
            raise
        return isinstance(said, dict) and bool(said.get("deleted") or said.get("spam"))

    def _check(self, page: shapes.Conversations, ticket: int) -> None:
        if any(each.ticket_id != ticket for each in page.conversations):
            raise SourceError(
                f"{self._what(ticket)} has what was written in another ticket; run again, and "
                "report it if it stays so"
            )

    def _what(self, ticket: int) -> str:
        return what(self.api, f"/api/v2/tickets/{ticket}/conversations")
