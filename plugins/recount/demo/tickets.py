"""A ticket while its story is told: the events that the helpdesk and the survey tool record."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from recount.demo.months import DAY, HOUR, MINUTE, SECOND

AI_AGENT = ("ai_agent", "resolver")
AUTOMATION = ("automation", "triage")
REQUESTER = ("requester", None)
HUMAN_AGENTS = tuple(("human_agent", f"agent-{number:02}") for number in range(1, 41))

Actor = tuple[str, str | None]
Step = tuple[str, Actor]


class Event(NamedTuple):
    """One line of the helpdesk's log; `at` in microseconds since 1970."""

    at: int
    event_type: str
    actor: Actor
    related_subject_id: str | None = None


class Rating(NamedTuple):
    """One answer to the survey, from 1 to 5."""

    at: int
    score: int


@dataclass
class Ticket:
    """What happened to one subject until, at and after the instant at which it was concluded."""

    subject_id: str
    concluded_at: int
    rng: random.Random
    continue_as: Callable[[int], str]
    opened_at: int = 0
    solved_again_at: int | None = None
    events: list[Event] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draw how long it was talked about, mostly minutes or hours, and who would help."""
        talked_for = self.rng.choice((20 * MINUTE, HOUR, 5 * HOUR, DAY))
        self.opened_at = self.concluded_at - self.between(talked_for // 2, talked_for)
        self.human_agent = self.rng.choice(HUMAN_AGENTS)

    def between(self, least: int, most: int) -> int:
        """Draw a length of time in whole seconds."""
        return least + int(self.rng.random() * ((most - least) // SECOND)) * SECOND

    def later(self, least: int, most: int) -> int:
        """Draw an instant that lies so long after the conclusion."""
        return self.concluded_at + self.between(least, most)

    def chance(self, percent: int) -> bool:
        """Say yes that often."""
        return self.rng.randrange(100) < percent

    def add(self, at: int, event_type: str, actor: Actor, related: str | None = None) -> None:
        """Record one event."""
        self.events.append(Event(at, event_type, actor, related))

    def spread(self, starts_at: int, ends_at: int, steps: Sequence[Step]) -> None:
        """Record steps in their order, strictly between two instants."""
        moments = sorted(self.between(30 * SECOND, ends_at - starts_at) for _ in steps)
        for moment, (event_type, actor) in zip(moments, steps, strict=True):
            self.add(starts_at + moment - 15 * SECOND, event_type, actor)

    def rate(self, at: int, score: int) -> None:
        """Record an answer to the survey."""
        self.ratings.append(Rating(at, score))
