"""The bundled quarter counted by hand: the contract's clauses and DESIGN 5 and 6 in plain Python.

It shares no code with the product, so that a mistake in either one shows. Instants are microseconds
since 1970.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

BERLIN = ZoneInfo("Europe/Berlin")
DAY = 24 * 3600 * 1_000_000
WINDOW = 14 * DAY
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUEUES = {"billing", "orders"}
PRICE = "5.00"

Verdict = tuple[str, str | None]
Candidate = tuple[int, Verdict]


def moment(text: str) -> int:
    """Read an instant with an offset."""
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


SURVEY_STARTS_AT = moment("2026-07-01T04:00:00+00:00")


def month_of(at: int) -> str:
    """Name the month in Berlin that holds an instant."""
    return f"{(EPOCH + timedelta(microseconds=at)).astimezone(BERLIN):%Y-%m}"


@dataclass
class Log:
    """What the buyer's files say, per subject and in order of time."""

    events: dict[str, list[tuple[int, str, str]]]
    ratings: dict[str, list[tuple[int, int]]]
    queues: dict[str, str]
    opened: dict[str, int]

    def until(self, as_of: int) -> "Log":
        """Forget what had not happened yet."""
        events = {key: [e for e in rows if e[0] < as_of] for key, rows in self.events.items()}
        ratings = {key: [r for r in rows if r[0] < as_of] for key, rows in self.ratings.items()}
        return Log({k: v for k, v in events.items() if v}, ratings, self.queues, self.opened)


def read_log(folder: Path) -> Log:
    """Read events.parquet, survey.csv and subjects.csv."""
    columns = pq.read_table(folder / "events.parquet")
    moments = columns["occurred_at"].cast("int64").to_pylist()
    names = ("subject_id", "event_type", "actor_type")
    subject_ids, event_types, actor_types = (columns[name].to_pylist() for name in names)
    events, ratings = defaultdict(list), defaultdict(list)
    rows = zip(subject_ids, moments, event_types, actor_types, strict=True)
    for subject_id, *event in sorted(rows):
        events[subject_id].append(tuple(event))
    for row in sorted(read_csv(folder / "survey.csv"), key=lambda row: moment(row["occurred_at"])):
        ratings[row["subject_id"]].append((moment(row["occurred_at"]), int(row["value"])))
    subjects = list(read_csv(folder / "subjects.csv"))
    queues = {row["subject_id"]: row["queue"] for row in subjects}
    opened = {row["subject_id"]: moment(row["opened_at"]) for row in subjects}
    return Log(dict(events), dict(ratings), queues, opened)


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read a file with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def no_handoff(log: Log, subject_id: str, concluded_at: int, as_of: int) -> str:
    """No human agent replied, assigned or handed off before the conclusion."""
    touched = any(
        event_type in ("replied", "assigned", "handed_off") and actor_type == "human_agent"
        for at, event_type, actor_type in log.events[subject_id]
        if log.opened[subject_id] <= at < concluded_at
    )
    return "not_met" if touched else "met"


def stayed_solved(log: Log, subject_id: str, concluded_at: int, as_of: int) -> str:
    """Nothing was reopened or followed up until the last instant of the 14th day."""
    came_back = any(
        event_type in ("reopened", "followed_up")
        for at, event_type, _ in log.events[subject_id]
        if concluded_at < at <= concluded_at + WINDOW
    )
    if came_back:
        return "not_met"
    return "met" if concluded_at + WINDOW < as_of else "pending"


def satisfied(log: Log, subject_id: str, concluded_at: int, as_of: int) -> str:
    """The last rating within 14 days is a 4 or a 5; no rating is no outcome."""
    if concluded_at < SURVEY_STARTS_AT:
        return "unverifiable"
    if concluded_at + WINDOW >= as_of:
        return "pending"
    ratings = log.ratings.get(subject_id, [])
    scores = [score for at, score in ratings if concluded_at < at <= concluded_at + WINDOW]
    return "met" if scores and scores[-1] >= 4 else "not_met"


def quiet(log: Log, subject_id: str, concluded_at: int, as_of: int) -> str:
    """The vendor's own clause: the requester did not write within 24 hours."""
    wrote = any(
        (event_type, actor_type) == ("contacted", "requester")
        for at, event_type, actor_type in log.events[subject_id]
        if concluded_at < at <= concluded_at + DAY
    )
    if wrote:
        return "not_met"
    return "met" if concluded_at + DAY < as_of else "pending"


Clause = Callable[[Log, str, int, int], str]
CONTRACT: tuple[Clause, ...] = (no_handoff, stayed_solved, satisfied)
VENDOR: tuple[Clause, ...] = (quiet,)


def verdict_of(
    log: Log, subject_id: str, at: int, as_of: int, clauses: Iterable[Clause]
) -> Verdict:
    """Join the clauses of one candidate; the reason is the first clause with that verdict."""
    found = {clause.__name__: clause(log, subject_id, at, as_of) for clause in clauses}
    for verdict in ("not_met", "unverifiable", "pending"):
        for name, of_clause in found.items():
            if of_clause == verdict:
                return verdict, name
    return "met", None


def determine(candidates: list[Candidate]) -> dict[str, Verdict]:
    """Take the best candidate of each month, and count a subject once."""
    by_month: dict[str, list[Verdict]] = defaultdict(list)
    for at, verdict in sorted(candidates, key=lambda candidate: candidate[0]):
        by_month[month_of(at)].append(verdict)
    order = ("met", "pending", "unverifiable", "not_met")
    determined: dict[str, Verdict] = {}
    for month in sorted(by_month):
        best = min(by_month[month], key=lambda verdict: order.index(verdict[0]))
        earlier = {verdict for verdict, _ in determined.values()}
        if "met" in earlier and best[0] in ("met", "pending"):
            best = ("not_met", "counted_before")
        elif "pending" in earlier and best[0] == "met":
            best = ("pending", "counted_before")
        determined[month] = best
    return determined


def determinations(
    log: Log, as_of: int, clauses: tuple[Clause, ...], solved_by: tuple[str, ...]
) -> dict[str, dict[str, Verdict]]:
    """Determine every subject in scope that somebody of these concluded."""
    found = {}
    for subject_id, events in log.events.items():
        if log.queues[subject_id] in QUEUES:
            solved = [at for at, kind, actor in events if kind == "solved" and actor in solved_by]
            judged = [(at, verdict_of(log, subject_id, at, as_of, clauses)) for at in solved]
            if judged:
                found[subject_id] = determine(judged)
    return found


@dataclass
class Statement:
    """One month as known at one instant."""

    lines: Counter[str]
    reasons: Counter[str]
    gap: Counter[str]
    recounted_count: int
    pending_determinations: int


def state(log: Log, invoice: list[dict[str, str]], month: str, as_of: int) -> Statement:
    """Give every invoice line the first status that fits, and count."""
    log = log.until(as_of)
    ours = determinations(log, as_of, CONTRACT, ("ai_agent",))
    theirs = determinations(log, as_of, VENDOR, ("ai_agent", "human_agent"))
    lines, reasons, gap = Counter[str](), Counter[str](), Counter[str]()
    seen: set[str] = set()
    for row in invoice:
        subject_id = row["subject_id"]
        status, reason = _status(log, row, month, ours.get(subject_id, {}), seen)
        seen.add(subject_id)
        lines[status] += 1
        if status == "not_an_outcome":
            reasons[reason or ""] += 1
        vendor_met = theirs.get(subject_id, {}).get(month, ("", None))[0] == "met"
        gap[_gap_part(status, vendor_met=vendor_met)] += 1
    verdicts = {subject_id: found[month][0] for subject_id, found in ours.items() if month in found}
    met = {subject_id for subject_id, verdict in verdicts.items() if verdict == "met"}
    lines["not_invoiced"] = len(met - seen)
    gap["not_invoiced"] = -len(met - seen)
    gap.pop("none", None)
    pending = list(verdicts.values()).count("pending")
    return Statement(+lines, reasons, gap, len(met), pending)


def _status(
    log: Log, row: dict[str, str], month: str, determined: dict[str, Verdict], seen: set[str]
) -> Verdict:
    subject_id = row["subject_id"]
    if subject_id in seen:
        return "duplicate", None
    if subject_id not in log.events:
        return "unknown_subject", None
    if log.queues[subject_id] not in QUEUES:
        return "out_of_scope", None
    if month not in determined:
        return ("out_of_period", None) if determined else ("not_an_outcome", "not_concluded")
    verdict, reason = determined[month]
    if verdict != "met":
        return ("not_an_outcome" if verdict == "not_met" else verdict), reason
    return ("agreed" if row["unit_price"] == PRICE else "wrong_price"), None


def _gap_part(status: str, *, vendor_met: bool) -> str:
    if status == "not_an_outcome":
        return "definition" if vendor_met else "data"
    parts = {
        "duplicate": "data",
        "unknown_subject": "data",
        "out_of_scope": "definition",
        "out_of_period": "timing",
        "unverifiable": "unverifiable",
        "pending": "pending",
    }
    return parts.get(status, "none")
