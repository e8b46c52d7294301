"""One build of a month: what was landed goes in, and the built database can be read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from recount.contract.balances import Balances
from recount.contract.model import Contract
from recount.gathering import gather
from recount.month import Month
from recount.scratch import scratch_folder
from recount.sources import unused_by
from recount.warehouse import Reading, Scratch, reconcile


@contextmanager
def recounted(
    month: Month, contract: Contract, streams: Mapping[str, Mapping[str, str]], left: Balances
) -> Iterator[Reading]:
    """Stage, classify and reconcile a month by a contract, and open what was built.

    `streams` are the digests of the landed manifests by source and stream, `left` is what earlier
    months left of what months share. ReconcileError, LandingError or SourceError where there is no
    statement to be had.
    """
    with scratch_folder() as folder:
        scratch = Scratch(folder)
        terms, tables = gather(
            scratch, month.lake, contract, month.period, month.instant, streams, left
        )
        reconcile(scratch, terms, tables, unused_by(contract))
        with scratch.reading() as built:
            yield built
