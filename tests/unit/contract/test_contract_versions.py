"""Which version of a contract governs a month."""

from datetime import date
from pathlib import Path

import pytest

from recount.contract.model import Contract
from recount.contract.versions import by_name, in_force
from recount.errors import ContractError
from tests.unit.contract.acme import acme_with, contract_of

WHOLE = "{from: 2026-07-01, until: 2027-07-01}"


def version(folder: Path, number: int, days: str, name: str = "acme-fin") -> Contract:
    """Return a version of the contract that holds on other days."""
    text = acme_with(WHOLE, f"{{{days}}}", ("version: 3", f"version: {number}"))
    return contract_of(folder, text.replace("acme-fin", name, 1))


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2026, 1, 1), 1),
        (date(2026, 6, 30), 1),
        (date(2026, 7, 1), 2),
        (date(2030, 1, 1), 2),
    ],
)
def test_the_version_that_holds_the_day_governs(tmp_path: Path, day: date, number: int) -> None:
    versions = [
        version(tmp_path, 2, "from: 2026-07-01"),
        version(tmp_path, 1, "from: 2026-01-01, until: 2026-07-01"),
    ]

    assert in_force(versions, day).version == number


def test_a_day_before_the_first_and_a_day_after_the_last_have_no_version(tmp_path: Path) -> None:
    only = [version(tmp_path, 1, "from: 2026-01-01, until: 2026-07-01")]

    for day in (date(2025, 12, 31), date(2026, 7, 1)):
        with pytest.raises(ContractError, match=rf"no version of acme-fin is in force on {day}; "):
            in_force(only, day)


@pytest.mark.parametrize("first_until", [", until: 2026-07-02", ""])
def test_two_versions_that_share_a_day_are_refused_on_any_day(
    tmp_path: Path, first_until: str
) -> None:
    versions = [
        version(tmp_path, 1, f"from: 2026-01-01{first_until}"),
        version(tmp_path, 2, "from: 2026-07-01, until: 2027-01-01"),
    ]

    with pytest.raises(ContractError, match=r"acme.yml:3: effective: version 2 overlaps version 1"):
        in_force(versions, date(2026, 1, 1))


def test_a_number_belongs_to_one_version(tmp_path: Path) -> None:
    versions = [
        version(tmp_path, 1, "from: 2026-01-01, until: 2026-07-01"),
        version(tmp_path, 1, "from: 2026-07-01"),
    ]

    with pytest.raises(ContractError, match=r"version: version 1 is also in .*acme.yml; give one"):
        in_force(versions, date(2026, 1, 1))


def test_versions_are_of_one_contract(tmp_path: Path) -> None:
    both = [version(tmp_path, 1, "from: 2026-01-01", name) for name in ("acme", "bolt")]

    with pytest.raises(ContractError, match="one contract is needed, and here is acme and bolt"):
        in_force(both, date(2026, 1, 1))
    with pytest.raises(ContractError, match="one contract is needed, and here is none"):
        in_force([], date(2026, 1, 1))
    assert list(by_name(both)) == ["acme", "bolt"]
