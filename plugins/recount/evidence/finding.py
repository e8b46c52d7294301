"""Find a published statement by what a person calls it: its place in the lake, or its month."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from recount import published
from recount.errors import RecountError
from recount.lake import Lake, open_lake
from recount.periods import parse_instant

_KEY = re.compile(r"(?:(?P<lake>.+)/)?(?P<key>statements/contract=.+/\d{8}\.json)", re.ASCII)


def find(
    said: str, lake_uri: str, period: str | None = None, as_of: datetime | None = None
) -> tuple[Lake, dict[str, Any]]:
    """Return a statement and the lake that it lies in; RecountError where there is none.

    `said` is a key in the lake, a path or URI of one, a file with what `recount run --json`
    printed, or the name of a contract, of which the newest statement is meant unless `period` or
    `as_of` say which.
    """
    # the key in a file's URI may be quoted, and our keys have nothing to quote
    if in_a_lake := _KEY.fullmatch(unquote(said) if said.startswith("file:") else said):
        lake = open_lake(in_a_lake["lake"] or lake_uri)
        return lake, published.read(lake, in_a_lake["key"])
    lake = open_lake(lake_uri)
    if Path(said).is_file():
        return lake, _read(Path(said))
    found = [
        each
        for each in published.statements(lake, said, period)
        if as_of is None or parse_instant(each["as_of"]) == as_of
    ]
    if not found:
        month = f" for {period}" if period else ""
        raise RecountError(
            f"{said!r} is no file, and {lake.place.uri} holds no statement of such a contract"
            f"{month}; `recount status` lists those that are there"
        )
    return lake, found[-1]


def _read(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_bytes())
        _ = document["contract"], document["period"], document["as_of"], document["inputs"]
    except (ValueError, KeyError, TypeError):
        raise RecountError(
            f"{path} is no statement; give what `recount run --json` printed"
        ) from None
    return document
