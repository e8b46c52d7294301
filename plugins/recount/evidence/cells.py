"""Rows of CSV, a column at a time: safe in a spreadsheet, and read back exactly.

A null is an empty cell. A text that a spreadsheet would run, that begins with an apostrophe, or
that is empty has one apostrophe in front; whoever reads the text takes one away. Numbers have none,
so that a negative one stays a number.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from recount.spreadsheets import DANGEROUS

_GUARDED = f"^['\\t\\r\\n]|{DANGEROUS}|^$"
_QUOTED = '[",\\r\\n]'


def heading(names: Sequence[str]) -> bytes:
    """Return the first line of a CSV file."""
    return (",".join(names) + "\n").encode()


def lines(table: pa.Table) -> bytes:
    """Return the rows of a table as lines of CSV."""
    if not table.num_rows:
        return b""
    columns = [_cells(column.combine_chunks()) for column in table.columns]
    rows = pc.binary_join_element_wise(*columns, _text(","))
    return ("\n".join(rows.to_pylist()) + "\n").encode()


def _cells(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        cells = _quoted(_guarded(column.cast(pa.large_string())))
    elif pa.types.is_timestamp(kind):
        written = pc.strftime(column.cast(pa.timestamp("us")), "%Y-%m-%dT%H:%M:%SZ")
        cells = pc.replace_substring(written.cast(pa.large_string()), ".000000Z", "Z")
    elif pa.types.is_decimal(kind) and kind.scale > _LONGEST_SCALE:
        found = (None if each is None else f"{each:f}" for each in column.to_pylist())
        cells = pa.array(found, pa.large_string())
    else:
        cells = column.cast(pa.large_string())
    return pc.fill_null(cells, "")


# of more decimals Arrow writes a small number with an exponent
_LONGEST_SCALE = 6


def _guarded(texts: pa.Array) -> pa.Array:
    guarded = pc.binary_join_element_wise(_text("'"), texts, _text(""))
    return pc.if_else(pc.match_substring_regex(texts, _GUARDED), guarded, texts)


def _quoted(texts: pa.Array) -> pa.Array:
    doubled = pc.replace_substring(texts, '"', '""')
    quoted = pc.binary_join_element_wise(_text('"'), doubled, _text('"'), _text(""))
    return pc.if_else(pc.match_substring_regex(texts, _QUOTED), quoted, texts)


def _text(text: str) -> pa.Scalar:
    return pa.scalar(text, pa.large_string())
