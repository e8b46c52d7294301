"""What the contract says about one source: settings as they were written, typed by the source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from recount.errors import ContractError
from recount.periods import parse_instant


class Settings(BaseModel):
    """The settings of one system; an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


AnySettings = TypeVar("AnySettings", bound=Settings)


@dataclass(frozen=True)
class SourceTerms:
    """The seam between the contract and a source.

    `settings` are the keys beside `system` and `party`, as untyped text, lists and mappings.
    `error` makes a ContractError that names file and line of a dotted path in the contract, such
    as `sources.helpdesk.location`. `base` is the folder that relative locations start from.
    `actors` are the ids in the contract's actor registry, whatever they are said to be. `people` is
    how people were hashed when it was landed, as `requesters.check_value` says it, where that is
    known.
    """

    name: str
    system: str
    party: str
    settings: Mapping[str, object]
    error: Callable[[str, str], ContractError]
    time_zone: str
    currency: str
    base: Path
    actors: frozenset[str] = frozenset()
    people: str | None = None

    def refused(self, key: str, message: str) -> ContractError:
        """Make the error that names this source's key in the contract (`""`: the source itself)."""
        return self.error(f"sources.{self.name}.{key}".rstrip("."), message)

    def typed(self, model: type[AnySettings]) -> AnySettings:
        """Return the settings as that model; ContractError with the line of the first problem."""
        try:
            return model.model_validate(dict(self.settings))
        except ValidationError as problems:
            first = problems.errors()[0]
            path = [str(step) for step in first["loc"]]
        if first["type"] == "missing":
            raise self.refused("", f"{self.system} needs {path[-1]}; add it to {self.name}")
        if first["type"] == "extra_forbidden":
            known = ", ".join(model.model_fields)
            raise self.refused(
                ".".join(path), f"{path[-1]!r} is no setting of {self.system}; it has {known}"
            )
        said = str(first.get("ctx", {}).get("error") or first["msg"])
        raise self.refused(".".join(path), said)


def _instant(written: object) -> datetime:
    if isinstance(written, datetime) and written.tzinfo:
        return written
    if not isinstance(written, str):
        raise ValueError("write an instant with its offset, for example 2016-03-01T09:00:00Z")
    return parse_instant(written)


def _one_or_list(written: object) -> object:
    return [written] if isinstance(written, str) else written


Instant = Annotated[datetime, BeforeValidator(_instant)]
Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_list)]
