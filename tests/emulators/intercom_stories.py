"""What can happen to a conversation in Intercom, one method each; a test tells its story with them.

Each takes the instant at which it happens. `by` is an admin's id, a contact's id, `FIN` or
`OPERATOR`. A conversation is named by its id.
"""

from datetime import datetime

from tests.emulators.intercom_model import OPERATOR, Conversation, Deleted, Rating
from tests.emulators.intercom_workspace import Workspace


class ConversationStories(Workspace):
    """What contacts and teammates do."""

    def start(
        self,
        *,
        contact: str,
        at: datetime,
        by: str | None = None,
        body: str = "My order has not arrived.",
        subject: str = "",
        source_type: str = "conversation",
        delivered_as: str = "customer_initiated",
    ) -> str:
        """Begin a conversation; its first message is in the source and is no part."""
        conversation = Conversation(
            215_470_000_000_000 + self._next(),
            [contact],
            at,
            at,
            subject,
            body,
            started_by=by or contact,
            source_type=source_type,
            delivered_as=delivered_as,
        )
        conversation.waiting_since = at if by is None else None
        self.conversations[conversation.id] = conversation
        self.when_changed(conversation, at)
        return conversation.id

    def reply(self, conversation: str, *, by: str, at: datetime, body: str = "Thank you.") -> str:
        """Say something; what a contact says to a closed or snoozed conversation opens it."""
        it = self.conversations[conversation]
        if by not in self.contacts:
            it.waiting_since = None
            return self._add(it, "comment", by, at, body=body)
        it.waiting_since = it.waiting_since or at
        was_open = it.state == "open"
        it.state, it.snoozed_until = "open", None
        return self._add(it, "comment" if was_open else "open", by, at, body=body)

    def note(
        self, conversation: str, *, by: str, at: datetime, body: str = "", reopen: bool = False
    ) -> str:
        it = self.conversations[conversation]
        it.state = "open" if reopen else it.state
        return self._add(it, "note_and_reopen" if reopen else "note", by, at, body=body)

    def assign(
        self, conversation: str, *, to: str | None, by: str, at: datetime, how: str | None = None
    ) -> str:
        """Give it to an admin, a team or nobody; a closed or snoozed one opens by that.

        `how` names another part type: `away_mode_assignment`, `default_assignment`.
        """
        it = self.conversations[conversation]
        assigning = {"closed": "assign_and_reopen", "snoozed": "assign_and_unsnooze"}
        part_type = how or assigning.get(it.state, "assignment")
        it.state, it.snoozed_until = "open", None
        if to in self.teams:
            it.team_id, kind = to, "team"
        else:
            it.admin_id, kind = to, "admin" if to else "nobody_admin"
        return self._add(it, part_type, by, at, assigned_to=(kind, to))

    def close(self, conversation: str, *, by: str, at: datetime, body: str | None = None) -> str:
        it = self.conversations[conversation]
        it.state, it.snoozed_until, it.waiting_since = "closed", None, None
        return self._add(it, "close", by, at, body=body)

    def reopen(self, conversation: str, *, by: str, at: datetime) -> str:
        it = self.conversations[conversation]
        it.state, it.snoozed_until = "open", None
        return self._add(it, "open", by, at)

    def snooze(self, conversation: str, *, by: str, at: datetime, until: datetime) -> str:
        it = self.conversations[conversation]
        it.state, it.snoozed_until = "snoozed", until
        return self._add(it, "snoozed", by, at)

    def wake(self, conversation: str, *, at: datetime, by: str = OPERATOR) -> str:
        """End a snooze: by the timer, or by a teammate before its time."""
        it = self.conversations[conversation]
        it.state, it.snoozed_until = "open", None
        return self._add(it, "timer_unsnooze" if by == OPERATOR else "unsnoozed", by, at)

    def add_participant(self, conversation: str, *, contact: str, by: str, at: datetime) -> str:
        it = self.conversations[conversation]
        it.contact_ids.append(contact)
        return self._add(it, "participant_added", by, at)

    def remove_participant(self, conversation: str, *, contact: str, by: str, at: datetime) -> str:
        it = self.conversations[conversation]
        it.contact_ids.remove(contact)
        return self._add(it, "participant_removed", by, at)

    def set_attribute(
        self, conversation: str, name: str, value: str, *, by: str, at: datetime
    ) -> str:
        it = self.conversations[conversation]
        previous, it.attributes[name] = it.attributes.get(name), value
        details = {"attribute": {"name": name}, "value": {"name": value, "previous": previous}}
        part_type = "conversation_attribute_updated_by_admin"
        return self._add(it, part_type, by, at, event_details=details)

    def tag(self, conversation: str, name: str, *, by: str, at: datetime) -> None:
        it = self.conversations[conversation]
        known = {label: tag_id for tag_id, label in self.tags.items()}
        tag_id = known.get(name) or str(700_000 + self._next())
        self.tags[tag_id] = name
        it.tags.append((tag_id, name, at, by))
        self.touch(conversation, at=at)

    def apply_sla(self, conversation: str, *, name: str, status: str, at: datetime) -> None:
        self.conversations[conversation].sla = (name, status)
        self.touch(conversation, at=at)

    def rate(
        self,
        conversation: str,
        rating: int,
        *,
        at: datetime,
        teammate: str | None = None,
        remark: str = "",
        requested_at: datetime | None = None,
    ) -> None:
        """Let the contact rate the teammate; this is not the rating of Fin."""
        it = self.conversations[conversation]
        it.rating = Rating(rating, requested_at or at, at, remark, teammate or it.admin_id)
        self._add(it, "conversation_rating_changed", it.contact_ids[0], at)
        if remark:
            self._add(it, "conversation_rating_remark_added", it.contact_ids[0], at, body=remark)

    def redact(self, conversation: str, *, at: datetime, part: str | None = None) -> None:
        """Remove the text of a part, or of the source; when and who stay."""
        it = self.conversations[conversation]
        if part is None:
            it.is_source_redacted = True
        else:
            redacted = next(each for each in it.parts if each.id == part)
            redacted.redacted, redacted.updated_at = True, at
        self.touch(conversation, at=at)

    def merge(self, conversation: str, *, into: str, at: datetime, by: str = OPERATOR) -> None:
        """Merge a conversation into another: it closes, and the other one goes on."""
        secondary, primary = self.conversations[conversation], self.conversations[into]
        secondary.merged_into = primary.number
        primary.merged_from.append(secondary.number)
        secondary.attributes["Merged"] = True
        self._add(secondary, "merged_secondary_conversation", by, at)
        self.close(conversation, by=by, at=at)
        self._add(primary, "merged_primary_conversation", by, at)

    def delete(self, conversation: str, *, at: datetime, retain_metrics: bool = True) -> None:
        """Delete for good; reports keep it unless the metrics go too."""
        it = self.conversations.pop(conversation)
        self.deleted.append(Deleted(it.id, at, retain_metrics))
        if retain_metrics:
            it.attributes.clear()
            self.retained[it.id] = it
        self.when_changed(it, at)
