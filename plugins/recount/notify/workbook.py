"""The attached workbooks: the same sheets give the same bytes, and no cell is ever a formula.

xlsxwriter writes the book with its headings and styles; the rows, which it would take minutes over
for a big month, are written by `cells` into its sheets.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

from recount.notify.cells import Styles, rows_xml

_ROWS_OF_A_SHEET = 1_048_575  # and one for the headings
_ROWS_AT_ONCE = 20_000
_WHEN = (1980, 1, 1, 0, 0, 0)  # the zip's own time, which says nothing


@dataclass(frozen=True)
class Sheet:
    """One table under its headings; `widths` are in characters."""

    name: str
    headings: Sequence[str]
    widths: Sequence[int]
    table: pa.Table


def workbook(sheets: Sequence[Sheet], *, created: datetime) -> bytes:
    """Write the sheets as XLSX; a table too long for one sheet goes on in the next."""
    parts = [part for sheet in sheets for part in _parts(sheet)]
    frame, styles = _frame(parts, created)
    out = io.BytesIO()
    with zipfile.ZipFile(frame) as source, zipfile.ZipFile(out, "w") as target:
        tables = {f"xl/worksheets/sheet{n}.xml": part for n, part in enumerate(parts, start=1)}
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with target.open(entry, "w") as written:
                for chunk in _filled(source.read(name), tables.get(name), styles):
                    written.write(chunk)
    return out.getvalue()


def _parts(sheet: Sheet) -> Iterator[Sheet]:
    starts = range(0, max(sheet.table.num_rows, 1), _ROWS_OF_A_SHEET)
    for number, start in enumerate(starts, start=1):
        name = sheet.name if number == 1 else f"{sheet.name} {number}"
        part = sheet.table.slice(start, _ROWS_OF_A_SHEET)
        yield Sheet(name, sheet.headings, sheet.widths, part)


def _frame(parts: Sequence[Sheet], created: datetime) -> tuple[io.BytesIO, Styles]:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": created.astimezone(UTC).replace(tzinfo=None)})
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {
            "decimal": book.add_format({"num_format": "#,##0.00####"}),
            "integer": book.add_format({"num_format": "#,##0"}),
            "quoted": book.add_format({"quote_prefix": True}),
        }
        for part in parts:
            _write_headings(book, part, heading, formats)
    return out, Styles(**{name: style.xf_index for name, style in formats.items()})


def _write_headings(
    book: xlsxwriter.Workbook, part: Sheet, heading: Format, formats: dict[str, Format]
) -> None:
    worksheet = book.add_worksheet(part.name)
    worksheet.freeze_panes(1, 0)
    for column, (text, width) in enumerate(zip(part.headings, part.widths, strict=True)):
        worksheet.set_column(column, column, width)
        worksheet.write_string(0, column, text, heading)
    # Beyond the last column, so that the book keeps these formats though no cell here has them.
    for column, style in enumerate(formats.values(), start=len(part.headings)):
        worksheet.set_column(column, column, None, style)


def _filled(frame: bytes, part: Sheet | None, styles: Styles) -> Iterator[bytes]:
    if part is None:
        yield frame
        return
    before, end, after = frame.partition(b"</sheetData>")
    last = f"{xl_col_to_name(len(part.headings) - 1)}{part.table.num_rows + 1}"
    whole = f'<dimension ref="A1:{last}"/>'.encode()
    yield before.replace(_dimension(before), whole)
    for start in range(0, part.table.num_rows, _ROWS_AT_ONCE):
        chunk = part.table.slice(start, _ROWS_AT_ONCE)
        yield rows_xml(chunk, first_row=start + 2, styles=styles)
    yield end + after


def _dimension(sheet: bytes) -> bytes:
    start = sheet.index(b"<dimension ")
    return sheet[start : sheet.index(b"/>", start) + 2]
