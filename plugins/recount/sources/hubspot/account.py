"""One HubSpot account: what its search finds, and what the database says of it.

State comes from the database and never from search, which may know a record as it was some minutes
ago. Sources: developers.hubspot.com/docs/api-reference/search/guide, crm-tickets-v3/guide (reading
a batch) and crm-associations-v4/guide.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from recount.errors import SourceError
from recount.periods import format_instant
from recount.sources import shapes as reading
from recount.sources.api import Answer, AnsweredError, Api
from recount.sources.hubspot import listed, shapes
from recount.sources.hubspot.objects import Table
from recount.sources.hubspot.settings import HubSpotSettings
from recount.sources.pace import Pace
from recount.sources.requesters import requester_key
from recount.sources.shapes import Person
from recount.sources.words import shown

_SCOPE = re.compile(r"[a-z0-9._-]+", re.ASCII)
_NONE = "OBJECT_NOT_FOUND"


class _Lacking(msgspec.Struct):
    context: dict[str, list[str]] = {}


class _Forbidden(msgspec.Struct):
    errors: list[_Lacking] = []


@dataclass(frozen=True)
class Account:
    """An account, asked within the pace of all requests and the one of search."""

    host: str
    api: Api
    search_pace: Pace
    said: HubSpotSettings

    @cached_property
    def portal(self) -> str:
        """The id of the account; another token may be one of another account."""
        said = self.get("/account-info/v3/details").document
        portal = said.get("portalId") if isinstance(said, dict) else None
        if not isinstance(portal, int):
            raise SourceError(f"{self.api.name}: HubSpot does not say which account this is; retry")
        return str(portal)

    def get(self, path: str, **query: Any) -> Answer:
        """Ask for a document; a scope that the token lacks is named."""
        return self._told(lambda: self.api.get(path, **query))

    def post(self, path: str, document: object) -> Answer:
        """Ask by a document; a scope that the token lacks is named."""
        return self._told(lambda: self.api.post(path, document))

    def search(
        self, table: Table, filters: list[Mapping[str, str]]
    ) -> tuple[Answer, listed.Search]:
        """Find the first records of an object that fit, in the order of their ids."""
        self.search_pace.wait()
        answer = self.post(
            f"/crm/v3/objects/{table.kind}/search",
            {
                "filterGroups": [{"filters": filters}],
                "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
                "properties": ["hs_lastmodifieddate"],
                "limit": table.limit,
            },
        )
        what = self.what(f"search for {table.kind}")
        return answer, reading.received(answer.data, listed.Search, what)

    def read(self, table: Table, ids: list[str]) -> tuple[Answer, Any]:
        """Read records by their ids, with what they are about; those that are gone are left out."""
        what = self.what(table.kind)
        asked: dict[str, Any] = {
            "inputs": [{"id": each} for each in ids], "properties": table.asked
        }  # fmt: skip
        if table.histories:
            asked["propertiesWithHistory"] = list(table.histories)
        answer = self.post(f"/crm/v3/objects/{table.kind}/batch/read", asked)
        page: Any = reading.received(answer.data, table.page, what)
        _refuse_others(ids, page, what)
        links = self._links(table, list(dict.fromkeys(each.id for each in page.results)))
        for record in page.results:
            if table.linked == "contacts":
                record.contacts = [Person(requester_key(each)) for each in links[record.id]]
            else:
                record.tickets = links[record.id]
        page.taken_at = format_instant(answer.said_at)
        return answer, page

    def what(self, name: str) -> str:
        """Name something of the account in a sentence."""
        return f"{self.api.name}: {name}"

    def _links(self, table: Table, ids: list[str]) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {each: [] for each in ids}
        if not ids:
            return found
        what = self.what(f"associations of {table.kind} with {table.linked}")
        path = f"/crm/v4/associations/{table.kind}/{table.linked}/batch/read"
        answer = self.post(path, {"inputs": [{"id": each} for each in ids]})
        said = reading.received(answer.data, listed.Associations, what)
        for error in said.errors:
            if error.category != _NONE:
                raise SourceError(f"{what} end in {shown(error.category)}; run again")
        for each in said.results:
            if each.paging and each.paging.next and table.linked == "tickets":
                raise SourceError(f"{what}: {each.from_.id} has too many to be true; report it")
            if each.from_.id in found:
                found[each.from_.id] = [str(one.to_object_id) for one in each.to]
        return found

    def _told(self, ask: Callable[[], Answer]) -> Answer:
        try:
            return ask()
        except AnsweredError as refused:
            scopes = _scopes(refused.data) if refused.status == 403 else []
            if not scopes:
                raise
            raise AnsweredError(
                f"{self.api.name}: the private app lacks one of the scopes {', '.join(scopes)} "
                "(403); add it in HubSpot's settings, or leave out of the contract what needs it",
                refused.status, refused.data,
            ) from None  # fmt: skip


def _refuse_others(ids: list[str], page: Any, what: str) -> None:
    """Stop where not all that was asked for is told: there, merged into another one, or gone."""
    asked, told, others = set(ids), set[str](), list[str]()
    for record in page.results:
        merged = (shapes.values_of(record).get(shapes.MERGED) or "").split(";")
        stands_for = asked.intersection({record.id, *merged})
        told |= stands_for
        others += [] if stands_for else [record.id]
    gone = {each for error in page.errors if error.category == _NONE
            for named in error.context.values() for each in named}  # fmt: skip
    if others or asked - told - gone:
        raise SourceError(
            f"{what}: {len(ids)} were asked for by id, and others or not all of them answered; "
            "run again, and report it if it stays so"
        )


def _scopes(data: bytes) -> list[str]:
    try:
        said = msgspec.json.decode(data, type=_Forbidden)
    except msgspec.MsgspecError:
        return []
    named: Iterable[str] = (
        scope for error in said.errors for scopes in error.context.values() for scope in scopes
    )
    return sorted({scope for scope in named if _SCOPE.fullmatch(scope)})
