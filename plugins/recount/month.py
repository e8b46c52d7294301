"""One contract, period and `as_of`: what every stage is called with."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from recount.contract.model import Contract
from recount.contract.reading import contract_files, read
from recount.contract.versions import in_force
from recount.errors import ContractError
from recount.lake import Lake, open_lake
from recount.periods import Period, parse_instant
from recount.published import Slot


@dataclass(frozen=True)
class Month:
    """One contract, period and `as_of`, in words that travel between tasks."""

    contract_path: str
    contract_name: str
    period: str
    as_of: str
    lake_uri: str

    @property
    def contract(self) -> Contract:
        """The version in force on the period's first day; ContractError if there is none."""
        versions = self.versions
        return in_force(versions, Period.named(self.period, versions[0].zone).first_day)

    @cached_property
    def versions(self) -> list[Contract]:
        """All versions of the contract as first read, so that a run has one; or ContractError."""
        readable, unreadable = readable_contracts(Path(self.contract_path))
        versions = [each for each in readable if each.contract == self.contract_name]
        if not versions:
            missing = ContractError(f"{self.contract_path} holds no contract {self.contract_name}")
            raise unreadable[0] if unreadable else missing
        return versions

    @property
    def instant(self) -> datetime:
        """`as_of` in UTC."""
        return parse_instant(self.as_of)

    @property
    def lake(self) -> Lake:
        """The lake that everything is read from and published to."""
        return open_lake(self.lake_uri)

    def slot(self, contract: Contract) -> Slot:
        """Where the results lie."""
        return Slot(contract.contract, self.period, self.instant)


def readable_contracts(path: Path) -> tuple[list[Contract], list[ContractError]]:
    """Read a file or a folder; one contract that cannot be read leaves the others whole."""
    readable, unreadable = [], []
    for file in contract_files(path):
        try:
            readable.append(read(file))
        except ContractError as error:
            unreadable.append(error)
    return readable, unreadable
