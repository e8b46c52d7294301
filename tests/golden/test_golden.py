"""Each golden month becomes what was written down for it, to the byte."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from functools import cache
from typing import Any

import pytest

from recount.contract.canonical import canonical_json
from recount.contract.reading import read
from recount.notify.notice_sheets import agreed
from recount.recomputing.prices import terms
from tests.end_to_end.buyer import Buyer, html_of
from tests.end_to_end.traced import unproven_figures, untraced_amounts
from tests.golden.months import FOLDER, NAMES, expected, reports, run, written

FORMS = {"per_outcome", "graduated", "volume", "by_tier", "percent_of_value", "credits"}
BESIDE = {"usage", "platform_fee", "credits", "annual", "performance", "escrow", "milestones"}

# what is special about these, random months of tests/spec and tests of periods have as well
DEEP = {"by_tier", "graduated_bands", "leap_february", "monthly_floor", "volume_at_an_edge"}


@dataclass(frozen=True)
class Golden:
    """A month after it was run."""

    name: str
    buyer: Buyer
    statement: dict[str, Any]


RunOnce = Callable[[str], Golden]


@pytest.fixture(scope="module")
def run_once(tmp_path_factory: pytest.TempPathFactory) -> RunOnce:
    """Run a month by its name, the first time that it is asked for."""
    return cache(lambda name: Golden(name, *run(name, tmp_path_factory.mktemp(name))))


@pytest.fixture(
    params=[pytest.param(name, marks=pytest.mark.deep if name in DEEP else ()) for name in NAMES]
)
def golden(request: pytest.FixtureRequest, run_once: RunOnce) -> Golden:
    """Each month."""
    return run_once(request.param)


def test_a_month_becomes_what_was_written_down(golden: Golden) -> None:
    found = written(golden.buyer, golden.statement)
    assert {file: data.decode() for file, data in found.items()} == {
        file: data.decode() for file, data in expected(golden.name).items()
    }


def test_its_figures_lead_to_the_landed_records_that_add_up_to_them(golden: Golden) -> None:
    assert list(unproven_figures(golden.buyer, golden.statement, 100 // len(NAMES))) == []


def test_amounts_in_its_mails_and_letters_lead_to_what_they_are_made_of(golden: Golden) -> None:
    assert list(untraced_amounts(golden.buyer, golden.statement, 100)) == []


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


# --- what people read of some of them


def test_too_large_a_share_is_disputed_and_nobody_is_told_of_no_lines(run_once: RunOnce) -> None:
    buyer = run_once("percent_of_value").buyer
    (finance,) = buyer.mails("finance")
    assert "Dispute 40.02 EUR, pay 186.65 EUR" in str(finance["Subject"])
    shown = " ".join(html_of(finance).split())
    assert "By 2 lines billed at another share of the value, 40.01 EUR is over-invoiced" in shown


def test_who_pays_above_a_cap_is_told_to_have_it_corrected(run_once: RunOnce) -> None:
    buyer = run_once("monthly_cap").buyer
    (finance,) = buyer.mails("finance")
    shown = " ".join(html_of(finance).split())
    assert "make less of the same count: ask Example AI Inc to correct the invoice" in shown
    assert "nothing to object to" not in shown


def test_finance_reads_what_outcomes_did_together(run_once: RunOnce) -> None:
    buyer = run_once("what_outcomes_do_together").buyer
    (finance,) = buyer.mails("finance")
    shown = " ".join(html_of(finance).replace("<br>", " ").split())
    told = ("80.00 % satisfied, 80 % to reach", "2.33 fewer than by baseline-2025", "-10.00 USD")
    for said in told:
        assert said in shown
    rows = buyer.mart("performance")
    marts = {row["term"]: (row["reached_count"], str(row["amount"])) for row in rows}
    assert marts == {
        "csat_bonus": (1, "25.000000"), "prevented": (None, "9.320000"),
        "service_credit": (0, "-10.000000"),
    }  # fmt: skip


def test_finance_and_the_auditor_see_which_days_reached_their_share(run_once: RunOnce) -> None:
    buyer = run_once("share_of_each_day").buyer
    (finance,) = buyer.mails("finance")
    shown = " ".join(html_of(finance).replace("<br>", " ").split())
    assert "50 % to reach in each day, reached in 3 of 4" in shown
    days = {row["interval_name"]: row for row in buyer.mart("performance_intervals")}
    assert len(days) == 31
    assert days["2026-10-25"]["ends_at"] - days["2026-10-25"]["starts_at"] == timedelta(hours=25)
    judged = {day: (row["met_count"], row["judged_count"], row["is_reached"])
              for day, row in days.items() if row["judged_count"]}  # fmt: skip
    assert judged == {
        "2026-10-01": (1, 2, True), "2026-10-24": (0, 1, False), "2026-10-25": (2, 3, True),
        "2026-10-31": (1, 1, True),
    }  # fmt: skip


def test_a_notice_says_before_which_milestone_nothing_is_charged(run_once: RunOnce) -> None:
    buyer = run_once("before_go_live").buyer
    (key,) = (key for key in buyer.objects("notices") if key.endswith(".eml"))
    notice = message_from_bytes(buyer.objects("notices")[key], policy=policy.default)
    attached = {str(part.get_content_type()): part for part in notice.iter_attachments()}
    content = attached["application/json"].get_payload(decode=True)
    assert isinstance(content, bytes)
    document = json.loads(content)
    assert document["milestones"] == {
        "go_live": {"reached_on": "2026-03-15",
                    "opens": ["resolution", "platform_fee", "seats", "monthly_floor"]},
        "second_department": {"reached_on": None, "opens": ["hr_request"]},
    }  # fmt: skip
    told = dict(agreed(document))
    assert told["pricing.milestones.go_live"] == (
        "Reached on 15 March 2026; nothing is charged before it for resolution, platform_fee, "
        "seats and monthly_floor."
    )
    unreached = told["pricing.milestones.second_department"]
    assert unreached == "Not reached yet; nothing is charged before it for hr_request."
