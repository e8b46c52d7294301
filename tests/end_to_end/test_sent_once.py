"""A month that is run again and again mails nobody twice; what changed is drafted, never sent."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from recount.demo.post_office import post_office
from tests.end_to_end.buyer import Buyer, rewritten
from tests.support.small import write_month

LATER = "2026-05-20T00:00:00Z"
# T1 was reopened as well, which nobody knew before.
CHANGED = ("e4,T3", "e5,T1,ticket,reopened,2026-03-09T09:00:00Z,requester\ne4,T3")


@dataclass(frozen=True)
class Seen:
    """What a run said, and what lay in the lake after it."""

    statement: dict[str, Any]
    lake: dict[str, bytes]

    @property
    def outbox(self) -> list[str]:
        """The keys of the mails in the outbox."""
        return sorted(key for key in self.lake if key.startswith("outbox/"))

    def mails(self, kind: str) -> list[str]:
        """Those of one kind."""
        return [key for key in self.outbox if f"-{kind}-" in key]

    @property
    def notice_steps(self) -> list[str]:
        """What was done with the notice, in order."""
        steps = sorted(k for k in self.lake if k.startswith("notices/") and k.endswith(".json"))
        return [json.loads(self.lake[key])["step"] for key in steps]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    folder = tmp_path_factory.mktemp("months")
    buyer, found = Buyer(write_month(folder), folder / "lake"), {}

    def run(name: str, *words: str, **when: str) -> None:
        found[name] = Seen(buyer.statement(*words, **when), buyer.objects())

    run("first")
    run("again")
    run("refreshed", "--refresh")
    run("later", as_of=LATER)
    log = folder / "events.csv"
    log.write_text(log.read_text().replace(*CHANGED))
    run("pinned", as_of=LATER)
    run("changed", "--refresh", as_of=LATER)
    run("old again")
    return found


def test_the_first_run_mails_finance_and_the_vendor_once_each(seen: dict[str, Seen]) -> None:
    first = seen["first"]
    assert first.statement["decision"] == "dispute"
    assert (len(first.mails("finance")), len(first.mails("notice"))) == (1, 1)
    assert len(first.outbox) == 2


def test_a_notice_in_the_outbox_is_approved_and_was_sent_to_nobody(seen: dict[str, Seen]) -> None:
    assert seen["first"].notice_steps == ["drafted", "approved"]
    assert seen["first"].statement["notice"]["state"] == "approved"


@pytest.mark.parametrize("name", ["again", "refreshed"])
def test_running_a_month_again_changes_no_byte(seen: dict[str, Seen], name: str) -> None:
    assert seen[name].statement == seen["first"].statement
    assert seen[name].lake == seen["first"].lake


def test_a_later_look_at_the_same_data_mails_nobody(seen: dict[str, Seen]) -> None:
    first, later = seen["first"], seen["later"]
    assert later.statement["as_of"] == LATER
    assert {key: later.lake[key] for key in later.outbox} == {
        key: first.lake[key] for key in first.outbox
    }
    assert later.notice_steps == first.notice_steps
    assert later.statement["notice"] == first.statement["notice"]


def test_a_file_that_changed_is_not_read_again_without_refresh(seen: dict[str, Seen]) -> None:
    assert seen["pinned"].lake == seen["later"].lake


def test_a_changed_result_is_told_to_finance_in_a_second_mail(seen: dict[str, Seen]) -> None:
    later, changed = seen["later"], seen["changed"]
    assert changed.statement["amounts"]["disputed"] == "2.00"
    assert len(changed.mails("finance")) == 2
    assert set(later.mails("finance")) < set(changed.mails("finance"))


def test_a_notice_is_never_sent_a_second_time_under_the_same_id(seen: dict[str, Seen]) -> None:
    ids = {each.statement["notice"]["id"] for each in seen.values()}
    messages = {each.statement["notice"]["message_id"] for each in seen.values()}
    assert (len(ids), len(messages)) == (1, 1)


def test_a_changed_notice_is_drafted_and_never_put_beside_the_first(seen: dict[str, Seen]) -> None:
    assert seen["changed"].mails("notice") == seen["later"].mails("notice")
    assert seen["changed"].statement["notice"]["state"] == "amendment_drafted"


def test_an_old_as_of_brings_back_no_older_mail(seen: dict[str, Seen]) -> None:
    assert seen["old again"].lake == seen["changed"].lake


def test_a_notice_that_a_person_must_approve_is_in_no_outbox(tmp_path: Path) -> None:
    path = write_month(tmp_path)
    rewritten(path, path, {"notify.approval": "required"})
    buyer = Buyer(path, tmp_path / "lake")
    assert buyer.statement()["notice"]["state"] == "drafted"
    assert (len(buyer.mails("finance")), buyer.mails("notice")) == (1, [])


# --- through a mail server


@dataclass(frozen=True)
class Posted:
    """What a run said, the notice's steps, and what the server had received after it."""

    seen: Seen
    received: list[str]


@pytest.fixture(scope="module")
def posted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Posted]]:
    folder = tmp_path_factory.mktemp("posted")
    buyer, found = Buyer(write_month(folder), folder / "lake"), {}
    with pytest.MonkeyPatch.context() as patch, post_office(folder / "mail") as port:
        server = {"conn_type": "smtp", "host": "127.0.0.1", "port": port}
        patch.setenv("AIRFLOW_CONN_RECOUNT_SMTP", json.dumps(server))

        def run(name: str, **when: str) -> None:
            said = Seen(buyer.statement(**when), buyer.objects())
            found[name] = Posted(said, sorted(path.name for path in (folder / "mail").iterdir()))

        run("first")
        run("again")
        log = folder / "events.csv"
        log.write_text(log.read_text().replace(*CHANGED))
        run("changed", as_of=LATER)
        run("changed again", as_of=LATER)
        yield found


def test_a_server_gets_each_mail_once(posted: dict[str, Posted]) -> None:
    assert len(posted["first"].received) == 2
    assert posted["first"].seen.statement["notice"]["state"] == "sent"
    assert posted["again"].received == posted["first"].received
    assert posted["again"].seen.notice_steps == ["drafted", "approved", "sending", "sent"]
    assert posted["again"].seen.lake == posted["first"].seen.lake


def test_what_changed_after_the_notice_was_sent_is_only_drafted(posted: dict[str, Posted]) -> None:
    changed = posted["changed"]
    assert changed.seen.statement["notice"]["state"] == "amendment_drafted"
    new = set(changed.received) - set(posted["first"].received)
    assert [name for name in new if "notice" in name] == []
    assert len(new) == 1, "finance is told of the changed result"


def test_repeating_the_run_that_drafted_the_amendment_sends_nothing(
    posted: dict[str, Posted],
) -> None:
    again, changed = posted["changed again"], posted["changed"]
    assert again.received == changed.received
    assert again.seen.lake == changed.seen.lake
