"""The history of tickets: a file for each day, which Freshdesk writes after the day has ended.

Source: support.freshdesk.com/support/solutions/articles/226460-export-ticket-activities-from-your-
helpdesk. A day begins by the account's own clock, and the file says from when until when it
reaches. Files are kept for 30 days, so that a day which nobody fetched is lost for good: days must
follow one another without a gap.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from msgspec import UNSET

from recount.errors import SourceError
from recount.periods import format_instant, parse_instant
from recount.sources import shapes as reading
from recount.sources.api import AnsweredError, Api
from recount.sources.extraction import Checkpoint, FeedPage
from recount.sources.freshdesk import shapes
from recount.sources.freshdesk.storage import Storage
from recount.sources.landable import landable
from recount.sources.words import shown

_PATH = "/api/v2/export/ticket_activities"
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)
# A file can be late by so many days; what is older and has no file never had one, or has no more.
_LATE_DAYS = 3
_SPELLED = "%d-%m-%Y %H:%M:%S %z"


@dataclass(frozen=True)
class Activities:
    """The files of one account, from an instant on."""

    api: Api
    storage: Storage
    since: datetime

    def pages(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield the file of each day, and at last a page that says until when they reach."""
        # a day may begin half a day before or after it does in UTC
        first = {"day": f"{self.since.date() - _DAY}", "until": format_instant(self.since)}
        at = dict(after or first)
        clock = self.api.get("/api/v2/agents/me")
        missing: list[date] = []
        day = date.fromisoformat(at["day"])
        while day <= clock.said_at.date():
            file = self._file(day, at["until"])
            if file:
                at, missing = dict(file.checkpoint), []
                yield file
            else:
                missing += [day] if day < clock.said_at.date() - _LATE_DAYS * _DAY else []
                self._refuse_missing(missing, at["until"])
            day += _DAY
        nothing = shapes.Activities([])
        until = parse_instant(at["until"])
        yield landable(replace(clock, document={}), nothing, 0, at, observed_until=until)

    def _file(self, day: date, until: str) -> FeedPage | None:
        link = self._link(day)
        if link is None:
            return None
        answer = self.storage.get(link)
        what = f"{self.api.name}: the activities of {day}"
        page = reading.received(answer.data, shapes.Activities, what)
        if page.metadata is UNSET:
            raise SourceError(f"{what} do not say from when until when they reach; report it")
        ends = self._continued(page, what, parse_instant(until))
        if ends is None:
            return None
        page.day = day.isoformat()
        page.activities_data = [each for each in page.activities_data if each.activity.is_kept]
        at = {"day": f"{day + _DAY}", "until": format_instant(ends)}
        return landable(answer, page, len(page.activities_data), at)

    def _link(self, day: date) -> str | None:
        """Return where the file of a day is; None where there is none."""
        try:
            answer = self.api.get(_PATH, created_at=day.isoformat())
        except AnsweredError as refused:
            if refused.status == 404:
                return None
            raise
        if isinstance(answer.document, dict) and not answer.document.get("export"):
            return None
        what = f"{self.api.name}: export/ticket_activities"
        said = reading.received(answer.data, shapes.Export, what).export
        links = said if isinstance(said, list) else [said]
        if len(links) != 1:
            raise SourceError(f"{what} has {len(links)} files for {day}, and not one; report it")
        return links[0].url

    def _continued(self, page: shapes.Activities, what: str, until: datetime) -> datetime | None:
        """Return until when a file reaches, None if it ends before everything that is wanted.

        SourceError if it does not go on where the one before it ended.
        """
        said, count = page.metadata, len(page.activities_data)
        assert isinstance(said, shapes.Metadata)
        begins, ends = exported(said.start_at, what), exported(said.end_at, what) + _SECOND
        if count != said.activities_count:
            raise SourceError(
                f"{what}: the file says that it has {said.activities_count:,} and has {count:,}; "
                "run again, and report it if it stays so"
            )
        if begins > until:
            raise SourceError(
                f"{what} begin at {format_instant(begins)}, and what happened from "
                f"{format_instant(until)} on is in no file; {_LOST}"
            )
        if ends <= until == self.since:
            return None
        if ends <= until:
            raise SourceError(
                f"{what} end at {format_instant(ends)}, and earlier files reached further; run "
                "again, and report it if it stays so"
            )
        return ends

    def _refuse_missing(self, missing: list[date], until: str) -> None:
        if len(missing) >= _LATE_DAYS:
            raise SourceError(
                f"{self.api.name}: Freshdesk has no file of the activities from {missing[0]} on, "
                f"and they were read until {until} only; {_LOST}"
            )


_LOST = (
    "it keeps them for 30 days, so extract every day, and let observed_from begin later; where "
    "there is none at all, the account does not have the export of ticket activities"
)


def exported(text: str, what: str) -> datetime:
    """Read an instant as the files of activities write it."""
    try:
        return datetime.strptime(text, _SPELLED)
    except ValueError:
        raise SourceError(f"{what}: {shown(text)} is no instant, day first; report it") from None
