"""Reads single things of an EN 16931 document; what is missing or misspelled is named."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree

from recount.errors import SourceError
from recount.sources.invoices.figures import figure, kept, rounded
from recount.sources.invoices.trade_syntax import Syntax
from recount.sources.invoices.xml_file import text, texts
from recount.sources.words import shown

THE_DOCUMENT = "the document"
_KINDS = {"true": "charge", "1": "charge", "false": "allowance", "0": "allowance"}


@dataclass(frozen=True)
class TradeReader:
    """`currency` is the document's; `place` is what a person finds an element by."""

    syntax: Syntax
    file_name: str
    currency: str

    def where(self, place: str) -> str:
        """Name a place for a refusal."""
        return f"{self.file_name}, {place}"

    def text(self, element: etree._Element, path: str) -> str | None:
        """Return the first text."""
        return text(element, path, self.syntax.namespaces)

    def texts(self, element: etree._Element, path: str) -> list[str]:
        """Return all texts."""
        return texts(element, path, self.syntax.namespaces)

    def required(self, element: etree._Element, path: str, place: str) -> str:
        """Return a text that must be there."""
        said = self.text(element, path)
        if said is None:
            raise SourceError(f"{self.where(place)} has no {_name(path)}; ask the vendor to add it")
        return said

    def figure(self, element: etree._Element, path: str, place: str) -> Decimal:
        """Return a figure as it is written."""
        said = self.required(element, path, place)
        return figure(said, f"{self.where(place)}, {_name(path)}")

    def exact(self, element: etree._Element, path: str, place: str) -> Decimal:
        """Return a figure that has no more than six decimals."""
        value = self.figure(element, path, place)
        return kept(value, f"{self.where(place)}, {_name(path)}")

    def amount(self, element: etree._Element, path: str, place: str) -> Decimal:
        """Return an amount; in another currency than the document's it is refused (X11)."""
        found = element.find(path, self.syntax.namespaces)
        other = None if found is None else found.get("currencyID")
        if other not in (None, self.currency):
            raise SourceError(
                f"{self.where(place)}: an amount in {shown(other)} in a document in "
                f"{shown(self.currency)}; ask the vendor for one currency"
            )
        return self.exact(element, path, place)

    def price(self, element: etree._Element, place: str) -> Decimal:
        """Return the price of one unit, rounded to six decimals."""
        per = Decimal(1)
        if self.text(element, self.syntax.price_quantity) is not None:
            per = self.figure(element, self.syntax.price_quantity, place)
        if per <= 0:
            raise SourceError(f"{self.where(place)}: a price for {per} units; correct the line")
        price = self.figure(element, self.syntax.price, place) / per
        return rounded(price, f"{self.where(place)}, {_name(self.syntax.price)}")

    def kind(self, element: etree._Element, indicator: str | None, place: str) -> str:
        """Say whether an element is a charge or an allowance."""
        said = self.required(element, indicator, place) if indicator else "true"
        if said not in _KINDS:
            raise SourceError(f"{self.where(place)}: {shown(said)} is neither true nor false")
        return _KINDS[said]

    def date(self, element: etree._Element, path: str) -> date | None:
        """Return a date; None where there is none."""
        found = element.find(path, self.syntax.namespaces)
        if found is None or not (found.text or "").strip():
            return None
        on = self.syntax.to_date(found)
        if on is None:
            said = f"{_name(path)} {shown(found.text)}"
            raise SourceError(f"{self.file_name}, {said} is no date; ask the vendor to correct it")
        return on


def _name(path: str) -> str:
    return path.rsplit(":", 1)[-1]
