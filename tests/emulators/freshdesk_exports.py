"""The export of ticket activities: a link for each day, to a file on another server.

Written from prose: support.freshdesk.com/support/solutions/articles/226460 (its example of a file,
as quoted elsewhere), and what github.com/airbytehq/airbyte knows of the answers (docs/integrations/
sources/freshdesk.md and the tests of source-freshdesk; commit 02552e5b): a list of links, 404 for a
day that has no file, files kept for 30 days, and a day that begins by the account's own clock.
"""

import bisect
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter

from tests.emulators.freshdesk_desk import Desk
from tests.emulators.freshdesk_records import Json, to_second
from tests.emulators.server import Answer, Emulator, Request

DAY = timedelta(days=1)
FILES = "/activities-export/"
SIGNATURE = "5e1f5161"


class Exports(Desk):
    """The days of activities; one begins `day_begins` after midnight UTC, and is there later."""

    now: datetime
    url: str

    def __init__(self) -> None:
        super().__init__()
        self.day_begins, self.lag, self.kept = timedelta(hours=10), timedelta(hours=4), 30 * DAY
        self.missing_days: set[date] = set()
        self.storage: Storage | None = None
        self.is_one_link = False

    def export(self, request: Request) -> Answer:
        """GET /api/v2/export/ticket_activities?created_at=YYYY-MM-DD."""
        day = date.fromisoformat(request.query["created_at"])
        ends = self._begins(day) + DAY
        is_there = ends + self.lag <= self.now < ends + self.kept
        if not is_there or day in self.missing_days:
            return Answer(None, 404, body=b"")
        place = f"{(self.storage or self).url}{FILES}{day:%Y-%m-%d}.json"
        url = f"{place}?X-Amz-Expires=300&X-Amz-Signature={SIGNATURE}"
        link = {"created_at": f"{day.day}-{day.month}-{day.year}", "url": url}
        return Answer({"export": link if self.is_one_link else [link]})

    def file(self, request: Request) -> Answer:
        """The file itself, which S3 gives to whoever has the link, and to nobody with two keys."""
        if request.query.get("X-Amz-Signature") != SIGNATURE:
            return Answer(None, 403, body=b"<Error/>", content_type="application/xml")
        if "authorization" in request.headers:
            return Answer(None, 400, body=b"<Error/>", content_type="application/xml")
        day = date.fromisoformat(request.path.removeprefix(FILES).removesuffix(".json"))
        return Answer(self.activities_of(day), content_type="binary/octet-stream")

    def activities_of(self, day: date) -> Json:
        begins, ends = self._begins(day), self._begins(day) + DAY
        second = attrgetter("second")
        first = bisect.bisect_left(self.activities, to_second(begins), key=second)
        last = bisect.bisect_left(self.activities, to_second(ends), key=second)
        told = [each.to_json() for each in self.activities[first:last]]
        spelled = "%d-%m-%Y %H:%M:%S +0000"
        metadata = {"start_at": begins.strftime(spelled), "activities_count": len(told),
                    "end_at": (ends - timedelta(seconds=1)).strftime(spelled)}  # fmt: skip
        return {"metadata": metadata, "activities_data": told}

    def _begins(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=UTC) + self.day_begins


class Storage(Emulator):
    """Another server, which keeps the files of an account."""

    def __init__(self, desk: Exports) -> None:
        super().__init__(desk.now)
        self.desk = desk
        desk.storage = self

    def answer(self, request: Request) -> Answer:
        return self.desk.file(request)
