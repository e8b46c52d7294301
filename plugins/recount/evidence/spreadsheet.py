"""CSV that people open in a spreadsheet: no cell of it can become a formula there."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# What a spreadsheet may take for the beginning of a formula (OWASP), but for a negative number.
_DANGEROUS = re.compile("[\x00-\x20]*[=+@\uff1d\uff0b\uff0d\uff20]|[\x00-\x20]*-(?![\\d.]+$)")


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Write rows as CSV with these columns; what a row lacks is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def cell(value: Any) -> str:
    """Put an apostrophe before what might be a formula, as people do who type one as a text."""
    text = "" if value is None else str(value)
    return f"'{text}" if _DANGEROUS.match(text) else text
