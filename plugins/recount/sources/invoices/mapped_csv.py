"""Any CSV file with a mapping that the contract declares: `system: mapped_csv`."""

from pathlib import Path

from recount.sources.invoices import mapped, tables
from recount.sources.invoices.claims import Claim
from recount.sources.invoices.invoice_file import InvoiceFile
from recount.sources.invoices.mapped_settings import MappedCsvSettings
from recount.sources.terms import SourceTerms


class MappedCsv(InvoiceFile):
    """`system: mapped_csv`."""

    system = "mapped_csv"
    settings = MappedCsvSettings
    facts = mapped.FACTS

    def claims(self, terms: SourceTerms, file_name: str, data: bytes | Path) -> list[Claim]:
        """Read the records; SourceError names file and record."""
        said = terms.typed(MappedCsvSettings)
        dialect = tables.Dialect(said.delimiter, said.encoding)
        rows = tables.csv_rows(data, file_name, dialect)
        wanted = list(dict.fromkeys(said.columns.values()))
        records = tables.records(rows, file_name, wanted, said.header_row)
        return mapped.claims_of(said, file_name, records)
