"""Are the emulator's objects what the vendor publishes? Fixtures, and the types of its client."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe as vendor

from tests.emulators.stripe import Stripe
from tests.emulators.stripe_billing import Credit, Item
from tests.emulators.stripe_client_types import complaints
from tests.emulators.stripe_reading import Reader, at

SPECS = Path(os.environ.get("RECOUNT_SPECS") or Path(__file__).parents[3] / "shared/data/specs")
FIXTURES = SPECS / "stripe_fixtures3.json"

OBJECTS = {
    "charge": "charges", "payment_intent": "payment_intents", "refund": "refunds",
    "dispute": "disputes", "balance_transaction": "balance_transactions", "event": "events",
    "invoice": "invoices", "credit_note": "credit_notes",
}  # fmt: skip
CLASSES = {"charge": vendor.Charge, "payment_intent": vendor.PaymentIntent,
           "refund": vendor.Refund, "dispute": vendor.Dispute, "event": vendor.Event,
           "balance_transaction": vendor.BalanceTransaction, "invoice": vendor.Invoice,
           "credit_note": vendor.CreditNote}  # fmt: skip
# in the fixtures, but sent only when asked for, or no longer
ABSENT = {"charge": {"refunds"}, "invoice": {"subscription"}}


@pytest.fixture(scope="module")
def fixtures() -> dict[str, Any]:
    if not FIXTURES.exists():
        pytest.skip(f"{FIXTURES} is absent; it is the vendor's published fixtures")
    resources: dict[str, Any] = json.loads(FIXTURES.read_text())["resources"]
    return resources


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """An account in which each kind of object is in each of its states."""
    with Stripe(at(20)) as stripe:
        tell_payments(stripe)
        tell_bills(stripe)
        yield Reader(stripe)


def tell_payments(stripe: Stripe) -> None:
    customer = stripe.add_customer(at=at(0))
    stripe.decline(at=at(0), amount=700, customer=customer, metadata={"subject_id": "r-0"})
    for day in range(1, 9):
        stripe.pay(at=at(day), amount=1000 * day, customer=customer, fee=59)
    one, two, three, four, five, *_ = list(stripe.shelves["charges"].records)[1:]
    stripe.refund(one, at=at(9), amount=300)
    stripe.refund(one, at=at(9), amount=100, pending=True)
    stripe.fail_refund(stripe.refund(two, at=at(9)), at=at(10))
    stripe.win(stripe.dispute(three, at=at(9)), at=at(12))
    stripe.lose(stripe.dispute(four, at=at(9), reason="product_not_received"), at=at(12))
    stripe.submit_evidence(stripe.dispute(five, at=at(9), inquiry=True), at=at(10))


def tell_bills(stripe: Stripe) -> None:
    customer = stripe.add_customer(at=at(0), name="Buyer GmbH")
    price = stripe.add_price(stripe.add_product(at=at(0)), at=at(0))
    lines = [Item(price, metadata={"subject_id": "t-1"}), Item(price, 400, is_metered=True),
             Item(amount=500, description="Platform fee")]  # fmt: skip
    bills = [stripe.draft(customer, lines, at=at(10 + one), period=(at(0), at(10)),
                          subscription="sub_1") for one in range(5)]  # fmt: skip
    for bill in bills[1:]:
        stripe.finalize(bill, at=at(15))
    stripe.pay_invoice(bills[2], at=at(16))
    stripe.void_invoice(bills[3], at=at(16))
    stripe.write_off(bills[4], at=at(16))
    line = stripe.shelves["invoices"].records[bills[2]].lines[0].id
    stripe.credit(bills[2], [Credit(line, amount=99)], at=at(17), reason="duplicate")
    note = stripe.credit(bills[1], [Credit(description="Goodwill", amount=300)], at=at(17))
    stripe.void_credit_note(note, at=at(18))


@pytest.mark.parametrize("kind", OBJECTS)
def test_an_object_has_the_fields_of_the_published_fixture_with_its_types(
    kind: str, reader: Reader, fixtures: dict[str, Any]
) -> None:
    published = fixtures[kind]
    for document in reader.json(OBJECTS[kind], limit=100)["data"]:
        assert published.keys() - document.keys() <= ABSENT.get(kind, set())
        for name in published.keys() & document.keys():
            pair = published[name], document[name]
            assert None in pair or type(pair[0]) is type(pair[1]), name


@pytest.mark.parametrize("kind", OBJECTS)
def test_an_object_is_what_the_types_of_the_vendors_client_say(kind: str, reader: Reader) -> None:
    documents = reader.json(OBJECTS[kind], limit=100)["data"]
    assert documents
    assert [one for document in documents for one in complaints(document, CLASSES[kind])] == []


def test_what_an_event_carries_is_what_the_client_says_of_such_an_object(reader: Reader) -> None:
    carried = [event["data"]["object"] for event in reader.json("events", limit=100)["data"]]
    known = [one for one in carried if one["object"] in CLASSES]
    assert len(known) > 50
    assert [text for one in known for text in complaints(one, CLASSES[one["object"]])] == []


@pytest.mark.parametrize(("kind", "path"), [("line_item", "invoices"),
                                            ("credit_note_line_item", "credit_notes")])  # fmt: skip
def test_a_line_has_the_fields_of_the_published_fixture(
    kind: str, path: str, reader: Reader, fixtures: dict[str, Any]
) -> None:
    pages = [reader.json(f"{path}/{id_}/lines") for id_ in reader.ids(path)]
    lines = [line for page in pages for line in page["data"]]
    assert len(lines) > 1
    for line in lines:
        assert fixtures[kind].keys() - line.keys() <= {"invoice_line_item"}
        assert line["object"] == kind


@pytest.mark.parametrize(("kind", "path"), [("customer", "customers"), ("product", "products"),
                                            ("price", "prices")])  # fmt: skip
def test_what_others_point_to_has_the_fields_of_the_fixture(
    kind: str, path: str, reader: Reader, fixtures: dict[str, Any]
) -> None:
    document = reader.json(f"{path}/{reader.ids(path)[0]}")
    assert fixtures[kind].keys() == document.keys()
    assert list(complaints(document, getattr(vendor, kind.title()))) == []


def test_the_account_has_the_fields_of_the_fixture(
    reader: Reader, fixtures: dict[str, Any]
) -> None:
    document = reader.json("account")
    assert fixtures["account"].keys() == document.keys()
    assert fixtures["account"]["business_profile"].keys() == document["business_profile"].keys()


def test_the_check_complains_about_a_state_that_does_not_exist(reader: Reader) -> None:
    document = reader.json("invoices")["data"][0] | {"status": "sent", "lines": {}, "paid": True}
    found = {*complaints(document, vendor.Invoice)}
    assert found == {".status is 'sent'", ".lines.data is no list", ".paid is unknown"}
