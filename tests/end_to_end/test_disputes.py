"""A dispute from its draft to the end of the case, at the command line."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
from recount.demo.post_office import post_office
from recount.periods import format_instant, parse_instant
from tests.end_to_end.buyer import Buyer, rewritten
from tests.support.small import write_month

PETRA, JO = ["--by", "Petra Lang"], ["--by", "Jo Kern"]


@dataclass(frozen=True)
class Desk:
    """The people who read the disputes of a lake, and decide."""

    buyer: Buyer

    def invoke(self, *words: str) -> Result:
        lake = ["--lake", str(self.buyer.lake), "--json"]
        return CliRunner().invoke(main, ["disputes", *words, *lake])

    def document(self, *words: str) -> dict[str, Any]:
        done = self.invoke(*words)
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def refusal(self, *words: str) -> str:
        before = self.buyer.objects("notices")
        done = self.invoke(*words)
        assert done.exit_code == 2, done.output
        assert self.buyer.objects("notices") == before
        return done.output

    @property
    def only(self) -> dict[str, Any]:
        (dispute,) = self.document("list", "--as-of", "2026-05-02T00:00:00Z")["disputes"]
        return self.document("show", dispute["id"])

    def approve(self, *words: str) -> dict[str, Any]:
        shown = self.only
        return self.document("approve", shown["id"][:6], "--content", shown["content"], *words)

    def record(self, *words: str) -> dict[str, Any]:
        return self.document("record", self.only["id"], *words)


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month of which 1.00 is disputed, and whose notice waits for a person."""
    folder = tmp_path_factory.mktemp("drafted")
    path = write_month(folder)
    changes = {"notify.approval": "required", "settlement.dispute_within": "45 days"}
    rewritten(path, path, changes)
    assert Buyer(path, folder / "lake").statement()["notice"]["state"] == "drafted"
    return folder


@pytest.fixture
def desk(drafted: Path, tmp_path: Path) -> Desk:
    folder = shutil.copytree(drafted, tmp_path / "month")
    return Desk(Buyer(folder / "acme.yml", folder / "lake"))


@pytest.fixture
def sent(desk: Desk) -> Desk:
    """The same after the notice was approved, and sent from the outbox by hand."""
    desk.approve(*PETRA)
    desk.record("sent", *JO, "--because", "sent from my own mailbox")
    return desk


def test_the_list_says_what_is_open_and_what_it_waits_for(desk: Desk) -> None:
    (listed,) = desk.document("list")["disputes"]
    expected = {
        "contract": "acme", "period": "2026-03", "invoices": ["INV-1"], "disputed": "1.00",
        "open": "1.00", "state": "drafted", "age": None, "deadline": "2026-05-16",
        "waits_for": "the approval of its notice",
    }  # fmt: skip
    assert {key: listed[key] for key in expected} == expected
    assert desk.document()["disputes"] == [listed]


def test_show_names_the_preparer_the_content_and_where_the_draft_lies(desk: Desk) -> None:
    shown = desk.only
    assert (shown["prepared_by"], shown["approved_by"]) == ("recount", None)
    draft = Path(shown["draft"].removeprefix("file://")).read_bytes()
    assert shown["message_id"].encode() in draft
    (step,) = shown["steps"]
    assert (step["step"], step["by"]) == ("drafted", "recount")


def test_what_is_approved_goes_into_the_outbox_and_is_shown(desk: Desk) -> None:
    approved = desk.approve(*PETRA)
    assert (approved["state"], approved["approved_by"]) == ("approved", "Petra Lang")
    (notice,) = desk.buyer.mails("notice")
    assert notice["Message-ID"] == approved["message_id"]


def test_a_second_approval_shows_the_first(desk: Desk) -> None:
    shown = desk.approve(*PETRA)
    said = desk.refusal("approve", shown["id"], "--content", shown["content"], *JO)
    assert "approved by Petra Lang at 20" in said


def test_the_preparer_and_another_content_are_refused(desk: Desk) -> None:
    shown = desk.only
    by_itself = ["--content", shown["content"], "--by", "recount"]
    assert "the program's own name" in desk.refusal("approve", shown["id"], *by_itself)
    assert "has no draft 0" in desk.refusal("approve", shown["id"], "--content", "0", *PETRA)


def test_an_approval_is_void_when_the_content_changes_and_who_ran_it_cannot_give_another(
    desk: Desk,
) -> None:
    shown = desk.only
    log = desk.buyer.contract.parent / "events.csv"
    log.write_text(log.read_text() + "e5,T1,ticket,reopened,2026-03-09T09:00:00Z,requester\n")
    desk.buyer.statement("--by", "Jo Kern", as_of="2026-05-20T00:00:00Z")
    said = desk.refusal("approve", shown["id"], "--content", shown["content"], *PETRA)
    content = desk.only["content"]
    assert f"it is {content} now" in said
    assert desk.only["prepared_by"] == desk.only["steps"][-1]["started_by"] == "Jo Kern"
    said = desk.refusal("approve", shown["id"], "--content", content, "--by", "jo kern")
    assert "jo kern prepared" in said
    assert desk.approve(*PETRA)["approved_by"] == "Petra Lang"


def test_a_rejected_draft_never_goes_out_and_other_figures_are_drafted_anew(desk: Desk) -> None:
    shown = desk.only
    words = ["--content", shown["content"], *PETRA, "--because", "T2 was ours"]
    assert desk.document("reject", shown["id"], *words)["state"] == "draft_rejected"
    assert desk.buyer.statement()["notice"]["state"] == "draft_rejected"
    log = desk.buyer.contract.parent / "events.csv"
    log.write_text(log.read_text() + "e5,T1,ticket,reopened,2026-03-09T09:00:00Z,requester\n")
    again = desk.buyer.statement(as_of="2026-05-20T00:00:00Z")
    assert again["notice"]["state"] == "drafted"


def test_what_a_person_withdraws_is_not_open_and_stays_so(desk: Desk) -> None:
    shown = desk.only
    gone = desk.document("withdraw", shown["id"], *PETRA, "--because", "agreed by telephone")
    assert (gone["state"], gone["open"], gone["waits_for"]) == ("withdrawn", "0.00", None)
    assert desk.buyer.statement(as_of="2026-05-20T00:00:00Z")["notice"]["state"] == "withdrawn"


def test_a_case_goes_from_sent_to_closed(sent: Desk) -> None:
    sent.record("acknowledged", *JO)
    sent.record("rejected", *JO, "--because", "they count otherwise")
    part = sent.record("part_credited", *JO, "--amount", "0.40", "--credit-note", "CN-1")
    assert (part["open"], part["state"]) == ("0.60", "part_credited")
    whole = sent.record("credited", *JO, "--amount", "0.60", "--credit-note", "CN-2")
    assert (whole["open"], whole["waits_for"]) == ("0.00", "a person who closes the case")
    closed = sent.record("closed", *JO, "--because", "all is credited")
    assert [step["step"] for step in closed["steps"]] == [
        "drafted", "approved", "sent", "acknowledged", "rejected", "part_credited", "credited",
        "closed",
    ]  # fmt: skip
    assert [step["by"] for step in closed["steps"]][2:] == ["Jo Kern"] * 6


def test_what_is_noted_stands_beside_the_case_and_changes_nothing_of_it(sent: Desk) -> None:
    before = sent.only
    noted = sent.record("noted", *JO, "--because", "the mail to billing@vendor.example bounced")
    assert noted["steps"][-1]["because"] == "the mail to billing@vendor.example bounced"
    changed = {key for key in before if noted[key] != before[key]}
    assert changed == {"steps"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["noted"], "reason (--because)"),
        (["noted", "--because", "paid", "--amount", "1.00"], "no money moves with noted"),
        (["credited", "--amount", "1.01"], "1.00 USD is open"),
        (["credited", "--amount", "0.00"], "is not an amount of it"),
        (["part_credited", "--amount", "0.005"], "more decimals than USD"),
        (["part_credited"], "add --amount"),
        (["part_credited", "--amount", "1.00"], "record it as credited"),
        (["credited", "--amount", "0.40"], "record it as part_credited"),
        (["rejected"], "reason (--because)"),
        (["acknowledged", "--amount", "1.00"], "no money moves"),
        (["closed", "--because", "enough"], "closed cannot follow"),
        (["sent", "--because", "again"], "is for a notice of which nobody knows"),
    ],
)
def test_a_fact_that_cannot_be_true_is_refused(sent: Desk, words: list[str], said: str) -> None:
    assert said in sent.refusal("record", sent.only["id"], *words, *JO)


def test_all_that_is_open_is_credited_where_no_amount_is_given(sent: Desk) -> None:
    assert sent.record("credited", *JO)["steps"][-1]["amount"] == "1.00"


@pytest.mark.parametrize(
    ("days", "age"), [(30, "0-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"), (91, "90+")]
)
def test_age_counts_whole_days_since_it_was_sent(sent: Desk, days: int, age: str) -> None:
    at = parse_instant(sent.only["sent_at"]) + timedelta(days=days)
    (listed,) = sent.document("list", "--as-of", format_instant(at))["disputes"]
    assert listed["age"] == age


def test_status_says_the_same_as_the_list(sent: Desk) -> None:
    done = CliRunner().invoke(main, ["status", "--lake", str(sent.buyer.lake), "--json"])
    (standing,) = json.loads(done.stdout)
    assert (standing["notice"], standing["waits_for"]) == (
        "sent",
        "the vendor's answer to its notice",
    )
    assert sent.only["waits_for"] == standing["waits_for"]


def test_an_id_that_nobody_has_is_refused(desk: Desk) -> None:
    assert "begins no id" in desk.refusal("show", "nonsense")
    assert "begins no id" in desk.refusal("show", "zz")


def test_people_read_the_same_in_words(sent: Desk) -> None:
    lake = ["--lake", str(sent.buyer.lake)]
    listed = CliRunner().invoke(main, ["disputes", *lake])
    shown = CliRunner().invoke(main, ["disputes", *lake, "show", sent.only["id"][:8]])
    assert "1.00 of 1.00 USD open  sent, 0-30 days since it was sent" in listed.stdout
    assert "prepared by  recount\n  approved by  Petra Lang" in shown.stdout
    assert "sent by Jo Kern: sent from my own mailbox" in shown.stdout


def test_a_lake_without_disputes_says_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["disputes", "--lake", str(tmp_path)])
    assert (done.exit_code, done.stdout) == (0, "No dispute notice was drafted here yet.\n")


# --- through a mail server


@pytest.fixture
def posted(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with post_office(tmp_path / "mail") as port:
        server = {"conn_type": "smtp", "host": "127.0.0.1", "port": port}
        monkeypatch.setenv("AIRFLOW_CONN_RECOUNT_SMTP", json.dumps(server))
        yield tmp_path / "mail"


def test_an_approval_sends_the_notice_once(desk: Desk, posted: Path) -> None:
    approved = desk.approve(*PETRA)
    assert approved["state"] == "sent"
    desk.document("send", approved["id"])
    desk.buyer.statement()
    assert len([mail for mail in posted.iterdir() if "notice" in mail.name]) == 1


def test_a_server_that_is_not_there_leaves_it_approved_and_it_is_sent_later(
    desk: Desk, posted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = desk.only
    with monkeypatch.context() as patch:
        nobody = {"conn_type": "smtp", "host": "127.0.0.1", "port": 1}
        patch.setenv("AIRFLOW_CONN_RECOUNT_SMTP", json.dumps(nobody))
        done = desk.invoke("approve", shown["id"], "--content", shown["content"], *PETRA)
    assert (done.exit_code, "was not handed over" in done.output) == (2, True)
    assert desk.only["state"] == "approved"
    assert desk.document("send", shown["id"])["state"] == "sent"
