"""What the product must do, one test for each row of the feature list, on one month's lake."""

import csv
import io
import json
import re
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
import yaml

from recount import evaluator, stages
from recount.contract.canonical import canonical_json
from recount.contract.reading import read
from recount.month import Month
from recount.project import ROOT
from tests.end_to_end import second_evaluator
from tests.end_to_end.buyer import LATER, Buyer, html_of, rewritten, workbook_of
from tests.end_to_end.figures_of import lines_of
from tests.end_to_end.story import AGREED, BILLED, CLAUSES, PLAIN, bill, write_story
from tests.support.small import FINAL
from tests.support.tables import as_csv

Document = dict[str, Any]


@pytest.fixture(scope="module")
def buyer(tmp_path_factory: pytest.TempPathFactory) -> Buyer:
    folder = tmp_path_factory.mktemp("buyer")
    return Buyer(write_story(folder / "files"), folder / "lake")


@pytest.fixture(scope="module")
def statement(buyer: Buyer) -> Document:
    return buyer.statement()


@pytest.fixture
def published(buyer: Buyer, statement: Document) -> Buyer:
    """The buyer after the month was run."""
    return buyer


def verdicts(buyer: Buyer, clause: str) -> dict[str, str]:
    rows = buyer.mart("clause_verdicts")
    return {row["subject_id"]: row["verdict"] for row in rows if row["clause"] == clause}


def proof(buyer: Buyer, subject_id: str, clause: str) -> str | None:
    (row,) = (
        row
        for row in buyer.mart("clause_verdicts")
        if (row["subject_id"], row["clause"]) == (subject_id, clause)
    )
    found: str | None = row["deciding_event_id"]
    return found


def statuses(buyer: Buyer) -> dict[str, str]:
    """Status and reason by invoice line, or by subject where there is no line."""
    return {
        row["line_id"] or row["subject_id"]: " ".join(
            filter(None, (row["match_status"], row["reason"]))
        )
        for row in buyer.mart("reconciliation_lines")
    }


# --- A: defining the outcome


def test_a1_a_reopening_counts_until_the_last_instant_and_a_score_from_four_on(
    published: Buyer,
) -> None:
    stayed, satisfied = (verdicts(published, name) for name in ("stayed_solved", "satisfied"))
    assert [stayed[name] for name in ("in_time", "on_the_dot", "too_late")] == [
        "not_met", "not_met", "met",
    ]  # fmt: skip
    assert [satisfied[name] for name in ("three", "four", "five")] == ["not_met", "met", "met"]


SESSION_LOG = """
    event_id  subject_id  event_type  occurred_at           actor_type   value  unit
    a1        kept        solved      2026-03-02T09:00:00Z  ai_agent
    a2        kept        closed      2026-03-02T09:30:00Z  ai_agent
    a3        kept        rated       2026-03-03T09:00:00Z  requester    4      score_of_5
    b1        dragged     solved      2026-03-02T09:00:00Z  ai_agent
    b2        dragged     closed      2026-03-02T09:30:01Z  ai_agent
    b3        dragged     rated       2026-03-03T09:00:00Z  requester    5      score_of_5
    c1        back        solved      2026-03-02T09:00:00Z  ai_agent
    c2        back        closed      2026-03-02T09:30:00Z  ai_agent
    c3        back        rated       2026-03-03T09:00:00Z  requester    5      score_of_5
    c4        back        reopened    2026-03-22T09:00:00Z  requester
"""
IN_SESSION = "outcomes.resolution.clauses"
SESSION_CLAUSES = {
    "in_session": {
        "requires": {"event": "closed", "session": "30 minutes"},
        "if_missing": "not_met",
    },
    "stayed_closed": {"forbids": {"event": "reopened", "within": "30 days"}},
    "satisfied": {
        "requires": {"event": "rated", "at_least": "4", "unit": "score_of_5", "within": "30 days"},
        "if_missing": "not_met",
    },
}


def test_a2_changing_thirty_days_to_fourteen_in_the_file_alone_changes_verdicts(
    tmp_path: Path,
) -> None:
    contract = write_story(tmp_path)
    (tmp_path / "events.csv").write_text(as_csv(SESSION_LOG, subject_type="ticket"))
    changes = {IN_SESSION: SESSION_CLAUSES}
    buyer = Buyer(rewritten(contract, contract, changes), tmp_path / "lake")
    in_thirty_days = buyer.counted()["outcomes"]["resolution"]
    rewritten(contract, contract, {f"{IN_SESSION}.stayed_closed.forbids.within": "14 days"})
    in_fourteen_days = buyer.counted()["outcomes"]["resolution"]
    assert in_thirty_days["determinations"] == {
        "met": 1, "not_met": 2, "pending": 0, "unverifiable": 0,
    }  # fmt: skip
    assert in_fourteen_days["determinations"]["met"] == 2


def test_a3_every_clause_of_every_ticket_has_a_verdict_of_its_own_and_its_event(
    published: Buyer,
) -> None:
    rows = published.mart("clause_verdicts")
    keys = [(row["candidate_event_id"], row["clause"]) for row in rows]
    candidates = {row["candidate_event_id"] for row in published.mart("candidates")}
    assert sorted(keys) == sorted((event, clause) for event in candidates for clause in CLAUSES)
    assert {row["verdict"] for row in rows} == {"met", "not_met", "unverifiable"}
    failed = [row for row in rows if row["verdict"] == "not_met" and row["subject_id"] != "silent"]
    assert all(row["deciding_event_id"] for row in failed)


def test_a4_the_contract_validates_against_the_published_schema(published: Buyer) -> None:
    schema = json.loads((ROOT / "contracts" / "schema.json").read_text("utf-8"))
    jsonschema.validate(yaml.safe_load(published.contract.read_text("utf-8")), schema)


def test_a4_a_second_evaluator_without_airflow_and_dbt_gives_the_same_bytes(
    published: Buyer, tmp_path: Path
) -> None:
    terms = tmp_path / "contract.json"
    terms.write_bytes(canonical_json(read(published.contract)))
    files = published.contract.parent
    bare = [sys.executable, "-I", "-S", second_evaluator.__file__]
    read_by = [evaluator.__file__, terms, files / "events.csv", files / "subjects.csv"]
    said = subprocess.run([*bare, *map(str, read_by), FINAL], capture_output=True, check=True)
    names = ("subject_id", "candidate_event_id", "clause", "verdict", "deciding_event_id")
    ours = sorted([row[name] for name in names] for row in published.mart("clause_verdicts"))
    assert said.stdout.strip() == json.dumps(ours).encode()


def test_a8_an_old_month_uses_the_version_then_in_force_and_keeps_its_totals(
    published: Buyer, statement: Document, tmp_path: Path
) -> None:
    first = write_story(tmp_path)
    amended = {"version": 2, "effective.from": "2026-04-01", "outcomes.resolution.clauses": {}}
    rewritten(first, tmp_path / "second.yml", amended)
    rewritten(first, first, {"effective.until": "2026-04-01"})
    again = Buyer(tmp_path, tmp_path / "lake").statement(command="replay")
    assert again == {**statement, **LATER}
    assert again["version"] == 1
    assert Month(str(tmp_path), "acme", "2026-04", FINAL, "").contract.version == 2


def test_a13_the_notice_quotes_signatories_method_and_verification_by_their_ids(
    published: Buyer,
) -> None:
    document = json.loads(attached(published, ".json"))
    sheet = openpyxl.load_workbook(io.BytesIO(attached(published, ".xlsx")))["Definitions"]
    quoted = dict(row[:2] for row in sheet.iter_rows(values_only=True))
    for section in ("method", "verification"):
        assert document[section] == AGREED[section]
        for name, sentence in AGREED[section].items():
            assert quoted[f"{section}.{name}"] == sentence
    assert document["signatories"] == AGREED["signatories"]
    assert quoted["signatories.1"] == "Sam Reyes, for the vendor, 2025-12-12"


def attached(buyer: Buyer, suffix: str) -> bytes:
    """A file of the month's one notice."""
    (notice,) = buyer.mails("notice")
    (data,) = (
        part.get_payload(decode=True) for part in notice.iter_attachments()
        if str(part.get_filename()).endswith(suffix)
    )  # fmt: skip
    assert isinstance(data, bytes)
    return data


def test_a16_what_the_export_does_not_show_is_unverifiable_and_never_guessed(
    tmp_path: Path,
) -> None:
    contract = write_story(tmp_path)
    log = (tmp_path / "events.csv").read_text().splitlines()
    (tmp_path / "events.csv").write_text("\n".join(row for row in log if ",rated," not in row))
    shows = ["opened", "replied", "solved", "closed", "reopened", "contacted"]
    rewritten(contract, contract, {"sources.helpdesk.shows": shows})
    outcome = Buyer(contract, tmp_path / "lake").counted()["outcomes"]["resolution"]
    # no rating is needed to see that these five were reopened, handed over or called again
    assert outcome["determinations"] == {
        "met": 0, "not_met": 5, "pending": 0, "unverifiable": 13,
    }  # fmt: skip
    assert outcome["lines"]["unverifiable"] == 12
    assert "agreed" not in outcome["lines"]


# --- B: outcome categories

INCIDENTS = """\
number,incident_state,sys_mod_count,sys_updated_by,sys_updated_at,opened_at
INC1,New,0,desk,1/7/2026 09:00,1/7/2026 08:55
INC1,Resolved,1,resolver.bot,1/7/2026 09:10,1/7/2026 08:55
INC1,Closed,2,system.autoclose,6/7/2026 12:00,1/7/2026 08:55
INC2,New,0,desk,2/7/2026 09:00,2/7/2026 08:55
INC2,Resolved,1,resolver.bot,2/7/2026 09:10,2/7/2026 08:55
INC2,Active,2,desk,3/7/2026 09:00,2/7/2026 08:55
INC2,Closed,3,system.autoclose,9/7/2026 12:00,2/7/2026 08:55
INC3,New,0,desk,1/8/2026 00:00,1/8/2026 00:00
INC3,Resolved,1,resolver.bot,1/8/2026 00:30,1/8/2026 00:00
"""
SURVEY = """\
subject_id,subject_type,event_type,occurred_at,actor_type,value,unit
helpdesk-INC1,ticket,rated,2026-07-02T08:00:00Z,requester,5,score_of_5
helpdesk-INC2,ticket,rated,2026-07-04T08:00:00Z,requester,5,score_of_5
"""


def test_b1_the_preset_for_support_tickets_counts_resolved_tickets(tmp_path: Path) -> None:
    preset = ROOT / "contracts" / "examples" / "support_ticket_servicenow.yml"
    contract = tmp_path / preset.name
    contract.write_bytes(preset.read_bytes())
    lines = bill(["INC1", "INC2", "INC3"], price="0.85").replace("USD", "GBP")
    files = {"servicenow": INCIDENTS, "invoices": lines}
    for folder, text in files.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "2026-07.csv").write_text(text)
    (tmp_path / "survey.csv").write_text(SURVEY)
    buyer = Buyer(contract, tmp_path / "lake", "2026-07")
    assert buyer.statement(as_of="2026-09-01T00:00:00Z")["decision"] == "dispute"
    assert statuses(buyer) == {
        "1": "agreed", "2": "not_an_outcome stayed_solved", "3": "out_of_period",
    }  # fmt: skip


def test_b2_a_human_reply_before_the_conclusion_is_no_resolution_and_names_the_event(
    published: Buyer,
) -> None:
    assert verdicts(published, "no_handoff")["handed_over"] == "not_met"
    assert proof(published, "handed_over", "no_handoff") == "g2"


def test_b3_a_human_who_reopens_after_the_agent_flips_the_verdict_under_its_own_reason(
    published: Buyer, statement: Document
) -> None:
    assert proof(published, "redone", "stayed_solved") == "h2"
    reasons = statement["outcomes"]["resolution"]["reasons"]
    assert reasons == {"no_handoff": 1, "not_back": 1, "satisfied": 2, "stayed_solved": 3}


# --- E: counting, reconciliation, dispute


def test_e1_a_second_run_of_a_month_changes_nothing(published: Buyer, statement: Document) -> None:
    before = published.objects()
    assert published.statement() == statement
    assert published.objects() == before


def test_e2_the_golden_quarter_is_41000_against_27000(tmp_path: Path) -> None:
    contract = write_story(tmp_path)
    only = {name: CLAUSES[name] for name in ("stayed_solved",)}
    rewritten(contract, contract, {"outcomes.resolution.clauses": only})
    header = "event_id,subject_id,subject_type,event_type,occurred_at,actor_type"
    solved = [f"s{n},T{n},ticket,solved,2026-03-02T09:00:00Z,ai_agent" for n in range(41_000)]
    back = [f"r{n},T{n},ticket,reopened,2026-03-03T09:00:00Z,requester" for n in range(14_000)]
    (tmp_path / "events.csv").write_text("\n".join([header, *solved, *back]))
    (tmp_path / "2026-03.csv").write_text(bill([f"T{n}" for n in range(41_000)], price="5.00"))
    rewritten(contract, contract, {"pricing.resolution.per_outcome": "5.00"})
    golden = Buyer(contract, tmp_path / "lake").statement()
    assert golden["over_invoiced"] == {"count": 14_000, "amount": "70000.00"}
    assert golden["divergence"] == {
        "of_invoiced": "34.15", "of_recounted": "51.85", "of_larger": "34.15",
    }  # fmt: skip


def test_e3_every_disputed_line_has_one_reason_and_the_reasons_add_up_to_the_gap(
    published: Buyer, statement: Document
) -> None:
    rows = published.mart("reconciliation_lines")
    over = [row for row in rows if row["gap_part"] in ("definition", "data", "timing")]
    assert len(over) == statement["over_invoiced"]["count"] == 10
    assert all(row["reason"] for row in over if row["match_status"] == "not_an_outcome")
    gap = statement["gap"]
    parts = {name: count for name, count in gap.items() if name != "amounts" and count}
    assert parts == {"definition": 7, "data": 2, "timing": 1, "unverifiable": 1, "not_invoiced": -1}
    outcome = statement["outcomes"]["resolution"]
    assert sum(parts.values()) == outcome["invoiced_count"] - outcome["recounted_count"]
    assert sum(map(Decimal, gap["amounts"].values())) == Decimal(statement["amounts"]["variance"])


def decided(buyer: Buyer, folder: Path, **changes: Any) -> Document:
    """Decide on the published month by other terms: no verdict depends on them."""
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    contract = rewritten(buyer.contract, folder / "other.yml", dotted)
    other = buyer.copy(folder / "lake")
    keys = [key for key in other.objects() if key.endswith("1.json")]
    (marts,) = (key for key in keys if key.startswith("marts/manifest"))
    (findings,) = (key for key in keys if key.startswith("guard/"))
    month = Month(str(contract), "acme", "2026-03", FINAL, str(other.lake))
    key = stages.conclude(month, marts, findings)
    found: Document = json.loads(other.objects()[key])
    return found


def test_e4_at_the_tolerance_the_vendors_count_is_the_billing_source(
    published: Buyer, tmp_path: Path
) -> None:
    at = decided(published, tmp_path, tolerance__percent="50")
    assert (at["decision"], at["billing_source"]) == ("pay", "invoice")


def test_e4_above_the_tolerance_the_buyers_count_is_the_billing_source_and_says_why(
    published: Buyer, tmp_path: Path
) -> None:
    above = decided(published, tmp_path, tolerance__percent="49.99")
    assert (above["decision"], above["billing_source"]) == ("dispute", "recount")
    assert above["because"] == (
        "over-invoiced by 50.00 % of what was invoiced (count), above the tolerance of 49.99 %"
    )


def test_e5_without_the_right_to_reclassify_it_is_a_query_and_not_a_claim(
    published: Buyer, tmp_path: Path
) -> None:
    asked = decided(published, tmp_path, rights__reclassify=False)
    assert (asked["decision"], asked["billing_source"]) == ("query", "invoice")
    assert asked["amounts"]["disputed"] == "0.00"
    assert asked["amounts"]["pay_now"] == asked["amounts"]["invoiced"]


def test_e15_each_billed_line_shows_its_agent_and_its_events(published: Buyer) -> None:
    (finance,) = published.mails("finance")
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_of(finance)))["Lines"]
    headings, *rows = sheet.iter_rows(values_only=True)
    shown = [dict(zip(headings, row, strict=True)) for row in rows]
    billed = {line["Line"]: line for line in shown if line["Line"]}
    assert len(billed) == len(BILLED) + len(PLAIN)
    by = ("Concluded by", "Agent", "Concluding event", "Deciding event")
    found = {number: tuple(line[name] for name in by) for number, line in billed.items()}
    concluded = {number for number, seen in found.items() if seen[0]}
    # also what is billed twice, or was concluded in another month, is the act of somebody
    without = {statuses(published)[number] for number in {*billed} - concluded}
    assert without == {"unknown_subject"}
    assert {found[number][:2] for number in concluded} == {("ai_agent", "resolver")}
    assert all(found[number][2] for number in concluded)
    assert found["4"] == ("ai_agent", "resolver", "d1", "d3")


def test_e15_the_notice_shows_the_same_of_each_line_that_it_names(published: Buyer) -> None:
    document = json.loads(attached(published, ".json"))
    found = {line["subject_id"]: line for line in lines_of(document)}
    by = ("concluded_by", "agent_id", "candidate_event_id", "deciding_event_id")
    shown = {name: tuple(line[column] for column in by) for name, line in found.items()}
    assert shown["in_time"] == ("ai_agent", "resolver", "d1", "d3")
    assert shown["nobody"] == (None, None, None, None)


def test_e9_every_ticket_is_classified_and_none_is_sampled(
    published: Buyer, statement: Document
) -> None:
    with (published.contract.parent / "events.csv").open(newline="") as file:
        log = list(csv.DictReader(file))
    concluded = [
        row for row in log if row["event_type"] == "solved" and row["actor_type"] == "ai_agent"
        and row["occurred_at"].startswith("2026-03")
    ]  # fmt: skip
    (totals,) = published.mart("control_totals")
    outcome = statement["outcomes"]["resolution"]
    assert totals["event_staged_count"] == totals["event_observed_count"] == len(log)
    assert totals["candidate_count"] >= len(concluded)
    assert sum(outcome["candidates"].values()) == len(concluded)
    assert totals["clause_verdict_count"] == totals["candidate_count"] * len(CLAUSES)
    assert totals["line_placed_count"] == len(BILLED) + len(PLAIN)


@pytest.mark.parametrize(
    ("denominator", "decision"),
    [("invoiced", "pay"), ("recounted", "dispute"), ("larger", "pay")],
)
def test_e11_the_contract_names_the_denominator(
    published: Buyer, tmp_path: Path, denominator: str, decision: str
) -> None:
    tolerance = {"percent": "60", "of": denominator, "measure": "count"}
    found = decided(published, tmp_path, tolerance=tolerance)
    assert found["decision"] == decision


def test_e16_a_close_call_is_neither_agreed_nor_disputed(
    published: Buyer, statement: Document
) -> None:
    assert statuses(published)["10"] == "unverifiable not_back"
    assert statement["outcomes"]["resolution"]["lines"]["unverifiable"] == 1
    assert statement["gap"]["unverifiable"] == 1
    assert statement["amounts"]["disputed"] == statement["over_invoiced"]["amount"] == "10.00"


# --- G: controls


def altered(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


@pytest.mark.parametrize(
    "stream", ["helpdesk/events", "helpdesk/subjects", "invoice/lines"], ids=str
)
@pytest.mark.parametrize("kind", ["zst", "json"])
def test_g1_one_altered_byte_of_what_was_landed_is_found_and_named(
    published: Buyer, tmp_path: Path, stream: str, kind: str
) -> None:
    harmed = published.copy(tmp_path / "lake")
    (key,) = (
        key
        for key in harmed.objects()
        if key.startswith(f"landed/acme.{stream}") and key.endswith(kind)
    )
    altered(harmed.lake / key)
    done = harmed.run()
    assert done.exit_code == 2
    assert key in done.stderr
    assert harmed.objects("statements") == published.objects("statements")


@pytest.mark.parametrize("kind", ["zst", "json"])
def test_g1_what_was_landed_and_is_gone_is_named_and_nothing_more_is_published(
    published: Buyer, tmp_path: Path, kind: str
) -> None:
    harmed = published.copy(tmp_path / "lake")
    (key,) = (
        key for key in harmed.objects("landed") if "helpdesk/events" in key and key.endswith(kind)
    )
    (harmed.lake / key).unlink()
    before = harmed.objects()
    done = harmed.run()
    assert done.exit_code == 2
    assert (key if kind == "zst" else "holds no manifest with the digest") in done.stderr
    assert harmed.objects() == before


def test_g2_the_ids_of_the_sources_are_kept_to_the_last_table(published: Buyer) -> None:
    with (published.contract.parent / "events.csv").open(newline="") as file:
        subject_of = {row["event_id"]: row["subject_id"] for row in csv.DictReader(file)}
    rows = published.mart("reconciliation_lines")
    cited = [
        (row[name], row["subject_id"])
        for row in rows
        for name in ("candidate_event_id", "deciding_event_id")
        if row[name]
    ]
    assert len(cited) > 20
    assert {event_id for event_id, subject in cited if subject_of[event_id] != subject} == {"i3"}
    lines = Counter((row["invoice_id"], row["line_id"]) for row in rows if row["line_id"])
    assert lines == Counter(("INV-1", str(n)) for n in range(1, 15 + len(PLAIN)))


def test_g2_the_inputs_lead_to_the_landed_files(published: Buyer, statement: Document) -> None:
    manifests = [
        json.loads(data) for key, data in published.objects("landed").items() if "manifests" in key
    ]
    digests = {each["content"]["source"]: each["digest"] for each in manifests}
    assert statement["inputs"]["invoice"] == digests["invoice"]
    names = {page["name"] for each in manifests for page in each["content"]["pages"]}
    assert names == {"events.csv", "subjects.csv", "2026-03.csv"}


# --- H: outputs


def test_h2_the_totals_of_the_mail_the_marts_and_the_attachment_are_equal(
    published: Buyer, statement: Document
) -> None:
    (mail,) = published.mails("finance")
    text = mail.get_body(("plain",))
    assert text is not None
    mails = [" ".join(said.split()) for said in (text.get_content(), html_of(mail))]
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(mail)), data_only=True)
    figures = {row[0]: row[1] for row in book["Statement"].iter_rows(values_only=True)}
    headings, *lines = book["Lines"].iter_rows(values_only=True)
    marts = published.mart("reconciliation_lines")
    (stated,) = published.mart("statements")
    for name in ("invoiced", "recounted"):
        total = sum(row[f"amount_{name}"] or 0 for row in marts)
        place = headings.index(f"Amount, {name}")
        assert total == stated[f"amount_{name}"] == Decimal(statement["amounts"][name])
        assert sum(Decimal(str(row[place] or 0)) for row in lines) == total
        assert Decimal(str(figures[f"amounts.{name}"])) == total
        assert all(re.search(rf"{name.title()}\W.{{0,9}}{total:,.2f} USD", said) for said in mails)
    disputed = stated["amount_contested"]
    assert disputed == Decimal(statement["amounts"]["disputed"])
    assert Decimal(str(figures["amounts.disputed"])) == disputed
    assert all(f"{disputed:,.2f} USD" in said for said in mails)
