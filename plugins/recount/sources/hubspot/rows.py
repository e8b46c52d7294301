"""Landed pages of HubSpot as typed rows: one for each record of the API, and no meaning yet."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec import UNSET, Struct

from recount.sources import shapes as reading
from recount.sources.hubspot import listed, shapes, threads
from recount.sources.hubspot.cells import Cells, Row
from recount.sources.hubspot.objects import tables_of
from recount.sources.hubspot.settings import HubSpotSettings
from recount.sources.hubspot.values import decimal
from recount.sources.requesters import names_by_key
from recount.sources.terms import SourceTerms


def count_of(stream: str, page: Any) -> int:
    """Return how many rows a page will give."""
    counts: Mapping[str, Callable[[Any], int]] = {
        "tickets": lambda each: (
            1 + sum(len(shapes.entries_of(each, name)) for name in (shapes.STAGE, shapes.OWNER))
            + sum(1 for _ in shapes.mergers_of(each))
        ),
        "meetings": lambda each: 1 + len(shapes.entries_of(each, shapes.OUTCOME)),
        "messages": lambda each: len(each.messages),
        "pipelines": lambda each: len(each.stages),
        "deletions": lambda each: 1,
    }  # fmt: skip
    count = counts.get(stream, lambda each: len(each.tickets))
    return sum(count(each) for each in page.results)


@dataclass(frozen=True)
class Reader(Cells):
    """Reads the landed pages of one source."""

    said: HubSpotSettings

    @classmethod
    def of(cls, terms: SourceTerms, what: str) -> "Reader":
        """Return what reads a page by a contract's terms."""
        names = names_by_key(terms)
        return cls(what, terms.actors, names, terms.typed(HubSpotSettings))

    def rows(self, stream: str, data: bytes | Path) -> list[Row]:
        """Return the rows of a page, one for each of its records."""
        lists: Mapping[str, type[Struct]] = {
            "pipelines": listed.Pipelines, "deletions": listed.Bin, "messages": threads.Threads
        }  # fmt: skip
        shape = lists.get(stream) or tables_of(self.said)[stream].page
        page: Any = reading.landed(data, shape, self.what)
        of: Callable[[Any], Iterator[Row]] = getattr(self, f"_{stream}")
        read_at = None if page.taken_at is UNSET else self.naive(page.taken_at)
        about = {"kind": page.kind} if stream == "deletions" else {}
        return [about | row | {"read_at": read_at} for each in page.results for row in of(each)]

    def _tickets(self, record: Any) -> Iterator[Row]:
        values, id_ = shapes.values_of(record), {"ticket_id": self.number(record.id)}
        free = {"priority": values["hs_ticket_priority"], "category": values["hs_ticket_category"],
                "pipeline_id": values["hs_pipeline"]}  # fmt: skip
        yield id_ | {
            "record_kind": "ticket",
            **self.at(values["createdate"]),
            **self.by(record.properties, record.properties.hs_object_source),
            "value": values[shapes.STAGE],
            "contract_kind": self.said.stages.get(values[shapes.STAGE] or ""),
            "pipeline_id": values["hs_pipeline"],
            "channel": values["source_type"],
            **self.described(values, self.said.properties, free),
            **self.about(record, values),
        }
        for kind, name in (("stage", shapes.STAGE), ("owner", shapes.OWNER)):
            for entry in shapes.entries_of(record, name):
                said = self.said.stages.get(entry.value or "") if kind == "stage" else None
                yield id_ | self.entry(kind, entry) | {"contract_kind": said}
        for merged, entry in shapes.mergers_of(record):
            merger = {"value": None, "merged_id": self.number(merged)}
            yield id_ | self.entry("merger", entry) | merger

    def _meetings(self, record: Any) -> Iterator[Row]:
        values, id_ = shapes.values_of(record), {"meeting_id": self.number(record.id)}
        yield id_ | {
            "record_kind": "meeting",
            **self.at(values["hs_createdate"]),
            **self.by(record.properties, record.properties.hs_object_source),
            "minutes": self.minutes(values),
            "activity_type": values["hs_activity_type"],
            **self.described(values, self.said.meeting_properties, {}),
            **self.about(record, values),
        }
        for entry in shapes.entries_of(record, shapes.OUTCOME):
            said = self.said.meeting_outcomes.get(entry.value or "")
            yield id_ | self.entry("outcome", entry) | {"contract_event": said}

    def _emails(self, record: Any) -> Iterator[Row]:
        values = shapes.values_of(record)
        of = {"direction": values["hs_email_direction"], "status": values["hs_email_status"]}
        yield from self._written(record, "email_id", of)

    def _notes(self, record: Any) -> Iterator[Row]:
        yield from self._written(record, "note_id", {})

    def _submissions(self, record: Any) -> Iterator[Row]:
        values = shapes.values_of(record)
        for ticket in record.tickets:
            yield {
                "submission_id": self.number(record.id),
                "ticket_id": self.number(ticket),
                "survey_id": values["hs_survey_id"],
                "survey_type": values["hs_survey_type"],
                **self.at(values["hs_submission_timestamp"] or values["hs_createdate"]),
                "said": values["hs_value"],
                "value": decimal(values["hs_value"]),
                "scale": self.said.surveys.get(values["hs_survey_id"] or ""),
            }

    def _messages(self, thread: threads.Thread) -> Iterator[Row]:
        for message in thread.messages or []:
            actor, is_by_app = self._sender(message)
            yield {
                "message_id": message.id,
                "thread_id": self.number(thread.id),
                "ticket_id": self.number(thread.ticket_id or ""),
                "message_type": message.type,
                "direction": message.direction,
                "status": message.status.status_type if message.status else None,
                **self.at(message.created_at),
                "actor_kind": message.actor_kind,
                "is_by_app": is_by_app,
                "is_named": actor in self.actors,
                "actor": actor,
            }

    def _sender(self, message: threads.Message) -> tuple[str | None, bool]:
        """Return who wrote: whom the contract names, else the app, which writes for a user."""
        person = None if message.person is UNSET else str(message.person)
        actor = self.names.get(person or "", person) or (message.actor or None)
        number = message.client.integration_app_id
        if number is None or actor in self.actors:
            return actor, False
        return f"I-{number}", True

    def _pipelines(self, pipeline: listed.Pipeline) -> Iterator[Row]:
        for stage in pipeline.stages:
            yield {
                "pipeline_id": pipeline.id,
                "pipeline_name": pipeline.label,
                "stage_id": stage.id,
                "stage_name": stage.label,
                "ticket_state": stage.metadata.ticket_state,
            }

    def _deletions(self, archived: listed.Archived) -> Iterator[Row]:
        yield {"object_id": self.number(archived.id), **self.at(archived.archived_at)}

    def _written(self, record: Any, name: str, of: Row) -> Iterator[Row]:
        values = shapes.values_of(record)
        for ticket in record.tickets:
            about = {name: self.number(record.id), "ticket_id": self.number(ticket)}
            by = self.by(record.properties, record.properties.hs_object_source)
            yield about | of | self.at(values["hs_timestamp"]) | by
