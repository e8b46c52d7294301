"""Landed pages of Zendesk as typed rows: one for each record of the API, and no meaning yet."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import UNSET, Struct

from recount.errors import SourceError
from recount.sources import shapes as reading
from recount.sources.shapes import instant_of
from recount.sources.words import shown
from recount.sources.zendesk import shapes
from recount.sources.zendesk.settings import ZendeskSettings

# The columns of a subject that an account may keep in fields of its own.
_SUBJECT_FIELDS = ("tier", "language", "department", "is_test")


def rows_of(
    stream: str, data: bytes | Path, what: str, settings: ZendeskSettings
) -> list[dict[str, Any]]:
    """Return the rows of a landed page, one for each of its records."""
    shape, of = _READERS[stream]
    return [of(record, what, settings) for record in _records(reading.landed(data, shape, what))]


def _records(page: Struct) -> Iterable[Any]:
    """Return the list of records that each page has as its first field."""
    records: list[Any] = getattr(page, page.__struct_fields__[0])
    return records


def _ticket_event(
    event: shapes.TicketEvent, what: str, settings: ZendeskSettings
) -> dict[str, Any]:
    statuses = [child for child in event.child_events if child.status is not UNSET]
    assignments = [child for child in event.child_events if child.assignee_id is not UNSET]
    scores = [child for child in event.child_events if child.satisfaction_score is not UNSET]
    comments = [child for child in event.child_events if child.public is not UNSET]
    # what an update does and undoes by itself never was: the first value before, the last after
    comment = next((each for each in comments if each.public), next(iter(comments), None))
    score = _said(scores[-1].satisfaction_score) if scores else None
    return {
        "ticket_event_id": event.id,
        "ticket_id": event.ticket_id,
        "occurred_at": _from_epoch(event.timestamp),
        "epoch_second": event.timestamp,
        "updater": event.updater_id,
        "status": statuses[-1].status if statuses else None,
        "previous_status": _word(statuses[0].previous_value) if statuses else None,
        "status_rule": _rule(statuses[-1]) if statuses else None,
        "is_assigned": bool(assignments and assignments[-1].assignee_id),
        "assignment_rule": _rule(assignments[-1]) if assignments else None,
        # an answer without the author means that it is who made the update
        "comment_author": (_said(comment.author_id) or event.updater_id) if comment else None,
        "comment_is_public": _said(comment.public) if comment else None,
        "merged_into": next(filter(None, map(_merged_into, comments)), None),
        "score": score,
        "score_value": _value(score, settings),
        "previous_score": _word(scores[0].previous_value) if scores else None,
    }


def _value(score: str | None, settings: ZendeskSettings) -> Decimal | None:
    """Return what the contract says that good or bad is worth, None where it says nothing."""
    worth = settings.ratings
    return {"good": worth.good, "bad": worth.bad}.get(score or "") if worth else None


def _rule(child: shapes.ChildEvent) -> str | None:
    """Return the id of the trigger or automation that did this part, None where none did."""
    return str(child.via_reference_id) if child.via == "Rule" and child.via_reference_id else None


def _merged_into(comment: shapes.ChildEvent) -> int | None:
    source = comment.via.source if isinstance(comment.via, shapes.Via) else UNSET
    if source is UNSET or source.rel != "merge" or source.to is UNSET:
        return None
    return int(source.to.ticket_id) if source.to.ticket_id else None


def _ticket(ticket: shapes.Ticket, what: str, settings: ZendeskSettings) -> dict[str, Any]:
    named = {number: name for name, number in settings.custom_fields.items()}
    fields = {named[f.id]: _spelled(f.value) for f in ticket.custom_fields if f.id in named}
    fields |= {"brand_id": _spelled(ticket.brand_id), "form_id": _spelled(ticket.ticket_form_id),
               "priority": ticket.priority, "type": ticket.type,
               "support_type": ticket.support_type}  # fmt: skip
    source = ticket.via.source
    continues = (
        source.from_.ticket_id
        if source is not UNSET and source.rel == "follow_up" and source.from_ is not UNSET
        else None
    )
    free = {name: value for name, value in fields.items() if name not in _SUBJECT_FIELDS}
    return {
        "ticket_id": ticket.id,
        "created_at": (created_at := _instant(ticket.created_at, what)),
        "epoch_second": _epoch(created_at),
        "exported_at": _from_epoch(ticket.generated_timestamp),
        "status": ticket.status,
        "requester_key": ticket.requester_id,
        "group_id": ticket.group_id,
        "channel": str(ticket.via.channel) if ticket.via.channel is not None else None,
        "continues_ticket_id": _said(continues),
        "support_type": ticket.support_type,
        **{name: fields.get(name) for name in _SUBJECT_FIELDS},
        "attributes": json.dumps(
            {name: value for name, value in sorted(free.items()) if value is not None}
        ),
    }


def _user(user: shapes.User, what: str, _: ZendeskSettings) -> dict[str, Any]:
    return {
        "user_id": user.id,
        "user_key": _said(user.key),
        "role": user.role,
        "updated_at": _instant(user.updated_at, what),
    }


def _audit_log(log: shapes.AuditLog, what: str, _: ZendeskSettings) -> dict[str, Any]:
    return {
        "audit_log_id": log.id,
        "user_id": log.source_id,
        "user_key": _said(log.key),
        "changed_at": _instant(log.created_at, what),
        "from_role": _said(log.from_role),
        "to_role": _said(log.to_role),
    }


def _rating(
    rating: shapes.SatisfactionRating, what: str, settings: ZendeskSettings
) -> dict[str, Any]:
    return {
        "rating_id": rating.id,
        "ticket_id": rating.ticket_id,
        "score": rating.score,
        "score_value": _value(rating.score, settings),
        "updated_at": (updated_at := _instant(rating.updated_at, what)),
        "epoch_second": _epoch(updated_at),
        "requester_key": rating.requester_id,
    }


def _survey(
    response: shapes.SurveyResponse, what: str, settings: ZendeskSettings
) -> dict[str, Any]:
    scale = next((each for each in response.answers if each.type == "rating_scale"), None)
    rated_at = _instant(str(_said(scale.updated_at)), what) if scale else None
    return {
        "survey_response_id": response.id,
        "ticket_id": _surveyed_ticket(response, what),
        "score_value": _scale_value(scale, settings, what) if scale else None,
        "rated_at": rated_at,
        "epoch_second": _epoch(rated_at) if rated_at else None,
        "requester_key": response.responder_id,
    }


def _scale_value(
    scale: shapes.SurveyAnswer, settings: ZendeskSettings, what: str
) -> Decimal | None:
    """Return a survey's answer of 5; a scale of fewer choices counts as good or bad."""
    if settings.survey_choices != "5":
        return _value(_said(scale.rating_category), settings)
    if not isinstance(scale.rating, int) or not 1 <= scale.rating <= 5:
        raise SourceError(
            f"{what}: a survey was answered with {shown(_said(scale.rating))}, which is not 1 to "
            "5; correct survey_choices in the contract"
        )
    return Decimal(scale.rating)


def _surveyed_ticket(response: shapes.SurveyResponse, what: str) -> int:
    """Return the ticket that a survey is about, out of `zen:ticket:123`."""
    tickets = [zrn.removeprefix("zen:ticket:") for zrn in response.subject_zrns]
    if len(tickets) != 1 or not tickets[0].isdigit():
        raise SourceError(
            f"{what}: survey response {shown(response.id)} is about {shown(response.subject_zrns)} "
            "and not about one ticket; exclude that survey in Zendesk"
        )
    return int(tickets[0])


def _group(group: shapes.Group, what: str, _: ZendeskSettings) -> dict[str, Any]:
    return {"group_id": group.id, "group_name": group.name}


def _said(value: Any) -> Any:
    return None if value is UNSET else value


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _spelled(value: Any) -> str | None:
    """Return a value of a field as a scope writes it: true, 12, gold; a list has no one value."""
    if value is None or isinstance(value, list):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _instant(text: str, what: str) -> datetime:
    return instant_of(text, what).replace(tzinfo=None)


def _epoch(instant: datetime) -> int:
    return int(instant.replace(tzinfo=UTC).timestamp())


def _from_epoch(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


_Reader = tuple[type[Struct], Callable[[Any, str, ZendeskSettings], dict[str, Any]]]
_READERS: Mapping[str, _Reader] = {
    "ticket_events": (shapes.TicketEvents, _ticket_event),
    "tickets": (shapes.Tickets, _ticket),
    "users": (shapes.Users, _user),
    "audit_logs": (shapes.AuditLogs, _audit_log),
    "satisfaction_ratings": (shapes.SatisfactionRatings, _rating),
    "survey_responses": (shapes.SurveyResponses, _survey),
    "groups": (shapes.Groups, _group),
}
