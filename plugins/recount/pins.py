"""Extract and land, and pin what a month was landed from, so that a run repeated reads the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from recount import landing, lineage, people, published
from recount.contract.canonical import digest
from recount.contract.model import Contract
from recount.errors import InvoiceMissing, LandingError
from recount.month import Month
from recount.periods import Period
from recount.scratch import scratch_folder
from recount.sources import hashes_people, source_of, terms_of
from recount.sources.extraction import Extraction, Feed


def manifest_keys(_: object, month: Month, source: str) -> tuple[list[str], list[str]]:
    """Return nothing that was read from the lake, and what was landed of a source for a month."""
    owner, pin = month.contract.contract, pin_of(month, source)
    return [], [
        landing.find(month.lake, owner, source, stream, each).key
        for stream, each in pin["streams"].items()
    ]


@lineage.told(manifest_keys)
def land(
    month: Month,
    source: str,
    *,
    refresh: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Extract one source, land what it gave, and pin it for this month.

    What the month pinned before is read again, unless `refresh`. An invoice that is not there yet
    is no error: the statement then says what to expect, and operations is told.
    """
    contract, lake = month.contract, month.lake
    pin = published.newest(lake, _pin_folder(month, contract, source))
    is_pinned = pin and pin["contract_sha256"] == digest(contract) and not pin["missing"]
    if refresh or not is_pinned:
        landed = _extract_and_land(month, source, refresh, progress)
        document = {"contract_sha256": digest(contract), **landed}
        published.publish(lake, _pin_folder(month, contract, source), document)


def _pin_folder(month: Month, contract: Contract, source: str) -> str:
    return f"pins/{month.slot(contract).path}/{source}"


def _extract_and_land(
    month: Month, source: str, refresh: bool, progress: Callable[[str], None]
) -> dict[str, Any]:
    contract, lake = month.contract, month.lake
    terms = terms_of(contract, source)
    if hashes_people(terms):
        people.agree(lake)
    period = Period.named(month.period, contract.zone)
    # the only clock that is read: when the evidence was received (DESIGN 9)
    received_at = datetime.now(UTC)
    until = None if refresh else month.instant

    def landed(stream: Extraction | Feed) -> str:
        owner = contract.contract
        if isinstance(stream, Extraction):
            return landing.land(lake, owner, period.name, stream, received_at).digest
        return landing.land_feed(
            lake, owner, period.name, stream, received_at, until=until, progress=progress
        ).digest

    with scratch_folder() as folder:
        try:
            streams = source_of(terms).extract(terms, period, as_of=month.instant, scratch=folder)
        except InvoiceMissing as missing:
            return {"streams": {}, "missing": str(missing)}
        # side by side: they share the pace of their system, and mostly wait for it
        with ThreadPoolExecutor(len(streams)) as workers:
            digests = list(workers.map(landed, streams))
    names = [stream.stream for stream in streams]
    return {"streams": dict(zip(names, digests, strict=True)), "missing": None}


def pins_of(month: Month) -> dict[str, dict[str, Any]]:
    """What the month pinned of each source; LandingError names one that was not landed."""
    return {source: pin_of(month, source) for source in month.contract.sources}


def pin_of(month: Month, source: str) -> dict[str, Any]:
    """What the month pinned of one source; LandingError if it was not landed."""
    contract = month.contract
    pin = published.newest(month.lake, _pin_folder(month, contract, source))
    if pin is None or pin["contract_sha256"] != digest(contract):
        raise LandingError(
            f"{source} of {contract.contract} was not landed for {month.period}; "
            "see why its extraction failed, and run it again"
        )
    return pin
