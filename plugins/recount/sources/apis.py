"""What every source that is asked over an API has in common: its connection, place and patience."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import httpx

from recount.connections import Connection, find
from recount.errors import ContractError, RecountError
from recount.sources.api import Limits, is_loopback
from recount.sources.extraction import FeedPage
from recount.sources.pace import Pace
from recount.sources.source import Reach
from recount.sources.terms import Instant, Settings, SourceTerms
from recount.sources.words import shown

_HOST = re.compile(r"[A-Za-z0-9.-]+|[0-9a-f:]+", re.ASCII)


class ApiSettings(Settings):
    """`observed_from` is the instant from which everything is extracted."""

    connection: str
    observed_from: Instant


def connection_of(terms: SourceTerms) -> Connection:
    """Return the connection that the contract names; ContractError if it is not defined."""
    name = str(terms.settings["connection"])
    connection = find(name)
    if connection is None:
        raise terms.refused(
            "connection",
            f"the connection {shown(name)} is not defined; set AIRFLOW_CONN_{name.upper()}, "
            "or add it to Airflow",
        )
    return connection


def base_url(terms: SourceTerms, connection: Connection) -> str:
    """Return `https://host`; plain http is for this machine alone, as a secret goes with it."""
    written = connection.host or ""
    try:
        url = httpx.URL(written if "://" in written else f"https://{written}")
        is_host = bool(_HOST.fullmatch(url.host)) and url.raw_path in (b"", b"/")
        is_host = is_host and not url.userinfo
    except httpx.InvalidURL:
        is_host = False
    if not is_host:
        raise wrong(terms, "host", "such as acme.example.com, without a path")
    port = connection.port or url.port
    scheme = "http" if is_loopback(url.host) and connection.schema != "https" else "https"
    return f"{scheme}://{url.host}" + (f":{port}" if port else "")


def limits_of(terms: SourceTerms, connection: Connection) -> Limits:
    """Return how patient we are; the connection's extra may change each limit by its name."""
    changed: dict[str, Any] = {
        name: kind(number)
        for name, kind in (("attempts", int), ("longest_wait_seconds", float),
                           ("answer_seconds", float), ("idle_seconds", float))
        if (number := _number(terms, connection.extra, name)) is not None
    }  # fmt: skip
    return replace(Limits(), **changed)


def pace_of(
    terms: SourceTerms,
    connection: Connection,
    *,
    requests: int,
    seconds: int,
    key: str = "requests_per_minute",
) -> Pace:
    """Return the system's pace; a number under that key of the connection's extra changes it."""
    per_minute = _number(terms, connection.extra, key)
    return Pace(requests, seconds) if per_minute is None else Pace(int(per_minute), 60)


def credential(terms: SourceTerms, connection: Connection, key: str) -> str:
    """Return `login` or `password`; ContractError if the connection has none."""
    value = getattr(connection, key)
    if not value:
        raise wrong(terms, key, "as the page of the system in docs/ says")
    return str(value)


def tried(what: str, pages: Iterator[FeedPage]) -> Reach:
    """Ask for one page, and say how that went."""
    try:
        page = next(pages).page
    except RecountError as failure:
        return Reach(what, False, str(failure))
    return Reach(what, True, f"can be read ({page.record_count:,} records on the first page)")


def wrong(terms: SourceTerms, key: str, advice: str) -> ContractError:
    """Make the error that names a part of the connection, and never its value."""
    name = str(terms.settings["connection"])
    return terms.refused("connection", f"the connection {name} needs a {key}, {advice}")


def _number(terms: SourceTerms, extra: Mapping[str, object], key: str) -> float | None:
    if key not in extra:
        return None
    try:
        number = float(str(extra[key]))
    except ValueError:
        number = 0
    if not 0 < number < 1e6:
        raise wrong(terms, key, "a number above 0 in its extra")
    return number
