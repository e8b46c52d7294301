"""Reading mails as a mail program would, and figures out of what people read."""

import email
import email.message
import io
import re
from dataclasses import dataclass
from decimal import Decimal
from email.policy import default
from html.parser import HTMLParser

import openpyxl

from recount.lake import Lake

MONEY = re.compile(r"(?<![\w.,-])([+-]?[\d,]+\.\d\d) USD")


@dataclass(frozen=True)
class ReadMail:
    """A mail's parts."""

    headers: email.message.EmailMessage
    text: str
    html: str
    pictures: dict[str, bytes]
    files: dict[str, bytes]

    @property
    def seen(self) -> str:
        """The HTML's text without markup."""
        return text_of(self.html)

    def file(self, ending: str) -> bytes:
        """The only attachment whose name ends so."""
        (data,) = (data for name, data in self.files.items() if name.endswith(ending))
        return data


def read_mail(data: bytes) -> ReadMail:
    """Take a mail apart."""
    message = email.message_from_bytes(data, policy=default)
    assert isinstance(message, email.message.EmailMessage)
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    parts = list(message.walk())
    return ReadMail(
        message,
        text.get_content().replace("\r\n", "\n"),
        html.get_content(),
        {p["Content-ID"].strip("<>"): p.get_content() for p in parts if p["Content-ID"]},
        {str(a.get_filename()): a.get_content() for a in message.iter_attachments()},
    )


def mails_in(lake: Lake, folder: str = "outbox") -> dict[str, ReadMail]:
    """Return the mails of a folder by their names."""
    return {key: read_mail(lake.get(key)) for key in lake.keys(folder) if key.endswith(".eml")}


def one_mail_in(lake: Lake, folder: str, kind: str = "") -> ReadMail:
    """Return the only mail of a folder (with that word in its name)."""
    (mail,) = [mail for key, mail in mails_in(lake, folder).items() if kind in key]
    return mail


def figures_in(text: str) -> set[str]:
    """Return every amount that a text shows, without its separators."""
    return {found.replace(",", "") for found in MONEY.findall(re.sub(r"\s+", " ", text))}


def text_of(html: str) -> str:
    """Return what a reader sees of HTML."""
    seen: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            seen.append(data)

    Reader().feed(html)
    return " ".join(seen)


def rows_in(workbook: bytes, sheet: str) -> list[dict[str, object]]:
    """Return a sheet's rows by heading."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    headings, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, headings), row, strict=True)) for row in rows]


def exact(number: object) -> Decimal:
    """Return a cell's number as it is written."""
    return Decimal(str(number))
