"""Whether a contract's sources can be reached, and what they can show: before a month needs it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recount.contract.model import Contract
from recount.errors import RecountError
from recount.periods import Period, format_instant
from recount.sources import source_of, terms_of
from recount.sources.source import Reach, Source
from recount.sources.terms import SourceTerms


@dataclass(frozen=True)
class SourceReport:
    """What was tried of one source, and the event types that it can show with their beginning."""

    name: str
    system: str
    reaches: tuple[Reach, ...]
    shows: dict[str, datetime | None]

    @property
    def is_fine(self) -> bool:
        """Whether nothing that was tried failed."""
        return all(reach.is_fine for reach in self.reaches)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON has it."""
        return {
            "source": self.name,
            "system": self.system,
            "reaches": [vars(reach) for reach in self.reaches],
            "shows": {
                event_type: since and format_instant(since)
                for event_type, since in self.shows.items()
            },
        }

    def lines(self) -> Iterator[str]:
        """The report as people read it."""
        yield f"{self.name} ({self.system})"
        for reach in self.reaches:
            yield f"  {'ok  ' if reach.is_fine else 'FAIL'}  {reach.what}: {reach.says}"
        beginnings: dict[datetime | None, list[str]] = {}
        for event_type, since in self.shows.items():
            beginnings.setdefault(since, []).append(event_type)
        for since, event_types in beginnings.items():
            began = f"from {format_instant(since)}" if since else "from the beginning"
            yield f"  shows {', '.join(sorted(event_types))} {began}"


def report(contract: Contract, name: str, period: Period) -> SourceReport:
    """Try one source of a contract; ContractError if its settings cannot be used."""
    terms = terms_of(contract, name)
    source = source_of(terms)
    source.check(terms)
    covered = source.coverage(terms, period.ends_at, {}) if source.shows(terms) else []
    shows = {each.event_type: each.observed_from for each in covered}
    return SourceReport(name, terms.system, tuple(_tried(source, terms, period)), shows)


def _tried(source: Source, terms: SourceTerms, period: Period) -> Iterator[Reach]:
    try:
        yield from source.reach(terms, period)
    except RecountError as failure:
        yield Reach("reach", False, str(failure))
