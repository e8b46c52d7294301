"""What mails say beside the figures comes from the contract, dates by its own clock."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from recount.contract.terms import Tolerance
from recount.notify.letterhead import InvoiceFacts, letterhead, tolerance_in_words
from recount.notify.wording import count, day, grouped, instant, listed, money, month, span
from recount.periods import Period, zone
from recount.plain_text import plain
from tests.unit.contract.acme import contract_of

INVOICE = InvoiceFacts(("INV-1",), ("PO-1",), date(2026, 8, 3), date(2026, 8, 31))


def test_dates_follow_the_contracts_terms(tmp_path: Path) -> None:
    contract = contract_of(tmp_path)
    period = Period.named("2026-07", zone("Europe/Berlin"))
    told = letterhead(contract, period, INVOICE)
    assert (told.first_day, told.last_day) == (date(2026, 7, 1), date(2026, 7, 31))
    assert told.final_from == datetime(2026, 8, 30, 22, tzinfo=UTC)
    assert told.local_day(told.final_from) == date(2026, 8, 31)
    assert told.dispute_by == date(2026, 9, 2)


def test_clauses_addresses_and_rights_are_the_contracts(tmp_path: Path) -> None:
    contract = contract_of(tmp_path)
    told = letterhead(contract, Period.named("2026-07", contract.zone), INVOICE)
    assert told.finance == contract.notify.finance
    assert told.may_reclassify is contract.rights.reclassify
    assert {*told.outcomes} == {*contract.outcomes}
    assert all(terms.clauses for terms in told.outcomes.values())


def test_without_an_invoice_there_is_no_last_day_for_a_dispute(tmp_path: Path) -> None:
    contract = contract_of(tmp_path)
    told = letterhead(contract, Period.named("2026-07", contract.zone), InvoiceFacts())
    assert (told.dispute_by, told.due_on, told.invoice_ids) == (None, None, ())


@pytest.mark.parametrize(
    ("of", "measure", "words"),
    [
        ("invoiced", "count", "2 % of the invoiced count"),
        ("recounted", "amount", "2 % of the recounted amount"),
        ("larger", "either", "2 % of the larger count or amount (invoiced or recounted)"),
    ],
)
def test_a_tolerance_in_words(of: str, measure: str, words: str) -> None:
    tolerance = Tolerance.model_validate({"percent": "2", "of": of, "measure": measure})
    assert tolerance.percent == Decimal(2)
    assert tolerance_in_words(tolerance, "USD") == words


def test_a_tolerance_with_bounds_in_words() -> None:
    said = {"percent": "2", "of": "invoiced", "at_least": "100.00", "at_most": "5000.00",
            "per": "outcome"}  # fmt: skip
    assert tolerance_in_words(Tolerance.model_validate(said), "USD") == (
        "2 % of the invoiced count of each outcome, at least 100.00 USD, at most 5,000.00 USD"
    )


@pytest.mark.parametrize(
    ("number", "written"),
    [("0", "0"), ("999", "999"), ("1000", "1,000"), ("-41000.50", "-41,000.50"), ("0.10", "0.10"),
     ("1234567.000001", "1,234,567.000001")],
)  # fmt: skip
def test_separators_change_no_digit(number: str, written: str) -> None:
    assert grouped(number) == written
    assert written.replace(",", "") == number


@pytest.mark.parametrize("number", ["1e5", "NaN", "1,000", "", "\uff11"])
def test_what_is_no_plain_number_is_not_written(number: str) -> None:
    with pytest.raises(ValueError, match="not a plain number"):
        grouped(number)


def test_words_for_people() -> None:
    assert money("41000.00", "USD") == "41,000.00 USD"
    assert day(date(2026, 10, 31)) == "31 October 2026"
    assert month("2016-03") == "March 2016"
    assert span(date(2016, 3, 1), date(2016, 3, 31)) == "1 to 31 March 2016"
    assert instant(datetime(2016, 5, 1, tzinfo=UTC)) == "1 May 2016, 00:00 UTC"
    assert instant(datetime(2016, 5, 1, 0, 0, 1, tzinfo=UTC)) == "1 May 2016, 00:00:01 UTC"
    assert (count(1, "line"), count(2000, "line")) == ("1 line", "2,000 lines")
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_a_plain_text_is_one_line_without_what_cannot_be_seen() -> None:
    assert plain("a\r\nb\tc") == "a b c"
    assert plain("a\x00\x1bb\u200b\u202ec\ufeff") == "a\ufffd\ufffdb\ufffd\ufffdc\ufffd"
    tag = "".join(chr(0xE0000 + ord(letter)) for letter in "pay")
    assert plain(f"INV-1{tag}") == "INV-1\ufffd\ufffd\ufffd"
    assert plain("Żółć שלום 日本") == "Żółć שלום 日本"
