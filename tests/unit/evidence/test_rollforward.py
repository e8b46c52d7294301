"""Random histories of disputes: every month opens with what the one before closed with."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from recount import published
from recount.evidence.register import Register
from recount.lake import Lake, open_lake
from recount.periods import format_instant
from recount.published import Slot
from recount.rollforward import MOVEMENTS, rollforward
from tests.support.cases import contract_of

CONTRACT = contract_of()
START = datetime(2026, 2, 10, tzinfo=UTC)
MONTHS = [f"{2026 + n // 12}-{n % 12 + 1:02}" for n in range(24)]
D = Decimal

_INVOICES = pa.schema({"invoice_id": pa.string()})
_CREDITS = pa.schema({
    "credit_note_id": pa.string(), "line_id": pa.string(), "document_type": pa.string(),
    "credited_invoice_id": pa.string(), "credit_status": pa.string(), "effect": pa.string(),
    "amount": pa.decimal128(18, 6), "currency_code": pa.string(),
})  # fmt: skip


@dataclass
class History:
    """A lake to which statements of one contract are published, one after another."""

    lake: Lake
    at: datetime = START
    notes: int = 0
    known: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def state(self, period: str, disputed: Decimal, *, decision: str = "", kind: str = "final",
              credits_: Sequence[dict[str, Any]] = ()) -> None:  # fmt: skip
        """Publish what is disputed of a month, two days after what was published last."""
        self.at += timedelta(days=2)
        slot = Slot(CONTRACT.contract, period, self.at)
        self.known.setdefault(period, []).extend(credits_)
        tables = {
            "invoices": pa.Table.from_pylist([{"invoice_id": f"INV-{period}"}], _INVOICES),
            "credits": pa.Table.from_pylist(self.known[period], _CREDITS),
        }
        published.publish_marts(self.lake, slot, tables.items(), {})
        published.publish(self.lake, f"statements/{slot.path}", {
            "contract": CONTRACT.contract, "period": period, "as_of": format_instant(self.at),
            "kind": kind, "decision": decision or ("dispute" if disputed else "pay"),
            "because": "so it is", "currency": "USD", "amounts": {"disputed": f"{disputed:.2f}"},
        })  # fmt: skip

    def credit(self, amount: Decimal, *, of: str, deducted: bool = False, note: int = 0,
               currency: str = "USD", effect: str = "credited") -> dict[str, Any]:  # fmt: skip
        """A line of a credit note for the invoice of a month."""
        self.notes += not note
        return {
            "credit_note_id": f"CN-{note or self.notes}", "line_id": "1",
            "document_type": "credit_note", "credited_invoice_id": f"INV-{of}",
            "credit_status": "deducted" if deducted else "of_another_invoice",
            "effect": effect, "amount": amount, "currency_code": currency,
        }  # fmt: skip

    def note(self, kind: str, period: str, **facts: Any) -> None:
        """A step that a person writes into the register of a month's notice, days later."""
        self.at += timedelta(days=2)
        register = Register(self.lake, f"notices/{period}")
        steps = register.steps()
        if not steps:
            draft = {"contract": CONTRACT.contract, "period": period, "content": "c", "mail": "m"}
            for first in ("drafted", "approved", "sending", "sent"):
                steps = register.append(steps, first, at=self.at, by="recount", **draft)
        register.append(steps, kind, at=self.at, **{"by": "ann", "because": "so it is", **facts})

    def found(self) -> dict[str, Any]:
        """The roll-forward, whose figures must add up whatever happened."""
        found = rollforward(self.lake, CONTRACT)
        balance = D(0)
        for month in found["months"]:
            assert D(month["opening"]) == balance
            balance += sum(D(month[name]) for name in MOVEMENTS)
            assert D(month["closing"]) == balance
        assert balance == sum(D(case["open"]) for case in found["cases"])
        assert balance == sum(D(each["amount"]) for each in found["movements"])
        for case in found["cases"]:
            assert D(case["open"]) == sum(D(case[name]) for name in MOVEMENTS)
        return found

    def open_of(self, period: str) -> Decimal:
        """What is open of a month's dispute."""
        return next((D(c["open"]) for c in self.found()["cases"] if c["period"] == period), D(0))


def history() -> History:
    return History(open_lake(tempfile.mkdtemp()))


def test_up_to_a_statement_later_looks_and_months_beside_it_say_nothing_yet() -> None:
    told = history()
    told.state("2026-01", D(10))
    told.state("2026-02", D(7))
    up_to = list(published.statements(told.lake, CONTRACT.contract, "2026-02"))[-1]
    before = rollforward(told.lake, CONTRACT, up_to=up_to)
    told.at -= timedelta(days=2)
    told.state("2026-03", D(5))  # of the same instant
    told.state("2026-01", D(4))
    assert rollforward(told.lake, CONTRACT, up_to=up_to) == before
    assert [case["disputed"] for case in before["cases"]] == ["10.00", "7.00"]


amounts = st.integers(0, 900).map(lambda cents: D(cents) / 10)


@settings(max_examples=25)
@given(st.data())
def test_two_years_of_disputes_balance_month_by_month(data: st.DataObject) -> None:
    """What is open of a case is what was last measured, less what was credited elsewhere."""
    told, measured, credited = history(), dict[str, Decimal](), dict[str, Decimal]()
    for period in MONTHS:
        credits_ = []
        for of in data.draw(st.lists(st.sampled_from(sorted(measured) or [""]), max_size=2)):
            if of and (left := measured[of] - credited.get(of, D(0))) > 0:
                amount = min(left, data.draw(amounts))
                credits_.append(told.credit(amount, of=of))
                credited[of] = credited.get(of, D(0)) + amount
        measured[period] = data.draw(amounts)
        told.state(period, measured[period], credits_=credits_)
        for again in data.draw(st.lists(st.sampled_from(sorted(measured)), max_size=2)):
            measured[again] = data.draw(amounts)
            told.state(again, measured[again])
    found = told.found()
    for case in found["cases"]:
        period = case["period"]
        assert D(case["open"]) == measured[period] - credited.get(period, D(0))
    assert found["unmatched_credits"] == []


def test_what_is_provisional_or_held_opens_no_case() -> None:
    told = history()
    told.state("2026-01", D(5), kind="provisional", decision="hold")
    told.state("2026-01", D(5), decision="hold")
    assert told.found()["months"] == []
    told.state("2026-01", D(7))
    assert told.open_of("2026-01") == 7


def test_a_held_second_look_changes_nothing() -> None:
    told = history()
    told.state("2026-01", D(7))
    told.state("2026-01", D(0), decision="hold")
    assert told.open_of("2026-01") == 7


def test_a_credit_that_its_own_month_deducts_later_is_counted_once() -> None:
    told = history()
    told.state("2026-01", D(70))
    told.state("2026-02", D(0), credits_=[told.credit(D(30), of="2026-01")])
    told.state("2026-01", D(40), credits_=[told.credit(D(30), of="2026-01", deducted=True, note=1)])
    (case,) = told.found()["cases"]
    assert (case["credited"], case["re_measured"], case["open"]) == ("-30.00", "0.00", "40.00")


def test_what_a_second_look_deducts_is_credited_and_the_rest_is_measured_again() -> None:
    told = history()
    told.state("2026-01", D(70))
    told.state("2026-01", D(25), credits_=[told.credit(D(30), of="2026-01", deducted=True)])
    (case,) = told.found()["cases"]
    assert (case["credited"], case["re_measured"], case["open"]) == ("-30.00", "-15.00", "25.00")


def test_a_credit_above_what_is_disputed_is_named_and_takes_nothing_below_zero() -> None:
    told = history()
    told.state("2026-01", D(70))
    told.state("2026-02", D(0), credits_=[told.credit(D(100), of="2026-01")])
    found = told.found()
    (left,) = found["unmatched_credits"]
    assert (told.open_of("2026-01"), left["amount"], left["credit_note"]) == (D(0), "30.00", "CN-1")


def test_a_credit_that_came_before_the_month_was_final_meets_its_case_then() -> None:
    told = history()
    told.state("2026-02", D(0), credits_=[told.credit(D(30), of="2026-01")])
    (waiting,) = told.found()["unmatched_credits"]
    assert waiting["invoice"] == "INV-2026-01"
    told.state("2026-01", D(70))
    assert (told.open_of("2026-01"), told.found()["unmatched_credits"]) == (D(40), [])


def test_a_credit_that_the_first_statement_of_its_month_deducts_is_no_movement() -> None:
    told = history()
    told.state("2026-02", D(0), credits_=[told.credit(D(30), of="2026-01")])
    told.state("2026-01", D(40), credits_=[told.credit(D(30), of="2026-01", deducted=True, note=1)])
    (case,) = told.found()["cases"]
    assert (case["new"], case["credited"]) == ("40.00", "0.00")
    assert told.found()["unmatched_credits"] == []


def test_a_credit_in_another_currency_meets_no_case() -> None:
    told = history()
    told.state("2026-01", D(70))
    told.state("2026-02", D(0), credits_=[told.credit(D(30), of="2026-01", currency="EUR")])
    (left,) = told.found()["unmatched_credits"]
    assert (told.open_of("2026-01"), left["currency"]) == (D(70), "EUR")


def test_a_credit_that_is_taken_back_is_disputed_again() -> None:
    told = history()
    told.state("2026-01", D(70))
    told.state("2026-02", D(0), credits_=[told.credit(D(30), of="2026-01")])
    back = told.credit(D(30), of="2026-01", effect="charged")
    told.state("2026-03", D(0), credits_=[back])
    assert told.open_of("2026-01") == 70


def test_what_a_person_withdrew_is_closed_and_stays_so(tmp_path: Path) -> None:
    told = history()
    told.state("2026-01", D(70))
    register = Register(told.lake, "notices/n1")
    facts = {"contract": CONTRACT.contract, "period": "2026-01", "content": "c", "mail": "m"}
    steps = register.append((), "drafted", at=told.at, by="recount", **facts)
    told.at += timedelta(days=40)
    register.append(steps, "withdrawn", at=told.at, by="ann")
    told.state("2026-01", D(50))
    found = told.found()
    (case,) = found["cases"]
    assert (case["withdrawn"], case["re_measured"], case["open"]) == ("-70.00", "0.00", "0.00")
    assert [month["closing"] for month in found["months"]] == ["70.00", "0.00"]


def test_a_movement_is_of_the_month_of_the_contracts_zone_in_which_it_was_found() -> None:
    told = history()
    told.at = datetime(2026, 3, 29, 23, 30, tzinfo=UTC)
    told.state("2026-01", D(70))  # half past eleven on the last of March, by UTC
    assert [month["month"] for month in told.found()["months"]] == ["2026-03"]
    zoned = contract_of(time_zone="Europe/Berlin")
    assert [month["month"] for month in rollforward(told.lake, zoned)["months"]] == ["2026-04"]


def test_a_credit_that_a_person_notes_first_is_counted_once_when_its_note_arrives() -> None:
    told = history()
    told.state("2026-01", D(70))
    told.note("part_credited", "2026-01", amount="30.00", credit_note="CN-1")
    assert told.open_of("2026-01") == 40
    told.state("2026-02", D(0), credits_=[told.credit(D(30), of="2026-01", note=1)])
    assert (told.open_of("2026-01"), told.found()["unmatched_credits"]) == (D(40), [])


def test_a_credit_note_that_was_matched_first_is_counted_once_when_a_person_notes_it() -> None:
    told = history()
    told.state("2026-01", D(70))
    told.state("2026-02", D(0), credits_=[told.credit(D(30), of="2026-01", note=1)])
    told.note("part_credited", "2026-01", amount="30.00", credit_note="CN-1")
    assert told.open_of("2026-01") == 40


def test_a_credit_noted_without_a_number_is_the_next_one_that_arrives() -> None:
    told = history()
    told.state("2026-01", D(70))
    told.note("part_credited", "2026-01", amount="30.00")
    told.state("2026-02", D(0), credits_=[told.credit(D(20), of="2026-01")])
    assert told.open_of("2026-01") == 40
    told.state("2026-03", D(0), credits_=[told.credit(D(25), of="2026-01")])
    assert told.open_of("2026-01") == 25


def test_a_noted_credit_that_a_second_look_deducts_is_counted_once() -> None:
    told = history()
    told.state("2026-01", D(70))
    told.note("part_credited", "2026-01", amount="30.00", credit_note="CN-1")
    told.state("2026-01", D(40), credits_=[told.credit(D(30), of="2026-01", deducted=True, note=1)])
    (case,) = told.found()["cases"]
    assert (case["credited"], case["re_measured"], case["open"]) == ("-30.00", "0.00", "40.00")


def test_a_credit_note_of_less_than_was_noted_opens_the_rest_again() -> None:
    told = history()
    told.state("2026-01", D(70))
    told.note("part_credited", "2026-01", amount="30.00", credit_note="CN-1")
    told.state("2026-02", D(0), credits_=[told.credit(D(20), of="2026-01", note=1)])
    assert told.open_of("2026-01") == 50


def test_a_credit_note_of_more_than_was_noted_credits_the_rest_too() -> None:
    told = history()
    told.state("2026-01", D(70))
    told.note("part_credited", "2026-01", amount="30.00", credit_note="CN-1")
    told.state("2026-02", D(0), credits_=[told.credit(D(45), of="2026-01", note=1)])
    assert told.open_of("2026-01") == 25


def test_a_second_look_that_disputes_more_and_deducts_what_was_credited_says_both() -> None:
    told = history()
    told.state("2026-01", D(70))
    told.state("2026-02", D(0), credits_=[told.credit(D(30), of="2026-01", note=1)])
    told.state("2026-01", D(50), credits_=[told.credit(D(30), of="2026-01", deducted=True, note=1)])
    (case,) = told.found()["cases"]
    assert (case["credited"], case["re_measured"], case["open"]) == ("-30.00", "10.00", "50.00")


def test_what_is_open_of_a_case_that_is_closed_is_given_up() -> None:
    told = history()
    told.state("2026-01", D(70))
    told.note("part_credited", "2026-01", amount="30.00")
    told.note("closed", "2026-01")
    told.state("2026-01", D(50))
    (case,) = told.found()["cases"]
    assert (case["credited"], case["withdrawn"], case["open"]) == ("-30.00", "-40.00", "0.00")


def test_a_step_whose_clock_is_before_its_statement_counts_after_it() -> None:
    told = history()
    told.state("2026-01", D(70))
    told.at = datetime(2025, 1, 1, tzinfo=UTC)
    register = Register(told.lake, "notices/n1")
    facts = {"contract": CONTRACT.contract, "period": "2026-01", "as_of": "2026-02-12T00:00:00Z"}
    steps = register.append((), "drafted", at=told.at, by="recount", content="c", **facts)
    register.append(steps, "withdrawn", at=told.at, by="ann")
    assert told.open_of("2026-01") == 0
