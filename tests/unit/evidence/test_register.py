"""The register only grows, one writer a step, and says which step was altered."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recount.errors import LandingError, RecountError
from recount.evidence.decisions import approve
from recount.evidence.register import (
    FOLLOWS,
    Register,
    Step,
    StepTakenError,
    mail_state,
    state,
)
from recount.lake import Lake, open_lake

AT = datetime(2016, 5, 1, tzinfo=UTC)
DRAFT = {"content": "c1", "mail": "m1", "by": "recount"}


SENT = ["drafted", "approved", "sending", "sent"]


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(open_lake(str(tmp_path)), "notices/abc")


def steps_of(register: Register, *kinds: str) -> tuple[Step, ...]:
    steps = register.steps()
    for kind in kinds:
        steps = register.append(steps, kind, at=AT, **DRAFT)
    return steps


def test_what_was_written_is_read_back(register: Register) -> None:
    written = steps_of(register, "drafted", "approved")
    assert register.steps() == written
    assert [step.kind for step in written] == ["drafted", "approved"]
    assert written[0].at == "2016-05-01T00:00:00Z"


def test_a_register_without_steps_has_no_state(register: Register) -> None:
    assert register.steps() == ()
    assert state(()) == ""


@pytest.mark.parametrize(
    ("kinds", "reads_as"),
    [
        (["drafted"], "drafted"),
        (["drafted", "approved"], "approved"),
        (["drafted", "approved", "sending"], "send_unknown"),
        (["drafted", "approved", "sending", "send_unknown"], "send_unknown"),
        (["drafted", "approved", "sending", "sent"], "sent"),
        (["drafted", "approved", "sending", "not_sent"], "approved"),
        (["drafted", "approved", "not_sent"], "approved"),
        (["drafted", "approved", "sending", "sent", "sending", "not_sent"], "sent"),
        (["drafted", "approved", "sending", "sent", "amendment_drafted"], "amendment_drafted"),
        (["drafted", "approved", "sending", "amendment_drafted"], "send_unknown"),
        (
            ["drafted", "approved", "sending", "sent", "amendment_drafted", "amendment_withdrawn"],
            "sent",
        ),
        (["drafted", "approved", "sending", "send_unknown", "amendment_drafted"], "send_unknown"),
        ([*SENT, "acknowledged", "amendment_drafted"], "amendment_drafted"),
        ([*SENT, "acknowledged", "amendment_drafted", "noted"], "amendment_drafted"),
        ([*SENT, "acknowledged", "amendment_drafted", "part_credited"], "part_credited"),
        ([*SENT, "amendment_drafted", "amended"], "amended"),
        ([*SENT, "acknowledged", "amendment_drafted", "amended"], "amended"),
        ([*SENT, "amendment_drafted", "amended", "part_credited"], "part_credited"),
        ([*SENT, "amendment_drafted", "amended", "amendment_drafted"], "amendment_drafted"),
        (["drafted", "approved", "drafted"], "drafted"),
        (["drafted", "withdrawn"], "withdrawn"),
        (["drafted", "noted"], "drafted"),
        (["drafted", "approved", "noted", "sending"], "send_unknown"),
        (["drafted", "approved", "sending", "noted", "sent", "noted"], "sent"),
        (
            ["drafted", "approved", "sending", "sent", "amendment_drafted", "noted"],
            "amendment_drafted",
        ),
    ],
)
def test_the_last_steps_say_where_a_mail_stands(
    register: Register, kinds: list[str], reads_as: str
) -> None:
    assert state(steps_of(register, *kinds)) == reads_as


@pytest.mark.parametrize("kind", ["sending", "sent", "send_unknown", "approved"])
def test_nothing_is_sent_or_approved_before_there_is_a_draft(register: Register, kind: str) -> None:
    with pytest.raises(RecountError, match=f"{kind} cannot follow"):
        register.append((), kind, at=AT)


@pytest.mark.parametrize("kind", ["sending", "drafted", "approved", "withdrawn"])
def test_after_an_unknown_send_only_a_result_may_follow(register: Register, kind: str) -> None:
    steps = steps_of(register, "drafted", "approved", "sending", "send_unknown")
    with pytest.raises(RecountError, match="is send_unknown"):
        register.append(steps, kind, at=AT)


@pytest.mark.parametrize(
    "kinds",
    [
        SENT,
        [*SENT, "amendment_drafted", "amendment_withdrawn"],
        [*SENT, "amendment_drafted", "amended"],
        ["drafted", "approved", "amendment_drafted"],
        ["drafted", "approved", "sending", "send_unknown", "amendment_drafted"],
    ],
)
def test_nothing_is_amended_where_no_amendment_waits_or_nothing_was_sent(
    register: Register, kinds: list[str]
) -> None:
    steps = steps_of(register, *kinds)
    with pytest.raises(RecountError, match="amended cannot follow"):
        register.append(steps, "amended", at=AT)


def test_every_state_that_a_step_leads_to_has_a_row_of_its_own(register: Register) -> None:
    results = frozenset[str]().union(*FOLLOWS.values())
    assert results
    assert {*results} - {"not_sent"} <= {*FOLLOWS}


def test_of_two_writers_of_one_step_one_wins(register: Register) -> None:
    seen = steps_of(register, "drafted", "approved")
    register.append(seen, "sending", at=AT, attempt="mine")
    with pytest.raises(StepTakenError):
        register.append(seen, "sending", at=AT, attempt="theirs")
    assert register.steps()[-1].facts["attempt"] == "mine"


def test_of_sixteen_writers_at_once_one_wins(register: Register) -> None:
    seen, wins, start = steps_of(register, "drafted", "approved"), [], threading.Barrier(16)

    def claim(number: int) -> None:
        start.wait()
        try:
            register.append(seen, "sending", at=AT, attempt=number)
            wins.append(number)
        except StepTakenError:
            pass

    threads = [threading.Thread(target=claim, args=[number]) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wins) == 1
    assert register.steps()[-1].facts["attempt"] == wins[0]


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.replace(b"2016-05-01", b"2016-05-02"),
        lambda data: data[:-1],
        lambda data: b"[]",
        lambda data: json.dumps({**json.loads(data), "number": 7}).encode(),
        lambda data: json.dumps({**json.loads(data), "step": "sent"}).encode(),
    ],
)
def test_an_altered_step_is_named(
    register: Register, tmp_path: Path, number: int, damage: object
) -> None:
    steps_of(register, "drafted", "approved", "sending")
    path = tmp_path / register.key(number)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(LandingError, match=r"notices/abc/0000000[1-3]\.json"):
        register.steps()


@pytest.mark.parametrize("gone", [(1,), (2,), (3,), (2, 3)])
def test_nothing_is_written_where_a_step_is_missing_before_others(
    register: Register, tmp_path: Path, gone: tuple[int, ...]
) -> None:
    steps_of(register, "drafted", "approved", "sending", "sent")
    for number in gone:
        (tmp_path / register.key(number)).unlink()
    seen = register.steps()
    assert len(seen) == gone[0] - 1
    step = ("drafted", "approved", "sending")[len(seen)]
    with pytest.raises(LandingError, match=rf"{register.key(gone[0])} is missing, though .* is"):
        register.append(seen, step, at=AT)
    assert not (tmp_path / register.key(gone[0])).exists()


def test_an_approval_is_for_the_draft_that_was_read(register: Register) -> None:
    steps_of(register, "drafted")
    with pytest.raises(RecountError, match="no draft c0"):
        approve(register, content="c0", by="cfo@acme.example", at=AT)
    approved = approve(register, content="c1", by="cfo@acme.example", at=AT)
    assert mail_state(approved) == "approved"
    assert (approved[-1].facts["mail"], approved[-1].facts["by"]) == ("m1", "cfo@acme.example")


def test_who_prepared_a_draft_cannot_approve_it(register: Register) -> None:
    steps_of(register, "drafted")
    with pytest.raises(RecountError, match="the program's own name"):
        approve(register, content="c1", by="recount", at=AT)


def test_a_new_draft_voids_an_approval(register: Register) -> None:
    steps_of(register, "drafted", "approved", "drafted")
    assert state(register.steps()) == "drafted"


def test_a_step_is_canonical_json_with_the_hash_of_the_one_before(
    register: Register, tmp_path: Path
) -> None:
    first, _ = steps_of(register, "drafted", "approved")
    second = (tmp_path / register.key(2)).read_bytes()
    assert json.loads(second)["previous"] == first.digest
    assert second == json.dumps(json.loads(second), sort_keys=True, separators=(",", ":")).encode()


def test_a_name_is_written_as_it_is(register: Register) -> None:
    steps_of(register, "drafted")
    register.append(register.steps(), "withdrawn", at=AT, by="Zo\u00eb \u015awi\u0119ta")
    assert "Zo\u00eb \u015awi\u0119ta".encode() in register.lake.get(register.key(2))


def test_reading_never_lists_the_lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register = Register(open_lake(str(tmp_path)), "notices/abc")
    steps_of(register, "drafted")

    def stale(*_: object) -> list[str]:
        raise AssertionError("a listing is never the truth")

    monkeypatch.setattr(Lake, "keys", stale)
    assert len(register.steps()) == 1
