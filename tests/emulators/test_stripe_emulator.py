"""Does the emulator tell of payments what Stripe tells? Asked with the vendor's own client."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.emulators.server import Request
from tests.emulators.stripe import KEY, Stripe
from tests.emulators.stripe_lists import KEEPS_EVENTS_FOR
from tests.emulators.stripe_reading import Reader, at, client_of


@pytest.fixture
def stripe() -> Iterator[Stripe]:
    with Stripe(at(200)) as emulator:
        yield emulator


@pytest.fixture
def client(stripe: Stripe) -> Any:
    return client_of(stripe).v1


@pytest.fixture
def reader(stripe: Stripe) -> Reader:
    return Reader(stripe)


def statuses(client: Any, kind: str) -> list[str]:
    """Return the types of all events of a kind, oldest first."""
    found = client.events.list({"type": f"{kind}.*", "limit": 100}).data
    return [event.type for event in reversed(found)]


@pytest.mark.parametrize(("amount", "currency"), [(1050, "usd"), (500, "jpy"), (5120, "kwd"),
                                                  (500, "isk"), (500, "ugx")])  # fmt: skip
def test_an_amount_is_an_integer_in_the_vendors_minor_unit(
    stripe: Stripe, client: Any, amount: int, currency: str
) -> None:
    charge = client.charges.retrieve(stripe.pay(at=at(0), amount=amount, currency=currency))
    assert (charge.amount, charge.amount_captured, charge.currency) == (amount, amount, currency)


@pytest.mark.parametrize(("amount", "currency"), [(550, "isk"), (501, "ugx"), (5124, "kwd")])
def test_an_amount_that_the_vendor_refuses_is_no_story(
    stripe: Stripe, amount: int, currency: str
) -> None:
    with pytest.raises(ValueError, match=currency):
        stripe.pay(at=at(0), amount=amount, currency=currency)


def test_metadata_says_on_charge_and_intent_what_was_paid(stripe: Stripe, client: Any) -> None:
    charge = stripe.pay(at=at(0), amount=1000, metadata={"subject_id": "r-1"})
    found = client.charges.retrieve(charge, {"expand": ["payment_intent"]})
    assert found.metadata["subject_id"] == found.payment_intent.metadata["subject_id"] == "r-1"


def test_a_declined_attempt_is_a_charge_too(stripe: Stripe, client: Any) -> None:
    first = stripe.decline(at=at(0), amount=1000)
    intent = client.charges.retrieve(first).payment_intent
    stripe.pay(at=at(1), amount=1000, intent=intent)
    found = client.charges.list({"payment_intent": intent}).data
    assert [(one.status, one.paid) for one in found] == [("succeeded", True), ("failed", False)]
    assert client.payment_intents.retrieve(intent).latest_charge == found[0].id


def test_a_partial_refund_leaves_the_charge_unrefunded(stripe: Stripe, client: Any) -> None:
    charge = stripe.pay(at=at(0), amount=1000)
    stripe.refund(charge, at=at(1), amount=300)
    found = client.charges.retrieve(charge)
    assert (found.amount_refunded, found.refunded, found.status) == (300, False, "succeeded")
    stripe.refund(charge, at=at(2))
    found = client.charges.retrieve(charge)
    assert (found.amount_refunded, found.refunded) == (1000, True)


def test_a_pending_refund_says_why_and_succeeds_later(stripe: Stripe, client: Any) -> None:
    refund = stripe.refund(stripe.pay(at=at(0), amount=1000), at=at(1), pending=True)
    assert client.refunds.retrieve(refund).pending_reason == "processing"
    stripe.settle_refund(refund, at=at(4))
    assert client.refunds.retrieve(refund).status == "succeeded"


def test_a_refund_fails_after_it_succeeded_and_the_money_returns(
    stripe: Stripe, client: Any
) -> None:
    charge = stripe.pay(at=at(0), amount=1000)
    refund = stripe.refund(charge, at=at(1))
    assert client.refunds.retrieve(refund).status == "succeeded"
    stripe.fail_refund(refund, at=at(25), reason="expired_or_canceled_card")
    found = client.refunds.retrieve(refund, {"expand": ["failure_balance_transaction"]})
    assert (found.status, found.failure_reason) == ("failed", "expired_or_canceled_card")
    assert found.failure_balance_transaction.amount == 1000
    assert client.charges.retrieve(charge).amount_refunded == 0


def test_a_failed_refund_keeps_the_second_of_its_creation(stripe: Stripe, reader: Reader) -> None:
    refund = stripe.refund(stripe.pay(at=at(0), amount=1000), at=at(1))
    stripe.fail_refund(refund, at=at(25))
    since = int(at(20).timestamp())
    assert reader.ids("refunds", **{"created[gte]": since}) == []
    assert reader.json(f"refunds/{refund}")["created"] == int(at(1).timestamp())


def test_a_cancelled_refund_tells_the_same_as_a_failed_one(stripe: Stripe, client: Any) -> None:
    refund = stripe.refund(stripe.pay(at=at(0), amount=1000), at=at(1), pending=True)
    stripe.cancel_refund(refund, at=at(2))
    found = client.refunds.retrieve(refund)
    assert (found.status, found.failure_reason) == ("canceled", "merchant_request")
    assert found.failure_balance_transaction


def test_one_payment_can_be_disputed_twice(stripe: Stripe, client: Any) -> None:
    charge = stripe.pay(at=at(0), amount=1000)
    stripe.win(stripe.dispute(charge, at=at(20), amount=400), at=at(70))
    stripe.lose(stripe.dispute(charge, at=at(80), amount=600), at=at(130))
    found = client.disputes.list({"charge": charge}).data
    assert [(one.amount, one.status) for one in found] == [(600, "lost"), (400, "won")]


def test_whether_a_charge_counts_a_failed_refund_can_be_set() -> None:
    with Stripe(at(30), failed_refunds_count=True) as stripe:
        charge = stripe.pay(at=at(0), amount=1000)
        stripe.fail_refund(stripe.refund(charge, at=at(1)), at=at(2))
        assert Reader(stripe).json(f"charges/{charge}")["amount_refunded"] == 1000


def test_a_chargeback_comes_more_than_120_days_after_the_payment(
    stripe: Stripe, client: Any
) -> None:
    charge = stripe.pay(at=at(0), amount=1000)
    dispute = client.disputes.retrieve(stripe.dispute(charge, at=at(131)))
    assert (dispute.created - client.charges.retrieve(charge).created) // 86_400 == 131
    taken = dispute.balance_transactions
    assert [(one.amount, one.fee, one.net) for one in taken] == [(-1000, 1500, -2500)]


def test_a_won_dispute_brings_the_money_back_but_the_charge_stays_disputed(
    stripe: Stripe, client: Any
) -> None:
    charge = stripe.pay(at=at(0), amount=1000)
    dispute = stripe.dispute(charge, at=at(60))
    stripe.submit_evidence(dispute, at=at(61))
    stripe.win(dispute, at=at(120))
    found = client.disputes.retrieve(dispute)
    assert (found.status, [one.amount for one in found.balance_transactions]) == (
        "won", [-1000, 1000])  # fmt: skip
    charge = client.charges.retrieve(charge)
    assert (charge.disputed, charge.amount_refunded) == (True, 0)


def test_a_lost_dispute_is_no_refund(stripe: Stripe, client: Any) -> None:
    charge = stripe.pay(at=at(0), amount=1000)
    stripe.lose(stripe.dispute(charge, at=at(60)), at=at(120))
    assert client.disputes.list({"charge": charge}).data[0].status == "lost"
    assert client.refunds.list({"charge": charge}).data == []
    assert client.charges.retrieve(charge).refunded is False


def test_an_inquiry_takes_no_money_until_it_is_escalated(stripe: Stripe, client: Any) -> None:
    charge = stripe.pay(at=at(0), amount=1000)
    dispute = stripe.dispute(charge, at=at(10), inquiry=True)
    stripe.submit_evidence(dispute, at=at(11))
    found = client.disputes.retrieve(dispute)
    assert (found.status, found.balance_transactions) == ("warning_under_review", [])
    stripe.escalate(dispute, at=at(30))
    found = client.disputes.retrieve(dispute)
    assert (found.status, len(found.balance_transactions)) == ("needs_response", 1)


def test_a_closed_inquiry_never_moved_money(stripe: Stripe, client: Any) -> None:
    dispute = stripe.dispute(stripe.pay(at=at(0), amount=1000), at=at(10), inquiry=True)
    stripe.close_inquiry(dispute, at=at(90))
    assert client.disputes.retrieve(dispute).status == "warning_closed"
    assert client.balance_transactions.list({"source": dispute}).data == []


def test_events_tell_each_step_of_a_dispute(stripe: Stripe, client: Any) -> None:
    dispute = stripe.dispute(stripe.pay(at=at(180), amount=1000), at=at(181))
    stripe.submit_evidence(dispute, at=at(182))
    stripe.win(dispute, at=at(190))
    told = [name.removeprefix("charge.dispute.") for name in statuses(client, "charge.dispute")]
    assert told == ["funds_withdrawn", "created", "updated", "funds_reinstated", "updated",
                    "closed"]  # fmt: skip


def test_an_event_keeps_the_object_as_it_was(stripe: Stripe, client: Any) -> None:
    refund = stripe.refund(stripe.pay(at=at(190), amount=1000), at=at(191))
    stripe.fail_refund(refund, at=at(195))
    told = client.events.list({"types": ["refund.created", "refund.failed"]}).data
    assert [(one.type, one.data.object.status) for one in told] == [
        ("refund.failed", "failed"), ("refund.created", "succeeded")]  # fmt: skip


def test_events_are_gone_after_thirty_days(stripe: Stripe, client: Any, reader: Reader) -> None:
    stripe.pay(at=at(0), amount=1000)
    assert client.events.list().data == []
    stripe.now = at(30)
    old = client.events.list().data[0].id
    stripe.now = at(30.1)
    assert reader.error(f"events/{old}")[0] == 404
    assert KEEPS_EVENTS_FOR == 30 * 86_400


def test_new_objects_between_two_pages_neither_repeat_nor_hide_an_older_one(
    stripe: Stripe, client: Any
) -> None:
    paid = [stripe.pay(at=at(day), amount=1000) for day in range(7)]
    stripe.between = lambda request: stripe.pay(at=at(100 + len(stripe.requests)), amount=1)
    found = list(client.charges.list({"limit": 3}).auto_paging_iter())
    assert [one.id for one in found] == paid[::-1]


def test_what_arrived_meanwhile_is_before_the_first_object_seen(
    stripe: Stripe, reader: Reader
) -> None:
    stripe.pay(at=at(0), amount=1000)
    [newest] = reader.ids("charges")
    later = [stripe.pay(at=at(day), amount=1000) for day in (1, 2, 3)]
    page = reader.json("charges", ending_before=newest, limit=2)
    assert [row["id"] for row in page["data"]] == later[1::-1]
    assert page["has_more"] is True


def test_the_limits_of_created_are_seconds_one_in_and_one_out(
    stripe: Stripe, reader: Reader
) -> None:
    charges = [stripe.pay(at=at(day), amount=1000) for day in (0, 1, 2)]
    first, last = (int(at(day).timestamp()) for day in (0, 2))
    assert reader.ids("charges", **{"created[gte]": first, "created[lt]": last}) == charges[1::-1]
    assert reader.ids("charges", **{"created[gt]": first, "created[lte]": last}) == charges[:0:-1]
    assert reader.ids("charges", created=first) == charges[:1]


def test_an_empty_page_can_say_that_there_is_more(stripe: Stripe, reader: Reader) -> None:
    charge = stripe.pay(at=at(0), amount=1000)
    stripe.send_hollow_page("charges")
    page = reader.json("charges")
    assert (page["data"], page["has_more"]) == ([], True)
    assert reader.ids("charges") == [charge]


def test_the_vendors_client_takes_an_empty_page_for_the_end(stripe: Stripe, client: Any) -> None:
    for day in range(5):
        stripe.pay(at=at(day), amount=1000)
    pages = client.charges.list({"limit": 2})
    stripe.send_hollow_page("charges")
    assert len(list(pages.auto_paging_iter())) == 2


@pytest.mark.parametrize("limit", [0, 101, "many"])
def test_a_page_has_one_to_a_hundred_objects(reader: Reader, limit: object) -> None:
    status, error = reader.error("charges", limit=limit)
    assert (status, error["param"]) == (400, "limit")


def test_a_page_has_ten_objects_unless_told(stripe: Stripe, reader: Reader) -> None:
    for day in range(11):
        stripe.pay(at=at(day), amount=1000)
    page = reader.json("charges")
    assert (len(page["data"]), page["has_more"], page["url"]) == (10, True, "/v1/charges")


def test_a_parameter_that_does_not_exist_is_refused(reader: Reader) -> None:
    status, error = reader.error("charges", updated_after=1)
    assert (status, error["code"]) == (400, "parameter_unknown")
    assert error["message"] == "Received unknown parameter: updated_after"


def test_two_cursors_at_once_are_refused(stripe: Stripe, reader: Reader) -> None:
    charge = stripe.pay(at=at(0), amount=1000)
    assert reader.error("charges", starting_after=charge, ending_before=charge)[0] == 400


def test_objects_of_one_second_have_one_order_across_pages(stripe: Stripe, reader: Reader) -> None:
    for _ in range(25):
        stripe.pay(at=at(0), amount=1000)
    found = [id_ for page in reader.pages("charges", limit=10) for id_ in page]
    assert len(found) == len({*found}) == 25


def test_a_charge_brings_its_refunds_only_when_asked(stripe: Stripe, reader: Reader) -> None:
    charge = stripe.pay(at=at(0), amount=1000)
    refund = stripe.refund(charge, at=at(1), amount=1)
    assert "refunds" not in reader.json(f"charges/{charge}")
    [found] = reader.json("charges", **{"expand[]": "data.refunds"})["data"]
    assert [row["id"] for row in found["refunds"]["data"]] == [refund]


def test_answers_hold_names_and_addresses_that_nobody_needs(stripe: Stripe, reader: Reader) -> None:
    customer = stripe.add_customer(at=at(0), name="Ada Test", email="ada@customer.example")
    stripe.dispute(stripe.pay(at=at(0), amount=1000, customer=customer), at=at(1))
    for path in ("charges", "payment_intents", "disputes"):
        assert "ada@customer.example" in reader.get(path).text


def test_a_deleted_customer_is_found_and_says_only_that(stripe: Stripe, client: Any) -> None:
    customer = stripe.add_customer(at=at(0))
    stripe.pay(at=at(0), amount=1000, customer=customer)
    stripe.delete_customer(customer, at=at(1))
    assert client.customers.retrieve(customer).to_dict() == {
        "id": customer, "object": "customer", "deleted": True}  # fmt: skip
    [charge] = client.charges.list({"customer": customer, "expand": ["data.customer"]}).data
    assert charge.customer.deleted is True


def test_what_was_never_there_is_missing(reader: Reader) -> None:
    status, error = reader.error("charges/ch_gone")
    assert (status, error["code"]) == (404, "resource_missing")
    assert error["message"] == "No such charge: 'ch_gone'"


def test_a_page_of_ten_thousand_payments_is_quick(stripe: Stripe) -> None:
    for minute in range(10_000):
        stripe.pay(at=at(minute / 1440), amount=1000)
    begun = time.perf_counter()
    query = {"limit": "100", "created[gte]": str(int(at(3).timestamp()))}
    stripe.answer(Request("GET", "/v1/charges", query, {"authorization": f"Bearer {KEY}"}))
    assert time.perf_counter() - begun < 0.05
