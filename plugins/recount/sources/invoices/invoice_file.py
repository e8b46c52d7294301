"""What the sources that read an invoice from a file have in common: each gives the reader."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
from pydantic import Field

from recount.errors import InvoiceMissing, SourceError
from recount.periods import Period
from recount.sources import files
from recount.sources.extraction import Extraction, Page
from recount.sources.files import Snapshot
from recount.sources.invoices.claims import Claim, batch_of, refuse
from recount.sources.invoices.line_types import Outcomes, unknown_fact
from recount.sources.invoices.streams import Invoice
from recount.sources.source import Reach, reach_of_files
from recount.sources.terms import Settings, SourceTerms
from recount.sources.words import shown


class InvoiceSettings(Settings):
    """What every format has; `subjects_of` names the helpdesk that the subject ids are of."""

    location: str
    outcomes: Outcomes = Field(default_factory=dict)
    subjects_of: str | None = None
    connection: str | None = None

    def credit_note_files(self) -> tuple[str, ...]:
        """Return the locations of credit notes, where a format has them in files of their own."""
        return ()


class InvoiceFile(Invoice, ABC):
    """A format of which one file is one period's invoice."""

    system: ClassVar[str]
    settings: ClassVar[type[InvoiceSettings]]
    facts: ClassVar[tuple[str, ...]]  # what the contract may tell lines apart by
    is_archive: ClassVar[bool] = False

    @abstractmethod
    def claims(self, terms: SourceTerms, file_name: str, data: bytes | Path) -> list[Claim]:
        """Read one file; SourceError names file and place."""

    def check(self, terms: SourceTerms) -> None:
        """Type the settings; ContractError names what cannot be used."""
        unknown = unknown_fact(terms.typed(self.settings).outcomes, self.facts)
        if unknown:
            raise terms.refused(
                ".".join(("outcomes", *unknown)),
                f"{unknown[1]!r} is nothing that lines of {self.system} have; "
                f"write one of {', '.join(self.facts)}",
            )

    def extract(
        self, terms: SourceTerms, period: Period, *, as_of: datetime, scratch: Path
    ) -> list[Extraction]:
        """Copy the invoice of the period and its credit notes; InvoiceMissing without invoice."""
        self.check(terms)
        invoice = files.snapshot(
            terms, "location", period, scratch,
            if_missing=InvoiceMissing, is_archive=self.is_archive,
        )  # fmt: skip
        claims = self._of_one_kind(terms, invoice, is_credit_note=False)
        _refuse_other_month(claims, invoice.name, period)
        deducted = [claim for claim in claims if not claim.is_line]
        lines = Page(invoice.name, invoice.path, len(claims) - len(deducted))
        credited = [Page(invoice.name, invoice.path, len(deducted))] if deducted else []
        request = {"location": invoice.location}
        notes = list(self._credit_notes(terms, period, scratch))
        credited += [Page(file.name, file.path, count) for file, count in notes]
        asked = terms.typed(self.settings).credit_note_files()
        if asked:
            request = {**request, "credit_notes": ", ".join(asked)}
        return [
            Extraction(terms.name, "lines", self.system, {"location": invoice.location}, (lines,)),
            Extraction(terms.name, "credits", self.system, request, tuple(credited)),
        ]

    def reach(self, terms: SourceTerms, period: Period) -> Iterator[Reach]:
        """Try to copy and read the files."""
        return reach_of_files(self, terms, period)

    def batches(
        self, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
    ) -> Iterator[pa.RecordBatch]:
        """Type the lines or the credits of one file, which fits into memory."""
        yield batch_of(self._checked(terms, file_name, data), stream, file_name)

    def _checked(self, terms: SourceTerms, file_name: str, data: bytes | Path) -> list[Claim]:
        said = terms.typed(self.settings)
        claims = self.claims(terms, file_name, data)
        refuse(claims, file_name, terms.currency)
        if not said.subjects_of:
            return claims
        return [
            replace(claim, subject_id=f"{said.subjects_of}-{claim.subject_id}")
            if claim.subject_id is not None
            else claim
            for claim in claims
        ]

    def _of_one_kind(
        self, terms: SourceTerms, file: Snapshot, *, is_credit_note: bool
    ) -> list[Claim]:
        claims = self._checked(terms, file.name, file.path)
        for claim in claims:
            if claim.document.is_credit_note is not is_credit_note:
                kind, key = ("an invoice", "location") if is_credit_note else (
                    "a credit note", "credit_notes")  # fmt: skip
                raise SourceError(
                    f"{file.name}: {shown(claim.document.number)} is {kind}; "
                    f"name its file under {key}"
                )
        return claims

    def _credit_notes(
        self, terms: SourceTerms, period: Period, scratch: Path
    ) -> Iterator[tuple[Snapshot, int]]:
        seen: dict[str, str] = {}
        for where in terms.typed(self.settings).credit_note_files():
            one = replace(terms, settings={**terms.settings, "credit_notes": where})
            try:
                file = files.snapshot(
                    one, "credit_notes", period, scratch,
                    if_missing=InvoiceMissing, is_archive=self.is_archive,
                )  # fmt: skip
            except InvoiceMissing:
                continue  # most months have none
            claims = self._of_one_kind(terms, file, is_credit_note=True)
            for number in {claim.document.number for claim in claims}:
                if number in seen:
                    raise SourceError(
                        f"{seen[number]} and {file.name} are both credit note {shown(number)}; "
                        "name one of them under credit_notes"
                    )
                seen[number] = file.name
            yield file, len(claims)


def _refuse_other_month(claims: Sequence[Claim], file_name: str, period: Period) -> None:
    """Refuse another month's invoice, where a format says which month it bills."""
    for claim in claims:
        month = claim.document.billed_month
        if month not in (None, period.name):
            raise SourceError(
                f"{file_name}, {claim.place} bills {month} and not {period.name}; "
                "ask for a file of one month"
            )
