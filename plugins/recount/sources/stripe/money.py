"""Amounts as Stripe counts them: whole numbers of a unit that is not always ISO 4217's minor unit.

Source: docs.stripe.com/currencies, of which the special cases go before the list of currencies
without decimals.
"""

from decimal import Decimal

from recount.errors import SourceError

_NO_DECIMALS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
     "XOF", "XPF")
)  # fmt: skip
_THREE_DECIMALS = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))
# counted in hundredths that are always 00, although they have no decimals
_WHOLE = frozenset(("ISK", "UGX"))


def decimals(currency_code: str) -> int:
    """Return how many of the last digits of an amount are decimals, by an ISO 4217 code."""
    if currency_code in _NO_DECIMALS:
        return 0
    return 3 if currency_code in _THREE_DECIMALS else 2


def major(amount: int, currency_code: str, what: str) -> Decimal:
    """Return an amount in the currency's own unit; `what` is named if there cannot be such one."""
    if currency_code in _WHOLE and amount % 100:
        raise SourceError(
            f"{what} is {amount} hundredths of {currency_code}, which has none; ask Stripe's "
            "support how it counts that currency now"
        )
    return Decimal(amount).scaleb(-decimals(currency_code))
