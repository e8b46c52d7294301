"""What the page about invoices shows can be written in a contract, and it names every setting."""

from typing import Any

import pytest
import yaml

from recount.project import ROOT
from recount.sources.invoices.cii import Cii
from recount.sources.invoices.focus_csv import FocusCsv
from recount.sources.invoices.invoice_file import InvoiceFile
from recount.sources.invoices.mapped_csv import MappedCsv
from recount.sources.invoices.mapped_xlsx import MappedXlsx
from recount.sources.invoices.ubl import Ubl
from tests.unit.docs.reading import blocks
from tests.unit.sources.invoice_files import terms_of

PAGE = (ROOT / "docs" / "sources" / "invoices.md").read_text("utf-8")
FORMATS: dict[str, InvoiceFile] = {
    each.system: each for each in (Ubl(), Cii(), FocusCsv(), MappedCsv(), MappedXlsx())
}
EXAMPLES = [yaml.safe_load(each)["sources"]["invoice"] for each in blocks(PAGE, "yaml")]


@pytest.mark.parametrize("said", EXAMPLES, ids=lambda said: str(said["system"]))
def test_an_example_can_be_used(said: dict[str, Any]) -> None:
    settings = {key: value for key, value in said.items() if key != "system"}
    source = FORMATS[str(said["system"])]
    source.check(terms_of(source, **settings))


@pytest.mark.parametrize("source", FORMATS.values(), ids=FORMATS)
def test_every_setting_and_fact_is_explained(source: InvoiceFile) -> None:
    for name in (*source.settings.model_fields, *source.facts):
        assert f"`{name}`" in PAGE, name
