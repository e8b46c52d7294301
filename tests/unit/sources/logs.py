"""Small files and the terms that name them."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from recount.errors import ContractError
from recount.periods import Period, zone
from recount.sources import source_of
from recount.sources.extraction import Extraction, Page
from recount.sources.source import parse
from recount.sources.terms import SourceTerms

AS_OF = datetime(2016, 5, 1, tzinfo=UTC)
MARCH = Period.named("2016-03", zone("Europe/Berlin"))
NINE = "2016-03-01T09:00:00Z"


def _error(where: str, because: str) -> ContractError:
    return ContractError(f"acme.yml:7: {where}: {because}")


def terms_of(
    name: str = "helpdesk", system: str = "event_log", base: Path = Path(), **settings: Any
) -> SourceTerms:
    """Return the terms of a source, with a location and what it shows unless they are given."""
    usual: Mapping[str, Any] = {"location": "events.csv"}
    if system == "event_log":
        usual = {**usual, "shows": ["opened", "solved"]}
    said = {key: value for key, value in {**usual, **settings}.items() if value is not None}
    return SourceTerms(name, system, "buyer", said, _error, "Europe/Berlin", "USD", base)


def parsed(
    terms: SourceTerms, stream: str, data: bytes | str | Path, file_name: str = "events.csv"
) -> pa.Table:
    """Type the rows of one file."""
    content = data.encode() if isinstance(data, str) else data
    return parse(source_of(terms), terms, stream, file_name, content)


def extracted(terms: SourceTerms, scratch: Path) -> list[Extraction]:
    """Fetch what March needs."""
    found = source_of(terms).extract(terms, MARCH, as_of=AS_OF, scratch=scratch)
    files = [each for each in found if isinstance(each, Extraction)]
    assert len(files) == len(found), "a feed is no file"
    return files


def content_of(extraction: Extraction) -> bytes:
    """Return the bytes of an extraction's only page."""
    [page] = extraction.pages
    return bytes_of(page)


def bytes_of(page: Page) -> bytes:
    """Return what a page holds, also where that is in a file."""
    return page.data if isinstance(page.data, bytes) else page.data.read_bytes()


def event(**cells: str) -> str:
    """Return an event log of one record; a cell is given or a usual one."""
    return events({"subject_id": "t1", "subject_type": "ticket", "event_type": "solved",
                   "occurred_at": NINE, **cells})  # fmt: skip


def events(*records: Mapping[str, str]) -> str:
    """Return an event log of records that have the same columns."""
    lines = [",".join(records[0]), *(",".join(_quoted(record)) for record in records)]
    return "\r\n".join(lines) + "\r\n"


def _quoted(record: Mapping[str, str]) -> list[str]:
    return ['"' + cell.replace('"', '""') + '"' if cell else "" for cell in record.values()]


def as_parquet(columns: Mapping[str, Any], **options: Any) -> bytes:
    """Return a Parquet file with these columns."""
    file = io.BytesIO()
    parquet.write_table(pa.table(dict(columns)), file, **options)
    return file.getvalue()
