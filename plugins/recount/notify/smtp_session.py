"""A session with a mail server: verified TLS, login, and limits on the time that it may take.

A connection's extra has Airflow's names (disable_ssl, disable_tls, timeout, from_email), and also
ca_file and total_timeout. Without disable_ssl, port 465 (or none) is TLS from the first byte, and
any other port is STARTTLS, which only a server on this machine may lack.
"""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from recount.connections import Connection
from recount.plain_text import plain

IDLE_SECONDS = 30.0
TOTAL_SECONDS = 600.0  # RFC 5321 4.5.3.2.6: ten minutes for the answer to the final dot
FAREWELL_SECONDS = 5.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
FAILURES = (smtplib.SMTPException, OSError, ValueError)


class RefusedError(Exception):
    """The server, or we, said no before the server had the mail."""


class _Session(smtplib.SMTP):
    def __init__(self, host: str, *, idle: float, ehlo: str) -> None:
        super().__init__(timeout=idle, local_hostname=ehlo)
        # The name to verify, which the constructor sets only where it also connects: too early
        # for the limit on the total time.
        self._host = host


class _TlsSession(smtplib.SMTP_SSL):
    def __init__(self, host: str, *, idle: float, ehlo: str, context: ssl.SSLContext) -> None:
        super().__init__(timeout=idle, local_hostname=ehlo, context=context)
        self._host = host


@contextmanager
def session(connection: Connection, sender: str) -> Iterator[smtplib.SMTP]:
    """Connect, secure and log in; at the total limit the connection is cut, whoever waits on it."""
    client = _client(connection, ehlo=sender.rpartition("@")[2])
    total = float(connection.extra.get("total_timeout") or TOTAL_SECONDS)
    watch = threading.Timer(total, _cut, [client])
    watch.daemon = True
    watch.start()
    try:
        _open(client, connection)
        yield client
    finally:
        _leave(client)
        watch.cancel()


def sender_of(connection: Connection | None, finance: Sequence[str]) -> str:
    """Return the address in From: the one that the server may send for, else finance's first."""
    extra = connection.extra if connection else {}
    return str(extra.get("from_email") or finance[0])


def set_idle_limit(client: smtplib.SMTP, seconds: float | None) -> None:
    """Change how long the server may be silent; None leaves the total limit alone."""
    if client.sock:
        client.sock.settimeout(seconds)


def reply(code: int, words: bytes) -> str:
    """Write a server's answer on one line."""
    return plain(f"{code} {words.decode('utf-8', 'replace')}")[:200]


def _client(connection: Connection, *, ehlo: str) -> smtplib.SMTP:
    if not connection.host:
        raise RefusedError("the SMTP connection names no host; add one")
    idle = float(connection.extra.get("timeout") or IDLE_SECONDS)
    if _is_tls_from_the_start(connection):
        context = _context(connection)
        return _TlsSession(connection.host, idle=idle, ehlo=ehlo, context=context)
    return _Session(connection.host, idle=idle, ehlo=ehlo)


def _open(client: smtplib.SMTP, connection: Connection) -> None:
    default = 465 if isinstance(client, smtplib.SMTP_SSL) else 587
    code, words = client.connect(connection.host or "", connection.port or default)
    if code != 220:
        raise RefusedError(f"the server is not ready: {reply(code, words)}")
    client.ehlo_or_helo_if_needed()
    if not isinstance(client, smtplib.SMTP_SSL):
        _start_tls(client, connection)
    if connection.login:
        client.login(connection.login, connection.password or "")


def _start_tls(client: smtplib.SMTP, connection: Connection) -> None:
    if _is_set(connection, "disable_tls"):
        return
    if client.has_extn("starttls"):
        client.starttls(context=_context(connection))
        client.ehlo()
    elif connection.host not in LOOPBACK:
        raise RefusedError(
            f"{connection.host} offers no TLS; use port 465, or set disable_tls in the connection"
        )


def _is_tls_from_the_start(connection: Connection) -> bool:
    if "disable_ssl" in connection.extra:
        return not _is_set(connection, "disable_ssl")
    return connection.port in (None, 465)


def _context(connection: Connection) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=connection.extra.get("ca_file") or None)


def _is_set(connection: Connection, name: str) -> bool:
    return str(connection.extra.get(name, "")).lower() in ("true", "1", "yes")


def _cut(client: smtplib.SMTP) -> None:
    if client.sock:
        # The plain socket's shutdown: TLS would first want to talk to the server that stalls.
        with suppress(OSError):
            socket.socket.shutdown(client.sock, socket.SHUT_RDWR)


def _leave(client: smtplib.SMTP) -> None:
    # What became of the mail is known by now: a farewell that fails changes nothing.
    with suppress(*FAILURES):
        set_idle_limit(client, FAREWELL_SECONDS)
        client.quit()
    client.close()
