"""The stages of a month in order; what the DAGs and the command line call.

Each stage reads what the lake holds and leaves its result there, so that any worker can take any
stage, and a stage that is run again ends in the same bytes. What a stage returns is small and
JSON, for the next one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from recount import as_run, due, guard, lineage, published, repeats
from recount.contract.canonical import digest
from recount.contract.model import INVOICE, Contract
from recount.decide import Terms, decide, divergence, over_invoicing, settles
from recount.document import figures, statement_document
from recount.earlier import EarlierMonths, pin_earlier_months, take_over
from recount.evidence.packing import pack
from recount.lake import Lake
from recount.month import Month
from recount.pins import land, manifest_keys, pins_of
from recount.recounting import recounted
from recount.running import alone
from recount.scratch import scratch_folder
from recount.statement import Kind, from_marts
from recount.telling import tell
from recount.warehouse import EVIDENCE, MARTS, Reading


def sources_of(month: Month) -> list[str]:
    """The names of the sources that a month is landed from."""
    return list(month.contract.sources)


def _recounted(manifest_key: str, month: Month) -> tuple[list[str], list[str]]:
    landed = [key for source in pins_of(month) for key in manifest_keys(None, month, source)[1]]
    return landed, lineage.of_marts(month, manifest_key)


@lineage.told(_recounted)
def recount(month: Month, *, refresh: bool = False) -> str:
    """Stage, classify and reconcile in one build; publish the marts and return their manifest.

    With `refresh` the earlier months that this one depends on are looked at again.
    """
    contract, lake = month.contract, month.lake
    began_after = published.newest_number(lake, published.manifest_folder(month.slot(contract)))
    pins = pins_of(month)
    as_run.keep(lake, contract)
    streams = {source: pin["streams"] for source, pin in pins.items()}
    missing = next((pin["missing"] for pin in pins.values() if pin["missing"]), None)
    earlier = pin_earlier_months(month, refresh=refresh)
    left = EarlierMonths.of(earlier).balances(contract, month.period)
    with recounted(month, contract, streams, left) as built:
        lines = built.mart("reconciliation_lines", "line_number", "subject_id", "match_status")
        confusable = guard.confusable_line_numbers(lines, built.subject_ids())
        facts = {
            "contract": contract.contract,
            "version": contract.version,
            "contract_sha256": digest(contract),
            "period": month.period,
            "as_of": month.as_of,
            "streams": streams,
            "invoice_missing": missing,
            "confusable_line_numbers": list(confusable),
            "earlier_months": earlier,
        }
        slot = month.slot(contract)
        return published.publish_marts(lake, slot, _marts(built), facts, after=began_after)


def _marts(built: Reading) -> Iterator[tuple[str, pa.Table | Path]]:
    """Yield what a build is published as; the evidence of every verdict of final months alone."""
    # one after another: at a million subjects each large one takes a tenth of a GB
    yield from ((name, built.mart(name)) for name in MARTS)
    (kind,) = built.mart("statements", "kind")["kind"].to_pylist()
    with scratch_folder() as folder:
        for name in EVIDENCE if kind == Kind.FINAL else ():
            path = folder / f"{name}.parquet"
            built.write(name, path)
            yield name, path


@lineage.told(lambda findings_key, _, manifest_key: ([manifest_key], [findings_key]))
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
    landed = repeats.landed(lake, name, INVOICE, streams, month.period)
    return {
        "invoice_state": _invoice_state(contract, facts),
        "unverifiable_policy": contract.settlement.unverifiable,
        "confusable_line_numbers": facts["confusable_line_numbers"],
        "open_earlier_months": EarlierMonths.of(facts["earlier_months"]).open_periods,
        "periods_of_same_file": repeats.periods_of_same_file(landed),
        "periods_of_same_invoice": repeats.periods_of_same_invoice(lake, name, landed, invoice_ids),
    }


def _invoice_state(contract: Contract, facts: Mapping[str, Any]) -> str:
    if not contract.has_invoice:
        return "none"
    return "missing" if facts["invoice_missing"] else "present"


@dataclass(frozen=True)
class _Found:
    severity: str
    because: str


@lineage.told(lambda statement_key, _, *read: (read, [statement_key]))
def conclude(month: Month, manifest_key: str, findings_key: str) -> str:
    """Decide on the statement, publish it, and return its key."""
    contract, lake = month.contract, month.lake
    folder = f"statements/{month.slot(contract).path}"
    began_after = published.newest_number(lake, folder)
    if not published.is_newest(lake, manifest_key):
        raise published.Overtaken(
            f"{lake.uri(manifest_key)} is not the newest count of {contract.contract} "
            f"{month.period} any more; nothing was published, run the month again"
        )
    settled = due.settled_statement(lake, contract.contract, month.period, month.instant)
    document = _document(lake, contract, manifest_key, findings_key, settled)
    return published.publish(lake, folder, document, after=began_after)


def _document(
    lake: Lake,
    contract: Contract,
    manifest_key: str,
    findings_key: str,
    corrected: Mapping[str, Any] | None,
) -> dict[str, Any]:
    facts, marts = published.read_marts(lake, manifest_key)
    findings = published.read(lake, findings_key)["findings"]
    statement = from_marts(marts, contract.minor_units)
    found = [_Found(each["severity"], each["because"]) for each in findings]
    terms = _terms(contract)
    decision = decide(statement, terms, findings=found)
    return statement_document(
        statement,
        decision,
        is_above_tolerance=over_invoicing(statement, terms) is not None,
        divergence=divergence(statement, _measure(contract)),
        findings=findings,
        inputs=as_run.inputs(facts),
        settled=settles(statement, decision, has_invoice=contract.has_invoice),
        left=EarlierMonths.of(facts["earlier_months"]).balances(contract, statement.period),
        corrected=corrected,
    )


def _terms(contract: Contract) -> Terms:
    return Terms(
        tolerance_percent=contract.tolerance.percent,
        tolerance_of=contract.tolerance.of,
        measure=contract.tolerance.measure,
        may_reclassify=contract.rights.reclassify,
        may_set_off=contract.rights.set_off,
        unverifiable=contract.settlement.unverifiable,
        at_least=contract.tolerance.at_least,
        at_most=contract.tolerance.at_most,
        per=contract.tolerance.per,
    )


def _measure(contract: Contract) -> str:
    return "amount" if contract.tolerance.measure == "amount" else "count"


Progress = Callable[[str], None]


def run(
    month: Month,
    *,
    refresh: bool = False,
    started_by: str | None = None,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """All stages in order; returns the statement, its notice, and where its evidence is.

    `started_by` is the person who started it, if one did. AlreadyRunning where another run works on
    the month.
    """
    with alone(month):
        manifest, statement = _up_to_the_decision(month, refresh, progress)
        progress("packing the evidence")
        evidence = pack(month, manifest, statement)
        progress("telling whom it concerns")
        told = tell(month, manifest, statement, evidence=evidence, started_by=started_by)
    for because in told["undelivered"]:
        progress(f"a mail was not handed over: {because}")
    later = {"notice": told["notice"], "evidence": evidence}
    return published.read(month.lake, statement) | later


def _up_to_the_decision(month: Month, refresh: bool, progress: Progress) -> tuple[str, str]:
    for source in sources_of(month):
        progress(f"landing {source}")
        land(month, source, refresh=refresh, progress=progress)
    progress("staging, classifying and reconciling")
    manifest = recount(month, refresh=refresh)
    progress("guarding and deciding")
    return manifest, conclude(month, manifest, judge(month, manifest))


def replay(month: Month, *, progress: Progress = lambda _: None) -> dict[str, Any]:
    """What the statement would say: every stage but the last, in a lake that is thrown away.

    The sources are read anew, and nobody is told. Of the month's own lake only what earlier months
    settled is read, where the contract's months share something.
    """
    with scratch_folder() as folder:
        aside = replace(month, lake_uri=str(folder))
        take_over(month, aside)
        _, statement = _up_to_the_decision(aside, False, progress)
        return published.read(aside.lake, statement)
