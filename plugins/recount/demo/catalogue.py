"""How often each story happens in each month, and what the final statement must say about it.

The vendor bills exactly 41,000 resolutions in the quarter, and the contract gives exactly 27,000.
"""

from collections.abc import Callable
from dataclasses import dataclass

from recount.demo import months, stories
from recount.demo.months import Span
from recount.demo.tickets import Ticket
from recount.periods import Period

PRICE = "5.00"


@dataclass(frozen=True)
class Line:
    """One line of the statement that a story leads to; `not_invoiced` is one that nobody billed."""

    match_status: str
    reason: str | None = None
    gap_part: str | None = None
    months_later: int = 0
    unit_price: str = PRICE


@dataclass(frozen=True)
class Story:
    """What happens to a ticket, to how many a month, and the lines of the statement about it."""

    tell: Callable[[Ticket], None] | None  # None: there is no such ticket
    tickets: tuple[int, int, int]
    lines: tuple[Line, ...] = ()
    concludes: Callable[[Period], Span] = months.whole_month
    in_scope: bool = True

    def scaled(self, scale: float) -> tuple[int, int, int]:
        """Tickets a month at another size; a story that happens at all happens at least once."""
        first, second, third = (max(1, round(n * scale)) if n else 0 for n in self.tickets)
        return first, second, third


def _refused(reason: str, gap_part: str = "definition") -> tuple[Line]:
    return (Line("not_an_outcome", reason, gap_part),)


_AGREED = (Line("agreed"),)
_DUPLICATE = Line("duplicate", gap_part="data")
_COUNTED_BEFORE = Line("not_an_outcome", "counted_before", "data", months_later=1)
_NOT_INVOICED = Line("not_invoiced", gap_part="not_invoiced")
_BILLED_A_MONTH_EARLY = (
    Line("out_of_period", gap_part="timing"),
    Line("not_invoiced", gap_part="not_invoiced", months_later=1),
)

STORIES = (
    # The vendor and the contract agree.
    Story(stories.solved, (8360, 8412, 8782), _AGREED),
    Story(stories.rated_again, (96, 101, 108), _AGREED),
    Story(stories.reopened_late, (143, 151, 158), _AGREED),
    Story(stories.reopened_an_instant_late, (1, 1, 1), _AGREED),
    # Outcomes that are billed wrongly, twice, again, or not at all.
    Story(stories.solved, (2, 1, 0), (Line("wrong_price", unit_price="5.50"),)),
    Story(stories.solved, (0, 1, 2), (Line("wrong_price", unit_price="4.50"),)),
    Story(stories.solved, (128, 139, 153), (*_AGREED, _DUPLICATE)),
    Story(
        stories.solved_again_next_month,
        (60, 90, 0),
        (*_AGREED, _COUNTED_BEFORE),
        concludes=months.after_the_sixteenth,
    ),
    Story(
        stories.solved_quietly,
        (18, 16, 14),
        _BILLED_A_MONTH_EARLY,
        concludes=months.last_hours_in_utc,
    ),
    Story(stories.solved, (20, 26, 30), (_NOT_INVOICED,)),
    # Lines about what the contract does not count, or what nobody can know.
    Story(None, (12, 15, 18), (Line("unknown_subject", gap_part="data"),)),
    Story(
        stories.solved,
        (351, 378, 414),
        (Line("out_of_scope", gap_part="definition"),),
        in_scope=False,
    ),
    Story(
        stories.solved_before_the_survey,
        (38, 0, 0),
        (Line("unverifiable", "satisfied", "unverifiable"),),
        concludes=months.before_the_survey,
    ),
    # Lines that are no outcomes, by the first clause that says so.
    Story(stories.human_solved, (412, 431, 468), _refused("not_concluded")),
    Story(stories.abandoned, (83, 92, 101), _refused("not_concluded", "data")),
    Story(stories.human_replied, (731, 789, 861), _refused("no_handoff")),
    Story(stories.human_assigned, (186, 204, 229), _refused("no_handoff")),
    Story(stories.reopened, (742, 801, 884), _refused("stayed_solved")),
    Story(stories.reopened_in_the_last_instant, (1, 1, 1), _refused("stayed_solved")),
    Story(stories.followed_up, (171, 188, 207), _refused("stayed_solved")),
    Story(stories.came_back_the_same_day, (134, 147, 163), _refused("stayed_solved", "data")),
    Story(stories.unrated, (712, 749, 803), _refused("satisfied")),
    Story(stories.rated_low, (388, 417, 452), _refused("satisfied")),
    Story(stories.rated_down, (61, 66, 73), _refused("satisfied")),
    Story(stories.rated_late, (57, 59, 64), _refused("satisfied")),
    Story(stories.complained, (105, 112, 121), _refused("satisfied", "data")),
    # Tickets that nobody bills.
    Story(stories.human_solved, (790, 815, 850)),
    Story(stories.human_solved, (390, 405, 440), in_scope=False),
    Story(stories.human_helped_the_same_day, (640, 660, 700)),
)
CONTINUATION = Story(stories.human_solved, (0, 0, 0))
