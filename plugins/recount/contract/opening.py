"""A contract as it is in one month: what no milestone has opened by then costs nothing."""

from decimal import Decimal
from typing import Any

from recount.contract.model import Contract
from recount.contract.pricing import UsagePrice
from recount.periods import first_day

_FREE = UsagePrice.model_construct(each=Decimal(0))


def in_month(contract: Contract, period: str) -> Contract:
    """Return the contract with no price for the fees, the usage and the floor that are closed.

    Whether an outcome is open is decided by its own instant and not here.
    """
    pricing = contract.pricing
    closed = {
        name
        for milestone in pricing.milestones.values()
        if not milestone.is_reached_by(first_day(period))
        for name in milestone.opens
    }
    changes: dict[str, Any] = {
        "usage": {name: _FREE if name in closed else price for name, price in pricing.usage.items()}
    }
    if "platform_fee" in closed:
        changes["platform_fee"] = None
    if "monthly_floor" in closed and pricing.monthly:
        changes["monthly"] = pricing.monthly.model_copy(update={"floor": None})
    return contract.model_copy(update={"pricing": pricing.model_copy(update=changes)})
