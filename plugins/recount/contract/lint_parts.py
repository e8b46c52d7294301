"""What every lint takes and gives."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from recount.contract.model import Contract
from recount.contract.tree import Where

# The event types that each source can show, by the source's name.
Shows = Mapping[str, Sequence[str]]


class Spotted(NamedTuple):
    """What a lint saw, and what to do about it; a finding fails the check, a note does not."""

    lint: str
    where: Where
    because: str
    severity: Literal["finding", "note"] = "finding"


Lint = Callable[[Contract, Shows], Iterator[Spotted]]
