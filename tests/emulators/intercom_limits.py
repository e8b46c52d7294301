"""What the API refuses, and how much it lets one ask."""

import time
from datetime import datetime
from math import ceil


class Refused(Exception):
    """The API refuses the request with this status and code (component `error`)."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class Limiter:
    """So many requests per window; the headers speak of the server's clock, not of the host's."""

    def __init__(self, limit: int, window: float) -> None:
        self._limit = limit
        self._window = window
        self._began = time.monotonic()
        self._used = 0

    def count(self) -> None:
        """Count a request, and refuse one too many (2.17, rate limiting)."""
        if time.monotonic() - self._began >= self._window:
            self._began, self._used = time.monotonic(), 0
        self._used += 1
        if self._used > self._limit:
            message = f"Exceeded rate limit of {self._limit} in {ceil(self._window)}_seconds"
            raise Refused("rate_limit_exceeded", message, 429)

    def headers(self, now: datetime) -> dict[str, str]:
        left = max(0.0, self._window - (time.monotonic() - self._began))
        return {
            "X-RateLimit-Limit": str(self._limit),
            "X-RateLimit-Remaining": str(max(0, self._limit - self._used)),
            "X-RateLimit-Reset": str(ceil(now.timestamp() + left)),
        }
