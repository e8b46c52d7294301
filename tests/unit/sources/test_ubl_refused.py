"""UBL that cannot be trusted is refused, hostile XML before anything unfolds."""

from typing import Any

import pytest

from recount.errors import ContractError
from recount.sources.invoices import xml_file
from recount.sources.invoices.ubl import Ubl
from tests.unit.sources.invoice_files import refusal_of, terms_of
from tests.unit.sources.ubl_documents import ONE, document

UBL = Ubl()
NEEDED = ("DocumentCurrencyCode", "InvoicedQuantity", "PriceAmount", "TaxExclusiveAmount")


@pytest.mark.parametrize("name", NEEDED)
def test_what_an_invoice_needs_must_be_there(name: str) -> None:
    said = refusal_of(UBL, ONE.replace(f"cbc:{name}", "cbc:Other"))
    assert f"has no {name}; ask the vendor to add it" in said


def test_an_invoice_without_lines_is_refused() -> None:
    assert "has no lines" in refusal_of(UBL, document(total="0"))


BOMB = "<!DOCTYPE Invoice [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>"
EXTERNAL = "<!DOCTYPE Invoice SYSTEM 'http://127.0.0.1:9/x.dtd'>"
FILE = "<!DOCTYPE Invoice [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"


@pytest.mark.parametrize("dtd", ["<!DOCTYPE Invoice>", BOMB, EXTERNAL, FILE])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_dtd_is_refused_before_anything_unfolds(dtd: str, encoding: str) -> None:
    text = ONE.replace("encoding='UTF-8'?>", f"encoding='{encoding}'?>{dtd}")
    said = refusal_of(UBL, text.replace("INV-1", "&a;").encode(encoding))
    assert "has a document type definition (DTD)" in said


def test_an_entity_that_nobody_declared_is_refused() -> None:
    assert "cannot be read as XML" in refusal_of(UBL, ONE.replace("INV-1", "&a;"))


@pytest.mark.parametrize("data", [b"", b"\x00", b"<", b"not xml", ONE.encode()[:-3], b"PK\x03\x04"])
def test_what_is_no_xml_is_refused(data: bytes) -> None:
    assert "cannot be read as XML" in refusal_of(UBL, data)


def test_deep_xml_is_refused() -> None:
    deep = "<a>" * 60 + "</a>" * 60
    assert "levels deep" in refusal_of(UBL, ONE.replace("</Invoice>", f"{deep}</Invoice>"))
    assert refusal_of(UBL, "<a>" * 100_000)


def test_large_xml_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_file, "LARGEST_BYTES", 100)
    assert "is larger than" in refusal_of(UBL, ONE)


def test_other_xml_is_refused() -> None:
    assert "is neither Invoice nor CreditNote" in refusal_of(UBL, "<Invoice/>")


@pytest.mark.parametrize(("settings", "because"), [
    ({"outcomes": {"a": {"itm": "x"}}}, "'itm' is nothing that lines of ubl have"),
    ({"outcomes": {"a": {}}}, "say by what a line means a"),
    ({"subject": "body"}, "write {property"),
    ({"subject": {"tag": "x"}}, "write {property"),
])  # fmt: skip
def test_a_contract_that_cannot_be_used_is_refused(settings: dict[str, Any], because: str) -> None:
    with pytest.raises(ContractError, match=r"acme.yml:7: sources\.invoice"):
        UBL.check(terms_of(UBL, **settings))
    with pytest.raises(ContractError) as refused:
        UBL.check(terms_of(UBL, **settings))
    assert because in str(refused.value)
