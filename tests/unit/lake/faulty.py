"""An S3 server that fails as it is told to, and otherwise passes requests on to a real one."""

import re
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import unquote

ERROR = b"<?xml version='1.0'?><Error><Code>Injected</Code><Message>no secret</Message></Error>"


@dataclass(frozen=True)
class Killing:
    """Whom to `kill` while an object is put whose key matches `at`.

    `when` is before the real server hears of it, during (it gets half of the content, and then the
    connection ends), or after it has the object.
    """

    when: str
    at: str
    kill: Callable[[], None]


class FaultyServer:
    """`faults` are used up by requests, one each: a status, `lost` or `stored, then 500`."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.faults: list[str] = []
        self.killing: Killing | None = None
        self.requests: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def take_killing(self, command: str, path: str) -> Killing | None:
        """Return whom to kill at a request, once."""
        found = self.killing
        if found and command == "PUT" and re.search(found.at, unquote(path)):
            self.killing = None
            return found
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler_for(server: FaultyServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            if killing := server.take_killing(self.command, self.path):
                self._kill(killing, length)
                return
            body = self.rfile.read(length)
            server.requests.append(self.command)
            fault = server.faults.pop(0) if server.faults else ""
            if fault == "lost":
                self.connection.close()
            elif fault.isdigit():
                self._answer(int(fault), Message(), ERROR)
            else:
                status, headers, answer = self._upstream(body)
                self._answer(500 if fault else status, headers, ERROR if fault else answer)

        do_GET = do_PUT = do_HEAD = do_DELETE = _serve  # noqa: N815 - the names that http.server calls

        def _kill(self, killing: Killing, length: int) -> None:
            if killing.when == "during":
                self._cut_off(self.rfile.read(length // 2))
            elif killing.when == "after":
                self._upstream(self.rfile.read(length))
            killing.kill()
            self.close_connection = True

        def _cut_off(self, half: bytes) -> None:
            upstream = HTTPConnection(server.upstream.removeprefix("http://"), timeout=30)
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                upstream.putheader(name, value)
            upstream.endheaders(half)
            upstream.close()

        def _upstream(self, body: bytes) -> tuple[int, Message, bytes]:
            # urllib would call the body a form, and then moto would read it as one.
            headers = {"Content-type": "application/octet-stream", **self.headers}
            url = server.upstream + self.path
            request = urllib.request.Request(url, body or None, headers, method=self.command)
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return answer.status, answer.headers, answer.read()
            except urllib.error.HTTPError as answer:
                return answer.code, answer.headers, answer.read()

        def _answer(self, status: int, headers: Message, body: bytes) -> None:
            self.send_response(status)
            for name in ("ETag", "Last-Modified", "Content-Type", "Content-Range"):
                if name in headers:
                    self.send_header(name, headers[name])
            is_head = self.command == "HEAD"
            length = headers.get("Content-Length", "0") if is_head else str(len(body))
            self.send_header("Content-Length", length)
            self.end_headers()
            if not is_head:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing on stderr."""

    return Handler
