"""One run of a month at a time on a machine; the kernel gives the place back when a run dies.

Across machines there is no such place: there the newest edition that a run began with is its fence
(`published.publish`), and a mail has the register's conditional puts.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recount.errors import TransientError
from recount.month import Month
from recount.published import canonical, sha256


class AlreadyRunning(TransientError):
    """Another process of this machine works on the same month."""


@contextmanager
def alone(month: Month) -> Iterator[None]:
    """Hold the one place for runs of a contract's month; AlreadyRunning where it is taken."""
    place = os.open(_path(month), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"{month.contract_name} {month.period} is already running"
                f"{_holder(place)}; nothing was done, wait for it and run again"
            ) from None
        os.ftruncate(place, 0)
        os.pwrite(place, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(place)


def _path(month: Month) -> Path:
    folder = Path(tempfile.gettempdir()) / f"recount-running-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    of = [month.lake.place.uri, month.contract_name, month.period]
    return folder / sha256(canonical(of)).removeprefix("sha256:")


def _holder(place: int) -> str:
    process = os.pread(place, 20, 0).decode()
    return f" (process {process})" if process else ""
