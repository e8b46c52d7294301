"""What support cost before: read from a file, checked, and shown beside what was missed."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from recount import baseline_spend
from recount.cli import main
from recount.errors import SourceError
from recount.lake import open_lake
from tests.support.cases import contract_of
from tests.support.small import write_month
from tests.unit.evidence.test_review import state

SPEND = """\
month,category,spent,currency,tickets,missed_service_level
2025-11,billing,9000.00,USD,1500,30
2025-12,billing,9600.00,USD,1600,32
2025-11,orders,4400.00,USD,400,80
"""


def read(folder: Path, text: str = SPEND) -> dict[str, Any]:
    (folder / "spend.csv").write_text(text, "utf-8")
    return baseline_spend.read(folder / "spend.csv", contract_of())


def test_costs_and_gaps_are_added_up_by_category_and_in_all(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert (found["first_month"], found["last_month"]) == ("2025-11", "2025-12")
    assert found["sha256"] == hashlib.sha256(SPEND.encode()).hexdigest()
    assert found["categories"]["orders"] == {
        "spent": "4400.00", "tickets": 400, "each": "11.0000",
        "missed_service_level": 80, "missed_percent": "20.00",
    }  # fmt: skip
    assert found["categories"]["billing"]["each"] == "6.0000"
    assert (found["tickets"], found["each"], found["missed_percent"]) == (3500, "6.5714", "4.06")


def test_the_category_that_missed_most_stands_first(tmp_path: Path) -> None:
    said = [line.split()[0] for line in baseline_spend.lines(read(tmp_path), "USD")]
    assert said == ["before,", "category", "orders", "billing"]


def test_a_month_without_a_ticket_has_no_cost_of_each(tmp_path: Path) -> None:
    found = read(tmp_path, SPEND.splitlines()[0] + "\n2025-11,billing,9000.00,USD,0,0\n")
    assert (found["each"], found["missed_percent"]) == (None, "0.00")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("9000.00,USD", "9000.00,EUR", "record 1, currency 'EUR': write it in the contract's USD"),
        ("2025-12,billing", "2025-11,billing", "record 2: 'billing' has 2025-11 in record 1"),
        ("1500,30", "1500,1501", "record 1: more tickets missed their service level than there"),
        ("2025-12", "2025-13", "record 2, month '2025-13': write a month such as 2026-03"),
        ("9600.00", "-9600.00", "record 2, spent '-9600.000000': it must not be negative"),
        ("9600.00", "9.600,00", "7 instead of 6 cells"),
        ("category", "kategorie", "'category'"),
    ],
)
def test_what_cannot_be_true_is_refused_with_its_record(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    with pytest.raises(SourceError) as refused:
        read(tmp_path, SPEND.replace(old, new, 1))
    assert str(refused.value).startswith("spend.csv")
    assert sentence in str(refused.value)


def test_a_file_without_a_record_and_one_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="has no record"):
        read(tmp_path, SPEND.splitlines()[0] + "\n")
    with pytest.raises(SourceError, match=r"gone\.csv cannot be read: No such file"):
        baseline_spend.read(tmp_path / "gone.csv", contract_of())


@pytest.mark.parametrize(("recounted", "exit_code"), [(8, 0), (7, 1)])
def test_a_review_holds_what_an_outcome_costs_against_what_a_ticket_cost(
    tmp_path: Path, recounted: int, exit_code: int
) -> None:
    contract, lake = write_month(tmp_path), tmp_path / "lake"
    (tmp_path / "spend.csv").write_text(SPEND, "utf-8")
    state(open_lake(str(lake)), "2026-03", 10, recounted)
    words = ["review", "--contract", str(contract), "--lake", str(lake)]
    words += ["--as-of", "2027-06-01T00:00:00Z", "--spend", str(tmp_path / "spend.csv")]
    found = CliRunner().invoke(main, [*words, "--json"])
    # 50.00 is paid: 6.25 for each of 8, and 7.14 for each of 7
    assert (found.exit_code, json.loads(found.stdout)["prices"]["baseline"]) == (
        exit_code,
        "6.5714",
    )
    shown = CliRunner().invoke(main, words).stdout
    assert "orders" in shown
    assert "20.00 %" in shown
