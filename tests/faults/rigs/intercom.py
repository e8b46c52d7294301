"""Intercom in a month of five conversations."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recount.sources.intercom import workspace
from tests.emulators.intercom import Intercom
from tests.emulators.intercom_model import FIN
from tests.faults.rig import SECRET, Rig

NOW = datetime(2026, 5, 10, tzinfo=UTC)
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)


@contextmanager
def _start() -> Iterator[Intercom]:
    # a page of one conversation, retrieved by one thread, so that a fault strikes where it is told
    with pytest.MonkeyPatch.context() as patch, Intercom(NOW, token=SECRET) as desk:
        patch.setattr(workspace, "PER_PAGE", 1)
        patch.setattr(workspace, "READERS", 1)
        asker = desk.add_contact("Person One")
        for number in range(5):
            at = FIRST + timedelta(hours=number)
            it = desk.start(contact=asker, at=at, body="Where is my order?")
            desk.fin_answers(it, at=at + timedelta(minutes=5), body="We are looking into it")
            desk.close(it, by=FIN, at=at + timedelta(minutes=6))
        desk.reply(_ids(desk)["t2"], by=asker, at=FIRST + timedelta(days=3))
        yield desk


def _ids(desk: Intercom) -> dict[str, str]:
    return {f"t{number}": it for number, it in enumerate(sorted(desk.conversations), 1)}


def _parts(document: Any) -> list[Any]:
    parts: list[Any] = document["conversation_parts"]["conversation_parts"]
    return parts


def _contradict(document: Any) -> None:
    """Let a closing come again as a reply."""
    (closing,) = (part for part in _parts(document) if part["part_type"] == "close")
    _parts(document).append({**closing, "part_type": "comment"})


RIG = Rig(
    system="intercom",
    start=_start,
    settings={"observed_from": "2026-02-01T00:00:00Z"},
    agent_id=lambda desk: "fin-bot",
    ids=_ids,
    connection=lambda desk: {"host": desk.host, "password": SECRET},
    events="conversations",
    path="/conversations/2",
    records=_parts,
    needed_field="part_type",
    contradict=_contradict,
    purge=lambda desk, ticket: desk.delete(ticket, at=NOW - timedelta(hours=1)),
)
