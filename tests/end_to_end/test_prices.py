"""What a month costs by the contract's terms, for who negotiates."""

import json

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
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
