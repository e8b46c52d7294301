"""How often a system may be asked, kept by all streams of a source together."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field


@dataclass
class Pace:
    """At most so many requests in any stretch of so many seconds, and a hundredth of them.

    The server counts by its own clock when a request has arrived: one that comes a moment too early
    is refused, and costs more than the hundredth.
    """

    requests: int
    seconds: float
    _asked: deque[float] = field(default_factory=deque, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def wait(self) -> None:
        """Return when one more request is within the pace, and count it."""
        with self._lock:
            if len(self._asked) == self.requests:
                pause = self._asked.popleft() + self.seconds * 1.01 - time.monotonic()
                if pause > 0:
                    # the others wait for the lock: they would have to wait longer anyway
                    time.sleep(pause)
            self._asked.append(time.monotonic())
