"""What stories are made of: scenes that occur in several of them."""

from recount.demo.months import DAY, HOUR, MINUTE
from recount.demo.tickets import AI_AGENT, AUTOMATION, REQUESTER, Step, Ticket


def opened(ticket: Ticket) -> None:
    """The requester writes, and the ticket is there."""
    ticket.add(ticket.opened_at, "opened", REQUESTER)
    ticket.add(ticket.opened_at, "contacted", REQUESTER)


def talk_with_the_ai_agent(ticket: Ticket) -> None:
    """The requester and the AI agent write to each other."""
    opened(ticket)
    steps: list[Step] = [("assigned", AUTOMATION), ("acted", AI_AGENT), ("replied", AI_AGENT)]
    for _ in range(ticket.rng.randint(1, 3)):
        steps += [("contacted", REQUESTER), ("replied", AI_AGENT)]
    ticket.spread(ticket.opened_at, ticket.concluded_at, [*steps, ("noted", AI_AGENT)])


def solved_alone(ticket: Ticket) -> None:
    """Nobody but the AI agent answers, and it marks the ticket as solved."""
    talk_with_the_ai_agent(ticket)
    ticket.add(ticket.concluded_at, "solved", AI_AGENT)


def with_a_human_before_the_end(
    ticket: Ticket, steps: list[Step], event_type: str = "replied"
) -> None:
    """A human agent takes part, and the AI agent marks the ticket as solved."""
    opened(ticket)
    before: list[Step] = [("acted", AI_AGENT), ("replied", AI_AGENT), ("contacted", REQUESTER)]
    after: list[Step] = [("contacted", REQUESTER), ("acted", AI_AGENT), ("noted", AI_AGENT)]
    told = [*before, *steps, (event_type, ticket.human_agent), *after]
    ticket.spread(ticket.opened_at, ticket.concluded_at, told)
    ticket.add(ticket.concluded_at, "solved", AI_AGENT)
    if ticket.chance(60):
        ticket.rate(ticket.later(MINUTE, 9 * DAY), ticket.rng.choice((3, 4, 5)))
    closed(ticket)


def content(ticket: Ticket) -> None:
    """The requester gives a 4 or a 5, mostly within a day."""
    ticket.rate(ticket.later(MINUTE, ticket.rng.choice((DAY, 13 * DAY))), 4 + ticket.chance(70))


def closed(ticket: Ticket) -> None:
    """The automation closes the ticket for good."""
    ticket.add(ticket.later(20 * DAY, 21 * DAY), "closed", AUTOMATION)


def human_help(ticket: Ticket, reopened_at: int) -> None:
    """The requester comes back, and a human agent solves the ticket."""
    agent = ticket.human_agent
    ticket.add(reopened_at, "reopened", REQUESTER)
    ticket.add(reopened_at, "contacted", REQUESTER)
    solved_at = reopened_at + ticket.between(2 * HOUR, 3 * DAY)
    steps: list[Step] = [("assigned", agent), ("noted", agent), ("replied", agent)]
    ticket.spread(reopened_at, solved_at, steps)
    ticket.add(solved_at, "solved", agent)
    ticket.add(solved_at + 4 * DAY, "closed", AUTOMATION)
