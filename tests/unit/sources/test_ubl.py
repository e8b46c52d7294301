"""UBL invoices: every line is kept, typed exactly, and the sums agree to the cent."""

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from recount.sources.invoices.ubl import Ubl
from tests.unit.sources.invoice_files import brief, changed, refusal_of, rows
from tests.unit.sources.ubl_documents import DECLARED, NOTE, ONE, adjustment, document, line

UBL = Ubl()


def test_a_line_is_typed_exactly() -> None:
    assert rows(UBL, "lines", ONE, **DECLARED) == [{
        "invoice_id": "INV-1", "line_id": "1", "subject_id": "t1", "outcome": "resolution",
        "concluded_at": None, "quantity": Decimal(1), "unit_price": Decimal("0.99"),
        "amount": Decimal("0.99"), "currency_code": "EUR", "issued_on": date(2026, 4, 2),
        "due_on": date(2026, 5, 2), "purchase_order": "PO-1", "line_number": 1, "file": "a.file",
    }]  # fmt: skip


def test_an_unknown_item_is_its_own_line_type_and_never_an_outcome() -> None:
    text = document(
        line(1, "5.00", item="resolution", ticket="t1"),
        line(2, "500.00", item="P-1", name="Platform"),
        total="505.00",
    )
    found = brief(rows(UBL, "lines", text, **DECLARED), "outcome", "subject_id", "amount")
    assert found == [("item:resolution", "None", "5"), ("platform_fee", "None", "500")]


@pytest.mark.parametrize("item", ["ar-res", "AR-RES2", "AR", "AR-RE\u0405"])
def test_an_item_is_compared_exactly(item: str) -> None:
    text = document(line(1, "0.99", item=item), total="0.99")
    assert brief(rows(UBL, "lines", text, **DECLARED), "outcome") == [(f"item:{item}",)]


def test_a_line_that_two_outcomes_fit_is_refused() -> None:
    both = {"outcomes": {"a": {"item": "AR-RES"}, "b": {"name": "Resolution"}}}
    assert refusal_of(UBL, ONE, **both).startswith("a.file, line 1 means a and b by the contract;")


@pytest.mark.parametrize("quantity", ["2", "0", "0.999999", "-1"])
def test_a_line_with_a_subject_bills_for_one(quantity: str) -> None:
    text = changed(ONE, ("Quantity>1<", f"Quantity>{quantity}<"))
    said = refusal_of(UBL, text, **DECLARED)
    assert "quantity" in said
    assert said.startswith("a.file, line 1: ")


def test_a_line_with_two_subjects_is_refused() -> None:
    more = ONE.split("<cac:AdditionalItemProperty>")[1].split("</cac:Item>")[0]
    second = "<cac:AdditionalItemProperty>" + more.replace("t1", "t2")
    text = changed(ONE, ("</cac:Item>", second + "</cac:Item>"))
    assert "names the subjects 't1' and 't2'" in refusal_of(UBL, text, **DECLARED)


def test_allowances_and_charges_are_lines_and_credits_of_their_own() -> None:
    inner = adjustment("true", "1.00", "CG") + adjustment("false", "101.00", "95")
    outer = adjustment("true", "20.00", "FC") + adjustment("false", "5.00", "95")
    text = document(
        line(1, "4000.00", quantity="10", price="410", more=inner),
        total="4000.00", net="4015.00", more=outer,
    )  # fmt: skip
    assert brief(rows(UBL, "lines", text), "line_number", "line_id", "outcome", "amount") == [
        ("1", "1", "item:AR-RES", "4100"),
        ("2", "1/charge-1", "charge:CG", "1"),
        ("4", "charge-1", "charge:FC", "20"),
    ]
    credits = rows(UBL, "credits", text)
    assert brief(credits, "line_number", "line_id", "outcome", "amount", "effect") == [
        ("3", "1/allowance-1", "allowance:95", "101", "credited"),
        ("5", "allowance-1", "allowance:95", "5", "credited"),
    ]
    assert {row["document_type"] for row in credits} == {"invoice"}


def test_a_charge_can_be_declared_to_be_a_fee() -> None:
    text = document(line(1, "1.00"), total="1.00", net="21.00", more=adjustment("1", "20", "FC"))
    fee = {"outcomes": {"platform_fee": {"charge": "FC"}}}
    assert brief(rows(UBL, "lines", text, **fee), "outcome")[1] == ("platform_fee",)


def test_a_negative_line_is_a_credit_of_the_invoice() -> None:
    text = document(line(1, "3.00"), line(2, "-1.00", quantity="-1", price="1.00"), total="2.00")
    assert brief(rows(UBL, "lines", text), "line_id", "amount") == [("1", "3")]
    [credit] = rows(UBL, "credits", text)
    assert (credit["credited_invoice_id"], credit["amount"]) == ("INV-1", Decimal(1))


def test_a_credit_note_is_never_a_line() -> None:
    assert rows(UBL, "lines", NOTE, **DECLARED) == []
    assert rows(UBL, "credits", NOTE, **DECLARED) == [{
        "credit_note_id": "INV-1", "document_type": "credit_note", "line_id": "1",
        "line_number": 1, "credited_invoice_id": "INV-0", "credited_line_id": None,
        "outcome": "resolution", "subject_id": "t0", "effect": "credited", "quantity": Decimal(1),
        "amount": Decimal("0.99"), "currency_code": "EUR", "issued_on": date(2026, 4, 2),
        "reason": "Reopened", "file": "a.file",
    }]  # fmt: skip


def test_what_a_credit_note_takes_back_is_charged() -> None:
    taken_back = line(2, "-0.50", quantity="-1", price="0.50", kind="CreditNote")
    text = document(line(1, "0.99", kind="CreditNote"), taken_back, total="0.49", kind="CreditNote")
    assert brief(rows(UBL, "credits", text), "effect", "amount") == [
        ("credited", "0.990000"),
        ("charged", "0.500000"),
    ]


@pytest.mark.parametrize(("total", "is_fine"), [
    ("0.99", True), ("0.994", True), ("0.995", False), ("1.00", False), ("0.98", False),
])  # fmt: skip
def test_the_lines_add_up_to_the_cent_or_the_file_is_refused(total: str, is_fine: bool) -> None:
    text = document(line(1, "0.99"), total=total)
    if is_fine:
        assert len(rows(UBL, "lines", text)) == 1
    else:
        said = Decimal(total).normalize()
        assert refusal_of(UBL, text) == (
            f"a.file: LineExtensionAmount says {said}, and its lines give 0.99; "
            "ask the vendor for an invoice that adds up"
        )


def test_the_net_amount_counts_allowances_and_charges_and_no_tax() -> None:
    text = document(line(1, "10.00"), total="10.00", net="11.90")
    assert "TaxExclusiveAmount says 11.9," in refusal_of(UBL, text)


@pytest.mark.parametrize(
    "amount", ["NaN", "INF", "1e2", "1,000.00", "1.000,00", "0.1234567", "1234567890123", "\u0661"]
)
def test_what_is_no_exact_figure_is_refused(amount: str) -> None:
    text = document(line(1, amount, price="1"), total="1")
    assert refusal_of(UBL, text).startswith("a.file, line 1, LineExtensionAmount '")


@pytest.mark.parametrize("code", ["USD", "eur", "XXX"])
def test_another_currency_stops_the_invoice(code: str) -> None:
    said = refusal_of(UBL, ONE.replace("EUR", code))
    assert f"currency '{code}' is not the contract's EUR" in said


def test_a_mixed_currency_stops_the_invoice() -> None:
    text = changed(
        ONE, ('TaxExclusiveAmount currencyID="EUR"', 'TaxExclusiveAmount currencyID="SEK"')
    )
    assert "an amount in 'SEK' in a document in 'EUR'" in refusal_of(UBL, text)


def test_a_line_id_that_is_used_twice_is_refused_naming_both() -> None:
    text = document(line(7, "1"), line(7, "1"), total="2")
    assert refusal_of(UBL, text).startswith(
        "a.file, line 1 and line 2 are both line '7' of 'INV-1'"
    )


@pytest.mark.parametrize("code", ["384", "325", "abc"])
def test_a_document_of_an_unclear_type_is_refused(code: str) -> None:
    said = refusal_of(UBL, changed(ONE, (">380<", f">{code}<")))
    assert f"a document of type '{code}' may replace another" in said


def published() -> list[Path]:
    here = Path(__file__).parents[4] / "shared" / "data" / "peppol"
    folder = Path(os.environ.get("RECOUNT_PEPPOL") or here) / "peppol-bis-invoice-3"
    return sorted(folder.glob("*.xml"))


@pytest.mark.skipif(not published(), reason="Peppol's published examples: set RECOUNT_PEPPOL")
def test_peppols_published_examples_agree_to_the_cent() -> None:
    assert len(published()) >= 4
    for path in published():
        data = path.read_bytes()
        lines, credits = rows(UBL, "lines", data), rows(UBL, "credits", data)
        is_note = b"<CreditNote" in data
        signed = {"credited": 1 if is_note else -1, "charged": -1 if is_note else 1}
        net = sum(row["amount"] for row in lines)
        net += sum(row["amount"] * signed[row["effect"]] for row in credits)
        [said] = etree.fromstring(data).findall(".//{*}TaxExclusiveAmount")
        assert net == Decimal(said.text or ""), path.name
        assert not (is_note and lines), path.name
