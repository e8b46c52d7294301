"""A mail as bytes: the same parts give the same bytes, and no header holds a line break."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import format_datetime

from recount.errors import RecountError
from recount.evidence.register import sha256
from recount.plain_text import plain

MIME_TYPES = {
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
}
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,190}")
_SUBJECT_LENGTH = 180


class HeaderError(RecountError):
    """A text cannot stand in a mail's header."""


@dataclass(frozen=True)
class Attachment:
    """A file of ours under a name of ours."""

    name: str
    mime_type: str
    data: bytes


@dataclass(frozen=True)
class Picture:
    """An image inside the HTML, shown by `cid:<name>`."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Mail:
    """All that a mail says. `date` is the run's, never the clock's."""

    sender: str
    recipients: Sequence[str]
    subject: str
    date: datetime
    message_id: str
    text: str
    html: str
    reply_to: Sequence[str] = ()
    is_for_ourselves: bool = False
    pictures: Sequence[Picture] = ()
    attachments: Sequence[Attachment] = ()


def mail_bytes(mail: Mail) -> bytes:
    """Write a mail with CRLF line ends, ready for DATA and for an .eml file."""
    message = EmailMessage(policy=SMTP)
    for name, value in _headers(mail):
        message[name] = value
    message.set_content(mail.text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", charset="utf-8", cte="quoted-printable")
    _add_pictures(message, mail)
    for attachment in mail.attachments:
        kind, _, subtype = attachment.mime_type.partition("/")
        message.add_attachment(attachment.data, kind, subtype, filename=attachment.name)
    _fix_boundaries(message, mail.message_id)
    return message.as_bytes()


def header_text(name: str, value: str) -> str:
    """Return a text that may stand in a header; HeaderError names what does not."""
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in value):
        raise HeaderError(
            f"the mail's {name} would hold a line break or control character ({value!r}); "
            "remove it from the contract or the invoice"
        )
    return value


def address(value: str) -> str:
    """Return a plain ASCII mail address; HeaderError says what to write."""
    if not _ADDRESS.fullmatch(value):
        raise HeaderError(
            f"{value!r} is no mail address to send to; write name@host, a domain in ASCII (xn--)"
        )
    return value


def _headers(mail: Mail) -> list[tuple[str, str]]:
    to = ", ".join(address(recipient) for recipient in mail.recipients)
    headers = [("From", address(mail.sender))]
    if to:
        headers.append(("To", to))
    if mail.reply_to:
        headers.append(("Reply-To", ", ".join(address(one) for one in mail.reply_to)))
    if mail.is_for_ourselves:
        # RFC 3834: no out-of-office answers. Not to a vendor, whose ticket system may drop it.
        headers.append(("Auto-Submitted", "auto-generated"))
    subject = plain(header_text("subject", mail.subject))
    return [
        *headers,
        ("Subject", subject if len(subject) <= _SUBJECT_LENGTH else f"{subject[:179]}…"),
        ("Date", format_datetime(mail.date.astimezone(UTC))),
        ("Message-ID", header_text("Message-ID", mail.message_id)),
    ]


def _add_pictures(message: EmailMessage, mail: Mail) -> None:
    html = message.get_body(("html",))
    if not isinstance(html, EmailMessage):
        return
    for picture in mail.pictures:
        html.add_related(
            picture.data,
            "image",
            "png",
            cid=f"<{picture.name}>",
            filename=f"{picture.name}.png",
            disposition="inline",
        )


def _fix_boundaries(message: Message, message_id: str) -> None:
    # Python draws random ones; these differ by part and are as unlikely to stand in a text.
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"recount-{number}-{sha256(message_id.encode())[:40]}")
