"""The fields of HubSpot's lists that are needed: what is found, linked, deleted, or a stage.

Source: the guides under developers.hubspot.com/docs/api-reference, search, crm-associations-v4 and
crm-tickets-v3 (lists with `archived`), and guides/api/crm/pipelines.
"""

from msgspec import UNSET, Struct, UnsetType, field

from recount.sources.hubspot.shapes import BatchError


class FoundProperties(Struct):
    """When search thinks that a record was changed last."""

    hs_lastmodifieddate: str


class Found(Struct):
    """A record as search finds it."""

    id: str
    properties: FoundProperties


class Search(Struct):
    """A page of a search; `total` is how many fit."""

    total: int
    results: list[Found]


class Numbered(Struct):
    """A record that is known by its id."""

    id: str


class Linked(Struct, rename="camel"):
    """A record that another one is associated with."""

    to_object_id: int | str


class Next(Struct):
    """Where a list goes on."""

    after: str


class Paging(Struct):
    """Whether a list goes on."""

    next: Next | None = None


class Links(Struct):
    """What a record is associated with."""

    from_: Numbered = field(name="from")
    to: list[Linked]
    paging: Paging | None = None


class Associations(Struct):
    """What some records are associated with; for those with nothing there is an error."""

    results: list[Links]
    errors: list[BatchError] = []


class Archived(Struct, rename="camel"):
    """A record in the recycling bin."""

    id: str
    archived_at: str


class Bin(Struct):
    """A page of the recycling bin of an object, and when we looked into it."""

    results: list[Archived]
    paging: Paging | None = None
    kind: str | UnsetType = UNSET
    taken_at: str | UnsetType = UNSET


class StageState(Struct, rename="camel"):
    """What HubSpot counts a stage among: OPEN or CLOSED."""

    ticket_state: str | None = None


class Stage(Struct):
    """A stage of a pipeline as it is today."""

    id: str
    label: str
    metadata: StageState


class Pipeline(Struct):
    """A pipeline with its stages."""

    id: str
    label: str
    stages: list[Stage]


class Pipelines(Struct):
    """All pipelines of tickets, and when that was."""

    results: list[Pipeline]
    taken_at: str | UnsetType = UNSET
