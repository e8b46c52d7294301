"""Which of the invoices of an account are those of a month."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from recount.errors import InvoiceMissing, SourceError
from recount.periods import Period, zone
from recount.sources.stripe.invoicing.shapes import Header, Invoice
from recount.sources.terms import SourceTerms
from recount.sources.words import shown

# What was written off is still claimed, and can still be paid.
_BILLED = frozenset(("open", "paid", "uncollectible"))
_NOT_BILLED = frozenset(("draft", "void"))


def chosen(
    invoices: Iterable[Invoice], period: Period, rule: str, terms: SourceTerms
) -> list[Header]:
    """Return the invoices of a month in the order of their issue; InvoiceMissing if there are none.

    A draft that is the month's makes it missing too: what has no number can still change.
    """
    found = list(invoices)
    for invoice in found:
        refuse_test_mode(invoice.livemode, invoice.id, terms)
        _refuse_unknown_status(invoice, terms)
    months = _months(period, terms)
    ours = [each for each in found if _is_in(months[rule], each, rule)]
    billed = [each for each in ours if each.status in _BILLED]
    if len(billed) < len([each for each in ours if each.status != "void"]) or not billed:
        raise InvoiceMissing(_missing(terms.name, period, found, ours))
    for invoice in billed:
        _refuse_other_currency(invoice, terms)
    return sorted(map(_header, billed), key=lambda each: (each.issued_at, each.number))


Month = Callable[[int], bool]


def _months(period: Period, terms: SourceTerms) -> Mapping[str, Month]:
    following = period.next(zone(terms.time_zone))
    return {
        # what ends at midnight ends with the month before
        "period_end": lambda at: _second(period.starts_at) < at <= _second(period.ends_at),
        "issued_in_month": lambda at: _second(period.starts_at) <= at < _second(period.ends_at),
        "issued_month_after": lambda at: (
            _second(following.starts_at) <= at < _second(following.ends_at)
        ),
    }


def _is_in(month: Month, invoice: Invoice, rule: str) -> bool:
    at = invoice.period_end if rule == "period_end" else invoice.issued_at
    return at is not None and month(at)


def _missing(name: str, period: Period, found: Iterable[Invoice], ours: Iterable[Invoice]) -> str:
    """Say what there is in place of an invoice: what is the month's, else drafts of any."""
    others = [each for each in ours if each.status in _NOT_BILLED]
    others = others or [each for each in found if each.status == "draft"]
    there = ", ".join(f"{each.id} is {each.status}" for each in others[:3]) or "nor a draft"
    return (
        f"{name}: Stripe has no finalized invoice for {period.name} ({there}); ask the vendor to "
        f"finalize it, or correct billed_month and customer of sources.{name}"
    )


def refuse_test_mode(livemode: bool, object_id: str, terms: SourceTerms) -> None:
    """Stop at what bills nobody."""
    if not livemode:
        raise SourceError(
            f"{terms.name}: {object_id} is of Stripe's test mode, which bills nobody; use a key of "
            "the live mode"
        )


def _refuse_unknown_status(invoice: Invoice, terms: SourceTerms) -> None:
    if invoice.status not in _BILLED | _NOT_BILLED:
        raise SourceError(
            f"{terms.name}: invoice {invoice.id} has the status {shown(invoice.status)}, which is "
            "unknown; say in stripe/invoicing/choosing.py whether it bills"
        )


def _refuse_other_currency(invoice: Invoice, terms: SourceTerms) -> None:
    """Stop an invoice in another currency; converting it is nobody's right here (FAULTS X11)."""
    if invoice.currency.upper() != terms.currency:
        raise SourceError(
            f"{terms.name}: invoice {shown(invoice.number)} is in {shown(invoice.currency.upper())}"
            f" and the contract in {terms.currency}; ask the vendor for one in {terms.currency}"
        )


def _header(invoice: Invoice) -> Header:
    issued_at = invoice.issued_at
    assert issued_at is not None, "only what was finalized is chosen"
    return Header(
        id=invoice.id,
        number=invoice.number or invoice.id,
        currency=invoice.currency,
        issued_at=issued_at,
        due_date=invoice.due_date,
        subtotal=invoice.subtotal,
        total_excluding_tax=invoice.total_excluding_tax,
    )


def _second(instant: datetime) -> int:
    return int(instant.timestamp())
