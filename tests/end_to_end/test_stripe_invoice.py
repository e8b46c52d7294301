"""A month whose invoice is the vendor's Stripe account: what it bills, and what it may not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from recount.cli import main
from tests.emulators.stripe import KEY, Stripe
from tests.emulators.stripe_billing import Credit, Item
from tests.end_to_end.buyer import Buyer
from tests.support.small import FINAL, MONTH_END, write_month

START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
NOW = datetime(2026, 5, 10, tzinfo=UTC)
ISSUED = END + timedelta(hours=1)
# T1 was solved, T2 came back, T3 was solved: of these the month tells
BILLED = ("T1", "T2", "T3", "T3", "T9")
ALL = {"rak_invoice_read", "rak_credit_note_read", "rak_plan_read"}


@dataclass(frozen=True)
class Vendor:
    """The vendor's account, with one customer and one price, and the buyer whom it bills."""

    stripe: Stripe
    customer: str
    price: str
    buyer: Buyer

    def item(self, subject: str | None = None, **more: Any) -> Item:
        named = {"subject_id": subject} if subject else {}
        return Item(self.price, description="Ticket of Bo, bo@customer.example",
                    metadata=named, **more)  # fmt: skip

    def draft(self, *items: Item, subscription: str | None = None) -> str:
        # the newest item is the first line
        return self.stripe.draft(self.customer, items[::-1], at=ISSUED, period=(START, END),
                                 subscription=subscription)  # fmt: skip

    def bill(self, *items: Item, subscription: str | None = None) -> str:
        invoice = self.draft(*items, subscription=subscription)
        self.stripe.finalize(invoice, at=ISSUED)
        return invoice


def _buyer(stripe: Stripe, customer: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Buyer:
    connection = {"conn_type": "http", "host": stripe.host, "password": KEY,
                  "extra": {"requests_per_minute": 100_000}}  # fmt: skip
    monkeypatch.setenv("AIRFLOW_CONN_VENDOR", json.dumps(connection))
    contract = write_month(
        folder,
        sources={
            "helpdesk": {"system": "event_log", "location": "events.csv",
                         "shows": ["solved", "reopened"]},
            "invoice": {"system": "stripe_invoice", "connection": "vendor", "customer": customer,
                        "billed_month": "period_end",
                        "outcomes": {"resolution": {"lookup_key": "resolution"},
                                     "platform_fee": {"description": "Platform fee"}}},
        },
        pricing={"resolution": {"per_outcome": "1.00"}, "platform_fee": "20.00"},
    )  # fmt: skip
    return Buyer(contract, folder / "lake")


def _vendor(stripe: Stripe, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    customer = stripe.add_customer(at=START, name="Bo")
    product = stripe.add_product(at=START)
    price = stripe.add_price(product, at=START, unit_amount="100", lookup_key="resolution")
    return Vendor(stripe, customer, price, _buyer(stripe, customer, folder, monkeypatch))


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    """A vendor who has billed nothing yet."""
    with Stripe(NOW, permissions=ALL) as stripe:
        yield _vendor(stripe, tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendor]:
    """A vendor who has corrected February and billed March, after one run of March."""
    with pytest.MonkeyPatch.context() as patch, Stripe(NOW, permissions=ALL) as stripe:
        vendor = _vendor(stripe, tmp_path_factory.mktemp("stripe"), patch)
        february = stripe.bill(vendor.customer, [vendor.item("T0")], at=START,
                               period=(START - timedelta(days=28), START))  # fmt: skip
        line = stripe.shelves["invoices"].records[february].lines[0].id
        back = [Credit(line=line, quantity=1)]
        stripe.credit(february, back, at=END - timedelta(days=2), memo="Sorry, Bo")
        fee = Item(amount=2000, description="Platform fee")
        vendor.bill(*map(vendor.item, BILLED), fee)
        vendor.buyer.statement()
        yield vendor


def lines_by_subject(vendor: Vendor) -> list[tuple[Any, Any]]:
    lines = vendor.buyer.mart("reconciliation_lines")
    return [(line["subject_id"], line["match_status"]) for line in lines]


def test_each_line_of_the_invoice_ends_as_the_contract_says(month: Vendor) -> None:
    statement = month.buyer.published()
    assert lines_by_subject(month) == [
        ("T1", "agreed"), ("T2", "not_an_outcome"), ("T3", "agreed"), ("T3", "duplicate"),
        ("T9", "unknown_subject"), (None, None),
    ]  # fmt: skip
    assert statement["decision"] == "dispute"
    assert statement["amounts"]["invoiced"] == "25.00"
    assert statement["amounts"]["disputed"] == "3.00"
    assert [each["rule"] for each in statement["findings"]] == ["credit_of_another_invoice"]


def test_a_credit_note_for_an_earlier_month_is_landed_and_is_no_line(month: Vendor) -> None:
    assert "T0" not in {subject for subject, _ in lines_by_subject(month)}
    (landed,) = (each for each in month.buyer.mart("manifests") if each["stream"] == "credits")
    assert (landed["record_count"], landed["parsed_count"]) == (1, 1)


def test_a_line_that_was_credited_in_full_is_not_disputed(vendor: Vendor) -> None:
    invoice = vendor.bill(vendor.item("T1"), vendor.item("T2"))
    lines = vendor.stripe.shelves["invoices"].records[invoice].lines
    came_back = next(line.id for line in lines if line.metadata["subject_id"] == "T2")
    vendor.stripe.credit(invoice, [Credit(line=came_back, quantity=1)], at=NOW)
    statement = vendor.buyer.statement()
    assert statement["decision"] == "pay"
    assert (statement["amounts"]["invoiced"], statement["amounts"]["disputed"]) == ("1.00", "0.00")
    kinds = {line["line_kind"] for line in vendor.buyer.mart("reconciliation_lines")
             if line["subject_id"] == "T2"}  # fmt: skip
    assert kinds == {"reversed"}


def test_no_name_address_or_link_is_in_the_lake(month: Vendor) -> None:
    lake = month.buyer.unpacked()
    assert len(lake) > 10_000
    for word in ("Bo,", "bo@", "Sorry", "invoice.stripe.com", "pay.stripe.com", KEY):
        assert word.encode() not in lake


def test_what_is_pinned_is_not_asked_for_again(month: Vendor) -> None:
    asked = len(month.stripe.requests)
    month.buyer.land()
    assert len(month.stripe.requests) == asked


def test_a_meters_total_is_reconciled_in_total(vendor: Vendor) -> None:
    vendor.bill(vendor.item(quantity=3, is_metered=True), subscription="sub_1")
    statement = vendor.buyer.statement()
    assert statement["outcomes"]["resolution"]["invoiced_count"] == 3
    assert statement["over_invoiced"] == {"count": 1, "amount": "1.00"}
    assert "line_unattributed" in {each["rule"] for each in statement["findings"]}


def test_a_product_that_the_contract_does_not_name_holds_the_month(vendor: Vendor) -> None:
    other = vendor.stripe.add_price(vendor.stripe.add_product(at=START), at=START)
    vendor.bill(vendor.item("T1"), Item(other))
    statement = vendor.buyer.statement()
    assert statement["decision"] == "hold"
    assert [each["rule"] for each in statement["findings"]] == ["line_type_unknown"]
    assert f"stripe: {other}" in {each["outcome"] for each in vendor.buyer.mart("line_totals")}


def test_two_invoices_of_one_month_are_compared_together(vendor: Vendor) -> None:
    vendor.bill(vendor.item("T1"))
    vendor.bill(vendor.item("T1"), vendor.item("T3"))
    vendor.buyer.statement()
    assert lines_by_subject(vendor) == [
        ("T1", "agreed"), ("T1", "duplicate"), ("T3", "agreed"),
    ]  # fmt: skip
    assert [each["line_count"] for each in vendor.buyer.mart("invoices")] == [1, 2]


def test_a_draft_is_no_invoice_until_it_is_finalized(vendor: Vendor) -> None:
    draft = vendor.draft(vendor.item("T1"), vendor.item("T3"))
    early = vendor.buyer.statement(as_of=MONTH_END)
    assert "invoice_missing" in {each["rule"] for each in early["findings"]}
    assert early["amounts"]["invoiced"] == "0.00"
    vendor.stripe.finalize(draft, at=NOW)
    assert vendor.buyer.matched(as_of=FINAL).lines == {"agreed": 2}


def check(vendor: Vendor) -> tuple[int, str]:
    words = ["sources", "check", "--contract", str(vendor.buyer.contract), "--period", "2026-03"]
    done = CliRunner().invoke(main, words)
    return done.exit_code, done.output


def test_the_check_names_the_invoice_and_what_can_be_read(vendor: Vendor) -> None:
    vendor.bill(*map(vendor.item, BILLED))
    exit_code, output = check(vendor)
    assert exit_code == 0, output
    assert f"ok    invoices: {vendor.customer[-8:].upper()}-0001" in output
    assert "ok    lines: can be read (5 records on the first page)" in output
    assert "ok    credit notes: can be read (0 records on the first page)" in output


@pytest.mark.parametrize(
    ("missing", "fails"),
    [("rak_invoice_read", "reach"), ("rak_credit_note_read", "credit notes")],
)
def test_the_check_names_what_the_key_does_not_let_us_read(
    vendor: Vendor, missing: str, fails: str
) -> None:
    vendor.bill(*map(vendor.item, BILLED))
    vendor.stripe.gate.permissions = ALL - {missing}
    exit_code, output = check(vendor)
    assert exit_code == 1
    assert f"FAIL  {fails}: invoice" in output
    assert "does not let us read this (403)" in output
