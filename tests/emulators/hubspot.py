"""HubSpot's API over HTTP: CRM objects v3, associations v4, pipelines, and conversations v3.

Written from prose (each endpoint names its page) and, for the form of answers, from the models of
the vendor's Python client under the Apache licence (HubSpot/hubspot-api-python at a2a528a). The
vendor's published OpenAPI documents are not licensed for use by others, so nothing is taken from
them and no test compares with them.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.emulators.hubspot_access import Gate, Refused
from tests.emulators.hubspot_records import Account, Record, spelled
from tests.emulators.hubspot_search import Index
from tests.emulators.hubspot_stories import Stories
from tests.emulators.server import Answer, Emulator, Request

TOKEN = "pat-na1-a-private-app-token"
SCOPE_OF = {
    "tickets": "tickets",
    "feedback_submissions": "crm.objects.feedback_submissions.read",
    **dict.fromkeys(("contacts", "emails", "notes", "meetings"), "crm.objects.contacts.read"),
}
MOST_WITH_HISTORY, MOST, MOST_ASSOCIATED = 50, 100, 1_000


class HubSpot(Stories, Emulator):
    """One account. `lag` is how long search does not know of a change."""

    def __init__(
        self, now: datetime, *, token: str = TOKEN, lag: timedelta = timedelta(0),
        largest_page: int = 100, **limits: Any,
    ) -> None:  # fmt: skip
        super().__init__(now)
        self.account = Account()
        self.index = Index(self.account, lag)
        self.gate = Gate(token, **limits)
        self.largest_page = largest_page
        self.portal = 4711

    def answer(self, request: Request) -> Answer:
        """Answer one request; what is refused has a body that says why."""
        is_search = request.path.endswith("/search")
        try:
            self.gate.admit(request.headers.get("authorization", ""), is_search=is_search)
            answer = self._routed(request)
        except Refused as refused:
            answer = refused.answer
        answer.headers |= self.gate.headers(is_search=is_search)
        return answer

    def _routed(self, request: Request) -> Answer:
        for method, pattern, answered in self._routes:
            found = re.fullmatch(pattern, request.path)
            if found and request.method == method:
                return answered(request, *found.groups())
        raise Refused(404, "OBJECT_NOT_FOUND", "resource not found")

    @property
    def _routes(self) -> list[tuple[str, str, Callable[..., Answer]]]:
        objects, conversations = r"/crm/v3/objects/(\w+)", "/conversations/v3/conversations"
        return [
            ("GET", "/account-info/v3/details", self._details),
            ("POST", f"{objects}/search", self._search),
            ("POST", f"{objects}/batch/read", self._batch),
            ("GET", objects, self._list),
            ("POST", r"/crm/v4/associations/(\w+)/(\w+)/batch/read", self._associations),
            ("GET", "/crm/v3/pipelines/tickets", self._pipelines),
            ("GET", f"{conversations}/threads", self._threads),
            ("GET", rf"{conversations}/threads/(\d+)/messages", self._messages),
        ]

    def _details(self, request: Request) -> Answer:
        """developers.hubspot.com/docs/api-reference/account-account-info-v3/guide."""
        return Answer({"portalId": self.portal, "timeZone": "Europe/Vienna", "uiDomain":
                       "app.hubspot.com", "accountType": "STANDARD"})  # fmt: skip

    def _search(self, request: Request, kind: str) -> Answer:
        """developers.hubspot.com/docs/api-reference/search/guide."""
        self._require(kind)
        return Answer(self.index.search(kind, request.json, self.now))

    def _batch(self, request: Request, kind: str) -> Answer:
        """developers.hubspot.com/docs/api-reference/crm-tickets-v3/guide, reading a batch.

        What is not there makes the answer a 207; a merged ticket answers as the one that is left.
        """
        self._require(kind)
        asked = request.json
        names, with_history = asked.get("properties") or [], asked.get("propertiesWithHistory")
        most = MOST_WITH_HISTORY if with_history else MOST
        if len(asked["inputs"]) > most:
            raise Refused(400, "VALIDATION_ERROR", f"At most {most} inputs may be read at once")
        found: dict[int, Record] = {}
        missing = []
        for each in asked["inputs"]:
            record = self.account.find(kind, int(each["id"]))
            if record is None or record.archived_at:
                missing.append(each["id"])
            else:
                found[record.id] = record
        results = [record.document(names, with_history) for record in found.values()]
        error = {"status": "error", "category": "OBJECT_NOT_FOUND", "context": {"ids": missing},
                 "message": f"Could not get some {kind} objects"}  # fmt: skip
        return self._together(results, [error] if missing else [])

    def _list(self, request: Request, kind: str) -> Answer:
        """The same page, lists; with archived=true those in the recycling bin."""
        self._require(kind)
        wants_archived = request.query.get("archived") == "true"
        limit = min(int(request.query.get("limit", "10")), self.largest_page)
        after = int(request.query.get("after", "0"))
        records = sorted(
            (each for each in self.account.records.get(kind, {}).values()
             if bool(each.archived_at) == wants_archived and each.id > after),
            key=lambda each: each.id,
        )  # fmt: skip
        names = request.query.get("properties", "subject,content").split(",")
        page = [each.document(names) for each in records[:limit]]
        return Answer({"results": page, **_more(page, len(records) > limit)})

    def _associations(self, request: Request, kind: str, other: str) -> Answer:
        """developers.hubspot.com/docs/api-reference/crm-associations-v4/guide."""
        self._require(kind)
        inputs = request.json["inputs"]
        if len(inputs) > MOST_ASSOCIATED:
            raise Refused(400, "VALIDATION_ERROR", f"At most {MOST_ASSOCIATED} inputs")
        results, errors = [], []
        for each in inputs:
            record = self.account.find(kind, int(each["id"]))
            linked = self._linked(record, other) if record else []
            if linked:
                to = [{"toObjectId": id_, "associationTypes": [
                       {"category": "HUBSPOT_DEFINED", "typeId": 16, "label": None}]}
                      for id_ in linked]  # fmt: skip
                results.append({"from": {"id": each["id"]}, "to": to})
            else:
                errors.append({"status": "error", "category": "OBJECT_NOT_FOUND",
                               "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
                               "context": {"fromObjectId": [each["id"]]},
                               "message": f"No {other} is associated"})  # fmt: skip
        return self._together(results, errors)

    def _linked(self, record: Record, other: str) -> list[int]:
        found = (self.account.find(other, id_) for id_ in record.links.get(other, []))
        return list(dict.fromkeys(each.id for each in found if each))

    def _together(self, results: list[Any], errors: list[Any]) -> Answer:
        now = spelled(self.now)
        told: dict[str, Any] = {"status": "COMPLETE", "results": results}
        told |= {"startedAt": now, "completedAt": now}
        told |= {"numErrors": len(errors), "errors": errors} if errors else {}
        return Answer(told, 207 if errors else 200)

    def _pipelines(self, request: Request) -> Answer:
        """developers.hubspot.com/docs/guides/api/crm/pipelines."""
        self.gate.require("tickets")
        return Answer({"results": self.account.pipelines})

    def _threads(self, request: Request) -> Answer:
        """developers.hubspot.com/docs/api-reference/conversations-...-v3/guide, threads."""
        self.gate.require("conversations.read")
        query = request.query
        if query.get("sort") != "latestMessageTimestamp":
            raise Refused(400, "VALIDATION_ERROR", "This emulator sorts by the latest message")
        since = query["latestMessageTimestampAfter"]
        order = sorted(
            (each["latestMessageTimestamp"], int(each["id"]))
            for each in self.account.threads.values()
            if not each["archived"] and each["latestMessageTimestamp"] >= since
        )
        at, _, id_ = query.get("after", "").partition("|")
        order = [each for each in order if not at or each > (at, int(id_))]
        limit = min(int(query.get("limit", "10")), self.largest_page)
        page = [self._conversation(id_, query) for _, id_ in order[:limit]]
        told: dict[str, Any] = {"results": page}
        if len(order) > limit:
            told["paging"] = {"next": {"after": f"{order[limit - 1][0]}|{order[limit - 1][1]}"}}
        return Answer(told)

    def _conversation(self, id_: int, query: Mapping[str, str]) -> dict[str, Any]:
        thread = self.account.threads[id_]
        told = {name: value for name, value in thread.items() if name not in ("messages", "ticket")}
        if query.get("association") == "TICKET" and thread["ticket"]:
            ticket = self.account.find("tickets", thread["ticket"])
            told["threadAssociations"] = {"associatedTicketId": str(ticket and ticket.id)}
        return told

    def _messages(self, request: Request, id_: str) -> Answer:
        """The same page, messages; the latest come first unless asked otherwise."""
        self.gate.require("conversations.read")
        messages = list(self.account.threads[int(id_)]["messages"])
        if request.query.get("sort") != "createdAt":
            messages.reverse()
        limit = min(int(request.query.get("limit", "20")), self.largest_page)
        begins = int(request.query.get("after", "0"))
        page, left = messages[begins : begins + limit], len(messages) - begins - limit
        more = {"paging": {"next": {"after": str(begins + limit)}}} if left > 0 else {}
        return Answer({"results": page, **more})

    def _require(self, kind: str) -> None:
        if kind not in SCOPE_OF:
            raise Refused(400, "VALIDATION_ERROR", f"Unable to infer object type from: {kind}")
        self.gate.require(SCOPE_OF[kind])


def _more(page: list[Any], has_more: bool) -> dict[str, Any]:
    return {"paging": {"next": {"after": page[-1]["id"]}}} if has_more else {}
