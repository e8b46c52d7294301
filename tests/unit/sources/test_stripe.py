"""What a contract may say of the Stripe account that pays the buyer, and how it is read."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recount.errors import ContractError, SourceError
from recount.periods import Period, zone
from recount.sources import source_of
from recount.sources.extraction import Feed, FeedPage
from recount.sources.stripe import asking
from recount.sources.stripe.payments.rows import rows_of
from recount.sources.stripe.payments.settings import StripeSettings
from recount.sources.terms import SourceTerms
from tests.emulators import faults
from tests.emulators.stripe import KEY, Stripe
from tests.unit.sources.logs import AS_OF, bytes_of, parsed, terms_of

SINCE = "2016-02-01T00:00:00Z"
PAID = datetime(2016, 3, 2, 9, tzinfo=UTC)
NOW = datetime(2016, 5, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def terms(**settings: Any) -> SourceTerms:
    usual = {"connection": "ledger", "observed_from": SINCE, "location": None}
    return terms_of("ledger", "stripe", **{**usual, **settings})


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stripe]:
    with Stripe(NOW) as emulator:
        connection = {"conn_type": "http", "host": emulator.host, "password": KEY,
                      "extra": {"requests_per_minute": 100_000}}  # fmt: skip
        monkeypatch.setenv("AIRFLOW_CONN_LEDGER", json.dumps(connection))
        yield emulator


def feeds(**settings: Any) -> Mapping[str, Feed]:
    said, month = terms(**settings), Period.named("2016-03", zone("Europe/Berlin"))
    found = {}
    for feed in source_of(said).extract(said, month, as_of=AS_OF, scratch=__file__):  # type: ignore[arg-type]
        assert isinstance(feed, Feed)
        found[feed.stream] = feed
    return found


def pages(stream: str, after: Mapping[str, str] | None = None, **settings: Any) -> list[FeedPage]:
    return list(feeds(**settings)[stream].pages(after))


def rows(stream: str, **settings: Any) -> list[dict[str, Any]]:
    tables = [
        parsed(terms(**settings), stream, each.page.data, each.page.name)
        for each in pages(stream, **settings)
    ]
    return [row for table in tables for row in table.to_pylist()]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"connection": None}, "stripe needs connection"),
        ({"observed_from": None}, "stripe needs observed_from"),
        ({"observed_from": "2016-02-01"}, "offset"),
        ({"customer": "cus_1"}, "is no setting of stripe"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, Any], says: str) -> None:
    said = terms(**settings)
    with pytest.raises(ContractError, match=says):
        source_of(said).check(said)


def test_an_event_type_is_observed_as_far_as_all_streams_that_tell_of_it() -> None:
    reached = {"charges": AS_OF - DAY, "refunds": AS_OF - 2 * DAY, "disputes": AS_OF + DAY}
    said = terms()
    until = {
        each.event_type: each.observed_until
        for each in source_of(said).coverage(said, AS_OF, reached)
    }
    assert until == {"recovered": AS_OF - DAY, "refunded": AS_OF - 2 * DAY,
                     "charged_back": AS_OF - DAY}  # fmt: skip


def test_a_payment_is_typed_exactly(stripe: Stripe) -> None:
    payer = stripe.add_customer(at=PAID)
    charge = stripe.pay(at=PAID, amount=4950, customer=payer, metadata={"ref": "4711", "x": "y"})
    [row] = rows("charges", subject_key="ref")
    intent, paid = stripe.shelves["charges"].records[charge].payment_intent, datetime(2016, 3, 2, 9)
    told = {key: row[key] for key in ("charge_id", "payment_intent_id", "subject", "actor",
            "status", "is_captured", "is_disputed", "created_at", "moved_at", "currency_code",
            "seen_at")}  # fmt: skip
    assert told == {
        "charge_id": charge, "payment_intent_id": intent, "subject": "4711", "actor": None,
        "status": "succeeded", "is_captured": True, "is_disputed": False, "created_at": paid,
        "moved_at": paid, "currency_code": "USD", "seen_at": NOW.replace(tzinfo=None),
    }  # fmt: skip
    assert (str(row["amount"]), str(row["amount_refunded"])) == ("49.5000", "0.0000")
    assert len(row["requester_key"]) == 32


@pytest.mark.parametrize(
    ("currency", "amount", "value"),
    [("jpy", 500, "500.0000"), ("kwd", 1230, "1.2300"), ("isk", 500, "5.0000"),
     ("ugx", 500, "5.0000"), ("mga", 500, "500.0000")],
)  # fmt: skip
def test_an_amount_is_in_the_currencys_own_unit(
    stripe: Stripe, currency: str, amount: int, value: str
) -> None:
    stripe.pay(at=PAID, amount=amount, currency=currency)
    [row] = rows("charges")
    assert (str(row["amount"]), row["currency_code"]) == (value, currency.upper())


def test_a_declined_payment_moved_nothing(stripe: Stripe) -> None:
    stripe.decline(at=PAID, amount=100)
    [row] = rows("charges")
    assert (row["status"], row["is_captured"], row["moved_at"]) == ("failed", False, None)


def test_a_refund_that_failed_says_when_the_money_was_back(stripe: Stripe) -> None:
    refund = stripe.refund(stripe.pay(at=PAID, amount=100), at=PAID + DAY, amount=40)
    stripe.fail_refund(refund, at=PAID + 9 * DAY)
    [row] = rows("refunds")
    assert (row["status"], str(row["amount"])) == ("failed", "0.4000")
    assert (row["moved_at"].day, row["returned_at"].day) == (3, 11)


def dispute_of(*moves: tuple[int, int]) -> dict[str, Any]:
    """What is read of a dispute whose money moved so: days since the payment, and amounts."""
    second = int(PAID.timestamp())
    moved = [{"id": f"txn_{day}", "created": second + day * 86_400, "amount": amount}
             for day, amount in moves]  # fmt: skip
    dispute = {"id": "dp_1", "livemode": True, "status": "lost", "created": second, "amount": 100,
               "currency": "usd", "charge": "ch_1", "balance_transactions": moved}  # fmt: skip
    page = json.dumps({"data": [dispute], "has_more": False, "seen_at": second}).encode()
    said = StripeSettings(connection="ledger", observed_from=PAID)
    [row] = rows_of("disputes", page, "ledger", said)
    return row


@pytest.mark.parametrize(
    ("moves", "moved_on", "returned_on"),
    [
        ([], None, None),
        ([(0, -100)], 0, None),
        ([(0, -100), (30, 100)], 0, 30),
        ([(30, 100), (0, -100)], 0, 30),
        ([(0, -100), (30, 60)], 0, None),
        ([(0, -100), (30, 100), (40, -100)], 0, None),
        ([(0, -100), (30, 100), (40, -100), (50, 100)], 0, 50),
    ],
)
def test_of_a_dispute_the_money_decides(
    moves: list[tuple[int, int]], moved_on: int | None, returned_on: int | None
) -> None:
    row, paid = dispute_of(*moves), PAID.replace(tzinfo=None)
    assert row["moved_at"] == (None if moved_on is None else paid + moved_on * DAY)
    assert row["returned_at"] == (None if returned_on is None else paid + returned_on * DAY)


@pytest.mark.parametrize("word", ["Bo", "4242", "4711", "secret", "stripe.com", "y1", "cus_", "@"])
def test_cards_names_texts_and_links_are_gone_before_anything_is_stored(
    stripe: Stripe, word: str
) -> None:
    payer = stripe.add_customer(at=PAID, name="Bo", email="bo@example.com")
    metadata = {"ref": "a-ref", "note": "y1"}
    charge = stripe.pay(at=PAID, amount=4950, customer=payer, metadata=metadata)
    stripe.dispute(charge, at=PAID + DAY)
    stripe.refund(charge, at=PAID + DAY, amount=5)
    stored = b"".join(
        each.page.data
        for stream in ("charges", "refunds", "disputes")
        for each in pages(stream, subject_key="ref")
        if isinstance(each.page.data, bytes)
    )
    assert b'"ref":"a-ref"' in stored
    assert word.encode() not in stored


def test_an_actor_whom_the_contract_does_not_know_becomes_a_keyed_hash(stripe: Stripe) -> None:
    for actor in ("dunning-bot", "ann@example.com"):
        stripe.pay(at=PAID, amount=100, metadata={"by": actor})
    # the terms of a contract without a registry: nobody is known
    assert {len(row["actor"]) for row in rows("charges", actor_key="by")} == {32}
    stored = b"".join(bytes_of(each.page) for each in pages("charges", actor_key="by"))
    assert b"ann@" not in stored


def test_a_feed_goes_on_inside_a_list_and_then_reads_again_what_may_have_changed(
    stripe: Stripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "PER_PAGE", 2)
    for number in range(5):
        stripe.pay(at=PAID + number * DAY, amount=100)
    first, second, last = pages("charges")
    assert [each.page.record_count for each in (first, second, last)] == [2, 2, 1]
    stripe.now += DAY
    [again] = pages("charges", second.checkpoint)
    assert again.page.record_count == 1
    # until when it is complete, and what is read again, counts from when the list was begun
    assert again.observed_until == last.observed_until == NOW - timedelta(hours=1)
    assert last.checkpoint == {"since": "2016-03-11T12:00:00Z"}


@pytest.mark.parametrize(("stream", "days"), [("charges", 60), ("refunds", 60), ("disputes", 365)])
def test_each_list_is_read_again_as_long_as_its_objects_change(
    stripe: Stripe, stream: str, days: int
) -> None:
    since = "2014-01-01T00:00:00Z"
    end = pages(stream, observed_from=since)[-1].checkpoint
    assert datetime.fromisoformat(end["since"]) == NOW - days * DAY


def test_the_test_mode_is_refused(stripe: Stripe) -> None:
    stripe.pay(at=PAID, amount=100)
    testing = faults.changed(lambda document: document["data"][0].update(livemode=False))
    stripe.misbehave(testing, on="/v1/charges")
    with pytest.raises(SourceError, match="is of Stripe's test mode, in which no money moves"):
        pages("charges")


def test_another_key_of_the_metadata_begins_the_feed_anew(stripe: Stripe) -> None:
    one, other = feeds(subject_key="ref"), feeds(subject_key="number")
    assert one["charges"].request != other["charges"].request
    assert one["disputes"].request == other["disputes"].request
