"""The reporting data export: jobs that make a CSV of one line per conversation, Fin's state in it.

Written from the paths `/export/reporting_data/*` and `/download/reporting_data/*` of the published
schema. It lists no data set: the ids of the plain attributes are those that public users of the
export name; those of Fin's are our guess, and only their names (columns of the vendor's own CSV)
are known. So look attributes up by name in `get_datasets`. As in public reports, a column is
headed by the id without its prefix, values are labels, and times are the workspace's local ones.
"""

import csv
import gzip
import io
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.emulators.intercom_limits import Refused
from tests.emulators.intercom_model import CLOSING, Conversation
from tests.emulators.intercom_workspace import Workspace

MAX_PENDING = 5
CHANNELS = {"conversation": "Chat", "email": "Email", "sms": "SMS", "whatsapp": "WhatsApp"}
STATES = {
    "assumed_resolution": "Assumed resolved",
    "confirmed_resolution": "Confirmed resolved",
    "escalated": "Escalated",
    "negative_feedback": "Negative feedback",
    "procedure_handoff": "Procedure handoff",
}
DEFLECTED = frozenset({"assumed_resolution", "confirmed_resolution", "negative_feedback"})
ANSWERS = {"ai_answer": "AI Answer", "custom_answer": "Custom Answer"}

NAMES = {
    "standard.conversation_id": "Conversation ID",
    "timestamp.conversation_started_at": "Conversation started at",
    "timestamp.conversation_last_closed_at": "Conversation last closed at",
    "standard.channel": "Channel",
    "standard.current_conversation_state": "Current conversation state",
    "team.currently_assigned_team_id": "Team currently assigned",
    "teammate.currently_assigned_teammate_id": "Teammate currently assigned",
    "standard.last_teammate_rating": "Last teammate rating",
    "standard.fin_ai_agent_involved": "Fin AI Agent involved",
    "standard.fin_ai_agent_deflected": "Fin AI Agent deflected",
    "standard.fin_ai_agent_resolution_state": "Fin AI Agent resolution state",
    "standard.fin_ai_agent_last_sent_answer": "Fin AI Agent last sent answer",
    "standard.fin_ai_agent_rating": "Fin AI Agent rating",
    "timestamp.fin_ai_agent_rating_updated_at": "Fin AI Agent rating updated at",
}


@dataclass
class Job:
    """One export; it is complete when its status was asked for often enough."""

    id: str
    attribute_ids: list[str]
    starts_at: int
    ends_at: int
    is_about_all: bool
    polls_left: int
    content: bytes | None = None
    expires_at: datetime | None = None


class Export:
    """The jobs of one workspace, each made when it is asked for and kept for two days."""

    def __init__(
        self, workspace: Workspace, zone: ZoneInfo, *, packing: str, polls_until_complete: int
    ) -> None:
        self._report = Report(workspace, zone)
        self._pack = PACKINGS[packing]
        self._polls = polls_until_complete
        self._jobs: dict[str, Job] = {}

    def enqueue(self, wanted: dict[str, Any], *, is_about_all: bool) -> Job:
        """Begin a job, unless too many are under way."""
        checked(wanted)
        if sum(job.content is None for job in self._jobs.values()) >= MAX_PENDING:
            message = f"Exceeded rate limit of {MAX_PENDING} pending reporting dataset export jobs"
            raise Refused("rate_limit_exceeded", message, 429)
        ids, starts_at, ends_at = wanted["attribute_ids"], wanted["start_time"], wanted["end_time"]
        job_id = f"job{len(self._jobs) + 1}"
        self._jobs[job_id] = Job(job_id, ids, starts_at, ends_at, is_about_all, self._polls)
        return self._jobs[job_id]

    def polled(self, job_id: str, now: datetime) -> Job:
        """Return a job after one more question for its status."""
        job = self._job(job_id)
        if job.content is None:
            job.polls_left -= 1
            if job.polls_left < 0:
                job.content = self._pack(self._report.make(job))
                job.expires_at = now + timedelta(days=2)
        return job

    def content(self, job_id: str, now: datetime) -> bytes:
        """Return what a complete job made, until it expires."""
        job = self._job(job_id)
        if job.content is None or job.expires_at is None or now >= job.expires_at:
            raise _unknown(job_id)
        return job.content

    def _job(self, job_id: str) -> Job:
        if job_id not in self._jobs:
            raise _unknown(job_id)
        return self._jobs[job_id]


def _unknown(job_id: str) -> Refused:
    return Refused("not_found", f"Export job not found for identifier: {job_id}", 404)


def datasets() -> dict[str, Any]:
    """List the one data set that there is here, with its attributes."""
    attributes = [
        {"id": qualified.split(".", 1)[1], "qualified_id": qualified, "name": name}
        for qualified, name in NAMES.items()
    ]
    conversation = {
        "id": "conversation",
        "name": "Conversation",
        "description": "Conversation-level details: status, channel, assignee.",
        "default_time_attribute_id": "conversation_started_at",
        "attributes": attributes,
    }
    return {"type": "list", "data": [conversation]}


def checked(wanted: dict[str, Any]) -> dict[str, Any]:
    """Refuse an order that the API refuses, in its words."""
    for name in ("dataset_id", "attribute_ids", "start_time", "end_time"):
        if name not in wanted:
            raise Refused("bad_request", f"'{name}' is a required parameter")
    if wanted["dataset_id"] != "conversation":
        raise Refused("bad_request", f"{wanted['dataset_id']} is not a valid dataset_id")
    if not isinstance(wanted["attribute_ids"], list):
        raise Refused("bad_request", "'attribute_ids' not an array must be of type Array")
    if not wanted["attribute_ids"]:
        raise Refused("bad_request", "attribute_ids must contain at least one attribute_id")
    unknown = [each for each in wanted["attribute_ids"] if each not in NAMES]
    if unknown:
        raise Refused(
            "bad_request", f"attribute_ids invalid for conversation dataset: {', '.join(unknown)}"
        )
    return wanted


class Report:
    """What the vendor's reports say of each conversation now."""

    def __init__(self, workspace: Workspace, zone: ZoneInfo) -> None:
        self._workspace = workspace
        self._zone = zone

    def make(self, job: Job) -> bytes:
        """Write the CSV of the conversations that started within the job's time."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(each.split(".", 1)[1] for each in job.attribute_ids)
        for it in self._conversations(job):
            values = self._values(it)
            writer.writerow(values[each] for each in job.attribute_ids)
        return text.getvalue().encode()

    def _conversations(self, job: Job) -> Iterable[Conversation]:
        held = [*self._workspace.conversations.values(), *self._workspace.retained.values()]
        for it in sorted(held, key=lambda it: (it.created_at, it.number)):
            is_within = job.starts_at <= it.created_at.timestamp() <= job.ends_at
            has_reply = it.started_by in self._workspace.contacts or any(
                part.by in self._workspace.contacts for part in it.parts
            )
            if is_within and (has_reply or job.is_about_all):
                yield it

    def _values(self, it: Conversation) -> dict[str, object]:
        fin = it.fin
        closes = [part.at for part in it.parts if part.part_type in CLOSING]
        admin = self._workspace.admins.get(it.admin_id or "")
        state = fin.resolution_state if fin else None
        rating = fin.rating if fin else None
        values = (
            it.id,
            self._local(it.created_at),
            self._local(closes[-1] if closes else None),
            CHANNELS.get(it.source_type, it.source_type),
            it.state.capitalize(),
            self._workspace.teams.get(it.team_id or "", "Unassigned"),
            admin.name if admin else "Unassigned",
            it.rating.rating if it.rating else "",
            str(fin is not None).lower(),
            str(state in DEFLECTED).lower(),
            STATES.get(state or "", ""),
            ANSWERS.get((fin.last_answer_type if fin else None) or "", ""),
            rating.rating if rating else "",
            self._local(rating.rated_at if rating else None),
        )
        return dict(zip(NAMES, values, strict=True))

    def _local(self, instant: datetime | None) -> str:
        return instant.astimezone(self._zone).strftime("%Y-%m-%d %H:%M:%S") if instant else ""


def tgz(content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("conversation.csv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


# how the download comes: the changelog of 2.14 says .tgz, public users read plain text or gzip
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "csv": bytes,
    "gzip": lambda content: gzip.compress(content, mtime=0),
    "tgz": tgz,
}
