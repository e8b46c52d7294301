"""Whether an org lets us read what we need, and reaches back as far as the contract looks.

Salesforce leaves out what a user may not read without a word: hidden fields are unknown to a query,
and history does not have the rows of a hidden field. `describe` says which fields there are.
"""

from datetime import datetime, timedelta
from typing import Any

from recount.errors import SourceError
from recount.periods import format_instant
from recount.sources.api import Answer, Api
from recount.sources.salesforce.asking import ROOT, count, explained, oldest
from recount.sources.salesforce.reading import Stretch, Table
from recount.sources.salesforce.shapes import asked_of

# Field history is kept for 18 months at least (tooling reference, FieldHistoryRetentionJob).
KEPT = timedelta(days=547)


def described(api: Api, name: str, what: str) -> Answer:
    """Ask what an object is like for our user."""
    with explained(what):
        return api.get(f"{ROOT}/sobjects/{name}/describe")


def prove(api: Api, table: Table, what: str) -> datetime:
    """Look whether all that we need can be read, and return the org's time."""
    answer = described(api, table.object, what)
    _refuse_lacking(answer, asked_of(table.record), table.object, what)
    for name, fields in table.needs.items():
        _refuse_lacking(described(api, name, what), tuple(fields), name, what)
    return answer.said_at


def refuse_a_horizon(api: Api, table: Table, stretch: Stretch, now: datetime, what: str) -> None:
    """Stop where history may have been removed that the contract wants to look at."""
    if stretch.since >= now - KEPT:
        return
    earlier = Stretch(datetime(1999, 1, 1, tzinfo=stretch.since.tzinfo), stretch.since)
    if count(api, table, earlier.count(table, is_closed=True), what):
        return
    first = oldest(api, table, what)
    advice = f"the oldest is of {format_instant(first)}" if first else "there is none"
    raise SourceError(
        f"{what} has nothing from before {format_instant(stretch.since)} ({advice}), and an org "
        "keeps history for 18 months: write an observed_from after its oldest record"
    )


def _refuse_lacking(answer: Answer, fields: tuple[str, ...], name: str, what: str) -> None:
    known = _known(answer.document)
    if lacking := [path for path in fields if path.partition(".")[0] not in known]:
        raise SourceError(
            f"{what} does not show {', '.join(f'{name}.{each}' for each in lacking)}: our user may "
            "not read that, or there is no such field; add it to the user's permission set, or "
            "correct the contract"
        )


def _known(document: Any) -> set[str]:
    fields = document.get("fields", []) if isinstance(document, dict) else []
    named = [each for each in fields if isinstance(each, dict)]
    return {str(each.get(key)) for each in named for key in ("name", "relationshipName")}
