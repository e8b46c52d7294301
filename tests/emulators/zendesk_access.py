"""Who may ask Zendesk how often: credentials, tokens and rate limits.

Written from prose: developer.zendesk.com/api-reference/introduction/{security-and-auth,rate-limits}
and /api-reference/ticketing/oauth/grant_type_tokens; names of headers as recorded (see
`zendesk_records`). Bodies of errors as quoted in nukosuke/go-zendesk (401), singer-io/tap-zendesk
(403) and in issues cloudbees-oss/zendesk-java-client#319 and airbytehq/airbyte#11035 (429).
"""

import base64
import binascii
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from tests.emulators.server import Answer, Request

UNKNOWN_CALLER = {"error": "Couldn't authenticate you"}
BAD_TOKEN = {
    "error": "invalid_token",
    "error_description": "The access token provided is expired, revoked, malformed or invalid "
    "for other reasons.",
}
FORBIDDEN = {
    "error": {
        "title": "Forbidden",
        "message": "You do not have access to this page. Please contact the account owner of this "
        "help desk for further help.",
    }
}
MISSING_SCOPE = {"error": "Forbidden", "description": "Missing the following required scopes: read"}
TOO_MANY_EXPORTS = {
    "error": "APIRateLimitExceeded",
    "description": "Number of allowed incremental export API requests per minute exceeded",
}
TOO_MANY_REQUESTS = b"Number of allowed API requests per minute exceeded"  # no JSON


@dataclass(frozen=True)
class Credentials:
    """What the account accepts: an API token and an OAuth client."""

    email: str = "meter@example.com"
    api_token: str = "an-api-token"
    client_id: str = "recount"
    client_secret: str = "a-client-secret"
    role: str = "admin"  # of the user to whom the token and the client belong


class Window:
    """So many requests in each window of real seconds; None is no limit."""

    def __init__(self, total: int | None, seconds: float) -> None:
        self.total, self.seconds = total, seconds
        self._used, self._ends = 0, 0.0

    def take(self) -> bool:
        """Count a request; False when the window had no room for it."""
        now = time.monotonic()
        if now >= self._ends:
            self._used, self._ends = 0, now + self.seconds
        self._used += 1
        return self.total is None or self._used <= self.total

    @property
    def remaining(self) -> int:
        return max(0, (self.total or 10**6) - self._used)

    @property
    def resets(self) -> int:
        return max(1, round(self._ends - time.monotonic()))


class Gate:
    """Lets callers in."""

    def __init__(self, credentials: Credentials, account: Window, exports: Window,
                 user_exports: Window) -> None:  # fmt: skip
        self.credentials, self.account = credentials, account
        self._buckets = {"": exports, "-cursor": user_exports}
        self._tokens: dict[str, tuple[datetime, str]] = {}

    def refuse(self, request: Request, now: datetime, *, needs_admin: bool) -> Answer | None:
        """Return the refusal of a request, or None when the caller may pass."""
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            expires_at, scope = self._tokens.get(secret, (now, ""))
            if expires_at <= now:
                return Answer(BAD_TOKEN, 401)
            if not any(one == "read" or one.endswith(":read") for one in scope.split()):
                return Answer(MISSING_SCOPE, 403)
        elif not self._is_known(secret):
            return Answer(UNKNOWN_CALLER, 401)
        if needs_admin and self.credentials.role != "admin":
            return Answer(FORBIDDEN, 403)
        return None

    def throttle(self, request: Request) -> tuple[Answer | None, dict[str, str]]:
        """Count a request; return the refusal, if any, and the headers of the limits."""
        room = self.account.take()
        headers = self._headers()
        if not room:
            headers["Retry-After"] = str(self.account.resets)
            kind = "text/plain; charset=utf-8"
            return Answer(None, 429, headers, TOO_MANY_REQUESTS, kind), headers
        if "/incremental/" not in request.path:
            return None, headers
        suffix = "-cursor" if "/users/cursor" in request.path else ""
        bucket = self._buckets[suffix]
        room = bucket.take()
        total = bucket.total or 10
        told = f"total={total}; remaining={bucket.remaining}; resets={bucket.resets}"
        headers[f"zendesk-ratelimit-incremental-exports{suffix}"] = told
        if room:
            return None, headers
        return Answer(TOO_MANY_EXPORTS, 429, headers | {"Retry-After": str(bucket.resets)}), headers

    def grant(self, request: Request, now: datetime) -> Answer:
        """POST /oauth/tokens (api-reference/ticketing/oauth/grant_type_tokens)."""
        if "json" in request.headers.get("content-type", ""):
            asked = request.json
        else:
            asked = dict(parse_qsl(request.body.decode()))
        known = (self.credentials.client_id, self.credentials.client_secret)
        if (asked.get("client_id"), asked.get("client_secret")) != known:
            return Answer({"error": "invalid_client", "error_description": "Client authentication "
                           "failed due to unknown client"}, 401)  # fmt: skip
        if asked.get("grant_type") != "client_credentials":
            return Answer({"error": "unsupported_grant_type"}, 400)
        lasts = int(asked.get("expires_in") or 1800)
        token, scope = f"token-{len(self._tokens)}", asked.get("scope", "read")
        self._tokens[token] = (now + timedelta(seconds=lasts), scope)
        granted = {"access_token": token, "token_type": "bearer", "scope": scope}
        return Answer(granted | {"expires_in": lasts - 1})

    def revoke_tokens(self) -> None:
        self._tokens.clear()

    def _is_known(self, secret: str) -> bool:
        try:
            said = base64.b64decode(secret, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        return said == f"{self.credentials.email}/token:{self.credentials.api_token}"

    def _headers(self) -> dict[str, str]:
        limit, left = str(self.account.total or 400), str(self.account.remaining)
        resets = str(self.account.resets)
        return {"x-rate-limit": limit, "x-rate-limit-remaining": left, "ratelimit-limit": limit,
                "ratelimit-remaining": left, "ratelimit-reset": resets}  # fmt: skip
