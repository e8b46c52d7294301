"""FOCUS records are lines; tax, corrections and credits are kept apart, and nothing vanishes."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest

from recount.errors import SourceError
from recount.periods import Period, zone
from recount.sources.invoices.focus_csv import FocusCsv
from tests.unit.sources.invoice_files import brief, refusal_of, rows, terms_of

FOCUS = FocusCsv()
RECORD = {
    "BilledCost": "0.9900000000", "BillingAccountId": "A1", "BillingCurrency": "EUR",
    "BillingPeriodStart": "2026-03-01T00:00:00Z", "ChargeCategory": "Usage",
    "ChargeClass": "", "ChargeDescription": "One resolution", "ContractedUnitPrice": "0.99",
    "InvoiceIssuerName": "Vendor", "ListUnitPrice": "1.20", "PricingQuantity": "1",
    "PricingUnit": "Resolutions", "ResourceId": "t1", "ServiceName": "AI agent",
    "SkuId": "AR-RES", "Tags": '{"ticket": "t9"}',
}  # fmt: skip
DECLARED = {"outcomes": {"resolution": {"SkuId": "AR-RES"}}, "subject": {"column": "ResourceId"}}


def text(*changes: dict[str, str], without: str = "") -> str:
    file = io.StringIO()
    names = [name for name in RECORD if name != without]
    writer = csv.DictWriter(file, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows({**RECORD, **each} for each in changes)
    return file.getvalue()


def test_a_line_is_typed_exactly() -> None:
    assert rows(FOCUS, "lines", text({}), **DECLARED) == [{
        "invoice_id": "A1/2026-03", "line_id": "1", "subject_id": "t1", "outcome": "resolution",
        "concluded_at": None, "quantity": Decimal(1), "unit_price": Decimal("0.99"),
        "amount": Decimal("0.99"), "currency_code": "EUR", "issued_on": None, "due_on": None,
        "purchase_order": None, "line_number": 1, "file": "a.file",
    }]  # fmt: skip


def test_the_subject_may_be_a_tag() -> None:
    tagged = {**DECLARED, "subject": {"tag": "ticket"}}
    found = rows(FOCUS, "lines", text({}, {"Tags": "NULL"}), **tagged)
    assert brief(found, "subject_id") == [("t9",), ("None",)]


@pytest.mark.parametrize("tags", ["x", "[]", "[" * 100_000])
def test_tags_that_are_no_object_are_refused(tags: str) -> None:
    tagged = {**DECLARED, "subject": {"tag": "ticket"}}
    assert "Tags is no JSON object" in refusal_of(FOCUS, text({"Tags": tags}), **tagged)


def test_an_unknown_item_keeps_its_own_type_and_has_no_subject() -> None:
    found = rows(FOCUS, "lines", text({"SkuId": "resolution", "PricingQuantity": "3"}), **DECLARED)
    assert brief(found, "outcome", "subject_id") == [("item:resolution", "None")]


def test_tax_is_left_out() -> None:
    assert len(rows(FOCUS, "lines", text({}, {"ChargeCategory": "Tax"}), **DECLARED)) == 1


def test_a_correction_of_an_earlier_period_is_no_outcome_of_this_one() -> None:
    late = {"ChargeClass": "Correction"}
    back = {**late, "BilledCost": "-0.99", "PricingQuantity": "-1"}
    data = text({}, late, back)
    assert brief(rows(FOCUS, "lines", data, **DECLARED), "line_number", "outcome") == [
        ("1", "resolution"),
        ("2", "correction:AR-RES"),
    ]
    [credit] = rows(FOCUS, "credits", data, **DECLARED)
    assert (credit["outcome"], credit["amount"], credit["quantity"]) == (
        "correction:AR-RES", Decimal("0.99"), 1,
    )  # fmt: skip


def test_costs_are_rounded_half_even_to_six_decimals() -> None:
    costs = ["0.0000005", "0.0000015", "0.00000249999"]
    found = rows(FOCUS, "lines", text(*({"BilledCost": cost} for cost in costs)))
    assert [row["amount"] * 10**6 for row in found] == [0, 2, 2]


def test_rounding_that_changes_the_total_by_a_cent_is_refused() -> None:
    many = [{"BilledCost": "0.0000004"}] * 12_500
    assert len(rows(FOCUS, "lines", text(*many[:-1]))) == 12_499
    assert "BilledCost says 0.005, and amounts with six decimals give 0" in refusal_of(
        FOCUS, text(*many)
    )


def test_records_of_another_invoice_are_left_out_where_the_contract_says_so() -> None:
    data = text({}, {"InvoiceIssuerName": "Other", "BillingCurrency": "USD"})
    only = {"only": {"InvoiceIssuerName": "Vendor"}}
    assert len(rows(FOCUS, "lines", data, **only)) == 1
    assert "currency 'USD' is not the contract's EUR" in refusal_of(FOCUS, data)


@pytest.mark.parametrize("name", ["ContractedUnitPrice", "ListUnitPrice", "Tags", "SkuId"])
def test_a_provider_may_lack_a_column(name: str) -> None:
    assert len(rows(FOCUS, "lines", text({}, without=name))) == 1


@pytest.mark.parametrize("name", ["BilledCost", "BillingCurrency", "BillingPeriodStart"])
def test_what_a_record_needs_must_be_there(name: str) -> None:
    assert f"has the column '{name}' not at all" in refusal_of(FOCUS, text({}, without=name))
    assert f"record 1, {name} is empty" in refusal_of(FOCUS, text({name: "NULL"}))


@pytest.mark.parametrize("cost", ["NaN", "1e400", "1,000.00", "$1", "1 ", "0." + "1" * 16])
def test_what_is_no_figure_is_refused(cost: str) -> None:
    assert "a.file, record 1, BilledCost '" in refusal_of(FOCUS, text({"BilledCost": cost}))


@pytest.mark.parametrize("quantity", ["2", "0", "1.000001"])
def test_a_line_with_a_subject_bills_for_one(quantity: str) -> None:
    said = refusal_of(FOCUS, text({"PricingQuantity": quantity}), **DECLARED)
    assert said.startswith("a.file, record 1: quantity ")


def test_another_months_invoice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "invoice").write_text(text({}, {"BillingPeriodStart": "2026-04-01 00:00:00"}))
    march = Period.named("2026-03", zone("UTC"))
    terms = terms_of(FOCUS, tmp_path)
    with pytest.raises(SourceError, match="record 2 bills 2026-04 and not 2026-03"):
        FOCUS.extract(terms, march, as_of=march.ends_at, scratch=tmp_path)


def test_a_month_that_is_none_is_refused() -> None:
    said = refusal_of(FOCUS, text({"BillingPeriodStart": "March"}))
    assert "BillingPeriodStart 'March' is no date" in said
