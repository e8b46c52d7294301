"""What an account lists whole or in an order of its own: stages, the recycling bin, conversations.

Sources: developers.hubspot.com/docs/guides/api/crm/pipelines, crm-tickets-v3/guide (lists with
`archived`) and conversations-conversations-inbox-&-messages-v3/guide.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from msgspec import Struct

from recount.errors import SourceError
from recount.periods import format_instant, parse_instant
from recount.sources import shapes as reading
from recount.sources.api import Answer
from recount.sources.extraction import Checkpoint, FeedPage
from recount.sources.hubspot import listed, threads
from recount.sources.hubspot.account import Account
from recount.sources.hubspot.rows import count_of
from recount.sources.hubspot.walking import LAG, ends
from recount.sources.landable import landable, together

_THREADS = "/conversations/v3/conversations/threads"
_PAGE, _BIN, _MESSAGES = 50, 100, 100


@dataclass(frozen=True)
class Lists:
    """Reads the lists of an account; each yields pages from a checkpoint on."""

    account: Account

    def pipelines(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield the stages as they are now; HubSpot keeps no history of what they mean."""
        answer = self.account.get("/crm/v3/pipelines/tickets")
        page = self._received(answer, listed.Pipelines, "pipelines")
        page.taken_at = format_instant(answer.said_at)
        count = count_of("pipelines", page)
        yield landable(
            answer, page, count, {"taken_at": page.taken_at}, observed_until=answer.said_at
        )

    def deletions(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield what lies in the recycling bin, kind by kind."""
        said = self.account.said
        wanted = {"tickets": said.tickets, "meetings": said.meetings}
        kinds = [kind for kind, is_wanted in wanted.items() if is_wanted]
        at = dict(after) if after and "kind" in after else {"kind": kinds[0]}
        while True:
            answer, page = self._bin(at["kind"], at.get("after"))
            began_at = at.get("began_at") or format_instant(answer.said_at)
            page.kind, page.taken_at = at["kind"], began_at
            later = kinds[kinds.index(at["kind"]) + 1 :]
            count = count_of("deletions", page)
            if page.paging and page.paging.next:
                at = {"kind": at["kind"], "began_at": began_at, "after": page.paging.next.after}
            elif later:
                at = {"kind": later[0], "began_at": began_at}
            else:
                began = parse_instant(began_at)
                yield landable(answer, page, count, {"seen_at": began_at}, observed_until=began)
                return
            yield landable(answer, page, count, at)

    def messages(self, after: Checkpoint | None) -> Iterator[FeedPage]:
        """Yield conversations about tickets by their latest message, with all of their messages.

        A conversation that gets another message meanwhile comes once more, at the end.
        """
        observed_from = self.account.said.observed_from
        at = dict(after or {"since": format_instant(observed_from)})
        while True:
            answer, page = self._threads(at)
            began_at = at.get("began_at") or format_instant(answer.said_at)
            together = self._with_messages(answer, page)
            count, more = count_of("messages", page), page.paging and page.paging.next
            page.taken_at, page.paging = format_instant(answer.said_at), None
            if not more:
                began = parse_instant(began_at)
                end = ends(observed_from, began)
                yield landable(together, page, count, end, observed_until=began - LAG)
                return
            at = {"since": at["since"], "began_at": began_at, "after": more.after}
            yield landable(together, page, count, at)

    def _bin(self, kind: str, after: str | None) -> tuple[Answer, listed.Bin]:
        place = {"after": after} if after else {}
        answer = self.account.get(
            f"/crm/v3/objects/{kind}",
            archived="true",
            limit=_BIN,
            properties="hs_object_id",
            **place,
        )
        return answer, self._received(answer, listed.Bin, f"deleted {kind}")

    def _threads(self, at: Checkpoint) -> tuple[Answer, threads.Threads]:
        # whether an equal instant is found too is not documented, so we ask from a second before
        since = format_instant(parse_instant(at["since"]) - timedelta(seconds=1))
        place = {"after": at["after"]} if "after" in at else {}
        answer = self.account.get(
            _THREADS, sort="latestMessageTimestamp", latestMessageTimestampAfter=since,
            association="TICKET", limit=_PAGE, **place,
        )  # fmt: skip
        return answer, self._received(answer, threads.Threads, "conversations")

    def _with_messages(self, answer: Answer, page: threads.Threads) -> Answer:
        """Add their messages to conversations; those that are about no ticket are left out."""
        page.results = [each for each in page.results if each.ticket_id]
        answers = [answer]
        for thread in page.results:
            thread.messages = []
            for told, messages in self._messages(thread.id):
                thread.messages += messages
                document = {"results": [{"messages": told.document.get("results")}]}
                answers.append(replace(told, document=document))
        return together(answers)

    def _messages(self, thread: str) -> Iterator[tuple[Answer, list[threads.Message]]]:
        after: str | None = None
        while True:
            place = {"after": after} if after else {}
            answer = self.account.get(
                f"{_THREADS}/{thread}/messages", sort="createdAt", limit=_MESSAGES, **place
            )
            page = self._received(answer, threads.Messages, f"conversation {thread}")
            yield answer, page.results
            more = page.paging.next if page.paging else None
            if not more:
                return
            if more.after == after:
                what = self.account.what(f"conversation {thread}")
                raise SourceError(f"{what} is in a cursor loop at {after}; run again")
            after = more.after

    def _received(self, answer: Answer, shape: type[Struct], what: str) -> Any:
        return reading.received(answer.data, shape, self.account.what(what))
