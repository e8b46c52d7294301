"""Does the emulator tell of a vendor's invoices and credit notes what Stripe tells?"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.emulators.stripe import Stripe
from tests.emulators.stripe_billing import Credit, Item
from tests.emulators.stripe_reading import Reader, at, client_of

JANUARY = (at(0), at(31))


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


@pytest.fixture
def buyer(stripe: Stripe) -> str:
    return stripe.add_customer(at=at(0), name="Buyer GmbH", email="ap@buyer.example")


@pytest.fixture
def price(stripe: Stripe) -> str:
    product = stripe.add_product(at=at(0), name="Resolved ticket")
    return stripe.add_price(product, at=at(0), unit_amount="99", lookup_key="resolution")


def resolved(price: str, count: int) -> list[Item]:
    """Return one item for each of so many tickets."""
    return [Item(price, description=f"Ticket {number}", metadata={"subject_id": f"t-{number}"})
            for number in range(count)]  # fmt: skip


def lines_of(client: Any, invoice: str) -> list[Any]:
    return list(client.invoices.line_items.list(invoice, {"limit": 100}).auto_paging_iter())


def test_a_draft_has_no_number_and_a_finalized_invoice_does(
    stripe: Stripe, client: Any, buyer: str, price: str
) -> None:
    invoice = stripe.draft(buyer, resolved(price, 1), at=at(31), period=JANUARY)
    found = client.invoices.retrieve(invoice)
    assert (found.status, found.number, found.status_transitions.finalized_at) == (
        "draft", None, None)  # fmt: skip
    stripe.finalize(invoice, at=at(32))
    found = client.invoices.retrieve(invoice)
    assert (found.status, found.number[-5:]) == ("open", "-0001")
    assert found.status_transitions.finalized_at == int(at(32).timestamp())


def test_a_draft_can_grow_and_a_finalized_invoice_cannot(
    stripe: Stripe, client: Any, buyer: str, price: str
) -> None:
    invoice = stripe.draft(buyer, resolved(price, 1), at=at(31), period=JANUARY)
    stripe.add_item(invoice, Item(amount=500, description="Platform fee"), at=at(31))
    stripe.finalize(invoice, at=at(32))
    assert client.invoices.retrieve(invoice).total == 599
    with pytest.raises(ValueError, match="open, not draft"):
        stripe.add_item(invoice, Item(amount=1), at=at(33))


def test_a_line_for_each_subject_names_it_in_its_metadata(
    stripe: Stripe, client: Any, buyer: str, price: str
) -> None:
    invoice = stripe.bill(buyer, resolved(price, 3), at=at(31), period=JANUARY)
    lines = lines_of(client, invoice)
    assert [line.metadata["subject_id"] for line in lines] == ["t-2", "t-1", "t-0"]
    assert {(line.quantity, line.amount) for line in lines} == {(1, 99)}


def test_a_meter_is_billed_as_one_total_without_a_subject(
    stripe: Stripe, client: Any, buyer: str, price: str
) -> None:
    items = [*resolved(price, 2), Item(price, 400, description="400 x ticket", is_metered=True)]
    invoice = stripe.bill(buyer, items, at=at(31), period=JANUARY, subscription="sub_1")
    *each, total = lines_of(client, invoice)
    assert len(each) == 2
    assert (total.quantity, total.amount, total.metadata.to_dict()) == (400, 39_600, {})
    assert total.parent.type == "subscription_item_details"
    assert total.pricing.unit_amount_decimal == Decimal(99)


def test_a_unit_price_may_have_parts_of_a_cent_and_a_line_is_rounded_once(
    stripe: Stripe, client: Any, buyer: str
) -> None:
    product = stripe.add_product(at=at(0))
    price = stripe.add_price(product, at=at(0), unit_amount="0.5")
    invoice = stripe.bill(buyer, [Item(price, 401)], at=at(31), period=JANUARY)
    [line] = lines_of(client, invoice)
    assert (line.amount, line.pricing.unit_amount_decimal) == (201, Decimal("0.5"))
    assert client.prices.retrieve(price).unit_amount is None


def test_a_line_leads_to_its_product_by_its_price(
    stripe: Stripe, client: Any, buyer: str, price: str
) -> None:
    invoice = stripe.bill(buyer, resolved(price, 1), at=at(31), period=JANUARY)
    [line] = client.invoices.line_items.list(
        invoice, {"expand": ["data.pricing.price_details.price"]}).data  # fmt: skip
    details = line.pricing.price_details
    assert details.price.lookup_key == "resolution"
    assert client.products.retrieve(details.product).name == "Resolved ticket"


def test_a_product_that_was_deleted_is_missing_but_the_line_keeps_its_id(
    stripe: Stripe, reader: Reader, buyer: str
) -> None:
    product = stripe.add_product(at=at(0))
    price = stripe.add_price(product, at=at(0))
    invoice = stripe.bill(buyer, [Item(price)], at=at(31), period=JANUARY)
    stripe.delete_product(product)
    [line] = reader.json(f"invoices/{invoice}/lines")["data"]
    assert line["pricing"]["price_details"]["product"] == product
    assert reader.error(f"products/{product}")[0] == 404


def test_an_item_without_a_price_has_no_pricing(stripe: Stripe, client: Any, buyer: str) -> None:
    invoice = stripe.bill(buyer, [Item(amount=500, description="Fee")], at=at(31), period=JANUARY)
    [line] = lines_of(client, invoice)
    assert (line.pricing, line.amount, line.description) == (None, 500, "Fee")


def test_an_invoice_brings_ten_lines_and_the_rest_is_asked_for(
    stripe: Stripe, client: Any, buyer: str, price: str
) -> None:
    invoice = stripe.bill(buyer, resolved(price, 250), at=at(31), period=JANUARY)
    brought = client.invoices.retrieve(invoice).lines
    assert (len(brought.data), brought.has_more) == (10, True)
    assert len({line.id for line in lines_of(client, invoice)}) == 250


def test_the_vendors_client_follows_the_lines_that_an_invoice_brings(
    stripe: Stripe, client: Any, buyer: str, price: str
) -> None:
    invoice = stripe.bill(buyer, resolved(price, 25), at=at(31), period=JANUARY)
    lines = client.invoices.retrieve(invoice).lines.auto_paging_iter()
    assert len({line.id for line in lines}) == 25


def test_lines_can_be_read_backwards(
    stripe: Stripe, reader: Reader, buyer: str, price: str
) -> None:
    invoice = stripe.bill(buyer, resolved(price, 5), at=at(31), period=JANUARY)
    path = f"invoices/{invoice}/lines"
    ids = reader.ids(path)
    page = reader.json(path, ending_before=ids[4], limit=2)
    assert ([row["id"] for row in page["data"]], page["has_more"]) == (ids[2:4], True)


@pytest.mark.parametrize(("story", "status", "instant"), [
    ("pay_invoice", "paid", "paid_at"), ("void_invoice", "void", "voided_at"),
    ("write_off", "uncollectible", "marked_uncollectible_at")])  # fmt: skip
def test_an_open_invoice_ends_in_one_of_three_ways(
    stripe: Stripe, client: Any, buyer: str, price: str, story: str, status: str, instant: str
) -> None:
    invoice = stripe.bill(buyer, resolved(price, 2), at=at(31), period=JANUARY)
    getattr(stripe, story)(invoice, at=at(40))
    [found] = client.invoices.list({"status": status}).data
    assert getattr(found.status_transitions, instant) == int(at(40).timestamp())
    assert found.amount_paid == (198 if status == "paid" else 0)


def test_a_void_invoice_keeps_its_lines_and_its_total(
    stripe: Stripe, client: Any, buyer: str, price: str
) -> None:
    invoice = stripe.bill(buyer, resolved(price, 2), at=at(31), period=JANUARY)
    stripe.void_invoice(invoice, at=at(32))
    found = client.invoices.retrieve(invoice)
    assert (found.status, found.total, len(found.lines.data)) == ("void", 198, 2)


def test_a_credit_note_corrects_the_invoice_of_an_earlier_month(
    stripe: Stripe, client: Any, buyer: str, price: str
) -> None:
    invoice = stripe.bill(buyer, resolved(price, 3), at=at(31), period=JANUARY)
    stripe.pay_invoice(invoice, at=at(40))
    line = lines_of(client, invoice)[0].id
    stripe.credit(invoice, [Credit(line, amount=99)], at=at(120), reason="duplicate")
    [note] = client.credit_notes.list({"created": {"gte": int(at(110).timestamp())}}).data
    assert (note.invoice, note.amount, note.reason) == (invoice, 99, "duplicate")
    assert (note.type, note.status, note.post_payment_amount) == ("post_payment", "issued", 99)
    assert client.credit_notes.line_items.list(note.id).data[0].invoice_line_item == line


def test_a_credit_note_leaves_the_lines_of_the_invoice_alone(
    stripe: Stripe, client: Any, buyer: str, price: str
) -> None:
    invoice = stripe.bill(buyer, resolved(price, 3), at=at(31), period=JANUARY)
    before = client.invoices.retrieve(invoice).lines
    stripe.credit(invoice, [Credit(before.data[0].id, amount=99)], at=at(40))
    after = client.invoices.retrieve(invoice)
    assert after.lines.to_dict() == before.to_dict()
    assert (after.total, after.amount_due, after.amount_remaining) == (297, 198, 198)
    assert after.pre_payment_credit_notes_amount == 99


def test_a_part_of_a_total_is_credited_by_quantity(
    stripe: Stripe, client: Any, buyer: str, price: str
) -> None:
    items = [Item(price, 400, is_metered=True)]
    invoice = stripe.bill(buyer, items, at=at(31), period=JANUARY)
    [line] = lines_of(client, invoice)
    note = stripe.credit(invoice, [Credit(line.id, quantity=12)], at=at(40))
    [credited] = client.credit_notes.line_items.list(note).data
    assert (credited.quantity, credited.amount, credited.unit_amount) == (12, 1188, 99)


def test_goodwill_names_no_line(stripe: Stripe, client: Any, buyer: str, price: str) -> None:
    invoice = stripe.bill(buyer, resolved(price, 3), at=at(31), period=JANUARY)
    note = stripe.credit(invoice, [Credit(amount=50, description="Goodwill")], at=at(40))
    [line] = client.credit_notes.list({"invoice": invoice}).data[0].lines.data
    assert (line.type, line.description) == ("custom_line_item", "Goodwill")
    assert "invoice_line_item" not in line.to_dict()
    assert client.credit_notes.retrieve(note).number.endswith("-CN-01")


def test_a_void_credit_note_stays_in_the_list(
    stripe: Stripe, client: Any, buyer: str, price: str
) -> None:
    invoice = stripe.bill(buyer, resolved(price, 3), at=at(31), period=JANUARY)
    note = stripe.credit(invoice, [Credit(amount=50, description="Goodwill")], at=at(40))
    stripe.void_credit_note(note, at=at(41))
    [found] = client.credit_notes.list({"customer": buyer}).data
    assert (found.status, found.voided_at) == ("void", int(at(41).timestamp()))
    assert client.invoices.retrieve(invoice).amount_remaining == 297


def test_what_is_credited_in_full_is_paid(
    stripe: Stripe, client: Any, buyer: str, price: str
) -> None:
    invoice = stripe.bill(buyer, resolved(price, 1), at=at(31), period=JANUARY)
    stripe.credit(invoice, [Credit(amount=99)], at=at(40))
    found = client.invoices.retrieve(invoice)
    assert (found.status, found.amount_paid, found.amount_remaining) == ("paid", 0, 0)


def test_more_than_an_invoice_cannot_be_credited(stripe: Stripe, buyer: str, price: str) -> None:
    invoice = stripe.bill(buyer, resolved(price, 1), at=at(31), period=JANUARY)
    with pytest.raises(ValueError, match="more than is left"):
        stripe.credit(invoice, [Credit(amount=100)], at=at(40))


def test_a_deleted_draft_is_missing_from_list_and_lookup(
    stripe: Stripe, client: Any, reader: Reader, buyer: str, price: str
) -> None:
    invoice = stripe.draft(buyer, resolved(price, 1), at=at(190), period=JANUARY)
    stripe.delete_draft(invoice, at=at(191))
    assert client.invoices.list().data == []
    assert reader.error(f"invoices/{invoice}")[1]["code"] == "resource_missing"
    assert client.events.list({"type": "invoice.deleted"}).data[0].data.object.id == invoice


def test_a_cursor_that_was_deleted_between_two_pages_is_refused(
    stripe: Stripe, reader: Reader, buyer: str, price: str
) -> None:
    drafts = [stripe.draft(buyer, resolved(price, 1), at=at(day), period=JANUARY)
              for day in range(31, 35)]  # fmt: skip
    last_seen = reader.ids("invoices", limit=2)[-1]
    assert last_seen == drafts[2]
    stripe.delete_draft(last_seen, at=at(40))
    status, error = reader.error("invoices", starting_after=last_seen)
    assert (status, error["code"], error["param"]) == (400, "resource_missing", "starting_after")


def test_a_finalized_invoice_cannot_be_deleted(stripe: Stripe, buyer: str, price: str) -> None:
    invoice = stripe.bill(buyer, resolved(price, 1), at=at(31), period=JANUARY)
    with pytest.raises(ValueError, match="open, not draft"):
        stripe.delete_draft(invoice, at=at(32))


def test_the_lists_of_two_customers_are_apart(
    stripe: Stripe, client: Any, buyer: str, price: str
) -> None:
    other = stripe.add_customer(at=at(0))
    mine = stripe.bill(buyer, resolved(price, 1), at=at(31), period=JANUARY)
    stripe.bill(other, resolved(price, 1), at=at(32), period=JANUARY)
    assert [one.id for one in client.invoices.list({"customer": buyer}).data] == [mine]


def test_yen_are_billed_whole(stripe: Stripe, client: Any, buyer: str) -> None:
    product = stripe.add_product(at=at(0))
    price = stripe.add_price(product, at=at(0), unit_amount="150", currency="jpy")
    invoice = stripe.bill(buyer, [Item(price, 3)], at=at(31), period=JANUARY, currency="jpy")
    found = client.invoices.retrieve(invoice)
    assert (found.currency, found.total) == ("jpy", 450)
