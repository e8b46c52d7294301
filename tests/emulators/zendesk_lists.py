"""The lists with cursor pagination: ratings, survey responses, audit logs, groups.

Written from developer.zendesk.com/api-reference/introduction/pagination and the pages that each
method names (prose), and from the recorded answers that `zendesk_records` names.
"""

import base64
import json
from collections.abc import Callable
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from tests.emulators.server import Answer, Request
from tests.emulators.zendesk_access import FORBIDDEN
from tests.emulators.zendesk_desk import Desk
from tests.emulators.zendesk_records import Json, to_text
from tests.emulators.zendesk_satisfaction import ULID_ALPHABET


class Lists(Desk):
    """Answers of the lists; `url` and `has_audit_logs` are the server's."""

    url: str
    has_audit_logs: bool

    def _satisfaction_ratings(self, request: Request) -> Answer:
        """GET /api/v2/satisfaction_ratings (ticket-management/satisfaction_ratings)."""
        start = int(request.query.get("start_time") or 0)
        end = int(request.query.get("end_time") or 1 << 60)
        score = request.query.get("score")
        rows = [one for one in self.ratings.values()
                if start <= one["created"] <= end and _has_score(one, score)]  # fmt: skip
        answer = self._list(request, "satisfaction_ratings", rows, itemgetter("id"))
        ratings = answer.document["satisfaction_ratings"]
        answer.document["satisfaction_ratings"] = [self._spell_rating(one) for one in ratings]
        return answer

    def _spell_rating(self, rating: Json) -> Json:
        shown = {
            name: value for name, value in rating.items() if name not in ("created", "updated")
        }
        shown["created_at"], shown["updated_at"] = map(to_text, (rating["created"],
                                                                 rating["updated"]))  # fmt: skip
        return shown | {"url": f"{self.url}/api/v2/satisfaction_ratings/{rating['id']}.json"}

    def _survey_responses(self, request: Request) -> Answer:
        """GET /api/v2/guide/survey_responses (ticket-management/csat_survey_responses)."""
        rows = list(self.surveys.values())
        subjects = request.query.get("filter[subject_zrns]")
        if subjects:
            rows = [row for row in rows if {*subjects.split(",")} & {*row["subject_zrns"]}]
        for name, sign in (("start", 1), ("end", -1)):
            limit = request.query.get(f"filter[created_at_{name}]")
            if limit:  # milliseconds; a response is created when the survey is sent
                rows = [row for row in rows if sign * (_sent_at(row["id"]) - int(limit)) >= 0]
        answer = self._list(request, "survey_responses", rows, itemgetter("id"), largest=50)
        answer.document.pop("links", None)
        return answer

    def _audit_logs(self, request: Request) -> Answer:
        """GET /api/v2/audit_logs (account-configuration/audit_logs); Enterprise only."""
        if not self.has_audit_logs:
            return Answer(FORBIDDEN, 403)
        rows = []
        for log in self.audit_logs:
            wanted = {name: request.query.get(f"filter[{name}]") for name in
                      ("source_type", "source_id", "actor_id", "action")}  # fmt: skip
            if all(value in (None, str(log[name])) for name, value in wanted.items()):
                rows.append(
                    log
                    | {
                        "created_at": to_text(log["created"]),
                        "url": f"{self.url}/api/v2/audit_logs/{log['id']}.json",
                    }
                )
        if limits := request.query.get("filter[created_at]"):
            first, _, last = limits.partition(",")
            rows = [row for row in rows if first <= row["created_at"] <= last]
        sign = 1 if request.query.get("sort") == "created_at" else -1
        answer = self._list(request, "audit_logs", rows, lambda row: sign * row["created"])
        for row in answer.document["audit_logs"]:
            row.pop("created")
        return answer

    def _groups(self, request: Request) -> Answer:
        """GET /api/v2/groups (groups/groups)."""
        rows = [group | {"url": f"{self.url}/api/v2/groups/{group['id']}.json"}
                for group in self.groups.values()]  # fmt: skip
        return self._list(request, "groups", rows, itemgetter("name"))

    def _list(self, request: Request, name: str, rows: list[Json], key: Callable[[Json], Any],
              largest: int = 100) -> Answer:  # fmt: skip
        """Page through rows in the order of a key and, where it is equal, of their ids."""
        query = request.query
        size = min(int(query.get("page[size]") or largest), largest)
        rows = sorted(sorted(rows, key=itemgetter("id")), key=key)
        after = (
            json.loads(base64.b64decode(query["page[after]"])) if "page[after]" in query else None
        )
        if after is not None:
            rows = [row for row in rows if [key(row), row["id"]] > after]
        page = rows[:size]
        marks: list[str | None] = (
            [_mark([key(row), row["id"]]) for row in (page[-1], page[0])] if page else [None] * 2
        )
        meta = {"has_more": len(rows) > size, "after_cursor": marks[0], "before_cursor": marks[1]}
        base = f"{self.url}{request.path}?"
        next_, prev = ({**query, f"page[{side}]": mark}
                       for side, mark in zip(("after", "before"), marks, strict=True))  # fmt: skip
        next_.pop("page[before]", None)
        prev.pop("page[after]", None)
        links = {"next": base + urlencode(next_) if page else None,
                 "prev": base + urlencode(prev) if page else None}  # fmt: skip
        return Answer({name: page, "meta": meta, "links": links})


def _mark(position: list[Any]) -> str:
    return base64.b64encode(json.dumps(position).encode()).decode()


def _sent_at(ulid: str) -> int:
    """Return the milliseconds that a survey response's id begins with."""
    number = 0
    for letter in ulid[:10]:
        number = number << 5 | ULID_ALPHABET.index(letter)
    return number


def _has_score(rating: Json, wanted: str | None) -> bool:
    """`bad`, `received`, `good_with_comment` ... (satisfaction_ratings, filters)."""
    if wanted is None:
        return True
    score, _, how = wanted.partition("_with")
    if how and bool(rating["comment"]) != (how == "_comment"):
        return False
    return rating["score"] in (("good", "bad") if score == "received" else (score,))
