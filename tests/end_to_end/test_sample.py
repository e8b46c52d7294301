"""A sample is planned before it is drawn, reviewed by a person, and bounds what is wrong."""

import csv
import io
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
from recount.evidence.sampling.drawing import Item, Plan, draw
from recount.project import ROOT
from tests.end_to_end.buyer import Buyer

AS_OF = "2026-05-01T00:00:00Z"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Buyer:
    """The first month of the documentation, after one run of it."""
    buyer = Buyer(ROOT / "docs/first-month/contract.yml", tmp_path_factory.mktemp("lake") / "lake")
    buyer.statement(as_of=AS_OF)
    return buyer


@pytest.fixture
def buyer(whole: Buyer, tmp_path: Path) -> Buyer:
    """The same with a lake of its own."""
    return whole.copy(tmp_path / "lake")


def sample(buyer: Buyer, command: str, *words: str) -> Result:
    lake = ["--lake", str(buyer.lake)]
    return CliRunner().invoke(main, ["sample", command, "first-month", *words, *lake])


def records(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def filled(path: Path, rows: list[dict[str, str]]) -> Path:
    """Write a worksheet as a reviewer gives it back."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def agreeing(buyer: Buyer, text: str) -> list[dict[str, str]]:
    """What a reviewer writes who finds what we found: a line that we contest may bill nothing."""
    lines = {row["line_id"]: row["match_status"] for row in buyer.mart("reconciliation_lines")}
    rows = records(text)
    for row in rows:
        row["amount_right"] = "5" if lines[row["line_id"]] == "agreed" else "0"
    return rows


def test_the_plan_lies_in_the_lake_and_drawing_again_gives_the_same(buyer: Buyer) -> None:
    drawn = sample(buyer, "draw", "--size", "6", "--seed", "41")
    again = sample(buyer, "draw", "--size", "6", "--seed", "41")
    (key,) = buyer.objects("samples")
    plan = json.loads((buyer.lake / key).read_bytes())
    assert drawn.exit_code == 0
    assert drawn.stdout == again.stdout
    assert (plan["seed"], plan["population"]["count"]) == ("41", 11)
    assert plan["population"]["amount"] == "55.000000"
    assert sum(int(row["times"]) for row in records(drawn.stdout)) == 6


def test_another_seed_under_the_same_name_is_refused(buyer: Buyer) -> None:
    sample(buyer, "draw", "--size", "6", "--seed", "41")
    other = sample(buyer, "draw", "--size", "6", "--seed", "42")
    assert other.exit_code == 2
    assert "'41'" in other.stderr
    named = sample(buyer, "draw", "--size", "6", "--seed", "42", "--name", "second")
    assert named.exit_code == 0


def test_a_worksheet_does_not_say_what_we_found(buyer: Buyer) -> None:
    lines = sample(buyer, "draw", "--size", "20", "--seed", "41").stdout
    verdicts = sample(
        buyer, "draw", "--of", "determinations", "--size", "8", "--seed", "1", "--name", "v"
    ).stdout
    for word in ("not_an_outcome", "agreed", "not_met", "stayed_solved"):
        assert word not in lines + verdicts


def test_a_review_that_agrees_with_us_bounds_what_is_wrong(buyer: Buyer, tmp_path: Path) -> None:
    text = sample(buyer, "draw", "--size", "40", "--seed", "41").stdout
    sheet = filled(tmp_path / "sheet.csv", agreeing(buyer, text))
    done = sample(buyer, "evaluate", str(sheet), "--json")
    wrong = json.loads(done.stdout)["wrong"]
    # 1 - 0.05 ** (1 / 40) of 55.00
    assert wrong["against_vendor"] == wrong["against_buyer"] == {"draws": 0, "at_most": "3.97"}
    assert sample(buyer, "evaluate", str(sheet), "--tolerable", "3.96").exit_code == 1
    assert sample(buyer, "evaluate", str(sheet), "--tolerable", "3.97").exit_code == 0


def test_a_line_that_we_contest_wrongly_counts_against_the_vendor(
    buyer: Buyer, tmp_path: Path
) -> None:
    text = sample(buyer, "draw", "--size", "40", "--seed", "41").stdout
    rows = agreeing(buyer, text)
    mistaken = next(row for row in rows if row["amount_right"] == "0")
    mistaken["amount_right"] = "2.50"
    sheet = filled(tmp_path / "sheet.csv", rows)
    wrong = json.loads(sample(buyer, "evaluate", str(sheet), "--json").stdout)["wrong"]
    assert wrong["against_vendor"]["draws"] == int(mistaken["times"])
    assert Decimal(wrong["against_vendor"]["at_most"]) > Decimal(wrong["against_buyer"]["at_most"])
    assert len(buyer.objects("samples")) == 2


def test_determinations_are_judged_verdict_by_verdict(buyer: Buyer, tmp_path: Path) -> None:
    words = ("--of", "determinations", "--by-verdict", "--size", "8", "--seed", "1")
    text = sample(buyer, "draw", *words).stdout
    verdicts = {
        row["subject_id"]: row["verdict"]
        for row in buyer.mart("determinations")
        if row["counted_by"] == "buyer"
    }
    rows = records(text)
    for row in rows:
        row["verdict_right"] = verdicts[row["subject_id"]]
    rows[0]["verdict_right"] = "pending"
    sheet = filled(tmp_path / "sheet.csv", rows)
    found = json.loads(sample(buyer, "evaluate", str(sheet), "--json").stdout)
    assert {name: of["population"] for name, of in found["wrong"].items()} == {
        "met": 5, "not_met": 3,
    }  # fmt: skip
    # all eight were drawn, so that what was found is all there is
    assert found["at_most"] == sum(of["wrong"] for of in found["wrong"].values()) == 1


@pytest.mark.parametrize(
    ("answer", "because"),
    [("", "review every item"), ("6", "from 0 to 5"), ("nan", "from 0"), ("a lot", "from 0")],
)
def test_a_worksheet_that_is_not_filled_in_is_refused(
    buyer: Buyer, tmp_path: Path, answer: str, because: str
) -> None:
    text = sample(buyer, "draw", "--size", "3", "--seed", "41").stdout
    rows = agreeing(buyer, text)
    rows[0]["amount_right"] = answer
    sheet = filled(tmp_path / "sheet.csv", rows)
    done = sample(buyer, "evaluate", str(sheet))
    assert done.exit_code == 2
    assert because in done.stderr


def test_money_is_drawn_in_proportion_to_what_a_line_bills() -> None:
    population = [Item("small", "", Decimal(1), {}), Item("large", "", Decimal(9), {})]
    drawn = Counter(item.name for item in draw(Plan("lines", "7", 4000, False, "x"), population))
    assert 3500 < drawn["large"] < 3700


def test_every_determination_has_the_same_chance_and_comes_at_most_once() -> None:
    population = [Item(f"T{number}", "", Decimal(0), {}) for number in range(10)]
    drawn: Counter[str] = Counter()
    for seed in range(1000):
        found = draw(Plan("determinations", f"{seed}", 3, False, "x"), population)
        assert len({item.name for item in found}) == 3
        drawn.update(item.name for item in found)
    assert all(240 < times < 360 for times in drawn.values())
