"""Write the bundled quarter: the same seed gives the same bytes, today and elsewhere."""

import random
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from recount.demo.catalogue import CONTINUATION, STORIES, Story
from recount.demo.facts import Facts, facts_of
from recount.demo.helpdesk import Helpdesk
from recount.demo.invoices import Claim, write_invoice
from recount.demo.months import DAY, HOUR, PERIODS, SECOND
from recount.demo.tickets import Ticket

FIRST_NUMBER = 500_001


@dataclass(frozen=True)
class Plan:
    """One ticket to come: its story, the number of its month, and when it concludes."""

    story: Story
    month_number: int
    concluded_at: int


class Quarter:
    """Tells every planned story to the helpdesk and to the vendor."""

    def __init__(self, rng: random.Random, plans: list[Plan], key: str) -> None:
        """Take the plans in order of time; `key` hides who the requesters are."""
        self._rng = rng
        self._plans = plans
        self._continuations: list[int] = []
        self.helpdesk = Helpdesk(rng, key)
        self.claims: list[list[Claim]] = [[] for _ in PERIODS]

    def tell(self) -> None:
        """Tell all stories in order of time, and then those of the tickets that continue them."""
        for number, plan in enumerate(self._plans):
            ticket = self._ticket(_subject_id(number), plan.concluded_at)
            self._tell_one(plan.story, ticket)
            self._bill(plan, ticket)
        for number, opened_at in enumerate(self._continuations, start=len(self._plans)):
            concluded_at = opened_at + DAY + self._rng.randrange(0, DAY, SECOND)
            ticket = self._ticket(_subject_id(number), concluded_at)
            ticket.opened_at = opened_at
            self._tell_one(CONTINUATION, ticket)

    def _ticket(self, subject_id: str, concluded_at: int) -> Ticket:
        return Ticket(subject_id, concluded_at, self._rng, self._continue_as)

    def _tell_one(self, story: Story, ticket: Ticket) -> None:
        if story.tell is not None:
            story.tell(ticket)
            self.helpdesk.record(ticket, in_scope=story.in_scope)

    def _continue_as(self, opened_at: int) -> str:
        self._continuations.append(opened_at)
        return _subject_id(len(self._plans) + len(self._continuations) - 1)

    def _bill(self, plan: Plan, ticket: Ticket) -> None:
        counted_at = ticket.concluded_at
        for line in plan.story.lines:
            claim = Claim(counted_at, ticket.subject_id, line.unit_price)
            if line.match_status != "not_invoiced":
                self.claims[plan.month_number + line.months_later].append(claim)
            # What is billed once more was counted when it was solved again, or hours later.
            counted_at = ticket.solved_again_at or counted_at + ticket.between(HOUR, DAY)


def generate(folder: Path, seed: int = 41000, scale: float = 1) -> Facts:
    """Write contract, events, subjects, survey and invoices into a folder, and say what is true.

    `scale` multiplies the number of tickets of every story; 1 is the bundled quarter.
    """
    rng = random.Random(seed)
    quarter = Quarter(rng, _plans(rng, scale), key=f"recount-demo-{seed}")
    quarter.tell()
    (folder / "invoices").mkdir(parents=True, exist_ok=True)
    quarter.helpdesk.write(folder)
    for period, claims in zip(PERIODS, quarter.claims, strict=True):
        write_invoice(folder / "invoices", period, claims)
    contract = folder / "contract.yml"
    contract.write_bytes(resources.files("recount.demo").joinpath("contract.yml").read_bytes())
    return facts_of(contract, scale)


def _plans(rng: random.Random, scale: float) -> list[Plan]:
    plans = [
        Plan(story, month_number, concluded_at)
        for story in STORIES
        for month_number, count in enumerate(story.scaled(scale))
        for concluded_at in story.concludes(PERIODS[month_number]).draw(rng, count)
    ]
    # Tickets get their numbers in the order of time; the sort is stable, so ties stay put.
    return sorted(plans, key=lambda plan: plan.concluded_at)


def _subject_id(number: int) -> str:
    return f"helpdesk-{FIRST_NUMBER + number}"
