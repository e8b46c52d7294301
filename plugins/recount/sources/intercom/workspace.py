"""How a workspace's search and lists are paged, and what of each page is kept.

Source: the published schema of 2.16 (see `shapes`). A search finds conversations without parts, so
each one is retrieved. A cursor is a point in a list that moves: in the order of updates, what
changes on the way comes again at the end, and nothing is skipped. How long a search lags behind is
documented nowhere, so what is younger than `LAG` is asked for again by the next extraction.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import msgspec

from recount.errors import SourceError
from recount.periods import format_instant, parse_instant
from recount.sources import shapes as reading
from recount.sources.api import Answer, AnsweredError, Api
from recount.sources.extraction import Checkpoint, ControlTotal, FeedPage, Page
from recount.sources.intercom import shapes
from recount.sources.intercom.keeping import keep
from recount.sources.intercom.settings import IntercomSettings
from recount.sources.landable import landable
from recount.sources.source import Reach
from recount.sources.words import shown

VERSION = "2.16"
LAG = timedelta(minutes=5)
# What the vendor claims of a conversation can change without a trace; so what changed within the
# last weeks is looked at by each extraction.
CLAIMABLE = timedelta(days=45)
PER_PAGE = 50
DELETIONS_PER_PAGE = 60
READERS = 8
_WITH_FIN = {"field": "ai_agent_participated", "operator": "=", "value": True}

Pages = Callable[[Checkpoint | None], Iterator[FeedPage]]
# Turns a page of a search into what is landed: the answers that it took, and how many records.
_Kept = tuple[Answer, msgspec.Struct, int]


@dataclass(frozen=True)
class Workspace:
    """The feeds of one workspace, from an instant on."""

    host: str
    api: Api
    said: IntercomSettings

    def feeds(self) -> Mapping[str, Pages]:
        """Return what a contract needs of the workspace, by stream."""
        return {
            "conversations": self.conversations,
            "deletions": self.deletions,
            "fin_claims": self.fin_claims,
        }

    def myself(self) -> Reach:
        """Say as whom we are signed in, and to which workspace."""
        me = self._get("/me").document
        app = me.get("app") or {}
        where = f"workspace {app.get('id_code')} in region {app.get('region')}"
        return Reach("signing in", True, f"we are teammate {me.get('id')} of {where}")

    def conversations(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield pages of conversations with their parts, each again whenever it changed."""
        return self._searched([], self._retrieved, after, goes_back=LAG)

    def fin_claims(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield pages of what the vendor says at present of conversations with Fin."""

        def claimed(answer: Answer, what: str) -> _Kept:
            page = reading.received(answer.data, shapes.FinClaims, what)
            page.seen_at = format_instant(answer.said_at)
            return answer, page, len(page.conversations)

        return self._searched([_WITH_FIN], claimed, after, goes_back=CLAIMABLE)

    def deletions(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield pages of deleted conversations, the oldest first; one that ends short comes again.

        A list that is shorter than it was has lost old records, and is read from its beginning.
        """
        at = dict(after or {"page": "1", "total": "0"})
        first, landed_before, landed = int(at["page"]), 0, 0
        while True:
            number = int(at["page"])
            answer = self._get(
                "/conversations/deleted", page=number, per_page=DELETIONS_PER_PAGE, order="asc"
            )
            page = reading.received(answer.data, shapes.Deletions, self._what("deletions"))
            if page.total_count < int(at["total"]):
                at, first, landed_before = {"page": "1", "total": "0"}, 1, landed
                continue
            landed += len(page.conversations)
            is_last = number * DELETIONS_PER_PAGE >= page.total_count
            at = {"page": str(number if is_last else number + 1), "total": str(page.total_count)}
            expected = landed_before + page.total_count - (first - 1) * DELETIONS_PER_PAGE
            yield landable(
                answer, page, len(page.conversations), at,
                observed_until=answer.said_at - LAG if is_last else None,
                control_total=ControlTotal(expected, "exact"),
            )  # fmt: skip
            if is_last:
                return

    def teams(self) -> Page:
        """Return the list of teams."""
        answer = self._get("/teams")
        page = reading.received(answer.data, shapes.Teams, self._what("teams"))
        return landable(answer, page, len(page.teams), {"list": "teams"}).page

    def _searched(
        self,
        filters: list[dict[str, Any]],
        kept: Callable[[Answer, str], _Kept],
        after: Checkpoint | None,
        *,
        goes_back: timedelta,
    ) -> Iterator[FeedPage]:
        """Yield pages of a search from a checkpoint on; the next search begins `goes_back` ago."""
        since = self.said.observed_from
        at = dict(after or {"since": format_instant(since)})
        while True:
            answer = self._search(at, filters)
            found = reading.received(answer.data, shapes.Search, self._what("search"))
            began_at = at.get("began_at") or format_instant(answer.said_at)
            count = int(at.get("found", "0")) + len(found.conversations)
            cursor = found.pages.next and found.pages.next.starting_after
            if cursor:
                self._refuse_the_other_order(found)
            else:
                self._refuse_a_search_that_ends_early(count, found.total_count)
            answers, page, record_count = kept(answer, self._what("conversations"))
            if not cursor:
                began = parse_instant(began_at)
                end = {"since": format_instant(max(since, began - goes_back))}
                yield landable(answers, page, record_count, end, observed_until=began - LAG)
                return
            at = {
                "since": at["since"], "began_at": began_at, "after": cursor, "found": str(count)
            }  # fmt: skip
            yield landable(answers, page, record_count, at)

    def _search(self, at: Checkpoint, filters: list[dict[str, Any]]) -> Answer:
        # whether > finds an equal second too is not documented, so we ask from a second before
        second = int(parse_instant(at["since"]).timestamp()) - 1
        updated: dict[str, Any] = {"field": "updated_at", "operator": ">", "value": second}
        query = {"operator": "AND", "value": [updated, *filters]} if filters else updated
        cursor = {"starting_after": at["after"]} if "after" in at else {}
        asked = {
            "query": query,
            "sort": {"field": "updated_at", "order": "ascending"},
            "pagination": {"per_page": PER_PAGE, **cursor},
        }
        return self._trusted(self.api.post("/conversations/search", asked))

    def _retrieved(self, answer: Answer, what: str) -> _Kept:
        """Retrieve what a page of a search found, several at a time; the order stays."""
        found = reading.received(answer.data, shapes.Search, what)
        ids = list(dict.fromkeys(str(each.id) for each in found.conversations))
        with ThreadPoolExecutor(READERS) as readers:
            answers = dict(zip(ids, readers.map(self._conversation, ids), strict=True))
        held = {each: told for each, told in answers.items() if told is not None}
        page = shapes.Conversations(
            conversations=[self._kept(number, told) for number, told in held.items()],
            gone=[number for number, told in answers.items() if told is None],
            seen_at=format_instant(answer.said_at),
        )
        counts = (len(each.conversation_parts.conversation_parts) for each in page.conversations)
        together = Answer(
            data=b"".join((answer.data, *(told.data for told in held.values()))),
            document={"conversations": [told.document for told in held.values()]},
            headers=answer.headers,
            said_at=answer.said_at,
        )
        return together, page, sum(1 + count for count in counts) + len(page.gone)

    def _kept(self, number: str, told: Answer) -> shapes.Conversation:
        what = f"{self._what('conversation')} {shown(number)}"
        conversation = reading.received(told.data, shapes.Conversation, what)
        if str(conversation.id) != number:
            raise SourceError(f"{what} is answered with another one; ask Intercom why")
        keep(conversation, told.document, self.said.custom_attributes.values())
        return conversation

    def _conversation(self, number: str) -> Answer | None:
        """Return a conversation with all the parts that can be had, None where it is gone."""
        try:
            return self._get(f"/conversations/{quote(number, safe='')}", display_as="plaintext")
        except AnsweredError as refused:
            if refused.status == 404:
                return None
            raise

    def _get(self, path: str, **query: Any) -> Answer:
        return self._trusted(self.api.get(path, **query))

    def _trusted(self, answer: Answer) -> Answer:
        """Return an answer unless it says that it is of another version of the API."""
        version = answer.headers.get("Intercom-Version", VERSION)
        if version != VERSION:
            raise SourceError(
                f"{self.api.name}: Intercom answers in version {shown(version)} of its API, and we "
                f"asked for {VERSION}, in which words mean something else; ask Intercom why"
            )
        return answer

    def _refuse_the_other_order(self, found: shapes.Search) -> None:
        """Stop where the order that we ask for, which Intercom does not document, is ignored."""
        updated = [each.updated_at for each in found.conversations]
        # not more strictly: what changed a moment ago may stand where it was before
        if updated and updated[0] > updated[-1] and updated == sorted(updated, reverse=True):
            raise SourceError(
                f"{self._what('search')} gives the latest first, although we asked for the "
                "earliest; what changes on the way would be left out, so ask Intercom why"
            )

    def _refuse_a_search_that_ends_early(self, count: int, total_count: int) -> None:
        if count < total_count:
            raise SourceError(
                f"{self._what('search')} says that there are {total_count:,} conversations, and "
                f"{count:,} came; run again in some minutes, and ask Intercom if it stays so"
            )

    def _what(self, what: str) -> str:
        return f"{self.api.name}: {what}"
