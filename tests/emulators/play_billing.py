"""A vendor that bills, over Stripe's API, what the demo wrote down that it counts."""

import csv
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.emulators.stripe import Stripe
from tests.emulators.stripe_billing import Item

ZONE = ZoneInfo("Europe/Berlin")
WHAT = "Resolved ticket"
Month = tuple[datetime, datetime]


@dataclass
class Vendor:
    """Issues each month's invoice on its day; `invoices` are the files still to come, by day."""

    stripe: Stripe
    customer: str
    product: str
    founded: datetime
    invoices: list[tuple[datetime, Path]]
    prices: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, stripe: Stripe, founded: datetime) -> "Vendor":
        """Return the vendor of the invoices in a folder."""
        customer = stripe.add_customer(at=founded, name="Acme GmbH")
        product = stripe.add_product(at=founded, name=WHAT)
        invoices = sorted((_issued_at(path), path) for path in folder.iterdir())
        return cls(stripe, customer, product, founded, invoices)

    def live_until(self, instant: datetime) -> None:
        """Issue what is to be issued until then."""
        while self.invoices and self.invoices[0][0] <= instant:
            issued_at, path = self.invoices.pop(0)
            month = _month_before(issued_at)
            with path.open(encoding="utf-8", newline="") as file:
                items = [self._item(row) for row in csv.DictReader(file)]
            # the newest item is the first line
            self.stripe.bill(self.customer, items[::-1], at=issued_at, period=month)
        self.stripe.now = instant

    def _item(self, row: dict[str, str]) -> Item:
        price = row["unit_price"]
        if price not in self.prices:
            cents = price.replace(".", "")
            self.prices[price] = self.stripe.add_price(
                self.product, at=self.founded, unit_amount=cents
            )
        _, _, number = row["subject_id"].rpartition("-")
        return Item(self.prices[price], description=WHAT, metadata={"ticket": number})


def _issued_at(path: Path) -> datetime:
    with path.open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    day = datetime.fromisoformat(first["issued_on"]).replace(tzinfo=ZONE)
    return (day + timedelta(hours=9)).astimezone(UTC)


def _month_before(issued_at: datetime) -> Month:
    this = issued_at.astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0)
    before = (this - timedelta(days=1)).replace(day=1)
    return before.astimezone(UTC), this.astimezone(UTC)
