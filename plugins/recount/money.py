"""Amounts as people and documents have them: in the currency's minor unit, half to even."""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext

_EACH = Decimal("0.0001")


def rounded(amount: Decimal, minor_units: int) -> Decimal:
    """Round to the currency's minor unit, of which `minor_units` make one."""
    digits = len(str(minor_units)) - 1
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)


def written(amount: Decimal, minor_units: int) -> str:
    """Write an amount with the decimals of its minor unit."""
    return f"{rounded(amount, minor_units):f}"


def each(amount: Decimal, count: int) -> str | None:
    """Write what each of so many comes to, with four decimals; None where there is none."""
    with localcontext(prec=60):
        return str((amount / count).quantize(_EACH, ROUND_HALF_EVEN)) if count else None
