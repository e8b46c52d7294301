"""How Stripe is asked: one version of its API, lists newest first, a hundred objects at a time.

Source: docs.stripe.com/api/pagination, /api/versioning and /rate-limits.
"""

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from recount.errors import SourceError
from recount.sources import apis, shapes, signing
from recount.sources.api import Answer, Api
from recount.sources.terms import SourceTerms
from recount.sources.words import shown

# Unless it is told, an account answers in the version of the day on which it was opened.
VERSION = "2026-10-28.endive"
PER_PAGE = 100
_PER_SECOND = 20  # an endpoint may be asked 25 times a second
_HOLLOW_PAGES = 3

Shape = TypeVar("Shape", bound=msgspec.Struct)


def api_of(terms: SourceTerms) -> Api:
    """Sign in to the account that a contract names; ContractError if its connection cannot be."""
    connection = apis.connection_of(terms)
    url, limits = apis.base_url(terms, connection), apis.limits_of(terms, connection)
    key = apis.credential(terms, connection, "password")
    sign_in = signing.Secret({"Authorization": f"Bearer {key}", "Stripe-Version": VERSION})
    pace = apis.pace_of(terms, connection, requests=_PER_SECOND, seconds=1)
    return Api(terms.name, url, sign_in, pace, limits)


def pages(
    api: Api, path: str, shape: type[Shape], *, after: str | None = None, **query: Any
) -> Iterator[tuple[Answer, Shape]]:
    """Yield the pages of a list: its first, or the one that comes after an object.

    A shape of a list has the fields `data` and `has_more`.
    """
    passed: set[str] = set()
    while True:
        cursor = {"starting_after": after} if after else {}
        answer, page = _page(api, path, shape, {**query, **cursor})
        yield answer, page
        listed: Any = page
        if not listed.has_more:
            return
        after = str(listed.data[-1].id)
        if after in passed:
            raise SourceError(
                f"{api.name}: {path} is in a cursor loop, as {after} came before; run again, and "
                "ask Stripe's support if it stays so"
            )
        passed.add(after)


def _page(api: Api, path: str, shape: type[Shape], query: dict[str, Any]) -> tuple[Answer, Shape]:
    """Ask for a page; one that is empty and says that there is more is no end (stripe-ruby#507)."""
    for _ in range(_HOLLOW_PAGES):
        answer = api.get(path, limit=str(PER_PAGE), **query)
        _refuse_other_version(api, answer)
        page = shapes.received(answer.data, shape, f"{api.name}: {path.removeprefix('/v1/')}")
        listed: Any = page
        if listed.data or not listed.has_more:
            return answer, page
    raise SourceError(
        f"{api.name}: {path} says that there is more, and sends nothing; run again, and ask "
        "Stripe's support if it stays so"
    )


def _refuse_other_version(api: Api, answer: Answer) -> None:
    said = answer.headers.get("Stripe-Version", "no version")
    if said != VERSION:
        raise SourceError(
            f"{api.name}: Stripe answers in {shown(said)} and was asked for {VERSION}; check what "
            "stands between it and us"
        )
