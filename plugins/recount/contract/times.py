"""Days and durations as a contract writes them."""

import re
from datetime import date, timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from recount.contract.texts import schema_of, text_of
from recount.contract.vocabulary import shown
from recount.periods import parse_duration

_LONGEST = timedelta(days=3660)
DURATION = "[1-9][0-9]{0,5} (minute|hour|day|week)s?"
# From 1900 on, so that midnight in any zone is an instant that every engine can hold.
_DAY = "(19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}"


def format_duration(duration: timedelta) -> str:
    """Write elapsed time as a contract does; from two days on in days (a day is 24 hours)."""
    if duration >= timedelta(days=2) and duration % timedelta(days=1) == timedelta(0):
        unit, count = "day", duration.days
    elif duration % timedelta(hours=1) == timedelta(0):
        unit, count = "hour", duration // timedelta(hours=1)
    else:
        unit, count = "minute", duration // timedelta(minutes=1)
    return f"{count} {unit}{'' if count == 1 else 's'}"


def as_duration(value: object) -> timedelta:
    """Read elapsed time as a contract writes it; ValueError says what is wrong."""
    duration = parse_duration(text_of(value))
    if duration > _LONGEST:
        raise ValueError(f"{shown(str(value))} is longer than ten years; write a shorter duration")
    return duration


def _day(value: object) -> date:
    text = text_of(value)
    try:
        if re.fullmatch(_DAY, text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # such as 30 February: said below
    raise ValueError(f"{shown(text)} is no date; write for example 2026-07-01")


Duration = Annotated[
    timedelta,
    BeforeValidator(as_duration),
    PlainSerializer(format_duration, return_type=str),
    schema_of(DURATION),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
