"""Small things to land, and how to look at what was landed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from recount import landing
from recount.lake import Lake
from recount.landing import ControlTotal, Extraction, Manifest, Page

RECEIVED_AT = datetime(2016, 4, 1, 8, 30, 0, 1, tzinfo=UTC)
CHAIN = "landed/acme.helpdesk/events"


def extraction_of(*contents: bytes | Path) -> Extraction:
    pages = tuple(Page(f"p{n}.csv", data, record_count=2) for n, data in enumerate(contents))
    total = ControlTotal(2 * len(pages), "exact")
    request = {"location": "{period}.csv"}
    return Extraction("helpdesk", "events", "event_log", request, pages, total, redacted=("body",))


def land(lake: Lake, *contents: bytes | Path, period: str = "2016-03", day: int = 0) -> Manifest:
    received_at = RECEIVED_AT + timedelta(days=day)
    return landing.land(lake, "acme", period, extraction_of(*contents), received_at)


def read_back(lake: Lake, period: str = "2016-03") -> list[bytes]:
    manifest = landing.latest(lake, "acme", "helpdesk", "events", period)
    return [data for _, data in landing.pages(lake, manifest)] if manifest else []


def path_of(lake: Lake, key: str) -> Path:
    return Path(lake.place.uri.removeprefix("file://")) / key
