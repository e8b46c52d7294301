"""A generated quarter beside what its files say when they are counted by hand."""

from dataclasses import dataclass, field
from pathlib import Path

from recount.demo.facts import Facts, MonthFacts
from recount.demo.generate import generate
from tests.unit.demo import by_hand


@dataclass
class CountedByHand:
    """The facts that the generator claims beside the files that it wrote."""

    folder: Path
    facts: Facts
    log: by_hand.Log
    _known: dict[str, by_hand.Statement] = field(default_factory=dict)

    def invoice(self, month: MonthFacts) -> list[dict[str, str]]:
        """Read the lines of a month's invoice."""
        return by_hand.read_csv(self.folder / "invoices" / f"{month.period}.csv")

    def final(self, month: MonthFacts) -> by_hand.Statement:
        """State a month by hand, once it can be final."""
        if month.period not in self._known:
            self._known[month.period] = self.at(month, month.final_as_of.isoformat())
        return self._known[month.period]

    def at(self, month: MonthFacts, as_of: str) -> by_hand.Statement:
        """State a month by hand, as known at an instant."""
        instant = by_hand.moment(as_of)
        return by_hand.state(self.log, self.invoice(month), month.period, instant)


def write_and_read(folder: Path, *, seed: int = 41000, scale: float = 1) -> CountedByHand:
    """Generate into a folder and read it back."""
    facts = generate(folder, seed=seed, scale=scale)
    return CountedByHand(folder, facts, by_hand.read_log(folder))
