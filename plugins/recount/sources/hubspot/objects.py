"""What is read of which object of an account."""

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Struct

from recount.sources.hubspot import shapes
from recount.sources.hubspot.settings import HubSpotSettings

# so many may be read at once, and fewer with their histories
_MOST, _MOST_WITH_HISTORY = 100, 50
_BY = ("hs_object_source", "hs_object_source_id", "hs_object_source_user_id")


@dataclass(frozen=True)
class Table:
    """One object: its properties, those without which nothing is known, and those with history.

    `linked` is the object that its records are about, or the one that theirs are.
    """

    kind: str
    properties: tuple[str, ...]
    needed: tuple[str, ...]
    linked: str
    histories: tuple[str, ...] = ()

    @property
    def limit(self) -> int:
        """How many are read at once."""
        return _MOST_WITH_HISTORY if self.histories else _MOST

    @property
    def page(self) -> type[Struct]:
        """The shape of a batch."""
        return shapes.page_of(self.properties, self.needed, self.histories)

    @property
    def asked(self) -> list[str]:
        """The properties that are asked for."""
        return [*self.needed, *self.properties, "hs_lastmodifieddate", *_BY]


def tables_of(said: HubSpotSettings) -> Mapping[str, Table]:
    """Return what a contract needs of an account, by stream."""
    tables: dict[str, Table] = {}
    if said.tickets:
        usual = ["hs_pipeline", "source_type", "hs_ticket_priority", "hs_ticket_category",
                 shapes.MERGED]  # fmt: skip
        tables["tickets"] = Table(
            "tickets", _with(said.properties, usual), ("createdate", shapes.STAGE), "contacts",
            histories=(shapes.STAGE, shapes.OWNER, shapes.MERGED),
        )  # fmt: skip
        if said.emails:
            tables["emails"] = Table(
                "emails", ("hs_email_direction", "hs_email_status"), ("hs_timestamp",), "tickets"
            )
        if said.notes:
            tables["notes"] = Table("notes", (), ("hs_timestamp",), "tickets")
        if said.surveys:
            tables["submissions"] = Table(
                "feedback_submissions",
                ("hs_survey_id", "hs_survey_type", "hs_value", "hs_submission_timestamp"),
                ("hs_createdate",), "tickets",
            )  # fmt: skip
    if said.meetings:
        usual = ["hs_meeting_start_time", "hs_meeting_end_time", "hs_activity_type"]
        tables["meetings"] = Table(
            "meetings", _with(said.meeting_properties, usual), ("hs_createdate",), "contacts",
            histories=(shapes.OUTCOME,),
        )  # fmt: skip
    return tables


def _with(own: Mapping[str, str], usual: list[str]) -> tuple[str, ...]:
    asked_anyway = {*_BY, "createdate", "hs_createdate", "hs_lastmodifieddate", shapes.STAGE}
    names = dict.fromkeys([*usual, *sorted({*own.values()})])
    return tuple(name for name in names if name not in asked_anyway)
