"""Python's collector, kept from walking over and over through what large libraries make."""

import gc
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def without_collecting() -> Iterator[None]:
    """Collect no garbage while a million objects are made at once, such as a parsed project.

    A tenth of the time of a run went into looking for it.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def imported(name: str) -> ModuleType:
    """Import a large module; its thousands of classes stay, and are not looked at again."""
    if name not in sys.modules:
        with without_collecting():
            importlib.import_module(name)
        gc.freeze()
    return sys.modules[name]
