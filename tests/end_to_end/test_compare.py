"""What landed months would have cost under an amendment, or under seats instead of outcomes."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
from tests.end_to_end.buyer import Buyer, rewritten
from tests.support.small import FINAL, write_month


@pytest.fixture(scope="module")
def buyer(tmp_path_factory: pytest.TempPathFactory) -> Buyer:
    """A final month of which T1 and T3 are outcomes, and T2, reopened after two days, is none."""
    folder = tmp_path_factory.mktemp("compared")
    buyer = Buyer(write_month(folder), folder / "lake")
    buyer.statement(as_of=FINAL)
    return buyer


def compared(buyer: Buyer, other: Path, *words: str) -> Result:
    return CliRunner().invoke(
        main, ["compare", str(buyer.contract), str(other), "--lake", str(buyer.lake), *words]
    )


def document(buyer: Buyer, folder: Path, changes: dict[str, Any]) -> dict[str, Any]:
    other = rewritten(buyer.contract, folder / "other.yml", changes)
    done = compared(buyer, other, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_an_amendment_is_counted_from_the_same_landed_data(buyer: Buyer, tmp_path: Path) -> None:
    shutil.move(buyer.contract.parent / "events.csv", tmp_path)  # nothing is extracted
    before = buyer.objects()
    clause = "outcomes.resolution.clauses.quiet.forbids.within"
    found = document(buyer, tmp_path, {"version": 2, clause: "1 day"})
    shutil.move(tmp_path / "events.csv", buyer.contract.parent)
    (month,) = found["months"]
    assert (month["period"], month["as_of"], month["kind"]) == ("2026-03", FINAL, "final")
    assert month["as_agreed"]["recounted"] == {"resolution": 2}
    assert month["as_compared"]["recounted"] == {"resolution": 3}
    assert found["charge"] == {"as_agreed": "2.00", "as_compared": "3.00", "difference": "1.00"}
    assert buyer.objects() == before, "nothing is published or sent"


def test_seats_instead_of_outcomes_cost_what_was_agreed(buyer: Buyer, tmp_path: Path) -> None:
    pricing = {"resolution": {"per_outcome": "0"},
               "usage": {"seats": {"each": "30.00", "agreed": 2}}}  # fmt: skip
    found = document(buyer, tmp_path, {"contract": "seats", "pricing": pricing})
    assert found["compared"] == {"contract": "seats", "version": 1}
    assert found["charge"] == {"as_agreed": "2.00", "as_compared": "60.00", "difference": "58.00"}


def test_what_a_longer_window_leaves_pending_is_said(buyer: Buyer, tmp_path: Path) -> None:
    clause = "outcomes.resolution.clauses.quiet.forbids.within"
    other = rewritten(buyer.contract, tmp_path / "other.yml", {clause: "45 days"})
    done = compared(buyer, other)
    rows = [line.split() for line in done.stdout.splitlines()[2:]]
    assert rows == [
        ["2026-03", "resolution", "recounted", "2", "1", "-1"],
        ["2026-03", "resolution", "pending", "0", "1", "1"],
        ["2026-03", "charge", "in", "USD", "2.00", "1.00", "-1.00"],
        ["all", "charge", "in", "USD", "2.00", "1.00", "-1.00"],
    ]


@pytest.mark.parametrize(
    ("changes", "words", "said"),
    [
        ({"currency": "EUR"}, (), "EUR cannot be compared with USD of acme; compare contracts of"),
        ({"time_zone": "Europe/Berlin"}, (), "Europe/Berlin cannot be compared with UTC of acme"),
        ({}, ("--period", "2026-04"), "holds no statement of acme for 2026-04; make it with"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    buyer: Buyer, tmp_path: Path, changes: dict[str, str], words: tuple[str, ...], said: str
) -> None:
    done = compared(buyer, rewritten(buyer.contract, tmp_path / "other.yml", changes), *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_without_any_statement_there_is_nothing_to_compare(buyer: Buyer, tmp_path: Path) -> None:
    empty = Buyer(buyer.contract, tmp_path / "empty")
    done = compared(empty, buyer.contract)
    assert done.exit_code == 2
    assert "holds no statement of acme; make one with recount run" in done.stderr
