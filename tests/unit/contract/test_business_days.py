"""A deadline may be counted in business days, by the holidays that the contract lists itself."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from recount.contract.business_days import BusinessCalendar, BusinessDays
from recount.contract.canonical import canonical_json
from recount.contract.reading import read
from recount.errors import ContractError
from tests.unit.contract.acme import acme_with, contract_of

IN_DAYS = "dispute_within: 30 days"
SUNDAY = date(2026, 11, 1)
HOLIDAYS = "business_days: {holidays: [2026-12-25, 2026-12-28, 2027-01-01]}"


def last_day(folder: Path, issued_on: str, within: str, calendar: str = HOLIDAYS) -> date | None:
    contract = contract_of(folder, acme_with(IN_DAYS, f"dispute_within: {within}, {calendar}"))
    return contract.settlement.dispute_by(date.fromisoformat(issued_on))


@pytest.mark.parametrize(
    ("issued_on", "within", "ends_on"),
    [
        # the day of the invoice is none of them
        ("2026-12-14", "1 business day", "2026-12-15"),
        ("2026-12-11", "1 business day", "2026-12-14"),  # a Friday
        ("2026-12-12", "1 business day", "2026-12-14"),  # a Saturday
        ("2026-12-14", "5 business days", "2026-12-21"),
        # Christmas and the Monday after it are holidays, and so is New Year
        ("2026-12-24", "1 business day", "2026-12-29"),
        ("2026-12-24", "3 business days", "2026-12-31"),
        ("2026-12-24", "4 business days", "2027-01-04"),
    ],
)
def test_business_days_leave_weekends_and_holidays_out(
    tmp_path: Path, issued_on: str, within: str, ends_on: str
) -> None:
    assert last_day(tmp_path, issued_on, within) == date.fromisoformat(ends_on)


def test_a_contract_says_which_weekdays_are_worked(tmp_path: Path) -> None:
    gulf = "business_days: {holidays: [], workdays: [sunday, monday, tuesday, wednesday, thursday]}"
    assert last_day(tmp_path, "2026-12-17", "1 business day", gulf) == date(2026, 12, 20)


@pytest.mark.parametrize(
    ("within", "days"), [(1, 1), (4, 4), (5, 5), (6, 8), (7, 9), (10, 12), (11, 15)]
)
def test_the_least_time_is_that_of_a_first_day_on_monday(within: int, days: int) -> None:
    calendar = BusinessCalendar(holidays=())
    assert calendar.at_least(BusinessDays(within)) == timedelta(days=days)
    assert calendar.after(SUNDAY, BusinessDays(within)) == SUNDAY + timedelta(days=days)


def test_one_day_of_the_week_is_enough(tmp_path: Path) -> None:
    mondays = "business_days: {holidays: [], workdays: [monday]}"
    assert last_day(tmp_path, "2026-12-14", "2 business days", mondays) == date(2026, 12, 28)


def test_elapsed_days_are_counted_as_before(tmp_path: Path) -> None:
    settlement = contract_of(tmp_path, acme_with(IN_DAYS, IN_DAYS)).settlement
    assert settlement.dispute_by(date(2026, 12, 24)) == date(2027, 1, 23)


@pytest.mark.parametrize(
    ("settled", "says"),
    [
        ("dispute_within: 10 business days", "which days are holidays is missing"),
        (f"dispute_within: 10 days, {HOLIDAYS}", "nothing counts business days"),
        (HOLIDAYS, "nothing counts business days"),
        ("dispute_within: 10 business days, business_days: {}", "holidays"),
        ("dispute_within: 0 business days, business_days: {holidays: []}", "write for example"),
        ("dispute_within: 10 business days, business_days: {holidays: [2026-02-30]}", "no date"),
        (
            "dispute_within: 9 business days, business_days: {holidays: [], workdays: []}",
            "workdays",
        ),
        (
            "dispute_within: 9 business days, business_days: {holidays: [], workdays: [mo]}",
            "monday",
        ),
    ],
)
def test_what_nobody_can_count_by_is_refused_with_its_line(
    tmp_path: Path, settled: str, says: str
) -> None:
    path = tmp_path / "acme.yml"
    path.write_text(acme_with(IN_DAYS, settled))
    with pytest.raises(ContractError, match=rf"acme\.yml:\d+: .*{says}"):
        read(path)


def test_the_canonical_json_reads_as_the_same_contract(tmp_path: Path) -> None:
    text = acme_with(IN_DAYS, f"dispute_within: 10 business days, {HOLIDAYS}")
    contract = contract_of(tmp_path, text)
    again = tmp_path / "again.yml"
    again.write_bytes(canonical_json(contract))
    assert b'"dispute_within":"10 business days"' in canonical_json(contract)
    assert read(again).settlement == contract.settlement
