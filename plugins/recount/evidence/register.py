"""The register of one mail: append-only steps in the lake, each bound to the one before it.

A step is one object `<folder>/<8-digit number>.json`, written with a conditional put, so that of
two writers one wins; it carries the sha256 of its predecessor's bytes. Only the steps say what was
done: reading them lists no folder and reads no clock (DESIGN 9).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recount.errors import LandingError, RecountError
from recount.lake import KeyConflict, Lake
from recount.periods import format_instant

# What may follow each state. Until a notice is sent only runs and its approver write; then people
# note what the vendor answers, until the case is closed.
FOLLOWS: Mapping[str, frozenset[str]] = {
    "": frozenset({"drafted"}),
    "drafted": frozenset({"drafted", "approved", "draft_rejected", "withdrawn"}),
    "draft_rejected": frozenset({"drafted", "withdrawn"}),
    # `sent` without `sending`: a person sent it from the outbox.
    "approved": frozenset({"drafted", "sending", "sent", "not_sent", "withdrawn"}),
    "sending": frozenset({"sent", "not_sent", "send_unknown"}),
    "send_unknown": frozenset({"sent", "not_sent"}),
    # `sending` again is for the recipients alone whom their server put off (FAULTS M2).
    "sent": frozenset(
        {
            "sending",
            "not_sent",
            "acknowledged",
            "part_credited",
            "credited",
            "rejected",
            "withdrawn",
            "amended",
        }
    ),
    # `amended` is a person's word that the amendment went out, by hand: only where one waits.
    "amended": frozenset(
        {"amended", "acknowledged", "part_credited", "credited", "rejected", "withdrawn"}
    ),
    "acknowledged": frozenset({"part_credited", "credited", "rejected", "withdrawn", "amended"}),
    "part_credited": frozenset(
        {"part_credited", "credited", "rejected", "withdrawn", "closed", "amended"}
    ),
    "rejected": frozenset({"part_credited", "credited", "withdrawn", "closed", "amended"}),
    # A later look may dispute more, and then more may be credited.
    "credited": frozenset({"part_credited", "credited", "closed"}),
    # Only a draft that a run withdrew comes back; `drafting` asks who did.
    "withdrawn": frozenset({"drafted"}),
    "closed": frozenset(),
}
_STEP = re.compile(r"/\d{8}\.json$", re.ASCII)
# Who drafts and sends without being asked; no person may bear that name.
PREPARED_BY = "recount"
AMENDMENTS = frozenset({"amendment_drafted", "amendment_withdrawn"})
# What a person notes beside a case, such as a bounce; no state comes of it (FAULTS M6).
NOTED = "noted"
# `approved` is amendable where the mail lies in the outbox: a person may have sent it from there.
AMENDABLE = frozenset(
    {
        "approved",
        "sending",
        "send_unknown",
        "sent",
        "amended",
        "acknowledged",
        "part_credited",
        "rejected",
    }
)


class StepTakenError(RecountError):
    """Another writer wrote this number first: read the register again."""


@dataclass(frozen=True)
class Step:
    """One thing that was done: its kind, when, its facts, and the hash of its bytes."""

    number: int
    kind: str
    at: str
    facts: Mapping[str, Any]
    digest: str


def canonical(value: object) -> bytes:
    """Write a value as JSON in the one way that gets hashed."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def sha256(data: bytes) -> str:
    """Return the hex SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def newest(steps: Sequence[Step], kinds: Iterable[str]) -> Step | None:
    """Return the last step of any of these kinds."""
    wanted = frozenset(kinds)
    return next((step for step in reversed(steps) if step.kind in wanted), None)


def without_notes(steps: Sequence[Step]) -> Sequence[Step]:
    """Return the steps of which a state comes."""
    return [step for step in steps if step.kind != NOTED]


def mail_state(steps: Sequence[Step]) -> str:
    """Return where the mail itself stands, amendments apart; `` where there is no step.

    A refusal leaves the state as it was before the attempt, so it may be tried again.
    """
    current, was_sent = "", False
    for step in without_notes(steps):
        if step.kind == "not_sent":
            current = "sent" if was_sent else "approved"
        elif step.kind not in AMENDMENTS:
            current = step.kind
        was_sent = was_sent or step.kind == "sent"
    return current


def state(steps: Sequence[Step]) -> str:
    """Return the state that people read; an attempt without a result is `send_unknown`."""
    current = mail_state(steps)
    if current == "sending":
        return "send_unknown"
    amendment = waiting_amendment(steps)
    if amendment is None or current not in AMENDABLE:
        return current
    # What a person noted after it was drafted says more of the case than the amendment.
    is_news = current in ("approved", "sent", "amended") or (amendment is without_notes(steps)[-1])
    return "amendment_drafted" if is_news and current != "send_unknown" else current


def waiting_amendment(steps: Sequence[Step]) -> Step | None:
    """Return the amendment that was drafted last and that nobody sent; None where none waits."""
    last = newest(steps, {*AMENDMENTS, "amended"})
    return last if last and last.kind == "amendment_drafted" else None


def told(steps: Sequence[Step]) -> Step | None:
    """Return the draft that the vendor was told last, or is to be told; None without a draft."""
    amended = newest(steps, {"amended"})
    drafts = [step for step in steps if amended is None or step.number < amended.number]
    return newest(drafts, {"amendment_drafted"} if amended else {"drafted"})


@dataclass(frozen=True)
class Register:
    """The steps of one mail, in one folder of a lake."""

    lake: Lake
    folder: str

    def key(self, number: int) -> str:
        """Return the object key of a step."""
        return f"{self.folder}/{number:08}.json"

    def steps(self) -> tuple[Step, ...]:
        """Read all steps; LandingError names one that was altered or does not fit."""
        steps: tuple[Step, ...] = ()
        while self.lake.exists(key := self.key(len(steps) + 1)):
            steps = (*steps, _read(key, self.lake.get(key), steps))
        return steps

    def append(
        self, seen: Sequence[Step], kind: str, *, at: datetime, **facts: object
    ) -> tuple[Step, ...]:
        """Write the step after those seen; StepTakenError if somebody else wrote one meanwhile.

        LandingError where the step is missing that comes next, and later ones are there.

        Two writers of the same bytes both succeed: a step that must have one writer needs a fact
        of its own, such as a random token.
        """
        if not _may_follow(seen, kind):
            raise RecountError(
                f"{self.folder} is {state(seen) or 'empty'}: {kind} cannot follow; "
                "read its steps and decide again"
            )
        body = {
            "number": len(seen) + 1,
            "step": kind,
            "at": format_instant(at),
            "previous": seen[-1].digest if seen else None,
            **facts,
        }
        data, key = canonical(body), self.key(len(seen) + 1)
        self._refuse_a_gap(key)
        self._put(key, data)
        return (*seen, _read(key, data, seen))

    def _refuse_a_gap(self, key: str) -> None:
        """Stop where a step is missing before others: what they say was done is not seen.

        A listing may show too little, and never that there is more: so it can only refuse.
        """
        later = [each for each in self.lake.keys(self.folder) if _STEP.search(each) and each > key]
        if later and not self.lake.exists(key):
            raise LandingError(f"{key} is missing, though {later[0]} is there; restore it")

    def _put(self, key: str, data: bytes) -> None:
        try:
            self.lake.put_once(key, data)
        except KeyConflict:
            raise StepTakenError(f"{key} was written by another run; run again") from None


def _may_follow(steps: Sequence[Step], kind: str) -> bool:
    current = mail_state(steps)
    if kind in AMENDMENTS:
        return current in AMENDABLE
    if kind == "amended" and waiting_amendment(steps) is None:
        return False
    if kind == NOTED:
        return bool(current)
    return kind in FOLLOWS.get(current, frozenset())


def _read(key: str, data: bytes, before: Sequence[Step]) -> Step:
    try:
        facts = json.loads(data)
        number, kind, at = facts.pop("number"), facts.pop("step"), facts.pop("at")
        previous = facts.pop("previous")
    except (ValueError, KeyError, AttributeError, TypeError):
        raise LandingError(f"{key} is no step of a register; restore it from a copy") from None
    expected = before[-1].digest if before else None
    if number != len(before) + 1 or previous != expected or not _may_follow(before, kind):
        raise LandingError(f"{key} does not follow the step before it; restore both from a copy")
    return Step(number, kind, at, facts, sha256(data))
