"""What a run may write into the register of a mail before anything is sent.

The bytes of a draft lie in the lake before the step that names them. What an older view of the
month says never replaces what a newer one said; an equal content is the same mail, whatever its
`as_of`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from recount.errors import TransientError
from recount.evidence.register import (
    AMENDABLE,
    AMENDMENTS,
    PREPARED_BY,
    Register,
    Step,
    StepTakenError,
    mail_state,
    newest,
    sha256,
    told,
    without_notes,
)
from recount.periods import format_instant, parse_instant

Approval = Literal["required", "automatic"]

AUTOMATIC = "recount, as the contract says: approval automatic"
RACES = 20
DRAFTS = frozenset({"drafted", *AMENDMENTS})
UNSENT = frozenset({"drafted", "approved"})


@dataclass(frozen=True)
class Draft:
    """A mail to be sent once.

    `content` is the hash of what it says apart from its `as_of`; `mail` is None where the only
    thing to say is that nothing is claimed any more. `facts` go into the register as they are, and
    `outbox_key` is where the mail goes without a server.
    """

    folder: str
    id: str
    content: str
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    mail: bytes | None
    as_of: datetime
    outbox_key: str
    facts: Mapping[str, object] = field(default_factory=dict)


def mail_key(folder: str, digest: str) -> str:
    """Return where the bytes of a draft lie."""
    return f"{folder}/{digest}.eml"


def propose(register: Register, draft: Draft, *, approval: Approval, at: datetime) -> None:
    """Record the draft if it says something new; approve it if the contract asks nobody."""
    for _ in range(RACES):
        steps = register.steps()
        kind = _next_step(steps, draft, approval, is_out=_is_out(register, steps))
        if kind is None:
            return
        try:
            _record(register, steps, kind, draft, at)
        except StepTakenError:
            continue
    raise TransientError(f"{register.folder} is written by too many runs at once; run again")


def _record(
    register: Register, steps: Sequence[Step], kind: str, draft: Draft, at: datetime
) -> None:
    if kind == "approved":
        last = without_notes(steps)[-1].facts
        register.append(
            steps, kind, at=at, by=AUTOMATIC, content=last["content"], mail=last["mail"]
        )
        return
    digest = None
    if draft.mail is not None:
        digest = sha256(draft.mail)
        register.lake.put_once(mail_key(register.folder, digest), draft.mail)
    facts = {
        **draft.facts,
        "id": draft.id,
        "content": draft.content,
        "mail": digest,
        "message_id": draft.message_id,
        "sender": draft.sender,
        "recipients": list(draft.recipients),
        "as_of": format_instant(draft.as_of),
        "outbox_key": draft.outbox_key,
        "by": PREPARED_BY,
    }
    register.append(steps, kind, at=at, **facts)


def _is_out(register: Register, steps: Sequence[Step]) -> bool:
    """Say whether the approved mail lies in the outbox, from where a person may have sent it."""
    drafted = newest(steps, {"drafted"}) if mail_state(steps) == "approved" else None
    return drafted is not None and register.lake.exists(drafted.facts["outbox_key"])


def went_out(register: Register) -> Step | None:
    """Return the draft that the vendor has, or may have; None where nothing has left us."""
    steps = register.steps()
    has_left = mail_state(steps) not in {"", "withdrawn", *UNSENT}
    return told(steps) if has_left or _is_out(register, steps) else None


def _next_step(
    steps: Sequence[Step], draft: Draft, approval: Approval, *, is_out: bool
) -> str | None:
    """Return the step that this draft makes now, or None where it changes nothing."""
    current = mail_state(steps)
    if current in ("", "draft_rejected", "withdrawn"):
        return "drafted" if _may_begin(steps, draft) else None
    if _is_older(steps, draft):
        return None
    if is_out or current not in UNSENT:
        return _amendment(steps, draft) if current in AMENDABLE else None
    if draft.mail is None:
        return "withdrawn"
    if not _is_same_mail(steps, draft, approval):
        return "drafted"
    return "approved" if _may_approve(steps, draft, approval) else None


def _may_begin(steps: Sequence[Step], draft: Draft) -> bool:
    if draft.mail is None or _is_older(steps, draft):
        return False
    last = without_notes(steps)[-1] if steps else None
    if last and last.kind == "draft_rejected":
        return bool(last.facts["content"] != draft.content)
    # A notice that a person withdrew stays withdrawn; a draft that a run withdrew may come back.
    return last is None or last.facts["by"] == PREPARED_BY


def _is_older(steps: Sequence[Step], draft: Draft) -> bool:
    seen = [parse_instant(step.facts["as_of"]) for step in steps if "as_of" in step.facts]
    return any(draft.as_of < as_of for as_of in seen)


def _amendment(steps: Sequence[Step], draft: Draft) -> str | None:
    last, before = newest(steps, DRAFTS), newest(steps, {"approved", "amended"})
    assert last, "what went out was drafted"
    assert before, "what went out was approved"
    if last.facts["content"] == draft.content:
        return None
    is_as_told = before.facts["content"] == draft.content
    return "amendment_withdrawn" if is_as_told else "amendment_drafted"


def _is_same_mail(steps: Sequence[Step], draft: Draft, approval: Approval) -> bool:
    last = newest(steps, DRAFTS)
    assert last, "what waits or is approved was drafted"
    approved = newest(steps, {"approved"}) if mail_state(steps) == "approved" else None
    # An approval that nobody gave is void once the contract asks for one.
    is_void = approval == "required" and approved and approved.facts["by"] == AUTOMATIC
    is_same_content = last.facts["content"] == draft.content
    return not is_void and is_same_content and last.facts["recipients"] == list(draft.recipients)


def _may_approve(steps: Sequence[Step], draft: Draft, approval: Approval) -> bool:
    return mail_state(steps) == "drafted" and approval == "automatic" and bool(draft.recipients)
