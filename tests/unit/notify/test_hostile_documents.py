"""Nothing of a name, an id or a reason breaks the documents of a notice, or runs in them."""

import io
import json
from dataclasses import replace
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from recount.lake import open_lake
from recount.notify.delivery import Post
from recount.notify.letterhead import Letterhead, OutcomeTerms
from recount.notify.notice import vendor_notice
from recount.plain_text import plain
from tests.unit.notify.conftest import AT
from tests.unit.notify.months import ACME, lines, statement
from tests.unit.notify.parsing import ReadMail, one_mail_in
from tests.unit.notify.reading_pdf import active_parts_of, metadata_of, pages_of, text_of_pdf
from tests.unit.notify.test_hostile_text import FORMULAS, with_ids
from tests.unit.notify.test_invoice_response import ADDRESSES

MARKUP = [
    '#eval("1+1")',
    "#read(\"/etc/passwd\") #image(\"x.png\") #include \"x.typ\" #sys.inputs",
    "*bold* _italic_ $a^2$ `raw` @label <label> // gone /* gone */ \\ ~ --- ...",
    "= Heading\n- item",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "javascript:alert(1) https://evil.example/?a=b&c=d mailto:a@b.example",
    '"}]}; {{ 7*7 }} {% raw %}',
    "]]></cbc:ID><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>&e;",
]  # fmt: skip
SCRIPTS = {
    "hebrew": "\u05d0\u05d1\u05d2 Ltd",
    "arabic": "\u0645\u0631\u062d\u0628\u0627",
    "greek": "\u0391\u03b8\u03ae\u03bd\u03b1 \u20ac",
    "cyrillic": "\u041e\u041e\u041e \u0420\u043e\u043c\u0430\u0448\u043a\u0430",
}


def hostile(text: str) -> Letterhead:
    """A letterhead of which every text is the same."""
    return replace(
        ACME,
        title=text,
        buyer=text,
        vendor=plain(text),
        invoice_ids=(text,),
        purchase_orders=(text,),
        outcomes={"resolution": OutcomeTerms(text, {"stayed_solved": text, "satisfied": text})},
        electronic_addresses=ADDRESSES,
    )


def drafted(post: Post, letterhead: Letterhead = ACME, table: pa.Table | None = None) -> ReadMail:
    """Draft the notice of a month with hostile texts."""
    table = lines() if table is None else table
    vendor_notice(statement(table, decision="dispute"), table, letterhead, post)
    return one_mail_in(post.lake, "notices")


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_shown_as_it_is_and_nothing_acts(outbox: Post, text: str) -> None:
    mail = drafted(outbox, hostile(text))
    pdf = mail.file(".pdf")
    shown = text_of_pdf(pdf).replace(" ", "")
    assert plain(text).replace(" ", "") in shown
    assert "31.68USD" in shown
    assert active_parts_of(pdf) == []
    response = etree.fromstring(mail.file(".xml"))
    assert plain(text) in [each.text for each in response.iter("{*}RegistrationName")]
    assert json.loads(mail.file(".json"))["parties"]["buyer"] == text


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_a_name_in_another_script_is_shown(outbox: Post, text: str) -> None:
    pdf = drafted(outbox, replace(ACME, vendor=text)).file(".pdf")
    assert "pdfaid:part" in metadata_of(pdf)
    assert "[U+" not in text_of_pdf(pdf)


def test_a_character_that_no_font_has_is_shown_by_its_number(outbox: Post) -> None:
    mail = drafted(outbox, hostile("\u682a\u5f0f\u4f1a\u793e AI \U0001f600 \u1780"))
    text = text_of_pdf(mail.file(".pdf")).replace(" ", "")
    assert "[U+682A][U+5F0F][U+4F1A][U+793E]AI[U+1F600][U+1780]" in text
    assert "31.68USD" in text
    assert "\u682a\u5f0f\u4f1a\u793e" in mail.seen


def test_what_would_reorder_a_line_is_marked_in_every_document(outbox: Post) -> None:
    mail = drafted(outbox, hostile("a\u202egnp.exe \u200bb\u2066c"))
    assert "a\ufffdgnp.exe" in text_of_pdf(mail.file(".pdf"))
    for data in (mail.file(".xml"), sheets_as_xml(mail.file(".xlsx"))):
        assert "\u202e".encode() not in data


def sheets_as_xml(book: bytes) -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(book))
    cells = [str(cell.value) for sheet in workbook for row in sheet.iter_rows() for cell in row]
    return "\n".join(cells).encode()


@pytest.mark.parametrize("unbroken", ["x" * 1000, "W" * 1000, "wide word " * 100])
def test_a_very_long_text_stays_on_the_page(outbox: Post, unbroken: str) -> None:
    pdf = drafted(outbox, hostile(unbroken.strip())).file(".pdf")
    assert len(pages_of(pdf)) < 20
    assert right_edge_of(pdf) <= 595
    assert unbroken.replace(" ", "") in text_of_pdf(pdf).replace(" ", "")


def right_edge_of(pdf: bytes) -> float:
    """Return where the rightmost text of a PDF begins, in points."""
    import pypdf

    found: list[float] = []

    def see(text: str, user: Any, matrix: Any, font: Any, size: Any) -> None:
        if text.strip():
            found.append(float(user[4] + matrix[4] * user[0]))

    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        page.extract_text(visitor_text=see)
    return max(found)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_the_notices_workbook_is_a_formula(outbox: Post, text: str) -> None:
    ids = [f"agreed-{number}" for number in range(214)] + [text]
    mail = drafted(outbox, hostile(text), with_ids(ids))
    workbook = openpyxl.load_workbook(io.BytesIO(mail.file(".xlsx")))
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    found = [cell for cell in cells if str(cell.value).strip() == plain(text).strip()]
    assert len(found) > 4
    assert all((cell.data_type, cell.quotePrefix) == ("s", True) for cell in found)


@settings(max_examples=25)
@given(text=st.text(min_size=1, max_size=40))
@example(text="8\U000e0000")  # no character, and without any width
def test_any_text_gives_a_notice(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    lake = open_lake(str(tmp_path_factory.mktemp("lake")))
    shown = text.encode("utf-8", "replace").decode("utf-8")
    letterhead = replace(hostile(shown), vendor=plain(shown).replace("\ufffd", "?") or "?")
    mail = drafted(Post(lake, None, AT), letterhead)
    assert "31.68 USD" in text_of_pdf(mail.file(".pdf"))
    assert etree.fromstring(mail.file(".xml")) is not None
