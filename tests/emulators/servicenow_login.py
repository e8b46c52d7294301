"""Who may ask: basic authentication and OAuth tokens, and how often: the inbound rate limit.

Written from the product documentation (ServiceNow/ServiceNowDocs at cb48b5c3):
`r_OAuthAPIRequestParameters.md`, `r_OAuthAPIResponseParameters.md`,
`client-credentials-grant-workflow.md` and `inbound-REST-API-rate-limiting.md`, all prose. The
bodies of refusals are those that many public clients have recorded; they are not documented.
"""

import base64
import hashlib
import math
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from tests.emulators.server import Answer, Request

NOT_AUTHENTICATED = ("User Not Authenticated", "Required to provide Auth information")
ACCESS_DENIED = {"error_description": "access_denied", "error": "server_error"}


def failure(status: int, message: str, detail: str | None) -> Answer:
    """Return an error in the envelope of the REST API."""
    return Answer({"error": {"message": message, "detail": detail}, "status": "failure"}, status)


class Logins:
    """One account and one OAuth client. Tokens live by the instance's clock."""

    def __init__(self, *, user: tuple[str, str], client: tuple[str, str], seconds: int) -> None:
        self.user, self.client = user, client
        self.seconds = seconds
        self._made = 0
        self._access = ("", datetime.min)
        self._refresh = ""

    def is_known(self, request: Request, now: datetime) -> bool:
        """Say whether a request names the account, by password or by a token that still lives."""
        scheme, _, told = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            return told == base64.b64encode(":".join(self.user).encode()).decode()
        token, until = self._access
        return scheme.lower() == "bearer" and told == token != "" and now < until

    def expire(self, *, refresh_too: bool = False) -> None:
        """Forget the access token as if its time had come, or as if somebody revoked it."""
        self._access = ("", datetime.min)
        self._refresh = "" if refresh_too else self._refresh

    def token(self, request: Request, now: datetime) -> Answer:
        """Answer `POST /oauth_token.do`; a living access token is given out again."""
        asked = {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}
        grant = asked.get("grant_type")
        user = (asked.get("username"), asked.get("password"))
        right = {
            "password": user == self.user,
            "client_credentials": True,
            "refresh_token": self._refresh != "" and asked.get("refresh_token") == self._refresh,
        }
        client = (asked.get("client_id"), asked.get("client_secret"))
        if request.method != "POST" or client != self.client or not right.get(grant or ""):
            return Answer(ACCESS_DENIED, 401)
        if self._access[0] == "" or self._access[1] <= now:
            self._access = (self._made_up("access"), now + timedelta(seconds=self.seconds))
        told: dict[str, Any] = {"access_token": self._access[0], "scope": "useraccount"}
        left = int((self._access[1] - now).total_seconds())
        told |= {"token_type": "Bearer", "expires_in": left}
        if grant == "client_credentials":
            return Answer(told)
        self._refresh = self._refresh or self._made_up("refresh")
        return Answer(told | {"refresh_token": self._refresh})

    def _made_up(self, kind: str) -> str:
        self._made += 1
        return hashlib.sha256(f"{kind} {self._made}".encode()).hexdigest()


class RateLimit:
    """At most so many requests in a window of so many real seconds."""

    def __init__(self, requests: int, seconds: float) -> None:
        self.requests, self.seconds = requests, seconds
        self._asked = 0
        self._since = time.monotonic()

    def told(self, now: datetime) -> tuple[dict[str, str], Answer | None]:
        """Count a request; return the headers of the rule, and a refusal if it is one too many."""
        if time.monotonic() - self._since >= self.seconds:
            self._asked, self._since = 0, time.monotonic()
        self._asked += 1
        left = self._since + self.seconds - time.monotonic()
        headers = {
            "X-RateLimit-Limit": str(self.requests),
            "X-RateLimit-Reset": str(math.ceil(now.timestamp() + left)),
            "X-RateLimit-Rule": hashlib.md5(b"rule", usedforsecurity=False).hexdigest(),
        }
        if self._asked <= self.requests:
            return headers, None
        detail = f"Rate limit of {self.requests} requests per hour for Table API exceeded"
        refusal = failure(429, "Rate limit exceeded", detail)
        refusal.headers = headers | {"Retry-After": str(max(1, math.ceil(left)))}
        return headers, refusal
