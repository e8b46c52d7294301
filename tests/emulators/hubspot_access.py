"""Who may ask HubSpot how often: the token of a private app, its scopes, and the limits.

From prose: developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines (limits, the
body of a 429 with `policyName`, headers that search does not have) and the legacy guide of private
apps (401, and 403 with the scopes that are missing). No 429 of HubSpot has a Retry-After here.
"""

import time
from collections import deque
from typing import Any

from tests.emulators.server import Answer

SCOPES = frozenset({
    "tickets", "crm.objects.contacts.read", "crm.objects.feedback_submissions.read",
    "conversations.read",
})  # fmt: skip
CORRELATION = "aeb5f871-7f07-4993-9211-075dc63e7cbf"
_MESSAGES = {
    "DAILY": "You have reached your daily limit.",
    "TEN_SECONDLY_ROLLING": "You have reached your ten_secondly_rolling limit.",
    "SECONDLY": "You have reached your secondly limit.",
}


class Refused(Exception):
    """The API answers with this status and body."""

    def __init__(self, status: int, category: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"status": "error", "message": message, "correlationId": CORRELATION,
                     "category": category, **more}  # fmt: skip

    @property
    def answer(self) -> Answer:
        return Answer(self.body, self.status)


class Window:
    """So many requests in any stretch of so many real seconds; None is no limit."""

    def __init__(self, policy: str, limit: int | None, seconds: float) -> None:
        self.policy, self.limit, self.seconds = policy, limit, seconds
        self._asked: deque[float] = deque()

    def count(self) -> None:
        """Count a request, and refuse one too many."""
        now = time.monotonic()
        while self._asked and now - self._asked[0] >= self.seconds:
            self._asked.popleft()
        if self.limit is not None and len(self._asked) >= self.limit:
            raise Refused(429, "RATE_LIMITS", _MESSAGES[self.policy], errorType="RATE_LIMIT",
                          policyName=self.policy)  # fmt: skip
        self._asked.append(now)

    @property
    def remaining(self) -> int:
        return max(0, (self.limit or 250_000) - len(self._asked))


class Gate:
    """Knows the token and its scopes, and counts what is asked."""

    def __init__(
        self,
        token: str,
        *,
        per_ten_seconds: int | None = None,
        searches_per_second: int | None = None,
        daily: int | None = None,
        seconds: float = 10,
    ) -> None:
        self.token = token
        self.scopes = set(SCOPES)
        self.rolling = Window("TEN_SECONDLY_ROLLING", per_ten_seconds, seconds)
        self.searches = Window("SECONDLY", searches_per_second, seconds / 10)
        self.day = Window("DAILY", daily, 86_400)

    def admit(self, authorization: str, *, is_search: bool) -> None:
        """Let a request pass, or refuse it."""
        if authorization != f"Bearer {self.token}":
            raise Refused(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        for window in (self.day, self.searches if is_search else self.rolling):
            window.count()

    def require(self, scope: str) -> None:
        """Refuse what the token may not read."""
        if scope not in self.scopes:
            lacking = {"message": "One or more of the following scopes are required.",
                       "context": {"requiredGranularScopes": [scope]}}  # fmt: skip
            message = "This app hasn't been granted all required scopes to make this call."
            raise Refused(403, "MISSING_SCOPES", message, errors=[lacking])

    def headers(self, *, is_search: bool) -> dict[str, str]:
        """Say how much is left; answers of search say nothing."""
        if is_search:
            return {}
        return {
            "X-HubSpot-RateLimit-Max": str(self.rolling.limit or 100),
            "X-HubSpot-RateLimit-Remaining": str(self.rolling.remaining),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        }
