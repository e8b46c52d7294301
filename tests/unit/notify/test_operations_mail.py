"""Operations is told once of each trouble."""

from dataclasses import replace
from typing import get_args

import pytest

from recount.errors import ContractError
from recount.lake import Lake
from recount.notify.delivery import Post
from recount.notify.operations import Alarm, Trouble, operations_mail
from tests.unit.notify.conftest import AT
from tests.unit.notify.parsing import mails_in, one_mail_in
from tests.unit.notify.servers import Inbox, mail_server

MISSING = Alarm(
    "invoice_missing",
    "acme-support",
    "2016-03",
    "contracts/acme.yml:14: there is no invoice at billing/2016-03.csv",
    AT,
)
TO = ("data@acme.example", "oncall@acme.example")


def test_the_mail_says_what_is_wrong_and_what_to_do(outbox: Post) -> None:
    operations_mail(MISSING, TO, outbox)
    mail = one_mail_in(outbox.lake, "outbox")
    assert mail.headers["Subject"] == "The invoice is missing (acme-support, March 2016)"
    assert mail.headers["To"] == ", ".join(TO)
    assert MISSING.because in " ".join(mail.text.split())
    assert "Ask the vendor for the invoice" in mail.seen


@pytest.mark.parametrize("trouble", get_args(Trouble))
def test_every_trouble_has_something_to_do_about_it(outbox: Post, trouble: Trouble) -> None:
    operations_mail(replace(MISSING, trouble=trouble), TO, outbox)
    text = one_mail_in(outbox.lake, "outbox").text
    to_do = " ".join(text.partition("TO DO")[2].partition("--")[0].split())
    assert len(to_do) > 20


def test_the_same_trouble_is_told_once_whenever_it_is_met(lake: Lake) -> None:
    inbox = Inbox()
    later = replace(MISSING, as_of=AT.replace(year=2017))
    with mail_server(inbox) as connection:
        for alarm in (MISSING, MISSING, later):
            assert operations_mail(alarm, TO, Post(lake, connection, AT)).state == "sent"
    assert len(inbox.mails) == 1


def test_another_message_is_another_mail(outbox: Post) -> None:
    failed = Alarm("run_failed", "acme-support", "2016-03", "events.csv, record 17: ...", AT)
    for alarm in (MISSING, failed):
        operations_mail(alarm, TO, outbox)
    assert len(mails_in(outbox.lake)) == 2


def test_with_nobody_to_tell_the_contract_is_to_be_changed(outbox: Post) -> None:
    with pytest.raises(ContractError, match=r"add notify\.operations"):
        operations_mail(MISSING, (), outbox)
