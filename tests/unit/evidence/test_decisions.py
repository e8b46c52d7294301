"""Who may decide on a notice, on which content, and who was first."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recount.errors import RecountError
from recount.evidence.decisions import DecidedError, amend, approve, note, reject, withdraw
from recount.evidence.register import Register, Step, state, told
from recount.lake import open_lake

AT = datetime(2016, 5, 1, tzinfo=UTC)
DRAFT = {"content": "c1", "mail": "m1", "by": "recount"}


@pytest.fixture
def register(tmp_path: Path) -> Register:
    register = Register(open_lake(str(tmp_path)), "notices/abc")
    register.append((), "drafted", at=AT, **DRAFT)
    return register


def test_an_approval_names_who_prepared_and_who_approved(register: Register) -> None:
    facts = approve(register, content="c1", by=" Petra Lang ", at=AT)[-1].facts
    assert (facts["prepared_by"], facts["by"]) == ("recount", "Petra Lang")
    assert (facts["content"], facts["mail"]) == ("c1", "m1")


@pytest.mark.parametrize("by", ["recount", "Recount", "  RECOUNT "])
def test_nobody_decides_under_the_name_of_the_preparer(register: Register, by: str) -> None:
    with pytest.raises(RecountError, match="is the program's own name"):
        approve(register, content="c1", by=by, at=AT)
    assert state(register.steps()) == "drafted"


def test_a_person_who_prepared_a_draft_cannot_approve_it(tmp_path: Path) -> None:
    register = Register(open_lake(str(tmp_path)), "notices/abc")
    register.append((), "drafted", at=AT, **DRAFT, started_by="Petra Lang")
    with pytest.raises(RecountError, match="somebody else"):
        approve(register, content="c1", by="petra  lang", at=AT)


@pytest.mark.parametrize("by", ["", "  ", "a\nb", "a\x1b[2J", "x" * 301])
def test_a_decision_needs_a_name_of_one_line(register: Register, by: str) -> None:
    with pytest.raises(RecountError, match="name is to be one line"):
        approve(register, content="c1", by=by, at=AT)


def test_a_name_may_be_as_long_as_a_line(register: Register) -> None:
    assert approve(register, content="c1", by="x" * 300, at=AT)[-1].facts["by"] == "x" * 300


def test_a_second_approval_is_told_of_the_first(register: Register) -> None:
    approve(register, content="c1", by="Petra Lang", at=AT)
    with pytest.raises(DecidedError, match="approved by Petra Lang at 2016-05-01T00:00:00Z"):
        approve(register, content="c1", by="Jo Kern", at=AT)
    with pytest.raises(DecidedError, match="approved by Petra Lang"):
        reject(register, content="c1", by="Jo Kern", because="no", at=AT)


def test_an_approval_after_a_rejection_is_told_of_it(register: Register) -> None:
    reject(register, content="c1", by="Jo Kern", because="T7 was ours", at=AT)
    with pytest.raises(DecidedError, match="draft rejected by Jo Kern"):
        approve(register, content="c1", by="Petra Lang", at=AT)


def test_content_that_changed_has_to_be_read_again(register: Register) -> None:
    register.append(register.steps(), "drafted", at=AT, **{**DRAFT, "content": "c2"})
    with pytest.raises(RecountError, match="has no draft c1: it is c2 now"):
        approve(register, content="c1", by="Petra Lang", at=AT)


def test_of_sixteen_decisions_at_once_one_is_recorded(register: Register) -> None:
    told: list[str] = []
    start = threading.Barrier(16)

    def decide(number: int) -> None:
        start.wait()
        try:
            if number % 2:
                approve(register, content="c1", by=f"person {number}", at=AT)
            else:
                reject(register, content="c1", by=f"person {number}", because="no", at=AT)
        except DecidedError as error:
            told.append(str(error))

    threads = [threading.Thread(target=decide, args=[number]) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(register.steps()) == 2
    winner = register.steps()[-1].facts["by"]
    assert (len(told), all(f"by {winner} at" in each for each in told)) == (15, True)


Write = Callable[[Register], tuple[Step, ...]]


@pytest.mark.parametrize(
    "write",
    [
        lambda register: reject(register, content="c1", by="Jo", because=" ", at=AT),
        lambda register: withdraw(register, by="Jo", because="", at=AT),
    ],
)
def test_a_no_needs_its_reason(register: Register, write: Write) -> None:
    with pytest.raises(RecountError, match="reason is to be one line"):
        write(register)


@pytest.mark.parametrize("kind", ["sent", "not_sent"])
def test_a_draft_is_not_said_to_be_sent(register: Register, kind: str) -> None:
    with pytest.raises(RecountError, match="nobody knows whether it arrived"):
        note(register, kind, by="Jo", at=AT, facts=lambda _: {})


def test_a_notice_in_the_outbox_may_be_said_to_be_sent(register: Register) -> None:
    approve(register, content="c1", by="Petra Lang", at=AT)
    assert state(note(register, "sent", by="Jo", at=AT, facts=lambda _: {})) == "sent"


LEGAL = {
    "acknowledged": {"part_credited", "credited", "rejected", "withdrawn"},
    "part_credited": {"part_credited", "credited", "rejected", "withdrawn", "closed"},
    "rejected": {"part_credited", "credited", "withdrawn", "closed"},
    "credited": {"part_credited", "credited", "closed"},
    "closed": set[str](),
}
ANSWERS = {"acknowledged", "part_credited", "credited", "rejected", "withdrawn", "closed"}
WAYS = {"closed": ("credited", "closed")}


@pytest.mark.parametrize("before", LEGAL)
@pytest.mark.parametrize("after", [*sorted(ANSWERS), "approved", "sending", "drafted"])
def test_an_answer_is_followed_by_what_may_follow_it(
    register: Register, before: str, after: str
) -> None:
    steps = register.steps()
    for kind in ("approved", "sending", "sent", *WAYS.get(before, (before,))):
        steps = register.append(steps, kind, at=AT, **DRAFT)
    if after in LEGAL[before]:
        assert state(register.append(steps, after, at=AT, by="Jo")) == after
    else:
        with pytest.raises(RecountError, match=f"{after} cannot follow"):
            register.append(steps, after, at=AT, by="Jo")


@pytest.fixture
def amendable(register: Register) -> Register:
    """A register whose notice was sent, and which has another draft by a person's run."""
    steps = approve(register, content="c1", by="Petra Lang", at=AT)
    for kind in ("sending", "sent"):
        steps = register.append(steps, kind, at=AT, recipients={})
    amendment = {**DRAFT, "content": "c2", "mail": "m2", "started_by": "Jo Kern"}
    register.append(steps, "amendment_drafted", at=AT, **amendment)
    return register


def test_who_sent_an_amendment_by_hand_notes_what_the_vendor_has_now(amendable: Register) -> None:
    last = amend(amendable, content="c2", by="Petra Lang", because="by my mailbox", at=AT)[-1]
    assert (last.kind, last.facts["by"], last.facts["prepared_by"]) == (
        "amended", "Petra Lang", "Jo Kern",
    )  # fmt: skip
    assert (last.facts["content"], last.facts["mail"]) == ("c2", "m2")
    told_last = told(amendable.steps())
    assert told_last is not None
    assert told_last.facts["content"] == "c2"


@pytest.mark.parametrize(
    ("content", "by", "says"),
    [
        ("c1", "Petra Lang", "c2 waits"),
        ("c2", " jo  kern", "prepared notices/abc; somebody else"),
        ("c2", "recount", "the program's own name"),
    ],
)
def test_an_amendment_that_was_not_read_or_is_ones_own_is_refused(
    amendable: Register, content: str, by: str, says: str
) -> None:
    with pytest.raises(RecountError, match=says):
        amend(amendable, content=content, by=by, because="sent", at=AT)
    assert state(amendable.steps()) == "amendment_drafted"


def test_an_amendment_is_sent_once(amendable: Register) -> None:
    amend(amendable, content="c2", by="Petra Lang", because="sent", at=AT)
    with pytest.raises(RecountError, match="none waits"):
        amend(amendable, content="c2", by="Petra Lang", because="sent again", at=AT)
