"""An invoice or credit note of EN 16931, in whichever syntax, becomes claims.

Tax is left out. Allowances and charges are claims of their own, those of a line too, which then
stands at its amount before them. What the document says its lines and its net amount add up to
must be what they do add up to.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from lxml import etree

from recount.errors import SourceError
from recount.sources.invoices.claims import Claim, Document
from recount.sources.invoices.figures import agree
from recount.sources.invoices.line_types import declared, only, undeclared
from recount.sources.invoices.trade_reader import THE_DOCUMENT, TradeReader
from recount.sources.invoices.trade_syntax import (
    CREDIT_NOTES,
    INVOICES,
    Adjustment,
    Syntax,
    TradeSettings,
)
from recount.sources.words import shown


def claims_of(
    root: etree._Element, syntax: Syntax, said: TradeSettings, file_name: str
) -> list[Claim]:
    """Return the claims in the document's order; SourceError names file and place."""
    unread = TradeReader(syntax, file_name, currency="")
    read = replace(unread, currency=unread.required(root, syntax.currency, THE_DOCUMENT))
    document = _Document(read, syntax, said, _head(read, root))
    elements = root.findall(syntax.line, syntax.namespaces)
    if not elements:
        raise SourceError(
            f"{file_name} has no lines, so nothing in it can be recounted; "
            "ask the vendor for a profile with lines"
        )
    lines = [claim for at, each in enumerate(elements, 1) for claim in document.line(each, at)]
    rest = list(document.adjustments(root, syntax.adjustments, THE_DOCUMENT, ""))
    for path, parts, of in (
        (syntax.total_of_lines, lines, "its lines"),
        (syntax.total_without_tax, [*lines, *rest], "its lines, allowances and charges"),
    ):
        total = read.amount(root, path, THE_DOCUMENT)
        agree(total, _sum(parts), file_name, path.rsplit(":", 1)[-1], of)
    return [replace(claim, number=n) for n, claim in enumerate([*lines, *rest], 1)]


def _head(read: TradeReader, root: etree._Element) -> Document:
    syntax = read.syntax
    credited = read.texts(root, syntax.credited)
    order = read.text(root, syntax.order)
    due = (read.date(root, path) for path in syntax.due_on)
    return Document(
        number=read.required(root, syntax.number, THE_DOCUMENT),
        currency_code=read.currency,
        issued_on=read.date(root, syntax.issued_on),
        due_on=next((on for on in due if on), None),
        purchase_order=None if order == "NA" else order,  # Peppol's word for "there is none"
        is_credit_note=_is_credit_note(read, root),
        credited_invoice_id=", ".join(dict.fromkeys(credited)) or None,
        reason=read.text(root, syntax.reason),
    )


def _is_credit_note(read: TradeReader, root: etree._Element) -> bool:
    code, said = read.text(root, read.syntax.type_code), read.syntax.is_credit_note
    if said or code in CREDIT_NOTES:
        return True
    if code in INVOICES or (code is None and said is False):
        return False
    raise SourceError(
        f"{read.file_name}: a document of type {shown(code or 'unknown')} may replace another or "
        "bill nothing; ask the vendor for an invoice (380) or a credit note (381)"
    )


@dataclass(frozen=True)
class _Document:
    read: TradeReader
    syntax: Syntax
    said: TradeSettings
    head: Document

    def line(self, element: etree._Element, position: int) -> list[Claim]:
        read, syntax, place = self.read, self.syntax, f"line {position}"
        facts = {key: read.texts(element, path) for key, path in syntax.item_facts.items()}
        outcome = declared(self.said.outcomes, facts, read.where(place))
        line_id = read.required(element, syntax.line_id, place)
        taken = list(self.adjustments(element, (syntax.line_adjustment,), place, f"{line_id}/"))
        claim = Claim(
            document=self.head,
            place=place,
            number=position,
            line_id=line_id,
            outcome=outcome or undeclared(facts),
            amount=read.amount(element, syntax.amount, place) - _sum(taken),
            quantity=read.exact(element, syntax.quantity, place),
            unit_price=read.price(element, place),
            # what was not declared to be an outcome bills for no subject
            subject_id=only(self._subjects(element), read.where(place)) if outcome else None,
            reason=read.text(element, syntax.places["note"]),
        )
        return [claim, *taken]

    def adjustments(
        self, element: etree._Element, kinds: Iterable[Adjustment], place: str, prefix: str
    ) -> Iterator[Claim]:
        """Yield the allowances and charges that stand directly in an element."""
        counts = {"allowance": 0, "charge": 0}
        for paths in kinds:
            for each in element.findall(paths.path, self.syntax.namespaces):
                kind = self.read.kind(each, paths.indicator, place)
                counts[kind] += 1
                claim = self._adjustment(each, paths, kind, f"{kind} {counts[kind]} of {place}")
                yield replace(claim, line_id=f"{prefix}{kind}-{counts[kind]}")

    def _adjustment(
        self, element: etree._Element, paths: Adjustment, kind: str, place: str
    ) -> Claim:
        read = self.read
        facts = {kind: [*read.texts(element, paths.code), *read.texts(element, paths.reason)]}
        outcome = declared(self.said.outcomes, facts, read.where(place))
        amount = read.amount(element, paths.amount, place)
        return Claim(
            document=self.head,
            place=place,
            number=0,
            line_id="",
            outcome=outcome or undeclared(facts, kind),
            amount=-amount if kind == "allowance" else amount,
            # an allowance makes outcomes cheaper and not fewer
            quantity=Decimal(0 if kind == "allowance" else 1),
            reason=read.text(element, paths.reason),
            is_allowance=kind == "allowance",
        )

    def _subjects(self, element: etree._Element) -> list[str]:
        read, where = self.read, self.said.subject
        if not isinstance(where, dict):
            return read.texts(element, self.syntax.places[where]) if where else []
        path, name, value = self.syntax.property
        owners = element.findall(path, self.syntax.namespaces)
        named = (each for each in owners if where["property"] in read.texts(each, name))
        return [text for each in named for text in read.texts(each, value)]


def _sum(claims: Iterable[Claim]) -> Decimal:
    return sum((claim.amount for claim in claims), Decimal(0))
