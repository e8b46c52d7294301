"""Amounts as people and documents have them: in the currency's minor unit, half to even."""

from decimal import ROUND_HALF_EVEN, Decimal


def written(amount: Decimal, minor_units: int) -> str:
    """Write an amount with the decimals of its minor unit, of which `minor_units` make one."""
    digits = len(str(minor_units)) - 1
    return f"{amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN):f}"
