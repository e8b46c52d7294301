"""Who may ask Freshdesk how often: an API key as the user of Basic authentication, and credits.

Written from prose: developers.freshdesk.com/api, sections Authentication, Rate Limit and Errors.
"""

import base64
import binascii
import time
from dataclasses import dataclass

from tests.emulators.server import Answer, Request

UNKNOWN_CALLER = {
    "code": "invalid_credentials", "message": "You have to be logged in to perform this action."
}  # fmt: skip
FORBIDDEN = {
    "code": "access_denied", "message": "You are not authorized to perform this action."
}  # fmt: skip
TOO_MANY = {"message": "You have exceeded the limit of requests per minute"}
ADMINS = ("/api/v2/export/", "/api/v2/ticket_fields", "/api/v2/agents")


@dataclass
class Gate:
    """Lets callers in; `credits_per_window` None is no limit (really: 200 to 700 a minute)."""

    api_key: str = "an-api-key"
    is_admin: bool = True
    credits_per_window: int | None = None
    window_seconds: float = 60.0
    says_when: bool = True
    _used: int = 0
    _ends: float = 0.0

    def refuse(self, request: Request) -> Answer | None:
        """Return the refusal of a request, or None when the caller may pass."""
        scheme, _, packed = request.headers.get("authorization", "").partition(" ")
        try:
            key, _, password = base64.b64decode(packed, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            key, password = "", ""
        if (scheme, key) != ("Basic", self.api_key) or not password:
            return Answer(UNKNOWN_CALLER, 401)
        if not self.is_admin and request.path.startswith(ADMINS) and "/me" not in request.path:
            return Answer(FORBIDDEN, 403)
        return None

    def throttle(self, request: Request) -> tuple[Answer | None, dict[str, str]]:
        """Count a request; return the refusal, if any, and the headers of the limits."""
        now = time.monotonic()
        if now >= self._ends:
            self._used, self._ends = 0, now + self.window_seconds
        included = [name for name in request.query.get("include", "").split(",") if name]
        cost = 1 + 2 * len(included)
        self._used += cost
        total = self.credits_per_window or 700
        headers = {"X-RateLimit-Total": str(total),
                   "X-RateLimit-Remaining": str(max(0, total - self._used)),
                   "X-RateLimit-Used-CurrentRequest": str(cost)}  # fmt: skip
        if self.credits_per_window is None or self._used <= self.credits_per_window:
            return None, headers
        pause = {"Retry-After": str(max(1, round(self._ends - now)))} if self.says_when else {}
        return Answer(TOO_MANY, 429, headers | pause), headers
