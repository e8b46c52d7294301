"""The stages of a month in order; what the DAGs and the command line call.

Each stage reads what the lake holds and leaves its result there, so that any worker can take any
stage, and a stage that is run again ends in the same bytes. What a stage returns is small and
JSON, for the next one.
"""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from recount import connections, guard, landing, published, repeats
from recount.contract.canonical import digest
from recount.contract.model import INVOICE, Contract
from recount.contract.reading import contract_files, read
from recount.contract.versions import in_force
from recount.decide import Terms, decide, divergence
from recount.document import figures, statement_document
from recount.errors import ContractError, InvoiceMissing, LandingError
from recount.gathering import gather
from recount.lake import Lake, open_lake
from recount.notify import finance, notice, operations
from recount.notify.delivery import Delivery, Post
from recount.notify.letterhead import InvoiceFacts, Letterhead, letterhead
from recount.periods import Period, parse_instant
from recount.published import Slot
from recount.sources import source_of, terms_of
from recount.statement import from_marts
from recount.warehouse import MARTS, Scratch, reconcile

SMTP = "recount_smtp"


@dataclass(frozen=True)
class Month:
    """One contract, period and `as_of`, in words that travel between tasks."""

    contract_path: str
    contract_name: str
    period: str
    as_of: str
    lake_uri: str

    @property
    def contract(self) -> Contract:
        """The version in force on the period's first day; ContractError if there is none."""
        readable, unreadable = readable_contracts(Path(self.contract_path))
        versions = [each for each in readable if each.contract == self.contract_name]
        if not versions:
            missing = ContractError(f"{self.contract_path} holds no contract {self.contract_name}")
            raise unreadable[0] if unreadable else missing
        return in_force(versions, Period.named(self.period, versions[0].zone).first_day)

    @property
    def instant(self) -> datetime:
        """`as_of` in UTC."""
        return parse_instant(self.as_of)

    @property
    def lake(self) -> Lake:
        """The lake that everything is read from and published to."""
        return open_lake(self.lake_uri)

    def slot(self, contract: Contract) -> Slot:
        """Where the results lie."""
        return Slot(contract.contract, self.period, self.instant)


def readable_contracts(path: Path) -> tuple[list[Contract], list[ContractError]]:
    """Read a file or a folder; one contract that cannot be read leaves the others whole."""
    readable, unreadable = [], []
    for file in contract_files(path):
        try:
            readable.append(read(file))
        except ContractError as error:
            unreadable.append(error)
    return readable, unreadable


def sources_of(month: Month) -> list[str]:
    """The names of the sources that a month is landed from."""
    return list(month.contract.sources)


def land(month: Month, source: str, *, refresh: bool = False) -> None:
    """Extract one source, land what it gave, and pin it for this month.

    What the month pinned before is read again, unless `refresh`. An invoice that is not there yet
    is no error: the statement then says what to expect, and operations is told.
    """
    contract, lake = month.contract, month.lake
    pin = published.newest(lake, _pin_folder(month, contract, source))
    is_pinned = pin and pin["contract_sha256"] == digest(contract) and not pin["missing"]
    if refresh or not is_pinned:
        document = {"contract_sha256": digest(contract), **_extract_and_land(month, source)}
        published.publish(lake, _pin_folder(month, contract, source), document)


def _pin_folder(month: Month, contract: Contract, source: str) -> str:
    return f"pins/{month.slot(contract).path}/{source}"


def _extract_and_land(month: Month, source: str) -> dict[str, Any]:
    contract, lake = month.contract, month.lake
    terms = terms_of(contract, source)
    period = Period.named(month.period, contract.zone)
    # the only clock that is read: when the evidence was received (DESIGN 9)
    received_at = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="recount-") as folder:
        try:
            extractions = source_of(terms).extract(
                terms, period, as_of=month.instant, scratch=Path(folder)
            )
        except InvoiceMissing as missing:
            return {"streams": {}, "missing": str(missing)}
        streams = {
            extraction.stream: landing.land(
                lake, contract.contract, period.name, extraction, received_at
            ).digest
            for extraction in extractions
        }
    return {"streams": streams, "missing": None}


def pins_of(month: Month) -> dict[str, dict[str, Any]]:
    """What the month pinned of each source; LandingError names one that was not landed."""
    contract, lake = month.contract, month.lake
    pins = {}
    for source in contract.sources:
        pin = published.newest(lake, _pin_folder(month, contract, source))
        if pin is None or pin["contract_sha256"] != digest(contract):
            raise LandingError(
                f"{source} of {contract.contract} was not landed for {month.period}; "
                "see why its extraction failed, and run it again"
            )
        pins[source] = pin
    return pins


def recount(month: Month, evidence: Lake | None = None) -> str:
    """Stage, classify and reconcile in one build; publish the marts and return their manifest.

    `evidence` is the lake that holds the landed objects, where it is another one.
    """
    contract, pins = month.contract, pins_of(month)
    streams = {source: pin["streams"] for source, pin in pins.items()}
    with tempfile.TemporaryDirectory(prefix="recount-") as folder:
        scratch = Scratch(Path(folder))
        lake = evidence or month.lake
        terms, tables = gather(scratch, lake, contract, month.period, month.instant, streams)
        reconcile(scratch, terms, tables)
        marts = {name: scratch.mart(name) for name in MARTS}
        known = scratch.subject_ids()
        confusable = guard.confusable_line_numbers(marts["reconciliation_lines"], known)
    facts = {
        "contract": contract.contract,
        "version": contract.version,
        "contract_sha256": digest(contract),
        "period": month.period,
        "as_of": month.as_of,
        "streams": streams,
        "invoice_missing": next((pin["missing"] for pin in pins.values() if pin["missing"]), None),
        "confusable_line_numbers": list(confusable),
    }
    return published.publish_marts(month.lake, month.slot(contract), marts, facts)


def judge(month: Month, manifest_key: str) -> str:
    """Let the guard judge manifests and marts; publish findings and the page that shows them."""
    contract, lake = month.contract, month.lake
    facts, marts = published.read_marts(lake, manifest_key)
    judgement = guard.judge(marts, _parameters(month, contract, facts, marts))
    page = guard.docs_page(judgement, figures(from_marts(marts, contract.minor_units)))
    page_key = f"guard/{month.slot(contract).path}/{published.sha256(page)[7:]}.html"
    lake.put_once(page_key, page)
    document = {
        "findings": [finding.as_dict() for finding in judgement.findings], "page": page_key,
    }  # fmt: skip
    return published.publish(lake, f"guard/{month.slot(contract).path}", document)


def _parameters(
    month: Month, contract: Contract, facts: Mapping[str, Any], marts: Mapping[str, pa.Table]
) -> dict[str, object]:
    """What the guard must know and no mart counts."""
    lake, name = month.lake, contract.contract
    invoice_ids = marts["invoices"]["invoice_id"].to_pylist()
    streams = facts["streams"].get(INVOICE, {})
    return {
        "invoice_state": _invoice_state(contract, facts),
        "unverifiable_policy": contract.settlement.unverifiable,
        "confusable_line_numbers": facts["confusable_line_numbers"],
        "periods_of_same_file": repeats.periods_of_same_file(
            lake, name, INVOICE, streams, month.period
        ),
        "periods_of_same_invoice": repeats.periods_of_same_invoice(
            lake, name, invoice_ids, month.period
        ),
    }


def _invoice_state(contract: Contract, facts: Mapping[str, Any]) -> str:
    if not contract.has_invoice:
        return "none"
    return "missing" if facts["invoice_missing"] else "present"


@dataclass(frozen=True)
class _Found:
    severity: str
    because: str


def conclude(month: Month, manifest_key: str, findings_key: str) -> str:
    """Decide on the statement, publish it, and return its key."""
    contract, lake = month.contract, month.lake
    document = _document(lake, contract, manifest_key, findings_key)
    return published.publish(lake, f"statements/{month.slot(contract).path}", document)


def _document(
    lake: Lake, contract: Contract, manifest_key: str, findings_key: str
) -> dict[str, Any]:
    facts, marts = published.read_marts(lake, manifest_key)
    findings = published.read(lake, findings_key)["findings"]
    statement = from_marts(marts, contract.minor_units)
    found = [_Found(each["severity"], each["because"]) for each in findings]
    decision = decide(statement, _terms(contract), findings=found)
    return statement_document(
        statement,
        decision,
        divergence=divergence(statement, _measure(contract)),
        findings=findings,
        inputs=_inputs(facts["streams"]),
    )


def _terms(contract: Contract) -> Terms:
    return Terms(
        tolerance_percent=contract.tolerance.percent,
        tolerance_of=contract.tolerance.of,
        measure=contract.tolerance.measure,
        may_reclassify=contract.rights.reclassify,
        may_set_off=contract.rights.set_off,
        unverifiable=contract.settlement.unverifiable,
    )


def _measure(contract: Contract) -> str:
    return "amount" if contract.tolerance.measure == "amount" else "count"


def _inputs(streams: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """One digest per source: its stream's, or that of all its streams' digests together."""
    inputs = {}
    for source, digests in streams.items():
        if digests:
            (*_, last) = digests.values()
            together = published.sha256(published.canonical(digests))
            inputs[source] = last if len(digests) == 1 else together
    return inputs


def tell(month: Month, manifest_key: str, statement_key: str) -> dict[str, Any]:
    """Tell whom it concerns, each once: the vendor's notice, finance, operations."""
    contract, lake = month.contract, month.lake
    facts, marts = published.read_marts(lake, manifest_key)
    statement = published.read(lake, statement_key)
    post = Post(lake, connections.find(SMTP), month.instant)
    head = _letterhead(month, contract, marts)
    lines = marts["reconciliation_lines"]
    sent = notice.vendor_notice(statement, lines, head, post)
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
    post = Post(month.lake, connections.find(SMTP), month.instant)
    told = operations.Alarm(trouble, contract.contract, month.period, because, month.instant)
    return operations.operations_mail(told, contract.notify.operations, post)


Progress = Callable[[str], None]


def run(
    month: Month, *, refresh: bool = False, progress: Progress = lambda _: None
) -> dict[str, Any]:
    """All stages in order; returns the statement with what became of its notice."""
    manifest, statement = _up_to_the_decision(month, refresh, progress)
    progress("telling whom it concerns")
    told = tell(month, manifest, statement)
    for because in told["undelivered"]:
        progress(f"a mail was not handed over: {because}")
    return published.read(month.lake, statement) | {"notice": told["notice"]}


def _up_to_the_decision(month: Month, refresh: bool, progress: Progress) -> tuple[str, str]:
    for source in sources_of(month):
        progress(f"landing {source}")
        land(month, source, refresh=refresh)
    progress("staging, classifying and reconciling")
    manifest = recount(month)
    progress("guarding and deciding")
    return manifest, conclude(month, manifest, judge(month, manifest))


def replay(month: Month, *, progress: Progress = lambda _: None) -> dict[str, Any]:
    """What the statement would say: every stage but the last, in a lake that is thrown away.

    The sources are read anew, and nobody is told.
    """
    with tempfile.TemporaryDirectory(prefix="recount-") as folder:
        aside = replace(month, lake_uri=folder)
        _, statement = _up_to_the_decision(aside, False, progress)
        return published.read(aside.lake, statement)
