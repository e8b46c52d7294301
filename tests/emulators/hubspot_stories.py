"""What happens in an account of HubSpot, told in the words of the people there."""

from datetime import datetime, timedelta
from typing import Any

from tests.emulators.hubspot_records import Account, By, Entry, Record, spelled

SUBJECT, CONTENT = "Where is my order?", "We are looking into it, Person One"
MERGED = "hs_merged_object_ids"


class Stories:
    """Tells what happened; each telling says when (`at`) and what did it (`by`)."""

    account: Account

    def add_user(self) -> int:
        """Return the id of a new user; his id as an owner is the next one."""
        user = self.account.next_id()
        self.account.next_id()
        return user

    def add_pipeline(self, label: str, **stages: str) -> dict[str, str]:
        """Add a pipeline for tickets; stages by their label and state, returned by their ids."""
        ids = {name: str(self.account.next_id()) for name in stages}
        told = [
            {"id": ids[name], "label": name, "displayOrder": order, "archived": False,
             "metadata": {"ticketState": state, "isClosed": str(state == "CLOSED").lower()},
             "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z"}
            for order, (name, state) in enumerate(stages.items())
        ]  # fmt: skip
        self.account.pipelines.append(
            {"id": str(self.account.next_id()), "label": label, "displayOrder": 0, "stages": told,
             "archived": False, "createdAt": "2026-01-01T00:00:00Z",
             "updatedAt": "2026-01-01T00:00:00Z"}
        )  # fmt: skip
        return ids

    def set_state(self, stage: str, state: str) -> None:
        """Change what a stage means, for all times."""
        for pipeline in self.account.pipelines:
            for each in pipeline["stages"]:
                if each["id"] == stage:
                    each["metadata"] = {"ticketState": state}

    def remove_stage(self, stage: str) -> None:
        """Delete a stage; tickets that had it keep it in their history."""
        for pipeline in self.account.pipelines:
            pipeline["stages"] = [each for each in pipeline["stages"] if each["id"] != stage]

    def add_contact(self, name: str, email: str, *, at: datetime) -> Record:
        first, _, last = name.partition(" ")
        by = By("CRM_UI")
        return self.account.add("contacts", at, by, firstname=first, lastname=last, email=email)

    def open_ticket(
        self, stage: str, *, at: datetime, by: By, contact: Record | None = None, **more: str
    ) -> Record:
        said = {"subject": SUBJECT, "content": CONTENT, "hs_pipeline_stage": stage,
                "hs_pipeline": self._pipeline_of(stage), **more}  # fmt: skip
        ticket = self.account.add("tickets", at, by, **said)
        if contact:
            self.account.link(ticket, contact)
        return ticket

    def move(self, ticket: Record, stage: str, *, at: datetime, by: By) -> None:
        """Put a ticket into another stage."""
        self.account.change(ticket, "hs_pipeline_stage", stage, at, by)

    def assign(self, ticket: Record, user: int | None, *, at: datetime, by: By) -> None:
        """Give a ticket to a user, or to nobody."""
        owner = str(user + 1) if user else ""
        self.account.change(ticket, "hubspot_owner_id", owner, at, by)

    def email(
        self, ticket: Record, direction: str, *, at: datetime, by: By, status: str = "SENT"
    ) -> Record:
        said = {"hs_email_direction": direction, "hs_email_status": status,
                "hs_email_text": CONTENT, "hs_email_subject": SUBJECT,
                "hs_email_from_email": "one@example.com", "hs_timestamp": spelled(at)}  # fmt: skip
        return self._about(ticket, self.account.add("emails", at, by, **said))

    def note(self, ticket: Record, *, at: datetime, by: By) -> Record:
        said = {"hs_note_body": CONTENT, "hs_timestamp": spelled(at)}
        return self._about(ticket, self.account.add("notes", at, by, **said))

    def submit(
        self,
        ticket: Record | None,
        value: str,
        *,
        at: datetime,
        survey: str = "5",
        kind: str = "CSAT",
    ) -> Record:
        """Answer a survey about a ticket."""
        said = {"hs_survey_id": survey, "hs_survey_type": kind, "hs_value": value,
                "hs_content": "Thanks to Person One",
                "hs_submission_timestamp": spelled(at)}  # fmt: skip
        answer = self.account.add("feedback_submissions", at, By("SUCCESS"), **said)
        return self._about(ticket, answer) if ticket else answer

    def book(
        self, contact: Record, *, at: datetime, by: By, starts: datetime, minutes: int = 30,
        outcome: str = "SCHEDULED",
    ) -> Record:  # fmt: skip
        said = {"hs_meeting_title": "Demo with Person One", "hs_meeting_body": CONTENT,
                "hs_meeting_start_time": spelled(starts), "hs_meeting_outcome": outcome,
                "hs_meeting_end_time": spelled(starts + timedelta(minutes=minutes)),
                "hs_timestamp": spelled(starts), "hs_activity_type": "Demo"}  # fmt: skip
        meeting = self.account.add("meetings", at, by, **said)
        self.account.link(meeting, contact)
        return meeting

    def set_outcome(self, meeting: Record, outcome: str, *, at: datetime, by: By) -> None:
        self.account.change(meeting, "hs_meeting_outcome", outcome, at, by)

    def archive(self, record: Record, *, at: datetime) -> None:
        """Delete a record; it can be restored for 90 days."""
        record.archived_at = at
        self.account.version += 1

    def restore(self, record: Record, *, at: datetime) -> None:
        record.archived_at = None
        record.modified.append(at)
        self.account.version += 1

    def purge(self, record: Record) -> None:
        """Delete a record for good."""
        del self.account.records[record.kind][record.id]
        self.account.version += 1

    def merge(
        self, primary: Record, other: Record, *, at: datetime, user: int, keeps_id: bool = False
    ) -> Record:
        """Merge two tickets; the one that is left has both histories, and mostly a new id."""
        by = By("MERGE_OBJECTS", f"userId:{user}", user)
        left = primary if keeps_id else self.account.add("tickets", primary.created, by)
        gone = [other] if keeps_id else [primary, other]
        names = {*primary.histories, *other.histories}
        histories = {name: _both(primary, other, name) for name in names}
        left.histories = histories
        for name in ("hs_pipeline_stage", "hs_pipeline"):
            left.set(name, primary.value(name) or "", at, by)
        known = left.value(MERGED)
        ids = [known] if known else []
        left.set(MERGED, ";".join([*ids, *(str(each.id) for each in gone)]), at, by)
        for each in gone:
            self.account.merged[each.id] = left.id
            del self.account.records["tickets"][each.id]
        for kind in {*primary.links, *other.links}:
            both = [*primary.links.get(kind, []), *other.links.get(kind, [])]
            left.links[kind] = list(dict.fromkeys(both))
            for id_ in left.links[kind]:
                linked = self.account.records[kind][id_].links["tickets"]
                if left.id not in linked:
                    linked.append(left.id)
        self.account.version += 1
        return left

    def thread(self, ticket: Record | None, contact: Record, *, at: datetime) -> dict[str, Any]:
        """Begin a conversation, about a ticket where there is one."""
        id_ = self.account.next_id()
        thread = {"id": str(id_), "createdAt": spelled(at), "status": "OPEN",
                  "originalChannelId": "1000", "originalChannelAccountId": "1", "inboxId": "1",
                  "associatedContactId": str(contact.id), "spam": False, "archived": False,
                  "latestMessageTimestamp": spelled(at), "messages": [],
                  "ticket": ticket and ticket.id}  # fmt: skip
        self.account.threads[id_] = thread
        return thread

    def say(
        self, thread: dict[str, Any], actor: str, *, at: datetime, kind: str = "MESSAGE",
        direction: str = "OUTGOING", app: int | None = None, status: str = "SENT",
    ) -> dict[str, Any]:  # fmt: skip
        """Write into a conversation, as an actor such as A-12 or V-34."""
        client: dict[str, Any] = {"clientType": "INTEGRATION" if app else "HUBSPOT"}
        client |= {"integrationAppId": app} if app else {}
        message = {"id": f"{self.account.next_id():032x}", "type": kind, "createdAt": spelled(at),
                   "createdBy": actor, "client": client, "recipients": [], "archived": False,
                   "senders": [{"actorId": actor, "name": "Person One"}], "text": CONTENT,
                   "richText": f"<p>{CONTENT}</p>", "attachments": [], "channelId": "1000",
                   "conversationsThreadId": thread["id"]}  # fmt: skip
        if kind == "MESSAGE":
            message |= {"direction": direction, "subject": SUBJECT, "channelAccountId": "1",
                        "truncationStatus": "NOT_TRUNCATED",
                        "status": {"statusType": status}}  # fmt: skip
            thread["latestMessageTimestamp"] = spelled(at)
        thread["messages"].append(message)
        self.account.version += 1
        return message

    def _about(self, ticket: Record, record: Record) -> Record:
        self.account.link(record, ticket)
        return record

    def _pipeline_of(self, stage: str) -> str:
        found: str = next(
            pipeline["id"]
            for pipeline in self.account.pipelines
            if any(each["id"] == stage for each in pipeline["stages"])
        )
        return found


def _both(primary: Record, other: Record, name: str) -> list[Entry]:
    """The histories of two tickets as one, in the order of time."""
    entries = [*primary.histories.get(name, []), *other.histories.get(name, [])]
    return sorted(entries, key=lambda entry: entry.at)
