"""Time that is counted in business days, by the calendar that both sides agreed in the contract."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, PlainSerializer

from recount.contract.part import Part
from recount.contract.texts import schema_of, text_of
from recount.contract.times import DURATION, Day, as_duration, format_duration

_BUSINESS_DAYS = "[1-9][0-9]{0,2} business days?"
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WEEK: tuple[Weekday, ...] = get_args(Weekday)


@dataclass(frozen=True)
class BusinessDays:
    """So many business days."""

    count: int

    def __str__(self) -> str:
        """As a contract writes it."""
        return f"{self.count} business day{'' if self.count == 1 else 's'}"


def _time(value: object) -> timedelta | BusinessDays:
    if isinstance(value, BusinessDays | timedelta):
        return value
    if re.fullmatch(_BUSINESS_DAYS, text_of(value)):
        return BusinessDays(int(text_of(value).split()[0]))
    return as_duration(value)


def in_words(time: timedelta | BusinessDays) -> str:
    """Write elapsed time or business days as a contract does."""
    return str(time) if isinstance(time, BusinessDays) else format_duration(time)


DurationOrBusinessDays = Annotated[
    timedelta | BusinessDays,
    BeforeValidator(_time),
    PlainSerializer(in_words, return_type=str),
    schema_of(f"{DURATION}|{_BUSINESS_DAYS}"),
]


class BusinessCalendar(Part):
    """Which days are business days."""

    holidays: tuple[Day, ...]
    """Days that are none whatever their weekday; there is no default, and none is an empty list."""
    workdays: tuple[Weekday, ...] = Field(default=_WEEK[:5], min_length=1)
    """The weekdays that are business days; Monday to Friday unless it says otherwise."""

    def after(self, day: date, time: BusinessDays) -> date:
        """Return the last of so many business days after a day, which itself is not counted."""
        for _ in range(time.count):
            day += timedelta(days=1)
            while _WEEK[day.weekday()] not in self.workdays or day in self.holidays:
                day += timedelta(days=1)
        return day

    def at_least(self, time: BusinessDays) -> timedelta:
        """Return the shortest elapsed time that so many business days can take."""
        week = len(set(self.workdays))
        return timedelta(days=time.count + (7 - week) * ((time.count - 1) // week))
