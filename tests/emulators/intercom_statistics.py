"""The `statistics` of a conversation: what the vendor's reports say of it in one line each."""

from datetime import datetime
from typing import Any, overload

from tests.emulators.intercom_model import (
    ASSIGNING,
    BOTS,
    CLOSING,
    MESSAGES,
    REOPENING,
    Conversation,
    Part,
)
from tests.emulators.intercom_workspace import Workspace


@overload
def seconds(instant: datetime) -> int: ...
@overload
def seconds(instant: datetime | None) -> int | None: ...
def seconds(instant: datetime | None) -> int | None:
    """Return Unix seconds, as every instant of the API is."""
    return None if instant is None else int(instant.timestamp())


def statistics(it: Conversation, workspace: Workspace) -> dict[str, Any]:
    """Sum a conversation up as the vendor's reports do (without office hours)."""
    contact = [it.created_at] if it.started_by in workspace.contacts else []
    said = [part for part in it.parts if part.body and part.part_type in MESSAGES]
    contact += [part.at for part in said if part.by in workspace.contacts]
    admin = [part.at for part in said if part.by in workspace.admins]
    closes = [part for part in it.parts if part.part_type in CLOSING]
    assignments = [part.at for part in it.parts if part.part_type in ASSIGNING]
    instants = {
        "first_contact_reply_at": contact[:1],
        "first_assignment_at": assignments[:1],
        "first_admin_reply_at": admin[:1],
        "first_close_at": [part.at for part in closes[:1]],
        "last_assignment_at": assignments[-1:],
        "last_contact_reply_at": contact[-1:],
        "last_admin_reply_at": admin[-1:],
        "last_close_at": [part.at for part in closes[-1:]],
    }
    durations = {
        "time_to_admin_reply": admin[:1],
        "time_to_first_close": [part.at for part in closes[:1]],
        "time_to_last_close": [part.at for part in closes[-1:]],
    }
    return {
        "type": "conversation_statistics",
        **{name: seconds(found[0]) for name, found in instants.items() if found},
        **{
            name: seconds(found[0]) - seconds(it.created_at)
            for name, found in durations.items()
            if found
        },
        **({"last_closed_by_id": _id(closes[-1])} if closes else {}),
        "count_reopens": sum(part.part_type in REOPENING for part in it.parts),
        "count_assignments": len(assignments),
        "count_conversation_parts": len(it.parts),
    }


def _id(part: Part) -> str:
    return BOTS[part.by][0] if part.by in BOTS else part.by
