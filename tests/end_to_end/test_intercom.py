"""A month of Intercom over HTTP: each conversation has a story, and the statement tells its end."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from click.testing import CliRunner, Result

from recount.cli import main
from tests.emulators import faults
from tests.emulators.intercom import SCOPES, Intercom
from tests.emulators.intercom_model import FIN, OPERATOR
from tests.emulators.server import Answer, Request
from tests.end_to_end.buyer import Buyer
from tests.end_to_end.traced import unlanded_events, unproven_figures
from tests.support.small import MONTH_END, write_month

NOW = datetime(2026, 5, 10, tzinfo=UTC)
OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
SOLVED = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
CLAUSES = {
    "alone": {"forbids": {"event": ["replied", "assigned"], "by": "human_agent",
                          "until": "concluded"}},
    "stayed_solved": {"forbids": {"event": "reopened", "within": "14 days"}},
    "satisfied": {
        "requires": {"event": "rated", "at_least": "4", "unit": "score_of_5", "within": "14 days",
                     "pick": "last"},
        "if_missing": "not_met",
    },
}  # fmt: skip


class Desk:
    """Tells the stories; `conversations` has the id of each by the name of its story."""

    def __init__(self, intercom: Intercom) -> None:
        self.intercom = intercom
        self.conversations: dict[str, str] = {}
        self.asker = intercom.add_contact("Bo Customer")
        self.ann, self.ben = intercom.hire("Ann Agent"), intercom.hire("Ben Leaver")
        self.billing = intercom.found_team("billing")

    def opened(self, story: str, *, contact: str | None = None, **fin: str) -> str:
        """Begin a conversation that a workflow gives to a team, and Fin answers in."""
        it = self.intercom.start(
            contact=contact or self.asker, at=OPENED, body="Card 4111 1111 1111 1111"
        )
        self.intercom.assign(it, to=self.billing, by=OPERATOR, at=OPENED)
        self.intercom.involve_fin(it, at=OPENED, **fin)
        self.intercom.fin_answers(it, at=OPENED + HOUR / 4, body="Dear Bo")
        self.conversations[story] = it
        return it

    def solved(self, story: str, *, rating: int | None = 5, **opened: str) -> str:
        """A conversation that Fin closes after an hour, and that the requester rates."""
        it = self.opened(story, **opened)
        self.intercom.close(it, by=FIN, at=SOLVED)
        if rating:
            self.intercom.rate_fin(it, rating, at=SOLVED + HOUR, remark="My name is Bo")
        return it


def tell(desk: Desk) -> None:
    intercom, reopened = desk.intercom, SOLVED + 14 * DAY
    desk.solved("satisfied")
    desk.solved("silent", rating=None)
    intercom.rate_fin(desk.solved("changed to worse"), 2, at=SOLVED + DAY)
    intercom.rate(desk.solved("only the teammate is rated", rating=None), 5, at=SOLVED + DAY)
    intercom.rate(desk.solved("the teammate is rated badly"), 1, at=SOLVED + DAY)
    intercom.reply(desk.solved("wrote again in time"), by=desk.asker, at=reopened)
    intercom.reply(desk.solved("wrote again too late"), by=desk.asker, at=reopened + SECOND)
    intercom.assign(desk.solved("reopened by giving it"), to=desk.ann, by=desk.ann, at=reopened)
    intercom.note(desk.solved("reopened by a note"), by=desk.ann, at=reopened, reopen=True)
    tell_who_helped(desk)
    tell_what_became_of_it(desk)


def tell_who_helped(desk: Desk) -> None:
    intercom = desk.intercom
    for story, helper in (("a person helped", desk.ann), ("one who left helped", desk.ben)):
        intercom.reply(desk.opened(story), by=helper, at=OPENED + HOUR / 2)
    intercom.assign(desk.opened("a person took it"), to=desk.ann, by=desk.ann, at=OPENED + HOUR / 2)
    intercom.note(desk.opened("a person noted"), by=desk.ann, at=OPENED + HOUR / 2)
    woken = desk.opened("snoozed and woken")
    intercom.snooze(woken, by=FIN, at=OPENED + HOUR / 3, until=OPENED + HOUR / 2)
    intercom.wake(woken, at=OPENED + HOUR / 2)
    for story in ("a person helped", "one who left helped", "a person took it", "a person noted",
                  "snoozed and woken"):  # fmt: skip
        intercom.close(desk.conversations[story], by=FIN, at=SOLVED)
        intercom.rate_fin(desk.conversations[story], 5, at=SOLVED + HOUR)
    intercom.dismiss(desk.ben)
    intercom.close(desk.opened("a person closed it"), by=desk.ann, at=SOLVED, body="Bye")
    intercom.close(desk.opened("a workflow closed it"), by=OPERATOR, at=SOLVED)
    claimed = desk.opened("only claimed")
    intercom.conclude(claimed, "assumed_resolution", at=SOLVED)


def tell_what_became_of_it(desk: Desk) -> None:
    intercom = desk.intercom
    intercom.merge(desk.opened("merged"), into=desk.conversations["satisfied"], by=FIN, at=SOLVED)
    redacted = desk.solved("redacted")
    intercom.redact(redacted, part=intercom.conversations[redacted].parts[1].id, at=SOLVED + DAY)
    intercom.redact(redacted, at=SOLVED + DAY)
    lead = intercom.add_contact("Lou Visitor", role="lead")
    desk.solved("the visitor signed up", contact=lead)
    intercom.merge_contacts(lead, into=desk.asker, at=SOLVED + DAY)
    desk.solved("a preview", source_type="fin_preview")
    desk.solved("deleted")
    desk.solved("deleted before it was seen")


EXPECTED = {
    "satisfied": ("agreed", None),
    "silent": ("not_an_outcome", "satisfied"),
    "changed to worse": ("not_an_outcome", "satisfied"),
    "only the teammate is rated": ("not_an_outcome", "satisfied"),
    "the teammate is rated badly": ("agreed", None),
    "wrote again in time": ("not_an_outcome", "stayed_solved"),
    "wrote again too late": ("agreed", None),
    "reopened by giving it": ("not_an_outcome", "stayed_solved"),
    "reopened by a note": ("not_an_outcome", "stayed_solved"),
    "a person helped": ("not_an_outcome", "alone"),
    "one who left helped": ("not_an_outcome", "alone"),
    "a person took it": ("not_an_outcome", "alone"),
    "a person noted": ("agreed", None),
    "snoozed and woken": ("agreed", None),
    "a person closed it": ("not_an_outcome", "not_concluded"),
    "a workflow closed it": ("not_an_outcome", "not_concluded"),
    "only claimed": ("not_an_outcome", "not_concluded"),
    "merged": ("not_an_outcome", "not_concluded"),
    "redacted": ("agreed", None),
    "the visitor signed up": ("agreed", None),
    "a preview": ("out_of_scope", None),
    "deleted": ("agreed", None),
}


@dataclass(frozen=True)
class Month:
    desk: Desk
    buyer: Buyer

    def final(self, mart: str) -> list[dict[str, Any]]:
        """The rows of a mart of the statement that is final."""
        (data,) = (data for key, data in self.buyer.objects(f"marts/{mart}").items()
                   if "as_of=2026-05" in key and "parquet" in key)  # fmt: skip
        rows: list[dict[str, Any]] = pq.read_table(pa.BufferReader(data)).to_pylist()
        return rows


def _buyer(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> Buyer:
    connection = {"conn_type": "http", "host": desk.intercom.host, "password": "intercom-token"}
    monkeypatch.setenv("AIRFLOW_CONN_INTERCOM", json.dumps(connection))
    contract = write_month(
        folder,
        sources={
            "helpdesk": {"system": "intercom", "connection": "intercom", "rating": "fin",
                         "observed_from": "2026-02-01T00:00:00Z", **settings},
            "invoice": {"system": "fin_csv", "location": "{period}.csv", "currency": "USD",
                        "subjects_of": "helpdesk", "unbilled": "Escalated",
                        "outcomes": {"Assumed resolved": "resolution"},
                        "unit_prices": {"resolution": "1"}},
        },
        outcomes={"resolution": {
            "says": "A conversation that Fin solved alone, for good, to the requester's liking.",
            "subject": "ticket", "scope": {"queue": "billing", "is_test": False},
            "concluded_by": {"event": "solved", "by": "ai_agent"}, "clauses": CLAUSES,
        }},
    )  # fmt: skip
    write_list(folder, desk)
    return Buyer(contract, folder / "lake")


def write_list(folder: Path, desk: Desk) -> None:
    """Write what the vendor's own report says of each conversation, and one that is not billed."""
    head = (
        "Conversation ID,Conversation started at (America/New_York),Fin AI Agent resolution state"
    )
    told = desk.conversations.values()
    rows = [f"{number},2026-03-02 03:00:00,Assumed resolved" for number in told]
    text = "\n".join([head, "77,2026-03-02 03:00:00,Escalated", *rows, ""])
    (folder / "2026-03.csv").write_text(text, "utf-8")


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """The month after it was extracted at its end, and again when it was final."""
    with pytest.MonkeyPatch.context() as patch, Intercom(NOW, search_delay=60) as intercom:
        desk = Desk(intercom)
        tell(desk)
        month = Month(desk, _buyer(desk, tmp_path_factory.mktemp("intercom"), patch))
        unseen = desk.conversations.pop("deleted before it was seen")
        intercom.delete(unseen, at=SOLVED + 2 * DAY)
        write_list(month.buyer.contract.parent, desk)
        intercom.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
        month.buyer.land(as_of=MONTH_END)
        intercom.delete(desk.conversations["deleted"], at=intercom.now + DAY)
        intercom.now = NOW
        month.buyer.statement()
        yield month


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Month]:
    """A month that nobody ran yet."""
    with Intercom(NOW) as intercom:
        desk = Desk(intercom)
        for number in range(3):
            desk.solved(f"conversation {number}")
        yield Month(desk, _buyer(desk, tmp_path, monkeypatch))


def landed_of(buyer: Buyer, stream: str) -> bytes:
    """Everything that was landed of a source or of one of its streams, in the clear."""
    return b"".join(
        zstandard.ZstdDecompressor().decompressobj().decompress(data)
        for key, data in buyer.objects(f"landed/acme.{stream}").items()
        if key.endswith(".zst")
    )


@pytest.mark.parametrize("story", EXPECTED)
def test_each_story_ends_as_the_contract_says(month: Month, story: str) -> None:
    lines = {line["subject_id"]: line for line in month.final("reconciliation_lines")}
    line = lines[f"helpdesk-{month.desk.conversations[story]}"]
    assert set(month.desk.conversations) == set(EXPECTED)
    assert (line["match_status"], line["reason"]) == EXPECTED[story]


def test_every_event_and_figure_leads_to_landed_records(month: Month) -> None:
    buyer = month.buyer
    assert list(unlanded_events(buyer)) == []
    assert list(unproven_figures(buyer, buyer.published(), 12)) == []


def test_the_list_is_billed_without_what_the_vendor_does_not_bill(month: Month) -> None:
    statement = month.buyer.published()
    assert [each["rule"] for each in statement["findings"]] == ["vendor_claims"]
    assert statement["outcomes"]["resolution"]["invoiced_count"] == len(EXPECTED)
    assert statement["amounts"]["invoiced"] == f"{len(EXPECTED)}.00"
    assert statement["decision"] == "dispute"


def test_what_the_vendor_claims_stands_beside_what_it_bills_and_what_we_count(
    month: Month,
) -> None:
    totals = {
        (each["claim"], each["is_invoiced"], each["is_recounted"]): each["subject_count"]
        for each in month.final("claim_totals")
    }
    # the vendor's system claims it, the invoice bills it, and nothing concluded it
    assert totals["assumed_resolution", True, False] == 1
    assert sum(totals.values()) == len(month.final("claims"))
    (said,) = (each for each in month.buyer.published()["findings"])
    assert said["observed"] == "subjects of which it says something: 1 (1 assumed_resolution)"


def test_no_word_of_a_conversation_is_in_the_lake(month: Month) -> None:
    lake = b"".join(month.buyer.objects().values())
    landed = landed_of(month.buyer, "helpdesk")
    assert len(landed) > 10_000
    for word in ("4111 1111", "My name is Bo", "Dear Bo", "@", "Ann Agent", "Bo Customer", "Bye"):
        assert word.encode() not in landed
        assert word == "@" or word.encode() not in lake


def test_what_is_pinned_is_not_asked_for_again(month: Month) -> None:
    before = len(month.desk.intercom.requests)
    month.buyer.land()
    assert len(month.desk.intercom.requests) == before


def test_the_manifests_say_what_was_left_out_and_until_when_it_was_observed(month: Month) -> None:
    manifests = [
        json.loads(data)["content"]
        for key, data in month.buyer.objects("landed").items()
        if "conversations/manifests" in key
    ]
    assert [each["feed"]["observed_until"] for each in manifests] == [
        "2026-04-02T11:55:00Z", "2026-05-09T23:55:00Z",
    ]  # fmt: skip
    part = "conversations[].conversation_parts.conversation_parts[]"
    assert {f"{part}.body", f"{part}.author.email"} <= set(manifests[0]["redacted"])
    assert manifests[-1]["request"]["api_version"] == "2.16"


def test_every_request_names_the_version_of_the_api(month: Month) -> None:
    versions = {each.headers.get("intercom-version") for each in month.desk.intercom.requests}
    assert versions == {"2.16"}


def test_what_the_vendor_claims_is_landed_with_each_extraction_and_is_no_event(
    fresh: Month,
) -> None:
    intercom, it = fresh.desk.intercom, fresh.desk.conversations["conversation 0"]
    intercom.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    intercom.conclude(it, "assumed_resolution", at=SOLVED + DAY)
    fresh.buyer.land(as_of=MONTH_END)
    intercom.conclude(it, "negative_feedback", at=SOLVED + 40 * DAY)
    intercom.now = NOW
    assert fresh.buyer.matched().lines == {"agreed": 3}
    landed = landed_of(fresh.buyer, "helpdesk/fin_claims")
    assert landed.count(b"assumed_resolution") == landed.count(b"negative_feedback") == 1


def test_what_happens_between_two_pages_is_counted_once(fresh: Month) -> None:
    intercom, it = fresh.desk.intercom, fresh.desk.conversations["conversation 1"]
    for number in range(60):
        fresh.desk.solved(f"another {number}")

    def between(request: Request) -> None:
        if len(intercom.asked("/conversations/search")) == 3 and not again:
            again.append(intercom.reply(it, by=fresh.desk.asker, at=SOLVED + 3 * DAY))

    again: list[str] = []
    intercom.between = between
    assert fresh.buyer.matched().reasons == {"stayed_solved": 1}
    assert again


def test_what_the_search_shows_late_is_found_by_the_next_extraction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Intercom(datetime(2026, 4, 2, 12, tzinfo=UTC), search_delay=120) as intercom:
        desk = Desk(intercom)
        it, buyer = desk.solved("late"), _buyer(desk, tmp_path, monkeypatch)
        intercom.reply(it, by=desk.asker, at=intercom.now - 60 * SECOND)
        buyer.land(as_of=MONTH_END)
        intercom.now = NOW
        intercom.requests.clear()
        buyer.land()
        assert len(intercom.asked(f"/conversations/{it}")) == 1


def test_an_extraction_goes_on_from_where_the_last_one_stopped(fresh: Month) -> None:
    intercom, it = fresh.desk.intercom, fresh.desk.conversations["conversation 2"]
    intercom.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    fresh.buyer.land(as_of=MONTH_END)
    intercom.requests.clear()
    intercom.now = NOW
    intercom.reply(it, by=fresh.desk.asker, at=datetime(2026, 4, 20, tzinfo=UTC))
    assert fresh.buyer.matched().lines == {"agreed": 3}
    retrieved = [
        each.path for each in intercom.requests if each.path.startswith("/conversations/2")
    ]
    assert retrieved == [f"/conversations/{it}"]


def test_parts_beyond_the_ceiling_hold_the_month(fresh: Month) -> None:
    it = fresh.desk.conversations["conversation 0"]
    chat(fresh.desk, it, 520)
    statement = fresh.buyer.statement()
    assert statement["decision"] == "hold"
    assert [each["rule"] for each in statement["findings"]] == ["subject_contradicted"]


def test_parts_that_an_earlier_extraction_has_are_not_missing(fresh: Month) -> None:
    intercom, it = fresh.desk.intercom, fresh.desk.conversations["conversation 0"]
    intercom.now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    chat(fresh.desk, it, 300)
    fresh.buyer.land(as_of=MONTH_END)
    intercom.now = NOW
    chat(fresh.desk, it, 300, at=SOLVED + 20 * DAY)
    statement = fresh.buyer.statement()
    assert statement["findings"] == []
    assert statement["outcomes"]["resolution"]["lines"] == {"agreed": 3}


def chat(desk: Desk, conversation: str, count: int, at: datetime = SOLVED + 15 * DAY) -> None:
    """Let a workflow say so much to a conversation."""
    for number in range(count):
        desk.intercom.reply(conversation, by=OPERATOR, at=at + number * SECOND)


def test_a_billed_conversation_that_was_deleted_unseen_holds_the_month(fresh: Month) -> None:
    it = fresh.desk.conversations["conversation 0"]
    fresh.desk.intercom.delete(it, at=SOLVED + 2 * DAY)
    statement = fresh.buyer.statement()
    assert "subject_contradicted" in [each["rule"] for each in statement["findings"]]


def test_two_ratings_stop_a_month_whose_contract_does_not_choose(fresh: Month) -> None:
    terms = fresh.buyer.contract.read_text("utf-8")
    fresh.buyer.contract.write_text(terms.replace("    rating: fin\n", ""), "utf-8")
    assert fresh.buyer.matched().lines == {"agreed": 3}
    it = fresh.desk.conversations["conversation 1"]
    fresh.desk.intercom.rate(it, 1, at=NOW)
    done = fresh.buyer.run("--refresh")
    assert done.exit_code == 2
    assert "add rating: teammate or rating: fin to sources.helpdesk" in done.output


def test_a_part_of_an_unknown_type_stops_the_month(fresh: Month) -> None:
    intercom, it = fresh.desk.intercom, fresh.desk.conversations["conversation 1"]
    intercom.conversations[it].parts[-1].part_type = "teleported"
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert f"of conversation {it} has the type 'teleported', which is unknown" in done.output
    assert fresh.buyer.objects("statements", "outbox", "marts") == {}


def test_a_word_that_nobody_declared_stops_the_month(fresh: Month) -> None:
    path = fresh.buyer.contract.parent / "2026-03.csv"
    path.write_text(path.read_text("utf-8") + "78,2026-03-02 03:00:00,Confirmed\n", "utf-8")
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "Fin AI Agent resolution state 'Confirmed': nobody said" in done.output


def test_an_answer_in_another_version_is_refused(fresh: Month) -> None:
    other = lambda handler, answer: handler.send(  # noqa: E731
        Answer(answer.document, headers={**answer.headers, "Intercom-Version": "2.11"})
    )
    fresh.desk.intercom.misbehave(other, on="/conversations/search")
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "answers in version '2.11' of its API, and we asked for 2.16" in done.output


def test_a_search_that_gives_less_than_it_says_is_refused(fresh: Month) -> None:
    fewer = faults.changed(
        lambda document: {**document, "conversations": document["conversations"][1:]}
    )
    fresh.desk.intercom.misbehave(fewer, on="/conversations/search", times=-1)
    done = fresh.buyer.run()
    assert done.exit_code == 2
    assert "says that there are 3 conversations, and 2 came; run again" in done.output


@pytest.mark.deep  # tests/faults cuts every connector off
def test_a_run_that_was_cut_off_goes_on_and_repeats_one_page_at_most(fresh: Month) -> None:
    for number in range(100):
        fresh.desk.solved(f"another {number}")
    intercom = fresh.desk.intercom
    intercom.misbehave(faults.status(403), on="/conversations/2", after=70)
    assert fresh.buyer.run().exit_code == 2
    assert fresh.buyer.objects("statements", "outbox", "marts") == {}
    assert fresh.buyer.matched().lines == {"agreed": 3, "not_invoiced": 100}
    assert 103 <= len(intercom.asked("/conversations/2")) <= 103 + 50


def check(buyer: Buyer, *words: str) -> Result:
    return CliRunner().invoke(main, ["sources", "check", "--contract", str(buyer.contract), *words])


def test_the_check_says_who_we_are_what_can_be_read_and_since_when(fresh: Month) -> None:
    done = check(fresh.buyer)
    assert done.exit_code == 0, done.output
    assert "ok    signing in: we are teammate 990 of workspace acme1234 in region US" in done.output
    assert "ok    conversations: can be read (12 records on the first page)" in done.output
    assert "solved from 2026-02-01T00:00:00Z" in done.output
    assert not fresh.buyer.lake.exists()


@pytest.mark.parametrize(
    ("scope", "lacking"),
    [("read_conversations", ["conversations", "deletions", "fin_claims"]),
     ("read_admins", ["teams"])],
)  # fmt: skip
def test_the_check_names_what_the_token_may_not_read(
    scope: str, lacking: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Intercom(NOW, scopes=SCOPES - {scope}) as intercom:
        done = check(_buyer(Desk(intercom), tmp_path, monkeypatch), "--json")
    assert done.exit_code == 1
    (helpdesk, _) = json.loads(done.output)
    failed = [each for each in helpdesk["reaches"] if not each["is_fine"]]
    assert [each["what"] for each in failed] == lacking
    assert "does not let us read this (403)" in failed[0]["says"]
