"""Which version of a contract governs a month."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations

from recount.contract.model import Contract
from recount.errors import ContractError


def in_force(contracts: Sequence[Contract], day: date) -> Contract:
    """Return the version that holds on a month's first day; it governs the whole month.

    The contracts are versions of one. ContractError where two hold on some day, or none on this.
    """
    names = sorted({contract.contract for contract in contracts})
    if len(names) != 1:
        found = " and ".join(names) or "none"
        raise ContractError(f"one contract is needed, and here is {found}; give the path of one")
    refuse_overlaps(contracts)
    for contract in contracts:
        if contract.effective.holds(day):
            return contract
    known = ", ".join(_described(contract) for contract in _in_order(contracts))
    raise ContractError(
        f"{contracts[0].file}: no version of {names[0]} is in force on {day}; "
        f"add the version that governs it (known: {known})"
    )


def by_name(contracts: Iterable[Contract]) -> dict[str, list[Contract]]:
    """Return the versions of each contract under its name, in the given order."""
    named: dict[str, list[Contract]] = {}
    for contract in contracts:
        named.setdefault(contract.contract, []).append(contract)
    return named


def refuse_overlaps(contracts: Iterable[Contract]) -> None:
    """Raise a ContractError where two versions of one contract share a number or a day."""
    for versions in by_name(contracts).values():
        for earlier, later in combinations(_in_order(versions), 2):
            _refuse_overlap(earlier, later)


def _refuse_overlap(earlier: Contract, later: Contract) -> None:
    if earlier.version == later.version:
        because = f"version {later.version} is also in {earlier.file}; give one another number"
        raise later.error("version", because)
    ends_on, begins_on = earlier.effective.until, later.effective.from_
    if ends_on is None or begins_on < ends_on:
        raise later.error(
            "effective",
            f"version {later.version} overlaps {_described(earlier)} in {earlier.file}; "
            f"write until: {begins_on} there, or a later from here",
        )


def _in_order(contracts: Iterable[Contract]) -> list[Contract]:
    return sorted(contracts, key=lambda contract: (contract.effective.from_, contract.version))


def _described(contract: Contract) -> str:
    days = contract.effective
    return f"version {contract.version} from {days.from_} until {days.until or 'further notice'}"
