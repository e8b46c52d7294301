"""What a contract charges only from a day on: what can be said of it, and what becomes of it."""

from datetime import datetime
from pathlib import Path

import pytest

from recount.contract.opening import in_month
from recount.contract.tables import terms_tables
from tests.unit.contract.acme import acme_with, contract_of, refusal_of

MONTHLY = '  monthly: {floor: "0", cap: "15000.00"}\n'
OPENED = "opens: [resolution, platform_fee, seats, monthly_floor]"


def opening(milestones: str) -> str:
    """The contract with seats, a floor and milestones."""
    bounds = '  usage: {seats: {each: "30.00", agreed: 5}}\n  monthly: {floor: "900.00"}\n'
    return acme_with(MONTHLY, f"{bounds}  milestones: {{{milestones}}}\n")


REFUSED = [
    ("live: {opens: [resolutions]}", "pricing.milestones.live.opens: 'resolutions' is no thing "
     "that the contract charges; did you mean resolution?"),
    ("live: {opens: [monthly_cap]}", "'monthly_cap' is no thing that the contract charges"),
    ("live: {opens: seats}, later: {opens: [resolution, seats]}", "pricing.milestones.later.opens: "
     "seats is opened twice; leave it to one milestone"),
    ("live: {reached_on: 2026-02-30, opens: seats}", "'2026-02-30' is no date"),
    ("live: {reached_on: 2026-02-03}", "live: opens is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("milestones", "sentence"), REFUSED)
def test_a_milestone_that_opens_nothing_known_is_refused(
    tmp_path: Path, milestones: str, sentence: str
) -> None:
    assert sentence in refusal_of(tmp_path, opening(milestones))


def test_a_fee_or_a_floor_that_is_not_there_cannot_be_opened(tmp_path: Path) -> None:
    fee = acme_with('  platform_fee: "500.00"\n', "  milestones: {live: {opens: platform_fee}}\n")
    assert "'platform_fee' is no thing that the contract charges" in refusal_of(tmp_path, fee)
    capped = acme_with(
        MONTHLY, '  monthly: {cap: "1.00"}\n  milestones: {live: {opens: monthly_floor}}\n'
    )
    assert "'monthly_floor' is no thing" in refusal_of(tmp_path, capped)


@pytest.mark.parametrize(
    ("reached_on", "is_charged"),
    [("2026-09-30", True), ("2026-10-01", True), ("2026-10-02", False), (None, False)],
)
def test_fees_usage_and_the_floor_are_charged_in_months_that_begin_on_that_day_or_later(
    tmp_path: Path, reached_on: str | None, is_charged: bool
) -> None:
    reached = f"reached_on: {reached_on}, " if reached_on else ""
    contract = contract_of(tmp_path, opening(f"live: {{{reached}{OPENED}}}"))
    tables = terms_tables([in_month(contract, "2026-10")])
    (terms,) = tables["contracts"].to_pylist()
    (seats,) = [row for row in tables["price_terms"].to_pylist() if row["line_type"] == "seats"]
    (each,) = [row["price_each"] for row in tables["price_bands"].to_pylist()
               if row["price_key"] == seats["price_key"]]  # fmt: skip
    charged = (terms["platform_fee"], terms["monthly_floor"], each, seats["agreed_quantity"])
    assert charged == ((500, 900, 30, 5) if is_charged else (0, None, 0, None))


def test_an_outcome_counts_from_the_first_instant_of_that_day_by_the_contracts_clock(
    tmp_path: Path,
) -> None:
    contract = contract_of(tmp_path, opening(f"live: {{reached_on: 2026-10-26, {OPENED}}}"))
    tables = terms_tables([contract])
    counted = {row["counted_by"]: row["counts_from"] for row in tables["definitions"].to_pylist()}
    # clocks were turned back on the day before
    assert counted == {"buyer": datetime(2026, 10, 25, 23), "vendor": None}
    opened = [(row["milestone"], row["line_type"], row["counts_from"])
              for row in tables["milestones"].to_pylist()]  # fmt: skip
    assert opened == [
        ("live", name, datetime(2026, 10, 25, 23))
        for name in ("resolution", "platform_fee", "seats", "monthly_floor")
    ]


def test_what_is_not_reached_counts_from_no_day_that_a_run_will_see(tmp_path: Path) -> None:
    contract = contract_of(tmp_path, opening("live: {opens: resolution}"))
    definitions = terms_tables([contract])["definitions"].to_pylist()
    assert definitions[0]["counts_from"] == datetime(9999, 12, 31)
