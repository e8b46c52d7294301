"""What a month needs of an account that bills: its invoice line by line, and corrections of others.

Nothing is held longer than a page, so that an invoice may be long.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from recount.periods import Period
from recount.sources import shapes
from recount.sources.api import Answer, AnsweredError, Api
from recount.sources.extraction import FeedPage
from recount.sources.landable import landable
from recount.sources.stripe import asking
from recount.sources.stripe.invoicing.choosing import chosen, refuse_test_mode
from recount.sources.stripe.invoicing.settings import StripeInvoiceSettings
from recount.sources.stripe.invoicing.shapes import (
    CreditLines,
    CreditNote,
    CreditNotes,
    Header,
    Invoice,
    Invoices,
    Line,
    Lines,
)
from recount.sources.stripe.invoicing.sums import Sum
from recount.sources.terms import SourceTerms

# An invoice is listed by when it was drafted, which may be long before it is issued.
DRAFTED_BEFORE = timedelta(days=92)
_ATTEMPTS = 3
# kept of a line only as far as the contract names them
_WHAT_IS_NOT_NAMED = ("data[].description", "data[].metadata")


@dataclass(frozen=True)
class Account:
    """The bills of one account, or of one customer of it."""

    api: Api
    terms: SourceTerms
    said: StripeInvoiceSettings

    def invoices(self, period: Period) -> list[Header]:
        """Return the invoices of a month; InvoiceMissing if there are none, or drafts."""
        listed = self._listed(period.starts_at - DRAFTED_BEFORE)
        return chosen(listed, period, self.said.billed_month, self.terms)

    def lines(self, invoices: Sequence[Header]) -> Iterator[FeedPage]:
        """Yield pages of the lines of some invoices, numbered through."""
        before = 0
        for invoice in invoices:
            for page in self._lines_of(invoice, before):
                yield page
                before += page.page.record_count

    def credit_notes(self, period: Period) -> Iterator[FeedPage]:
        """Yield pages of the credit notes that were issued since a month began."""
        query = self._since(period.starts_at) | {"expand[]": "data.invoice"}
        for answer, page in asking.pages(self.api, "/v1/credit_notes", CreditNotes, **query):
            for note in page.data:
                refuse_test_mode(note.livemode, note.id, self.terms)
            long = [note for note in page.data if note.lines.has_more]
            page.data = [note for note in page.data if not note.lines.has_more]
            for note in page.data:
                total = Sum(self._named(note))
                total.add(note.lines.data)
                self._prove(note, total)
            yield _landable(answer, page, f"{len(page.data)} credit notes")
            for note in long:
                yield from self._long(note)

    def _listed(self, since: datetime) -> list[Invoice]:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                listed = asking.pages(self.api, "/v1/invoices", Invoices, **self._since(since))
                return [invoice for _, page in listed for invoice in page.data]
            except AnsweredError as answered:
                # a draft that was the last of a page may have been deleted meanwhile
                if answered.status != 400 or attempt == _ATTEMPTS:
                    raise
        raise AssertionError("the last attempt ends with a list or an error")

    def _since(self, instant: datetime) -> dict[str, str]:
        query = {"created[gte]": str(int(instant.timestamp()))}
        return query | ({"customer": self.said.customer} if self.said.customer else {})

    def _lines_of(self, invoice: Header, before: int) -> Iterator[FeedPage]:
        total = Sum(f"{self.terms.name}: invoice {invoice.number}")
        path, prices = f"/v1/invoices/{invoice.id}/lines", "data.pricing.price_details.price"
        query = {"expand[]": prices} if self.said.needs_prices else {}
        for answer, page in asking.pages(self.api, path, Lines, **query):
            total.add(page.data)
            for line in page.data:
                self._keep(line)
            page.invoice, page.lines_before = invoice, before
            first, before = before + 1, before + len(page.data)
            at = {"invoice": invoice.number, "lines": f"lines {first} to {before}"}
            kept = landable(answer, page, len(page.data), at)
            yield replace(kept, redacted=(*kept.redacted, *_WHAT_IS_NOT_NAMED))
        total.prove(subtotal=invoice.subtotal, total_excluding_tax=invoice.total_excluding_tax)

    def _keep(self, line: Line) -> None:
        """Leave out what the contract does not name: texts and metadata may hold anything."""
        wanted = self.said.metadata_keys
        line.metadata = {key: value for key, value in line.metadata.items() if key in wanted}
        if ("description", line.description) not in self.said.meanings:
            line.description = msgspec.UNSET

    def _long(self, note: CreditNote) -> Iterator[FeedPage]:
        """Yield pages of the lines of a credit note that has more than its list brings."""
        total, path = Sum(self._named(note)), f"/v1/credit_notes/{note.id}/lines"
        for answer, lines in asking.pages(self.api, path, CreditLines):
            total.add(lines.data)
            part = msgspec.structs.replace(note, lines=lines)
            page = _landable(answer, CreditNotes([part], has_more=lines.has_more), note.number)
            yield replace(page, redacted=shapes.left_out(answer.document, CreditLines))
        self._prove(note, total)

    def _prove(self, note: CreditNote, total: Sum) -> None:
        total.prove(subtotal=note.subtotal, total_excluding_tax=note.total_excluding_tax)

    def _named(self, note: CreditNote) -> str:
        return f"{self.terms.name}: credit note {note.number}"


def _landable(answer: Answer, page: CreditNotes, name: str) -> FeedPage:
    count = sum(len(note.lines.data) for note in page.data)
    return landable(answer, page, count, {"credits": name})
