"""What a machine has no more of, named: space on a disk, memory, or files that may be open."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from recount.errors import TransientError

_OPEN_FILES = "too many files are open at once; raise the limit of open files (ulimit -n)"
_MEMORY = "there is no memory left; give the machine more, or run fewer months at once"
_DISK = "the disk takes no more; free some space there, or set TMPDIR to a larger one"
_RESOURCES = {
    errno.EMFILE: _OPEN_FILES,
    errno.ENFILE: _OPEN_FILES,
    errno.ENOMEM: _MEMORY,
    errno.ENOSPC: _DISK,
    errno.EDQUOT: _DISK,
    errno.EFBIG: "a file would be larger than it may be; raise the limit of files (ulimit -f)",
}
_NO_THREAD = "can't start new thread"  # CPython's words; this error has no number


class Exhausted(TransientError):
    """The machine has no more of something that the work needs; what was published stands."""


@contextmanager
def naming() -> Iterator[None]:
    """Turn what Python says of a machine that has no more of something into one sentence."""
    try:
        yield
    except (MemoryError, OSError, RuntimeError) as problem:
        if (said := exhausted(problem)) is None:
            raise
        raise said from None


def exhausted(problem: BaseException) -> Exhausted | None:
    """Return the error that names what there is no more of; None where that is not the problem."""
    sentence = _sentence(problem)
    return Exhausted(f"{sentence}, and run again") if sentence else None


def exhausted_by(said: str, what: str) -> Exhausted | None:
    """Return the same error where a library only quotes the system's words, as DuckDB does.

    `said` is the library's sentence, `what` was at work.
    """
    for number, sentence in _RESOURCES.items():
        if os.strerror(number) in said:
            return Exhausted(f"{what}: {sentence}, and run again")
    return None


def _sentence(problem: BaseException) -> str | None:
    if isinstance(problem, MemoryError):
        return _MEMORY
    if isinstance(problem, RuntimeError) and str(problem) == _NO_THREAD:
        return f"no thread can be started: {_MEMORY}"
    if isinstance(problem, OSError) and problem.errno in _RESOURCES:
        file = problem.filename2 or problem.filename
        return f"{file}: {_RESOURCES[problem.errno]}" if file else _RESOURCES[problem.errno]
    return None
