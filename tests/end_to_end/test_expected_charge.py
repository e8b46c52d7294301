"""What a month comes to on any day, without its invoice, and the entries that accrue it."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
from tests.end_to_end.buyer import Buyer
from tests.support.small import MONTH_END, write_month, write_months


def asked(buyer: Buyer, command: str, as_of: str, *words: str) -> Result:
    month = ["--contract", str(buyer.contract), "--period", buyer.period, "--as-of", as_of]
    return CliRunner().invoke(main, [command, *month, "--lake", str(buyer.lake), *words])


def document(buyer: Buyer, command: str, as_of: str, *words: str) -> dict[str, Any]:
    done = asked(buyer, command, as_of, "--json", *words)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def buyer(tmp_path_factory: pytest.TempPathFactory) -> Buyer:
    folder = tmp_path_factory.mktemp("expected")
    return Buyer(write_month(folder), folder / "lake")


# T1 was solved on the 2nd, T2 on the 3rd (and came back on the 5th), T3 on the 30th.
@pytest.mark.parametrize(
    ("as_of", "so_far", "at_most"),
    [
        ("2026-03-02T09:00:00Z", "0.00", "0.00"),
        ("2026-03-04T00:00:00Z", "0.00", "2.00"),
        pytest.param("2026-03-10T00:00:00Z", "0.00", "1.00", marks=pytest.mark.deep),
        ("2026-03-20T00:00:00Z", "1.00", "1.00"),
        (MONTH_END, "1.00", "2.00"),
    ],
)
def test_a_month_has_an_expected_charge_on_any_day(
    buyer: Buyer, as_of: str, so_far: str, at_most: str
) -> None:
    found = document(buyer, "expect", as_of)
    assert (found["so_far"], found["at_most"]) == (so_far, at_most)
    assert found["is_over"] == (as_of == MONTH_END)


def test_expecting_lands_the_evidence_and_publishes_and_sends_nothing(buyer: Buyer) -> None:
    document(buyer, "expect", MONTH_END)
    folders = {key.split("/")[0] for key in buyer.objects()}
    assert folders == {"landed", "pins"}
    assert not [key for key in buyer.objects() if "invoice" in key]


def test_a_month_that_has_not_begun_is_refused_in_one_sentence(buyer: Buyer) -> None:
    done = asked(buyer, "expect", "2026-03-01T00:00:00Z")
    assert done.exit_code == 2
    assert "2026-03 begins at 2026-03-01T00:00:00Z; expect it later" in done.stderr


def test_people_read_what_is_decided_and_what_is_open(buyer: Buyer) -> None:
    shown = asked(buyer, "expect", MONTH_END).stdout
    assert "resolution: 1 met, 1 not_met, 1 pending" in shown
    assert [line.split()[-2:] for line in shown.splitlines()[-2:]] == [
        ["1.00", "USD"], ["2.00", "USD"],
    ]  # fmt: skip


def test_an_accrual_has_equal_debits_and_credits_and_is_reversed_on_the_first(
    buyer: Buyer,
) -> None:
    found = document(buyer, "accrual", MONTH_END, "--expense", "6300", "--accrued", "2200")
    assert [(e["on"], e["account"], e["debit"], e["credit"]) for e in found["entries"]] == [
        ("2026-03-31", "6300", "2.00", ""), ("2026-03-31", "2200", "", "2.00"),
        ("2026-04-01", "2200", "2.00", ""), ("2026-04-01", "6300", "", "2.00"),
    ]  # fmt: skip
    for on in ("2026-03-31", "2026-04-01"):
        sides = [
            sum(Decimal(e[side] or 0) for e in found["entries"] if e["on"] == on)
            for side in ("debit", "credit")
        ]
        assert sides[0] == sides[1] == Decimal(found["at_most"])


def test_where_the_invoice_is_known_nothing_is_accrued(tmp_path: Path) -> None:
    buyer = Buyer(write_month(tmp_path), tmp_path / "lake")
    buyer.statement(as_of=MONTH_END)
    found = document(buyer, "accrual", MONTH_END)
    assert (found["invoiced"], found["entries"]) == ("3.00", [])
    assert "The invoice of 3.00 is there" in asked(buyer, "accrual", MONTH_END).stdout


def test_an_invoice_that_is_missing_leaves_the_accrual_to_be_booked(tmp_path: Path) -> None:
    buyer = Buyer(write_month(tmp_path), tmp_path / "lake")
    (tmp_path / "2026-03.csv").unlink()
    buyer.statement(as_of=MONTH_END)
    assert len(document(buyer, "accrual", MONTH_END)["entries"]) == 4


def test_what_is_expected_stops_at_what_the_year_has_left(tmp_path: Path) -> None:
    pricing = {"resolution": {"per_outcome": "10.00"}, "annual": {
        "ceiling": "70.00", "starts_in": 1, "taken_over": {"before": "2026-03", "settled": "55.00"},
    }}  # fmt: skip
    contract = write_months(tmp_path / "year", {"2026-03": 3}, pricing=pricing)
    found = document(Buyer(contract, tmp_path / "lake"), "expect", "2026-05-03T00:00:00Z")
    assert (found["so_far"], found["at_most"]) == ("15.00", "15.00")
    assert [step["term"] for step in found["steps"]] == ["annual_ceiling", "resolution"]
