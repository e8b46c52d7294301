"""How much may be wrong at most, by what a sample shows: exact bounds, in whole numbers.

- `rate`: the one-sided upper limit of Clopper and Pearson (Biometrika 26, 1934) for a share, from
  draws with replacement: the p for which so few errors have just the probability 1 - confidence.
- `count`: the same of a population from which each was drawn at most once (hypergeometric).
- `money`: monetary-unit sampling by Stringer (1963; AICPA, Audit Sampling). With the taints in
  falling order, total * (p(0) + sum over j of (p(j) - p(j - 1)) * taint(j)), p(j) being the `rate`
  of j errors. Where each line is right or wholly wrong it is exact, as it is `rate` then; with
  taints between, no case is known in which it is too low (it has not been proven for all).

Each is rounded up, so that what is printed is never too low.
"""

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from math import comb

_STEPS = 10**8  # a rate is found to eight decimals


def rate(errors: int, draws: int, confidence: Fraction) -> Fraction:
    """Return the share that is wrong at most, given so many errors in so many draws."""
    if errors >= draws:
        return Fraction(1)
    low, high = 0, _STEPS
    while high - low > 1:
        middle = (low + high) // 2
        likely = sum(
            comb(draws, wrong) * middle**wrong * (_STEPS - middle) ** (draws - wrong)
            for wrong in range(errors + 1)
        )
        if likely > (1 - confidence) * _STEPS**draws:
            low = middle
        else:
            high = middle
    return Fraction(high, _STEPS)


def count(errors: int, drawn: int, population: int, confidence: Fraction) -> int:
    """Return how many of a population are wrong at most, each having been drawn at most once."""
    low, high = errors, population - (drawn - errors)
    while low < high:
        wrong = (low + high + 1) // 2
        likely = sum(
            comb(wrong, found) * comb(population - wrong, drawn - found)
            for found in range(errors + 1)
        )
        if likely > (1 - confidence) * comb(population, drawn):
            low = wrong
        else:
            high = wrong - 1
    return low


def money(taints: Sequence[Fraction], draws: int, total: Decimal, confidence: Fraction) -> Decimal:
    """Return how much of a total is wrong at most; a taint is the wrong share of a drawn line."""
    share = rate(0, draws, confidence)
    rates = [rate(number, draws, confidence) for number in range(len(taints) + 1)]
    for number, taint in enumerate(sorted(taints, reverse=True), start=1):
        share += (rates[number] - rates[number - 1]) * taint
    cents = min(share, Fraction(1)) * Fraction(total) * 100
    return (Decimal(-(-cents.numerator // cents.denominator)) / 100).quantize(
        Decimal("0.01"), ROUND_CEILING
    )
