"""The fields of Freshdesk's answers that are needed; everything else is left out before landing.

Source: developers.freshdesk.com/api, the sections Tickets, Conversations, Satisfaction Ratings,
Agents, Groups and Ticket Fields, and support.freshdesk.com/support/solutions/articles/226460 for
the activities. Ticket text, names of people and addresses are not among them.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from recount.sources.shapes import Person

Value = None | bool | int | float | str | list[Any]


class Stats(Struct):
    """When Freshdesk itself says that a ticket was resolved."""

    resolved_at: str | None = None
    closed_at: str | None = None


class Ticket(Struct):
    """A ticket as it stood when it was read; of its own fields those that the contract names."""

    id: int
    created_at: str
    updated_at: str
    status: int
    requester_id: Person | None
    source: int | None
    custom_fields: dict[str, Value]
    responder_id: Person | None = None
    group_id: int | None = None
    type: str | None = None
    priority: int | None = None
    spam: bool | None = None
    deleted: bool | None = None
    stats: Stats | UnsetType = UNSET


class Tickets(Struct):
    """A page of the list of tickets, and when it was asked for."""

    tickets: list[Ticket]
    taken_at: str | UnsetType = UNSET


class Found(Struct):
    """That a ticket changed."""

    id: int
    updated_at: str


class FoundTickets(Struct):
    """A page of the list of tickets, of which only the change is of interest."""

    tickets: list[Found]
    taken_at: str | UnsetType = UNSET


class Conversation(Struct):
    """That somebody wrote, and whether the requester sees it."""

    id: int
    ticket_id: int
    user_id: Person
    incoming: bool
    private: bool
    source: int
    created_at: str


class Conversations(Struct):
    """What was written in several tickets."""

    conversations: list[Conversation]
    taken_at: str | UnsetType = UNSET


class Answers(Struct):
    """The answer to the question that each survey has."""

    default_question: int


class Rating(Struct):
    """What a requester says of a ticket."""

    id: int
    ticket_id: int
    user_id: Person
    ratings: Answers
    created_at: str
    updated_at: str


class Ratings(Struct):
    """A page of the list of ratings."""

    ratings: list[Rating]
    taken_at: str | UnsetType = UNSET


class Agent(Struct):
    """Who works here; `key` stands for him everywhere else."""

    id: int
    type: str | None = None
    key: Person | UnsetType = UNSET


class Agents(Struct):
    """A page of the list of agents, and when that was."""

    agents: list[Agent]
    taken_at: str | UnsetType = UNSET


class Group(Struct):
    """A group of agents: the queue of a ticket."""

    id: int
    name: str


class Groups(Struct):
    """A page of the list of groups."""

    groups: list[Group]


class StatusField(Struct):
    """The names of each status: the one that agents see, and the one that customers see."""

    choices: dict[str, list[str]]


class Statuses(Struct):
    """The statuses that there are, and when that was."""

    fields: list[StatusField]
    taken_at: str | UnsetType = UNSET


class Rule(Struct):
    """That a rule did it; its name is left out."""


class Told(Struct):
    """What an activity changed, as far as it is needed; a status is told by its name."""

    status: str | UnsetType | None = UNSET
    agent_id: Person | UnsetType | None = UNSET
    new_ticket: bool | UnsetType | None = UNSET
    deleted: bool | UnsetType | None = UNSET
    spam: bool | UnsetType | None = UNSET
    automation: Rule | UnsetType | None = UNSET

    @property
    def is_kept(self) -> bool:
        """Whether anything that is needed changed."""
        told = (self.status, self.agent_id, self.new_ticket, self.deleted, self.spam)
        return any(value is not UNSET for value in told)


class Activity(Struct):
    """What somebody did to a ticket at an instant, such as `21-04-2017 09:38:24 +0000`."""

    performed_at: str
    ticket_id: int
    performer_type: str
    activity: Told
    performer_id: Person | None = None


class Metadata(Struct):
    """Which day a file covers; both ends are inside."""

    start_at: str
    end_at: str
    activities_count: int


class Activities(Struct):
    """A file with the activities of one day."""

    activities_data: list[Activity]
    metadata: Metadata | UnsetType = UNSET
    day: str | UnsetType = UNSET


class Link(Struct):
    """Where a file is; whoever has the link may read it, so that it is never stored."""

    url: str


class Export(Struct):
    """The answer to the question for a day: a list of links, or one link in older accounts."""

    export: list[Link] | Link
