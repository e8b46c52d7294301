"""Two vendors that claim one subject are both listed; each one's own month stays as it is."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
from tests.end_to_end.buyer import Buyer
from tests.support.small import FINAL, LINES, write_month


def overlaps(lake: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["overlaps", "--lake", str(lake), *words])


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two contracts over one helpdesk; the second vendor bills T2, and a ticket of its own."""
    folder = tmp_path_factory.mktemp("overlaps")
    first, second = write_month(folder / "a", name="acme"), write_month(folder / "b", name="beta")
    head, _, t2, t3 = LINES.splitlines()
    own = t3.replace("T3", "T9")
    lines = "\n".join([head, t2, own, ""]).replace("INV-1", "B-7")
    (folder / "b" / "2026-03.csv").write_text(lines, "utf-8")
    for contract in (first, second):
        Buyer(contract, folder / "lake").statement(as_of=FINAL)
    return folder / "lake"


def test_a_subject_that_two_vendors_bill_is_listed_with_both_lines(lake: Path) -> None:
    done = overlaps(lake, "--json")
    assert done.exit_code == 1
    (overlap,) = json.loads(done.output)
    assert overlap["subject_id"] == "T2"
    assert [(c["contract"], c["invoice_id"], c["line_id"]) for c in overlap["claims"]] == [
        ("acme", "INV-1", "2"), ("beta", "B-7", "2"),
    ]  # fmt: skip


def test_people_read_who_bills_what_and_how_each_contract_judges_it(lake: Path) -> None:
    said = overlaps(lake).output
    assert said.startswith("T2\n")
    assert "acme  2026-03  resolution  line 2 of INV-1: 1.00 USD, not_an_outcome" in said


def test_a_month_without_an_overlap_says_so(lake: Path) -> None:
    done = overlaps(lake, "--period", "2026-04")
    assert (done.exit_code, done.output) == (0, "No subject is billed under two contracts.\n")


def test_an_empty_lake_has_no_overlap(tmp_path: Path) -> None:
    assert overlaps(tmp_path, "--json").output == "[]\n"
