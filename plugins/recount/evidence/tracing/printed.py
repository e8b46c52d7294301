"""A figure as a mail, a letter or a workbook prints it: which figures of a statement it can be."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from recount.contract.model import Contract
from recount.evidence.tracing.catalogue import INVOICED, PAYABLE
from recount.evidence.tracing.figures import (
    CHARGES,
    LINES,
    Figure,
    Part,
    Row,
    Terms,
    figure,
    over_invoiced,
    rows_where,
)

_PRINTED = re.compile(
    r"(?:(?P<before>[A-Z]{3}) ?)?[-\u2212+]?(?P<number>\d[\d,]*(?:\.\d+)?)"
    r"(?: ?(?:(?P<after>[A-Z]{3})|(?P<lines>lines?)))?"
)
# what the money of each status is, as `reason_rows` has it in mails
_OFF = "what its price is off by"
_MONEY_OF: Mapping[str, tuple[str, int, int]] = {
    "wrong_price": (_OFF, 1, -1), "not_invoiced": ("its price by the contract", 0, 1),
}  # fmt: skip


@dataclass(frozen=True)
class Printed:
    """A number that somebody read; of money the sign is left out, as people leave it out."""

    number: Decimal
    currency: str | None
    is_count: bool

    @classmethod
    def read(cls, text: str) -> "Printed | None":
        """Read it as mails write it (`1,234.50 USD`, `USD 5`, `3 lines`); None if it is none."""
        found = _PRINTED.fullmatch(text.strip())
        if not found:
            return None
        number = Decimal(found["number"].replace(",", ""))
        return cls(number, found["before"] or found["after"], bool(found["lines"]))

    def may_be(self, value: object, *, is_money: bool) -> bool:
        """Say whether a value of a statement may be what was read."""
        if (self.currency and not is_money) or (self.is_count and is_money):
            return False
        return abs(Decimal(str(value))) == self.number


def printed_figures(lines: Sequence[Row], charges: Sequence[Row], terms: Terms) -> Iterator[Figure]:
    """Yield what mails add up beyond the statement: lines by reason, each charge, and the rest.

    The rest is what the contract's other price terms add to the lines that are claimed.
    """
    groups = dict.fromkeys((row["outcome"], row["match_status"], row["reason"]) for row in lines)
    for outcome, status, reason in groups:
        if status is None:
            continue
        path = ".".join(filter(None, ("lines", outcome, status, reason)))
        says, invoiced, ours = _MONEY_OF.get(status, ("what it bills", 1, 0))

        def money(row: Row, invoiced: int = invoiced, ours: int = ours) -> Decimal:
            bills, costs = row["amount_invoiced"] or 0, row["amount_recounted"] or 0
            return Decimal(invoiced * bills + ours * costs)

        of = {"outcome": outcome, "match_status": status, "reason": reason}
        yield figure(f"{path}.count", rows_where(LINES, "each", **of), is_stated=False)
        yield figure(
            f"{path}.amount", rows_where(LINES, says, money, **of), is_stated=False, is_money=True
        )
    claimed = Part(LINES, "less what each claimed line is off by", lambda row: _claimed(row, terms))
    yield figure("notice.arithmetic", INVOICED, PAYABLE, claimed, is_stated=False, is_money=True)
    for basis, term in dict.fromkeys((row["basis"], row["term"]) for row in charges):
        part = rows_where(CHARGES, "each", lambda row: Decimal(row["amount"]),
                          basis=basis, term=term)  # fmt: skip
        yield figure(f"charges.{basis}.{term}", part, is_stated=False, is_money=True)


def _claimed(row: Row, terms: Terms) -> Decimal | None:
    over = over_invoiced(row, terms)
    if over is None and row["match_status"] == "wrong_price":
        over = Decimal(row["amount_invoiced"] - row["amount_recounted"])
    return None if over is None else -over


def stated_beside(statement: Row, contract: Contract) -> Iterator[tuple[str, object]]:
    """Yield what is printed and made of no rows: what was taken over, terms, a year's variance."""
    yield from _stated(statement)
    terms = contract.model_dump(mode="json", exclude_none=True)
    yield from _stated({"contract": {"pricing": terms["pricing"], "tolerance": terms["tolerance"]}})
    yield "12 times amounts.variance", 12 * Decimal(statement["amounts"]["variance"])


def _stated(document: Any, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every number that stands in a document as text, with its path."""
    if isinstance(document, Mapping):
        for name, value in document.items():
            yield from _stated(value, f"{path}.{name}" if path else str(name))
    elif isinstance(document, list | tuple):
        for number, value in enumerate(document, 1):
            yield from _stated(value, f"{path}.{number}")
    elif isinstance(document, str) and re.fullmatch(r"-?\d+(\.\d+)?", document):
        yield path, document
