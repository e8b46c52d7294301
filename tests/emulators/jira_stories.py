"""What people, customers, apps and automations do with issues.

What the history keeps is from the vendor's schema (Changelog, ChangeDetails); that it keeps no
comments, no ratings and no changes of a status itself is how sites behave: no page says it.
"""

from datetime import datetime, timedelta

from tests.emulators.jira_records import RESOLUTIONS, Change, Comment, Cycle, Issue, Json, to_ms
from tests.emulators.jira_site import FIRST_ISSUE, Site

UNCHANGED = "unchanged"
TO_RESOLUTION = "Time to resolution"


class Stories(Site):
    """The life of issues; each method is one save, with one entry in the history at most."""

    def create(
        self,
        project: str,
        *,
        at: datetime,
        reporter: str,
        status: str,
        creator: str | None = None,
        summary: str = "Where is my order?",
        description: str = "It should have come on Monday.",
        issue_type: str = "Service request",
        request_type: str | None = "Ask a question",
        channel: str = "portal",
        organization: str | None = None,
        assignee: str | None = None,
        labels: tuple[str, ...] = (),
    ) -> int:
        """Open an issue and return its id; the first status and assignee are in no history."""
        ms, id_ = to_ms(at), FIRST_ISSUE + self._count
        self._count += 1
        issue = Issue(id_, project, self.next_number(project), issue_type, summary, description,
                      reporter, creator or reporter, ms, ms, status, ms, assignee,
                      request_type=request_type, channel=channel, organization=organization,
                      labels=list(labels), is_request=request_type is not None)  # fmt: skip
        self.issues[id_] = issue
        self.register(issue)
        self.publish(id_, at)
        return id_

    def transition(self, issue: int, status: str, *, at: datetime, by: str | None,
                   resolution: str | None = UNCHANGED) -> None:  # fmt: skip
        """Change the status, and beside it the resolution when one is named (None clears it)."""
        it = self.issues[issue]
        items = []
        if resolution != UNCHANGED:
            items += self._resolution(it, resolution, at)
        was, new = self.statuses[it.status], self.statuses[status]
        items.append(item("status", was.id, was.name, new.id, new.name))
        if was.category != new.category:
            it.category_changed = to_ms(at)
        it.status = status
        self._save(it, items, at=at, by=by)

    def resolve(self, issue: int, status: str, *, at: datetime, by: str | None,
                resolution: str = "Done") -> None:  # fmt: skip
        self.transition(issue, status, at=at, by=by, resolution=resolution)

    def reopen(self, issue: int, status: str, *, at: datetime, by: str | None) -> None:
        self.transition(issue, status, at=at, by=by, resolution=None)

    def set_resolution(self, issue: int, resolution: str | None, *, at: datetime,
                       by: str | None) -> None:  # fmt: skip
        """Set or clear the resolution and leave the status."""
        it = self.issues[issue]
        self._save(it, self._resolution(it, resolution, at), at=at, by=by)

    def assign(self, issue: int, assignee: str | None, *, at: datetime, by: str | None) -> None:
        it = self.issues[issue]
        name = self.users[assignee].name if assignee else None
        was = self.users[it.assignee].name if it.assignee else None
        changed = item("assignee", it.assignee, was, assignee, name)
        it.assignee = assignee
        self._save(it, [changed], at=at, by=by)

    def edit_summary(self, issue: int, summary: str, *, at: datetime, by: str) -> None:
        it = self.issues[issue]
        changed = item("summary", None, it.summary, None, summary)
        it.summary = summary
        self._save(it, [changed], at=at, by=by)

    def comment(self, issue: int, *, at: datetime, by: str, body: str = "We look into it.",
                is_public: bool = True, role: str | None = None) -> int:  # fmt: skip
        """Reply, or with `is_public=False` write an internal note; no history tells of either."""
        it, ms = self.issues[issue], to_ms(at)
        id_ = self.next_serial()
        it.comments.append(Comment(id_, by, body, ms, ms, is_public, by, role))
        it.updated = max(it.updated, ms)
        self.publish(issue, at)
        return id_

    def edit_comment(self, issue: int, comment: int, *, at: datetime, by: str, body: str) -> None:
        """Change the words of a comment; the issue's own `updated` stays."""
        it = next(one for one in self.issues[issue].comments if one.id == comment)
        it.body, it.updated, it.editor = body, to_ms(at), by

    def delete_comment(self, issue: int, comment: int, *, at: datetime) -> None:
        """Take a comment away; nothing remembers it."""
        it = self.issues[issue]
        it.comments = [one for one in it.comments if one.id != comment]
        self.publish(issue, at)

    def rate(self, issue: int, rating: int | None, *, at: datetime, text: str = "Quick!") -> None:
        """Let the reporter rate from 1 to 5, again, or with None not at all any more."""
        it = self.issues[issue]
        it.rating, it.rating_text = rating, text if rating else None
        it.rated = to_ms(at) if rating else None
        it.updated = max(it.updated, to_ms(at))
        self.publish(issue, at)

    def move(self, issue: int, project: str, *, at: datetime, by: str,
             status: str | None = None) -> str:  # fmt: skip
        """Move an issue to another project: the key changes, the id stays."""
        it = self.issues[issue]
        key, was, new = it.key, self.projects[it.project], self.projects[project]
        it.project, it.number = project, self.next_number(project)
        items = [item("project", was.id, was.name, new.id, new.name)]
        items.append({"field": "Key", "fieldtype": "jira", "from": None, "fromString": key,
                      "to": None, "toString": it.key})  # fmt: skip
        if status:
            old, now = self.statuses[it.status], self.statuses[status]
            items.append(item("status", old.id, old.name, now.id, now.name))
            it.status = status
        self.register(it)
        self._save(it, items, at=at, by=by)
        return it.key

    def delete(self, issue: int, *, at: datetime) -> None:
        """Delete an issue with its history and comments; no tombstone stays."""
        del self.issues[issue]
        self.publish(issue, at)

    def start_sla(self, issue: int, *, at: datetime, goal: timedelta,
                  name: str = TO_RESOLUTION) -> None:  # fmt: skip
        """Begin a cycle of a service level that counts around the clock."""
        cycles = self.issues[issue].levels.setdefault(name, [])
        cycles.append(Cycle(to_ms(at), round(goal.total_seconds() * 1000)))

    def stop_sla(self, issue: int, *, at: datetime, name: str = TO_RESOLUTION) -> None:
        cycle = self.issues[issue].levels[name][-1]
        if cycle.paused is not None:
            self.resume_sla(issue, at=at, name=name)
        cycle.stopped = to_ms(at)

    def pause_sla(self, issue: int, *, at: datetime, name: str = TO_RESOLUTION) -> None:
        self.issues[issue].levels[name][-1].paused = to_ms(at)

    def resume_sla(self, issue: int, *, at: datetime, name: str = TO_RESOLUTION) -> None:
        cycle = self.issues[issue].levels[name][-1]
        if cycle.paused is not None:
            cycle.pauses.append((cycle.paused, to_ms(at)))
        cycle.paused = None

    _count = 0

    def _resolution(self, it: Issue, resolution: str | None, at: datetime) -> list[Json]:
        was, it.resolution = it.resolution, resolution
        it.resolved = to_ms(at) if resolution else None
        if was == resolution:
            return []
        ids = [RESOLUTIONS[one] if one else None for one in (was, resolution)]
        return [item("resolution", ids[0], was, ids[1], resolution)]

    def _save(self, it: Issue, items: list[Json], *, at: datetime, by: str | None) -> None:
        it.updated = max(it.updated, to_ms(at))
        if items:
            it.changes.append(Change(self.next_serial(), by, to_ms(at), tuple(items)))
        self.publish(it.id, at)


def item(field: str, was: str | None, was_text: str | None, new: str | None,
         new_text: str | None) -> Json:  # fmt: skip
    """Return one changed field of a system field; the words are those of the moment."""
    return {"field": field, "fieldtype": "jira", "fieldId": field, "from": was,
            "fromString": was_text, "to": new, "toString": new_text}  # fmt: skip
