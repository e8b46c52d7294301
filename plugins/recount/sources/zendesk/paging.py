"""How Zendesk's exports and lists are paged.

Source: developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports. The
exports withhold the last minute; those by time repeat the rows of the second that they begin at,
and the lists can only be asked for what was created since an instant, however late it was changed.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from recount.errors import SourceError
from recount.periods import format_instant, parse_instant
from recount.sources import shapes
from recount.sources.api import Api
from recount.sources.extraction import Checkpoint, FeedPage
from recount.sources.landable import landable

WITHHELD = timedelta(minutes=1)
# A survey can be answered and changed for 28 days; a rating until its ticket is closed, which is
# at most 28 days after it was solved. Two days more, for what was sent late.
CHANGEABLE = timedelta(days=30)

# Leaves on a page what is to be landed, and returns how many records that is.
Keep = Callable[[Any], int]


def by_cursor(
    api: Api,
    path: str,
    shape: type[Any],
    keep: Keep,
    at: Checkpoint,
    query: Mapping[str, str],
) -> Iterator[FeedPage]:
    """Yield the pages of an export from a `start_time` or a `cursor` on."""
    while True:
        answer = api.get(path, **at, **query)
        page = shapes.received(answer.data, shape, what(api, path))
        at = {"cursor": page.after_cursor} if page.after_cursor else at
        until = answer.said_at - WITHHELD if page.end_of_stream else None
        yield landable(answer, page, keep(page), at, observed_until=until)
        if until:
            return


def listing(
    api: Api,
    path: str,
    shape: type[Any],
    keep: Keep,
    at: Checkpoint,
    query: Callable[[datetime], Mapping[str, Any]],
) -> Iterator[FeedPage]:
    """Yield the pages of a list of what was created `since`; the next extraction begins earlier.

    `query` says for an instant how the list is asked. What changes while we page is only sure to be
    seen next time, so the list is observed until its first page.
    """
    since = parse_instant(at["since"])
    while True:
        cursor = {"page[after]": at["after"]} if "after" in at else {}
        answer = api.get(path, **{"page[size]": "100", **query(since), **cursor})
        page = shapes.received(answer.data, shape, what(api, path))
        began_at = at.get("began_at") or format_instant(answer.said_at)
        count, until = keep(page), None
        if page.meta.has_more and page.meta.after_cursor:
            at = {"since": at["since"], "began_at": began_at, "after": page.meta.after_cursor}
        elif page.meta.has_more:
            raise SourceError(f"{what(api, path)} has more and does not say where; run again")
        else:
            until = parse_instant(began_at)
            at = {"since": format_instant(max(since, until - CHANGEABLE))}
        yield landable(answer, page, count, at, observed_until=until)
        if until:
            return


def what(api: Api, path: str) -> str:
    """Return how an error names what was asked: the source and the stream."""
    return f"{api.name}: {path.removeprefix('/api/v2/').removesuffix('.json')}"


def epoch(instant: datetime) -> str:
    """Return an instant in whole seconds since 1970, as a query writes it."""
    return str(int(instant.timestamp()))
