"""A case is a contract, a log and an invoice; a batch of them is recounted in one dbt build.

The same case can be judged by `recount.evaluator`, so that SQL and specification are compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from recount.contract.balances import Balances, Settled, balances
from recount.contract.canonical import canonical_json
from recount.contract.model import Contract
from recount.contract.opening import in_month
from recount.contract.tables import terms_tables
from recount.contract.tree import grow
from recount.evaluator import Coverage, Event, Line, Log, Subject
from recount.gathering import landed_schemas
from recount.inputs import interval_rows, period_rows, run_rows
from recount.periods import Period
from recount.warehouse import MARTS, Scratch, reconcile

MINIMAL: Mapping[str, Any] = {
    "contract": "acme",
    "version": 1,
    "effective": {"from": "2020-01-01", "until": "2030-01-01"},
    "parties": {"buyer": "Acme GmbH", "vendor": "Example AI Inc"},
    "time_zone": "UTC",
    "currency": "USD",
    "counting_party": "buyer",
    "sources": {"helpdesk": {"system": "event_log", "location": "events.csv", "shows": ["solved"]}},
    "outcomes": {
        "resolution": {
            "says": "A ticket that the AI agent solved.",
            "subject": "ticket",
            "concluded_by": {"event": "solved", "by": "ai_agent"},
            "clauses": {"quiet": {"forbids": {"event": "reopened", "within": "14 days"}}},
        }
    },
    "pricing": {"resolution": {"per_outcome": "1.00"}},
    "tolerance": {"percent": "2", "of": "invoiced", "measure": "count"},
    "rights": {
        "reclassify": True, "raw_event_export": True, "counterfactual_replay": True,
        "set_off": False,
    },
    "settlement": {"final_after": "30 days", "unverifiable": "query"},
    "notify": {"finance": ["ap@acme.example"]},
}  # fmt: skip


def contract_of(**changes: Any) -> Contract:
    """Return the minimal contract with some top-level keys replaced, read as from a file."""
    text = yaml.safe_dump({**MINIMAL, **changes}, sort_keys=False, allow_unicode=True)
    return Contract.grown_from(grow(Path("contract.yml"), text))


def outcome_of(**changes: Any) -> dict[str, Any]:
    """Return the `outcomes` of the minimal contract with some keys of its one outcome replaced."""
    return {"resolution": {**MINIMAL["outcomes"]["resolution"], **changes}}


@dataclass(frozen=True)
class Billed(Line):
    """A line that bills otherwise: an empty subject is none, and the amount may be another."""

    outcome: str = "resolution"
    quantity: Decimal = Decimal(1)
    amount: Decimal | None = None


@dataclass(frozen=True)
class Case:
    """One contract, run for one period as of one instant, over one log and one invoice."""

    contract: Contract
    events: Sequence[Event]
    period: str
    as_of: datetime
    subjects: Sequence[Subject] = ()
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    lines: Sequence[Line] = ()
    earlier: Sequence[Settled] = ()

    @property
    def left(self) -> Balances:
        """What earlier months left of what the contract's months share."""
        return balances(self.contract, self.period, self.earlier)

    @property
    def shown(self) -> dict[str, Coverage]:
        """The given coverage, or all event types of the log until `as_of`."""
        everything = {e.event_type: Coverage(None, self.as_of) for e in self.events}
        named = {"solved", "reopened", "rated", "replied", "contacted"}
        return dict(self.coverage) or everything | dict.fromkeys(named, Coverage(None, self.as_of))

    @property
    def log(self) -> Log:
        """The log as the specification reads it."""
        return Log(self.events, self.subjects, self.shown, self.as_of)

    @property
    def periods(self) -> list[tuple[str, datetime, datetime]]:
        """The months that the specification may place a candidate in."""
        first = Period.named("2025-01", self.contract.zone)
        months = [first]
        while len(months) < 60:
            months.append(months[-1].next(self.contract.zone))
        return [(month.name, month.starts_at, month.ends_at) for month in months]

    def unit_prices(self, subject_id: str) -> set[Decimal]:
        """The prices that the contract knows for a subject's resolution."""
        price = self.contract.pricing.outcomes["resolution"]
        tier = self.log.subjects[subject_id].attributes.get("tier")
        if price.percent_of_value is not None:
            worth = max(event.value or 0 for event in self.log.by_subject[subject_id])
            exact = worth * price.percent_of_value / 100
            return {round(exact * self.contract.minor_units) / Decimal(self.contract.minor_units)}
        priced = price.by_tier[tier] if price.by_tier and tier else price
        return {step.each for step in priced.priced.bands}

    def definition(self, outcome: str = "resolution", *, by_vendor: bool = False) -> dict[str, Any]:
        """An outcome's terms as the canonical contract has them."""
        import json

        terms: dict[str, Any] = json.loads(canonical_json(self.contract))["outcomes"][outcome]
        terms.setdefault("count_once_per", "subject")
        terms.setdefault("counts_in", "concluded")
        return {**terms, **terms["vendor_says"]} if by_vendor else terms


class Recounted:
    """The marts of a batch, by case."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._marts: dict[str, dict[str, list[dict[str, Any]]]] = {}

    def rows(self, mart: str, case: Case) -> list[dict[str, Any]]:
        """The rows of a mart that belong to one case's contract."""
        if mart not in self._marts:
            self._marts[mart] = {}
            with self._scratch.reading() as built:
                found = built.mart(mart).to_pylist()
            for row in found:
                self._marts[mart].setdefault(row["contract"], []).append(row)
        return self._marts[mart].get(case.contract.contract, [])

    def marts(self, case: Case) -> dict[str, pa.Table]:
        """The marts of one case's contract, as `recount.statement.from_marts` reads them."""
        return {name: pa.Table.from_pylist(self.rows(name, case)) for name in MARTS}


def recount(cases: Sequence[Case], folder: Path) -> Recounted:
    """Recount all cases in one build; their contracts need different names."""
    names = [case.contract.contract for case in cases]
    assert len(set(names)) == len(names) > 0, "each case of a batch needs a name of its own"
    scratch = Scratch(folder)
    terms = terms_tables(
        [in_month(case.contract, case.period) for case in cases], [case.left for case in cases]
    )
    months = [(case.contract, Period.named(case.period, case.contract.zone)) for case in cases]
    terms["runs"] = run_rows(
        [(*month, case.as_of) for month, case in zip(months, cases, strict=True)]
    )
    terms["intervals"] = interval_rows(months)
    terms["periods"] = period_rows(
        [(case.contract, case.periods[0][1], case.periods[-1][1]) for case in cases]
    )
    rows = {name: [] for name in landed_schemas()}  # type: dict[str, list[dict[str, Any]]]
    for key, case in enumerate(cases):
        for table, row in _landed(case):
            rows[table].append({"contract_key": key, "source": _SOURCE[table], **row})
    for name, schema in landed_schemas().items():
        table = pa.Table.from_pylist(rows[name], schema=schema)
        scratch.write_landed(name, "batch", schema, table.to_batches())
    reconcile(scratch, terms, landed_schemas())
    return Recounted(scratch)


_SOURCE = {
    "event_log__events": "helpdesk", "event_log__subjects": "helpdesk", "coverage": "helpdesk",
    "invoice__lines": "invoice", "manifests": "helpdesk",
}  # fmt: skip


def _landed(case: Case) -> Iterable[tuple[str, dict[str, Any]]]:
    for number, event in enumerate(case.events, start=1):
        yield "event_log__events", {
            "event_id": event.event_id, "subject_id": event.subject_id,
            "subject_type": event.subject_type, "event_type": event.event_type,
            "occurred_at": _naive(event.occurred_at), "actor_type": event.actor_type,
            "value": event.value, "unit": event.unit, "record_number": number, "file": "events.csv",
        }  # fmt: skip
    for number, subject in enumerate(case.subjects, start=1):
        yield "event_log__subjects", {
            "subject_id": subject.subject_id, "subject_type": subject.subject_type,
            "opened_at": _naive(subject.opened_at), "requester_key": subject.requester_key,
            "queue": subject.attributes.get("queue"), "tier": subject.attributes.get("tier"),
            "record_number": number, "file": "subjects.csv",
        }  # fmt: skip
    for event_type, coverage in case.shown.items():
        yield "coverage", {
            "event_type": event_type, "observed_from": _naive(coverage.observed_from),
            "observed_until": _naive(min(coverage.observed_until, case.as_of)),
        }  # fmt: skip
    for number, line in enumerate(case.lines, start=1):
        billed = line if isinstance(line, Billed) else Billed(**vars(line))
        amount = billed.quantity * billed.unit_price if billed.amount is None else billed.amount
        yield "invoice__lines", {
            "invoice_id": "INV-1", "line_id": line.line_id, "subject_id": line.subject_id or None,
            "outcome": billed.outcome, "quantity": billed.quantity, "unit_price": line.unit_price,
            "amount": amount, "currency_code": case.contract.currency,
            "line_number": number, "file": "invoice.csv",
        }  # fmt: skip


def _naive(instant: datetime | None) -> datetime | None:
    return instant and instant.astimezone(UTC).replace(tzinfo=None)


def at(text: str) -> datetime:
    """An instant in UTC, as short as `2026-01-01 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


MICROSECOND = timedelta(microseconds=1)
