"""Whether an instance reads our queries as they are meant.

An instance ignores the parts of a query that it does not understand, or answers nothing at all to
such a query, and says neither (product documentation, `glide.invalid_query.returns_no_rows`). In
which zone it reads a time that a query spells out is not documented.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from recount.errors import SourceError
from recount.sources.api import Answer, Api
from recount.sources.servicenow.reading import WINDOW, Table, text
from recount.sources.words import shown

_NOBODY = "recount-asks-whether-this-is-read"
_NEVER = "1900-01-01 00:00:00"


def asked(api: Api, table: Table, query: str, limit: int, fields: tuple[str, ...]) -> Answer:
    """Ask for records: actual values, references as plain ids."""
    return api.get(
        f"/api/now/table/{table.name}",
        sysparm_query=query,
        sysparm_fields=",".join(fields),
        sysparm_limit=str(limit),
        sysparm_display_value="false",
        sysparm_exclude_reference_link="true",
    )


def total_of(answer: Answer, what: str) -> int:
    """Return how many records the instance says that a query finds."""
    said = answer.headers.get("X-Total-Count", "")
    if not said.isdigit():
        raise SourceError(
            f"{what} does not say how many records there are (X-Total-Count), so that nobody knows "
            "whether some are withheld; check what stands between the instance and us"
        )
    return int(said)


def prove(api: Api, table: Table, what: str) -> datetime:
    """Try each part of the queries to come, and return the instance's time.

    SourceError where one is not read, or not as we mean it.
    """
    # a week is enough to notice an ignored part, and does not read a large table from end to end
    week = [f"{table.by}>={text(table.since)}", f"{table.by}<{text(table.since + WINDOW)}"]
    week = [] if table.is_whole else week
    for name in table.filter:
        _refuse_if_found(api, table, [*week, f"{name}={_NOBODY}"], name, what)
    _refuse_if_found(api, table, [*table.conditions, f"{table.by}={_NEVER}"], table.by, what)
    fields = (*table.filter, table.by, "sys_id")
    answer, known = _known(api, table, fields, what)
    if known:
        query = "^".join(f"{name}={known[name]}" for name in fields if known[name])
        if total_of(asked(api, table, query, 1, ("sys_id",)), what) != 1:
            raise SourceError(
                f"{what} does not find a record by its own values ({', '.join(fields)}): the "
                "instance reads times of a query in another zone than UTC, or ignores one of these "
                "fields; set the time zone of our account to GMT, and let it read them"
            )
    return answer.said_at


def refuse_a_horizon(api: Api, table: Table, what: str) -> None:
    """Stop where the table does not reach back to where the contract wants to look from."""
    query = "^".join([*table.conditions, f"{table.by}<{text(table.since)}"])
    if not total_of(asked(api, table, query, 1, ("sys_id",)), what):
        raise SourceError(
            f"{what} has nothing from before {text(table.since)}: older changes were purged, or "
            "auditing began later; write an observed_from after its oldest record"
        )


def _refuse_if_found(api: Api, table: Table, parts: list[str], name: str, what: str) -> None:
    found = total_of(asked(api, table, "^".join(parts), 1, ("sys_id",)), what)
    if found:
        raise SourceError(
            f"{what} finds {found:,} records by a value of {name} that there is not: the instance "
            "does not know that field, or does not let us ask for it; give the account the right "
            "to read it"
        )


def _known(
    api: Api, table: Table, fields: tuple[str, ...], what: str
) -> tuple[Answer, Mapping[str, Any]]:
    """Return a record that is there for sure, with the answer that it came in; {} if none is."""
    for parts in (table.conditions, []):
        answer = asked(api, table, "^".join([*parts, "ORDERBYsys_id"]), 1, fields)
        rows, total = rows_of(answer, what), total_of(answer, what)
        if total and not rows:
            raise SourceError(withheld(what, total, 0))
        refuse_what_is_lacking(fields, rows, what)
        if rows:
            break
    return answer, (rows[0] if rows else {})


def rows_of(answer: Answer, what: str) -> list[dict[str, Any]]:
    """Return the records of an answer."""
    result = answer.document.get("result") if isinstance(answer.document, dict) else None
    if not isinstance(result, list) or not all(isinstance(row, dict) for row in result):
        raise SourceError(f"{what} answers {shown(result)} instead of a list of records")
    return result


def refuse_what_is_lacking(
    fields: Iterable[str], rows: Iterable[Mapping[str, Any]], what: str
) -> None:
    """Stop where a record comes without a field: the instance leaves out what we may not read."""
    lacking = [name for name in fields if any(name not in row for row in rows)]
    if lacking:
        raise SourceError(
            f"{what} comes without {', '.join(lacking)}: the account may not read that, or there "
            "is no such field; give it the right, or correct the contract"
        )


def withheld(what: str, expected: int, count: int) -> str:
    """Say that records are counted and not given: the limit comes before access rules."""
    return (
        f"{what} should give {expected:,} records and gives {count:,}: the others are withheld "
        "from our account by an access rule, or were removed this moment; let it read all of "
        "them, or run again"
    )
