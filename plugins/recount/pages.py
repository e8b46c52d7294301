"""Templates of pages and mails: what is filled in is data, and an unknown name is an error."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def environment(
    folder: Path, *, autoescape: bool | Callable[[str | None], bool] = True, **options: Any
) -> Environment:
    """Return the environment of a folder of templates; all text is escaped unless told otherwise.

    `options` are Jinja's own.
    """
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **options,
    )
