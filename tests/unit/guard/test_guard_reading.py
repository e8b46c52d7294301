from pathlib import Path

import pytest

from recount.guard import ExpectationError, judge
from recount.guard.reading import TABLES, read_all
from recount.project import EXPECTATIONS
from tests.unit.guard.months import PARAMETERS, entry, month, written

RANGE = "column_values_to_be_between"


def refusal(folder: Path, *texts: str) -> str:
    """The sentence by which these expectations of control_totals are refused."""
    with pytest.raises(ExpectationError) as refused:
        judge(month(), PARAMETERS, written(folder, *texts))
    return str(refused.value).removeprefix(f"{folder}/")


def test_the_files_of_the_product_are_read() -> None:
    found = read_all(EXPECTATIONS)
    assert tuple(found) == TABLES
    assert all(found.values())


@pytest.mark.parametrize("key", ["expect", "rule", "severity", "hop", "because", "observed"])
def test_a_missing_key_is_named_with_its_place(tmp_path: Path, key: str) -> None:
    said = refusal(tmp_path, entry(min_value=0), entry(**{"rule": "second", key: None}))
    line = 9 if key == "expect" else 8
    assert said.startswith(f"control_totals.yml:{line}: [1]") or said.startswith(
        "control_totals.yml:8: [1]"
    )
    assert f"{key} is missing" in said


@pytest.mark.parametrize(
    ("changed", "because"),
    [
        ({"severity": "loud"}, "[0].severity: 'loud' is no word for severity"),
        ({"hop": "fly"}, "[0].hop: 'fly' is no word for hop"),
        ({"rule": "Not a name"}, "[0].rule: 'Not a name' is no name here"),
        ({"because": '""'}, "[0].because: this is empty"),
        ({"expect": "[a, b]"}, "[0].expect: write one text here"),
        ({"when": "{invoice_state: []}"}, "[0].when.invoice_state: this is empty"),
        ({"where": "line_lost_count < 3"}, "[0].where: this says of no row whether it is meant"),
        ({"where": "x; drop"}, "[0].where: this says of no row whether it is meant"),
        ({"min_value": "0.5"}, "[0].min_value: 0.5 is no whole number"),
        ({"min_value": "1_000"}, "[0].min_value: 1_000 is no whole number"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, changed: dict[str, str], because: str) -> None:
    assert because in refusal(tmp_path, entry(**{"min_value": "0", **changed}))


@pytest.mark.parametrize(
    ("changed", "line", "because"),
    [
        ({"expect": "nonsense"}, 1, "Great Expectations knows no expectation 'nonsense'"),
        ({"expect": RANGE, "column": "line_lost_count", "max_valu": 0}, 1, "max_valu: extra"),
        ({"expect": RANGE, "column": "line_lost_count", "max_value": "low"}, 1, "max_value: value"),
        ({"expect": RANGE, "column": "line_lots_count", "max_value": 0}, 7, "no column 'line_lots"),
        ({"where": "line_lots_count >= 1", "min_value": 0}, 7, "no column 'line_lots_count'"),
        ({"min_value": "{$PARAMETER: amuont}"}, 7, "'amuont' is no parameter"),
        ({"when": "{invoice_sate: none}", "min_value": 0}, 7, "'invoice_sate' is no parameter"),
        ({"observed": '"{line_lots_count}"', "min_value": 0}, 6, "'line_lots_count' is no"),
        ({"observed": '"{contract.x}"', "min_value": 0}, 6, "columns and parameters in braces"),
        ({"observed": '"{contract!r}"', "min_value": 0}, 6, "columns and parameters in braces"),
        ({"observed": '"{0}"', "min_value": 0}, 6, "columns and parameters in braces"),
        ({"observed": '"{contract"', "min_value": 0}, 6, "columns and parameters in braces"),
        ({"row_condition": "1 == 1", "min_value": 0}, 7, "write `where:` to choose the rows"),
    ],
)
def test_what_cannot_be_judged_is_refused_by_line(
    tmp_path: Path, changed: dict[str, object], line: int, because: str
) -> None:
    said = refusal(tmp_path, entry(**changed))
    assert said.startswith(f"control_totals.yml:{line}: ")
    assert because in said


def test_a_name_stands_once_in_all_files(tmp_path: Path) -> None:
    said = refusal(tmp_path, entry(min_value=0), entry(min_value=0))
    assert said.startswith("control_totals.yml:9: 'something' stands here again")
    said = refusal(tmp_path, entry(rule="run_there", min_value=0))
    assert "(first in run.yml)" in said


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "no expectation stands here"),
        ("# nothing yet\n", "no expectation stands here"),
        ("[]", "write a list of expectations"),
        ("expect: something", "write a list of expectations"),
        ("- only_text", "[0]: write a mapping"),
        ("- {expect: a, expect: b}", "stands here again"),
        ("- &all {expect: a}", "is an anchor"),
        ("- {expect: !!python/name:os.system a}", "is a YAML tag"),
        ("- {expect: [}", "this is not YAML"),
    ],
)
def test_a_file_that_is_no_list_of_expectations_is_refused(
    tmp_path: Path, text: str, because: str
) -> None:
    said = refusal(tmp_path, text)
    assert said.startswith("control_totals.yml")
    assert because in said


def test_a_file_that_is_missing_or_guards_no_table_is_refused(tmp_path: Path) -> None:
    written(tmp_path, entry(min_value=0))
    (tmp_path / "statement.yml").write_text("[]")
    with pytest.raises(ExpectationError, match=r"statement.yml: no table of that name is guarded"):
        read_all(tmp_path)
    (tmp_path / "statement.yml").rename(tmp_path / "statement.txt")
    (tmp_path / "line_totals.yml").write_bytes(b"\xff")
    with pytest.raises(ExpectationError, match=r"line_totals.yml: .*not UTF-8"):
        read_all(tmp_path)
    (tmp_path / "line_totals.yml").unlink()
    with pytest.raises(ExpectationError, match=r"line_totals.yml: .*restore the file"):
        read_all(tmp_path)
