"""What an invoice repeats of an earlier month: the same file, or the same number.

Only earlier months are looked at, so that a month says the same when a later one has arrived.
"""

from collections.abc import Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from recount import landing
from recount.lake import Lake


def periods_of_same_file(
    lake: Lake, owner: str, source: str, streams: Mapping[str, str], period: str
) -> list[str]:
    """The earlier periods for which a file with the same bytes, and lines in it, was landed."""
    found: set[str] = set()
    for stream, digest in streams.items():
        manifests = landing.verify_chain(lake, owner, source, stream)
        ours = {
            page.sha256
            for manifest in manifests
            for page in manifest.pages
            if manifest.digest == digest and page.record_count
        }
        found |= {
            manifest.period
            for manifest in manifests
            if manifest.period < period and ours & {page.sha256 for page in manifest.pages}
        }
    return sorted(found)


def periods_of_same_invoice(
    lake: Lake, contract: str, invoice_ids: Collection[str], period: str
) -> list[str]:
    """The earlier periods whose published statements hold an invoice of the same number."""
    found = set()
    numbers = pa.array(sorted(invoice_ids), pa.string())
    for key in lake.keys(f"marts/invoices/contract={contract}"):
        earlier = key.split("/period=")[1].split("/")[0]
        if earlier < period and earlier not in found:
            invoices = pq.read_table(pa.BufferReader(lake.get(key)), columns=["invoice_id"])
            if pc.any(pc.is_in(invoices["invoice_id"], numbers)).as_py():
                found.add(earlier)
    return sorted(found)
