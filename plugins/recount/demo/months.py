"""The three billing months of the bundled quarter, and when in a month things happen.

Instants are whole microseconds since 1970 (UTC) here, so that tens of thousands of tickets are
drawn quickly and exactly.
"""

import itertools
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from recount.periods import Period, parse_instant, zone

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

ZONE = zone("Europe/Berlin")
PERIODS = tuple(Period.named(name, ZONE) for name in ("2026-07", "2026-08", "2026-09"))
# How many tickets a requester opens at an hour of the day and on a day of the week, relatively.
HOUR_WEIGHTS = (2, 1, 1, 1, 1, 2, 4, 8, 13, 16, 17, 16, 14, 15, 16, 15, 14, 12, 11, 10, 9, 7, 5, 3)
WEEKDAY_WEIGHTS = (12, 11, 10, 10, 10, 6, 5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(instant: datetime) -> int:
    """Return the microseconds from 1970 to an instant."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def instant_of(moment: int) -> datetime:
    """Return the instant that lies so many microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=moment)


SURVEY_STARTS_AT = microseconds(parse_instant("2026-07-01T04:00:00Z"))


@dataclass(frozen=True)
class Span:
    """A stretch of time in which a story concludes, half-open."""

    starts_at: int
    ends_at: int

    def draw(self, rng: random.Random, count: int) -> list[int]:
        """Draw that many instants, to the second, busy at busy hours."""
        if not count:  # a story that a month does not have may have no time there either
            return []
        hours = range(self.starts_at, self.ends_at, HOUR)
        weights = list(itertools.accumulate(_weight(hour) for hour in hours))
        drawn = rng.choices(hours, cum_weights=weights, k=count)
        return [hour + rng.randrange(3600) * SECOND for hour in drawn]


def _weight(hour: int) -> int:
    local = instant_of(hour).astimezone(ZONE)
    return HOUR_WEIGHTS[local.hour] * WEEKDAY_WEIGHTS[local.weekday()]


def whole_month(period: Period) -> Span:
    """The month, from when the survey can be seen on."""
    starts_at = max(microseconds(period.starts_at), SURVEY_STARTS_AT)
    return Span(starts_at, microseconds(period.ends_at))


def before_the_survey(period: Period) -> Span:
    """The hours of the month in which no survey was running yet."""
    return Span(microseconds(period.starts_at), SURVEY_STARTS_AT)


def after_the_sixteenth(period: Period) -> Span:
    """The end of the month, from which 16 to 25 days lead into the next month."""
    starts_at = microseconds(period.starts_at) + 16 * DAY
    return Span(starts_at, microseconds(period.ends_at))


def last_hours_in_utc(period: Period) -> Span:
    """What is still this month in UTC, by which the vendor bills, and the next one in Berlin."""
    ends_at = microseconds(period.ends_at)
    return Span(ends_at, ends_at + 2 * HOUR)
