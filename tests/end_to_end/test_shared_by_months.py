"""A year's ceiling and credits: what a month costs depends on how earlier ones were settled."""

from pathlib import Path
from typing import Any

import pytest

from recount.periods import following
from tests.end_to_end.buyer import LATER, Buyer, html_of
from tests.golden.months import FOLDER
from tests.support.small import write_months

ESCROW = FOLDER / "escrow_released"
CEILING = {"resolution": {"per_outcome": "10.00"},
           "annual": {"ceiling": "70.00", "starts_in": 3}}  # fmt: skip
THREE = {"2026-03": 3, "2026-04": 3, "2026-05": 3}


def final(period: str) -> str:
    """When a month can be final, two days later."""
    return f"{following(following(period))}-03T00:00:00Z"


def run(contract: Path, lake: Path, *periods: str) -> dict[str, dict[str, Any]]:
    return {
        period: Buyer(contract, lake, period).statement(as_of=final(period)) for period in periods
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("year")


@pytest.fixture(scope="module")
def capped(folder: Path) -> Path:
    return write_months(folder / "capped", THREE, pricing=CEILING)


@pytest.fixture(scope="module")
def year(folder: Path, capped: Path) -> dict[str, dict[str, Any]]:
    return run(capped, folder / "lake", *THREE)


def test_a_year_is_charged_up_to_its_ceiling_and_the_rest_is_above_it(
    year: dict[str, dict[str, Any]],
) -> None:
    assert [each["amounts"]["recounted"] for each in year.values()] == ["30.00", "30.00", "10.00"]
    assert [each["balances"]["annual_ceiling"] for each in year.values()] == [
        {"year": "2026-03", "ceiling": "70.00", "opening": opening, "settled": "30.00",
         "closing": closing}
        for opening, closing in (("70.00", "40.00"), ("40.00", "10.00"), ("10.00", "0.00"))
    ]  # fmt: skip


def test_what_is_billed_above_the_ceiling_is_found_though_all_lines_agree(
    year: dict[str, dict[str, Any]],
) -> None:
    rules = {period: [each["rule"] for each in of["findings"]] for period, of in year.items()}
    assert ["billed_above_terms" in found for found in rules.values()] == [False, False, True]


def test_what_earlier_months_settled_is_an_input_of_a_month(
    year: dict[str, dict[str, Any]],
) -> None:
    inputs = [each["inputs"].get("earlier_months") for each in year.values()]
    assert len(set(inputs)) == 3


def test_a_month_whose_earlier_ones_are_open_is_held_and_counted_again_when_they_are_not(
    folder: Path, capped: Path
) -> None:
    lake = folder / "out-of-order"
    held = run(capped, lake, "2026-04")["2026-04"]
    (finding,) = [each for each in held["findings"] if each["rule"] == "earlier_month_open"]
    assert (held["decision"], held["settles"]) == ("hold", None)
    assert finding["observed"] == "open: 2026-03"
    assert held["balances"]["annual_ceiling"]["closing"] is None
    run(capped, lake, "2026-03")
    assert run(capped, lake, "2026-04")["2026-04"]["decision"] == "pay"


def test_a_replay_takes_what_earlier_months_settled_from_the_lake_and_adds_nothing_to_it(
    folder: Path, capped: Path, year: dict[str, dict[str, Any]]
) -> None:
    buyer = Buyer(capped, folder / "lake", "2026-05")
    before = buyer.objects()
    replayed = buyer.statement(command="replay", as_of=final("2026-05"))
    assert replayed == {**year["2026-05"], **LATER}
    assert buyer.objects() == before


def test_what_is_settled_later_than_a_month_looks_changes_nothing_of_it(
    folder: Path, capped: Path
) -> None:
    lake = folder / "later"
    Buyer(capped, lake, "2026-03").statement(as_of="2026-12-01T00:00:00Z")
    assert run(capped, lake, "2026-04")["2026-04"]["decision"] == "hold"


@pytest.mark.deep  # as the golden months and the years of tests/spec have it
def test_credits_are_drawn_month_by_month_and_paid_for_beyond_those_that_were_bought(
    folder: Path,
) -> None:
    lots = [
        {"on": "2026-03-15", "credits": 50, "price": "25.00"},
        {"on": "2026-03-15", "credits": 30, "price": "15.00", "expires_on": "2026-04-30"},
    ]
    pricing = {"resolution": {"credits": "20"}, "credits": {"bought": lots, "each": "0.50"}}
    contract = write_months(folder / "prepaid", {"2026-03": 1, "2026-04": 2}, pricing=pricing)
    _bill(contract.parent / "2026-03.csv", "0.00", extra="INV-2026-03,c,,credits,,80,0.50,40.00")
    _bill(contract.parent / "2026-04.csv", "0.00")
    months = run(contract, folder / "prepaid-lake", "2026-03", "2026-04")
    assert [each["amounts"]["recounted"] for each in months.values()] == ["40.00", "0.00"]
    assert [each["balances"]["credits"] for each in months.values()] == [
        {"opening": "0", "bought": "80", "used": "20", "expired": "0", "closing": "60"},
        {"opening": "60", "bought": "0", "used": "40", "expired": "0", "closing": "20"},
    ]
    assert [each["decision"] for each in months.values()] == ["pay", "pay"]


def _bill(file: Path, price: str, extra: str = "") -> None:
    """Bill each line at a price, and a purchase beside them."""
    text = file.read_text("utf-8").replace("10.00,10.00", f"{price},{price}")
    file.write_text(text + (f"{extra},USD,2026-03-28\n" if extra else ""), "utf-8")


def test_every_balance_closes_with_what_the_next_month_opens_with(
    year: dict[str, dict[str, Any]],
) -> None:
    balances = [each["balances"]["annual_ceiling"] for each in year.values()]
    assert [each["closing"] for each in balances[:-1]] == [each["opening"] for each in balances[1:]]


def test_what_is_held_back_is_kept_until_the_share_is_reached_and_finance_is_told(
    tmp_path: Path,
) -> None:
    contract = ESCROW / "contract.yml"
    march, april = Buyer(contract, tmp_path, "2026-03"), Buyer(contract, tmp_path, "2026-04")
    provisional = march.statement(as_of="2026-04-02T00:00:00Z")
    assert provisional["settles"] is None
    assert provisional["balances"]["escrow"] == {
        "opening": "5.00", "withheld": None, "released": None, "closing": None,
    }  # fmt: skip
    settled = march.statement(as_of="2026-05-03T00:00:00Z")
    assert settled["settles"] == {"amount": "20.00", "escrow": "2.00"}
    assert settled["amounts"]["pay_now"] == "20.00"
    told = _mailed(march, "March")
    assert "Of that, 2.00 EUR goes into escrow and not to Example AI Inc." in told
    assert "5.00 EUR held before this month, 2.00 EUR withheld, 0.00 EUR released" in told
    april.statement(as_of="2026-06-03T00:00:00Z")
    because = "its share is reached."
    release = "release the 7.00 EUR in it to Example AI Inc as well"
    assert f"Hold nothing back for the escrow, and {release}: {because}" in _mailed(april, "April")


def _mailed(buyer: Buyer, month: str) -> str:
    """What finance reads of a month that is to be paid."""
    subjects = {str(mail["Subject"]): mail for mail in buyer.mails("finance")}
    (mail,) = [mail for subject, mail in subjects.items() if month in subject and "Pay" in subject]
    return " ".join(html_of(mail).replace("<br>", " ").split())
