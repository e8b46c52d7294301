"""Payments over Stripe's API: what came in, what was sent back, and what cardholders took back.

What it needs, shows and cannot show: docs/sources/stripe.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from recount.periods import Period, format_instant
from recount.sources.apis import tried
from recount.sources.extraction import Extraction, Feed
from recount.sources.origins import Origin
from recount.sources.source import Coverage, Reach, covered_by_feeds
from recount.sources.stripe.asking import api_of
from recount.sources.stripe.payments.account import Account
from recount.sources.stripe.payments.rows import SCHEMAS, rows_of
from recount.sources.stripe.payments.settings import StripeSettings
from recount.sources.terms import SourceTerms
from recount.sources.typed_rows import batch_of, with_place

# Which streams tell of an event type; it is observed as far as all of them reach.
SHOWN_BY: Mapping[str, tuple[str, ...]] = {
    "recovered": ("charges",),
    "refunded": ("refunds", "charges"),
    "charged_back": ("disputes", "charges"),
}


class Stripe:
    """`system: stripe`."""

    system = "stripe"
    streams: Mapping[str, pa.Schema] = {
        stream: with_place(schema) for stream, schema in SCHEMAS.items()
    }
    origins = (
        Origin("charges", r"\d+-(?P<charge_id>.+?)(-\d+)?"),
        Origin("refunds", r"\d+-(?P<refund_id>.+?)(-\d+)?"),
        Origin("disputes", r"\d+-(?P<dispute_id>.+?)(-\d+)?"),
    )

    def check(self, terms: SourceTerms) -> None:
        """Type the settings; ContractError names what cannot be used."""
        terms.typed(StripeSettings)

    def shows(self, terms: SourceTerms) -> tuple[str, ...]:
        """Return the event types that Stripe can tell."""
        self.check(terms)
        return tuple(SHOWN_BY)

    def coverage(
        self, terms: SourceTerms, as_of: datetime, observed: Mapping[str, datetime]
    ) -> list[Coverage]:
        """Return one coverage per event type: as far as all streams that tell of it reach."""
        since = terms.typed(StripeSettings).observed_from
        return covered_by_feeds(SHOWN_BY, since, observed, as_of)

    def extract(
        self, terms: SourceTerms, period: Period, *, as_of: datetime, scratch: Path
    ) -> Sequence[Extraction | Feed]:
        """Go on with each feed; one begins anew where the contract asks for something else."""
        account = _account_of(terms)
        said, asked = account.said, {"host": account.host}
        asked |= {"observed_from": format_instant(said.observed_from)}
        named = {
            "subject_key": said.subject_key or "",
            "actor_key": said.actor_key or "",
            "actors": ",".join(sorted(terms.actors)) if said.actor_key else "",
        }
        return [
            Feed(terms.name, stream, self.system,
                 asked | (named if stream == "charges" else {}), pages)
            for stream, pages in account.feeds().items()
        ]  # fmt: skip

    def reach(self, terms: SourceTerms, period: Period) -> Iterator[Reach]:
        """Ask each list for its first page."""
        account = _account_of(terms)
        for stream, pages in account.feeds().items():
            yield tried(stream, pages(None))
        yield account.balance()

    def batches(
        self, terms: SourceTerms, stream: str, file_name: str, data: bytes | Path
    ) -> Iterator[pa.RecordBatch]:
        """Type a landed page; SourceError names the field that is wrong."""
        said = terms.typed(StripeSettings)
        rows = rows_of(stream, data, f"{terms.name}: {stream} {file_name}", said)
        yield batch_of(rows, SCHEMAS[stream], file_name)


def _account_of(terms: SourceTerms) -> Account:
    return Account(api_of(terms), terms, terms.typed(StripeSettings))
