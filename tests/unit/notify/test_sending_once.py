"""No notice is sent twice: not after a crash, not by two runs at once, not with other figures."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from recount.connections import Connection
from recount.evidence.decisions import amend, approve, note, reject
from recount.evidence.register import Register, state
from recount.lake import Lake
from recount.notify.delivery import Delivery, Post, send_approved
from recount.notify.letterhead import Letterhead
from recount.notify.notice import vendor_notice
from tests.unit.notify import servers
from tests.unit.notify.conftest import AT
from tests.unit.notify.months import ACME, MARCH, accepting, lines, statement
from tests.unit.notify.parsing import read_mail
from tests.unit.notify.servers import Inbox, failing_server, mail_server

ROOT = Path(__file__).parents[3]
AUTOMATIC = accepting(ACME, approval="automatic")
MORE = {**MARCH, ("duplicate", None): 5}
JUNE = "2016-06-01T00:00:00Z"


def noticed(
    post: Post, letterhead: Letterhead = AUTOMATIC, *, counts: Any = MARCH, **changes: Any
) -> Delivery:
    """Bring the month's notice as far as it goes."""
    table = lines(counts)
    said = {**statement(table, decision="dispute"), **changes}
    delivery = vendor_notice(said, table, letterhead, post)
    assert delivery is not None
    return delivery


def steps_of(post: Post, delivery: Delivery) -> list[str]:
    """Return what the register of a notice has done."""
    return [step.kind for step in Register(post.lake, f"notices/{delivery.id}").steps()]


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox) -> Iterator[Connection]:
    with mail_server(inbox) as connection:
        yield connection


@pytest.fixture
def post(lake: Lake, server: Connection) -> Post:
    return Post(lake, server, AT)


def test_a_notice_is_sent_as_the_bytes_of_its_draft(post: Post, inbox: Inbox) -> None:
    delivery = noticed(post)
    assert delivery.state == "sent"
    assert delivery.accepted == ("billing@vendor.example",)
    assert steps_of(post, delivery) == ["drafted", "approved", "sending", "sent"]
    draft = Register(post.lake, f"notices/{delivery.id}").steps()[0].facts
    assert inbox.mails == [post.lake.get(f"notices/{delivery.id}/{draft['mail']}.eml")]
    assert f"Message-ID: {delivery.message_id}".encode() in inbox.mails[0]


def test_the_message_id_is_recorded_before_the_server_is_asked(lake: Lake) -> None:
    with failing_server("EHLO", servers.drop) as (connection, _):
        delivery = noticed(Post(lake, connection, AT))
    steps = Register(lake, f"notices/{delivery.id}").steps()
    assert [step.kind for step in steps] == ["drafted", "approved", "not_sent"]
    assert steps[0].facts["message_id"] == delivery.message_id


def test_a_second_run_sends_and_writes_nothing(post: Post, inbox: Inbox) -> None:
    first = noticed(post)
    before = post.lake.keys()
    assert noticed(post) == first
    assert noticed(post, as_of=JUNE, inputs={"helpdesk": "sha256:cc"}) == first
    assert (post.lake.keys(), len(inbox.mails)) == (before, 1)


def test_other_figures_after_it_was_sent_make_an_amendments_draft(post: Post, inbox: Inbox) -> None:
    noticed(post)
    amended = noticed(post, counts=MORE, as_of=JUNE)
    assert amended.state == "amendment_drafted"
    assert b"34.65 USD" in post.lake.get(amended.uri.partition("/lake/")[2])
    assert noticed(post, counts=MORE, as_of=JUNE).state == "amendment_drafted"
    assert len(inbox.mails) == 1
    assert steps_of(post, amended)[4:] == ["amendment_drafted"]


def test_an_approval_that_nobody_gave_is_void_once_the_contract_asks_for_one(
    lake: Lake, post: Post, inbox: Inbox
) -> None:
    with failing_server("EHLO", servers.drop) as (connection, _):
        refused = noticed(Post(lake, connection, AT))
    assert (refused.state, steps_of(post, refused)[:2]) == ("approved", ["drafted", "approved"])
    assert noticed(post, ACME).state == "drafted"
    assert inbox.mails == []


def test_an_approval_that_a_person_gave_holds_whatever_the_contract_asks_for(
    lake: Lake, post: Post, inbox: Inbox
) -> None:
    with failing_server("EHLO", servers.drop) as (connection, _):
        drafted = noticed(Post(lake, connection, AT), ACME)
        register = Register(lake, f"notices/{drafted.id}")
        content = register.steps()[-1].facts["content"]
        approve(register, content=content, by="Petra Lang", at=AT)
        assert noticed(Post(lake, connection, AT), ACME).state == "approved"
    assert noticed(post, ACME).state == "sent"
    assert len(inbox.mails) == 1


def test_what_a_person_amended_is_what_later_runs_compare_with(post: Post, inbox: Inbox) -> None:
    first = noticed(post)
    noticed(post, counts=MORE, as_of=JUNE)
    register = Register(post.lake, f"notices/{first.id}")
    content = register.steps()[-1].facts["content"]
    amend(register, content=content, by="Petra Lang", because="by my mailbox", at=AT)
    before = post.lake.keys()
    assert noticed(post, counts=MORE, as_of="2016-07-01T00:00:00Z").state == "amended"
    assert post.lake.keys() == before
    back = noticed(post, as_of="2016-08-01T00:00:00Z")
    assert back.state == "amendment_drafted"
    draft = read_mail(post.lake.get(back.uri.partition("/lake/")[2]))
    assert json.loads(draft.file(".json"))["replaces"] == JUNE
    assert noticed(post, counts=MORE, as_of="2016-09-01T00:00:00Z").state == "amended"
    assert len(inbox.mails) == 1


def test_figures_that_come_back_to_what_was_sent_withdraw_the_amendment(post: Post) -> None:
    noticed(post)
    noticed(post, counts=MORE, as_of=JUNE)
    assert noticed(post, as_of="2016-07-01T00:00:00Z").state == "sent"


def test_an_older_view_of_the_month_changes_nothing(post: Post) -> None:
    noticed(post, counts=MORE, as_of=JUNE)
    before = post.lake.keys()
    noticed(post)
    assert post.lake.keys() == before


def test_findings_and_inputs_are_no_part_of_what_is_accused(post: Post) -> None:
    noticed(post)
    note = {"rule": "r", "severity": "note", "because": "b", "observed": "1"}
    assert noticed(post, as_of=JUNE, findings=[note], evidence=None).state == "sent"


def test_without_a_server_the_notice_lies_in_the_outbox(outbox: Post) -> None:
    delivery = noticed(outbox)
    (key,) = outbox.lake.keys("outbox")
    assert (delivery.state, delivery.uri) == ("approved", outbox.lake.uri(key))
    assert noticed(outbox, as_of=JUNE) == delivery
    assert outbox.lake.keys("outbox") == [key]


def test_what_lies_in_the_outbox_is_sent_once_there_is_a_server(
    outbox: Post, server: Connection, inbox: Inbox
) -> None:
    noticed(outbox)
    assert noticed(Post(outbox.lake, server, AT), as_of=JUNE).state == "sent"
    (key,) = outbox.lake.keys("outbox")
    assert inbox.mails == [outbox.lake.get(key)]


def test_where_approval_is_required_nothing_leaves_before_it(post: Post, inbox: Inbox) -> None:
    waiting = noticed(post, ACME)
    assert waiting.state == "drafted"
    assert waiting.uri.endswith(".eml")
    assert (post.lake.keys("outbox"), inbox.mails) == ([], [])
    register = Register(post.lake, f"notices/{waiting.id}")
    content = register.steps()[0].facts["content"]
    approve(register, content=content, by="cfo@acme.example", at=AT)
    assert send_approved(register, post).state == "sent"
    assert noticed(post, ACME).state == "sent"
    assert len(inbox.mails) == 1


def test_an_approval_is_void_when_the_figures_change(post: Post, inbox: Inbox) -> None:
    waiting = noticed(post, ACME)
    register = Register(post.lake, f"notices/{waiting.id}")
    content = register.steps()[0].facts["content"]
    approve(register, content=content, by="cfo@acme.example", at=AT)
    changed = noticed(Post(post.lake, post.connection, AT), ACME, counts=MORE, as_of=JUNE)
    assert (changed.state, inbox.mails) == ("drafted", [])


def test_a_notice_that_lies_in_the_outbox_is_out_whatever_the_contract_asks_later(
    outbox: Post,
) -> None:
    assert noticed(outbox).state == "approved"
    assert noticed(outbox, ACME, as_of=JUNE).state == "approved"
    assert len(outbox.lake.keys("outbox")) == 1


def test_a_vendor_without_an_address_gets_nothing_by_itself(post: Post) -> None:
    silent = accepting(AUTOMATIC, vendor_addresses=())
    assert noticed(post, silent).state == "drafted"


def test_a_decision_that_is_no_dispute_any_more_withdraws_the_draft(outbox: Post) -> None:
    noticed(outbox, ACME)
    table = lines()
    pays = {**statement(table, decision="pay"), "as_of": JUNE}
    withdrawn = vendor_notice(pays, table, ACME, outbox)
    assert withdrawn is not None
    assert withdrawn.state == "withdrawn"
    assert noticed(outbox, ACME, as_of="2016-07-01T00:00:00Z").state == "drafted"


def test_what_a_person_withdrew_no_run_brings_back(outbox: Post) -> None:
    waiting = noticed(outbox, ACME)
    register = Register(outbox.lake, f"notices/{waiting.id}")
    register.append(register.steps(), "withdrawn", at=AT, by="cfo@acme.example", because="agreed")
    assert noticed(outbox, ACME, counts=MORE, as_of=JUNE).state == "withdrawn"


def test_a_sent_notice_whose_month_is_no_dispute_any_more_leaves_a_trace_for_a_person(
    post: Post, inbox: Inbox
) -> None:
    noticed(post)
    table = lines()
    pays = {**statement(table, decision="pay"), "as_of": JUNE}
    amended = vendor_notice(pays, table, AUTOMATIC, post)
    assert amended is not None
    assert (amended.state, amended.uri) == ("amendment_drafted", "")
    assert len(inbox.mails) == 1


def test_a_server_is_given_an_address_that_it_may_send_for(
    outbox: Post, server: Connection, inbox: Inbox
) -> None:
    noticed(outbox)
    allowed = replace(server, extra={"from_email": "recount@acme.example"})
    assert noticed(Post(outbox.lake, allowed, AT)).state == "sent"
    assert inbox.senders == ["recount@acme.example"]


def test_where_nothing_was_ever_disputed_there_is_no_notice(outbox: Post) -> None:
    table = lines()
    assert vendor_notice(statement(table, decision="pay"), table, ACME, outbox) is None
    assert outbox.lake.keys() == []


def test_a_refused_notice_stays_approved_and_goes_out_later(lake: Lake, inbox: Inbox) -> None:
    with mail_server(Inbox(answer="451 greylisted")) as connection:
        refused = noticed(Post(lake, connection, AT))
    assert (refused.state, "451 greylisted" in refused.because) == ("approved", True)
    with mail_server(inbox) as connection:
        assert noticed(Post(lake, connection, AT)).state == "sent"
    assert len(inbox.mails) == 1


@pytest.mark.parametrize("at", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_server_that_fails_before_it_has_the_mail_leaves_it_approved_and_it_is_tried_again(
    lake: Lake, inbox: Inbox, at: str
) -> None:
    with failing_server(at, servers.drop) as (connection, whole):
        failed = noticed(Post(lake, connection, AT))
    assert (failed.state, bool(failed.because), whole) == ("approved", True, [])
    with mail_server(inbox) as connection:
        again = noticed(Post(lake, connection, AT))
    assert (again.state, again.message_id) == ("sent", failed.message_id)
    assert len(inbox.mails) == 1


def test_who_was_only_put_off_gets_the_notice_later_and_nobody_else_twice(lake: Lake) -> None:
    three = accepting(AUTOMATIC, vendor_addresses=("a@v.example", "b@v.example", "c@v.example"))
    first = Inbox(refusals={"b@v.example": "450 greylisted", "c@v.example": "550 unknown"})
    second = Inbox()
    with mail_server(first) as connection:
        delivery = noticed(Post(lake, connection, AT), three)
    assert delivery.state == "sent"
    assert dict(delivery.recipients) == {
        "a@v.example": "accepted",
        "b@v.example": "450 greylisted",
        "c@v.example": "550 unknown",
    }
    for _ in range(2):
        with mail_server(second) as connection:
            delivery = noticed(Post(lake, connection, AT), three)
    assert (first.recipients, second.recipients) == ([["a@v.example"]], [["b@v.example"]])
    assert first.mails == second.mails
    assert delivery.accepted == ("a@v.example", "b@v.example")


def test_a_bounce_that_is_noted_changes_nothing_and_no_mail_follows_it(
    post: Post, inbox: Inbox
) -> None:
    sent = noticed(post)
    register = Register(post.lake, f"notices/{sent.id}")
    because = "the mail to billing@vendor.example bounced"
    note(register, "noted", by="Jo Kern", at=AT, facts=lambda _: {"because": because})
    assert noticed(post) == sent
    assert noticed(post, as_of=JUNE) == sent
    assert (steps_of(post, sent)[-1], len(inbox.mails)) == ("noted", 1)


def test_a_note_beside_a_draft_or_a_rejection_keeps_no_run_from_going_on(outbox: Post) -> None:
    waiting = noticed(outbox, ACME)
    register = Register(outbox.lake, f"notices/{waiting.id}")

    def add() -> None:
        note(register, "noted", by="Jo Kern", at=AT, facts=lambda _: {"because": "they called"})

    add()
    content = register.steps()[0].facts["content"]
    reject(register, content=content, by="cfo@acme.example", because="T7 was ours", at=AT)
    add()
    assert noticed(outbox, as_of=JUNE).state == "draft_rejected"
    assert noticed(outbox, counts=MORE, as_of=JUNE).state == "approved"


def test_a_note_beside_a_draft_does_not_keep_it_from_being_approved(outbox: Post) -> None:
    waiting = noticed(outbox, ACME)
    register = Register(outbox.lake, f"notices/{waiting.id}")
    note(register, "noted", by="Jo Kern", at=AT, facts=lambda _: {"because": "they called"})
    assert noticed(outbox).state == "approved"


def test_what_is_noted_while_a_mail_is_under_way_does_not_hide_its_result(lake: Lake) -> None:
    def answer(handler: Any) -> None:
        (folder,) = {key.split("/")[1] for key in lake.keys("notices")}
        register = Register(lake, f"notices/{folder}")
        note(register, "noted", by="Jo Kern", at=AT, facts=lambda _: {"because": "they called"})
        handler.wfile.write(b"250 OK\r\n")

    with failing_server(".", answer) as (connection, _):
        assert noticed(Post(lake, connection, AT)).state == "sent"


def test_after_silence_behind_the_final_dot_nobody_is_mailed_again(
    lake: Lake, server: Connection, inbox: Inbox
) -> None:
    with failing_server(".", servers.drop) as (connection, whole):
        assert noticed(Post(lake, connection, AT)).state == "send_unknown"
    again = noticed(Post(lake, server, AT), as_of=JUNE)
    assert (again.state, len(whole), inbox.mails) == ("send_unknown", 1, [])


def test_only_a_person_ends_the_silence_and_then_the_message_id_stays(
    lake: Lake, server: Connection, inbox: Inbox
) -> None:
    with failing_server(".", servers.drop) as (connection, _):
        unknown = noticed(Post(lake, connection, AT))
    register = Register(lake, f"notices/{unknown.id}")
    facts = {"because": "the vendor has not got it", "recipients": {}, "by": "cfo@acme.example"}
    register.append(register.steps(), "not_sent", at=AT, **facts)
    assert noticed(Post(lake, server, AT)).state == "sent"
    assert unknown.message_id.encode() in inbox.mails[0]


def killed_at(lake: Lake, server: Connection, number: int, when: str) -> None:
    """Send a notice in a process that is killed at that write."""
    uri = lake.place.uri
    command = [sys.executable, "-m", "tests.unit.notify.killed", uri, str(server.port)]
    done = subprocess.run([*command, str(number), when], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize(
    ("number", "when", "comes_out", "mails_of_the_killed"),
    [
        (1, "before", "sent", 0),  # the draft's bytes
        (1, "after", "sent", 0),
        (2, "after", "sent", 0),  # drafted
        (3, "after", "sent", 0),  # approved
        (4, "before", "sent", 0),  # sending
        (4, "after", "send_unknown", 0),
        (5, "before", "send_unknown", 1),  # sent: the server has the mail, we have no record
        (5, "after", "sent", 1),
    ],
)
def test_a_killed_run_never_leads_to_a_second_mail(
    post: Post, inbox: Inbox, number: int, when: str, comes_out: str, mails_of_the_killed: int
) -> None:
    assert post.connection is not None
    killed_at(post.lake, post.connection, number, when)
    assert len(inbox.mails) == mails_of_the_killed
    for _ in range(2):
        assert noticed(post).state == comes_out
    expected = mails_of_the_killed if comes_out == "send_unknown" else 1
    assert len(inbox.mails) == expected


def test_of_runs_at_the_same_time_one_sends(post: Post, inbox: Inbox) -> None:
    start, states = threading.Barrier(4), []

    def run() -> None:
        start.wait()
        states.append(noticed(post).state)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(states) == 4
    assert "sent" in states
    assert {*states} <= {"sent", "send_unknown"}
    assert len(inbox.mails) == 1
    assert noticed(post).state == "sent"


def test_the_register_of_a_notice_holds_no_secret(lake: Lake, inbox: Inbox) -> None:
    with mail_server(inbox) as connection:
        delivery = noticed(Post(lake, connection, AT))
    register = Register(lake, f"notices/{delivery.id}")
    steps = [json.loads(lake.get(register.key(number))) for number in (1, 2, 3, 4)]
    assert state(register.steps()) == "sent"
    assert not [step for step in steps if "password" in json.dumps(step).lower()]
