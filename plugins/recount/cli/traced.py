"""A trace for people: on a terminal, and as rows of a spreadsheet."""

from collections.abc import Iterator, Mapping
from typing import Any

from recount.evidence.spreadsheet import csv_text
from recount.plain_text import plain

_CELLS = (
    "figure", "adds", "outcome", "invoice_id", "line_id", "subject_id", "match_status", "reason",
    "verdict", "did", "event_id", "event_type", "occurred_at", "actor_type", "actor_id", "source",
    "stream", "object", "page", "record", "sha256", "manifest", "manifest_digest",
)  # fmt: skip


def trace_lines(traced: Mapping[str, Any]) -> Iterator[str]:
    """Yield a trace line by line."""
    yield f"{traced['figure']} of {traced['contract']}, {traced['period']}: {_value(traced)}"
    for number, path in enumerate(traced["printed_as"] or ()):
        yield f"  {'it is' if number == 0 else 'it may be'} {path}"
    for part in traced["made_of"]:
        yield f"  {_count(part['rows'], 'row')} of {part['mart']}: {part['says']} {_sum(part)}"
    if traced["adds_up"] is not None:
        says = "the rows add up" if traced["adds_up"] else "the rows do NOT add up to it"
        yield f"  sum {traced['sum']}: {says}"
    for row in traced["rows"]:
        yield from map(plain, _row_lines(row))
    rest = sum(part["rows"] for part in traced["made_of"]) - len(traced["rows"])
    if rest > 0:
        yield f"  and {_count(rest, 'row')} that are not shown: --rows, --csv or --json"
    yield f"{_count(len(traced['hashed']), 'landed object')} hashed again"
    for broken in traced["broken"]:
        yield f"BROKEN: {broken}"


def _value(traced: Mapping[str, Any]) -> str:
    return str(traced["value"]) if traced["value"] is not None else str(traced["says"] or "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _sum(part: Mapping[str, Any]) -> str:
    return "" if part["sum"] is None else f"= {part['sum']}"


def _row_lines(row: Mapping[str, Any]) -> Iterator[str]:
    names = ("line_id", "subject_id", "outcome", "match_status", "reason", "verdict", "basis",
             "term", "amount_invoiced", "amount")  # fmt: skip
    said = [f"{name} {row[name]}" for name in names if row.get(name) is not None]
    adds = f", adds {row['adds']}" if row["adds"] is not None else ""
    yield f"  {row['mart']}: {', '.join(said)}{adds}"
    for record in row.get("records", ()):
        yield f"    billed by {_record(record)}"
    for clause in row.get("clauses", ()):
        by = f" by {clause['deciding_event_id']}" if clause["deciding_event_id"] else ""
        yield f"    {clause['clause']} is {clause['verdict']}{by}, window to {_ends(clause)}"
    for event in row.get("events", ()):
        seen = f"{event.get('event_type', 'event')} {event['event_id']}"
        who = (
            f" by {event['actor_type']} {event['actor_id'] or ''}" if "actor_type" in event else ""
        )
        yield f"    {' and '.join(event['did'])}: {seen} {event.get('occurred_at', '')}{who}"
        for record in event["records"]:
            yield f"      {_record(record)}"


def _ends(clause: Mapping[str, Any]) -> str:
    return str(clause["window_ends_at"] or "the conclusion")


def _record(record: Mapping[str, Any]) -> str:
    number = f" record {record['record']}" if record["record"] is not None else ""
    return (
        f"{record['source']} {record['stream']}, {record['page']}{number}, sha256 "
        f"{record['sha256']}, {record['object']}"
    )


def trace_csv(traced: Mapping[str, Any]) -> str:
    """Return one record for each row, event and landed record; no cell is a formula."""
    return csv_text(_CELLS, _flat(traced))


def _flat(traced: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for row in traced["rows"]:
        verdict = (row.get("determination") or {}).get("verdict") or row.get("verdict")
        head = {**row, "figure": traced["figure"], "verdict": verdict}
        for record in row.get("records") or [{}]:
            yield {**head, "did": "billed" if record else None, **record}
        for event in row.get("events", ()):
            did = " and ".join(event["did"])
            for record in event["records"] or [{}]:
                yield {**head, **event, "did": did, **record}
