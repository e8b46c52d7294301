"""The systems that Recount reads, one module each; a new one is registered here."""

from collections.abc import Mapping

import pyarrow as pa

from recount.contract.model import Contract
from recount.sources.event_log import EventLog
from recount.sources.freshdesk import Freshdesk
from recount.sources.hubspot import HubSpot
from recount.sources.intercom import Intercom
from recount.sources.invoices.cii import Cii
from recount.sources.invoices.fin_csv import FinCsv
from recount.sources.invoices.focus_csv import FocusCsv
from recount.sources.invoices.mapped_csv import MappedCsv
from recount.sources.invoices.mapped_xlsx import MappedXlsx
from recount.sources.invoices.recount_csv import RecountCsv
from recount.sources.invoices.streams import STREAMS
from recount.sources.invoices.ubl import Ubl
from recount.sources.jira import Jira
from recount.sources.salesforce import Salesforce
from recount.sources.servicenow import ServiceNow
from recount.sources.servicenow_export import ServiceNowExport
from recount.sources.source import Source
from recount.sources.stripe.invoicing import StripeInvoice
from recount.sources.stripe.payments import Stripe
from recount.sources.terms import SourceTerms
from recount.sources.zendesk import Zendesk

# What a contract calls the source of its invoices.
INVOICE = "invoice"
# Their models are few, and some tests look at all of them together.
_FILES = frozenset({EventLog.system, ServiceNowExport.system})
SYSTEMS: Mapping[str, Source] = {
    source.system: source
    for source in (
        EventLog(),
        Freshdesk(),
        HubSpot(),
        Intercom(),
        Jira(),
        Salesforce(),
        ServiceNow(),
        ServiceNowExport(),
        Stripe(),
        Zendesk(),
    )
}
INVOICE_SYSTEMS: Mapping[str, Source] = {
    source.system: source
    for source in (
        Cii(),
        FinCsv(),
        FocusCsv(),
        MappedCsv(),
        MappedXlsx(),
        RecountCsv(),
        StripeInvoice(),
        Ubl(),
    )
}


def landed_tables() -> dict[str, pa.Schema]:
    """Return the table of every stream that a source can land, with its columns."""
    tables = {
        f"{system}__{stream}": schema
        for system, source in SYSTEMS.items()
        for stream, schema in source.streams.items()
    }
    return tables | {f"{INVOICE}__{stream}": schema for stream, schema in STREAMS.items()}


def table_of(terms: SourceTerms, stream: str) -> str:
    """Return the table of a stream; those of invoices are the same for all formats."""
    return f"{INVOICE if terms.name == INVOICE else terms.system}__{stream}"


def unused_by(contract: Contract) -> frozenset[str]:
    """Return the systems that a contract does not read over an API, so that nothing is of them."""
    used = {contract.sources[name].system for name in contract.evidence_sources}
    return frozenset(SYSTEMS) - used - _FILES


def hashes_people(terms: SourceTerms) -> bool:
    """Say whether a source lands people, as keyed hashes; an event log brings keys of its own."""
    return terms.name != INVOICE and terms.system != EventLog.system


def terms_of(contract: Contract, name: str) -> SourceTerms:
    """Return what a contract says about one of its sources."""
    source = contract.sources[name]
    return SourceTerms(
        name=name,
        system=source.system,
        party=source.party,
        settings=source.settings,
        error=contract.error,
        time_zone=contract.time_zone,
        currency=contract.currency,
        base=contract.file.parent,
        actors=frozenset(each.id for listed in contract.actors.values() for each in listed),
    )


def source_of(terms: SourceTerms) -> Source:
    """Return the source that reads a contract's system; ContractError if there is none."""
    known = INVOICE_SYSTEMS if terms.name == INVOICE else SYSTEMS
    if terms.system not in known:
        raise terms.refused(
            "system",
            f"{terms.system!r} is not a system that Recount reads as "
            f"{'an invoice' if terms.name == INVOICE else 'a source of events'}; "
            f"write one of {', '.join(known)}, or add a module under recount/sources",
        )
    return known[terms.system]
