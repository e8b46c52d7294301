"""What a month costs by the contract's terms: for who negotiates, and in what finance reads."""

import json
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
from recount.notify.notice_sheets import agreed
from tests.end_to_end.buyer import Buyer, html_of
from tests.golden.months import FOLDER


def price(name: str, *words: str) -> Result:
    return CliRunner().invoke(
        main, ["price", "--contract", str(FOLDER / name / "contract.yml"), *words]
    )


def test_the_published_example_costs_222_55_and_says_how() -> None:
    done = price("graduated_bands", "--units", "resolution=253", "--json")
    document = json.loads(done.stdout)
    assert document["amount"] == "222.55"
    assert [(each["quantity"], each["each"], each["amount"]) for each in document["steps"]] == [
        ("50", "0.95", "47.50"), ("50", "0.90", "45.00"), ("153", "0.85", "130.05"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "units", "amount"),
    [
        ("by_tier", ("resolution.simple=10", "resolution.complex=3"), "10.00"),
        ("percent_of_value", ("recovery=1000.20",), "125.02"),
        ("hybrid", ("minutes=1000",), "1300.00"),
        ("hybrid", ("seats=30",), "1400.00"),
        ("monthly_floor", ("resolution=1",), "25.00"),
        ("monthly_cap", ("resolution=9",), "100.00"),
        ("without_minor_units", ("resolution=5",), "2"),
    ],
)
def test_any_quantities_have_their_price_fees_and_limits_included(
    name: str, units: tuple[str, ...], amount: str
) -> None:
    words = [word for unit in units for word in ("--units", unit)]
    assert json.loads(price(name, *words, "--json").stdout)["amount"] == amount


def test_a_table_shows_what_each_band_does_to_the_charge() -> None:
    lines = price("volume_at_an_edge").stdout.splitlines()
    assert [line.split()[1:3] for line in lines if line.split()[1:2] in (["50"], ["51"])] == [
        ["50", "47.50"], ["51", "45.90"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("resolutions=1", "--units: 'resolutions' is no priced term of the contract; did you mean"),
        ("resolution=-1", "--units 'resolution=-1' is no quantity; write it as in resolution=253"),
        ("resolution", "--units 'resolution' is no quantity; write it as in"),
    ],
)
def test_what_the_contract_does_not_price_is_refused_in_one_sentence(word: str, said: str) -> None:
    done = price("graduated_bands", "--units", word)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"recount: {said}")


def test_a_number_that_is_given_twice_is_refused() -> None:
    done = price("graduated_bands", "--units", "resolution=1", "--units", "resolution=2")
    assert done.stderr == "recount: --units names resolution twice; add the two up\n"


def test_too_large_a_share_is_disputed_and_nobody_is_told_of_no_lines(tmp_path: Path) -> None:
    buyer = Buyer(FOLDER / "percent_of_value" / "contract.yml", tmp_path)
    buyer.statement(as_of="2026-07-01T00:00:00Z")
    (finance,) = buyer.mails("finance")
    assert "Dispute 40.02 EUR, pay 186.65 EUR" in str(finance["Subject"])
    shown = " ".join(html_of(finance).split())
    assert "By 2 lines billed at another share of the value, 40.01 EUR is over-invoiced" in shown


def test_who_pays_above_a_cap_is_told_to_have_it_corrected(tmp_path: Path) -> None:
    buyer = Buyer(FOLDER / "monthly_cap" / "contract.yml", tmp_path)
    buyer.statement(as_of="2026-06-01T00:00:00Z")
    (finance,) = buyer.mails("finance")
    shown = " ".join(html_of(finance).split())
    assert "make less of the same count: ask Example AI Inc to correct the invoice" in shown
    assert "nothing to object to" not in shown


def test_finance_reads_what_outcomes_did_together(tmp_path: Path) -> None:
    buyer = Buyer(FOLDER / "what_outcomes_do_together" / "contract.yml", tmp_path)
    buyer.statement(as_of="2026-06-01T00:00:00Z")
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


def test_finance_and_the_auditor_see_which_days_reached_their_share(tmp_path: Path) -> None:
    buyer = Buyer(FOLDER / "share_of_each_day" / "contract.yml", tmp_path, period="2026-10")
    buyer.statement(as_of="2027-01-01T00:00:00Z")
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


def test_a_notice_says_before_which_milestone_nothing_is_charged(tmp_path: Path) -> None:
    buyer = Buyer(FOLDER / "before_go_live" / "contract.yml", tmp_path)
    buyer.statement(as_of="2026-06-01T00:00:00Z")
    (key,) = (key for key in buyer.objects("notices") if key.endswith(".eml"))
    notice = message_from_bytes(buyer.objects("notices")[key], policy=policy.default)
    attached = {str(part.get_content_type()): part for part in notice.iter_attachments()}
    document = json.loads(attached["application/json"].get_payload(decode=True))
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
