"""The invoice inside a PDF (Factur-X, ZUGFeRD): an XML file that is attached to it."""

from pathlib import Path

from recount.errors import SourceError
from recount.sources.invoices.crafted_file import read_by_child

LARGEST_BYTES = 64 * 1024**2
_MAGIC = b"%PDF-"


def is_pdf(data: bytes | Path) -> bool:
    """Say whether a file begins like a PDF."""
    if isinstance(data, bytes):
        return data.startswith(_MAGIC)
    with data.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def invoice_in(data: bytes | Path, file_name: str) -> bytes:
    """Return the attached XML; SourceError unless there is exactly one invoice."""
    size = len(data) if isinstance(data, bytes) else data.stat().st_size
    if size > LARGEST_BYTES:
        raise SourceError(f"{file_name} is larger than 64 MiB; ask for the XML alone")
    return read_by_child(data, file_name, "a PDF with an invoice", "attachment")
