"""`recount trace` leads from a figure to landed records, and names what is altered or missing."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from recount.cli import main
from recount.project import ROOT
from tests.end_to_end.buyer import Buyer
from tests.end_to_end.test_invoices import credited, note_for
from tests.end_to_end.test_total_only import HEADER
from tests.end_to_end.traced import unproven_figures
from tests.support.small import FINAL, write_month

AS_OF = "2026-05-01T00:00:00Z"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Buyer:
    """The first month of the documentation, after one run of it."""
    buyer = Buyer(ROOT / "docs/first-month/contract.yml", tmp_path_factory.mktemp("lake") / "lake")
    buyer.statement(as_of=AS_OF)
    return buyer


def trace(buyer: Buyer, *words: str, statement: str = "first-month") -> Result:
    return CliRunner().invoke(main, ["trace", "--lake", str(buyer.lake), statement, *words])


def traced(buyer: Buyer, figure: str) -> Any:
    return json.loads(trace(buyer, "--json", "--", figure).stdout)


def test_every_figure_adds_up_and_every_line_leads_to_a_record(whole: Buyer) -> None:
    assert list(unproven_figures(whole, whole.published(AS_OF), 100)) == []


def test_a_row_names_its_clauses_events_objects_and_hashes(whole: Buyer) -> None:
    found = traced(whole, "outcomes.resolution.reasons.stayed_solved")
    (first, _) = found["rows"]
    assert (found["value"], found["sum"], found["adds_up"]) == ("2", "2", True)
    assert first["determination"]["verdict"] == "not_met"
    assert [(each["clause"], each["verdict"]) for each in first["clauses"]] == [
        ("alone", "met"), ("stayed_solved", "not_met"),
    ]  # fmt: skip
    (solved, reopened) = first["events"]
    assert (solved["did"], reopened["did"]) == (["concluded"], ["decided stayed_solved"])
    (record,) = reopened["records"]
    assert (record["source"], record["page"], record["record"]) == ("helpdesk", "events.csv", 7)
    assert record["sha256"] in record["object"]


def test_a_line_and_a_subject_can_be_traced_by_their_ids(whole: Buyer) -> None:
    by_line, by_subject = traced(whole, "3"), traced(whole, "T-103")
    assert by_line["rows"] == by_subject["rows"]
    assert by_line["rows"][0]["reason"] == "stayed_solved"
    assert by_line["adds_up"] is None


def test_a_statement_is_found_by_name_key_path_and_what_run_printed(
    whole: Buyer, tmp_path: Path
) -> None:
    (key,) = whole.objects("statements")
    printed = tmp_path / "statement.json"
    printed.write_text(json.dumps(whole.published(AS_OF)), "utf-8")
    ways = ("first-month", key, f"{whole.lake}/{key}", (whole.lake / key).as_uri(), str(printed))
    said = {trace(whole, "amounts.disputed", statement=way).stdout for way in ways}
    assert len(said) == 1
    assert "35.00" in said.pop()


def test_a_figure_that_is_not_known_is_refused_with_those_that_are(whole: Buyer) -> None:
    done = trace(whole, "amounts.everything")
    assert done.exit_code == 2
    assert "amounts.disputed" in done.stderr
    assert trace(whole, "amounts.disputed", statement="nobody").exit_code == 2


@pytest.mark.parametrize("printed", ["35.00 USD", "USD 35.00", "-35.00 USD", "35.00"])
def test_a_number_as_a_mail_prints_it_is_traced_and_says_what_it_may_be(
    whole: Buyer, printed: str
) -> None:
    found = traced(whole, printed)
    assert "amounts.disputed" in found["printed_as"]
    assert found["adds_up"] is True
    assert {row["mart"] for row in found["rows"]} <= {"reconciliation_lines", "charges"}


def test_lines_are_counted_as_a_mail_counts_them(whole: Buyer) -> None:
    found = traced(whole, "2 lines")
    assert "outcomes.resolution.reasons.stayed_solved" in found["printed_as"]
    assert "lines.resolution.not_an_outcome.stayed_solved.count" in found["printed_as"]
    assert len(found["rows"]) == 2


def test_a_term_of_the_contract_that_is_printed_is_named(whole: Buyer) -> None:
    found = traced(whole, "5.000 USD")
    assert "contract.pricing.resolution.per_outcome" in found["printed_as"]


@pytest.mark.parametrize("printed", ["35.00 EUR", "35.01 USD", "3,500 lines", "35.00 USD of"])
def test_a_number_that_no_mail_prints_is_refused(whole: Buyer, printed: str) -> None:
    done = trace(whole, printed)
    assert done.exit_code == 2
    assert "no number that its mails print" in done.stderr


def test_a_spreadsheet_has_a_record_for_each_event_and_no_formula(whole: Buyer) -> None:
    text = trace(whole, "amounts.invoiced", "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["did"] for row in rows} >= {"billed", "concluded", "decided stayed_solved"}
    assert all(row["sha256"] and row["object"] for row in rows)
    assert {row["line_id"] for row in rows} == {str(number) for number in range(1, 12)}


@pytest.mark.parametrize("stream", ["helpdesk/events", "invoice/lines"])
def test_one_altered_byte_is_named(whole: Buyer, tmp_path: Path, stream: str) -> None:
    harmed = whole.copy(tmp_path / "lake")
    (page,) = (harmed.lake / f"landed/first-month.{stream}").rglob("*.zst")
    data = bytearray(page.read_bytes())
    data[len(data) // 2] ^= 1
    page.write_bytes(data)
    done = trace(harmed, "amounts.invoiced", "--json")
    (broken,) = json.loads(done.stdout)["broken"]
    assert done.exit_code == 1
    assert page.name in broken


@pytest.mark.parametrize("kind", ["*.zst", "manifests/*.json"])
def test_an_object_that_is_missing_is_named(whole: Buyer, tmp_path: Path, kind: str) -> None:
    harmed = whole.copy(tmp_path / "lake")
    (gone,) = (harmed.lake / "landed/first-month.helpdesk/events").rglob(kind)
    gone.unlink()
    done = trace(harmed, "gap.definition")
    assert done.exit_code == 1
    assert "BROKEN" in done.stdout


@pytest.mark.parametrize("mart", ["reconciliation_lines", "clause_verdicts", "evidence_events"])
def test_a_mart_that_is_altered_is_named(whole: Buyer, tmp_path: Path, mart: str) -> None:
    harmed = whole.copy(tmp_path / "lake")
    (table,) = (harmed.lake / f"marts/{mart}").rglob("*.parquet")
    table.write_bytes(table.read_bytes()[:-1] + b"!")
    done = trace(harmed, "outcomes.resolution.invoiced_count")
    assert done.exit_code == 1
    assert f"{table.name} was altered" in done.stdout


def test_a_statement_whose_figure_was_altered_does_not_add_up(whole: Buyer, tmp_path: Path) -> None:
    statement = whole.published(AS_OF)
    statement["amounts"]["disputed"] = "36.00"
    printed = tmp_path / "statement.json"
    printed.write_text(json.dumps(statement), "utf-8")
    done = trace(whole, "amounts.disputed", statement=str(printed))
    assert done.exit_code == 1
    assert "do NOT add up" in done.stdout


def test_a_statement_that_nothing_was_published_for_is_named(whole: Buyer, tmp_path: Path) -> None:
    statement = whole.published(AS_OF) | {"inputs": {"helpdesk": "sha256:0"}}
    printed = tmp_path / "statement.json"
    printed.write_text(json.dumps(statement), "utf-8")
    done = trace(whole, "amounts.disputed", statement=str(printed))
    assert done.exit_code == 1
    assert "holds no marts with the inputs of this statement" in done.stdout


def test_what_is_billed_in_total_and_what_is_disputed_unverified_adds_up(tmp_path: Path) -> None:
    contract = write_month(tmp_path / "total")
    lines = HEADER + "INV-1,1,,resolution,6,1.00,6.00,USD,2026-04-01\n"
    (tmp_path / "total/2026-03.csv").write_text(lines, "utf-8")
    total = Buyer(contract, tmp_path / "total/lake")
    assert list(unproven_figures(total, total.statement(), 100)) == []
    hidden = write_month(tmp_path / "hidden")
    terms = yaml.safe_load(hidden.read_text("utf-8"))
    terms["settlement"]["unverifiable"] = "dispute"
    terms["outcomes"]["resolution"]["clauses"]["rated"] = {
        "requires": {"event": "rated", "within": "1 day"}, "if_missing": "not_met",
    }  # fmt: skip
    hidden.write_text(yaml.safe_dump(terms, sort_keys=False), "utf-8")
    disputed = Buyer(hidden, tmp_path / "hidden/lake")
    statement = disputed.statement(as_of=FINAL)
    assert statement["outcomes"]["resolution"]["lines"]["unverifiable"]
    assert statement["over_invoiced"]["count"]
    assert list(unproven_figures(disputed, statement, 100)) == []


def test_a_finding_that_counts_lines_leads_to_them(tmp_path: Path) -> None:
    contract = write_month(tmp_path)
    lines = (tmp_path / "2026-03.csv").read_text("utf-8").replace("1,1.00,1.00", "1,1.50,1.50", 1)
    (tmp_path / "2026-03.csv").write_text(lines, "utf-8")
    buyer = Buyer(contract, tmp_path / "lake")
    buyer.statement()
    done = trace(buyer, "findings.price_differs", "--json", statement="acme")
    found = json.loads(done.stdout)
    assert (found["value"], found["adds_up"]) == ("1", True)
    assert [row["line_id"] for row in found["rows"]] == ["1"]


def test_a_line_of_a_credit_note_leads_to_the_credit_note(tmp_path: Path) -> None:
    buyer = credited(tmp_path, note_for("INV-1"))
    assert list(unproven_figures(buyer, buyer.statement(), 100)) == []
