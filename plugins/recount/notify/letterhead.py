"""What a mail says that the statement does not: names, dates, clauses in words, addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from recount.contract.canonical import digest
from recount.contract.milestones import Milestone
from recount.contract.model import Contract
from recount.contract.parties import ElectronicAddresses
from recount.contract.sentences import clause_sentence
from recount.contract.terms import Signatory, Tolerance
from recount.notify.wording import money
from recount.periods import Period, zone


@dataclass(frozen=True)
class OutcomeTerms:
    """One outcome of the contract: its sentence, and a sentence for each of its clauses."""

    says: str
    clauses: Mapping[str, str]


@dataclass(frozen=True)
class InvoiceFacts:
    """What the invoice says about itself; nothing where there is none yet."""

    invoice_ids: tuple[str, ...] = ()
    purchase_orders: tuple[str, ...] = ()
    issued_on: date | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class Letterhead:
    """The facts around a statement; dates are the contract's local dates.

    `final_from` is the instant from which the period can become final, `pending_until` the last
    instant at which a pending line can still change; `dispute_by` the last day for a dispute.
    `priced_by_value` are the outcomes of which a share of the value is charged, `contract_sha256`
    the hash of the contract's canonical JSON.
    """

    title: str
    buyer: str
    vendor: str
    first_day: date
    last_day: date
    time_zone: str
    minor_units: int
    tolerance: str
    outcomes: Mapping[str, OutcomeTerms]
    final_from: datetime
    finance: tuple[str, ...]
    vendor_addresses: tuple[str, ...] = ()
    approval: Literal["required", "automatic"] = "required"
    unverifiable: Literal["accept", "query", "dispute"] = "query"
    may_reclassify: bool = False
    may_set_off: bool = False
    may_see_raw_events: bool = False
    invoice_ids: tuple[str, ...] = ()
    purchase_orders: tuple[str, ...] = ()
    issued_on: date | None = None
    due_on: date | None = None
    dispute_by: date | None = None
    pending_until: datetime | None = None
    priced_by_value: frozenset[str] = frozenset()
    contract_sha256: str = ""
    signatories: tuple[Signatory, ...] = ()
    method: Mapping[str, str] = field(default_factory=dict)
    verification: Mapping[str, str] = field(default_factory=dict)
    electronic_addresses: ElectronicAddresses | None = None
    tolerance_terms: Tolerance | None = None
    milestones: Mapping[str, Milestone] = field(default_factory=dict)

    def local_day(self, at: datetime) -> date:
        """Return an instant's date in the contract's zone."""
        return at.astimezone(zone(self.time_zone)).date()


def letterhead(
    contract: Contract,
    period: Period,
    invoice: InvoiceFacts,
    *,
    pending_until: datetime | None = None,
) -> Letterhead:
    """Gather what the mails about a contract's period say beside the figures."""
    settlement = contract.settlement
    return Letterhead(
        title=contract.contract,
        buyer=contract.parties.buyer,
        vendor=contract.parties.vendor,
        first_day=period.first_day,
        last_day=period.next(contract.zone).first_day - timedelta(days=1),
        time_zone=contract.time_zone,
        minor_units=contract.minor_units,
        tolerance=tolerance_in_words(contract.tolerance, contract.currency),
        outcomes=_terms(contract),
        final_from=period.ends_at + settlement.final_after,
        finance=contract.notify.finance,
        vendor_addresses=contract.notify.vendor,
        approval=contract.notify.approval,
        unverifiable=settlement.unverifiable,
        priced_by_value=frozenset(
            name
            for name, price in contract.pricing.outcomes.items()
            if price.percent_of_value is not None
        ),
        may_reclassify=contract.rights.reclassify,
        may_set_off=contract.rights.set_off,
        may_see_raw_events=contract.rights.raw_event_export,
        invoice_ids=invoice.invoice_ids,
        purchase_orders=invoice.purchase_orders,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        dispute_by=settlement.dispute_by(invoice.issued_on) if invoice.issued_on else None,
        pending_until=pending_until,
        contract_sha256=digest(contract),
        signatories=contract.signatories,
        method=contract.method,
        verification=contract.verification,
        electronic_addresses=contract.parties.electronic_addresses,
        tolerance_terms=contract.tolerance,
        milestones=contract.pricing.milestones,
    )


def tolerance_in_words(tolerance: Tolerance, currency: str) -> str:
    """Say how much over-invoicing passes: `2 % of the invoiced count, at least 100.00 USD`."""
    measure = "count or amount" if tolerance.measure == "either" else tolerance.measure
    larger = " (invoiced or recounted)" if tolerance.of == "larger" else ""
    each = " of each outcome" if tolerance.per == "outcome" else ""
    said = [f"{tolerance.percent} % of the {tolerance.of} {measure}{larger}{each}"]
    for words, amount in (("at least", tolerance.at_least), ("at most", tolerance.at_most)):
        said += [f"{words} {money(str(amount), currency)}"] if amount is not None else []
    return ", ".join(said)


def _terms(contract: Contract) -> dict[str, OutcomeTerms]:
    return {
        name: OutcomeTerms(
            outcome.says,
            {clause: clause_sentence(told) for clause, told in outcome.clauses.items()},
        )
        for name, outcome in contract.outcomes.items()
    }
