"""What a contract may say of a vendor's Stripe account, and how its bills are read."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recount.errors import ContractError, InvoiceMissing, SourceError
from recount.periods import Period, zone
from recount.sources import source_of
from recount.sources.extraction import Extraction
from recount.sources.stripe.money import major
from recount.sources.terms import SourceTerms
from tests.emulators import faults
from tests.emulators.stripe import KEY, Stripe
from tests.emulators.stripe_billing import Credit, Item
from tests.unit.sources.logs import AS_OF, bytes_of, parsed, terms_of

FIRST, SECOND = datetime(2016, 2, 29, 23, tzinfo=UTC), datetime(2016, 3, 31, 22, tzinfo=UTC)
MARCH = (FIRST, SECOND)  # of the zone of the terms, Europe/Berlin
LATER = datetime(2016, 4, 20, tzinfo=UTC)
MEANS = {"resolution": {"lookup_key": "resolution"}, "platform_fee": {"description": "Fee"}}


def terms(**settings: Any) -> SourceTerms:
    usual = {"connection": "vendor", "billed_month": "period_end", "outcomes": MEANS,
             "location": None}  # fmt: skip
    return terms_of("invoice", "stripe_invoice", **{**usual, **settings})


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stripe]:
    with Stripe(datetime(2016, 5, 1, tzinfo=UTC)) as emulator:
        connection = {"conn_type": "http", "host": emulator.host, "password": KEY,
                      "extra": {"requests_per_minute": 100_000}}  # fmt: skip
        monkeypatch.setenv("AIRFLOW_CONN_VENDOR", json.dumps(connection))
        yield emulator


@pytest.fixture
def price(stripe: Stripe) -> str:
    product = stripe.add_product(at=FIRST)
    return stripe.add_price(product, at=FIRST, unit_amount="99", lookup_key="resolution")


@pytest.fixture
def buyer(stripe: Stripe) -> str:
    return stripe.add_customer(at=FIRST, name="Bo Buyer", email="ap@buyer.example")


def resolved(price: str, count: int) -> list[Item]:
    return [Item(price, description=f"Ticket {n} of Bo", metadata={"subject_id": f"t{n}", "x": "y"})
            for n in range(count)]  # fmt: skip


def extracted(folder: Path, **settings: Any) -> tuple[Extraction, Extraction]:
    said, month = terms(**settings), Period.named("2016-03", zone("Europe/Berlin"))
    lines, credits = source_of(said).extract(said, month, as_of=AS_OF, scratch=folder)
    assert isinstance(lines, Extraction)
    assert isinstance(credits, Extraction)
    return lines, credits


def rows(extraction: Extraction, **settings: Any) -> list[dict[str, Any]]:
    said = terms(**settings)
    tables = [parsed(said, extraction.stream, page.data, page.name) for page in extraction.pages]
    found = [row for table in tables for row in table.to_pylist()]
    assert len(found) == sum(page.record_count for page in extraction.pages)
    return found


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"connection": None}, "stripe_invoice needs connection"),
        ({"billed_month": None}, "needs billed_month"),
        ({"billed_month": "finalized"}, "'period_end', 'issued_in_month' or 'issued_month_after'"),
        ({"outcomes": None}, "add outcomes, or outcome_key"),
        ({"outcomes": {"a": {"price": "p"}, "b": {"price": ["q", "p"]}}}, "means 2 outcomes"),
        ({"outcomes": {"a": {"prod": "p"}}}, "'prod' is no setting"),
        ({"api_key": "x"}, "is no setting of stripe_invoice"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, Any], says: str) -> None:
    said = terms(**settings)
    with pytest.raises(ContractError, match=says):
        source_of(said).check(said)


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [(99, "USD", "0.99"), (500, "JPY", "500"), (500, "MGA", "500"), (500, "UGX", "5"),
     (500, "ISK", "5"), (1230, "KWD", "1.230"), (500, "HUF", "5"), (500, "TWD", "5")],
)  # fmt: skip
def test_an_amount_is_counted_as_stripe_counts_it(
    amount: int, currency: str, expected: str
) -> None:
    assert major(amount, currency, "a line") == Decimal(expected)


def test_hundredths_of_a_currency_without_any_are_refused() -> None:
    with pytest.raises(SourceError, match="a line is 501 hundredths of ISK, which has none"):
        major(501, "ISK", "a line")


def test_a_line_is_typed_exactly(stripe: Stripe, price: str, buyer: str, tmp_path: Path) -> None:
    stripe.bill(buyer, resolved(price, 1), at=SECOND, period=MARCH)
    [row] = rows(extracted(tmp_path, subjects_of="desk")[0], subjects_of="desk")
    number, line = f"{buyer[-8:].upper()}-0001", row.pop("line_id")
    assert line.startswith("il_")
    assert row == {
        "invoice_id": number, "subject_id": "desk-t0", "outcome": "resolution",
        "concluded_at": None, "quantity": Decimal(1), "unit_price": Decimal("0.99"),
        "amount": Decimal("0.99"), "currency_code": "USD", "issued_on": date(2016, 4, 1),
        "due_on": date(2016, 5, 1), "purchase_order": None, "line_number": 1,
        "file": f"{number}, lines 1 to 1",
    }  # fmt: skip


def test_lines_come_in_pages_numbered_through_all_invoices_of_the_month(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path
) -> None:
    stripe.bill(buyer, resolved(price, 201), at=SECOND, period=MARCH)
    stripe.bill(buyer, resolved(price, 2), at=SECOND, period=MARCH)
    lines, _ = extracted(tmp_path)
    assert [page.record_count for page in lines.pages] == [100, 100, 1, 2]
    assert all(isinstance(page.data, Path) for page in lines.pages)
    found = rows(lines)
    assert [row["line_number"] for row in found] == list(range(1, 204))
    assert [row["invoice_id"][-4:] for row in found] == ["0001"] * 201 + ["0002"] * 2


@pytest.mark.parametrize("word", ["Bo", "Ticket", "buyer.example", "invoice.stripe.com", "30 000"])
def test_texts_names_and_links_are_not_landed(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path, word: str
) -> None:
    invoice = stripe.bill(buyer, [*resolved(price, 3)], at=SECOND, period=MARCH)
    line = stripe.shelves["invoices"].records[invoice].lines[0].id
    stripe.credit(invoice, [Credit(line=line, quantity=1)], at=LATER, memo="Sorry, Bo")
    lines, credits = extracted(tmp_path)
    stored = b"".join(bytes_of(page) for page in (*lines.pages, *credits.pages))
    assert b'"subject_id":"t0"' in stored
    assert b'"x"' not in stored
    assert word.encode() not in stored
    assert {"data[].description", "data[].metadata"} <= set(lines.redacted)
    assert {"data[].memo", "data[].pdf"} <= set(credits.redacted)


def test_a_description_is_kept_only_where_the_contract_names_it_whole(
    stripe: Stripe, buyer: str, tmp_path: Path
) -> None:
    items = [Item(amount=500, description="Fee"), Item(amount=1, description="Fee of Bo")]
    stripe.bill(buyer, items, at=SECOND, period=MARCH)
    lines, _ = extracted(tmp_path)
    assert [row["outcome"] for row in rows(lines)] == ["stripe: without a price", "platform_fee"]
    assert b"Bo" not in bytes_of(lines.pages[0])


@pytest.mark.parametrize(
    ("settings", "outcome"),
    [
        ({"outcomes": {"by_price": {"price": "PRICE"}, "by_product": {"product": "PRODUCT"}}},
         "by_price"),
        ({"outcomes": {"by_product": {"product": "PRODUCT"}}}, "by_product"),
        ({"outcome_key": "kind"}, "said"),
        ({"outcomes": {"other": {"price": "price_1"}}}, "stripe: PRICE"),
    ],
)  # fmt: skip
def test_the_most_exact_name_says_which_outcome_a_line_bills(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path, settings: Any, outcome: str
) -> None:
    product = stripe.shelves["prices"].records[price].product
    stripe.bill(buyer, [Item(price, metadata={"kind": "said"})], at=SECOND, period=MARCH)
    named = json.loads(json.dumps(settings).replace("PRICE", price).replace("PRODUCT", product))
    [row] = rows(extracted(tmp_path, **named)[0], **named)
    assert row["outcome"] == outcome.replace("PRICE", price)


def test_the_metadata_of_a_subscription_names_no_subject(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path
) -> None:
    total = Item(price, 400, metadata={"subject_id": "t1"}, is_metered=True)
    stripe.bill(buyer, [total], at=SECOND, period=MARCH, subscription="sub_1")
    [row] = rows(extracted(tmp_path)[0])
    assert (row["subject_id"], row["quantity"], row["amount"]) == (None, 400, 396)


def test_a_price_may_have_parts_of_a_cent_and_a_total_is_rounded_as_stripe_did(
    stripe: Stripe, buyer: str, tmp_path: Path
) -> None:
    price = stripe.add_price(stripe.add_product(at=FIRST), at=FIRST, unit_amount="0.5")
    stripe.bill(buyer, [Item(price, 401)], at=SECOND, period=MARCH)
    [row] = rows(extracted(tmp_path)[0])
    assert (row["unit_price"], row["amount"]) == (Decimal("0.005"), Decimal("2.01"))


def changed_lines(stripe: Stripe, **fields: Any) -> None:
    """Let each line be told otherwise."""

    def change(document: Any) -> None:
        for line in document["data"]:
            line.update(fields)

    stripe.misbehave(faults.changed(change), on="/v1/invoices/", times=-1)


def test_a_discount_lowers_the_amount_and_not_the_price(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path
) -> None:
    stripe.bill(buyer, resolved(price, 1), at=SECOND, period=MARCH)
    changed_lines(stripe, discount_amounts=[{"amount": 9, "discount": "di_1"}])
    listed = faults.changed(lambda document: document["data"][0].update(total_excluding_tax=90))
    stripe.misbehave(listed, on="/v1/invoices")
    [row] = rows(extracted(tmp_path)[0])
    assert (row["unit_price"], row["amount"]) == (Decimal("0.99"), Decimal("0.90"))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"quantity_decimal": "2"}, "has the quantity 2 and names a subject"),
        ({"currency": "eur"}, "is in 'EUR' and the contract in USD"),
        ({"pricing": {"unit_amount_decimal": "0.00001"}}, "six decimals do not hold all"),
        ({"quantity_decimal": "one"}, "has the number 'one'"),
    ],
)
def test_a_line_that_cannot_be_one_is_refused_by_name(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path, fields: dict[str, Any], says: str
) -> None:
    stripe.bill(buyer, resolved(price, 1), at=SECOND, period=MARCH)
    changed_lines(stripe, **fields)
    with pytest.raises(SourceError, match=says) as refused:
        rows(extracted(tmp_path)[0])
    assert str(refused.value).startswith("invoice: ")
    assert ": line il_" in str(refused.value)


def test_a_negative_line_is_refused(stripe: Stripe, price: str, buyer: str, tmp_path: Path) -> None:
    items = [*resolved(price, 2), Item(amount=-99, description="Goodwill")]
    stripe.bill(buyer, items, at=SECOND, period=MARCH)
    with pytest.raises(SourceError, match="bills -99, and no line of a statement is below 0"):
        rows(extracted(tmp_path)[0])


BILLED = datetime(2016, 3, 31, 22, tzinfo=UTC)
BOUNDARIES = [
    ("period_end", "2016-02-29T23:00:00Z", None), ("period_end", "2016-02-29T23:00:01Z", True),
    ("period_end", "2016-03-31T22:00:00Z", True), ("period_end", "2016-03-31T22:00:01Z", None),
    ("issued_in_month", "2016-02-29T22:59:59Z", None),
    ("issued_in_month", "2016-02-29T23:00:00Z", True),
    ("issued_in_month", "2016-03-31T21:59:59Z", True),
    ("issued_in_month", "2016-03-31T22:00:00Z", None),
    ("issued_month_after", "2016-03-31T21:59:59Z", None),
    ("issued_month_after", "2016-03-31T22:00:00Z", True),
    ("issued_month_after", "2016-04-30T21:59:59Z", True),
    ("issued_month_after", "2016-04-30T22:00:00Z", None),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "at", "is_ours"), BOUNDARIES)
def test_an_invoice_belongs_to_a_month_of_the_contracts_zone(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path, rule: str, at: str, is_ours: bool | None
) -> None:
    instant = datetime.fromisoformat(at)
    end = instant if rule == "period_end" else FIRST
    issued = LATER if rule == "period_end" else instant
    stripe.bill(buyer, resolved(price, 1), at=issued, period=(FIRST, end))
    if is_ours:
        assert len(extracted(tmp_path, billed_month=rule)[0].pages) == 1
    else:
        with pytest.raises(InvoiceMissing, match="no finalized invoice for 2016-03"):
            extracted(tmp_path, billed_month=rule)


def test_the_invoice_of_another_customer_is_not_ours(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path
) -> None:
    stripe.bill(stripe.add_customer(at=FIRST), resolved(price, 1), at=SECOND, period=MARCH)
    with pytest.raises(InvoiceMissing, match=r"\(nor a draft\)"):
        extracted(tmp_path, customer=buyer)


def test_a_draft_and_a_void_invoice_are_no_invoice_and_say_so(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path
) -> None:
    void = stripe.bill(buyer, resolved(price, 1), at=SECOND, period=MARCH)
    stripe.void_invoice(void, at=LATER)
    with pytest.raises(InvoiceMissing, match=f"{void} is void"):
        extracted(tmp_path)
    draft = stripe.draft(buyer, resolved(price, 2), at=SECOND, period=MARCH)
    with pytest.raises(InvoiceMissing, match=f"{draft} is draft"):
        extracted(tmp_path)
    stripe.finalize(draft, at=LATER)
    assert [page.record_count for page in extracted(tmp_path)[0].pages] == [2]


@pytest.mark.parametrize("story", ["pay_invoice", "write_off"])
def test_an_invoice_that_was_paid_or_written_off_reads_as_before(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path, story: str
) -> None:
    invoice = stripe.bill(buyer, resolved(price, 3), at=SECOND, period=MARCH)
    before, _ = extracted(tmp_path)
    getattr(stripe, story)(invoice, at=LATER)
    after, _ = extracted(tmp_path)
    assert rows(before) == rows(after)
    assert before.pages[0].received_sha256 == after.pages[0].received_sha256


def test_credit_notes_have_a_stream_of_their_own(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path
) -> None:
    before = stripe.bill(buyer, resolved(price, 1), at=FIRST, period=(FIRST, FIRST))
    line = stripe.shelves["invoices"].records[before].lines[0].id
    stripe.credit(before, [Credit(line=line, quantity=1)], at=LATER, reason="duplicate")
    stripe.bill(buyer, resolved(price, 2), at=SECOND, period=MARCH)
    lines, credits = extracted(tmp_path)
    assert len(rows(lines)) == 2
    [row] = rows(credits)
    number = f"{buyer[-8:].upper()}-0001"
    told = ("credit_note_id", "credited_invoice_id", "credited_line_id", "effect", "reason",
            "amount", "issued_on")  # fmt: skip
    assert [row[name] for name in told] == [
        f"{number}-CN-01", number, line, "credited", "duplicate", Decimal("0.99"), LATER.date(),
    ]  # fmt: skip


def test_a_long_credit_note_is_read_to_its_end(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path
) -> None:
    invoice = stripe.bill(buyer, resolved(price, 130), at=SECOND, period=MARCH)
    lines = stripe.shelves["invoices"].records[invoice].lines
    stripe.credit(invoice, [Credit(line=line.id, quantity=1) for line in lines], at=LATER)
    _, credits = extracted(tmp_path)
    assert [page.record_count for page in credits.pages] == [0, 100, 30]
    assert len({row["line_id"] for row in rows(credits)}) == 130


def test_lines_that_do_not_come_to_the_subtotal_are_refused(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path
) -> None:
    stripe.bill(buyer, resolved(price, 120), at=SECOND, period=MARCH)
    shorter = faults.changed(lambda document: document["data"].pop(3) and None)
    stripe.misbehave(shorter, on="/v1/invoices/")
    with pytest.raises(SourceError, match=r"come to 11880 \(in the .* that came make 11781"):
        extracted(tmp_path)


def test_a_page_that_comes_again_is_refused(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path
) -> None:
    stripe.bill(buyer, resolved(price, 250), at=SECOND, period=MARCH)
    first: list[Any] = []

    def repeat(document: Any) -> Any:
        first.append(document)
        return first[0]

    stripe.misbehave(faults.changed(repeat), on="/v1/invoices/", times=-1)
    with pytest.raises(SourceError, match=r"has the line il_.* twice"):
        extracted(tmp_path)


def test_an_empty_page_that_says_more_is_asked_again_and_no_end(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path
) -> None:
    stripe.bill(buyer, resolved(price, 3), at=SECOND, period=MARCH)
    stripe.send_hollow_page("invoices", times=2)
    assert len(rows(extracted(tmp_path)[0])) == 3
    stripe.send_hollow_page("invoices", times=3)
    with pytest.raises(SourceError, match="says that there is more, and sends nothing"):
        extracted(tmp_path)


def test_a_draft_that_is_deleted_while_the_list_is_read_costs_nothing(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path
) -> None:
    stripe.bill(buyer, resolved(price, 3), at=FIRST, period=MARCH)
    drafts = [stripe.draft(buyer, [], at=SECOND, period=(SECOND, LATER)) for _ in range(100)]
    stripe.between = lambda request: (
        stripe.delete_draft(drafts.pop(0), at=LATER) if drafts and len(drafts) == 100 else None
    )
    assert len(rows(extracted(tmp_path)[0])) == 3
    assert len(stripe.asked("/v1/invoices")) > 3


def test_another_version_and_the_test_mode_are_refused(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path
) -> None:
    stripe.bill(buyer, resolved(price, 1), at=SECOND, period=MARCH)
    testing = faults.changed(lambda document: document["data"][0].update(livemode=False))
    stripe.misbehave(testing, on="/v1/invoices")
    with pytest.raises(SourceError, match="is of Stripe's test mode"):
        extracted(tmp_path)

    def older(handler: Any, answer: Any) -> None:
        answer.headers["Stripe-Version"] = "2024-06-20"
        handler.send(answer)

    stripe.misbehave(older, on="/v1/invoices")
    with pytest.raises(SourceError, match="answers in '2024-06-20' and was asked for"):
        extracted(tmp_path)


def test_an_invoice_in_another_currency_is_refused(
    stripe: Stripe, price: str, buyer: str, tmp_path: Path
) -> None:
    stripe.bill(buyer, [Item(amount=5)], at=SECOND, period=MARCH, currency="eur")
    with pytest.raises(SourceError, match="is in 'EUR' and the contract in USD"):
        extracted(tmp_path)
