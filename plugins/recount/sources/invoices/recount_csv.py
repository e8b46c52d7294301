"""A vendor's invoice as a CSV file in Recount's own columns (DESIGN 10); Parquet works as well.

The file is landed byte for byte: it is the vendor's claim, and evidence as it stands.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from recount.errors import InvoiceMissing, SourceError
from recount.periods import Period
from recount.sources import files, records
from recount.sources.columns import Column, optional, schema, typed
from recount.sources.extraction import Extraction, Page
from recount.sources.invoices.streams import Invoice
from recount.sources.kinds import DATE, INSTANT, TEXT, decimal
from recount.sources.source import Reach, reach_of_files
from recount.sources.terms import Settings, SourceTerms
from recount.sources.words import shown

LINE_COLUMNS = (
    Column("invoice_id", TEXT),
    Column("line_id", TEXT),
    Column("subject_id", TEXT, has_blanks=True),  # a fee has no subject
    Column("outcome", TEXT),
    optional("concluded_at", INSTANT),
    Column("quantity", decimal(6), is_never_negative=True),
    Column("unit_price", decimal(6), is_never_negative=True),
    Column("amount", decimal(6), is_never_negative=True),
    Column("currency", TEXT),
    optional("issued_on", DATE),
    optional("due_on", DATE),
    optional("purchase_order", TEXT),
)
_RENAMED = {"currency": "currency_code", "record_number": "line_number"}


class RecountCsvSettings(Settings):
    """`subjects_of` names the helpdesk whose connector put its own name before the subject ids."""

    location: str
    subjects_of: str | None = None
    connection: str | None = None


class RecountCsv(Invoice):
    """`system: recount_csv`."""

    system = "recount_csv"

    def check(self, terms: SourceTerms) -> None:
        """Type the settings; ContractError names what cannot be used."""
        terms.typed(RecountCsvSettings)

    def extract(
        self, terms: SourceTerms, period: Period, *, as_of: datetime, scratch: Path
    ) -> list[Extraction]:
        """Copy the invoice of the period; InvoiceMissing if it is not there."""
        self.check(terms)
        file = files.snapshot(terms, "location", period, scratch, if_missing=InvoiceMissing)
        found = records.read(file.path, file.name, [column.name for column in LINE_COLUMNS])
        records.require(found, file.name, [c.name for c in LINE_COLUMNS if c.is_required])
        page = Page(file.name, file.path, sum(batch.num_rows for batch in found.batches))
        return [Extraction(terms.name, "lines", self.system, {"location": file.location}, (page,))]

    def reach(self, terms: SourceTerms, period: Period) -> Iterator[Reach]:
        """Try to copy the files."""
        return reach_of_files(self, terms, period)

    def batches(
        self, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
    ) -> Iterator[pa.RecordBatch]:
        """Type the lines; SourceError names file and record.

        One invoice fits into memory; that is what finding a repeated line needs.
        """
        said = terms.typed(RecountCsvSettings)
        lines = pa.Table.from_batches(typed(data, file_name, LINE_COLUMNS), schema(LINE_COLUMNS))
        yield from claimed(lines, terms.currency, said.subjects_of)


def claimed(lines: pa.Table, currency: str, subjects_of: str | None) -> list[pa.RecordBatch]:
    """Return the lines of an invoice for staging; SourceError if they cannot be one invoice's."""
    _refuse_other_currency(lines, currency)
    _refuse_bundles(lines)
    _refuse_repeats(lines)
    if subjects_of:
        ids = pc.binary_join_element_wise(subjects_of, lines["subject_id"], "-")
        lines = lines.set_column(lines.schema.get_field_index("subject_id"), "subject_id", ids)
    renamed = [_RENAMED.get(name, name) for name in lines.schema.names]
    batches: list[pa.RecordBatch] = lines.rename_columns(renamed).to_batches()
    return batches


def _refuse_other_currency(lines: pa.Table, currency: str) -> None:
    """Stop an invoice in another currency; converting it is nobody's right here (FAULTS X11)."""
    row = pc.index(pc.equal(lines["currency"], currency), False).as_py()
    if row >= 0:
        raise _error(
            lines,
            row,
            f"currency {shown(lines['currency'][row])} is not the contract's "
            f"{currency}; ask the vendor for an invoice in {currency}",
        )


def _refuse_bundles(lines: pa.Table) -> None:
    """Refuse a line that names one subject and bills for more or less than one (DESIGN 6)."""
    one = pa.scalar(1, pa.int64()).cast(pa.decimal128(38, 6)).cast(pa.decimal128(18, 6))
    is_wrong = pc.and_(pc.is_valid(lines["subject_id"]), pc.not_equal(lines["quantity"], one))
    row = pc.index(is_wrong, True).as_py()
    if row >= 0:
        raise _error(
            lines,
            row,
            f"quantity {shown(lines['quantity'][row])} on a line with a subject; "
            "such a line bills for 1, so ask for a line per subject",
        )


def _refuse_repeats(lines: pa.Table) -> None:
    """Refuse a line id that an invoice uses twice, naming both records (FAULTS A9)."""
    numbers = lines.group_by(["invoice_id", "line_id"], use_threads=False).aggregate(
        [("record_number", "count"), ("record_number", "min"), ("record_number", "max")]
    )
    repeated = numbers.filter(pc.greater(numbers["record_number_count"], 1)).sort_by(
        "record_number_min"
    )
    if repeated.num_rows:
        first = repeated.slice(0, 1).to_pylist()[0]
        raise SourceError(
            f"{lines['file'][0]}, records {first['record_number_min']} and "
            f"{first['record_number_max']} are both line {shown(first['line_id'])} of invoice "
            f"{shown(first['invoice_id'])}; ask the vendor which of them counts"
        )


def _error(lines: pa.Table, row: int, because: str) -> SourceError:
    return SourceError(f"{lines['file'][row]}, record {lines['record_number'][row]}: {because}")
