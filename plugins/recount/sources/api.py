"""Asks an API, and believes no answer that could be half, somebody else's, or without end.

What may pass by itself is tried again with growing pauses: limits, failing servers, cut
connections. What stays wrong is refused in one sentence. No secret is part of a sentence or a log:
neither our headers nor an answer's text are ever repeated.
"""

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import httpx
import msgspec
import tenacity

from recount.errors import SourceError, TransientError
from recount.sources.pace import Pace
from recount.sources.words import shown

# httpx tells each URL to its log, and a URL may be a key, such as a link to a file
logging.getLogger("httpx").setLevel(logging.WARNING)
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
# 207 tells of several things at once: what is there, and which are not
_TOLD = frozenset({200, 207})
# the pause of a system that answers no more today
SPENT = math.inf


class SignIn(Protocol):
    """How we say who we are."""

    def headers(self) -> Mapping[str, str]:
        """Return the headers that each request carries."""

    def renew(self, used: Mapping[str, str]) -> bool:
        """Get another access token than the one `used`, which ran out; False where none can be."""


@dataclass(frozen=True)
class Limits:
    """How long we wait for a system, and how much we take from it. Times are seconds.

    `answer_seconds` is for a whole answer, `idle_seconds` for a pause in it.
    """

    attempts: int = 6
    longest_wait_seconds: float = 120
    answer_seconds: float = 300
    idle_seconds: float = 60
    largest_answer_bytes: int = 256 * 1024**2


@dataclass(frozen=True)
class Answer:
    """A whole answer; `document` is its JSON. `said_at` is the server's own clock, in UTC."""

    data: bytes
    document: Any
    headers: httpx.Headers
    said_at: datetime


@dataclass
class Api:
    """One system, asked under one name at one place, within its pace.

    `name` is the source in the contract and goes into every sentence. `pause_of` reads how many
    seconds an answer that may pass asks us to wait; None where it says nothing.
    """

    name: str
    base_url: str
    sign_in: SignIn
    pace: Pace
    limits: Limits = field(default_factory=Limits)
    pause_of: Callable[[httpx.Response], float | None] = field(default=lambda r: retry_after(r))

    def __post_init__(self) -> None:
        """Open the client; it connects at the first request."""
        self._client = client(self.base_url, self.limits)

    def get(self, path: str, **query: Any) -> Answer:
        """Ask for a document; SourceError if it cannot be trusted, TransientError if it failed."""
        return self._ask("GET", path, params=query)

    def post(self, path: str, document: object) -> Answer:
        """Ask by a document that only searches, so that asking twice changes nothing."""
        return self._ask("POST", path, json=document)

    def get_csv(self, path: str, **query: Any) -> Answer:
        """Ask for a table as CSV, which stays bytes."""
        return self._ask("GET", path, "csv", params=query)

    def get_file(self, path: str, query: Mapping[str, str]) -> Answer:
        """Fetch a document that lies in a store, which may call it no more than bytes."""
        return self._ask("GET", path, "file", params=query)

    def _ask(self, method: str, path: str, form: str = "json", **what: Any) -> Answer:
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.limits.attempts),
            wait=self._pause,
            retry=tenacity.retry_if_exception_type(_Passing),
            reraise=True,
        )
        try:
            for attempt in retrying:
                with attempt:
                    return self._once(method, path, form, what)
        except _Passing as failure:
            raise TransientError(
                f"{self._place(path)} {failure.because}; what came before is landed, and the next "
                "run goes on there"
            ) from None
        raise AssertionError("tenacity ends with a result or an error")

    def _once(self, method: str, path: str, form: str, what: Mapping[str, Any]) -> Answer:
        wanted, carried = {"Accept": _ACCEPT[form]}, self.sign_in.headers()
        answer = self._sent(method, path, {**wanted, **carried}, what)
        if answer.status_code == 401 and self.sign_in.renew(carried):
            answer = self._sent(method, path, {**wanted, **self.sign_in.headers()}, what)
        return self._trusted(path, form, answer)

    def _sent(
        self, method: str, path: str, carried: Mapping[str, str], what: Mapping[str, Any]
    ) -> httpx.Response:
        self.pace.wait()
        request = self._client.build_request(method, path, headers=carried, **what)
        ends_at = time.monotonic() + self.limits.answer_seconds
        try:
            response = self._client.send(request, stream=True)
            try:
                data = self._read(path, response, ends_at)
            finally:
                response.close()
        except httpx.TimeoutException:
            raise _Passing("does not answer in time") from None
        except httpx.DecodingError:
            raise _Passing("answered with damaged data") from None
        except httpx.TransportError as error:
            raise _Passing(f"cannot be reached or hung up ({type(error).__name__})") from None
        headers = [pair for pair in response.headers.multi_items() if pair[0] not in _ENCODED]
        return httpx.Response(response.status_code, headers=headers, content=data)

    def _read(self, path: str, response: httpx.Response, ends_at: float) -> bytes:
        pieces, size = [], 0
        for piece in response.iter_bytes():
            pieces.append(piece)
            size += len(piece)
            if size > self.limits.largest_answer_bytes:
                raise SourceError(
                    f"{self._place(path)} sent more than {self.limits.largest_answer_bytes:,} "
                    "bytes in one answer; ask the system's vendor why"
                )
            if time.monotonic() > ends_at:
                raise _Passing(f"took longer than {self.limits.answer_seconds:g} s for one answer")
        return b"".join(pieces)

    def _trusted(self, path: str, form: str, response: httpx.Response) -> Answer:
        status, place = response.status_code, self._place(path)
        if status in _PASSING:
            pause = self.pause_of(response)
            if pause == SPENT:
                raise TransientError(
                    f"{place} answers no more today, as the allowance of requests is used up "
                    f"({status}); what came before is landed, and a run tomorrow goes on there"
                )
            raise _Passing(f"keeps answering {status}", wait=pause)
        if status in (401, 403):
            what = "refuses our credentials" if status == 401 else "does not let us read this"
            sentence = f"{place} {what} ({status}); check the connection and its rights"
            raise AnsweredError(sentence, status, response.content)
        if 300 <= status < 400:
            to = httpx.URL(response.headers.get("Location", "")).host or "another page"
            raise SourceError(
                f"{place} sends us to {shown(to)} ({status}), and we do not follow; "
                "correct the host of the connection"
            )
        if status not in _TOLD:
            sentence = f"{place} answers {status}; check the connection's host"
            raise AnsweredError(sentence, status, response.content)
        said = response.headers.get("Content-Type", "").partition(";")[0].lower()
        if not any(kind in said for kind in _KINDS[form]):
            raise SourceError(
                f"{place} answers with {shown(said or 'no type')} instead of "
                f"{_KINDS[form][0].upper()}, such as a page to sign in; check host and credentials"
            )
        try:
            document = None if form == "csv" else msgspec.json.decode(response.content)
        except msgspec.DecodeError:
            raise _Passing("answers with JSON that is cut short or damaged") from None
        return Answer(response.content, document, response.headers, self._date(path, response))

    def _date(self, path: str, response: httpx.Response) -> datetime:
        try:
            return parsedate_to_datetime(response.headers["Date"])
        except (KeyError, ValueError):
            raise SourceError(
                f"{self._place(path)} does not say its time, so that nobody knows until when it "
                "was complete; check what stands between it and us"
            ) from None

    def _pause(self, state: tenacity.RetryCallState) -> float:
        failure = state.outcome and state.outcome.exception()
        asked = failure.wait if isinstance(failure, _Passing) else None
        longest = self.limits.longest_wait_seconds
        # chance moves nothing but the moment of the next attempt
        growing = tenacity.wait_exponential_jitter(multiplier=0.5, max=longest, jitter=0.5)
        return min(longest, growing(state) if asked is None else asked)

    def _place(self, path: str) -> str:
        return f"{self.name}: {httpx.URL(self.base_url).netloc.decode()}{path}"


class AnsweredError(SourceError):
    """The system answers with an error that stays, such as 404."""

    def __init__(self, sentence: str, status: int, data: bytes = b"") -> None:
        """Keep what was answered for callers to whom it means something; it is no sentence."""
        super().__init__(sentence)
        self.status = status
        self.data = data


_ACCEPT = {"json": "application/json", "csv": "text/csv", "file": "*/*"}
_KINDS = {"json": ("json",), "csv": ("csv",), "file": ("json", "octet-stream")}
# The body is decoded by now, so what was said of its encoding is not true of it any more.
_ENCODED = ("content-encoding", "content-length", "transfer-encoding")


class _Passing(Exception):
    """A failure that may pass by itself; `wait` is how many seconds the server asks for."""

    def __init__(self, because: str, wait: float | None = None) -> None:
        super().__init__(because)
        self.because = because
        self.wait = wait


def client(base_url: str, limits: Limits) -> httpx.Client:
    """Return a client that never follows a redirect; it connects at the first request."""
    return httpx.Client(
        base_url=base_url,
        timeout=httpx.Timeout(limits.idle_seconds, connect=15),
        # a redirect could lead to another host, and our headers would go there too
        follow_redirects=False,
        trust_env=not is_loopback(httpx.URL(base_url).host),
        headers={"Accept": _ACCEPT["json"]},
    )


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine."""
    return host in ("localhost", "127.0.0.1", "::1")


def retry_after(response: httpx.Response) -> float | None:
    """Return the pause that a server asks for: seconds, or a date by the server's own clock."""
    written = response.headers.get("Retry-After", "")
    if written.isascii() and written.isdigit():
        return float(written[:9])
    try:
        until, now = (parsedate_to_datetime(text) for text in (written, response.headers["Date"]))
        pause = (until - now).total_seconds()
    except (KeyError, ValueError, TypeError):
        return None
    return pause if pause > 0 else None
