"""What an invoice repeats of another month: the same file, or the same number.

Only what was landed before this invoice is looked at, so that a month says the same however often
it is run, and whatever is landed later; of two that are alike, the one that came second says so.
"""

from collections.abc import Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from recount import landing
from recount.lake import Lake
from recount.manifests import Manifest

Streams = Mapping[str, str]  # the digest of the manifest that a month reads, by stream


def periods_of_same_file(
    lake: Lake, owner: str, source: str, streams: Streams, period: str
) -> list[str]:
    """The other periods for which a file of the same bytes, and with lines, was landed before."""
    found: set[str] = set()
    for stream, digest in streams.items():
        *before, ours = _up_to(landing.verify_chain(lake, owner, source, stream), digest)
        files = {page.sha256 for page in ours.pages if page.record_count}
        found |= {each.period for each in before if files & {page.sha256 for page in each.pages}}
    return sorted(found - {period})


def periods_of_same_invoice(
    lake: Lake, owner: str, source: str, streams: Streams, period: str, invoice_ids: Collection[str]
) -> list[str]:
    """The other periods, landed before, whose statements hold an invoice of the same number."""
    earlier: set[str] = set()
    for stream, digest in streams.items():
        *before, _ = _up_to(landing.verify_chain(lake, owner, source, stream), digest)
        earlier |= {each.period for each in before} - {period}
    found: set[str] = set()
    numbers = pa.array(sorted(invoice_ids), pa.string())
    for key in lake.keys(f"marts/invoices/contract={owner}"):
        other = key.split("/period=")[1].split("/")[0]
        if other in earlier - found:
            invoices = pq.read_table(pa.BufferReader(lake.get(key)), columns=["invoice_id"])
            if pc.any(pc.is_in(invoices["invoice_id"], numbers)).as_py():
                found.add(other)
    return sorted(found)


def _up_to(manifests: list[Manifest], digest: str) -> list[Manifest]:
    """The manifests up to the first with that digest: the same content may have come again."""
    return manifests[: [each.digest for each in manifests].index(digest) + 1]
