"""Folders that live as long as the work in them, and are gone however it ends, short of a kill."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_IN_USE: set[Path] = set()


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield an empty folder of one's own, and remove it with all that is in it."""
    with tempfile.TemporaryDirectory(prefix="recount-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _IN_USE.add(folder)
        yield folder
    _IN_USE.discard(folder)


def remove_scratch() -> None:
    """Remove what is left of folders whose work was interrupted, or is not unwound."""
    while _IN_USE:
        shutil.rmtree(_IN_USE.pop(), ignore_errors=True)
