"""How Freshdesk's lists are paged.

Source: developers.freshdesk.com/api, the sections Pagination and List All Tickets. Pages are
numbered, and there are 300 of them at most. A ticket that changes while we page moves to the end,
and all behind it move forward, one of them onto a page that was read. So tickets are not paged by
number: each question begins at the instant of the last change that was read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from recount.errors import SourceError
from recount.periods import format_instant
from recount.sources import shapes as reading
from recount.sources.api import Answer, Api
from recount.sources.landable import within

DEEPEST = 300
MOST = 100
_ATTEMPTS = 5
_SECOND = timedelta(seconds=1)


def pages(
    api: Api, path: str, name: str, query: Mapping[str, str], *, first: int = 1
) -> Iterator[Answer]:
    """Yield the pages of a list to which nothing is added but at one of its ends."""
    for number in range(first, DEEPEST + 1):
        answer = api.get(path, page=number, per_page=MOST, **query)
        yield within(answer, name)
        if not has_more(answer, MOST):
            return
    raise SourceError(f"{what(api, path)} has more than {DEEPEST} pages; report it")


def has_more(answer: Answer, size: int) -> bool:
    """Say whether there is another page: the header says so, or this one is full."""
    is_full = isinstance(answer.document, list) and len(answer.document) >= size
    return is_full or 'rel="next"' in answer.headers.get("Link", "").replace("'", '"')


def what(api: Api, path: str) -> str:
    """Return how an error names what was asked: the source and the list."""
    return f"{api.name}: {path.removeprefix('/api/v2/')}"


@dataclass(frozen=True)
class Place:
    """How far a list of tickets was read: to the end of a second, but for those `seen` in it."""

    since: datetime
    seen: frozenset[int] = frozenset()


@dataclass
class Changed:
    """A list of tickets in the order of their last change."""

    api: Api
    query: Mapping[str, str]
    shape: type[Any]
    size: int = MOST
    _what: str = field(init=False)

    def __post_init__(self) -> None:
        """Name the list."""
        self._what = what(self.api, "/api/v2/tickets")

    def after(self, place: Place) -> tuple[Answer, Any, Place | None]:
        """Return what changed after a place: a page of it, and the next place, None at the end.

        More tickets than a page holds may have changed in one second: pages are counted within it,
        and each is asked for again after the next one, as tickets may have moved meanwhile.
        """
        for _ in range(_ATTEMPTS):
            if found := self._found(place):
                answer, page = found
                return answer, page, self._next(place, page)
        raise SourceError(
            f"{self._what} change faster than they can be read at {format_instant(place.since)}; "
            "run again when less is going on"
        )

    def _found(self, place: Place) -> tuple[Answer, Any] | None:
        # what was seen comes first, unless it moved: then we go back to where the rest begins
        number = max(1, len(place.seen) // self.size)
        while number > 1 and self._is_too_far(self._page(place, number)[1], place):
            number -= 1
        before = None
        while True:
            answer, page, ids = self._page(place, number)
            if before is not None and self._page(place, number - 1)[2] != before:
                return None
            if ids and ids == before:
                raise SourceError(f"{self._what} gives one page for two numbers; run again")
            page.tickets = [each for each in page.tickets if self._is_new(each, place)]
            if page.tickets or not has_more(answer, self.size):
                return answer, page
            number, before = number + 1, ids

    def _is_too_far(self, page: Any, place: Place) -> bool:
        return not page.tickets or self._is_new(page.tickets[0], place)

    def _page(self, place: Place, number: int) -> tuple[Answer, Any, list[int]]:
        if number > DEEPEST:
            raise SourceError(
                f"{self._what} has more than {DEEPEST * self.size:,} tickets that changed at "
                f"{format_instant(place.since)}, and Freshdesk shows no more; ask its support"
            )
        # whether the instant itself is inside is not documented, so the second before it is asked
        since = format_instant(place.since - _SECOND)
        query = {"updated_since": since, "order_by": "updated_at", "order_type": "asc"}
        answer = self.api.get(
            "/api/v2/tickets", page=number, per_page=self.size, **query, **self.query
        )
        page = reading.received(answer.data, self.shape, self._what, inside="tickets")
        updated = [self._at(each) for each in page.tickets]
        if updated != sorted(updated) or (updated and updated[0] < place.since - _SECOND):
            raise SourceError(
                f"{self._what} does not give what changed since {since} in the order of time; run "
                "again, and report it if it stays so"
            )
        return answer, page, [each.id for each in page.tickets]

    def _is_new(self, ticket: Any, place: Place) -> bool:
        updated = self._at(ticket)
        return updated > place.since or (updated == place.since and ticket.id not in place.seen)

    def _next(self, place: Place, page: Any) -> Place | None:
        if not page.tickets:
            return None
        last = self._at(page.tickets[-1])
        seen = {each.id for each in page.tickets if self._at(each) == last}
        return Place(last, frozenset(seen | (place.seen if last == place.since else set())))

    def _at(self, ticket: Any) -> datetime:
        return reading.instant_of(ticket.updated_at, self._what)
