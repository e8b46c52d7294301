"""What an invoice repeats of another month: the same file, or the same number.

Only what was landed before this invoice is looked at, so that a month says the same however often
it is run, and whatever is landed later; of two that are alike, the one that came second says so.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from recount import landing
from recount.lake import Lake
from recount.manifests import Manifest


@dataclass(frozen=True)
class Landed:
    """What a month reads of its invoice, and what was landed for other months before it."""

    ours: Sequence[Manifest]
    before: Sequence[Manifest]


def landed(lake: Lake, owner: str, source: str, streams: Mapping[str, str], period: str) -> Landed:
    """Find the manifests that a month reads, by stream and digest, and those before them."""
    ours: list[Manifest] = []
    before: list[Manifest] = []
    for stream, digest in streams.items():
        manifests = landing.verify_chain(lake, owner, source, stream)
        # the first with that digest: the same content may have come again
        place = [each.digest for each in manifests].index(digest)
        ours.append(manifests[place])
        before += [each for each in manifests[:place] if each.period != period]
    return Landed(ours, before)


def periods_of_same_file(found: Landed) -> list[str]:
    """The other periods for which a file of the same bytes, and with lines, was landed before."""
    files = {page.sha256 for each in found.ours for page in each.pages if page.record_count}
    repeated = (each for each in found.before if files & {page.sha256 for page in each.pages})
    return sorted({each.period for each in repeated})


def periods_of_same_invoice(
    lake: Lake, owner: str, found: Landed, invoice_ids: Collection[str]
) -> list[str]:
    """The other periods, landed before, whose statements hold an invoice of the same number."""
    earlier = {each.period for each in found.before}
    repeated: set[str] = set()
    numbers = pa.array(sorted(invoice_ids), pa.string())
    for key in lake.keys(f"marts/invoices/contract={owner}"):
        other = key.split("/period=")[1].split("/")[0]
        if other in earlier - repeated:
            invoices = pq.read_table(pa.BufferReader(lake.get(key)), columns=["invoice_id"])
            if pc.any(pc.is_in(invoices["invoice_id"], numbers)).as_py():
                repeated.add(other)
    return sorted(repeated)
