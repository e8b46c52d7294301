"""The months and bounds that a build reads beside the contract's terms."""

from datetime import UTC, datetime, timedelta

from recount.inputs import interval_rows, period_rows, run_rows
from recount.periods import Period
from tests.support.cases import contract_of

CONTRACT = contract_of(
    settlement={"final_after": "30 days", "unverifiable": "query"},
    pricing={
        "resolution": {"per_outcome": "1.00"},
        "performance": {
            "month": {"of": "resolution", "at_least": "80", "pays": "1.00"},
            "days": {"of": "resolution", "per": "day", "at_least": "80", "pays": "1.00"},
            "hours": {"of": "resolution", "per": "hour", "at_least": "80", "pays": "1.00"},
        },
    },
)
MARCH = Period.named("2026-03", CONTRACT.zone)
MICROSECOND = timedelta(microseconds=1)


def months(first: datetime, last: datetime) -> list[str]:
    return [row["period"] for row in period_rows([(CONTRACT, first, last)]).to_pylist()]


def test_the_last_month_is_that_of_the_last_instant_also_where_it_is_the_first_of_a_month() -> None:
    begin = datetime(2026, 1, 31, 23, 59, tzinfo=UTC)
    assert months(begin, MARCH.starts_at - MICROSECOND) == ["2026-01", "2026-02"]
    assert months(begin, MARCH.starts_at) == ["2026-01", "2026-02", "2026-03"]


def test_a_month_can_be_final_so_long_after_its_end_as_the_contract_says() -> None:
    (row,) = run_rows([(CONTRACT, MARCH, datetime(2026, 6, 1, tzinfo=UTC))]).to_pylist()
    assert row["final_from"] == datetime(2026, 5, 1)
    assert (row["period_starts_at"], row["period_ends_at"]) == (
        datetime(2026, 3, 1), datetime(2026, 4, 1),
    )  # fmt: skip


def test_a_share_is_of_the_month_of_its_days_or_of_its_hours() -> None:
    terms = [row["term"] for row in interval_rows([(CONTRACT, MARCH)]).to_pylist()]
    assert (terms.count("month"), terms.count("days"), terms.count("hours")) == (1, 31, 744)
