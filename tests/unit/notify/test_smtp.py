"""Each phase of a session fails for real, and means what RFC 5321 and RFC 1047 say."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import trustme

from recount.notify.smtp import Envelope, send
from tests.unit.notify import servers
from tests.unit.notify.servers import Inbox, connection_to, failing_server, mail_server

MAIL = b"Subject: hello\r\n\r\n.a line that begins with a dot\r\n"
ENVELOPE = Envelope("ap@acme.example", ("billing@vendor.example",), MAIL)
THREE = ("one@vendor.example", "two@vendor.example", "three@vendor.example")


def yes(recipients: Mapping[str, str]) -> bool:
    return True


def no(recipients: Mapping[str, str]) -> bool:
    return False


def test_a_mail_arrives_as_the_bytes_that_were_approved() -> None:
    inbox = Inbox()
    with mail_server(inbox) as connection:
        attempt = send(connection, ENVELOPE, yes)
    assert attempt.result == "sent"
    assert inbox.mails == [MAIL]


def test_without_the_claim_nothing_is_handed_over() -> None:
    inbox = Inbox()
    with mail_server(inbox) as connection:
        assert send(connection, ENVELOPE, no).result == "not_ours"
    assert inbox.mails == []


def test_each_recipient_has_its_own_state() -> None:
    inbox = Inbox(refusals={THREE[1]: "450 greylisted", THREE[2]: "550 unknown user"})
    with mail_server(inbox) as connection:
        attempt = send(connection, Envelope("ap@acme.example", THREE, MAIL), yes)
    assert attempt.result == "sent"
    assert list(attempt.recipients.values()) == ["accepted", "450 greylisted", "550 unknown user"]
    assert inbox.recipients == [[THREE[0]]]


@pytest.mark.parametrize("refusal", ["450 greylisted", "550 unknown user"])
def test_when_every_recipient_is_refused_the_claim_is_not_asked(refusal: str) -> None:
    inbox = Inbox(refusals={"billing@vendor.example": refusal})

    def never(recipients: Mapping[str, str]) -> bool:
        raise AssertionError("nothing is to be claimed")

    with mail_server(inbox) as connection:
        attempt = send(connection, ENVELOPE, never)
    assert (attempt.result, attempt.recipients) == (
        "not_sent",
        {"billing@vendor.example": refusal},
    )


@pytest.mark.parametrize("answer", ["451 try later", "552 too large", "554 no"])
def test_a_refusal_after_the_whole_mail_is_definite(answer: str) -> None:
    with mail_server(Inbox(answer=answer)) as connection:
        attempt = send(connection, ENVELOPE, yes)
    assert attempt.result == "not_sent"
    assert answer in attempt.because


@pytest.mark.parametrize("at", ["EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("how", [servers.drop, servers.stall, servers.drip])
def test_a_server_that_fails_before_the_mail_has_not_got_it(at: str, how: servers.How) -> None:
    started = time.monotonic()
    with failing_server(at, how) as (connection, whole):
        attempt = send(connection, ENVELOPE, yes)
        assert time.monotonic() - started < 2.5
    assert (attempt.result, whole) == ("not_sent", [])


def test_a_mail_cut_off_before_its_final_dot_has_not_arrived() -> None:
    megabytes = Envelope("ap@acme.example", ("billing@vendor.example",), b"x" * 20_000_000)
    with failing_server("BODY", servers.drop) as (connection, whole):
        attempt = send(connection, megabytes, yes)
    assert (attempt.result, whole) == ("not_sent", [])


@pytest.mark.parametrize("how", [servers.drop, servers.stall, servers.drip])
def test_after_the_final_dot_silence_means_that_nobody_knows(how: servers.How) -> None:
    with failing_server(".", how) as (connection, whole):
        attempt = send(connection, ENVELOPE, yes)
    assert attempt.result == "send_unknown"
    assert len(whole) == 1


def test_a_shutdown_announced_after_the_final_dot_answers_nothing() -> None:
    with failing_server(".", servers.announce_shutdown) as (connection, _):
        assert send(connection, ENVELOPE, yes).result == "send_unknown"


def test_a_slow_answer_after_the_final_dot_is_waited_for_beyond_the_idle_limit() -> None:
    def slowly(handler: Any) -> None:
        time.sleep(0.6)
        handler.wfile.write(b"250 OK\r\n")

    with failing_server(".", slowly) as (connection, _):
        assert send(connection, ENVELOPE, yes).result == "sent"


def test_no_server_at_all_is_a_refusal() -> None:
    with mail_server(Inbox()) as connection:
        port = connection.port
    attempt = send(connection_to(port), ENVELOPE, yes)
    assert attempt.result == "not_sent"
    assert "refused" in attempt.because.lower()


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def test_tls_is_started_and_the_login_follows_it(authority: trustme.CA, ca_file: str) -> None:
    inbox = Inbox()
    with servers.secure_server(inbox, authority, ca_file) as connection:
        assert send(connection, ENVELOPE, yes).result == "sent"
    assert inbox.was_secure == [True]


def test_a_certificate_that_nobody_vouches_for_stops_the_session(
    authority: trustme.CA, ca_file: str, tmp_path: Path
) -> None:
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(stranger)
    inbox = Inbox()
    with servers.secure_server(inbox, authority, str(stranger)) as connection:
        attempt = send(connection, ENVELOPE, yes)
    assert (attempt.result, inbox.mails) == ("not_sent", [])
    assert "CERTIFICATE_VERIFY_FAILED" in attempt.because


def test_a_certificate_of_another_host_stops_the_session(
    authority: trustme.CA, ca_file: str
) -> None:
    with servers.secure_server(Inbox(), authority, ca_file) as trusted:
        other = connection_to(trusted.port, host="127.0.0.1", ca_file=ca_file)
        attempt = send(other, ENVELOPE, yes)
    assert attempt.result == "not_sent"
    assert "CERTIFICATE_VERIFY_FAILED" in attempt.because


def test_a_refused_login_is_told_without_the_password(authority: trustme.CA, ca_file: str) -> None:
    with servers.secure_server(Inbox(), authority, ca_file) as trusted:
        wrong = connection_to(
            trusted.port, host="localhost", login="recount", password="hunter2", ca_file=ca_file
        )
        attempt = send(wrong, ENVELOPE, yes)
    assert attempt.result == "not_sent"
    assert attempt.because == "the server refused the login (535)"


def test_tls_from_the_first_byte_is_verified_too(authority: trustme.CA, ca_file: str) -> None:
    inbox = Inbox()
    with servers.tls_server(inbox, authority) as port:
        connection = connection_to(port, host="localhost", ca_file=ca_file, disable_ssl=False)
        stranger = connection_to(port, host="localhost", disable_ssl=False)
        assert send(stranger, ENVELOPE, yes).result == "not_sent"
        assert send(connection, ENVELOPE, yes).result == "sent"
    assert inbox.mails == [MAIL]
