"""How payments, refunds and disputes are listed, and how long each is read again.

Lists can be filtered by creation alone, and nothing says what changed since (docs.stripe.com/api).
So each extraction reads again what is young enough to change.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import httpx

from recount.errors import RecountError, SourceError
from recount.periods import format_instant, parse_instant
from recount.sources.api import Api
from recount.sources.extraction import Checkpoint, FeedPage
from recount.sources.landable import landable
from recount.sources.requesters import requester_key
from recount.sources.source import Reach
from recount.sources.stripe import asking
from recount.sources.stripe.payments.settings import StripeSettings
from recount.sources.stripe.payments.shapes import (
    BalanceTransactions,
    Charge,
    Charges,
    Disputes,
    Refunds,
)
from recount.sources.terms import SourceTerms

# Money of a payment that is captured in the background may be booked so much later.
LAG = timedelta(hours=1)
Pages = Callable[[Checkpoint | None], Iterator[FeedPage]]


@dataclass(frozen=True)
class _List:
    """A list, how long an object of it may change, and which ids are to come as objects."""

    path: str
    shape: type[Charges | Refunds | Disputes]
    changeable: timedelta
    expand: tuple[str, ...] = ()


_LISTS: Mapping[str, _List] = {
    # a debit may be open for weeks; a payment that was only authorized can be captured for 31 days
    "charges": _List("/v1/charges", Charges, timedelta(days=60), ("data.balance_transaction",)),
    # a refund can fail until 30 days after it succeeded
    "refunds": _List(
        "/v1/refunds", Refunds, timedelta(days=60),
        ("data.balance_transaction", "data.failure_balance_transaction"),
    ),
    # an inquiry can become a dispute for 120 days, which is decided months later
    "disputes": _List("/v1/disputes", Disputes, timedelta(days=365)),
}  # fmt: skip


@dataclass(frozen=True)
class Account:
    """The payments of one account, from an instant on."""

    api: Api
    terms: SourceTerms
    said: StripeSettings

    @property
    def host(self) -> str:
        """Where the account is asked."""
        return httpx.URL(self.api.base_url).host

    def feeds(self) -> Mapping[str, Pages]:
        """Return what a contract needs of the account, by stream."""
        return {stream: partial(self._pages, listed) for stream, listed in _LISTS.items()}

    def balance(self) -> Reach:
        """Try whether we may read balance transactions, which say when money moved."""
        try:
            next(asking.pages(self.api, "/v1/balance_transactions", BalanceTransactions))
        except RecountError as failure:
            return Reach("balance transactions", False, str(failure))
        return Reach("balance transactions", True, "can be read")

    def _pages(self, listed: _List, after: Checkpoint | None) -> Iterator[FeedPage]:
        at = dict(after or {"since": format_instant(self.said.observed_from)})
        query: dict[str, Any] = {"created[gte]": _epoch(at["since"]), "expand[]": listed.expand}
        pages = asking.pages(self.api, listed.path, listed.shape, after=at.get("after"), **query)
        for answer, page in pages:
            # what changes while we page is only sure to be seen next time
            at["began_at"] = at.get("began_at") or format_instant(answer.said_at)
            page.seen_at = int(answer.said_at.timestamp())
            for each in page.data:
                self._keep(each)
            if page.has_more:
                at["after"] = page.data[-1].id
                yield landable(answer, page, len(page.data), dict(at))
            else:
                began = parse_instant(at["began_at"])
                since = max(self.said.observed_from, began - listed.changeable)
                end = {"since": format_instant(since)}
                yield landable(answer, page, len(page.data), end, observed_until=began - LAG)

    def _keep(self, record: Any) -> None:
        if not getattr(record, "livemode", True):
            raise SourceError(
                f"{self.terms.name}: {record.id} is of Stripe's test mode, in which no money "
                "moves; use a key of the live mode"
            )
        if isinstance(record, Charge):
            actor = record.metadata.get(self.said.actor_key or "")
            if actor:
                # whoever the contract does not know may be a person
                is_known = actor in self.terms.actors
                record.actor = actor if is_known else requester_key(actor)
            subject = record.metadata.get(self.said.subject_key or "")
            record.metadata = {self.said.subject_key or "": subject} if subject else {}


def _epoch(instant: str) -> str:
    return str(int(parse_instant(instant).timestamp()))
