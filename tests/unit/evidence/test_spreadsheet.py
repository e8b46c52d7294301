"""A cell of a CSV file is never a formula, and a number stays one."""

import pytest

from recount.evidence.spreadsheet import cell, csv_text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "@SUM(A1)",
        "-2+3",
        "\t=1",
        "\r=1",
        "\n=1",
        " -x",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20A",
    ],
)
def test_what_might_be_a_formula_is_a_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["T-103", "-5.00", "5", "a=b", ""])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


def test_what_a_row_lacks_is_empty() -> None:
    assert csv_text(("a", "b"), [{"a": 1, "c": 2}]) == "a,b\n1,\n"
