"""What a month is charged or credited for how its outcomes did together (DESIGN 8)."""

from typing import Literal

from pydantic import model_validator

from recount.contract.numbers import Money, Percent
from recount.contract.part import Part, refuse
from recount.contract.texts import Line, Name

Interval = Literal["day", "hour"]


class Baseline(Part):
    """How often an outcome was not reached before, and what each one less is worth."""

    id: Line
    """The document that says so, as both sides know it; it is printed with the figure."""
    percent: Percent
    """The share of subjects that did not reach the outcome, such as "12.5"."""
    each: Money
    """The price of each subject fewer than that, quoted."""


class Performance(Part):
    """A share of a month's subjects that is to be reached, and what follows from it.

    The share is of the determinations that are decided: met, of met and not met. Over none of them
    there is no share, and nothing follows.
    """

    of: Name
    """The outcome whose share it is."""
    at_least: Percent | None = None
    """The share in percent that is to be reached; exactly that is reached."""
    per: Interval | None = None
    """Where each local day, or each hour, is to reach it by itself; else the month is."""
    pays: Money | None = None
    """What is charged where it is reached, for the month or for each interval, quoted."""
    otherwise: Percent | None = None
    """Where it is not, the share in percent of the month's other charges that is credited."""
    against: Baseline | None = None
    """A baseline, of which every subject fewer that is not met is charged."""

    @model_validator(mode="after")
    def _says_what_follows(self) -> "Performance":
        follows = self.pays is not None or self.otherwise is not None
        if (self.at_least is None) == follows or (self.against is None) != follows:
            because = "write at_least with pays, otherwise or both; or against a baseline alone"
            raise refuse(because)
        return self

    @model_validator(mode="after")
    def _pays_for_intervals(self) -> "Performance":
        if self.per and (self.pays is None or self.otherwise is not None):
            because = f"each {self.per} can be paid for, and nothing else; write pays alone"
            raise refuse(because, "per")
        return self
