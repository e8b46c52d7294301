"""An independent count of the incident log: its states in the file's order, and no Recount."""

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

DONE = ("Resolved", "Closed")
MISSING = "-100"
BEST_FIRST = ("met", "pending", "not_met")


@dataclass(frozen=True)
class Step:
    """One row of an incident: its state, when it was written, and by whom."""

    state: str
    written_at: str
    account: str


@dataclass(frozen=True)
class Incidents:
    """The log: the steps of each incident, and what the log itself says of reopenings."""

    steps: dict[str, list[Step]]
    reopen_counts: dict[str, int]

    @property
    def accounts(self) -> list[str]:
        """Everybody who wrote a row."""
        return sorted({step.account for steps in self.steps.values() for step in steps})


def read(path: Path) -> Incidents:
    """Read the CSV, out of its zip where it is in one."""
    steps: dict[str, list[Step]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    for row in csv.DictReader(io.StringIO(text_of(path), newline="")):
        number, state = row["number"], row["incident_state"]
        counts[number] = max(counts[number], int(row["reopen_count"]))
        if state != MISSING:
            steps[number].append(Step(state, row["sys_updated_at"], row["sys_updated_by"]))
    return Incidents(dict(steps), dict(counts))


def text_of(path: Path) -> str:
    """The text of the CSV."""
    if path.suffix != ".zip":
        return path.read_text("utf-8")
    with zipfile.ZipFile(path) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".csv"))
        return archive.read(name).decode("utf-8")


def moves(steps: list[Step]) -> Iterator[tuple[str, Step]]:
    """Yield `solved` and `reopened` with the row that made it so."""
    before = "New"
    for step in steps:
        if step.state == "Resolved" and before not in DONE:
            yield "solved", step
        if step.state not in DONE and before in DONE:
            yield "reopened", step
        before = step.state


@dataclass(frozen=True)
class Question:
    """Whose solutions of which month stayed solved for how many days, as known at an instant?"""

    account: str
    month: str
    days: int
    as_of: datetime
    zone: str = "UTC"

    def local(self, written: str) -> datetime:
        """Read a time of the log in the zone."""
        return datetime.strptime(written, "%d/%m/%Y %H:%M").replace(tzinfo=ZoneInfo(self.zone))


def solutions(log: Incidents, asked: Question) -> dict[str, list[tuple[str, str]]]:
    """Month and verdict of each solution by the account, by incident, in order of time."""
    found: dict[str, list[tuple[str, str]]] = {}
    for number, steps in log.steps.items():
        told = [(kind, asked.local(step.written_at), step.account) for kind, step in moves(steps)]
        known = [(kind, at, who) for kind, at, who in told if at.astimezone(UTC) < asked.as_of]
        back = [at.astimezone(UTC) for kind, at, _ in known if kind == "reopened"]
        mine = sorted(at for kind, at, who in known if kind == "solved" and who == asked.account)
        if mine:
            found[number] = [
                (f"{at:%Y-%m}", verdict(at.astimezone(UTC), back, asked)) for at in mine
            ]
    return found


def verdict(solved_at: datetime, back: list[datetime], asked: Question) -> str:
    """Did it stay solved?"""
    ends_at = solved_at + timedelta(days=asked.days)
    if any(solved_at < at <= ends_at for at in back):
        return "not_met"
    return "met" if ends_at < asked.as_of else "pending"


def of_month(log: Incidents, asked: Question) -> dict[str, str]:
    """The verdict on each incident in the month; it counts once, in the first month that is met."""
    found = {}
    for number, judged in solutions(log, asked).items():
        claimed = ""
        for month in sorted({month for month, _ in judged}):
            best = min((v for m, v in judged if m == month), key=BEST_FIRST.index)
            if claimed == "met" and best in ("met", "pending"):
                best = "not_met"
            elif claimed == "pending" and best == "met":
                best = "pending"
            elif not claimed and best != "not_met":
                claimed = best
            if month == asked.month:
                found[number] = best
    return found
