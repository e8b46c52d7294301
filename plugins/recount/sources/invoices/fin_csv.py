"""A list of the conversations that Intercom bills Fin for, as a CSV file.

Intercom documents no list of what it billed. What comes nearest is the CSV of its reports, of which
`Conversation ID` and `Fin AI Agent resolution state` are known: it says how Fin left each
conversation, and neither price nor instant. So the contract says which column holds what, which of
the vendor's words is billed as what, and at which price. The file is landed byte for byte.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from recount.errors import InvoiceMissing, SourceError
from recount.periods import Period
from recount.sources import files, records
from recount.sources.columns import Column, schema, typed
from recount.sources.extraction import Extraction, Page
from recount.sources.invoices.fin_settings import FinCsvSettings
from recount.sources.invoices.recount_csv import LINE_COLUMNS, claimed
from recount.sources.invoices.streams import Invoice
from recount.sources.source import Reach, reach_of_files
from recount.sources.terms import SourceTerms
from recount.sources.words import shown

_SIX_DIGITS = Decimal("0.000001")
_KINDS = {column.name: column.kind for column in LINE_COLUMNS}


class FinCsv(Invoice):
    """`system: fin_csv`."""

    system = "fin_csv"

    def check(self, terms: SourceTerms) -> None:
        """Type the settings; ContractError names what cannot be used."""
        said = terms.typed(FinCsvSettings)
        if said.currency != terms.currency:
            raise terms.refused(
                "currency",
                f"{shown(said.currency)} is not the contract's {terms.currency}; "
                f"ask the vendor for an invoice in {terms.currency}",
            )

    def extract(
        self, terms: SourceTerms, period: Period, *, as_of: datetime, scratch: Path
    ) -> list[Extraction]:
        """Copy the list of the period; InvoiceMissing if it is not there."""
        self.check(terms)
        file = files.snapshot(terms, "location", period, scratch, if_missing=InvoiceMissing)
        said = terms.typed(FinCsvSettings)
        header = said.headers["outcome"]
        found = records.read(file.path, file.name, [*said.headers.values()])
        records.require(found, file.name, [*said.headers.values()])
        counts = (_billed(batch.column(header), said).true_count for batch in found.batches)
        page = Page(file.name, file.path, sum(counts))
        return [Extraction(terms.name, "lines", self.system, {"location": file.location}, (page,))]

    def reach(self, terms: SourceTerms, period: Period) -> Iterator[Reach]:
        """Try to copy the file."""
        return reach_of_files(self, terms, period)

    def batches(
        self, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
    ) -> Iterator[pa.RecordBatch]:
        """Type the lines that are billed; SourceError names file and record."""
        said = terms.typed(FinCsvSettings)
        columns = [
            Column(header, _KINDS[name], has_blanks=True) for name, header in said.headers.items()
        ]
        found = pa.Table.from_batches(typed(data, file_name, columns), schema(columns))
        billed = found.filter(_billed(found[said.headers["outcome"]], said))
        rows = [_line(row, said) for row in billed.to_pylist()]
        yield from claimed(
            pa.Table.from_pylist(rows, schema(LINE_COLUMNS)), said.currency, said.subjects_of
        )


def _billed(words: pa.ChunkedArray | pa.Array, said: FinCsvSettings) -> pa.Array:
    """Say of each of the vendor's words whether it is billed; an unknown one may be."""
    unbilled = pa.array(said.unbilled, pa.string())
    return pc.invert(pc.is_in(pc.fill_null(pc.cast(words, pa.string()), ""), unbilled))


def _line(row: Mapping[str, Any], said: FinCsvSettings) -> dict[str, Any]:
    """Return a row of the file as a line of an invoice."""
    place = f"{row['file']}, record {row['record_number']}"
    cells = {name: row[header] for name, header in said.headers.items()}
    outcome = _outcome(cells["outcome"], said, place)
    price = cells.get("unit_price")
    unit_price = said.unit_prices.get(outcome) if price is None else price
    if unit_price is None:
        raise SourceError(f"{place}: {outcome} has no price; add it to unit_prices or to the file")
    quantity = Decimal(1) if cells.get("quantity") is None else cells["quantity"]
    amount = (quantity * unit_price).quantize(_SIX_DIGITS)
    line = {
        **cells,
        "invoice_id": cells.get("invoice_id") or Path(row["file"]).stem,
        "line_id": cells.get("line_id") or str(row["record_number"]),
        "outcome": outcome,
        "quantity": quantity,
        "unit_price": unit_price,
        "amount": amount if cells.get("amount") is None else cells["amount"],
        "currency": cells.get("currency") or said.currency,
    }
    _refuse_a_deduction(line, place)
    return line | {"record_number": row["record_number"], "file": row["file"]}


def _outcome(word: str | None, said: FinCsvSettings, place: str) -> str:
    """Return what the contract calls a word of the vendor's."""
    if (word or "") not in said.outcomes:
        raise SourceError(
            f"{place}, {said.headers['outcome']} {shown(word or '')}: nobody said whether that is "
            "billed; add it to outcomes or to unbilled of sources.invoice"
        )
    return said.outcomes[word or ""]


def _refuse_a_deduction(line: Mapping[str, Any], place: str) -> None:
    """Stop at what takes back an earlier month's outcome: it is a credit of that month."""
    for name in ("quantity", "unit_price", "amount"):
        if line[name] < 0:
            raise SourceError(
                f"{place}: {name} {line[name]} takes back what an earlier invoice billed; leave it "
                "out of the file, and settle it as a credit of that month"
            )
