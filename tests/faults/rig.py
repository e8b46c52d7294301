"""What the faults need to know of a connector: its emulator with a story, and how it is asked."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from recount import landing, pins
from recount.lake import open_lake
from recount.month import Month
from recount.sources import source_of, terms_of
from tests.emulators.server import Emulator
from tests.end_to_end.buyer import Buyer
from tests.support.small import FINAL, write_month

SECRET = "s3cr3t-of-the-connection"
PATIENCE = {"attempts": 3, "longest_wait_seconds": 0.05, "idle_seconds": 0.5, "answer_seconds": 1.5,
            "requests_per_minute": 100_000}  # fmt: skip


@dataclass(frozen=True)
class Rig:
    """One connector in a month of five tickets, t1 to t5, that an AI agent solved in March 2026.

    `t2` was reopened within 14 days; all are invoiced. `start` opens the emulator with that story
    and pages so small that the stream `events` takes three of them at least. `path` begins the
    path of its requests, and `records` finds the list of records in one of its answers.
    """

    system: str
    start: Callable[[], AbstractContextManager[Emulator]]
    settings: Mapping[str, Any]
    agent_id: Callable[[Any], str]
    ids: Callable[[Any], Mapping[str, str]]
    connection: Callable[[Any], Mapping[str, Any]]
    events: str
    path: str
    records: Callable[[Any], list[Any]]
    # a field of a record without which nothing can be told, and one that may be anything
    needed_field: str
    # changes one record that decides, so that it contradicts itself
    contradict: Callable[[Any], None]
    # takes half of the records away and leaves what the answer says of their number; None where
    # the API says no number
    shorten: Callable[[Any], None] | None = None
    # lets the access token run out; None where there is none
    expire: Callable[[Any], None] | None = None
    # removes a ticket for good, as the source would
    purge: Callable[[Any, str], None] | None = None
    # how often the stream is asked before its first page, to try the queries
    opening_requests: int = 0
    # the order of records is part of what was asked, so that a page out of it is refused
    is_ordered: bool = False
    extra_terms: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Bench:
    """A rig that is set up in a folder: a buyer whose contract names the running emulator."""

    rig: Rig
    emulator: Any
    buyer: Buyer
    folder: Path

    @property
    def month(self) -> Month:
        return Month(str(self.buyer.contract), "acme", "2026-03", FINAL, str(self.buyer.lake))

    def land(self) -> None:
        """Extract the source, as the first stage of a run does."""
        pins.land(self.month, "helpdesk")

    def landed(self) -> set[str]:
        """Every row of the stream of events that was landed, once."""
        month = self.month
        contract, lake = month.contract, open_lake(str(self.buyer.lake))
        terms = terms_of(contract, "helpdesk")
        digest = pins.pin_of(month, "helpdesk")["streams"][self.rig.events]
        rows: set[str] = set()
        for manifest in landing.whole(lake, "acme", "helpdesk", self.rig.events, digest):
            for page, data in landing.pages(lake, manifest):
                for batch in source_of(terms).batches(terms, self.rig.events, page.name, data):
                    for row in batch.drop_columns(["record_number", "file"]).to_pylist():
                        rows.add(json.dumps(row, sort_keys=True, default=str))
        return rows

    def asked(self) -> int:
        """How often the stream of events was asked for so far."""
        return len(self.emulator.asked(self.rig.path))

    def in_another_lake(self) -> "Bench":
        """The same buyer without anything landed."""
        return replace(self, buyer=replace(self.buyer, lake=self.folder / "another"))


def set_up(rig: Rig, emulator: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Write the contract, the invoice and the connection."""
    connection = dict(rig.connection(emulator))
    connection["extra"] = {**PATIENCE, **connection.get("extra", {})}
    monkeypatch.setenv("AIRFLOW_CONN_HELPDESK", json.dumps({"conn_type": "http", **connection}))
    helpdesk = {"system": rig.system, "connection": "helpdesk", **rig.settings}
    contract = write_month(
        folder,
        sources={
            "helpdesk": helpdesk,
            "invoice": {"system": "recount_csv", "location": "{period}.csv",
                        "subjects_of": "helpdesk"},
        },
        actors={"ai_agent": [{"id": rig.agent_id(emulator)}]},
        **rig.extra_terms,
    )  # fmt: skip
    head = "invoice_id,line_id,subject_id,outcome,quantity,unit_price,amount,currency"
    ids = rig.ids(emulator)
    lines = [f"INV-1,{name},{ids[name]},resolution,1,1.00,1.00,USD" for name in sorted(ids)]
    (folder / "2026-03.csv").write_text("\n".join([head, *lines, ""]), "utf-8")
    return Bench(rig, emulator, Buyer(contract, folder / "lake"), folder)
