"""Whether what came of an invoice or a credit note is all of it: Stripe counts no lines, but sums.

Source: docs.stripe.com/api/invoices/object (`subtotal`, `total_excluding_tax`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from recount.errors import SourceError
from recount.sources.stripe.invoicing.shapes import CreditLine, Line, net


@dataclass
class Sum:
    """The lines of one document so far, in minor units; `what` is it in a sentence."""

    what: str
    gross: int = 0
    net: int = 0
    _ids: set[str] = field(default_factory=set)

    def add(self, lines: Sequence[Line] | Sequence[CreditLine]) -> None:
        """Count a page; SourceError where one of its lines came before."""
        for line in lines:
            if line.id in self._ids:
                raise SourceError(
                    f"{self.what} has the line {line.id} twice; run again, and ask Stripe's "
                    "support if it stays so"
                )
            self._ids.add(line.id)
            self.gross += line.amount
            self.net += net(line)

    def prove(self, *, subtotal: int, total_excluding_tax: int | None) -> None:
        """Raise a SourceError where the lines are not what the document says that they come to."""
        if total_excluding_tax is not None:
            self._refuse(self.net, total_excluding_tax)
        # an invoice's subtotal has the discounts of some lines in it, and those of others not
        if total_excluding_tax is None or self.net == self.gross:
            self._refuse(self.gross, subtotal)

    def _refuse(self, came: int, said: int) -> None:
        if came != said:
            raise SourceError(
                f"{self.what} says that its lines come to {said} (in the smallest unit), and those "
                f"that came make {came}; run again, and ask the vendor if it stays so"
            )
