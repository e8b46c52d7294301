"""One mail, sent once: what was approved is claimed, handed over, and recorded.

`sending` is written just before the server gets the mail: whoever finds it without a result does
not know whether the mail arrived, and sends nothing (DESIGN 8 and 9; RFC 1047).
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from recount.connections import Connection
from recount.errors import LandingError, TransientError
from recount.evidence.register import (
    AMENDMENTS,
    PREPARED_BY,
    Register,
    Step,
    StepTakenError,
    newest,
    sha256,
    state,
    without_notes,
)
from recount.lake import Lake
from recount.notify import smtp
from recount.notify.drafting import DRAFTS, RACES, Approval, Draft, mail_key, propose
from recount.notify.smtp_session import sender_of
from recount.stopping import finishing

# Many servers take 10 MB, and base64 adds a third (FAULTS M5).
MOST_BYTES = 7_000_000


@dataclass(frozen=True)
class Delivery:
    """Where a mail stands; `because` says why it was not handed over, if it was not.

    `recipients` has the server's word on each address that was tried: `accepted` or its refusal.
    """

    id: str
    message_id: str
    state: str
    because: str = ""
    recipients: Mapping[str, str] = field(default_factory=dict)
    uri: str = ""

    @property
    def notice(self) -> dict[str, str]:
        """The statement's `notice` (DESIGN 10)."""
        return {"id": self.id, "message_id": self.message_id, "state": self.state}

    @property
    def accepted(self) -> tuple[str, ...]:
        """The addresses whose server has the mail."""
        return tuple(a for a, words in self.recipients.items() if words == "accepted")


@dataclass(frozen=True)
class Post:
    """Where mails go: the lake that remembers them, and the server that takes them, if any.

    `at` is what the register notes beside each step: the run's `as_of`, or the time of a real send.
    A workbook of more than `most_bytes` goes into the lake and not with its mail. `started_by` is
    the person who started the run, if one did.
    """

    lake: Lake
    connection: Connection | None
    at: datetime
    most_bytes: int = MOST_BYTES
    started_by: str | None = None


def deliver(draft: Draft, post: Post, *, approval: Approval) -> Delivery | None:
    """Bring a mail as far as it may go; a second call with the same draft changes nothing.

    None where there is nothing to say and never was.
    """
    register = Register(post.lake, draft.folder)
    propose(register, draft, approval=approval, at=post.at)
    return send_approved(register, post) if register.steps() else None


def send_approved(register: Register, post: Post) -> Delivery:
    """Send what is approved and not sent yet; without a connection, put it into the outbox."""
    steps = register.steps()
    to = _outstanding(steps)
    if not to or (post.connection is None and state(steps) == "sent"):
        return describe(register, steps)
    mail = _mail(register, steps)
    if post.connection is None:
        key = _fact(steps, {"drafted"}, "outbox_key")
        register.lake.put_once(key, mail)
        return describe(register, steps, uri=register.lake.uri(key))
    # A draft of a time without a server has finance's address, which this one may not send for.
    sender = sender_of(post.connection, (_fact(steps, {"drafted"}, "sender"),))
    return _send(register, steps, smtp.Envelope(sender, to, mail), post.connection, post.at)


def describe(register: Register, steps: Sequence[Step], *, uri: str = "") -> Delivery:
    """Say where a mail stands by its steps."""
    last = without_notes(steps)[-1]
    refusal = last.facts["because"] if last.kind in ("not_sent", "send_unknown") else ""
    digest = _fact(steps, DRAFTS, "mail")
    draft_uri = register.lake.uri(mail_key(register.folder, digest)) if digest else ""
    return Delivery(
        _fact(steps, DRAFTS, "id"),
        _fact(steps, DRAFTS, "message_id"),
        state(steps),
        because=refusal,
        recipients={**_recipients(steps, {"not_sent"}), **_recipients(steps, {"sent"})},
        uri=uri or draft_uri,
    )


def _fact(steps: Sequence[Step], kinds: frozenset[str] | set[str], name: str) -> str:
    step = newest(steps, kinds)
    if step is None:
        raise LandingError(f"a register has no step of {', '.join(sorted(kinds))}; restore it")
    return step.facts[name] or ""


def _outstanding(steps: Sequence[Step]) -> tuple[str, ...]:
    """Return who is still to get the mail: all, or those whom their server only put off."""
    draft = newest(steps, {"drafted"})
    if draft is None or state(steps) not in ("approved", "sent"):
        return ()
    known = _recipients(steps, {"sent"})
    return tuple(a for a in draft.facts["recipients"] if known.get(a, "4").startswith("4"))


def _recipients(steps: Sequence[Step], kinds: set[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for step in steps:
        if step.kind in kinds:
            known.update(step.facts["recipients"])
    return known


def _mail(register: Register, steps: Sequence[Step]) -> bytes:
    digest = _fact(steps, {"approved"}, "mail")
    key = mail_key(register.folder, digest)
    mail = register.lake.get(key)
    if sha256(mail) != digest:
        raise LandingError(f"{key} is not what was approved; restore it from a copy")
    return mail


def _send(
    register: Register,
    steps: Sequence[Step],
    envelope: smtp.Envelope,
    connection: Connection,
    at: datetime,
) -> Delivery:
    seen = tuple(steps)

    def claim(recipients: Mapping[str, str]) -> bool:
        nonlocal seen
        # The token makes this run's step unlike any other's, so that only one run can write it.
        token, states = secrets.token_hex(16), dict(recipients)
        try:
            seen = register.append(
                seen, "sending", at=at, by=PREPARED_BY, attempt=token, recipients=states
            )
        except StepTakenError:
            return False
        return True

    # cut off in the middle, a person would have to find out whether the mail arrived
    with finishing():
        attempt = smtp.send(connection, envelope, claim)
        if attempt.result == "not_ours":
            return describe(register, register.steps())
        return _record(register, seen, attempt, at)


def _record(
    register: Register, seen: Sequence[Step], attempt: smtp.Attempt, at: datetime
) -> Delivery:
    facts = {
        "by": PREPARED_BY,
        "because": attempt.because,
        "recipients": dict(attempt.recipients),
    }
    for _ in range(RACES):
        try:
            return describe(register, register.append(seen, attempt.result, at=at, **facts))
        except StepTakenError:
            after = register.steps()
            if any(step.kind not in AMENDMENTS for step in without_notes(after[len(seen) :])):
                return describe(register, after)
            seen = after
    raise TransientError(f"{register.folder} is written by too many runs at once; run again")
