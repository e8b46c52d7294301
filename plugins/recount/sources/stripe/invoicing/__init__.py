"""A vendor's invoice as Stripe's API has it: lines, and credit notes for what was billed before.

What it needs, and which invoice is a month's: docs/sources/stripe_invoice.md.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from recount.errors import InvoiceMissing
from recount.periods import Period
from recount.sources.apis import tried
from recount.sources.extraction import Extraction, FeedPage, Page
from recount.sources.invoices.streams import STREAMS, Invoice
from recount.sources.source import Reach
from recount.sources.stripe.asking import api_of
from recount.sources.stripe.invoicing.account import Account
from recount.sources.stripe.invoicing.rows import Reader
from recount.sources.stripe.invoicing.settings import StripeInvoiceSettings
from recount.sources.terms import SourceTerms


class StripeInvoice(Invoice):
    """`system: stripe_invoice`."""

    system = "stripe_invoice"

    def check(self, terms: SourceTerms) -> None:
        """Type the settings; ContractError names what cannot be used."""
        terms.typed(StripeInvoiceSettings)

    def extract(
        self, terms: SourceTerms, period: Period, *, as_of: datetime, scratch: Path
    ) -> list[Extraction]:
        """Copy the period's invoice, and corrections since; InvoiceMissing if there is none."""
        account = _account_of(terms)
        streams = {
            "lines": account.lines(account.invoices(period)),
            "credits": account.credit_notes(period),
        }
        request = {"billed_month": account.said.billed_month, "customer": account.said.customer}
        asked = {key: value for key, value in request.items() if value}
        return [
            _whole(Extraction(terms.name, stream, self.system, asked, ()), pages, scratch)
            for stream, pages in streams.items()
        ]

    def reach(self, terms: SourceTerms, period: Period) -> Iterator[Reach]:
        """Look for the invoice of the period, and ask for its lines and for credit notes."""
        account = _account_of(terms)
        try:
            invoices = account.invoices(period)
        except InvoiceMissing as missing:
            yield Reach("invoices", True, str(missing))
        else:
            yield Reach("invoices", True, ", ".join(each.number for each in invoices))
            yield tried("lines", account.lines(invoices))
        yield tried("credit notes", account.credit_notes(period))

    def batches(
        self, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
    ) -> Iterator[pa.RecordBatch]:
        """Type a landed page; SourceError names the line that is wrong."""
        said = terms.typed(StripeInvoiceSettings)
        rows = Reader(terms, said, f"{terms.name}: {file_name}").rows(stream, data)
        placed = [row | {"file": file_name} for row in rows]
        yield pa.RecordBatch.from_pylist(placed, schema=STREAMS[stream])


def _account_of(terms: SourceTerms) -> Account:
    return Account(api_of(terms), terms, terms.typed(StripeInvoiceSettings))


def _whole(extraction: Extraction, pages: Iterator[FeedPage], scratch: Path) -> Extraction:
    """Write each page into a file as it comes."""
    kept: list[Page] = []
    redacted: set[str] = set()
    for page in pages:
        kept.append(_as_file(page.page, scratch))
        redacted.update(page.redacted)
    return replace(extraction, pages=tuple(kept), redacted=tuple(sorted(redacted)))


def _as_file(page: Page, scratch: Path) -> Page:
    assert isinstance(page.data, bytes), "as it came from the API"
    with tempfile.NamedTemporaryFile(dir=scratch, delete=False) as file:
        file.write(page.data)
    return replace(page, data=Path(file.name))
