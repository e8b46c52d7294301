"""One month, billed in each format that a vendor may send, and what credits do to it.

T1 is an outcome, T2 came back, T3 is an outcome; each is billed at 1.00.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.buyer import Buyer
from tests.support.partly import partly_recounted
from tests.support.small import write_month
from tests.unit.sources import cii_documents as cii
from tests.unit.sources import test_focus_csv as focus
from tests.unit.sources import test_mapped_xlsx as book
from tests.unit.sources import ubl_documents as ubl
from tests.unit.sources.invoice_files import changed

TICKETS = ("T1", "T2", "T3")
UBL = {"system": "ubl", "location": "{period}.xml", **ubl.DECLARED}
CII = {"system": "cii", **cii.DECLARED}
COLUMNS = {"invoice_id": "Rechnung", "subject_id": "Ticket", "unit_price": "Preis"}
MAPPED = {"columns": COLUMNS,
          "constants": {"outcome": "resolution", "quantity": "1", "currency": "EUR"}}  # fmt: skip


def of_ubl(*more: str, total: str = "3.00", net: str = "", extra: str = "") -> str:
    lines = [ubl.line(n, "1.00", ticket=ticket) for n, ticket in enumerate(TICKETS, 1)]
    return ubl.document(*lines, *more, total=total, net=net, more=extra)


def of_cii() -> str:
    lines = [cii.line(n, "1.00", ticket=ticket) for n, ticket in enumerate(TICKETS, 1)]
    return cii.document(*lines, total="3.00")


def of_csv() -> str:
    return "\n".join(["Rechnung;Ticket;Preis", *(f"INV-1;{each};1,00" for each in TICKETS), ""])


def of_book() -> bytes:
    return book.book([*COLUMNS.values()], *(["INV-1", each, 1.0] for each in TICKETS))


def of_focus() -> str:
    cost = {"BilledCost": "1", "ContractedUnitPrice": "1"}
    return focus.text(*({**cost, "ResourceId": each} for each in TICKETS))


FORMATS: Mapping[str, tuple[Mapping[str, Any], str | bytes]] = {
    "ubl": (UBL, of_ubl()),
    "cii": ({**CII, "location": "{period}.xml"}, of_cii()),
    "cii in a pdf": ({**CII, "location": "{period}.pdf"},
                     cii.pdf(("factur-x.xml", of_cii().encode()))),
    "focus_csv": ({"system": "focus_csv", "location": "{period}.csv", **focus.DECLARED},
                  of_focus()),
    "mapped_csv": ({"system": "mapped_csv", "location": "{period}.csv", "delimiter": ";",
                    "decimal_mark": ",", **MAPPED}, of_csv()),
    "mapped_xlsx": ({"system": "mapped_xlsx", "location": "{period}.xlsx", **MAPPED}, of_book()),
}  # fmt: skip


def buyer_of(folder: Path, invoice: Mapping[str, Any], data: str | bytes) -> Buyer:
    helpdesk = {"system": "event_log", "location": "events.csv", "shows": ["solved", "reopened"]}
    contract = write_month(
        folder, currency="EUR", sources={"helpdesk": helpdesk, "invoice": dict(invoice)}
    )
    name = str(invoice["location"]).replace("{period}", "2026-03")
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return Buyer(contract, folder / "lake")


def rules(statement: Mapping[str, Any]) -> set[str]:
    return {each["rule"] for each in statement["findings"]}


def lines_in(name: str, folder: Path) -> list[dict[str, Any]]:
    """What a month's lines bill, in one of the formats."""
    month = buyer_of(folder, *FORMATS[name]).land()
    columns = "subject_id, outcome, quantity, unit_price, amount, currency_code"
    with partly_recounted(month, "int_invoice_lines") as built:
        found = f"select {columns} from recount.int_invoice_lines order by subject_id"
        return list(built.query(found).to_pylist())


def test_the_same_month_is_billed_alike_in_each_format(tmp_path: Path) -> None:
    found = {name: lines_in(name, tmp_path / name) for name in FORMATS}
    assert [(line["subject_id"], line["amount"]) for line in found["ubl"]] == [
        (ticket, 1) for ticket in TICKETS
    ]
    assert all(lines == found["ubl"] for lines in found.values()), found


@pytest.mark.parametrize(
    "name", ["ubl", *(pytest.param(name, marks=pytest.mark.deep) for name in [*FORMATS][1:])]
)
def test_the_same_month_ends_alike_in_each_format(name: str, tmp_path: Path) -> None:
    statement = buyer_of(tmp_path, *FORMATS[name]).statement()
    assert statement["findings"] == []
    assert statement["outcomes"]["resolution"]["lines"] == {"agreed": 2, "not_an_outcome": 1}
    assert statement["decision"] == "dispute"
    assert (statement["amounts"]["invoiced"], statement["amounts"]["disputed"]) == ("3.00", "1.00")


def credited(folder: Path, note: str, **settings: Any) -> Buyer:
    """A buyer whose vendor sent a credit note beside the invoice."""
    buyer = buyer_of(folder, {**UBL, "credit_notes": "credit-{period}.xml", **settings}, of_ubl())
    (folder / "credit-2026-03.xml").write_text(note, "utf-8")
    return buyer


def note_for(invoice: str, ticket: str = "T2", amount: str = "1.00") -> str:
    line = ubl.line(1, amount, ticket=ticket, kind="CreditNote")
    back = ubl.BACK.replace("INV-0", invoice) if invoice else ""
    text = ubl.document(line, total=amount, more=back, kind="CreditNote")
    return changed(text, ("<cbc:ID>INV-1</cbc:ID><cbc:IssueDate>", "<cbc:ID>CN-1</cbc:ID>"
                          "<cbc:IssueDate>"))  # fmt: skip


def test_what_a_credit_note_took_back_of_this_invoice_is_not_disputed(tmp_path: Path) -> None:
    buyer = credited(tmp_path, note_for("INV-1"))
    statement = buyer.statement()
    assert statement["decision"] == "pay"
    assert statement["amounts"]["invoiced"] == statement["amounts"]["pay_now"] == "2.00"
    assert statement["outcomes"]["resolution"]["invoiced_count"] == 2
    assert rules(statement) == {"invoice_deducted"}
    kinds = [(each["line_id"], each["line_kind"]) for each in buyer.mart("reconciliation_lines")]
    assert kinds == [("1", "outcome"), ("2", "reversed"), ("3", "outcome"), ("CN-1/1", "reversed")]
    assert [each["amount_invoiced"] for each in buyer.mart("invoices")] == [2]
    assert buyer.mails("notice") == []


def test_a_credit_note_for_a_real_outcome_is_shown_as_not_invoiced(tmp_path: Path) -> None:
    statement = credited(tmp_path, note_for("INV-1", ticket="T1")).statement()
    assert statement["under_invoiced"] == {"count": 1, "amount": "1.00"}
    assert statement["amounts"]["invoiced"] == "2.00"
    assert statement["amounts"]["disputed"] == "1.00"


def test_a_credit_note_for_another_invoice_changes_no_figure_and_is_named(tmp_path: Path) -> None:
    buyer = credited(tmp_path, note_for("INV-0"))
    statement = buyer.statement()
    assert (statement["amounts"]["invoiced"], statement["amounts"]["disputed"]) == ("3.00", "1.00")
    assert rules(statement) == {"credit_of_another_invoice"}
    (credit,) = buyer.mart("credits")
    assert (credit["credit_status"], credit["amount"]) == ("of_another_invoice", 1)


def test_a_credit_note_that_names_no_invoice_holds_the_month(tmp_path: Path) -> None:
    statement = credited(tmp_path, note_for("")).statement()
    assert statement["decision"] == "hold"
    assert {"credit_unclear", "line_type_unknown"} <= rules(statement)


def test_part_of_a_line_that_is_given_back_is_less_money_and_no_fewer_outcomes(
    tmp_path: Path,
) -> None:
    text = note_for("INV-1", ticket="", amount="0.40")
    cheaper = text.replace(">1</cbc:CreditedQ", ">0</cbc:CreditedQ")
    statement = credited(tmp_path, cheaper).statement()
    assert statement["outcomes"]["resolution"]["invoiced_count"] == 3
    assert statement["amounts"]["invoiced"] == "2.60"
    assert statement["amounts"]["disputed"] == "0.60"


def test_outcomes_that_are_taken_back_without_saying_which_hold_the_month(tmp_path: Path) -> None:
    statement = credited(tmp_path, note_for("INV-1", ticket="")).statement()
    assert statement["decision"] == "hold"
    assert "line_type_unknown" in rules(statement)


@pytest.mark.parametrize(
    ("rule", "decision"), [({"allowance": "95"}, "dispute"), ({"name": "Other"}, "hold")]
)
def test_an_allowance_counts_when_the_contract_says_what_it_makes_cheaper(
    rule: dict[str, str], decision: str, tmp_path: Path
) -> None:
    off = ubl.adjustment("false", "0.30", "95")
    said = {**UBL, "outcomes": {**ubl.DECLARED["outcomes"], "platform_fee": rule}}
    statement = buyer_of(tmp_path, said, of_ubl(net="2.70", extra=off)).statement()
    assert statement["decision"] == decision
    assert statement["amounts"]["invoiced"] == "2.70"
    if decision == "dispute":
        assert statement["amounts"]["disputed"] == "0.70"


def test_credit_notes_of_a_month_are_seen_when_they_come(tmp_path: Path) -> None:
    buyer = buyer_of(tmp_path, {**UBL, "credit_notes": "credit-{period}.xml"}, of_ubl())
    assert buyer.statement()["amounts"]["disputed"] == "1.00"
    (tmp_path / "credit-2026-03.xml").write_text(note_for("INV-1"), "utf-8")
    later = buyer.statement(as_of="2026-05-20T00:00:00Z")
    assert (later["decision"], later["amounts"]["invoiced"]) == ("pay", "2.00")
    assert len(buyer.mails("notice")) == 1
