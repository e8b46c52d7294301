"""The contract: one YAML file that both sides can read and both can run.

The classes of this package are the language's reference; `contracts/schema.json` is made of them.
"""

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, PrivateAttr, model_validator

from recount.contract import fitting
from recount.contract.definitions import Outcome
from recount.contract.numbers import VersionNumber
from recount.contract.part import Part, refuse
from recount.contract.parties import Actor, Effective, Parties, Source
from recount.contract.pricing import Pricing
from recount.contract.problems import typed
from recount.contract.terms import (
    Exit,
    Notify,
    Regulation,
    Rights,
    Settlement,
    Signatory,
    Tolerance,
    Waiver,
)
from recount.contract.texts import ContractName, CurrencyCode, Name, Prose, ZoneName
from recount.contract.tree import Tree, undotted
from recount.contract.vocabulary import ActorType, DataRight, PartyType, minor_units, unknown
from recount.errors import ContractError
from recount.periods import zone

INVOICE = "invoice"
# They stand beside the outcomes' names in `pricing` and on the invoice.
_TAKEN_NAMES = frozenset(Pricing.model_fields)

Settings = TypeVar("Settings", bound=BaseModel)


class Contract(Part):
    """What one vendor may bill one buyer for, in one version."""

    contract: ContractName
    """The contract's name; every version has the same."""
    version: VersionNumber
    """The number of the version; an amendment is a new version in a new file."""
    effective: Effective
    """When the version holds; the one in force on a month's first day governs the month."""
    parties: Parties
    """The names of the two sides."""
    time_zone: ZoneName
    """The IANA zone that decides which month an instant belongs to, such as Europe/Berlin."""
    currency: CurrencyCode
    """The ISO 4217 code of all amounts."""
    counting_party: PartyType
    """Who counts; what counts is said under outcomes."""
    sources: dict[Name, Source]
    """Where events come from, by a name of your own; `invoice` is the vendor's invoice."""
    actors: dict[ActorType, tuple[Actor, ...]] = Field(default_factory=dict)
    """Who is what; it wins over what a source says about the same id."""
    outcomes: dict[Name, Outcome] = Field(min_length=1)
    """What is billed, each under the name that the invoice uses."""
    pricing: Pricing
    """What each outcome costs."""
    tolerance: Tolerance
    """How much over-invoicing passes."""
    rights: Rights
    """What the buyer may do."""
    settlement: Settlement
    """When a month is final, and what happens to what cannot be proven."""
    exit: Exit | None = None
    """How the buyer can leave."""
    signatories: tuple[Signatory, ...] = ()
    """Who agreed to this version."""
    method: dict[Name, Prose] = Field(default_factory=dict)
    """How it is measured, in sentences under ids of their own, which a notice quotes."""
    verification: dict[Name, Prose] = Field(default_factory=dict)
    """How each side can check the count, in sentences under ids of their own."""
    regulations: dict[Name, Regulation] = Field(default_factory=dict)
    """The rules that the service is under, by ids of your own, and whether they are kept."""
    data_rights: tuple[DataRight, ...] = ()
    """Which data the vendor hands over."""
    waivers: tuple[Waiver, ...] = ()
    """What a lint found and a person accepted."""
    notify: Notify
    """Who is told."""

    _tree: Tree = PrivateAttr(default=Tree(Path("contract"), {}, {(): 1}))

    @model_validator(mode="before")
    @classmethod
    def _prices_each_outcome(cls, value: Any) -> Any:
        outcomes, pricing = (_mapping(value, key) for key in ("outcomes", "pricing"))
        if not outcomes or pricing is None:
            return value  # said better by the fields themselves
        for name in _TAKEN_NAMES & set(outcomes):
            raise refuse(f"{name} is the name of a fee; rename the outcome", "outcomes", name)
        for name in pricing:
            if name not in outcomes and name not in Pricing.model_fields:
                known = [*outcomes, *Pricing.model_fields]
                raise refuse(unknown(name, known, "outcome or supported price"), "pricing", name)
        performance = [*(_mapping(pricing, "performance") or {}).values(), pricing.get("escrow")]
        measured = [term.get("of") for term in performance if isinstance(term, dict)]
        for name in outcomes:
            if name not in pricing and name not in measured:
                because = f'{name} has no price; add {name}: {{per_outcome: "0.99"}}'
                raise refuse(because, "pricing")
        return value

    @model_validator(mode="after")
    def _has_prices_that_fit(self) -> "Contract":
        fitting.check(self.outcomes, self.pricing)
        return self

    @model_validator(mode="after")
    def _has_evidence(self) -> "Contract":
        if not self.evidence_sources:
            raise refuse("no source shows events; add one beside invoice", "sources")
        return self

    @model_validator(mode="after")
    def _has_one_type_per_actor(self) -> "Contract":
        spans = [
            (actor.id, actor.from_ or date.min, actor_type, number, actor)
            for actor_type, actors in self.actors.items()
            for number, actor in enumerate(actors)
        ]
        spans.sort(key=lambda span: span[:2])
        for before, after in pairwise(spans):
            if before[0] == after[0] and before[4].overlaps(after[4]):
                because = f"{after[0]!r} is {before[2]} on the same days; end one before the other"
                raise refuse(because, "actors", *after[2:4])
        return self

    @classmethod
    def grown_from(cls, tree: Tree) -> "Contract":
        """Type what a file says; ContractError names each line that cannot be typed."""
        contract = typed(cls, tree.value, tree)
        contract._tree = tree
        return contract

    @property
    def tree(self) -> Tree:
        """The file as it is written, with line numbers."""
        return self._tree

    @property
    def file(self) -> Path:
        """The file that holds the contract; locations in it are relative to its folder."""
        return self._tree.file

    @property
    def has_invoice(self) -> bool:
        """Whether there is an invoice to compare with, or only an expected charge."""
        return INVOICE in self.sources

    @property
    def evidence_sources(self) -> dict[str, Source]:
        """The sources that show events: all but the invoice."""
        return {name: source for name, source in self.sources.items() if name != INVOICE}

    @property
    def zone(self) -> ZoneInfo:
        """The contract's time zone, from the pinned data."""
        return zone(self.time_zone)

    @property
    def minor_units(self) -> int:
        """How many of the currency's smallest unit make one: 100 for USD, 1 for JPY."""
        return minor_units(self.currency)

    def error(self, where: str, because: str) -> ContractError:
        """Return the error to raise for a key such as `sources.helpdesk.location`."""
        return self._tree.error(undotted(where), because)

    def settings(self, source: str, model: type[Settings]) -> Settings:
        """Type a source's own settings; ContractError names each line that cannot be typed."""
        return typed(model, self.sources[source].settings, self._tree, ("sources", source))


def _mapping(value: Any, key: str) -> dict[str, Any] | None:
    below = value.get(key) if isinstance(value, dict) else None
    return below if isinstance(below, dict) else None
