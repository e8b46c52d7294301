"""A sheet of any workbook with a mapping that the contract declares: `system: mapped_xlsx`."""

from pathlib import Path

from recount.sources.invoices import mapped, tables, workbook
from recount.sources.invoices.claims import Claim
from recount.sources.invoices.invoice_file import InvoiceFile
from recount.sources.invoices.mapped_settings import MappedXlsxSettings
from recount.sources.terms import SourceTerms


class MappedXlsx(InvoiceFile):
    """`system: mapped_xlsx`."""

    system = "mapped_xlsx"
    settings = MappedXlsxSettings
    facts = mapped.FACTS
    is_archive = True

    def claims(self, terms: SourceTerms, file_name: str, data: bytes | Path) -> list[Claim]:
        """Read the sheet's records; SourceError names file and record."""
        said = terms.typed(MappedXlsxSettings)
        rows = workbook.rows(data, file_name, said.sheet)
        wanted = list(dict.fromkeys(said.columns.values()))
        records = tables.records(rows, file_name, wanted, said.header_row)
        return mapped.claims_of(said, file_name, records)
