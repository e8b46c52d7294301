"""Asks the REST API of an org, and reads its answers: records in one form, errors as sentences.

The version of the API is pinned: objects and fields come and go with it, and a new one is tried
before it is used. Errors are lists of a message and a code; only codes are looked at.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from recount.errors import SourceError, TransientError
from recount.sources import shapes as reading
from recount.sources.api import Answer, AnsweredError, Api
from recount.sources.salesforce.reading import Table
from recount.sources.salesforce.shapes import asked_of, page_of
from recount.sources.shapes import instant_of
from recount.sources.words import shown

API_VERSION = "v64.0"
ROOT = f"/services/data/{API_VERSION}"


@dataclass(frozen=True)
class Found:
    """An answer to a query: one page of records, how many there are, and where it goes on."""

    answer: Answer
    rows: list[dict[str, Any]]
    total_count: int
    more: str | None


class LocatorGone(Exception):
    """The locator of a query is not known any more: another session got it, or it is too old."""


def query(api: Api, table: Table, soql: str, what: str) -> Found:
    """Ask for records; SourceError names the object that cannot be read."""
    with explained(what):
        return _found(api.get(f"{ROOT}/{table.resource}", q=soql), what)


def more(api: Api, path: str, what: str) -> Found:
    """Go on where an answer said; LocatorGone where that is not known any more."""
    with explained(what):
        return _found(api.get(path), what)


def count(api: Api, table: Table, soql: str, what: str) -> int:
    """Ask how many records there are."""
    return query(api, table, soql, what).total_count


def received(
    answer: Answer, rows: list[dict[str, Any]], table: Table, what: str
) -> tuple[Answer, Any]:
    """Return an answer as a document of those rows, and the page that is kept of it."""
    document = {"records": rows}
    page: Any = reading.received(msgspec.json.encode(document), page_of(table.record), what)
    for record in page.records:
        table.keep(record)
    return replace(answer, document=document), page


def flat(record: Mapping[str, Any], table: Table) -> dict[str, Any]:
    """Return a record with the fields that were asked for by their paths, as CSV has them too."""
    nested = [path for path in asked_of(table.record) if "." in path]
    relations = {path.partition(".")[0] for path in nested}
    values = {name: value for name, value in record.items() if name not in relations}
    for path in nested:
        value: Any = record
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        values[path] = value
    return values


def records_of_csv(data: bytes, table: Table, what: str) -> list[dict[str, Any]]:
    """Return the records of a table as CSV: an empty cell is nothing, and true is a truth."""
    try:
        lines = csv.reader(io.StringIO(data.decode()), strict=True)
        head = next(lines, [])
        cells = list(lines)
    except (UnicodeDecodeError, csv.Error):
        raise SourceError(f"{what} gives CSV that cannot be read; run again") from None
    if any(len(line) != len(head) for line in cells):
        raise SourceError(f"{what} gives CSV whose lines differ in length; run again")
    described = {each.encode_name: each.type for each in msgspec.structs.fields(table.record)}
    kinds = [described.get(name, str) for name in head]
    return [dict(zip(head, map(_value, line, kinds), strict=True)) for line in cells]


def _value(cell: str, kind: Any) -> Any:
    if cell == "":
        return None
    wanted = set(getattr(kind, "__args__", (kind,)))
    if bool in wanted and cell in ("true", "false"):
        return cell == "true"
    if wanted & {int, float} and str not in wanted:
        try:
            return msgspec.json.decode(cell, type=int | float)
        except msgspec.MsgspecError:
            return cell  # the shape says what is wrong with it
    return cell


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Say what an error of the API means, where its code says more than its status."""
    try:
        yield
    except AnsweredError as error:
        code = _code(error.data)
        if code == "INVALID_QUERY_LOCATOR":
            raise LocatorGone from None
        if code == "REQUEST_LIMIT_EXCEEDED":
            raise TransientError(
                f"{what}: the org has used up the requests that it allows in 24 hours; what came "
                "before is landed, so run again when others have asked less"
            ) from None
        if code in _ADVICE or error.status == 404:
            raise SourceError(f"{what} {_ADVICE.get(code, _UNKNOWN)} ({error.status})") from None
        raise


def _code(data: bytes) -> str:
    try:
        return msgspec.json.decode(data, type=list[_Error])[0].errorCode
    except (msgspec.MsgspecError, IndexError):
        return ""


class _Error(msgspec.Struct):
    errorCode: str = ""  # noqa: N815


_UNKNOWN = "is not known here; give our user the right to read it, or turn it off in the contract"
_ADVICE = {
    "INVALID_TYPE": _UNKNOWN,
    "INVALID_FIELD": "lacks a field that we ask for; give our user the right to read it",
    "MALFORMED_QUERY": "does not understand our query; report it",
}


def _found(answer: Answer, what: str) -> Found:
    said = answer.document if isinstance(answer.document, dict) else {}
    rows, total, path = said.get("records"), said.get("totalSize"), said.get("nextRecordsUrl")
    is_done = said.get("done")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceError(f"{what} answers {shown(rows)} instead of a list of records")
    if not isinstance(total, int) or not isinstance(is_done, bool):
        raise SourceError(f"{what} does not say how many records there are, and whether it is done")
    # our credentials go where it leads, so it may only be a path of this API
    if not is_done and not (isinstance(path, str) and path.startswith(f"{ROOT}/")):
        raise SourceError(f"{what} goes on at {shown(path)}, which is no place of its API")
    return Found(answer, rows, total, None if is_done else path)


def oldest(api: Api, table: Table, what: str) -> datetime | None:
    """Return the instant of the oldest record that there is."""
    conditions = f" WHERE {table.where}" if table.where else ""
    soql = f"SELECT MIN({table.by}) FROM {table.object}{conditions}"
    written = [row.get("expr0") for row in query(api, table, soql, what).rows]
    return instant_of(str(written[0]), what) if written and written[0] else None
