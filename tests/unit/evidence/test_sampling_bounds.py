"""The bounds of a sample are those of published tables, and hold by their own definition."""

from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest

from recount.evidence.sampling import bounds

CONFIDENT = Fraction(95, 100)
# AICPA, Audit Sampling, Statistical Sampling Results Evaluation Table for Tests of Controls, upper
# limits at 5 percent risk of overreliance: percent by errors found, for each size of a sample.
TABLE = {
    25: ("11.3", "17.6"),
    60: ("4.9", "7.7", "10.2", "12.5", "14.7"),
    100: ("3.0", "4.7", "6.2", "7.6", "9.0", "10.3"),
    200: ("1.5", "2.4", "3.2", "3.9", "4.6", "5.2"),
}


@pytest.mark.parametrize("draws", TABLE)
def test_a_rate_is_that_of_the_published_table(draws: int) -> None:
    for errors, percent in enumerate(TABLE[draws]):
        found = bounds.rate(errors, draws, CONFIDENT) * 100
        # the table has one decimal, some of them rounded up
        assert Fraction(-1, 10) < found - Fraction(percent) <= Fraction(1, 20), (draws, errors)


def test_a_rate_leaves_just_the_risk_that_was_asked_for() -> None:
    rate = bounds.rate(2, 50, CONFIDENT)
    for share, is_above in ((rate, False), (rate - Fraction(1, 10**8), True)):
        likely = sum(comb(50, k) * share**k * (1 - share) ** (50 - k) for k in range(3))
        assert (likely > 1 - CONFIDENT) is is_above


def test_without_an_error_money_is_bounded_by_the_rate_of_none() -> None:
    # 1 - 0.05 ** (1 / 60) is 4.87 percent
    assert bounds.money([], 60, Decimal("10000.00"), CONFIDENT) == Decimal("487.03")


def test_lines_that_are_wholly_wrong_are_bounded_exactly() -> None:
    whole = bounds.money([Fraction(1)] * 3, 100, Decimal("1000000"), CONFIDENT)
    exact = bounds.rate(3, 100, CONFIDENT) * 1_000_000
    assert exact <= Fraction(whole) < exact + Fraction(1, 100)


def test_a_line_that_is_partly_wrong_counts_with_its_share() -> None:
    none, half, all_ = (
        bounds.money(taints, 60, Decimal("10000.00"), CONFIDENT)
        for taints in ([], [Fraction(1, 2)], [Fraction(1)])
    )
    assert abs((none + all_) / 2 - half) <= Decimal("0.01")


def test_the_larger_share_weighs_more_whatever_the_order() -> None:
    shares = [Fraction(1, 10), Fraction(9, 10)]
    total = Decimal("1000.00")
    assert bounds.money(shares, 60, total, CONFIDENT) == bounds.money(
        shares[::-1], 60, total, CONFIDENT
    )


def test_nothing_is_wrong_in_more_than_there_is() -> None:
    assert bounds.money([Fraction(1)] * 5, 5, Decimal("9.99"), CONFIDENT) == Decimal("9.99")
    assert bounds.rate(5, 5, CONFIDENT) == 1


@pytest.mark.parametrize(
    ("errors", "drawn", "population"), [(0, 10, 50), (1, 20, 100), (3, 30, 90)]
)
def test_a_count_is_the_largest_that_is_not_too_unlikely(
    errors: int, drawn: int, population: int
) -> None:
    found = bounds.count(errors, drawn, population, CONFIDENT)

    def likely(wrong: int) -> Fraction:
        ways = sum(comb(wrong, k) * comb(population - wrong, drawn - k) for k in range(errors + 1))
        return Fraction(ways, comb(population, drawn))

    assert likely(found) > 1 - CONFIDENT >= likely(found + 1)


def test_a_population_that_was_drawn_whole_has_the_errors_that_were_found() -> None:
    assert bounds.count(2, 50, 50, CONFIDENT) == 2
