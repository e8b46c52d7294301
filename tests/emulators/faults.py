"""The ways in which an API misbehaves, for `Emulator.misbehave`."""

import contextlib
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

from tests.emulators.server import Answer, Fault, Handler


def status(code: int, **headers: str) -> Fault:
    """Answer with an error; `Retry_After="1"` becomes the header `Retry-After: 1`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def fault(handler: Handler, answer: Answer) -> None:
        handler.send(Answer({"error": "as told"}, code, {**answer.headers, **named}))

    return fault


def reset(handler: Handler, answer: Answer) -> None:
    """Cut the connection with a reset, before a byte was said."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True
    handler.connection.close()


def truncated(handler: Handler, answer: Answer) -> None:
    """Promise the whole body, send half of it, and hang up."""
    body = answer.to_bytes()
    handler.start(answer, len(body))
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    handler.close_connection = True


def broken_json(handler: Handler, answer: Answer) -> None:
    """Send half of the document, and say that this is all of it."""
    body = answer.to_bytes()
    handler.send(Answer(headers=answer.headers, body=body[: len(body) // 2]))


def login_page(handler: Handler, answer: Answer) -> None:
    """Answer 200 with a page for people."""
    page = b"<!doctype html><title>Sign in</title><form>password</form>"
    handler.send(Answer(headers=answer.headers, body=page, content_type="text/html"))


def login_page_that_claims_json(handler: Handler, answer: Answer) -> None:
    """Answer 200 with a page for people under the content type of the API."""
    handler.send(Answer(headers=answer.headers, body=b"<!doctype html><title>Sign in</title>"))


def redirect(location: str, code: int = 302) -> Fault:
    """Send the client elsewhere."""
    return status(code, Location=location)


def stalled(seconds: float) -> Fault:
    """Send the head and then nothing for so long."""

    def fault(handler: Handler, answer: Answer) -> None:
        handler.start(answer, len(answer.to_bytes()))
        handler.wfile.flush()
        time.sleep(seconds)
        handler.close_connection = True

    return fault


def dripping(seconds: float) -> Fault:
    """Send the body a byte at a time, so that no read is ever idle."""

    def fault(handler: Handler, answer: Answer) -> None:
        body = answer.to_bytes() + b" " * 1_000_000
        handler.start(answer, len(body))
        with contextlib.suppress(OSError):
            for byte in body:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
                time.sleep(seconds)
        handler.close_connection = True

    return fault


def endless(handler: Handler, answer: Answer) -> None:
    """Send chunks without end."""
    handler.start(answer, None)
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(piece)
    handler.close_connection = True


def changed(change: Callable[[Any], Any]) -> Fault:
    """Send another document: `change` gets the one that was meant, and may edit it in place."""

    def fault(handler: Handler, answer: Answer) -> None:
        edited = change(answer.document)
        document = answer.document if edited is None else edited
        handler.send(Answer(document, answer.status, answer.headers))

    return fault
