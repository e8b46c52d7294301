"""A list of Fin's outcomes is the vendor's claim: read as the contract says, or stopped."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recount.errors import ContractError, SourceError
from recount.sources import source_of
from tests.unit.sources.logs import content_of, events, extracted, parsed, terms_of

ROW = {
    "Conversation ID": "215",
    "Conversation started at (America/New_York)": "2016-03-01 04:00:00",
    "Fin AI Agent resolution state": "Assumed resolved",
}
SAID: dict[str, Any] = {
    "currency": "USD",
    "outcomes": {"Assumed resolved": "resolution", "Procedure handoff": "handoff"},
    "unbilled": ["Escalated", ""],
    "unit_prices": {"resolution": "0.99", "handoff": "0.99"},
}


def lines(*changes: dict[str, str], **settings: Any) -> list[dict[str, Any]]:
    terms = terms_of("invoice", "fin_csv", **{**SAID, **settings})
    text = events(*[{**ROW, **each} for each in changes])
    return list(parsed(terms, "lines", text, "2016-03.csv").to_pylist())


def refusal_of(*changes: dict[str, str], **settings: Any) -> str:
    with pytest.raises(SourceError) as refused:
        lines(*changes, **settings)
    return str(refused.value)


def test_a_conversation_is_a_line_at_the_price_of_its_outcome() -> None:
    (line,) = lines({}, subjects_of="helpdesk")
    told = ("invoice_id", "line_id", "subject_id", "outcome", "quantity", "unit_price", "amount")
    assert [line[name] for name in told] == [
        "2016-03", "1", "helpdesk-215", "resolution", 1, Decimal("0.99"), Decimal("0.99"),
    ]  # fmt: skip
    assert (line["currency_code"], line["concluded_at"]) == ("USD", None)


def test_what_the_vendor_does_not_bill_is_no_line() -> None:
    state = "Fin AI Agent resolution state"
    found = lines({}, {state: "Escalated"}, {state: ""}, {state: "Procedure handoff"})
    assert [(each["line_id"], each["outcome"]) for each in found] == [
        ("1", "resolution"), ("4", "handoff"),
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["Confirmed resolved", "assumed resolved", "Assumed resolved "])
def test_a_word_that_nobody_declared_stops_the_invoice(word: str) -> None:
    said = refusal_of({}, {"Fin AI Agent resolution state": word})
    assert said == (
        f"2016-03.csv, record 2, Fin AI Agent resolution state '{word}': nobody said whether that "
        "is billed; add it to outcomes or to unbilled of sources.invoice"
    )


def test_an_empty_word_is_unknown_unless_the_contract_says_that_it_is_not_billed() -> None:
    empty = {"Fin AI Agent resolution state": ""}
    assert "resolution state ''" in refusal_of(empty, unbilled="Escalated")


def test_the_contract_may_name_other_columns() -> None:
    columns = {"subject_id": "Ticket", "outcome": "Outcome", "unit_price": "Price",
               "invoice_id": "Invoice", "line_id": "No"}  # fmt: skip
    row = {"Ticket": "7", "Outcome": "Assumed resolved", "Price": "0.89", "Invoice": "F-1",
           "No": "L1"}  # fmt: skip
    (line,) = lines(row, columns=columns, unit_prices={})
    told = ("invoice_id", "line_id", "subject_id", "unit_price", "amount")
    assert [line[name] for name in told] == [
        "F-1", "L1", "7", Decimal("0.89"), Decimal("0.89"),
    ]  # fmt: skip


def test_a_line_without_a_conversation_has_a_quantity() -> None:
    (line,) = lines({"Conversation ID": "", "Count": "250"}, columns={"quantity": "Count"})
    assert (line["subject_id"], line["quantity"], line["amount"]) == (None, 250, Decimal("247.50"))


def test_a_line_with_a_conversation_bills_for_one() -> None:
    said = refusal_of({"Count": "0"}, columns={"quantity": "Count"})
    assert "on a line with a subject; such a line bills for 1" in said


@pytest.mark.parametrize("column", ["unit_price", "amount"])
def test_what_takes_back_an_earlier_outcome_is_no_line(column: str) -> None:
    said = refusal_of({"X": "-0.99"}, columns={column: "X"})
    assert said.startswith(f"2016-03.csv, record 1: {column} -0.99")
    assert "takes back what an earlier invoice billed" in said


def test_a_cell_without_a_price_is_refused() -> None:
    said = refusal_of({"X": ""}, columns={"unit_price": "X"}, unit_prices={})
    assert "resolution has no price" in said


def test_a_currency_in_the_file_must_be_the_contracts() -> None:
    said = refusal_of({"Currency": "EUR"}, columns={"currency": "Currency"})
    assert "currency 'EUR' is not the contract's USD" in said


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"currency": None}, "fin_csv needs currency"),
        ({"currency": "EUR"}, "'EUR' is not the contract's USD"),
        ({"outcomes": {}}, "at least 1"),
        ({"unit_prices": {"resolution": "0.99"}}, "'handoff' has no price"),
        ({"unit_prices": {"resolution": 0.99, "handoff": "1"}}, "quote the price"),
        ({"unit_prices": {"resolution": "-1", "handoff": "1"}}, "greater than or equal to 0"),
        ({"columns": {"price": "Price"}}, "'price' is no column of an invoice"),
        ({"columns": {"quantity": "Conversation ID"}}, "two columns stand under one header"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, Any], says: str) -> None:
    terms = terms_of("invoice", "fin_csv", **{**SAID, **settings})
    with pytest.raises(ContractError, match=says):
        source_of(terms).check(terms)


def test_the_list_is_kept_byte_for_byte_and_counts_what_is_billed(tmp_path: Path) -> None:
    text = events(ROW, {**ROW, "Fin AI Agent resolution state": "Escalated"}, ROW)
    (tmp_path / "2016-03.csv").write_bytes(text.encode())
    terms = terms_of("invoice", "fin_csv", tmp_path, **SAID, location="{period}.csv")
    (extraction,) = extracted(terms, tmp_path)
    assert content_of(extraction) == text.encode()
    assert extraction.pages[0].record_count == 2


def test_a_file_without_a_column_is_refused_before_it_is_landed(tmp_path: Path) -> None:
    (tmp_path / "2016-03.csv").write_text("Conversation ID\n215\n", "utf-8")
    terms = terms_of("invoice", "fin_csv", tmp_path, **SAID, location="{period}.csv")
    with pytest.raises(SourceError, match="has no column 'Fin AI Agent resolution state'"):
        extracted(terms, tmp_path)
