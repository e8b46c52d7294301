"""What can happen to a ticket: each function tells one story, and the catalogue relies on it.

The contract wants no human before the end, 14 days without a reopening and a last rating of 4 or 5;
the vendor counts what anybody solved and what stayed quiet for 24 hours.
"""

from recount.demo import scenes
from recount.demo.months import DAY, HOUR, MINUTE, SECOND
from recount.demo.tickets import AI_AGENT, AUTOMATION, REQUESTER, Step, Ticket

FORTNIGHT = 14 * DAY


def solved(ticket: Ticket) -> None:
    """The AI agent solves it, it stays solved, and the requester is content."""
    scenes.solved_alone(ticket)
    scenes.content(ticket)
    if ticket.chance(8):  # a thank-you is no new problem, though it breaks the vendor's quiet
        ticket.add(ticket.later(MINUTE, 20 * HOUR), "contacted", REQUESTER)
    scenes.closed(ticket)


def solved_quietly(ticket: Ticket) -> None:
    """The same, and the requester says nothing more."""
    scenes.solved_alone(ticket)
    scenes.content(ticket)
    scenes.closed(ticket)


def solved_before_the_survey(ticket: Ticket) -> None:
    """Solved while nobody could rate yet; the good rating comes once the survey runs."""
    scenes.solved_alone(ticket)
    ticket.rate(ticket.later(8 * HOUR, 3 * DAY), 5)
    scenes.closed(ticket)


def rated_again(ticket: Ticket) -> None:
    """The requester first gives a low rating, then a good one: the last one counts."""
    scenes.solved_alone(ticket)
    ticket.rate(ticket.later(MINUTE, DAY), ticket.rng.choice((1, 2, 3)))
    ticket.rate(ticket.later(2 * DAY, 13 * DAY), ticket.rng.choice((4, 5)))
    scenes.closed(ticket)


def reopened_late(ticket: Ticket) -> None:
    """A human agent takes it up again, but only after the 14 days."""
    scenes.solved_alone(ticket)
    scenes.content(ticket)
    scenes.human_help(ticket, ticket.later(FORTNIGHT + HOUR, 20 * DAY))


def reopened_an_instant_late(ticket: Ticket) -> None:
    """It is reopened one second after the window has ended: Zendesk knows no shorter time."""
    scenes.solved_alone(ticket)
    scenes.content(ticket)
    scenes.human_help(ticket, ticket.concluded_at + FORTNIGHT + SECOND)


def solved_again_next_month(ticket: Ticket) -> None:
    """An outcome in its month; in the next one the AI agent solves it once more."""
    scenes.solved_alone(ticket)
    scenes.content(ticket)
    reopened_at = ticket.later(FORTNIGHT + HOUR, 15 * DAY)
    solved_at = ticket.later(16 * DAY, 25 * DAY)
    ticket.add(reopened_at, "reopened", REQUESTER)
    ticket.spread(reopened_at, solved_at, [("contacted", REQUESTER), ("replied", AI_AGENT)])
    ticket.add(solved_at, "solved", AI_AGENT)
    ticket.solved_again_at = solved_at
    ticket.rate(solved_at + ticket.between(MINUTE, 10 * DAY), 5)


def human_solved(ticket: Ticket) -> None:
    """The AI agent gives up and a human agent solves it."""
    scenes.opened(ticket)
    agent = ticket.human_agent
    steps: list[Step] = [("replied", AI_AGENT), ("handed_off", AI_AGENT), ("assigned", AUTOMATION)]
    steps += [("assigned", agent), ("noted", agent)]
    for _ in range(ticket.rng.randint(1, 3)):
        steps += [("replied", agent), ("contacted", REQUESTER)]
    if ticket.chance(10):
        steps += [("sla_breached", AUTOMATION)]
    ticket.spread(ticket.opened_at, ticket.concluded_at, [*steps, ("replied", agent)])
    ticket.add(ticket.concluded_at, "solved", agent)
    if ticket.chance(40):
        ticket.rate(ticket.later(MINUTE, 9 * DAY), ticket.rng.choice((2, 3, 4, 5)))
    scenes.closed(ticket)


def abandoned(ticket: Ticket) -> None:
    """The requester does not answer, and the automation closes it: nobody solved anything."""
    scenes.talk_with_the_ai_agent(ticket)
    ticket.add(ticket.later(7 * DAY, 8 * DAY), "closed", AUTOMATION)


def human_replied(ticket: Ticket) -> None:
    """A human agent answers, and the AI agent marks it as solved."""
    scenes.with_a_human_before_the_end(ticket, [("assigned", ticket.human_agent)])


def human_assigned(ticket: Ticket) -> None:
    """A human agent gives it to another one, and the AI agent marks it as solved."""
    scenes.with_a_human_before_the_end(ticket, [("noted", ticket.human_agent)], "assigned")


def reopened(ticket: Ticket) -> None:
    """It comes back within the 14 days, and a human agent solves it."""
    scenes.solved_alone(ticket)
    if ticket.chance(30):
        ticket.rate(ticket.later(MINUTE, DAY), ticket.rng.choice((2, 4, 5)))
    scenes.human_help(ticket, ticket.later(25 * HOUR, 13 * DAY))


def reopened_in_the_last_instant(ticket: Ticket) -> None:
    """It is reopened exactly 14 days after it was solved, which is still within them."""
    scenes.solved_alone(ticket)
    scenes.content(ticket)
    scenes.human_help(ticket, ticket.concluded_at + FORTNIGHT)


def followed_up(ticket: Ticket) -> None:
    """It was closed soon, and the requester had to open a new ticket for the same thing."""
    scenes.solved_alone(ticket)
    ticket.add(ticket.later(DAY, 2 * DAY), "closed", AUTOMATION)
    came_back_at = ticket.later(2 * DAY, 13 * DAY)
    new_ticket = ticket.continue_as(came_back_at)
    ticket.add(came_back_at, "followed_up", REQUESTER, new_ticket)


def came_back_the_same_day(ticket: Ticket) -> None:
    """The requester is back within 24 hours, and nobody solves it again."""
    scenes.solved_alone(ticket)
    came_back_at = ticket.later(10 * MINUTE, 23 * HOUR)
    ticket.add(came_back_at, "contacted", REQUESTER)
    ticket.add(came_back_at + MINUTE, "reopened", AUTOMATION)
    steps: list[Step] = [("assigned", ticket.human_agent), ("replied", ticket.human_agent)]
    ticket.spread(came_back_at + MINUTE, came_back_at + DAY, steps)
    ticket.add(came_back_at + 9 * DAY, "closed", AUTOMATION)


def human_helped_the_same_day(ticket: Ticket) -> None:
    """The requester is back within 24 hours, and a human agent solves it."""
    scenes.solved_alone(ticket)
    scenes.human_help(ticket, ticket.later(10 * MINUTE, 23 * HOUR))


def unrated(ticket: Ticket) -> None:
    """It stays solved, but the requester never says that it helped."""
    scenes.solved_alone(ticket)
    scenes.closed(ticket)


def rated_low(ticket: Ticket) -> None:
    """It stays solved, and the requester is not content."""
    scenes.solved_alone(ticket)
    ticket.rate(ticket.later(MINUTE, 12 * DAY), ticket.rng.choice((1, 2, 2, 3, 3)))
    scenes.closed(ticket)


def rated_down(ticket: Ticket) -> None:
    """The requester is content at first and not in the end: the last rating counts."""
    scenes.solved_alone(ticket)
    ticket.rate(ticket.later(MINUTE, DAY), ticket.rng.choice((4, 5)))
    ticket.rate(ticket.later(2 * DAY, 13 * DAY), ticket.rng.choice((1, 2)))
    scenes.closed(ticket)


def rated_late(ticket: Ticket) -> None:
    """The good rating comes after the 14 days."""
    scenes.solved_alone(ticket)
    ticket.rate(ticket.later(FORTNIGHT + HOUR, 19 * DAY), 5)
    scenes.closed(ticket)


def complained(ticket: Ticket) -> None:
    """The requester complains within 24 hours, and nobody takes it up."""
    scenes.solved_alone(ticket)
    complained_at = ticket.later(10 * MINUTE, 23 * HOUR)
    ticket.add(complained_at, "contacted", REQUESTER)
    ticket.rate(complained_at + MINUTE, 1)
    scenes.closed(ticket)
