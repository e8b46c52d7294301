"""Instants, durations and billing months; no function here reads the clock.

Zones come from the pinned `tzdata` package and never from the machine, so that a month has the
same bounds next year and elsewhere.
"""

import functools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from itertools import pairwise
from zoneinfo import ZoneInfo

_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}(:?\d{2})?)", re.ASCII
)
_DURATION = re.compile(r"([1-9]\d{0,5}) (minute|hour|day|week)s?", re.ASCII)
_PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


@functools.cache
def zone(name: str) -> ZoneInfo:
    """Return the zone of that IANA name; ValueError if the pinned data does not have it."""
    parts = name.split("/")
    known = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    if name not in known:
        raise ValueError(f"{name!r} is no time zone; write an IANA name such as Europe/Berlin")
    with resources.files("tzdata").joinpath("zoneinfo", *parts).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant that carries its offset; ValueError says how to write one."""
    advice = "write an instant with its offset, for example 2016-03-01T09:00:00Z"
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"{text!r} is not an instant; {advice}")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not an instant; {advice}") from None


def format_instant(instant: datetime) -> str:
    """Write an instant in UTC; microseconds only where there are any."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_duration(text: str) -> timedelta:
    """Read elapsed time such as `14 days`; a day is 24 hours (DESIGN 5)."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(
            f"{text!r} is no duration; write for example 30 minutes, 24 hours, 14 days"
        )
    return timedelta(**{found[2] + "s": int(found[1])})


@dataclass(frozen=True, order=True)
class Period:
    """A billing month in the contract's zone, or an interval of it; bounds in UTC, half-open."""

    name: str
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def named(cls, name: str, in_zone: ZoneInfo) -> "Period":
        """Return the month of a name such as `2016-03`; ValueError if it is none."""
        if not _PERIOD.fullmatch(name) or name < "0002":
            raise ValueError(f"{name!r} is no period; write a month such as 2016-03")
        year, month = int(name[:4]), int(name[5:])
        following = (year + month // 12, month % 12 + 1)
        return cls(name, _midnight(year, month, 1, in_zone), _midnight(*following, 1, in_zone))

    @classmethod
    def containing(cls, instant: datetime, in_zone: ZoneInfo) -> "Period":
        """Return the month that holds an instant in that zone."""
        local_month = cls.named(f"{instant.astimezone(in_zone):%Y-%m}", in_zone)
        # Where clocks go back at midnight of the first, the old month's name comes round again.
        return local_month if instant < local_month.ends_at else local_month.next(in_zone)

    @classmethod
    def closed_before(cls, as_of: datetime, in_zone: ZoneInfo) -> "Period":
        """Return the last month that had ended at `as_of`."""
        current = cls.containing(as_of, in_zone)
        return cls.containing(current.starts_at - timedelta(microseconds=1), in_zone)

    def next(self, in_zone: ZoneInfo) -> "Period":
        """Return the month that follows."""
        return Period.named(following(self.name), in_zone)

    def days(self, in_zone: ZoneInfo) -> "list[Period]":
        """Return its local days, each named by its date; one on which clocks turn is not 24 h."""
        dates = [self.first_day + timedelta(days=number) for number in range(32)]
        dates = [each for each in dates if f"{each:%Y-%m}" == self.name]
        starts = [_midnight(*each.timetuple()[:3], in_zone) for each in dates]
        return [
            Period(f"{day}", *bounds)
            for day, bounds in zip(dates, pairwise([*starts, self.ends_at]), strict=True)
        ]

    def hours(self, in_zone: ZoneInfo) -> "list[Period]":
        """Return its hours of 60 minutes, each named by the local time at which it begins."""
        starts, start = [], self.starts_at
        while start < self.ends_at:
            starts.append(start)
            start += timedelta(hours=1)
        return [
            Period(begin.astimezone(in_zone).isoformat(timespec="minutes"), begin, end)
            for begin, end in pairwise([*starts, self.ends_at])
        ]

    @property
    def first_day(self) -> date:
        """The local date on which the month begins; it decides the contract's version."""
        return first_day(self.name)


def following(name: str) -> str:
    """Return the name of the month after one, such as `2016-04` after `2016-03`."""
    year, month = int(name[:4]), int(name[5:])
    return f"{year + month // 12:04}-{month % 12 + 1:02}"


def first_day(name: str) -> date:
    """Return the local date on which a month begins."""
    return date.fromisoformat(f"{name}-01")


def _midnight(year: int, month: int, day: int, in_zone: ZoneInfo) -> datetime:
    # Adding a month or a day never crosses here: a local midnight is read in the zone, then in UTC.
    return datetime(year, month, day, tzinfo=in_zone).astimezone(UTC)
