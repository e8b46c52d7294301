"""What has to be reached before anything of what it opens is charged (DESIGN 8)."""

from datetime import date

from recount.contract.part import Part
from recount.contract.texts import Name, OneOrMore
from recount.contract.times import Day


class Milestone(Part):
    """A day that both sides agreed on, such as that of going live, and what is charged from it on.

    An outcome counts if it is concluded on that day or later. Of fees, of usage and of the floor
    whole months are charged: those that begin on that day or later.
    """

    reached_on: Day | None = None
    """The day on which it was reached; left out as long as it is not."""
    opens: OneOrMore[Name]
    """Names of outcomes and of usage, `platform_fee`, or `monthly_floor`."""

    def is_reached_by(self, day: date) -> bool:
        """Whether what it opens is charged on a day."""
        return self.reached_on is not None and self.reached_on <= day
