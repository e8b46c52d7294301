"""A process that is told to stop, as by a deploy: it rolls back, or finishes what must not be cut.

There is little to roll back: objects of the lake appear whole or not at all, and what no document
names counts nowhere. So the work is interrupted where it is, its scratch folders are removed, and
the next run goes on. Only a mail that is being handed over is finished first, as nobody could say
afterwards whether it arrived.
"""

import _thread
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from recount.scratch import remove_scratch

# Docker gives ten seconds before it kills, Kubernetes thirty.
GRACE_SECONDS = 8.0


class Stopped(KeyboardInterrupt):
    """The process was told to stop; as for Ctrl-C, libraries let it pass and clean up."""

    def __init__(self, number: int) -> None:
        """Say by which signal."""
        super().__init__(
            f"stopped by {signal.Signals(number).name}; all that was published is whole, and the "
            "same command again goes on from there"
        )
        self.exit_code = 128 + number


class _Heeding:
    """Whether a signal came, and whether it has to wait."""

    def __init__(self) -> None:
        self.came: Stopped | None = None
        self.finishing = 0

    def heed(self, number: int, _: FrameType | None) -> None:
        if self.came is None:
            self.came = Stopped(number)
            self.raise_if_free()

    def raise_if_free(self) -> None:
        if self.came and not self.finishing:
            raise self.came


_HEEDING = _Heeding()


@contextmanager
def heeding(*signals: signal.Signals) -> Iterator[None]:
    """Raise Stopped where one of the signals comes, whatever the interrupted work makes of it.

    Elsewhere than in the main thread nothing is heeded: Python gives it the signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _HEEDING.came = None
    before = {number: signal.signal(number, _HEEDING.heed) for number in signals}
    try:
        yield
    except BaseException as error:
        # dbt and DuckDB make errors of their own of an interruption
        if _HEEDING.came and error is not _HEEDING.came:
            raise _HEEDING.came from error
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def finishing() -> Iterator[None]:
    """Let work come to its end before a signal is heeded: what is half done could not be told."""
    _HEEDING.finishing += 1
    try:
        yield
    finally:
        _HEEDING.finishing -= 1
    _HEEDING.raise_if_free()


@contextmanager
def ending_in_time(seconds: float = GRACE_SECONDS) -> Iterator[None]:
    """Heed SIGTERM and Ctrl-C, and end the process where it does not roll back in time.

    A build or a request that nothing interrupts may take minutes; to end then is a kill, which
    every run survives, with a sentence and without scratch folders.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    is_main = threading.current_thread() is threading.main_thread()
    # the kernel writes here at once, also while the main thread is somewhere in a library
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False) if is_main else -1
    done = threading.Event()
    # `threading.Thread` would wait for ever for a thread that finds no memory to begin with
    _thread.start_new_thread(_end_after, (reading, done, seconds))
    try:
        with heeding(signal.SIGTERM, signal.SIGINT):
            yield
    finally:
        done.set()
        if is_main:
            signal.set_wakeup_fd(before)
        os.close(writing)


def _end_after(reading: int, done: threading.Event, seconds: float) -> None:
    while number := os.read(reading, 1):
        if number[0] in (signal.SIGTERM, signal.SIGINT):
            if not done.wait(seconds):
                end(Stopped(number[0]))
            break
    os.close(reading)


def end(stopped: Stopped) -> None:
    """End this process at once, with the sentence and without scratch folders."""
    remove_scratch()
    os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"recount: {stopped}\n".encode())
    os._exit(stopped.exit_code)
