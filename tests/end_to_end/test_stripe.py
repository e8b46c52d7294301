"""A month of payments that an agent recovered: each has a story, and both sides are in Stripe."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from recount.cli import main
from tests.emulators import faults
from tests.emulators.stripe import KEY, Stripe
from tests.emulators.stripe_billing import Item
from tests.end_to_end.buyer import Buyer
from tests.end_to_end.traced import unlanded_events, unproven_figures
from tests.support.small import write_month

NOW = datetime(2026, 6, 10, tzinfo=UTC)
START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
PAID = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
MONTH_END, FINAL = "2026-04-02T00:00:00Z", "2026-06-02T00:00:00Z"
PERMISSIONS = {"rak_charge_read", "rak_dispute_read", "rak_balance_transaction_source_read"}


@dataclass
class Ledger:
    """Tells the stories in the buyer's account, and lets the vendor bill each from its own."""

    stripe: Stripe
    vendor: Stripe
    folder: Path
    stories: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.payer = self.stripe.add_customer(at=START, name="Bo", email="bo@customer.example")

    def paid(self, story: str, *, amount: int = 5000, by: str | None = "dunning-bot",
             at: datetime = PAID, **more: Any) -> str:  # fmt: skip
        """A payment that came in, and is billed."""
        if story not in self.stories:
            self.stories.append(story)
        named = {"ref": story} | ({"recovered_by": by} if by else {})
        return self.stripe.pay(at=at, amount=amount, customer=self.payer, metadata=named,
                               description="For Bo", **more)  # fmt: skip

    def bill(self) -> None:
        vendor = self.vendor
        buyer = vendor.add_customer(at=START)
        price = vendor.add_price(vendor.add_product(at=START), at=START, unit_amount="450")
        items = [Item(price, metadata={"ref": story}) for story in self.stories]
        vendor.bill(buyer, items[::-1], at=END + DAY, period=(START, END))
        self.price = price

    def buyer(self, patch: pytest.MonkeyPatch) -> Buyer:
        """Bill what was told, and write the contract."""
        self.bill()
        for name, host in (("LEDGER", self.stripe.host), ("VENDOR", self.vendor.host)):
            connection = {"conn_type": "http", "host": host, "password": KEY,
                          "extra": {"requests_per_minute": 100_000}}  # fmt: skip
            patch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(connection))
        contract = write_month(
            self.folder,
            sources={
                "ledger": {"system": "stripe", "connection": "ledger", "subject_key": "ref",
                           "actor_key": "recovered_by", "observed_from": "2026-02-01T00:00:00Z"},
                "invoice": {"system": "stripe_invoice", "connection": "vendor",
                            "billed_month": "issued_month_after", "subject_key": "ref",
                            "outcomes": {"recovery": {"price": self.price}},
                            "subjects_of": "ledger"},
            },
            actors={"ai_agent": [{"id": "dunning-bot"}], "human_agent": [{"id": "ann"}]},
            outcomes={"recovery": {
                "says": "A failed payment that the agent brought in and that stayed 60 days.",
                "subject": "recovery", "concluded_by": {"event": "recovered", "by": "ai_agent"},
                "clauses": {
                    "worth_it": {"requires": {"event": "recovered", "at_least": "10.00",
                                              "unit": "USD"}},
                    "kept": {"forbids": {"event": "charged_back", "within": "60 days"}},
                    "not_refunded": {"forbids": {"event": "refunded", "within": "60 days"}},
                },
            }},
            pricing={"recovery": {"per_outcome": "4.50"}},
            settlement={"final_after": "60 days", "unverifiable": "query"},
        )  # fmt: skip
        return Buyer(contract, self.folder / "lake")


def tell(ledger: Ledger) -> None:
    stripe = ledger.stripe
    ledger.paid("kept")
    ledger.paid("at the least", amount=1000)
    ledger.paid("too small", amount=999)
    retried = stripe.decline(at=PAID - DAY, amount=5000, metadata={"ref": "tried twice"})
    intent = stripe.shelves["charges"].records[retried].payment_intent
    ledger.paid("tried twice", intent=intent)
    stripe.refund(ledger.paid("refunded"), at=PAID + 3 * DAY)
    stripe.refund(ledger.paid("refunded in part"), at=PAID + 3 * DAY, amount=1)
    stripe.refund(ledger.paid("refunded in the last second"), at=PAID + 60 * DAY)
    stripe.refund(ledger.paid("refunded too late"), at=PAID + 60 * DAY + SECOND)
    back = stripe.refund(ledger.paid("refund that failed later"), at=PAID + 3 * DAY)
    stripe.fail_refund(back, at=PAID + 30 * DAY)
    stripe.refund(ledger.paid("refund on its way"), at=PAID + 3 * DAY, pending=True)
    stripe.dispute(ledger.paid("charged back"), at=PAID + 50 * DAY)
    stripe.lose(stripe.dispute(ledger.paid("lost"), at=PAID + 5 * DAY), at=PAID + 70 * DAY)
    stripe.win(stripe.dispute(ledger.paid("won"), at=PAID + 5 * DAY), at=PAID + 40 * DAY)
    late = stripe.dispute(ledger.paid("won after we looked"), at=PAID + 5 * DAY)
    stripe.win(late, at=NOW - DAY)
    asked = stripe.dispute(ledger.paid("only asked"), at=PAID + 5 * DAY, inquiry=True)
    stripe.close_inquiry(asked, at=PAID + 80 * DAY)
    grown = stripe.dispute(ledger.paid("asked first"), at=PAID + 5 * DAY, inquiry=True)
    stripe.escalate(grown, at=PAID + 20 * DAY)
    ledger.paid("by a person", by="ann")
    ledger.paid("of the month before", at=START - SECOND)
    ledger.paid("paid twice")
    ledger.paid("paid twice", at=PAID + DAY)


EXPECTED = {
    "kept": ("agreed", None),
    "at the least": ("agreed", None),
    "too small": ("not_an_outcome", "worth_it"),
    "tried twice": ("agreed", None),
    "refunded": ("not_an_outcome", "not_refunded"),
    "refunded in part": ("not_an_outcome", "not_refunded"),
    "refunded in the last second": ("not_an_outcome", "not_refunded"),
    "refunded too late": ("agreed", None),
    "refund that failed later": ("agreed", None),
    "refund on its way": ("agreed", None),
    "charged back": ("not_an_outcome", "kept"),
    "lost": ("not_an_outcome", "kept"),
    "won": ("agreed", None),
    "won after we looked": ("not_an_outcome", "kept"),
    "only asked": ("agreed", None),
    "asked first": ("not_an_outcome", "kept"),
    "by a person": ("not_an_outcome", "not_concluded"),
    "of the month before": ("out_of_period", None),
    "paid twice": ("agreed", None),
}


@dataclass(frozen=True)
class Month:
    ledger: Ledger
    buyer: Buyer


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """The month after one run of it."""
    folder = tmp_path_factory.mktemp("stripe")
    with pytest.MonkeyPatch.context() as patch, Stripe(NOW) as stripe, Stripe(NOW) as vendor:
        ledger = Ledger(stripe, vendor, folder)
        tell(ledger)
        month = Month(ledger, ledger.buyer(patch))
        month.buyer.statement(as_of=FINAL)
        yield month


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Two payments that nobody has billed yet."""
    with Stripe(NOW, permissions=PERMISSIONS) as stripe, Stripe(NOW) as vendor:
        ledger = Ledger(stripe, vendor, tmp_path)
        for story in ("one", "two"):
            ledger.paid(story)
        yield ledger


@pytest.mark.parametrize("story", EXPECTED)
def test_each_story_ends_as_the_contract_says(month: Month, story: str) -> None:
    lines = {line["subject_id"]: line for line in month.buyer.mart("reconciliation_lines")}
    assert set(lines) == {f"ledger-{name}" for name in EXPECTED}
    line = lines[f"ledger-{story}"]
    assert (line["match_status"], line["reason"]) == EXPECTED[story]


def test_every_event_and_figure_leads_to_landed_records(month: Month) -> None:
    buyer = month.buyer
    assert list(unlanded_events(buyer, FINAL)) == []
    assert list(unproven_figures(buyer, buyer.published(FINAL), 12)) == []


def test_the_month_is_disputed_and_the_gap_adds_up(month: Month) -> None:
    statement = month.buyer.published(FINAL)
    assert (statement["kind"], statement["decision"]) == ("final", "dispute")
    assert statement["amounts"]["invoiced"] == "85.50"
    assert statement["amounts"]["disputed"] == "45.00"
    assert {each["rule"] for each in statement["findings"]} == set()


def test_no_card_name_address_or_text_is_in_the_lake(month: Month) -> None:
    lake = month.buyer.unpacked()
    assert len(lake) > 10_000
    for word in ('"4242"', "For Bo", "bo@", "cus_", "pay.stripe.com", KEY):
        assert word.encode() not in lake


def test_what_is_pinned_is_not_asked_for_again(month: Month) -> None:
    before = len(month.ledger.stripe.requests)
    month.buyer.land(as_of=FINAL)
    assert len(month.ledger.stripe.requests) == before


def test_a_chargeback_that_comes_later_is_found_by_reading_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.stripe.now = datetime(2026, 4, 3, tzinfo=UTC)
    buyer = ledger.buyer(monkeypatch)
    assert buyer.matched(as_of=MONTH_END).lines == {"pending": 2}
    charge = next(iter(ledger.stripe.shelves["charges"].records))
    ledger.stripe.dispute(charge, at=PAID + 55 * DAY)
    ledger.stripe.now = NOW
    late = buyer.statement(as_of=FINAL)
    assert late["outcomes"]["recovery"]["lines"] == {"agreed": 1, "not_an_outcome": 1}


def test_a_dispute_that_a_charge_tells_of_and_no_list_holds_the_month(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.stripe.dispute(ledger.paid("disputed"), at=PAID + DAY)
    lost = faults.changed(lambda document: document["data"].clear())
    ledger.stripe.misbehave(lost, on="/v1/disputes")
    statement = ledger.buyer(monkeypatch).statement(as_of=FINAL)
    assert statement["decision"] == "hold"
    assert [each["rule"] for each in statement["findings"]] == ["subject_contradicted"]


def test_a_status_that_nobody_knows_stops_the_run(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = faults.changed(lambda document: document["data"][0].update(status="half_way"))
    ledger.stripe.misbehave(unknown, on="/v1/charges")
    buyer = ledger.buyer(monkeypatch)
    done = buyer.run(as_of=FINAL)
    assert done.exit_code == 2
    assert "has the status 'half_way', which is unknown; add it to" in done.output
    assert buyer.objects("statements", "outbox", "marts") == {}


def check(buyer: Buyer) -> Result:
    words = ["sources", "check", "--contract", str(buyer.contract), "--period", "2026-03"]
    return CliRunner().invoke(main, words)


def test_the_check_says_what_can_be_read_and_since_when(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = check(ledger.buyer(monkeypatch))
    assert done.exit_code == 0, done.output
    assert "ok    charges: can be read (2 records on the first page)" in done.output
    assert "shows charged_back, recovered, refunded from 2026-02-01T00:00:00Z" in done.output


@pytest.mark.parametrize(
    ("missing", "fails"),
    [("rak_charge_read", {"charges", "refunds"}), ("rak_dispute_read", {"disputes"}),
     ("rak_balance_transaction_source_read", {"balance transactions"})],
)  # fmt: skip
def test_the_check_names_what_the_key_does_not_let_us_read(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, missing: str, fails: set[str]
) -> None:
    ledger.stripe.gate.permissions = PERMISSIONS - {missing}
    done = check(ledger.buyer(monkeypatch))
    assert done.exit_code == 1
    failed = [line for line in done.output.splitlines() if line.startswith("  FAIL")]
    assert {line.split(": ")[0].removeprefix("  FAIL  ") for line in failed} == fails
    assert all("does not let us read this (403)" in line for line in failed)
