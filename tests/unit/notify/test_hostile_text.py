"""Names, ids and reasons come from outside: none becomes markup, a formula, a header or a path."""

from dataclasses import replace
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recount.lake import Lake
from recount.notify.delivery import Post
from recount.notify.finance import finance_mail
from recount.notify.identity import file_stem
from recount.notify.letterhead import Letterhead, OutcomeTerms
from recount.notify.mail import HeaderError, Mail, address, mail_bytes
from recount.notify.notice import vendor_notice
from recount.notify.operations import Alarm, operations_mail
from recount.plain_text import plain
from tests.unit.notify.conftest import AT
from tests.unit.notify.months import ACME, lines, statement
from tests.unit.notify.parsing import ReadMail, one_mail_in, read_mail, rows_in

SCRIPT = "<script>alert(1)</script>"
FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20A",
)
RTL = "\u202egnp.exe"


def with_ids(ids: list[str]) -> pa.Table:
    """Return the month's lines, the first of them with these subject ids."""
    table = lines()
    place = table.schema.get_field_index("subject_id")
    rest = table["subject_id"].to_pylist()[len(ids) :]
    return table.set_column(place, "subject_id", pa.array([*ids, *rest], pa.string()))


def mailed(post: Post, letterhead: Letterhead = ACME, ids: Any = (), **changes: Any) -> ReadMail:
    """Mail a month with hostile texts to finance."""
    table = with_ids(list(ids))
    said = {**statement(table, decision="dispute"), **changes}
    finance_mail(said, table, letterhead, post, notice=None)
    return one_mail_in(post.lake, "outbox", "finance")


HOSTILE = replace(
    ACME,
    vendor=f"Evil {SCRIPT} {{{{ 7*7 }}}}",
    buyer="A&B <b>GmbH</b><style>*{display:none}</style>",
    title='" onmouseover="alert(1)',
    invoice_ids=(f"INV\r\nBcc: all@x.example {RTL}",),
    purchase_orders=("javascript:alert(1)",),
    outcomes={"resolution": OutcomeTerms(SCRIPT, {"satisfied": "{% raw %}</td><img src=x>"})},
)
FINDING = {"rule": SCRIPT, "severity": "hold", "because": f"a\nb {SCRIPT}", "observed": SCRIPT}


@pytest.mark.parametrize("decision", ["dispute", "hold"])
def test_markup_in_any_text_is_shown_and_not_run(outbox: Post, decision: str) -> None:
    mail = mailed(outbox, HOSTILE, decision=decision, findings=[FINDING])
    for markup in ("<script", "<b>", "<style", "<img src=x", 'onmouseover="', "{% raw"):
        assert markup not in mail.html.replace("{% raw %}&lt;", "")
    assert SCRIPT in mail.seen
    assert "{{ 7*7 }}" in mail.seen
    assert "href=" not in mail.html


def test_markup_in_the_notice_is_shown_and_not_run(outbox: Post) -> None:
    table = lines()
    vendor_notice(statement(table, decision="dispute"), table, HOSTILE, outbox)
    mail = one_mail_in(outbox.lake, "notices")
    assert "<script" not in mail.html
    assert "<img" not in mail.html
    assert "<style" not in mail.html
    assert SCRIPT in mail.seen


def test_a_line_break_in_an_id_stays_on_its_line(outbox: Post) -> None:
    mail = mailed(outbox, HOSTILE)
    assert "Bcc" not in mail.headers
    assert "INV Bcc: all@x.example" in " ".join(mail.text.split())
    assert not [line for line in mail.text.splitlines() if line.startswith("Bcc:")]


def test_what_would_reorder_a_text_is_marked_and_a_right_to_left_name_is_kept(
    outbox: Post,
) -> None:
    hebrew = replace(ACME, vendor="\u05d0\u05d1\u05d2 Ltd", invoice_ids=(RTL,))
    mail = mailed(outbox, hebrew)
    assert "\u202e" not in mail.text + mail.html
    assert "\ufffdgnp.exe" in mail.seen
    assert "<bdi>\u05d0\u05d1\u05d2 Ltd</bdi>" in mail.html
    assert mail.headers["Subject"].endswith("(\u05d0\u05d1\u05d2 Ltd, March 2016)")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(outbox: Post, tmp_path: Any, text: str) -> None:
    (book,) = mailed(outbox, ids=[text]).files.values()
    path = tmp_path / "book.xlsx"
    path.write_bytes(book)
    cells = [cell for row in openpyxl.load_workbook(path)["Lines"].iter_rows() for cell in row]
    found = [cell for cell in cells if str(cell.value).strip() == plain(text).strip()]
    assert len(found) == 1
    assert (found[0].data_type, found[0].quotePrefix) == ("s", True)
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_a_negative_number_stays_a_number(outbox: Post) -> None:
    (book,) = mailed(outbox).files.values()
    gap = {row["Figure"]: row["Value"] for row in rows_in(book, "Statement")}
    assert gap["gap.amounts.not_invoiced"] == -2.97


def test_a_very_long_id_is_cut_and_marked_as_one_cell(outbox: Post) -> None:
    (book,) = mailed(outbox, ids=["x" * 50_000]).files.values()
    longest = max((str(row["Subject"]) for row in rows_in(book, "Lines")), key=len)
    assert len(longest) == 32_767
    assert longest.endswith("…")


def test_spreadsheet_escapes_in_an_id_are_not_decoded(outbox: Post) -> None:
    (book,) = mailed(outbox, ids=["_x000D_", "a&b<c>"]).files.values()
    subjects = [row["Subject"] for row in rows_in(book, "Lines")]
    assert "_x005F_x000D_" in subjects
    assert "a&b<c>" in subjects


@pytest.mark.parametrize(
    "name", ["Evil\r\nBcc: all@x.example", "Evil\nInc", "Evil\x00", "a\u2028b"]
)
def test_a_line_break_in_the_vendors_name_is_refused_before_anything_is_written(
    outbox: Post, name: str
) -> None:
    table, hostile = lines(), replace(ACME, vendor=name)
    with pytest.raises(HeaderError, match="line break or control character"):
        vendor_notice(statement(table, decision="dispute"), table, hostile, outbox)
    with pytest.raises(HeaderError, match="line break or control character"):
        finance_mail(statement(table, decision="pay"), table, hostile, outbox, notice=None)
    assert outbox.lake.keys() == []


@pytest.mark.parametrize(
    "bad",
    ["a@b.example\r\nBcc: x@y.example", "a@b.example, c@d.example", "a b@c.example", "<a@b.c>", "a",
     "ä@b.example", "a@bücher.example", "@b.example", "a@"],
)  # fmt: skip
def test_what_is_no_single_plain_address_is_refused(outbox: Post, bad: str) -> None:
    with pytest.raises(HeaderError, match="no mail address"):
        mailed(outbox, replace(ACME, finance=(bad,)))
    with pytest.raises(HeaderError):
        address(bad)


def test_names_of_files_and_keys_are_ours(lake: Lake) -> None:
    for contract in ("../../etc/passwd", "/abs", "a\x00b", "CON", "x" * 300, "a b"):
        stem = file_stem(contract, "2016-03")
        assert stem.startswith("2016-03-")
        assert len(stem) < 80
        assert lake.uri(f"outbox/{stem}.eml")
    table = lines()
    said = {**statement(table, decision="pay"), "contract": "../../x"}
    finance_mail(said, table, ACME, Post(lake, None, AT), notice=None)
    keys = lake.keys()
    assert keys
    assert all(key.startswith(("outbox/2016-03-", "mails/")) for key in keys)


def test_an_errors_text_is_no_markup_either(outbox: Post) -> None:
    alarm = Alarm("run_failed", "acme-support", "2016-03", f"events.csv: {SCRIPT}\nBcc: x", AT)
    operations_mail(alarm, ("data@acme.example",), outbox)
    mail = one_mail_in(outbox.lake, "outbox")
    assert "<script" not in mail.html
    assert "events.csv: <script>alert(1)</script> Bcc: x" in mail.seen


@settings(max_examples=60)
@given(vendor=st.text(max_size=60), words=st.text(max_size=200))
def test_any_text_either_is_refused_or_stays_what_it_is(vendor: str, words: str) -> None:
    mail = Mail("a@b.example", ("c@d.example",), vendor, AT, "<m@b.example>", plain(words), "<p>")
    try:
        read = read_mail(mail_bytes(mail))
    except HeaderError:
        return
    assert set(read.headers.keys()) <= {
        "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert read.text.rstrip("\n") == plain(words).rstrip("\n")
