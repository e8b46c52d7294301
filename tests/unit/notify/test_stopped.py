"""A mail that is being handed over when the process is told to stop is handed over and recorded."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from recount.lake import open_lake
from recount.notify.delivery import Post
from recount.notify.notice import vendor_notice
from recount.stopping import Stopped, finishing, heeding
from tests.unit.notify.conftest import AT
from tests.unit.notify.months import ACME, accepting, lines, statement
from tests.unit.notify.servers import Inbox, mail_server


class Deploying(Inbox):
    """A server that has the mail when we are told to stop, and answers afterwards."""

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        os.kill(os.getpid(), signal.SIGTERM)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def inbox() -> Inbox:
    return Deploying()


@pytest.fixture
def post(inbox: Inbox, tmp_path: Path) -> Iterator[Post]:
    with mail_server(inbox) as connection:
        yield Post(open_lake(str(tmp_path / "lake")), connection, AT)


def noticed(post: Post) -> Any:
    table = lines()
    contract = accepting(ACME, approval="automatic")
    return vendor_notice(statement(table, decision="dispute"), table, contract, post)


def test_a_stop_between_the_final_dot_and_the_answer_waits_for_it(post: Post, inbox: Inbox) -> None:
    with pytest.raises(Stopped, match="stopped by SIGTERM"), heeding(signal.SIGTERM):
        noticed(post)
    assert len(inbox.mails) == 1
    assert noticed(post).state == "sent"
    assert len(inbox.mails) == 1


def test_what_must_be_finished_is_finished_and_nothing_after_it() -> None:
    done = []

    def work() -> None:
        with finishing():
            os.kill(os.getpid(), signal.SIGTERM)
            done.append("finished")
        done.append("after")

    with pytest.raises(Stopped), heeding(signal.SIGTERM):
        work()
    assert done == ["finished"]
