"""Records of a declared mapping become claims; the contract's spelling of figures decides."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import PurePath

from recount.errors import SourceError
from recount.periods import parse_instant
from recount.sources.invoices.claims import Claim, Document
from recount.sources.invoices.figures import date_reader, figure, kept, rounded
from recount.sources.invoices.line_types import declared, undeclared
from recount.sources.invoices.mapped_settings import MappedSettings
from recount.sources.invoices.tables import Cell, Record
from recount.sources.words import shown

FACTS = ("item",)
_ISO_DATE = date_reader("YYYY-MM-DD")
_LARGEST_NUMBER = Decimal(10) ** 15  # beyond, a workbook has lost digits


def claims_of(
    said: MappedSettings, file_name: str, records: Iterable[tuple[int, Record]]
) -> list[Claim]:
    """Return one claim per record."""
    return [_Mapped(said, file_name, number, record).claim() for number, record in records]


@dataclass(frozen=True)
class _Mapped:
    said: MappedSettings
    file_name: str
    number: int
    record: Record = field(repr=False)

    def claim(self) -> Claim:
        quantity, price = self._figure("quantity"), self._figure("unit_price")
        return Claim(
            document=Document(
                number=self._invoice_id(),
                currency_code=self._required("currency"),
                issued_on=self._date("issued_on"),
                due_on=self._date("due_on"),
                purchase_order=self._text("purchase_order"),
            ),
            place=f"record {self.number}",
            number=self.number,
            line_id=self._text("line_id") or str(self.number),
            outcome=self._outcome(),
            amount=self._amount(quantity, price),
            quantity=quantity,
            unit_price=price,
            subject_id=self._text("subject_id"),
            concluded_at=self._instant("concluded_at"),
        )

    def _invoice_id(self) -> str:
        """Return the invoice's number; where the contract names none, the file's name is it."""
        is_said = self._is_said("invoice_id")
        return self._required("invoice_id") if is_said else PurePath(self.file_name).stem

    def _outcome(self) -> str:
        item = self._required("outcome")
        if "outcome" in self.said.constants or not self.said.outcomes:
            return item
        facts = {"item": [item]}
        return declared(self.said.outcomes, facts, self._where("outcome")) or undeclared(facts)

    def _amount(self, quantity: Decimal, price: Decimal) -> Decimal:
        if self._is_said("amount"):
            return self._figure("amount")
        # a usage export without money: the product, exactly
        return kept(quantity * price, self._where("quantity times unit_price"))

    def _figure(self, name: str) -> Decimal:
        cell = self._cell(name)
        if not cell or not cell.text:
            raise SourceError(f"{self._where(name)} is empty: fill it in or remove the record")
        if cell.kind not in ("text", "number"):
            raise SourceError(f"{self._where(name)} {shown(cell.text)} is a {cell.kind}, no number")
        is_plain = cell.kind == "number" or name in self.said.constants
        marks = {} if is_plain else {
            "decimal_mark": self.said.decimal_mark, "thousands_mark": self.said.thousands_mark,
        }  # fmt: skip
        value = figure(cell.text, self._where(name), **marks)
        if name == "unit_price":
            return rounded(value, self._where(name))
        return kept(value, self._where(name))

    def _date(self, name: str) -> date | None:
        cell = self._cell(name)
        if not cell or not cell.text:
            return None
        is_iso = cell.kind == "date" or name in self.said.constants
        read = _ISO_DATE if is_iso else date_reader(self.said.date_format)
        on = read(cell.text) if cell.kind in ("date", "text") else None
        if on is None:
            pattern = self.said.date_format
            raise SourceError(
                f"{self._where(name)} {shown(cell.text)}: no date written like {pattern}"
            )
        return on

    def _instant(self, name: str) -> datetime | None:
        written = self._text(name)
        try:
            return parse_instant(written).astimezone(UTC).replace(tzinfo=None) if written else None
        except ValueError as problem:
            raise SourceError(f"{self._where(name)} {shown(written)}: {problem}") from None

    def _required(self, name: str) -> str:
        text = self._text(name)
        if not text:
            raise SourceError(f"{self._where(name)} is empty: fill it in or remove the record")
        return text

    def _text(self, name: str) -> str | None:
        cell = self._cell(name)
        if not cell or not cell.text:
            return None
        if cell.kind == "number" and (
            "e" in cell.text or abs(Decimal(cell.text)) >= _LARGEST_NUMBER
        ):
            raise SourceError(
                f"{self._where(name)} {shown(cell.text)} is a number of more digits than a "
                "workbook keeps; ask for it as text"
            )
        return cell.text

    def _is_said(self, name: str) -> bool:
        return name in self.said.columns or name in self.said.constants

    def _cell(self, name: str) -> Cell | None:
        if name in self.said.constants:
            return Cell(self.said.constants[name])
        column = self.said.columns.get(name)
        return self.record[column] if column is not None else None

    def _where(self, name: str) -> str:
        column = self.said.columns.get(name, name)
        return f"{self.file_name}, record {self.number}, {column}"
