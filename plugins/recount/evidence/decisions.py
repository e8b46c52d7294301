"""What people write into the register of a notice: each step says who, when and why.

Of two decisions at once the first that is recorded counts, and the second is told of it (FAULTS
H1 to H3). The instant of a step is that of the person's action.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from recount.errors import RecountError, TransientError
from recount.evidence.register import (
    PREPARED_BY,
    Register,
    Step,
    StepTakenError,
    newest,
    state,
    waiting_amendment,
)

_RACES = 20
_LONGEST = 300
_DECISIONS = frozenset({"approved", "draft_rejected", "withdrawn"})


class DecidedError(RecountError):
    """Somebody else decided on this draft first; the sentence says who, and when."""


def approve(
    register: Register, *, content: str, by: str, at: datetime, because: str = ""
) -> tuple[Step, ...]:
    """Approve the draft of that content hash; its preparer cannot, and nobody does so twice."""

    def facts(steps: Sequence[Step]) -> dict[str, Any]:
        draft = _draft(register, steps, content)
        _refuse_preparer(register, by, draft)
        said = {"content": content, "mail": draft.facts["mail"], "prepared_by": preparer(draft)}
        return {**said, **({"because": line(because, "reason")} if because else {})}

    return _write(register, "approved", by, at, facts)


def reject(
    register: Register, *, content: str, by: str, because: str, at: datetime
) -> tuple[Step, ...]:
    """Reject the draft of that content hash: it never goes out, and another one may be drafted."""

    def facts(steps: Sequence[Step]) -> dict[str, Any]:
        _draft(register, steps, content)
        return {"content": content, "because": line(because, "reason")}

    return _write(register, "draft_rejected", by, at, facts)


def amend(
    register: Register, *, content: str, by: str, because: str, at: datetime
) -> tuple[Step, ...]:
    """Note that the amendment of that content hash went to the vendor, by hand of that person.

    Nothing is sent here: a second notice is always a person's, and never who prepared it.
    """

    def facts(steps: Sequence[Step]) -> dict[str, Any]:
        waiting = waiting_amendment(steps)
        if waiting is None or waiting.facts["content"] != content:
            now = f"{waiting.facts['content']} waits" if waiting else "none waits"
            raise RecountError(
                f"{register.folder} has no amendment {content} that waits: {now}; read it and "
                "decide again"
            )
        _refuse_preparer(register, by, waiting)
        said = {"content": content, "mail": waiting.facts["mail"], "prepared_by": preparer(waiting)}
        return {**said, "because": line(because, "reason")}

    return _write(register, "amended", by, at, facts)


def withdraw(register: Register, *, by: str, because: str, at: datetime) -> tuple[Step, ...]:
    """Give the dispute up, whatever its notice's state; no later run brings it back."""
    return _write(register, "withdrawn", by, at, lambda _: {"because": line(because, "reason")})


def note(
    register: Register,
    kind: str,
    *,
    by: str,
    at: datetime,
    facts: Callable[[Sequence[Step]], Mapping[str, Any]],
) -> tuple[Step, ...]:
    """Note what came of a notice; `facts` checks what it adds against the steps that it is given.

    A person notes `sent` or `not_sent` only of what nobody knows, or `sent` of the outbox.
    """

    def checked(steps: Sequence[Step]) -> Mapping[str, Any]:
        known = {"sent": ("approved", "send_unknown"), "not_sent": ("send_unknown",)}
        if kind in known and state(steps) not in known[kind]:
            raise RecountError(
                f"{register.folder} is {state(steps) or 'empty'}: {kind} is for a notice of which "
                "nobody knows whether it arrived"
            )
        return facts(steps)

    return _write(register, kind, by, at, checked)


def line(text: str, what: str) -> str:
    """Return a text that fits on one line; RecountError if it is empty or does not."""
    cleaned = text.strip()
    if not cleaned or len(cleaned) > _LONGEST or not cleaned.isprintable():
        raise RecountError(f"the {what} is to be one line of 1 to {_LONGEST} characters; write it")
    return cleaned


def person(name: str) -> str:
    """Return the name of a person who acts; RecountError if it is none, or the program's own."""
    who = line(name, "name")
    if _key(who) == _key(PREPARED_BY):
        raise RecountError(f"{who} is the program's own name; a person has to act, by name")
    return who


def preparer(draft: Step) -> str:
    """Return who prepared a draft: the person who started the run, else the program itself."""
    prepared_by: str = draft.facts.get("started_by", PREPARED_BY)
    return prepared_by


def _refuse_preparer(register: Register, by: str, draft: Step) -> None:
    if _key(by) == _key(preparer(draft)):
        raise RecountError(f"{by} prepared {register.folder}; somebody else has to approve it")


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _write(
    register: Register,
    kind: str,
    by: str,
    at: datetime,
    facts: Callable[[Sequence[Step]], Mapping[str, Any]],
) -> tuple[Step, ...]:
    who = person(by)
    for _ in range(_RACES):
        steps = register.steps()
        try:
            return register.append(steps, kind, at=at, by=who, **facts(steps))
        except StepTakenError:
            continue  # what the other one wrote is checked in the next round
    raise TransientError(f"{register.folder} is written by too many at once; try again")


def _draft(register: Register, steps: Sequence[Step], content: str) -> Step:
    """Return the draft that waits and has that content; who decided already is named."""
    draft, decided = newest(steps, {"drafted"}), newest(steps, _DECISIONS)
    if decided and (draft is None or decided.number > draft.number):
        said = decided.kind.replace("_", " ")
        raise DecidedError(
            f"{register.folder} was {said} by {decided.facts.get('by')} at {decided.at} already "
            f"(step {decided.number}); nothing was changed"
        )
    if draft is None or draft.facts["content"] != content:
        now = f"is {draft.facts['content']} now" if draft else "is none"
        raise RecountError(
            f"{register.folder} has no draft {content}: it {now}; read it and decide again"
        )
    return draft
