"""The buyer's own files: the helpdesk's event log, its subjects and the survey's ratings."""

import csv
import hashlib
import random
from collections import defaultdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from recount.demo.months import instant_of
from recount.demo.tickets import Ticket
from recount.periods import format_instant

EVENTS = pa.schema(
    [
        ("event_id", pa.string()),
        ("subject_id", pa.string()),
        ("subject_type", pa.string()),
        ("event_type", pa.string()),
        ("occurred_at", pa.timestamp("us", tz="UTC")),
        ("actor_type", pa.string()),
        ("actor_id", pa.string()),
        ("related_subject_id", pa.string()),
    ]
)
SUBJECTS = (
    "subject_id,subject_type,opened_at,requester_key,queue,channel,tier,language,department,is_test"
)
RATINGS = "event_id,subject_id,subject_type,event_type,occurred_at,actor_type,value,unit"
QUEUES_IN_SCOPE = ("billing", "billing", "orders", "orders", "orders")
OTHER_QUEUES = ("returns", "account", "technical")
CHANNELS = ("email", "email", "chat", "chat", "chat", "web", "phone")
TIERS = ("tier_1", "tier_1", "tier_1", "tier_2")
LANGUAGES = ("de", "de", "de", "en", "en", "fr", "nl")
REQUESTERS = 24_000


class Helpdesk:
    """Takes in tickets, and writes what the buyer's systems would export about them."""

    def __init__(self, rng: random.Random, key: str) -> None:
        """`key` is the key of the hash that stands for a requester."""
        self._rng = rng
        self._key = key.encode()
        self._events: dict[str, list[object]] = defaultdict(list)
        self._subjects: list[list[str]] = []
        self._ratings: list[list[str]] = []

    def record(self, ticket: Ticket, *, in_scope: bool) -> None:
        """Take in a ticket whose story has been told."""
        self._record_events(ticket)
        self._record_ratings(ticket)
        self._subjects.append([*self._identity(ticket), *self._attributes(in_scope=in_scope)])

    def write(self, folder: Path) -> None:
        """Write events.parquet, subjects.csv and survey.csv."""
        table = pa.table(self._events, schema=EVENTS)
        pq.write_table(table, folder / "events.parquet", compression="zstd")
        _write_csv(folder / "subjects.csv", SUBJECTS, self._subjects)
        _write_csv(folder / "survey.csv", RATINGS, self._ratings)

    def _record_events(self, ticket: Ticket) -> None:
        events = sorted(ticket.events, key=lambda event: event.at)
        number = ticket.subject_id.removeprefix("helpdesk-")
        columns, size = self._events, len(events)
        columns["event_id"] += [f"{number}-{at:03}" for at in range(1, size + 1)]
        columns["subject_id"] += [ticket.subject_id] * size
        columns["subject_type"] += ["ticket"] * size
        columns["event_type"] += [event.event_type for event in events]
        columns["occurred_at"] += [event.at for event in events]
        columns["actor_type"] += [event.actor[0] for event in events]
        columns["actor_id"] += [event.actor[1] for event in events]
        columns["related_subject_id"] += [event.related_subject_id for event in events]

    def _record_ratings(self, ticket: Ticket) -> None:
        for rating in ticket.ratings:
            event_id = f"{len(self._ratings) + 1:07}"
            at = format_instant(instant_of(rating.at))
            about = [event_id, ticket.subject_id, "ticket", "rated", at, "requester"]
            self._ratings.append([*about, str(rating.score), "score_of_5"])

    def _identity(self, ticket: Ticket) -> list[str]:
        requester = str(self._rng.randrange(REQUESTERS)).encode()
        requester_key = hashlib.blake2b(requester, key=self._key, digest_size=12).hexdigest()
        opened_at = format_instant(instant_of(ticket.opened_at))
        return [ticket.subject_id, "ticket", opened_at, requester_key]

    def _attributes(self, *, in_scope: bool) -> list[str]:
        draw = self._rng.choice
        queue = draw(QUEUES_IN_SCOPE if in_scope else OTHER_QUEUES)
        return [queue, draw(CHANNELS), draw(TIERS), draw(LANGUAGES), "support", "false"]


def _write_csv(path: Path, header: str, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"{header}\n")
        csv.writer(file, lineterminator="\n").writerows(rows)
