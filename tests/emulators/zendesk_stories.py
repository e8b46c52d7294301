"""What people, rules and the system do with tickets."""

from datetime import datetime
from typing import Any

from tests.emulators.zendesk_people import People
from tests.emulators.zendesk_records import (
    BRAND,
    CUSTOM_STATUS,
    FORM,
    VIA_LABELS,
    Child,
    Json,
    Ticket,
    comment_part,
    to_second,
    via_object,
)

CLOSING_RULE, REOPENING_RULE = 6241378811151, 360074242516


class Stories(People):
    """The life of tickets; each method is one update unless it says otherwise."""

    def create(
        self,
        *,
        at: datetime,
        requester: int,
        subject: str = "Where is my order?",
        body: str = "It should have come on Monday.",
        status: str = "new",
        assignee: int | None = None,
        group: int | None = None,
        tags: tuple[str, ...] = (),
        channel: str = "email",
        support_type: str = "agent",
        custom_fields: dict[int, Any] | None = None,
        via: Json | None = None,
        number: int | None = None,
    ) -> int:
        """Open a ticket; `support_type="ai_agent"` is one that only an AI agent has handled."""
        second, person = to_second(at), self.users[requester]
        address = {"address": person.email, "name": person.name}
        via = via or via_object(channel, source=address if channel == "email" else {})
        id_ = number or len(self.tickets) + 1
        ticket = Ticket(id_, requester, subject, body, status, second, second, 0, via,
                        support_type, assignee, group, list(tags), custom_fields or {})  # fmt: skip
        ticket.solved = second if status == "solved" else None
        self.tickets[id_] = ticket
        values = {"priority": "normal", "subject": subject, "type": None, "status": status,
                  "assignee_id": assignee, "group_id": group, "brand_id": str(BRAND),
                  "custom_status_id": str(CUSTOM_STATUS[status]), "ticket_form_id": str(FORM),
                  "requester_id": requester}  # fmt: skip
        parts = [comment_part(person, body, is_public=True, via=via)]
        parts += [Child("Create", {name: value}) for name, value in values.items()]
        if tags:
            parts.append(Child("Create", _tags(list(tags), added=list(tags))))
        self.record(id_, parts, at=at, by=requester, via=VIA_LABELS.get(channel, channel))
        return id_

    def comment(
        self,
        ticket: int,
        *,
        at: datetime,
        by: int,
        body: str = "We are looking into it.",
        is_public: bool = True,
        status: str | None = None,
        channel: str = "api",
        via: Json | None = None,
    ) -> None:
        """Add a comment, and with `status` set the status in the same update."""
        via = via or via_object(channel)
        parts = [comment_part(self.users[by], body, is_public=is_public, via=via)]
        if status:
            parts += self._status(ticket, status, at)
        self.record(ticket, parts, at=at, by=by, via=VIA_LABELS.get(channel, channel))

    def set_status(self, ticket: int, status: str, *, at: datetime, by: int | None = None) -> None:
        """Set a status; `hold`, `pending`, `open`, `solved` ... Without `by`, the system does."""
        self.record(ticket, self._status(ticket, status, at), at=at, by=by)

    def solve(self, ticket: int, *, at: datetime, by: int | None = None) -> None:
        self.set_status(ticket, "solved", at=at, by=by)

    def reopen(self, ticket: int, *, at: datetime, by: int, body: str = "Still not here!") -> None:
        """Let somebody answer a solved ticket."""
        self.comment(ticket, at=at, by=by, body=body, status="open", channel="email")

    def solve_and_reopen(self, ticket: int, *, at: datetime, by: int) -> None:
        """Solve a ticket and let a trigger open it again, inside one update."""
        parts = self._status(ticket, "solved", at)
        parts += self._status(ticket, "open", at, rule=REOPENING_RULE, rel="trigger")
        self.record(ticket, parts, at=at, by=by)

    def close(self, ticket: int, *, at: datetime) -> None:
        """Let the automation close a solved ticket; nothing opens it again."""
        parts = self._status(ticket, "closed", at, rule=CLOSING_RULE, rel="automation")
        self.record(ticket, parts, at=at, via="Rule")

    def assign(self, ticket: int, *, at: datetime, by: int | None, assignee: int | None,
               group: int | None = None) -> None:  # fmt: skip
        parts = self.change(ticket, "assignee", assignee)
        if group is not None:
            parts += self.change(ticket, "group", group)
        self.record(ticket, parts, at=at, by=by)

    def tag(self, ticket: int, *, at: datetime, by: int | None = None, add: tuple[str, ...] = (),
            remove: tuple[str, ...] = ()) -> None:  # fmt: skip
        it = self.tickets[ticket]
        it.tags = sorted({*it.tags, *add} - {*remove})
        changed = Child("Change", _tags(it.tags, added=list(add), removed=list(remove)))
        self.record(ticket, [changed], at=at, by=by)

    def escalate(self, ticket: int, *, at: datetime, assignee: int | None = None) -> None:
        """Hand an AI agent's ticket to people; from now on the default scope shows it."""
        self.tickets[ticket].support_type = "agent"
        self.assign(ticket, at=at, by=None, assignee=assignee)

    def note_sla(self, ticket: int, *, at: datetime) -> None:
        """Apply a service level: an update without parts."""
        self.record(ticket, [], at=at, via="SLA")

    def touch(self, ticket: int, *, at: datetime) -> None:
        """Let the system change a ticket: no event, and `updated_at` stays."""
        self.regenerate(self.tickets[ticket], to_second(at))

    def archive(self, ticket: int, *, at: datetime) -> None:
        """Archive a closed ticket: lists and counts leave it out, the exports do not."""
        self.tickets[ticket].is_archived = True
        self.touch(ticket, at=at)

    def delete(self, ticket: int, *, at: datetime, by: int) -> None:
        self.tickets[ticket].status_before_deletion = self.tickets[ticket].status
        self.record(ticket, self.change(ticket, "status", "deleted"), at=at, by=by)

    def restore(self, ticket: int, *, at: datetime, by: int) -> None:
        status = self.tickets[ticket].status_before_deletion
        self.record(ticket, self.change(ticket, "status", status), at=at, by=by)

    def purge(self, ticket: int, *, at: datetime) -> None:
        """Delete a deleted ticket for good: its text and its events are gone."""
        it = self.tickets[ticket]
        it.subject = it.description = "SCRUBBED"
        it.tags, it.custom_fields = [], {}
        for event in self.events_of(ticket):
            self.forget(event)
        self.touch(ticket, at=at)

    def lose_event(self, ticket: int, position: int = -1) -> None:
        """Let one update of a ticket be missing from the export."""
        self.forget(self.events_of(ticket)[position])

    def merge(self, source: int, *, into: int, at: datetime, by: int) -> None:
        """Close one ticket and tell the other of it: two updates."""
        target, agent = self.tickets[into], self.users[by]
        to = via_object("web", rel="merge", to={"ticket_id": into, "subject": target.subject})
        words = f'This request was closed and merged into request #{into} "{target.subject}".'
        parts = [comment_part(agent, words, is_public=False, via=to)]
        tags = self.tickets[source].tags = [*self.tickets[source].tags, "closed_by_merge"]
        parts.append(Child("Change", _tags(tags, added=["closed_by_merge"])))
        parts += self._status(source, "closed", at)
        self.record(source, parts, at=at, by=by, via="Merge")
        origin = via_object("web", rel="merge", source={"ticket_ids": [source]})
        note = comment_part(agent, f"Request #{source} was merged.", is_public=False, via=origin)
        self.record(into, [note], at=at, by=by, via="Merge", merged_ticket_ids=[source])

    def follow_up(self, closed: int, *, at: datetime, by: int, **values: Any) -> int:
        """Answer a closed ticket: a new one begins, and both name each other."""
        it = self.tickets[closed]
        origin = {"ticket_id": closed, "subject": it.subject}
        via = via_object("email", rel="follow_up", source=origin)
        new = self.create(at=at, requester=by, via=via, **values)
        it.followups = [*it.followups, new]
        self.touch(closed, at=at)
        return new

    def _status(self, ticket: int, status: str, at: datetime, rule: int | None = None,
                rel: str | None = None) -> list[Child]:  # fmt: skip
        if status == "solved":
            self.tickets[ticket].solved = to_second(at)
        return self.change(ticket, "status", status, rule, rel)


def _tags(tags: list[str], *, added: list[str], removed: list[str] | None = None) -> Json:
    return {"tags": list(tags), "added_tags": added, "removed_tags": removed or []}
