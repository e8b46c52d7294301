"""What stands behind a row of a mart: its determination, the clauses, and the events."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from recount.contract.model import INVOICE, Contract
from recount.evidence.tracing.figures import LINES, Row
from recount.evidence.tracing.places import Landed, Place, Wanted
from recount.periods import format_instant
from recount.published import Marts
from recount.sources import source_of, terms_of
from recount.sources.origins import keys_of

_OF_LINE = (
    "outcome", "line_kind", "match_status", "reason", "gap_part", "invoice_id", "line_id",
    "line_number", "subject_id", "quantity", "unit_price_invoiced", "unit_price_contract",
    "amount_invoiced",
)  # fmt: skip
_OF_EVENT = ("source", "subject_id", "event_type", "occurred_at", "actor_type", "actor_id",
             "value", "unit")  # fmt: skip


@dataclass(frozen=True)
class Found:
    """One row of a figure: its mart, what it says, and what it adds."""

    mart: str
    row: Row
    adds: Decimal | int | None


@dataclass(frozen=True)
class Verdicts:
    """The determinations, clause verdicts and events of a month, to look up."""

    determinations: Mapping[tuple[str, str], Row]
    clauses: Mapping[tuple[str, str], list[Row]]
    events: Mapping[str, list[Row]]

    @classmethod
    def of(cls, marts: Marts) -> "Verdicts":
        """Read them out of the marts; of both definitions of an outcome the one that decides."""
        clauses: dict[tuple[str, str], list[Row]] = defaultdict(list)
        events: dict[str, list[Row]] = defaultdict(list)
        for row in _decides(marts["clause_verdicts"].to_pylist()):
            clauses[row["outcome"], row["candidate_event_id"]].append(row)
        for row in marts["evidence_events"].to_pylist():
            events[row["event_id"]].append(row)
        determinations = {
            (row["outcome"], row["subject_id"]): row
            for row in _decides(marts["determinations"].to_pylist())
        }
        return cls(determinations, clauses, events)


def _decides(rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if row["counted_by"] == "buyer")


class Explaining:
    """Explains rows, with the landed records of their lines and events."""

    def __init__(self, verdicts: Verdicts, landed: Landed, contract: Contract) -> None:
        """Look nothing up yet."""
        self._verdicts, self._landed, self._contract = verdicts, landed, contract

    def rows(self, found: list[Found]) -> list[dict[str, Any]]:
        """Return a document for each row; each landed stream is read once for all of them."""
        wanted = {each for row in found for each in self._wanted(row)}
        places = self._landed.find(wanted)

        def at(keys: Iterable[Wanted]) -> list[dict[str, Any]]:
            return [
                place.as_document(self._landed.lake)
                for place in _once(place for key in keys for place in places.get(key, ()))
            ]

        return [self._document(each, at) for each in found]

    def _wanted(self, found: Found) -> Iterator[Wanted]:
        yield from line_keys(found)
        for event_id in self._event_ids(found.row):
            yield from self._event_keys(event_id)

    def _document(
        self, found: Found, at: Callable[[Iterable[Wanted]], list[dict[str, Any]]]
    ) -> dict[str, Any]:
        row = found.row
        document: dict[str, Any] = {"mart": found.mart, "adds": found.adds}
        if found.mart == LINES:
            document |= {name: row[name] for name in _OF_LINE}
            document["records"] = at(line_keys(found))
        else:
            own = ("contract", "version", "period", "as_of")
            document |= {name: value for name, value in row.items() if name not in own}
        if row.get("subject_id") is not None:
            document["determination"] = self._determination(row)
            document["clauses"] = [
                {name: clause[name] for name in ("clause", "verdict", "window_ends_at",
                                                 "deciding_event_id")}
                for clause in self._clauses(row)
            ]  # fmt: skip
            document["events"] = [
                self._event(event_id, roles) | {"records": at(self._event_keys(event_id))}
                for event_id, roles in self._event_ids(row).items()
            ]
        explained: dict[str, Any] = said(document)
        return explained

    def _determination(self, row: Row) -> dict[str, Any] | None:
        found = self._verdicts.determinations.get((row["outcome"], row["subject_id"]))
        names = ("verdict", "reason", "candidate_event_id", "concluded_at")
        return {name: found[name] for name in names} if found else None

    def _candidate(self, row: Row) -> str | None:
        own: str | None = row.get("candidate_event_id")
        found = self._determination(row)
        return own or (found["candidate_event_id"] if found else None)

    def _clauses(self, row: Row) -> list[Row]:
        candidate = self._candidate(row)
        return self._verdicts.clauses.get((row["outcome"], candidate), []) if candidate else []

    def _event_ids(self, row: Row) -> dict[str, list[str]]:
        """Return the events that a row rests on, and what each of them did."""
        if row.get("subject_id") is None:
            return {}
        roles: dict[str, list[str]] = defaultdict(list)
        if candidate := self._candidate(row):
            roles[candidate].append("concluded")
        for clause in self._clauses(row):
            if event_id := clause["deciding_event_id"]:
                roles[event_id].append(f"decided {clause['clause']}")
        return roles

    def _event(self, event_id: str, roles: list[str]) -> dict[str, Any]:
        rows = self._verdicts.events.get(event_id, [])
        seen = {name: rows[0][name] for name in _OF_EVENT} if rows else {}
        return {"event_id": event_id, "did": roles, **seen}

    def _event_keys(self, event_id: str) -> Iterator[Wanted]:
        """Yield where its records may stand; of an event of another month any source may tell."""
        rows = self._verdicts.events.get(event_id, [])
        sources = [row["source"] for row in rows] or list(self._contract.evidence_sources)
        for source in sources:
            origins = source_of(terms_of(self._contract, source)).origins
            for stream, key in keys_of(origins, event_id):
                yield source, stream, key


def line_keys(found: Found) -> Iterator[Wanted]:
    """Yield where the record of an invoice's line may stand: a bill, or a credit for it."""
    line = found.row
    if found.mart != LINES or line["line_id"] is None:
        return
    own, number = line["line_id"], str(line["line_number"])
    billed = (("invoice_id", line["invoice_id"]), ("line_id", own), ("line_number", number))
    yield INVOICE, "lines", billed
    yield INVOICE, "credits", (("line_id", own), ("line_number", number))
    for place, sign in enumerate(own):
        if sign == "/":
            credited = (("credit_note_id", own[:place]), ("line_id", own[place + 1 :]))
            yield INVOICE, "credits", credited


def _once(places: Iterable[Place]) -> Iterator[Place]:
    seen = set()
    for place in places:
        mark = (place.page.key, place.record, place.manifest.key)
        if mark not in seen:
            seen.add(mark)
            yield place


def said(value: Any) -> Any:
    """Write figures and instants of a document as JSON has them: both are text."""
    if isinstance(value, dict):
        return {key: said(item) for key, item in value.items()}
    if isinstance(value, list):
        return [said(item) for item in value]
    if isinstance(value, datetime):
        return format_instant(value.replace(tzinfo=UTC))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    return str(value) if hasattr(value, "isoformat") else value
