"""Billing months and instants: bounds in a zone, names, and how each must be written."""

from datetime import UTC, date, datetime, timedelta

import pytest

from recount.periods import (
    Period,
    first_day,
    following,
    format_instant,
    parse_duration,
    parse_instant,
    zone,
)

BERLIN = zone("Europe/Berlin")
MICROSECOND = timedelta(microseconds=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- months


@pytest.mark.parametrize(
    ("name", "starts_at", "ends_at"),
    [
        ("2026-01", "2025-12-31 23:00", "2026-01-31 23:00"),
        ("2026-03", "2026-02-28 23:00", "2026-03-31 22:00"),
        ("2026-10", "2026-09-30 22:00", "2026-10-31 23:00"),
        ("2026-12", "2026-11-30 23:00", "2026-12-31 23:00"),
        ("2028-02", "2028-01-31 23:00", "2028-02-29 23:00"),
    ],
)
def test_a_month_goes_from_midnight_to_midnight_in_its_zone(
    name: str, starts_at: str, ends_at: str
) -> None:
    month = Period.named(name, BERLIN)
    assert (month.starts_at, month.ends_at) == (utc(starts_at), utc(ends_at))


@pytest.mark.parametrize("name", ["2026-00", "2026-13", "2026-1", "0001-12", "26-01", "2026-03-01"])
def test_what_is_no_month_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no period; write a month such as 2016-03"):
        Period.named(name, BERLIN)


def test_the_first_months_that_there_are_have_bounds() -> None:
    assert Period.named("0002-01", zone("UTC")).starts_at == datetime(2, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", ["2025-12", "2026-03", "2026-10", "2026-12"])
def test_every_instant_is_in_one_month(name: str) -> None:
    month = Period.named(name, BERLIN)
    after, last = month.next(BERLIN), month.ends_at - MICROSECOND
    assert Period.containing(month.starts_at, BERLIN) == month
    assert Period.containing(last, BERLIN) == month
    assert Period.containing(month.ends_at, BERLIN) == after
    assert month.ends_at == after.starts_at


def test_an_instant_in_the_hour_that_comes_twice_at_a_months_end_is_in_the_later_month() -> None:
    # Clocks went back from midnight of the first of November to eleven: October came round again.
    havana = zone("America/Havana")
    ends_at = Period.named("2026-10", havana).ends_at
    assert Period.containing(ends_at, havana).name == "2026-11"
    assert Period.containing(ends_at + timedelta(hours=1), havana).name == "2026-11"


@pytest.mark.parametrize(
    ("as_of", "name"),
    [
        ("2026-03-31 22:00", "2026-03"),
        ("2026-03-31 21:59:59.999999", "2026-02"),
        ("2026-01-01 00:00", "2025-12"),
    ],
)
def test_the_month_that_ended_last_is_the_one_before_the_current_one(as_of: str, name: str) -> None:
    assert Period.closed_before(utc(as_of), BERLIN).name == name


def test_months_follow_each_other_over_the_year() -> None:
    months = ["2025-11"]
    while len(months) < 14:
        months.append(following(months[-1]))
    assert months[:3] + months[-2:] == ["2025-11", "2025-12", "2026-01", "2026-11", "2026-12"]
    assert len(set(months)) == 14


def test_a_month_begins_on_its_first_day() -> None:
    assert first_day("2026-03") == Period.named("2026-03", BERLIN).first_day == date(2026, 3, 1)


# --- instants and durations


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-01T09:00:00Z", "2026-03-01 09:00"),
        ("2026-03-01 09:00+01:00", "2026-03-01 08:00"),
        ("2026-03-01T09:00:00.000001-0530", "2026-03-01 14:30:00.000001"),
    ],
)
def test_an_instant_is_read_with_its_offset(text: str, instant: str) -> None:
    assert parse_instant(text) == utc(instant)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T09:00:00",
        "2026-03-01",
        "2026-02-30T09:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "now",
    ],
)
def test_what_is_no_instant_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not an instant; write an instant with its offset"):
        parse_instant(text)


def test_an_instant_is_written_in_utc_and_with_microseconds_where_it_has_any() -> None:
    assert format_instant(parse_instant("2026-03-01T09:00:00+01:00")) == "2026-03-01T08:00:00Z"
    written = format_instant(utc("2026-03-01 08:00:00.000001"))
    assert written == "2026-03-01T08:00:00.000001Z"


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("1 minute", timedelta(minutes=1)),
        ("24 hours", timedelta(days=1)),
        ("14 days", timedelta(days=14)),
        ("2 weeks", timedelta(days=14)),
    ],
)
def test_a_duration_is_elapsed_time(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["0 days", "14", "14 months", "-1 day", "1.5 days", "14  days"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration; write for example"):
        parse_duration(text)


@pytest.mark.parametrize("name", ["Europe/Berlim", "../etc/passwd", "", "europe/berlin"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no time zone"):
        zone(name)


# --- intervals of a month


@pytest.mark.parametrize(
    ("in_zone", "month"),
    [
        ("Europe/Berlin", "2026-03"),
        ("Europe/Berlin", "2026-10"),
        ("UTC", "2028-02"),
        # a midnight that clocks skip, and one that comes twice
        ("America/Santiago", "2026-09"),
        ("America/Havana", "2026-11"),
        ("Australia/Lord_Howe", "2026-04"),
    ],
)
def test_days_and_hours_follow_each_other_from_the_months_beginning_to_its_end(
    in_zone: str, month: str
) -> None:
    period = Period.named(month, zone(in_zone))
    for intervals in (period.days(zone(in_zone)), period.hours(zone(in_zone))):
        starts = [each.starts_at for each in intervals]
        ends = [each.ends_at for each in intervals]
        assert [*starts, period.ends_at] == [period.starts_at, *ends]
        assert all(start < end for start, end in zip(starts, ends, strict=True))
        assert len({each.name for each in intervals}) == len(intervals)


def test_a_day_on_which_clocks_turn_has_23_or_25_hours() -> None:
    def length(month: str, day: str) -> timedelta:
        (found,) = [each for each in Period.named(month, BERLIN).days(BERLIN) if each.name == day]
        return found.ends_at - found.starts_at

    assert length("2026-03", "2026-03-29") == timedelta(hours=23)
    assert length("2026-10", "2026-10-25") == timedelta(hours=25)
    assert length("2026-10", "2026-10-26") == timedelta(hours=24)


def test_a_month_has_a_day_for_each_date() -> None:
    assert [len(Period.named(f"2028-{month:02}", BERLIN).days(BERLIN)) for month in (1, 2, 4)] == [
        31, 29, 30,
    ]  # fmt: skip


def test_an_hour_that_comes_twice_has_two_names() -> None:
    hours = Period.named("2026-10", BERLIN).hours(BERLIN)
    assert len(hours) == 31 * 24 + 1
    names = [each.name for each in hours if "2026-10-25T02:00" in each.name]
    assert names == ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"]
