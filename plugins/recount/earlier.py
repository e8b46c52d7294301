"""What a month takes over from those before it: how each of them was settled.

Only a contract whose months share something (a year's ceiling, credits, escrow) depends on other
months. As any other input this one is pinned, so that a run repeated reads the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from recount import due, published
from recount.contract.balances import Balances, Settled, balances, earlier_periods
from recount.contract.canonical import digest
from recount.contract.model import Contract
from recount.month import Month

# what of a settled month others depend on, in the order of `Settled`
_SETTLED = ("amount", "credits", "escrow")


@dataclass(frozen=True)
class EarlierMonths:
    """How the months were settled that a month depends on, and which are not settled yet."""

    settled: tuple[Settled, ...] = ()
    open_periods: tuple[str, ...] = ()
    digest: str | None = None
    """That of the statements which said so; None where the month depends on no other."""

    @classmethod
    def of(cls, document: Mapping[str, Any] | None) -> "EarlierMonths":
        """Read what a pin, or a manifest of marts, says of them."""
        if document is None:
            return cls()
        return cls(
            settled=tuple(
                Settled(each["period"], *(Decimal(each[name]) for name in _SETTLED))
                for each in document["settled"]
            ),
            open_periods=tuple(document["open"]),
            digest=published.sha256(published.canonical(document["settled"])),
        )

    def balances(self, contract: Contract, period: str) -> Balances:
        """Return what they left of what the months of a contract share."""
        return balances(contract, period, self.settled)


def pin_earlier_months(month: Month, *, refresh: bool = False) -> dict[str, list[Any]] | None:
    """Return how earlier months were settled as of this month's `as_of`, and pin it.

    What was pinned before is returned again, unless `refresh`, or one of them was open then. None
    where the month depends on no other.
    """
    contract = month.contract
    if not contract.pricing.is_shared:
        return None
    folder = _pin_folder(month, contract)
    pin = published.newest(month.lake, folder)
    is_pinned = pin and pin["contract_sha256"] == digest(contract) and not pin["open"]
    if pin is None or refresh or not is_pinned:
        pin = {"contract_sha256": digest(contract), **_found(month, contract)}
        published.publish(month.lake, folder, pin)
    return {"settled": pin["settled"], "open": pin["open"]}


def take_over(month: Month, aside: Month) -> None:
    """Let a month in another lake depend on what earlier ones settled in its own."""
    contract = month.contract
    if contract.pricing.is_shared:
        pin = {"contract_sha256": digest(contract), **_found(month, contract)}
        published.publish(aside.lake, _pin_folder(aside, contract), pin)


def _pin_folder(month: Month, contract: Contract) -> str:
    return f"pins/{month.slot(contract).path}/earlier_months"


def _found(month: Month, contract: Contract) -> dict[str, list[Any]]:
    standing = due.standing_statements(month.lake, contract.contract, until=month.instant)
    settled, open_periods = [], []
    for period in earlier_periods(month.versions, contract, month.period):
        statement = standing.get(period)
        if statement is None or statement["settles"] is None:
            open_periods.append(period)
            continue
        settled.append({
            "period": period,
            "as_of": statement["as_of"],
            "statement": published.sha256(published.canonical(statement)),
            **{name: statement["settles"].get(name, "0") for name in _SETTLED},
        })  # fmt: skip
    return {"settled": settled, "open": open_periods}
