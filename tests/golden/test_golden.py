"""Each golden month becomes what was written down for it, to the byte."""

import csv
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from recount.contract.canonical import canonical_json
from recount.contract.reading import read
from recount.recomputing.prices import terms
from tests.end_to_end.buyer import Buyer
from tests.end_to_end.traced import unproven_figures, untraced_amounts
from tests.golden.months import FOLDER, NAMES, expected, reports, run, written

FORMS = {"per_outcome", "graduated", "volume", "by_tier", "percent_of_value", "credits"}
BESIDE = {"usage", "platform_fee", "credits", "annual", "performance", "escrow", "milestones"}


@dataclass(frozen=True)
class Golden:
    """A month after it was run."""

    name: str
    buyer: Buyer
    statement: dict[str, Any]


@pytest.fixture(scope="module", params=NAMES)
def golden(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Golden:
    """Each month, run once."""
    return Golden(request.param, *run(request.param, tmp_path_factory.mktemp(request.param)))


def test_a_month_becomes_what_was_written_down(golden: Golden) -> None:
    found = written(golden.buyer, golden.statement)
    assert {file: data.decode() for file, data in found.items()} == {
        file: data.decode() for file, data in expected(golden.name).items()
    }


def test_its_figures_lead_to_the_landed_records_that_add_up_to_them(golden: Golden) -> None:
    assert list(unproven_figures(golden.buyer, golden.statement, 100 // len(NAMES))) == []


def test_amounts_in_its_mails_and_letters_lead_to_what_they_are_made_of(golden: Golden) -> None:
    assert list(untraced_amounts(golden.buyer, golden.statement, 100 // len(NAMES))) == []


def test_its_evidence_pack_is_proven(golden: Golden) -> None:
    found = reports(golden.buyer)
    assert found
    assert [str(each) for report in found for each in report.differences] == []
    assert {report.result for report in found} == {"proven"}


def statement_of(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / name / "statement.json").read_text("utf-8"))
    return document


@pytest.mark.parametrize("name", NAMES)
def test_what_was_written_down_adds_up(name: str) -> None:
    statement = statement_of(name)
    amounts = {key: Decimal(value) for key, value in statement["amounts"].items()}
    gap = statement["gap"]
    parts = (Decimal(value) for value in gap["amounts"].values())
    outcomes = statement["outcomes"].values()
    counts = [gap[part] for part in gap if part != "amounts"]
    assert sum(parts) == amounts["variance"] == amounts["invoiced"] - amounts["recounted"]
    assert amounts["pay_now"] == amounts["invoiced"] - amounts["disputed"] - (
        amounts["reserved"] if statement["decision"] == "hold" else 0
    )
    assert sum(counts) == sum(o["invoiced_count"] - o["recounted_count"] for o in outcomes)
    with (FOLDER / name / "charges.csv").open(encoding="utf-8", newline="") as file:
        recounted = [row for row in csv.DictReader(file) if row["basis"] == "recounted"]
    assert sum(Decimal(row["amount"]) for row in recounted) == amounts["recounted"]


def test_every_form_of_price_has_a_golden_month() -> None:
    found: set[str] = set()
    for name in NAMES:
        pricing = json.loads(canonical_json(read(FOLDER / name / "contract.yml")))["pricing"]
        for price in (*terms(pricing).values(), *(p for p in pricing.values() if "by_tier" in p)):
            found |= set(price)
        found |= set(pricing) & {"usage", "platform_fee", "credits", "annual"} | set(
            pricing.get("monthly", ())
        )
    assert found >= FORMS | {
        "usage",
        "platform_fee",
        "floor",
        "cap",
        "agreed",
        "net_of",
        "credits",
        "annual",
    }


def test_the_published_example_of_tiers_costs_what_it_says() -> None:
    assert statement_of("graduated_bands")["amounts"]["recounted"] == "222.55"


@pytest.mark.parametrize(
    ("name", "subjects"),
    [
        ("month_with_a_skipped_hour", ("february", "april")),
        ("month_with_a_repeated_hour", ("september", "november")),
    ],
)
def test_a_month_holds_what_lies_between_its_midnights(
    name: str, subjects: tuple[str, str]
) -> None:
    outcome = statement_of(name)["outcomes"]["resolution"]
    happened = len((FOLDER / name / "events.csv").read_text("utf-8").splitlines()) - 1
    assert outcome["recounted_count"] == happened - len(subjects)
