"""Mail servers: a real one that takes mail, and one that fails where it is told to."""

import socketserver
import ssl
import threading
import time
from asyncio import Server
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from recount.connections import Connection

How = Callable[[Any], None]

LOGIN, PASSWORD = "recount", "correct horse"


@dataclass
class Inbox:
    """What a server took: the bytes of each mail and whom it was for; and how it answers."""

    refusals: Mapping[str, str] = field(default_factory=dict)
    answer: str = "250 Message accepted for delivery"
    mails: list[bytes] = field(default_factory=list)
    recipients: list[Sequence[str]] = field(default_factory=list)
    was_secure: list[bool] = field(default_factory=list)
    senders: list[str | None] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.answer.startswith("250"):
            self.mails.append(bytes(envelope.original_content or b""))
            self.recipients.append(list(envelope.rcpt_tos))
            self.was_secure.append(session.ssl is not None)
            self.senders.append(envelope.mail_from)
        return self.answer


class _AnyPort(Controller):
    def _trigger_server(self) -> None:
        # The system chose the port; the controller has to learn which.
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server(inbox: Inbox, **options: Any) -> Iterator[Connection]:
    """Run a server without TLS on this machine."""
    controller = _AnyPort(inbox, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield connection_to(controller.port)
    finally:
        controller.stop()


@contextmanager
def secure_server(inbox: Inbox, authority: trustme.CA, ca_file: str) -> Iterator[Connection]:
    """Run a server that takes mail only after STARTTLS and a login."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    options = {
        "tls_context": context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": _authenticate,
    }
    with mail_server(inbox, **options) as plain:
        yield connection_to(
            plain.port, host="localhost", login=LOGIN, password=PASSWORD, ca_file=ca_file
        )


@contextmanager
def tls_server(inbox: Inbox, authority: trustme.CA) -> Iterator[int | None]:
    """Run a server that speaks TLS from the first byte; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with mail_server(inbox, ssl_context=context) as connection:
        yield connection.port


def connection_to(
    port: int | None,
    *,
    host: str = "127.0.0.1",
    login: str | None = None,
    password: str | None = None,
    **extra: Any,
) -> Connection:
    """Return the connection to a port of this machine."""
    return Connection("recount_smtp", "smtp", host, port, login, password, None, extra)


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    is_known = isinstance(data, LoginPassword) and data == LoginPassword(
        LOGIN.encode(), PASSWORD.encode()
    )
    return AuthResult(success=is_known, handled=False)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def failing_server(at: str, how: How) -> Iterator[tuple[Connection, list[bytes]]]:
    """Run a server that does `how` at a command, in the `BODY`, or at `.` after a whole mail."""
    whole: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 ready\r\n")
            for line in self.rfile:
                verb = line.split()[0].decode().upper() if line.split() else ""
                if verb == "DATA" and at != "DATA":
                    self.wfile.write(b"354 go ahead\r\n")
                    if at == "BODY":
                        how(self)
                        return
                    lines = iter(self.rfile.readline, b".\r\n")
                    whole.append(b"".join(lines))
                    verb = "."
                if verb == at:
                    how(self)
                    return
                self.wfile.write(b"250 OK\r\n")

    with _Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield connection_to(server.server_address[1], timeout=0.3, total_timeout=1), whole
        finally:
            server.shutdown()
            thread.join()


def drop(handler: Any) -> None:
    """Hang up."""


def stall(handler: Any) -> None:
    """Say nothing for longer than anybody waits."""
    time.sleep(3)


def drip(handler: Any) -> None:
    """Say a little, again and again: no single wait is long."""
    for _ in range(40):
        handler.wfile.write(b"250-and\r\n")
        time.sleep(0.1)


def announce_shutdown(handler: Any) -> None:
    """Say that the service closes."""
    handler.wfile.write(b"421 closing\r\n")
