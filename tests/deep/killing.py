"""A sender that is killed at any instruction: python -m tests.deep.killing FOLDER PORT STEP WHAT.

Each trial sends one small notice in a process that kills itself at its n-th line (or instruction,
with WHAT `opcode`) of our code or of smtplib; then two more processes do what a repeated run does.
Every STEP-th place is tried, to the last one. Prints the state in which each notice ended, as JSON.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from recount.lake import open_lake
from recount.notify.delivery import Post, deliver
from recount.notify.drafting import Draft
from tests.unit.notify.servers import connection_to

AT = datetime(2016, 5, 1, 8, tzinfo=UTC)
# Where it is killed: what writes the register and the lake, and what speaks with the server.
_WATCHED = (
    "notify/delivery.py", "notify/drafting.py", "notify/smtp.py", "notify/smtp_session.py",
    "evidence/register.py", "recount/lake.py", "/smtplib.py",
)  # fmt: skip


def send(folder: Path, port: int, number: int) -> str:
    """Do what a run does with its notice, and return where it stands."""
    draft = Draft(
        folder=f"notices/{number}", id=str(number), content="c1",
        message_id=f"<{number}@acme.example>", sender="ap@acme.example",
        recipients=("billing@vendor.example",),
        mail=f"Subject: notice {number}\r\n\r\nDisputed: 1.00\r\n".encode(), as_of=AT,
        outbox_key=f"outbox/{number}.eml", facts={},
    )  # fmt: skip
    connection = connection_to(port, timeout=20, total_timeout=60)
    delivery = deliver(draft, Post(open_lake(str(folder)), connection, AT), approval="automatic")
    assert delivery is not None
    return delivery.state


def kill_at(place: int, what: str) -> None:
    """Kill this process at the n-th line or instruction that it comes to from here on."""
    left = place

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.endswith(_WATCHED):
            return None
        frame.f_trace_opcodes = what == "opcode"
        if event == what:
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)


def forked(work: Callable[[], str]) -> str | None:
    """Run something in a process of its own; None where that was killed."""
    reading, writing = os.pipe()
    if not (child := os.fork()):
        os.close(reading)
        os.write(writing, work().encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    assert said or os.WIFSIGNALED(status), f"a sender ended with {status}"
    return said or None


def trials(folder: Path, port: int, step: int, what: str) -> dict[int, str]:
    """The state after each trial; the last one comes to its end before it is to be killed."""
    ended: dict[int, str] = {}
    place, survived = 1, None
    while survived is None:

        def dying(place: int = place) -> str:
            kill_at(place, what)
            state = send(folder, port, place)
            sys.settrace(None)
            return state

        survived = forked(dying)
        again = [forked(partial(send, folder, port, place)) for _ in range(2)]
        assert again[0] == again[1], f"place {place}: {again}"
        ended[place] = str(again[1])
        place += step
    return ended


if __name__ == "__main__":
    into, at_port, every, of = sys.argv[1:]
    print(json.dumps(trials(Path(into), int(at_port), int(every), of)))
