"""One attempt to hand a mail to a server, in phases whose failures mean different things.

Before the final dot a failure is a refusal: nobody has the mail, and it may be tried again. From
the final dot until the server's answer nobody knows (RFC 1047), and that is what is returned.
"""

import re
import smtplib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from recount.connections import Connection
from recount.notify.smtp_session import (
    FAILURES,
    RefusedError,
    reply,
    session,
    set_idle_limit,
)
from recount.plain_text import plain

# Asked just before DATA with each recipient's state; it records that this run sends, or says no.
Claim = Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True)
class Envelope:
    """Who gets which bytes."""

    sender: str
    recipients: Sequence[str]
    data: bytes


@dataclass(frozen=True)
class Attempt:
    """What came of it: `sent`, `not_sent`, `send_unknown`, or `not_ours` where another run sends.

    `recipients` has a state for each address asked for: `accepted`, or the server's refusal.
    """

    result: str
    because: str = ""
    recipients: Mapping[str, str] = field(default_factory=dict)


def send(connection: Connection, envelope: Envelope, claim: Claim) -> Attempt:
    """Try once; an error of `claim` itself is raised, and then nothing was handed over."""
    recipients: dict[str, str] = {}
    try:
        with session(connection, envelope.sender) as client:
            recipients = _address(client, envelope)
            if "accepted" not in recipients.values():
                return Attempt("not_sent", _said_no(recipients), recipients)
            if not claim(recipients):
                return Attempt("not_ours", "another run is sending it", recipients)
            return _transfer(client, envelope.data, recipients)
    except RefusedError as refusal:
        return Attempt("not_sent", str(refusal), recipients)
    except smtplib.SMTPAuthenticationError as error:
        # Without the server's words, which may repeat what was sent to it.
        return Attempt("not_sent", f"the server refused the login ({error.smtp_code})", recipients)
    except FAILURES as error:
        return Attempt("not_sent", f"no mail was handed over: {_words(error)}", recipients)


def _address(client: smtplib.SMTP, envelope: Envelope) -> dict[str, str]:
    options = [f"SIZE={len(envelope.data)}"] if client.has_extn("size") else []
    code, words = client.mail(envelope.sender, options)
    if code != 250:
        raise RefusedError(f"the server refused the sender: {reply(code, words)}")
    states: dict[str, str] = {}
    for recipient in envelope.recipients:
        code, words = client.rcpt(recipient)
        states[recipient] = "accepted" if code in (250, 251) else reply(code, words)
    return states


def _transfer(client: smtplib.SMTP, data: bytes, recipients: Mapping[str, str]) -> Attempt:
    code, words = client.docmd("DATA")
    if code != 354:
        raise RefusedError(f"the server refused the mail: {reply(code, words)}")
    client.send(_stuffed(data))
    try:
        # From here on the server may have it, whatever we hear. It takes its time to answer, and a
        # wait cut short would leave a question to a person: only the total limit holds.
        set_idle_limit(client, None)
        client.send(b".\r\n")
        code, words = client.getreply()
    except FAILURES as error:
        because = f"the server did not answer after it had the whole mail: {_words(error)}"
        return Attempt("send_unknown", because, recipients)
    return _answered(code, words, recipients)


def _answered(code: int, words: bytes, recipients: Mapping[str, str]) -> Attempt:
    if code == 250:
        return Attempt("sent", "", recipients)
    # 421 announces a shutdown at any time and is no answer about the mail (RFC 5321 3.8).
    if code == 421 or not 400 <= code <= 599:
        because = f"the server's answer to the whole mail is unclear: {reply(code, words)}"
        return Attempt("send_unknown", because, recipients)
    return Attempt("not_sent", f"the server refused the mail: {reply(code, words)}", recipients)


def _stuffed(data: bytes) -> bytes:
    lines = re.sub(rb"(?m)^\.", b"..", re.sub(rb"\r\n|\r|\n", b"\r\n", data))
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _said_no(recipients: Mapping[str, str]) -> str:
    return "; ".join(f"{address}: {words}" for address, words in recipients.items())


def _words(error: BaseException) -> str:
    return plain(f"{type(error).__name__}: {error}")[:200]
