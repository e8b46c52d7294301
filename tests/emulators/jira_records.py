"""The records of a Jira site, and how its API writes them.

Shapes from the vendor's OpenAPI document of the platform (swagger-v3.v3.json, version
1001.0.0-SNAPSHOT-57a0ca5b, Apache 2.0; copy in jarekbird/jira-api-mcp-wrapper, commit fea6054):
UserDetails, User, StatusDetails, StatusCategory, Changelog, ChangeDetails, Comment. The ids and
names of the four status categories are what sites answer; the document's examples invent others.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

Json = dict[str, Any]

CATEGORIES = {
    "undefined": (1, "medium-gray", "No Category"),
    "new": (2, "blue-gray", "To Do"),
    "indeterminate": (4, "yellow", "In Progress"),
    "done": (3, "green", "Done"),
}
RESOLUTIONS = {"Done": "10000", "Won't Do": "10001", "Duplicate": "10002", "Known Error": "10003"}


def to_ms(at: datetime) -> int:
    """Return the milliseconds since 1970 of an instant."""
    return round(at.timestamp() * 1000)


def from_ms(ms: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ms)


def to_text(ms: int, zone: tzinfo) -> str:
    """Write an instant as the platform does: in the site's zone, an offset without a colon."""
    local = from_ms(ms).astimezone(zone)
    return f"{local:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}{local:%z}"


def to_document(text: str) -> Json:
    """Wrap text in the vendor's document format (ADF)."""
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    return {"type": "doc", "version": 1, "content": [paragraph]}


@lru_cache(maxsize=100_000)
def account_id_for(kind: str, number: int) -> str:
    """Return an account id that looks as those of its kind do."""
    digits = hashlib.sha256(f"{kind}{number}".encode()).hexdigest()
    prefix = {"customer": "qm:a713c8ea-1075-4e30-9d96-891a7d181739:", "app": "557058:"}
    return prefix.get(kind, "712020:") + digits[:24]


@dataclass
class User:
    """`kind` is atlassian, app or customer; `app_type` of an app is service or agent."""

    account_id: str
    kind: str
    name: str
    email: str
    zone: str
    is_active: bool = True
    shows_email: bool = True
    app_type: str | None = None

    def to_json(self, url: str) -> Json:
        """Write it as it stands in issues, comments and changelogs: without its `appType`."""
        avatar = f"https://avatars.example.com/{self.account_id[-8:]}"
        written = {
            "self": f"{url}/rest/api/3/user?accountId={self.account_id}",
            "accountId": self.account_id,
            "avatarUrls": {f"{size}x{size}": f"{avatar}/{size}" for size in (16, 24, 32, 48)},
            "displayName": self.name,
            "active": self.is_active,
            "timeZone": self.zone,
            "accountType": self.kind,
        }
        return written | {"emailAddress": self.email} if self.shows_email else written

    def to_full_json(self, url: str) -> Json:
        """Write it as the resources of users do."""
        written = self.to_json(url) | {"locale": "en_US"}
        return written | {"appType": self.app_type} if self.app_type else written


@dataclass
class Status:
    """A status has an id for ever; its name and category are what they are today."""

    id: str
    name: str
    category: str
    project: str | None = None  # of a team-managed project, which has statuses of its own
    is_listed: bool = True

    def to_json(self, url: str) -> Json:
        id_, color, name = CATEGORIES[self.category]
        category = {
            "self": f"{url}/rest/api/3/statuscategory/{id_}",
            "id": id_,
            "key": self.category,
            "colorName": color,
            "name": name,
        }
        written = {
            "self": f"{url}/rest/api/3/status/{self.id}",
            "description": "",
            "iconUrl": f"{url}/",
            "name": self.name,
            "id": self.id,
            "statusCategory": category,
        }
        if self.project:
            written["scope"] = {"type": "PROJECT", "project": {"id": self.project}}
        return written


@dataclass(frozen=True)
class Project:
    id: str
    key: str
    name: str

    def to_json(self, url: str) -> Json:
        return {
            "self": f"{url}/rest/api/3/project/{self.id}",
            "id": self.id,
            "key": self.key,
            "name": self.name,
            "projectTypeKey": "service_desk",
            "simplified": False,
            "avatarUrls": {"48x48": f"{url}/avatar/{self.id}"},
        }


@dataclass(frozen=True)
class Change:
    """One group of changes in the history of an issue; without an author nobody was signed in."""

    id: int
    author: str | None
    created: int
    items: tuple[Json, ...]


@dataclass
class Comment:
    id: int
    author: str
    body: str
    created: int
    updated: int
    is_public: bool
    editor: str
    role: str | None = None  # only members of this project role see it


@dataclass
class Cycle:
    """One measurement of a service level; paused spans are pairs of milliseconds."""

    started: int
    goal: int
    stopped: int | None = None
    paused: int | None = None
    pauses: list[tuple[int, int]] = field(default_factory=list)

    def elapsed(self, now: int) -> int:
        """Return the milliseconds that count, until it stopped or paused or until now."""
        end = min(one for one in (self.stopped, self.paused, now) if one is not None)
        return end - self.started - sum(until - since for since, until in self.pauses)

    @property
    def breaches(self) -> int:
        """When the goal is missed, or would be if it went on."""
        due = self.started + self.goal
        for since, until in self.pauses:
            if since < due:
                due += until - since
        return due


@dataclass
class Issue:
    """`id` is for ever, `project` and `number` (the key) are where it is today."""

    id: int
    project: str
    number: int
    issue_type: str
    summary: str
    description: str
    reporter: str
    creator: str
    created: int
    updated: int
    status: str
    category_changed: int
    assignee: str | None = None
    resolution: str | None = None
    resolved: int | None = None
    request_type: str | None = None
    channel: str = "portal"
    organization: str | None = None
    labels: list[str] = field(default_factory=list)
    rating: int | None = None
    rated: int | None = None
    rating_text: str | None = None
    is_request: bool = True
    comments: list[Comment] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    levels: dict[str, list[Cycle]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.project}-{self.number}"
