"""A feed is landed page by page, goes on where it stopped, and never counts a page twice."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from recount import landing
from recount.errors import SourceError, TransientError
from recount.lake import Lake
from recount.landing import ControlTotal, Feed, Manifest, Page
from recount.sources.extraction import Checkpoint, FeedPage
from tests.unit.lake.landed import RECEIVED_AT

T0 = datetime(2026, 3, 1, tzinfo=UTC)
FOLDER = "landed/acme.helpdesk/events"


class Pages:
    """A source of numbered pages, some of which fail; it remembers where it was asked to begin."""

    def __init__(self, last: int, *, fails_at: int | None = None, total: int | None = None) -> None:
        self.last, self.fails_at, self.total = last, fails_at, total
        self.began_after: list[Checkpoint | None] = []

    def __call__(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        self.began_after.append(after)
        for number in range(int(after["page"]) if after else 0, self.last):
            if number == self.fails_at:
                raise TransientError("the source failed")
            yield self._page(number + 1)

    def _page(self, number: int) -> FeedPage:
        is_last = number == self.last
        page = Page(f"page {number}", b"%d" % number, record_count=10)
        return FeedPage(
            page,
            {"page": str(number)},
            observed_until=T0 + timedelta(days=number) if is_last else None,
            control_total=ControlTotal(self.total, "exact") if is_last and self.total else None,
            redacted=(f"text_{number}",),
        )


def land(
    lake: Lake, pages: Pages, until: datetime | None = None, request: str = "x"
) -> Manifest:  # fmt: skip
    feed = Feed("helpdesk", "events", "zendesk", {"path": request}, pages)
    return landing.land_feed(lake, "acme", "2026-03", feed, RECEIVED_AT, until=until)


def content(lake: Lake, manifest: Manifest) -> list[bytes]:
    found = landing.whole(lake, "acme", "helpdesk", "events", manifest.digest)
    return [data for each in found for _, data in landing.pages(lake, each)]


def test_an_extraction_goes_on_after_the_one_before(lake: Lake) -> None:
    later = Pages(3)
    first, second = land(lake, Pages(2)), land(lake, later)
    assert later.began_after == [{"page": "2"}]
    assert second.feed
    assert second.feed.continues == first.digest
    assert content(lake, second) == [b"1", b"2", b"3"]
    assert content(lake, first) == [b"1", b"2"]


def test_a_manifest_of_a_feed_says_how_far_it_came(disk: Lake) -> None:
    manifest = land(disk, Pages(2))
    again = landing.find(disk, "acme", "helpdesk", "events", manifest.digest)
    assert again == manifest
    assert manifest.feed
    assert (manifest.feed.checkpoint, manifest.redacted) == ({"page": "2"}, ("text_1", "text_2"))
    assert manifest.feed.observed_until == T0 + timedelta(days=2)


def test_after_a_failure_the_next_attempt_goes_on_after_the_last_page(lake: Lake) -> None:
    with pytest.raises(TransientError, match="the source failed"):
        land(lake, Pages(4, fails_at=2))
    again = Pages(4, total=20)
    manifest = land(lake, again)
    assert again.began_after == [{"page": "2"}]
    assert content(lake, manifest) == [b"1", b"2", b"3", b"4"]
    assert manifest.control_total == ControlTotal(40, "exact")


def test_what_no_manifest_closed_is_read_by_nobody(disk: Lake) -> None:
    first = land(disk, Pages(1))
    with pytest.raises(TransientError):
        land(disk, Pages(3, fails_at=2))
    assert content(disk, first) == [b"1"]
    assert landing.verify_chain(disk, "acme", "helpdesk", "events") == [first]


def test_nothing_is_asked_where_the_feed_was_observed_already(disk: Lake) -> None:
    first = land(disk, Pages(2))
    untouched, further = Pages(3), Pages(3)
    assert land(disk, untouched, until=T0 + timedelta(days=2)) == first
    assert untouched.began_after == []
    assert land(disk, further, until=T0 + timedelta(days=2, microseconds=1)) != first


def test_a_feed_with_another_request_begins_anew(disk: Lake) -> None:
    land(disk, Pages(2))
    anew = Pages(3)
    manifest = land(disk, anew, request="y")
    assert anew.began_after == [None]
    assert content(disk, manifest) == [b"1", b"2", b"3"]


def test_of_two_attempts_at_once_one_stops(disk: Lake) -> None:
    class Overtaken(Pages):
        def _page(self, number: int) -> FeedPage:
            other = Page("other", b"other", record_count=1)
            if number == 2:
                land(disk, Pages(2))
            return super()._page(number) if number == 1 else FeedPage(other, {"page": "9"})

    with pytest.raises(TransientError, match="extracted by another run"):
        land(disk, Overtaken(3))
    assert content(disk, land(disk, Pages(3))) == [b"1", b"2", b"3"]


@pytest.mark.parametrize("cursors", [("a", "a"), ("a", "b", "a")])
def test_a_cursor_that_does_not_advance_or_comes_round_is_a_loop(
    disk: Lake, cursors: tuple[str, ...]
) -> None:
    def pages(after: Checkpoint | None) -> Iterator[FeedPage]:
        for cursor in cursors:
            yield FeedPage(Page(cursor, b"x", record_count=1), {"cursor": cursor})

    feed = Feed("helpdesk", "events", "zendesk", {}, pages)
    with pytest.raises(SourceError, match="helpdesk: events is in a cursor loop"):
        landing.land_feed(disk, "acme", "2026-03", feed, RECEIVED_AT)


def test_a_feed_that_never_says_that_it_is_whole_is_refused(disk: Lake) -> None:
    feed = Feed("helpdesk", "events", "zendesk", {}, lambda after: iter(()))
    with pytest.raises(SourceError, match="ended without saying until when"):
        landing.land_feed(disk, "acme", "2026-03", feed, RECEIVED_AT)


def test_progress_tells_pages_and_records(disk: Lake) -> None:
    told: list[str] = []
    feed = Feed("helpdesk", "events", "zendesk", {}, Pages(2))
    landing.land_feed(disk, "acme", "2026-03", feed, RECEIVED_AT, progress=told.append)
    assert told[-1] == "helpdesk events: 2 pages, 20 records, at 2"


def test_an_altered_part_of_the_feed_is_noticed(disk: Lake) -> None:
    land(disk, Pages(1))
    second = land(disk, Pages(2))
    said = json.loads(disk.get(second.key))
    assert said["content"]["feed"]["continues"].startswith("sha256:")
    assert said["previous"] == landing.verify_chain(disk, "acme", "helpdesk", "events")[0].seal
