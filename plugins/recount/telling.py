"""Telling whom a statement concerns, each once: the vendor, finance, and those who run it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from recount import connections, lineage, published
from recount.contract.model import Contract
from recount.evidence.packing import hash_of
from recount.evidence.register import Register
from recount.lake import Lake
from recount.month import Month
from recount.notify import finance, notice, operations
from recount.notify.agents import with_agents
from recount.notify.delivery import Delivery, Post, send_approved
from recount.notify.letterhead import InvoiceFacts, Letterhead, letterhead
from recount.periods import Period
from recount.rollforward import rollforward

SMTP = "recount_smtp"


def _mails(done: Mapping[str, Any], month: Month, *read: str) -> tuple[tuple[str, ...], list[str]]:
    """Return what was read, and the mails by their keys."""
    lake = f"{month.lake.place.uri}/"
    return read, [uri.removeprefix(lake) for uri in done["mails"]]


@lineage.told(_mails)
def tell(
    month: Month,
    manifest_key: str,
    statement_key: str,
    *,
    evidence: str | None = None,
    started_by: str | None = None,
) -> dict[str, Any]:
    """Tell whom it concerns, each once: the vendor's notice, finance, operations.

    `evidence` is where the statement's pack is, `started_by` the person who started the run, if
    one did: whoever that is cannot approve what it drafts.
    """
    contract, lake = month.contract, month.lake
    facts, marts = published.read_marts(lake, manifest_key)
    statement = published.read(lake, statement_key) | {"evidence": evidence}
    if not published.is_newest(lake, statement_key):
        raise published.Overtaken(
            f"{lake.uri(statement_key)} is not the newest statement of its month any more; nobody "
            "was told of it, run the month again"
        )
    if statement["corrects"] and statement["decision"] == "hold":
        return _held(month, statement)
    post = replace(_post(lake, month.instant), started_by=started_by)
    head = _letterhead(month, contract, marts)
    lines = with_agents(marts["reconciliation_lines"], marts["evidence_events"])
    sent = notice.vendor_notice(statement, lines, head, post, _annex(month, statement))
    mail = finance.finance_mail(statement, lines, head, post, notice=sent)
    if facts["invoice_missing"] and contract.notify.operations:
        alarm(month, "invoice_missing", facts["invoice_missing"])
    deliveries = [each for each in (sent, mail) if each]
    return {
        "notice": sent.notice if sent else None,
        "mails": [each.uri for each in deliveries],
        # what the server surely does not have; what it may have is never tried again by itself
        "undelivered": [
            each.because for each in deliveries if each.because and each.state == "approved"
        ],
    }


def _annex(month: Month, statement: Mapping[str, Any]) -> notice.Annex:
    """What a notice brings along: what was disputed up to then, and the evidence by its hash."""
    if statement["decision"] not in notice.DECISIONS:
        return notice.Annex()
    history = rollforward(month.lake, month.contract, up_to=statement)
    return notice.Annex(history=history, evidence=evidence_of(month.lake, statement["evidence"]))


def evidence_of(lake: Lake, uri: str | None) -> dict[str, str] | None:
    """Name the pack of a statement for the vendor, who need not know where our lake is.

    LandingError where the pack was altered since it was written.
    """
    if uri is None:
        return None
    folder, _, name = uri.rpartition("/")
    key = f"{folder}/{name}".removeprefix(f"{lake.place.uri}/")
    return {"name": name, "sha256": hash_of(lake, key)}


def _held(month: Month, statement: Mapping[str, Any]) -> dict[str, Any]:
    """Tell operations alone: how the month was settled stands, and there is nothing to pay."""
    because = "; ".join(
        found["because"] for found in statement["findings"] if found["severity"] == "hold"
    )
    told = alarm(month, "correction_held", because or statement["because"])
    return {"notice": None, "mails": [told.uri] if told else [], "undelivered": []}


def _letterhead(month: Month, contract: Contract, marts: Mapping[str, Any]) -> Letterhead:
    invoices = marts["invoices"].to_pylist()
    (row,) = marts["statements"].to_pylist()
    facts = InvoiceFacts(
        invoice_ids=tuple(each["invoice_id"] for each in invoices),
        purchase_orders=tuple(
            sorted({each["purchase_order"] for each in invoices if each["purchase_order"]})
        ),
        issued_on=min((each["issued_on"] for each in invoices if each["issued_on"]), default=None),
        due_on=min((each["due_on"] for each in invoices if each["due_on"]), default=None),
    )
    pending_until = row["pending_until"]
    return letterhead(
        contract,
        Period.named(month.period, contract.zone),
        facts,
        pending_until=pending_until and pending_until.replace(tzinfo=UTC),
    )


def alarm(month: Month, trouble: operations.Trouble, because: str) -> Delivery | None:
    """Tell operations that a run failed or an invoice is missing; None where nobody is named."""
    contract = month.contract
    if not contract.notify.operations:
        return None
    post = _post(month.lake, month.instant)
    told = operations.Alarm(trouble, contract.contract, month.period, because, month.instant)
    return operations.operations_mail(told, contract.notify.operations, post)


def release(register: Register, at: datetime) -> Delivery:
    """Send a notice that was approved and is not sent yet, or put it into the outbox."""
    return send_approved(register, _post(register.lake, at))


def _post(lake: Lake, as_of: datetime) -> Post:
    connection = connections.find(SMTP)
    # what really goes out is noted with the time at which it does
    return Post(lake, connection, datetime.now(UTC) if connection else as_of)
