"""Cost and usage by the FOCUS specification (1.0 and later), as CSV: `system: focus_csv`.

One record is one line. Tax is left out. What is about an earlier period (`ChargeClass: Correction`)
is never an outcome of this one. Costs may have more decimals than we keep; they are rounded to six,
half to even, and the file is refused where that changes its total by a cent.
"""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from recount.errors import SourceError
from recount.sources.invoices import tables
from recount.sources.invoices.claims import Claim, Document
from recount.sources.invoices.figures import agree, figure, rounded
from recount.sources.invoices.invoice_file import InvoiceFile, InvoiceSettings
from recount.sources.invoices.line_types import declared, undeclared
from recount.sources.terms import Names, SourceTerms
from recount.sources.words import shown

_ABSENT = ("", "NULL", "null")
_FACTS = (
    "SkuId", "ChargeDescription", "ServiceName", "SkuPriceId", "ResourceType", "ChargeCategory",
    "PricingUnit",
)  # fmt: skip
_REQUIRED = (
    "BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodStart", "ChargeCategory",
    "ChargeDescription", "ServiceName",
)  # fmt: skip
# A provider has these columns only where it has something to say in them.
_MAY_LACK = ("ChargeClass", "ContractedUnitPrice", "ListUnitPrice", "Tags")
_MONTH = re.compile(r"([0-9]{4}-[0-9]{2})-[0-9]{2}([T ][0-9:]{5,8}(\.[0-9]+)?Z?)?")


def _subject(said: dict[str, str] | None) -> dict[str, str] | None:
    if said is not None and (len(said) != 1 or not set(said) <= {"column", "tag"}):
        raise ValueError('write {column: "ResourceId"} or {tag: "ticket_id"}')
    return said


class FocusSettings(InvoiceSettings):
    """`only` keeps the records of one invoice, where the file has those of others too."""

    subject: Annotated[dict[str, str] | None, AfterValidator(_subject)] = None
    quantity: Literal["PricingQuantity", "ConsumedQuantity"] = "PricingQuantity"
    only: dict[str, Names] = Field(default_factory=dict)


class FocusCsv(InvoiceFile):
    """`system: focus_csv`."""

    system = "focus_csv"
    settings = FocusSettings
    facts = _FACTS

    def claims(self, terms: SourceTerms, file_name: str, data: bytes | Path) -> list[Claim]:
        """Read the records; SourceError names file and record."""
        said = terms.typed(FocusSettings)
        subject = [said.subject["column"]] if said.subject and "column" in said.subject else []
        wanted = list(dict.fromkeys([*_REQUIRED, *said.only, *subject]))
        also = {*_FACTS, *_MAY_LACK, said.quantity} - {*wanted}
        rows = tables.csv_rows(data, file_name, tables.Dialect())
        exact = Decimal(0)
        claims = []
        for number, cells in tables.records(rows, file_name, wanted, also=sorted(also)):
            record = _Record(said, file_name, number, {k: c.text for k, c in cells.items()})
            if record.is_billed():
                claims.append(record.claim())
                exact += record.figure("BilledCost")
        total = sum((claim.amount for claim in claims), Decimal(0))
        agree(exact, total, file_name, "BilledCost", "amounts with six decimals")
        return claims


class _Record:
    def __init__(
        self, said: FocusSettings, file_name: str, number: int, cells: dict[str, str]
    ) -> None:
        self.said = said
        self.number = number
        self.where = f"{file_name}, record {number}"
        self.cells = {key: text for key, text in cells.items() if text not in _ABSENT}

    def is_billed(self) -> bool:
        is_ours = all(self.cells.get(key) in texts for key, texts in self.said.only.items())
        return is_ours and self.cells.get("ChargeCategory") != "Tax"

    def claim(self) -> Claim:
        facts = {key: [self.cells[key]] for key in _FACTS if key in self.cells}
        is_correction = self.cells.get("ChargeClass") == "Correction"
        outcome = None if is_correction else declared(self.said.outcomes, facts, self.where)
        amount = rounded(self.figure("BilledCost"), f"{self.where}, BilledCost")
        quantity = self._quantity(amount)
        return Claim(
            document=self._document(),
            place=f"record {self.number}",
            number=self.number,
            line_id=str(self.number),
            outcome=outcome or undeclared(facts, "correction" if is_correction else "item"),
            amount=amount,
            quantity=quantity,
            unit_price=self._unit_price(amount, quantity),
            subject_id=self._subject() if outcome else None,
            reason=self.cells.get("ChargeDescription"),
        )

    def figure(self, name: str) -> Decimal:
        return figure(self._required(name), f"{self.where}, {name}")

    def _document(self) -> Document:
        started = self._required("BillingPeriodStart")
        month = _MONTH.fullmatch(started)
        if not month:
            raise SourceError(f"{self.where}, BillingPeriodStart {shown(started)} is no date")
        return Document(
            number=f"{self._required('BillingAccountId')}/{month[1]}",
            currency_code=self._required("BillingCurrency"),
            billed_month=month[1],
        )

    def _quantity(self, amount: Decimal) -> Decimal:
        """Return the quantity; a credit may have one of any sign, which says nothing."""
        name = self.said.quantity
        if name not in self.cells:
            return Decimal(1)
        quantity = rounded(self.figure(name), f"{self.where}, {name}")
        return abs(quantity) if amount < 0 else quantity

    def _unit_price(self, amount: Decimal, quantity: Decimal) -> Decimal:
        for name in ("ContractedUnitPrice", "ListUnitPrice"):
            if name in self.cells:
                return rounded(self.figure(name), f"{self.where}, {name}")
        return rounded(amount / (quantity or 1), f"{self.where}, BilledCost")

    def _subject(self) -> str | None:
        where = self.said.subject
        if not where or "column" in where:
            return self.cells.get(where["column"]) if where else None
        try:
            tags = json.loads(self.cells.get("Tags", "{}"))
        except (ValueError, RecursionError):
            tags = None
        if not isinstance(tags, dict):
            raise SourceError(f"{self.where}, Tags is no JSON object; ask the vendor to correct it")
        found = tags.get(where["tag"])
        return None if found in (None, "") else str(found)

    def _required(self, name: str) -> str:
        if name not in self.cells:
            raise SourceError(f"{self.where}, {name} is empty; ask the vendor to fill it in")
        return self.cells[name]
