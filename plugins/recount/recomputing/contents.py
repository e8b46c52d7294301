"""What a pack says: recomputed from its evidence and its contract, and compared row by row."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from recount.evaluator import Coverage, Event, Log, Subject, as_word, duration
from recount.recomputing.invoices import Billed
from recount.recomputing.months import FAR, Month, Row, Terms
from recount.recomputing.packs import BROKEN, Difference, Pack, canonical, digest, stated
from recount.recomputing.prices import (
    MILLIONTH,
    NOTHING,
    Left,
    performance_terms,
    placed,
    places_in_bands,
    reaches,
    terms,
)
from recount.recomputing.statements import statement_of
from recount.recomputing.totals import Figures, charge_rows, figures, shares_of

_SIDE = ("outcome", "counted_by")
_CANDIDATE = (*_SIDE, "subject_id", "candidate_event_id", "concluded_at")
# By what a row of each member is known; what else it says is compared.
KEYS: Mapping[str, tuple[str, ...]] = {
    "candidates": _CANDIDATE,
    "clause_verdicts": (*_CANDIDATE, "clause_number"),
    "determinations": (*_SIDE, "subject_id"),
    "reconciliation_lines": ("outcome", "subject_id", "invoice_id", "line_id", "line_number"),
    "verdict_totals": (*_SIDE, "judged", "verdict"),
    "line_totals": ("outcome", "line_kind", "match_status", "reason", "gap_part"),
    "outcomes": ("outcome",),
    "charges": ("basis", "term", "tier"),
    "performance": ("term",),
    "performance_intervals": ("term", "interval_name"),
    "bands": ("term", "band_number"),
}
_DERIVED = ("candidates", "clause_verdicts", "determinations", "reconciliation_lines")


def recomputed(pack: Pack) -> Iterator[Difference]:
    """Recompute all that a pack says from its evidence and its contract; yield what differs."""
    try:
        run, contract = pack.json("run.json"), pack.json("contract.json")
        terms_ = terms_of(pack, run, contract)
        yield from _bounds(pack, run, terms_)
        yield from _inputs(pack, run)
        month = Month(terms_, _lines_with_subject(pack))
        yield from _by_group(pack, run, month)
        yield from _totals(pack, run, month)
    except BROKEN as error:
        reason = str(error) or type(error).__name__
        yield Difference("the pack", "", f"cannot be recomputed any further ({reason})")


def terms_of(pack: Pack, run: Mapping[str, Any], contract: Mapping[str, Any]) -> Terms:
    """What a pack's month is recomputed by."""
    left, intervals, boundaries = run["left"], defaultdict(list), defaultdict(list)
    for row in pack.rows("performance_intervals.csv"):
        intervals[row["term"]].append((row["starts_at"], row["ends_at"]))
    for row in pack.rows("bands.csv"):
        last = row["last_concluded_at"], row["last_event_id"].encode()
        boundaries[row["term"]].append((row["each"], last))
    credits_ = left["credits"] or {"opening": "0", "bought": "0", "price": "0"}
    return Terms(
        contract=contract,
        period=run["period"],
        as_of=datetime.fromisoformat(run["as_of"]),
        minor_units=run["minor_units"],
        counts_from={k: datetime.fromisoformat(v) for k, v in run["counts_from"].items()},
        periods=[(r["period"], r["starts_at"], r["ends_at"]) for r in pack.rows("periods.csv")],
        coverage={
            row["event_type"]: Coverage(row["observed_from"], row["observed_until"])
            for row in pack.rows("coverage.csv")
        },
        left=Left(
            Decimal(left["annual"]["opening"]) if left["annual"] else None,
            Decimal(credits_["opening"]) + Decimal(credits_["bought"]),
            Decimal(credits_["price"]),
        ),
        intervals={
            name: sorted(intervals[name]) for name in performance_terms(contract["pricing"])
        },
        boundaries=boundaries,
    )


def _bounds(pack: Pack, run: Mapping[str, Any], terms_: Terms) -> Iterator[Difference]:
    """See that months follow each other, and that the month and its intervals lie in them."""
    contract = terms_.contract
    for (_, _, ends_at), (name, starts_at, _) in pairwise(terms_.periods):
        if starts_at != ends_at:
            yield Difference("periods.csv", name, "does not begin where the month before it ends")
    own = {name: (starts_at, ends_at) for name, starts_at, ends_at in terms_.periods}
    starts_at, ends_at = (
        datetime.fromisoformat(run[f"period_{of}_at"]) for of in ("starts", "ends")
    )
    final_from = ends_at + duration(contract["settlement"]["final_after"])
    expected = {
        "the month's bounds": (own.get(terms_.period), (starts_at, ends_at)),
        "final_from": (datetime.fromisoformat(run["final_from"]), final_from),
        "contract_sha256": (run["contract_sha256"], digest(pack.read("contract.json"))),
    }
    for what, (said, is_so) in expected.items():
        if said != is_so:
            yield Difference("run.json", what, f"is {said}, and must be {is_so}")
    for name, intervals in terms_.intervals.items():
        edges = [starts_at, *(edge for pair in intervals for edge in pair), ends_at]
        if any(a != b for a, b in zip(edges[::2], edges[1::2], strict=True)):
            yield Difference("performance_intervals.csv", name, "does not divide the month")


def _inputs(pack: Pack, run: Mapping[str, Any]) -> Iterator[Difference]:
    """See that the landed manifests are those whose digests the statement has."""
    statement, found = pack.json("statement.json"), {}
    for each in pack.json("landed.json"):
        is_so = digest(canonical(each["content"], sort_keys=True))
        found[each["source"], each["stream"]] = is_so
        if is_so != each["digest"]:
            where = f"{each['source']} {each['stream']}"
            yield Difference("landed.json", where, f"has the digest {is_so}")
    inputs = {}
    for source, streams in run["streams"].items():
        digests = {stream: found.get((source, stream)) for stream in streams}
        if digests:
            (*_, last) = digests.values()
            inputs[source] = last if len(digests) == 1 else digest(canonical(digests))
    if run["earlier_months"] is not None:
        inputs["earlier_months"] = digest(canonical(run["earlier_months"]["settled"]))
    yield from _leaves("statement.json", statement["inputs"], inputs, "inputs")


def _lines_with_subject(pack: Pack) -> Counter[str]:
    lines = pack.rows("invoice_lines.csv")
    return Counter(line["outcome"] for line in lines if line["subject_id"] is not None)


class Sorted:
    """The rows of a member that are in order of their link group, one group after the other."""

    def __init__(self, pack: Pack, name: str) -> None:
        """Begin before the first row."""
        self.name, self._rows = name, enumerate(pack.rows(f"{name}.csv"), start=1)
        self.head = next(self._rows, None)

    @property
    def group(self) -> str | None:
        """The group that comes next; None behind the last."""
        return (self.head[1]["link_group"] or "") if self.head else None

    def take(self, group: str, problems: list[Difference]) -> list[Row]:
        """The rows of a group, where it is the one that comes next; Difference if it was before."""
        rows = []
        while self.head and self.group == group:
            rows.append(self.head[1])
            self.head = next(self._rows, None)
        if self.head and (self.group or "") < group:
            where = f"row {self.head[0]}"
            problems.append(Difference(f"{self.name}.csv", where, "is out of order"))
        return rows


def _by_group(pack: Pack, run: Mapping[str, Any], month: Month) -> Iterator[Difference]:
    """Recompute one link group after the other: of the pack no more than one is in memory."""
    evidence = {name: Sorted(pack, name) for name in ("subjects", "events", "invoice_lines")}
    derived = {name: Sorted(pack, name) for name in _DERIVED}
    streams = [*evidence.values(), *derived.values()]
    while groups := [stream.group for stream in streams if stream.group is not None]:
        group, problems = min(groups), list[Difference]()
        given = {name: stream.take(group, problems) for name, stream in evidence.items()}
        problems += _belongs(given, group)
        problems += _registered(given["events"], run)
        yield from problems
        log = Log(
            dict.fromkeys(map(_event, given["events"])),
            [_subject(row) for row in given["subjects"] if row["subject_type"] is not None],
            month.terms.coverage,
            month.terms.as_of,
        )
        rows = month.add(log, [_billed(row) for row in given["invoice_lines"]])
        for name, stream in derived.items():
            problems = []
            yield from compared(name, rows[name], stream.take(group, problems))
            yield from problems


def _belongs(given: Mapping[str, list[Row]], group: str) -> Iterator[Difference]:
    """See that each row is about somebody of its group: whose events are all in it."""
    keys = {row["subject_id"]: row["requester_key"] for row in given["subjects"]}
    for name, rows in given.items():
        for row in rows:
            subject_id = row["subject_id"]
            own = "" if subject_id is None else f"subject:{subject_id}"
            if group not in (own, f"requester:{keys.get(subject_id)}"):
                yield Difference(f"{name}.csv", f"{subject_id}", f"does not belong to {group}")


def _registered(events: Iterable[Row], run: Mapping[str, Any]) -> Iterator[Difference]:
    """See that an actor whom the contract names has the type that it gives him."""
    for event in events:
        for actor in run["actors"] if event["actor_id"] else ():
            bounds = (actor[f"valid_{of}"] for of in ("from", "until"))
            since, until = (each and datetime.fromisoformat(each) for each in bounds)
            is_then = (since or event["occurred_at"]) <= event["occurred_at"] < (until or FAR)
            is_he = actor["actor_id"] == event["actor_id"] and is_then
            if is_he and actor["actor_type"] != event["actor_type"]:
                says = f"was done by {event['actor_id']}, who is {actor['actor_type']} by contract"
                yield Difference("events.csv", event["event_id"], says)


def _event(row: Row) -> Event:
    return Event(
        row["event_id"], row["subject_id"], row["subject_type"], row["event_type"],
        row["occurred_at"], row["actor_type"], row["value"], row["unit"],
    )  # fmt: skip


def _subject(row: Row) -> Subject:
    named = ("queue", "channel", "tier", "language", "department")
    attributes = {name: row[name] for name in named}
    if row["is_test"] is not None:
        attributes["is_test"] = as_word(row["is_test"])
    attributes |= json.loads(row["attributes"] or "{}")
    return Subject(
        row["subject_id"], row["subject_type"], row["opened_at"], row["requester_key"], attributes
    )


def _billed(row: Row) -> Billed:
    return Billed(
        row["line_number"], row["invoice_id"], row["line_id"], row["subject_id"], row["outcome"],
        row["quantity"], row["unit_price"], row["amount"], row["concluded_at"],
        row["is_taken_back"], row["is_unclear"],
    )  # fmt: skip


def compared(name: str, ours: Iterable[Row], theirs: Iterable[Row]) -> Iterator[Difference]:
    """Yield each row of a member that says something else, is missing, or is too many."""
    key = KEYS[name]
    expected = {tuple(row[column] for column in key): row for row in ours}
    for row in theirs:
        known = tuple(row[column] for column in key)
        must = expected.pop(known, None)
        if must is None:
            yield Difference(f"{name}.csv", _row_of(known), "does not follow from the evidence")
            continue
        for column, value in must.items():
            if row[column] != value:
                says = f"{column} is {stated(row[column])}, and must be {stated(value)}"
                yield Difference(f"{name}.csv", _row_of(known), says)
    for known in expected:
        says = "is missing, and follows from the evidence"
        yield Difference(f"{name}.csv", _row_of(known), says)


def _row_of(known: Iterable[Any]) -> str:
    return ", ".join(stated(value) for value in known if value is not None)


def _totals(pack: Pack, run: Mapping[str, Any], month: Month) -> Iterator[Difference]:
    """Compare what the rows add up to with all that is stated of it."""
    found = figures(month, datetime.fromisoformat(run["final_from"]))
    sides = {
        "verdict_totals": [
            dict(zip(KEYS["verdict_totals"], key, strict=True)) | {"verdict_count": count}
            for key, count in month.verdicts.items()
        ],
        "line_totals": [
            dict(zip(KEYS["line_totals"], key, strict=True))
            | {"line_count": total[0], "quantity": total[1], "amount_invoiced": total[2]}
            | {"amount_of_gap": total[3]}
            for key, total in month.line_totals.items()
        ],
        "outcomes": [{"outcome": name} | row for name, row in found.outcomes.items()],
        "charges": charge_rows(month, found),
        "performance": [{"term": name} | row for name, row in found.performance.items()],
        "performance_intervals": _interval_rows(pack, month),
        "bands": _band_rows(pack, month),
    }
    for name, ours in sides.items():
        yield from compared(name, ours, pack.rows(f"{name}.csv"))
    statement, findings = pack.json("statement.json"), pack.json("findings.json")
    holds = any(finding["severity"] == "hold" for finding in findings)
    must = statement_of(month, found, run, holds)
    must |= {"as_of": run["as_of"], "final_from": run["final_from"], "findings": findings}
    yield from _leaves("statement.json", {k: statement.get(k) for k in must}, must)
    unknown = statement.keys() - must.keys() - _NOT_RECOMPUTED
    for key in sorted(unknown):
        yield Difference("statement.json", key, "is nothing that a statement says")
    yield from _leaves("control_totals.json", *_control(pack, month, found))


# what a statement says beside its figures: a sentence, what came in, and what became of it later
_NOT_RECOMPUTED = {"because", "inputs", "corrects", "notice", "evidence"}


def _interval_rows(pack: Pack, month: Month) -> Iterator[Row]:
    for name, shares in shares_of(month, "recounted").items():
        term = performance_terms(month.pricing)[name]
        bounds = sorted(
            (row["starts_at"], row["ends_at"], row["interval_name"])
            for row in pack.rows("performance_intervals.csv")
            if row["term"] == name
        )
        for (starts_at, ends_at, interval), share in zip(bounds, shares, strict=True):
            can_be = share.judged and "at_least" in term
            yield {
                "term": name, "interval_name": interval, "starts_at": starts_at,
                "ends_at": ends_at, "met_count": share.met, "judged_count": share.judged,
                "is_reached": reaches(term, share) if can_be else None,
            }  # fmt: skip


def _band_rows(pack: Pack, month: Month) -> Iterator[Row]:
    """What each place costs, and how many outcomes the pass counted there, as both must be."""
    for name, price in terms(month.pricing).items():
        if name in month.pricing.get("usage", {}) or "percent_of_value" in price:
            continue
        found = placed(month.pricing, price, month.terms.left)
        met = int(month.sums[name, "met"])
        expected = places_in_bands(found, met, is_volume="volume" in price)
        must = [(each, count) for each, count in expected if count]
        for number_, (each, count) in enumerate(must):
            passed = int(month.sums[name, f"band {number_}"])
            is_so = passed == count and not month.sums[name, "band beyond"]
            yield {
                "term": name, "band_number": number_ + 1, "each": each,
                "outcome_count": count if is_so else f"{count}, and {passed} come before its last",
            }  # fmt: skip


def _control(pack: Pack, month: Month, found: Figures) -> tuple[Row, Row]:
    """Those control totals that the pack can show, as they are stated and as they must be."""
    placed_ = [total for (_, kind, *_), total in month.line_totals.items() if kind != "recount"]
    lines = sum(total[0] for total in placed_)
    amount = f"{sum((total[2] for total in placed_), NOTHING).quantize(MILLIONTH):f}"
    determined_ = sum(
        count
        for (_, counted_by, judged, _), count in month.verdicts.items()
        if counted_by == "buyer" and judged == "determination"
    )
    must = {
        "line_staged_count": lines, "line_placed_count": lines, "amount_staged": amount,
        "amount_placed": amount, "determination_count": determined_,
    }  # fmt: skip
    said = pack.json("control_totals.json")
    return {name: said.get(name) for name in must}, must


def _leaves(member: str, said: Any, must: Any, path: str = "") -> Iterator[Difference]:
    """Yield each figure of a document that is another, key by key."""
    if isinstance(said, dict) and isinstance(must, dict):
        for key in [*must, *(key for key in said if key not in must)]:
            below = f"{path}.{key}" if path else key
            yield from _leaves(member, said.get(key), must.get(key), below)
    elif said != must:
        yield Difference(member, path, f"is {stated(said)}, and must be {stated(must)}")
