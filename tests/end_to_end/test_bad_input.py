"""Bad input is refused in one sentence and nothing is published; what is only odd is data."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.end_to_end.buyer import PUBLISHED, Buyer, html_of, rewritten, workbook_of
from tests.end_to_end.story import bill
from tests.support.small import FINAL, write_month

Harm = Callable[[Path], object]


@dataclass(frozen=True)
class Bad:
    """What is done to the files, and the place and the words of the sentence that refuses them."""

    harm: Harm
    place: str
    words: str


def changed(file: str, old: str, new: str) -> Harm:
    """Replace a text of a file that must be there."""

    def harm(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        assert old in text, text
        (folder / file).write_bytes(text.replace(old, new, 1).encode())

    return harm


def bytes_changed(file: str, old: bytes, new: bytes) -> Harm:
    return lambda folder: (folder / file).write_bytes(
        (folder / file).read_bytes().replace(old, new, 1)
    )


def contract(old: str, new: str, words: str) -> Bad:
    return Bad(changed("acme.yml", old, new), r"acme\.yml:\d+", words)


def event(old: str, new: str, words: str, record: int = 1) -> Bad:
    return Bad(changed("events.csv", old, new), rf"events\.csv, record {record}\b", words)


def line(old: str, new: str, words: str, record: int = 1) -> Bad:
    return Bad(changed("2026-03.csv", old, new), rf"2026-03\.csv, record {record}\b", words)


FIRST_EVENT = "e1,T1,ticket,solved,2026-03-02T09:00:00Z,ai_agent"
FIRST_LINE = "INV-1,1,T1,resolution,2026-03-02T09:00:00Z,1,1.00,1.00,USD,2026-04-01"


def amount(written: str) -> Bad:
    return line("1.00,1.00,USD", f"1.00,{written},USD", "amount")


BAD_CONTRACTS = {
    "money that YAML reads as a float": contract(
        "per_outcome: '1.00'", "per_outcome: 1.00", "quote per_outcome"
    ),
    "an unknown key": contract("currency: USD", "currency: USD\ncurency: EUR", "curency"),
    "a repeated key": contract("currency: USD", "currency: USD\ncurrency: EUR", "currency"),
    "a window that is none": contract("within: 14 days", "within: 0 days", "0 days"),
    "a window in words": contract("within: 14 days", "within: a fortnight", "a fortnight"),
    "a missing if_missing": contract("forbids:", "requires:", "if_missing is missing"),
    "a YAML tag": contract("currency: USD", "currency: !!python/name:os.system USD", "tag"),
    "an anchor": contract("currency: USD", "currency: &bomb USD", "anchor"),
    "a Norwegian boolean": contract("set_off: false", "set_off: no", "true nor false"),
    "a number with underscores": contract("version: 1", "version: 1_000", "no version"),
    "an octal number": contract("version: 1", "version: 0o17", "no version"),
    "a date with a time": contract("from: '2026-03-01'", "from: 2026-03-01T00:00:00", "date"),
    "an unknown zone": contract("time_zone: UTC", "time_zone: Mars/Olympus", "no time zone"),
    "an unknown currency": contract("currency: USD", "currency: USX", "USX"),
    "a log that shows what nobody knows": contract("- solved", "- soved", "no event type"),
}
BAD_FILES = {
    "an instant without an offset": event(
        "09:00:00Z", "09:00:00", "write an instant with its offset"
    ),
    "an instant of no day": event("2026-03-02T", "2026-02-30T", "occurred_at"),
    "a ragged record": event(FIRST_EVENT, FIRST_EVENT + ",more", "7 instead of 6 cells"),
    "a short record": event("e3,T2,ticket,", "e3,T2,", "5 instead of 6 cells", record=3),
    "an empty subject": event("e1,T1,", "e1,,", "subject_id is empty"),
    "an actor of no type": event("ai_agent", "robot", "actor_type"),
    "an event that is not shown": event("solved", "rated", "not among what helpdesk shows"),
    "an amount that is no number": amount("NaN"),
    "an amount without end": amount("inf"),
    "an amount beyond any bound": amount("1e400"),
    "an amount with separators": amount('"1,000.00"'),
    "an amount of another country": amount('"1.000,00"'),
    "an amount of twenty decimals": amount("1.00000000000000000001"),
    "an amount that is empty": amount(""),
    "a negative amount": line("1.00,1.00,USD", "1.00,-1.00,USD", "must not be negative"),
    "a negative quantity": line("Z,1,1.00", "Z,-1,1.00", "must not be negative"),
    "a bundle of one subject": line("Z,1,1.00", "Z,2,1.00", "a line per subject"),
    "another currency than the contract's": line("USD", "EUR", "is not the contract's USD"),
    "a currency that changes": line(
        "INV-1,2,T2,resolution,2026-03-03T09:00:00Z,1,1.00,1.00,USD",
        "INV-1,2,T2,resolution,2026-03-03T09:00:00Z,1,1.00,1.00,EUR", "'EUR' is not", record=2,
    ),
    "an unknown event type": event("T1,ticket,solved", "T1,ticket,sollved", "'sollved' is unknown"),
    "one event id with two contents": Bad(
        changed("events.csv", "e2,T2", "e1,T2"), r"events\.csv, record 1.*events\.csv, record 2",
        "two contents",
    ),
    "one line id twice": Bad(
        changed("2026-03.csv", "INV-1,2,", "INV-1,1,"), r"2026-03\.csv, records 1 and 2", "line '1'"
    ),
    "a file in another encoding": Bad(
        bytes_changed("events.csv", b"e3,T2", "e3,Tö".encode("latin-1")),
        r"events\.csv, record 3", "UTF-8",
    ),
    "a header in another encoding": Bad(
        bytes_changed("events.csv", b"actor_type", "actör_type".encode("utf-16-le")),
        r"events\.csv", "UTF-8",
    ),
    "a missing column": Bad(
        changed("events.csv", "occurred_at", "happened_at"), r"events\.csv", "occurred_at"
    ),
    "a column that comes twice": Bad(
        changed("events.csv", "actor_type", "event_id"), r"events\.csv", "event_id"
    ),
    "an empty file": Bad(
        lambda folder: (folder / "events.csv").write_text(""), r"events\.csv", "header"
    ),
    "an archive": Bad(
        lambda folder: (folder / "events.csv").write_bytes(b"PK\x03\x04"), r"events\.csv", "unpack"
    ),
    "a helpdesk file that is not there": Bad(
        lambda folder: (folder / "events.csv").unlink(), r"events\.csv", "is not there"
    ),
}  # fmt: skip


def refused(buyer: Buyer, done: Any, bad: Bad) -> None:
    assert done.exit_code == 2, done.output
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("recount: ")
    assert re.search(bad.place, sentence), sentence
    assert bad.words in sentence, sentence
    assert done.stdout == ""
    assert not buyer.objects(*PUBLISHED)


@pytest.mark.parametrize("bad", BAD_CONTRACTS.values(), ids=BAD_CONTRACTS)
def test_a_contract_that_cannot_be_run_is_refused_with_its_line(bad: Bad, tmp_path: Path) -> None:
    buyer = Buyer(write_month(tmp_path), tmp_path / "lake")
    bad.harm(tmp_path)
    refused(buyer, buyer.run(), bad)


@pytest.mark.parametrize("bad", BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_cannot_be_trusted_is_refused_with_its_record(bad: Bad, tmp_path: Path) -> None:
    buyer = Buyer(write_month(tmp_path), tmp_path / "lake")
    bad.harm(tmp_path)
    refused(buyer, buyer.run(), bad)


def test_a_month_without_a_contract_in_force_is_refused(tmp_path: Path) -> None:
    buyer = Buyer(write_month(tmp_path), tmp_path / "lake", "2026-04")
    refused(buyer, buyer.run(), Bad(print, "acme", "2026-04-01"))


@pytest.mark.parametrize("name", ["an unknown event type", "money that YAML reads as a float"])
def test_the_program_itself_ends_with_2_and_says_one_sentence(name: str, tmp_path: Path) -> None:
    path = write_month(tmp_path)
    (BAD_CONTRACTS | BAD_FILES)[name].harm(tmp_path)
    words = f"run --contract {path} --period 2026-03 --as-of {FINAL} --json --lake {tmp_path}/lake"
    program = Path(sys.executable).parent / "recount"
    done = subprocess.run([program, *words.split()], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1, done.stderr


# --- what is odd and still data


def test_an_empty_month_is_a_month(tmp_path: Path) -> None:
    path = write_month(tmp_path)
    for name in ("events.csv", "2026-03.csv"):
        (tmp_path / name).write_text((tmp_path / name).read_text().splitlines()[0] + "\n")
    statement = Buyer(path, tmp_path / "lake").statement()
    assert (statement["kind"], statement["decision"]) == ("final", "pay")
    assert statement["divergence"] == dict.fromkeys(
        ("of_invoiced", "of_recounted", "of_larger"), "0.00"
    )
    assert set(statement["amounts"].values()) == {"0.00"}


def test_a_missing_invoice_holds_the_month_and_tells_operations_once(tmp_path: Path) -> None:
    path = write_month(tmp_path)
    (tmp_path / "2026-03.csv").unlink()
    buyer = Buyer(path, tmp_path / "lake")
    statement = buyer.statement()
    rules = {finding["rule"]: finding["severity"] for finding in statement["findings"]}
    assert rules["invoice_missing"] == "hold"
    assert (statement["decision"], statement["notice"]) == ("hold", None)
    assert statement["outcomes"]["resolution"]["recounted_count"] == 2, "the charge to expect"
    (mail,) = buyer.mails("operations")
    assert "2026-03.csv is not there" in str(mail.get_body(("plain",)))


def test_an_invoice_that_comes_later_is_read_by_the_same_run(tmp_path: Path) -> None:
    path = write_month(tmp_path)
    invoice = (tmp_path / "2026-03.csv").read_bytes()
    (tmp_path / "2026-03.csv").unlink()
    buyer = Buyer(path, tmp_path / "lake")
    assert buyer.statement()["decision"] == "hold"
    (tmp_path / "2026-03.csv").write_bytes(invoice)
    assert buyer.statement()["decision"] == "dispute"


def test_a_byte_order_mark_and_lines_in_cells_are_read(tmp_path: Path) -> None:
    path = write_month(tmp_path)
    text = (tmp_path / "events.csv").read_text().replace("T1,", '"T\n1",').replace("\n", "\r\n")
    (tmp_path / "events.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert Buyer(path, tmp_path / "lake").matched().candidates["met"] == 2


HOSTILE = (
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1;9)", "\uff1d1+1", " =1+1",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "javascript:alert(1)", "'; drop table recount.statements; --",
    "{{ 7 * 7 }}", "{% raw %}", "../../etc/passwd", "%s%n", "T1\u202e1T", "null",
)  # fmt: skip


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


EVENT_HEADER = "event_id,subject_id,subject_type,event_type,occurred_at,actor_type"


def hostile_events(ids: list[str]) -> str:
    """Each is solved and reopened."""
    solved = [f"{i},{i},ticket,solved,2026-03-02T09:00:00Z,ai_agent" for i in ids]
    back = [f"r{n},{i},ticket,reopened,2026-03-03T09:00:00Z,requester" for n, i in enumerate(ids)]
    return "\n".join([EVENT_HEADER, *solved, *back, ""])


def hostile_subjects(ids: list[str]) -> str:
    """Each has the one attribute that the scope asks for."""
    attributes = quoted(json.dumps({ATTRIBUTE: HOSTILE[1]}))
    return "\n".join(
        ["subject_id,subject_type,attributes", *(f"{i},ticket,{attributes}" for i in ids), ""]
    )


ATTRIBUTE = """~1/"] '; drop table x; -- {{ 7 * 7 }} \\ """.strip()
HOSTILE_TERMS = {
    "parties.vendor": "<script>alert('vendor')</script> & {{ 7 * 7 }}",
    "outcomes.resolution.says": "=1+1 <b>{{ 7 * 7 }}</b> '; drop table statements; --",
    "outcomes.resolution.scope": {"attributes": {ATTRIBUTE: [HOSTILE[1]]}},
    "sources.helpdesk.subjects": "subjects.csv",
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Buyer:
    """A month in which every text is an attack."""
    folder = tmp_path_factory.mktemp("hostile")
    path = rewritten(write_month(folder), folder / "acme.yml", HOSTILE_TERMS)
    ids = [quoted(each) for each in HOSTILE]
    (folder / "events.csv").write_text(hostile_events(ids))
    (folder / "subjects.csv").write_text(hostile_subjects(ids))
    (folder / "2026-03.csv").write_text(bill(ids).replace("INV-1", quoted(HOSTILE[0])))
    buyer = Buyer(path, folder / "lake")
    assert buyer.statement()["decision"] == "dispute"
    return buyer


def test_ids_full_of_quotes_and_braces_are_judged_as_they_are(hostile: Buyer) -> None:
    rows = hostile.mart("reconciliation_lines")
    assert {row["subject_id"] for row in rows} == set(HOSTILE)
    assert {row["reason"] for row in rows} == {"quiet"}


@pytest.mark.parametrize("kind", ["finance", "notice"])
def test_a_formula_in_an_id_is_text_in_the_workbook(hostile: Buyer, kind: str) -> None:
    (mail,) = hostile.mails(kind)
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(mail)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    shown = {str(cell.value) for cell in cells}
    assert {each for each in HOSTILE if "\u202e" not in each} <= shown
    dangerous = [cell for cell in cells if str(cell.value) == HOSTILE[0]]
    assert all(cell.quotePrefix for cell in dangerous)


@pytest.mark.parametrize("kind", ["finance", "notice"])
def test_markup_in_a_name_is_text_in_a_mail(hostile: Buyer, kind: str) -> None:
    (mail,) = hostile.mails(kind)
    html = html_of(mail)
    assert "<script" not in html
    assert "&lt;script&gt;alert" in html
    assert "{{ 7 * 7 }}" in html, "a template would have made 49 of it"
    assert "onerror=alert(1)>" not in html


def test_markup_in_a_name_is_text_on_the_guards_page(hostile: Buyer) -> None:
    (page,) = (data for key, data in hostile.objects("guard").items() if key.endswith(".html"))
    assert b"<script" not in page
    assert b"onerror" not in page
