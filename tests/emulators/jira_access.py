"""Who may ask Jira how often: credentials, tokens, scopes and rate limits.

From prose under developer.atlassian.com/cloud/jira/platform: /basic-auth-for-rest-apis,
/oauth-2-3lo-apps, /rate-limiting. Whether a resource answers the anonymous is in the vendor's
OpenAPI document (an empty entry in `security`); that a bad or expired API token then makes an
anonymous caller with 200, told by X-Seraph-LoginReason alone: MrRefactoring/jira.js#418,
raycast/extensions#27550. Bodies of 401: atlassian/gajira-login#59, raycast/extensions#11212; of
429: raycast/extensions#29015.
"""

import base64
import binascii
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from tests.emulators.server import Answer, Request

UNKNOWN_CALLER = b"Client must be authenticated to access this resource."
TOO_MANY = {"errorMessages": ["The request has been rate-limited. Please try again later."],
            "errors": {}, "status": 429}  # fmt: skip
LOGIN_REASON = "X-Seraph-LoginReason"
SCOPES = "read:jira-work read:jira-user read:servicedesk-request offline_access"


@dataclass(frozen=True)
class Account:
    """What the site accepts, and what the account behind it may see; None is every project."""

    email: str = "meter@example.com"
    api_token: str = "an-api-token"
    client_id: str = "recount"
    client_secret: str = "a-client-secret"
    refresh_token: str = "a-refresh-token"
    zone: str = "America/New_York"  # of the profile: JQL reads dates in it
    projects: tuple[str, ...] | None = None
    is_agent: bool = True


class Budget:
    """So many units in each window of real seconds; None is no limit."""

    def __init__(self, total: int | None, seconds: float, reason: str) -> None:
        self.total, self.seconds, self.reason = total, seconds, reason
        self._used, self._ends = 0, 0.0

    def has_room(self) -> bool:
        if time.monotonic() >= self._ends:
            self._used, self._ends = 0, time.monotonic() + self.seconds
        return self.total is None or self._used < self.total

    def take(self, units: int) -> None:
        self._used += units

    @property
    def remaining(self) -> int:
        return max(0, (self.total or 350) - self._used)

    @property
    def resets_in(self) -> int:
        return max(1, round(self._ends - time.monotonic()))


class Gate:
    """Lets callers in."""

    def __init__(self, account: Account, requests: Budget, points: Budget, cloud_id: str) -> None:
        self.account, self.requests, self.points = account, requests, points
        self.cloud_id = cloud_id
        self._tokens: dict[str, tuple[datetime, str]] = {}
        self._granted = 0

    def refuse_by_limit(self, now: datetime) -> Answer | None:
        """Return the refusal of a caller who asked too often."""
        spent = next((one for one in (self.requests, self.points) if not one.has_room()), None)
        if spent is None:
            return None
        resets = now + timedelta(seconds=spent.resets_in)
        headers = {
            "Retry-After": str(spent.resets_in),
            "X-RateLimit-Limit": str(spent.total),
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": f"{resets:%Y-%m-%dT%H:%MZ}",
            "RateLimit-Reason": spent.reason,
        }
        return Answer(TOO_MANY, 429, headers)

    def charge(self, answer: Answer, points: int) -> None:
        """Count an answer and tell its caller what is left."""
        self.requests.take(1)
        self.points.take(points)
        answer.headers["X-RateLimit-Limit"] = str(self.requests.total or 350)
        answer.headers["X-RateLimit-Remaining"] = str(self.requests.remaining)
        limits = [one for one in (self.requests, self.points) if one.total]
        if any(one.remaining < 0.2 * (one.total or 0) for one in limits):
            answer.headers["X-RateLimit-NearLimit"] = "true"

    def is_known(self, request: Request, now: datetime, *, is_gateway: bool) -> bool:
        """Tell whether the caller is the account; an API token serves both hosts."""
        scheme, secret = credentials_of(request)
        if scheme == "bearer":
            return is_gateway and self._tokens.get(secret, (now, ""))[0] > now
        try:
            said = base64.b64decode(secret, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        return said == f"{self.account.email}:{self.account.api_token}"

    def refuse_at_gateway(self, request: Request, now: datetime, scope: str) -> Answer | None:
        """Return the refusal of api.atlassian.com, where nobody is anonymous."""
        if not self.is_known(request, now, is_gateway=True):
            return Answer({"code": 401, "message": "Unauthorized"}, 401)
        scheme, secret = credentials_of(request)
        if scheme == "bearer" and scope not in self._tokens[secret][1].split():
            return Answer({"code": 401, "message": "Unauthorized; scope does not match"}, 401)
        return None

    def grant(self, request: Request, now: datetime) -> Answer:
        """POST auth.atlassian.com/oauth/token: refresh_token (rotating) or client_credentials."""
        is_json = "json" in request.headers.get("content-type", "")
        asked = request.json if is_json else dict(parse_qsl(request.body.decode()))
        known = (self.account.client_id, self.account.client_secret)
        if (asked.get("client_id"), asked.get("client_secret")) != known:
            return Answer({"error": "access_denied", "error_description": "Unauthorized"}, 401)
        kind = asked.get("grant_type")
        if kind == "refresh_token" and asked.get("refresh_token") != self.refresh_token:
            return Answer({"error": "invalid_grant", "error_description": "Unknown or invalid "
                           "refresh token."}, 403)  # fmt: skip
        if kind not in ("refresh_token", "client_credentials"):
            return Answer({"error": "unsupported_grant_type"}, 400)
        self._granted += 1
        token, scope = f"access-{self._granted}", asked.get("scope") or SCOPES
        self._tokens[token] = (now + timedelta(seconds=3600), scope)
        granted = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": scope,
        }
        if kind == "refresh_token":
            granted["refresh_token"] = self.refresh_token
        return Answer(granted)

    def revoke_tokens(self) -> None:
        self._tokens.clear()

    @property
    def refresh_token(self) -> str:
        """The only refresh token that is good: each use replaces it."""
        used = self._granted
        return f"{self.account.refresh_token}-{used}" if used else self.account.refresh_token


def credentials_of(request: Request) -> tuple[str, str]:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return scheme.lower(), secret


def unauthenticated() -> Answer:
    """Refuse on the site's own host."""
    kind = "text/plain;charset=UTF-8"
    headers = {"WWW-Authenticate": 'OAuth realm="https%3A%2F%2Fyour-domain.atlassian.net"'}
    return Answer(None, 401, headers, UNKNOWN_CALLER, kind)
