"""What every emulator shares: HTTP on loopback, a clock of its own, a log of requests, faults.

An emulator of a system derives from `Emulator` and answers requests; nothing in it knows Recount.
Its clock is a value that a test moves: events happen between two pages when a test says so.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """What a client asked. `query` keeps the last of equal names; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    """What a server says; `document` is sent as JSON unless there is a `body`."""

    document: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/json; charset=utf-8"

    def to_bytes(self) -> bytes:
        return self.body if self.body is not None else json.dumps(self.document).encode()


# Takes part in sending one answer: given the handler and the answer that was meant, it sends what
# it likes, or changes the answer and calls `handler.send`.
Fault = Callable[["Handler", Answer], None]


@dataclass
class Misbehaviour:
    """A fault that strikes requests whose place begins as `on` says, after some, so many times."""

    fault: Fault
    on: str
    after: int
    times: int

    def strikes(self, place: str) -> bool:
        if not re.match(self.on, place) or self.times == 0:
            return False
        if self.after:
            self.after -= 1
            return False
        self.times -= 1
        return True


class Emulator(AbstractContextManager["Emulator"]):
    """A server on a free port of loopback; use it with `with`.

    `now` is the server's clock, in UTC, and goes into the `Date` of every answer.
    `requests` is everything that was asked, in order.
    `between` is called after each answered request with the request: there events happen.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now.astimezone(UTC)
        self.requests: list[Request] = []
        self.between: Callable[[Request], object] = lambda request: None
        self._misbehaviours: list[Misbehaviour] = []
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def answer(self, request: Request) -> Answer:
        """Answer one request; the system's own module says how."""
        raise NotImplementedError

    def place(self, request: Request) -> str:
        """Return what faults and `asked` know a request by: its path, where that says enough."""
        return request.path

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def misbehave(self, fault: Fault, *, on: str = "/", after: int = 0, times: int = 1) -> None:
        """Strike the requests to come whose place matches `on` from its beginning on.

        `times=-1` is for ever.
        """
        self._misbehaviours.append(Misbehaviour(fault, on, after, times))

    def behave(self) -> None:
        """Misbehave no longer."""
        self._misbehaviours.clear()

    def asked(self, path: str) -> list[Request]:
        """Return the requests so far whose place matches `path` from its beginning on."""
        return [request for request in self.requests if re.match(path, self.place(request))]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _respond(self, handler: "Handler", request: Request) -> None:
        with self._lock:
            self.requests.append(request)
            answer = self.answer(request)
            answer.headers.setdefault("Date", format_datetime(self.now, usegmt=True))
            place = self.place(request)
            struck = next((each for each in self._misbehaviours if each.strikes(place)), None)
            self.between(request)
        if struck:
            struck.fault(handler, answer)
        else:
            handler.send(answer)

    def _handler(self) -> type["Handler"]:
        emulator = self

        class Bound(Handler):
            def respond(self, request: Request) -> None:
                emulator._respond(self, request)

        return Bound


class Handler(BaseHTTPRequestHandler):
    """One connection; keeps it open between requests as the real servers do."""

    protocol_version = "HTTP/1.1"
    # headers and body leave as one segment: otherwise each answer waits for an acknowledgement
    wbufsize = -1
    disable_nagle_algorithm = True

    def respond(self, request: Request) -> None:
        raise NotImplementedError

    def send(self, answer: Answer) -> None:
        """Send an answer as it is meant."""
        body = answer.to_bytes()
        self.start(answer, len(body))
        self.wfile.write(body)
        self.wfile.flush()

    def start(self, answer: Answer, length: int | None) -> None:
        """Send the head; without a length the body is chunked."""
        self.send_response_only(answer.status)
        headers = {"Content-Type": answer.content_type, **answer.headers}
        if length is None:
            headers["Transfer-Encoding"] = "chunked"
        else:
            headers["Content-Length"] = str(length)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        try:
            self.respond(request)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    # http.server looks methods up by these names
    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a test looks at `requests`."""
