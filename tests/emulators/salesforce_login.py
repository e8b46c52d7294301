"""Who may ask: OAuth tokens and sessions, and how often: the org's allocation of requests.

Written from Help (`remoteaccess_oauth_refresh_token_flow`), the REST guide (errorcodes) and, for
the fields of a token, the vendor's public Postman collection; for rotated refresh tokens and the
words of refusals from what users of public clients recorded (airbytehq/airbyte, source-salesforce).
A token tells no lifetime: a session ends some time after its last request, as the settings of the
app and the org have it.
"""

import base64
import hashlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from tests.emulators.server import Answer, Request

ORG = "00DHs000000ABCDEAQ"


def failure(status: int, code: str, message: str) -> Answer:
    """Return an error in the envelope of the REST API: a list of one."""
    return Answer([{"message": message, "errorCode": code}], status)


def refusal(error: str, description: str) -> Answer:
    """Return an error in the envelope of the token endpoint."""
    return Answer({"error": error, "error_description": description}, 400)


@dataclass
class Session:
    token: str
    used: datetime


class Logins:
    """One connected app that acts as one user.

    With `rotates_refresh_tokens` each refresh ends the session before, and gives a new refresh
    token; the old one once more, and all tokens of the app are revoked.
    """

    def __init__(
        self,
        *,
        client: tuple[str, str],
        refresh_token: str,
        session_minutes: int,
        rotates_refresh_tokens: bool,
    ) -> None:
        self.client, self.refresh_token = client, refresh_token
        self._lasts = timedelta(minutes=session_minutes)
        self._rotates = rotates_refresh_tokens
        self._sessions: dict[str, Session] = {}
        self._spent: set[str] = set()
        self._made = 0

    def session(self, request: Request, now: datetime) -> Session | Answer:
        """Return the session that a request names, or how it is turned away."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if token and scheme.lower() not in ("bearer", "oauth"):
            return self._unknown("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")
        session = self._sessions.get(token)
        if session is None or now - session.used >= self._lasts:
            return self._unknown("INVALID_SESSION_ID", "Session expired or invalid")
        session.used = max(session.used, now)
        return session

    def expire(self) -> None:
        """End all sessions, as if their time had come or an administrator ended them."""
        self._sessions.clear()

    def token(self, request: Request, url: str, user: str, now: datetime) -> Answer:
        """Answer `POST /services/oauth2/token`."""
        asked = {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}
        if request.method != "POST":
            return refusal("invalid_request", "must use HTTP POST")
        client, secret = self._client(request, asked)
        if client != self.client[0]:
            return refusal("invalid_client_id", "client identifier invalid")
        if secret != self.client[1]:
            return refusal("invalid_client", "invalid client credentials")
        grant = asked.get("grant_type")
        if grant == "client_credentials":
            return Answer(self._granted(url, user, now))
        if grant == "refresh_token":
            return self._refreshed(asked.get("refresh_token", ""), url, user, now)
        return refusal("unsupported_grant_type", "grant type not supported")

    def _refreshed(self, told: str, url: str, user: str, now: datetime) -> Answer:
        if told != self.refresh_token:
            if told in self._spent:
                self.expire()
                self.refresh_token = ""
            return refusal("invalid_grant", "expired access/refresh token")
        if not self._rotates:
            return Answer(self._granted(url, user, now))
        self.expire()
        self._spent.add(told)
        self.refresh_token = self._made_up("refresh")
        return Answer(self._granted(url, user, now) | {"refresh_token": self.refresh_token})

    def _granted(self, url: str, user: str, now: datetime) -> dict[str, str]:
        token = f"{ORG[:15]}!{self._made_up('access')}"
        self._sessions[token] = Session(token, now)
        return {
            "access_token": token, "signature": self._made_up("signature"), "scope": "api",
            "instance_url": url, "id": f"{url}/id/{ORG}/{user}", "token_type": "Bearer",
            "issued_at": str(int(now.timestamp() * 1000)), "api_instance_url": url,
        }  # fmt: skip

    def _client(self, request: Request, asked: dict[str, str]) -> tuple[str, str]:
        scheme, _, told = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            client, _, secret = base64.b64decode(told).decode().partition(":")
            return client, secret
        return asked.get("client_id", ""), asked.get("client_secret", "")

    def _unknown(self, code: str, message: str) -> Answer:
        answer = failure(401, code, message)
        answer.headers["WWW-Authenticate"] = "Token"
        return answer

    def _made_up(self, kind: str) -> str:
        self._made += 1
        return hashlib.sha256(f"{kind} {self._made}".encode()).hexdigest()[:40]


class Allocation:
    """So many requests in 24 hours, of which a window of real seconds is the stand-in."""

    def __init__(self, requests: int, seconds: float) -> None:
        self.requests, self.seconds = requests, seconds
        self._asked: list[float] = []

    @property
    def used(self) -> int:
        since = time.monotonic() - self.seconds
        self._asked = [at for at in self._asked if at > since]
        return len(self._asked)

    def take(self) -> bool:
        """Count a request, unless there is none left."""
        if self.used >= self.requests:
            return False
        self._asked.append(time.monotonic())
        return True
