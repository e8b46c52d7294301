"""The figures of a notice as each of its forms shows them, read with the tools of its readers."""

import io
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import openpyxl
from lxml import etree

from tests.end_to_end.buyer import Buyer
from tests.unit.notify.parsing import ReadMail
from tests.unit.notify.reading_pdf import text_of_pdf

Figures = Mapping[str, tuple[int | None, Decimal]]
LABELS = {
    "invoiced": "Invoiced",
    "disputed": "Disputed",
    "in_question": "In question",
    "unverifiable": "Cannot be verified",
}
OVER = ("duplicate", "unknown_subject", "out_of_scope", "out_of_period", "not_an_outcome")


def every_form(mail: ReadMail, currency: str, claim: str) -> dict[str, Figures]:
    """What each form says of the invoice and of what is claimed: lines where it says them."""
    return {
        "text": _in_words(mail.text, currency, claim),
        "html": _in_words(mail.seen, currency, claim),
        "pdf": _in_pdf(mail.file(".pdf"), currency, claim),
        "xlsx": _in_workbook(mail.file(".xlsx"), currency, claim),
        "json": _in_json(mail.file(".json"), claim),
        "ubl": _in_response(mail.file(".xml"), currency, claim),
    }


def in_mart(buyer: Buyer, statement: Mapping[str, Any], claim: str) -> Figures:
    """What the marts say, added up exactly."""
    lines, (row,) = (
        buyer.mart(name, statement["as_of"]) for name in ("reconciliation_lines", "statements")
    )
    claimed = [row for row in lines if row["match_status"] in OVER]
    billed = sum(row["quantity"] for row in lines if row["line_kind"] == "outcome")
    return {
        "invoiced": (int(billed), row["amount_invoiced"]),
        claim: (len(claimed), row["amount_contested"]),
    }


def _in_words(text: str, currency: str, claim: str) -> Figures:
    """A mail names the lines where it counts them, and not beside the amounts."""
    flat = " ".join(text.split())
    amounts = {
        name: {_amount(found) for found in re.findall(rf"{LABELS[name]} {_MONEY} {currency}", flat)}
        for name in ("invoiced", claim)
    }
    assert all(len(found) == 1 for found in amounts.values()), amounts
    return {name: (None, found.pop()) for name, found in amounts.items()}


def _in_pdf(pdf: bytes, currency: str, claim: str) -> Figures:
    text, found = text_of_pdf(pdf), {}
    for name in ("invoiced", claim):
        said = set(re.findall(rf"{LABELS[name]} ([\d,]+) {_MONEY} {currency}", text))
        ((lines, amount),) = said  # the table of reasons ends in the same figures
        found[name] = (int(lines.replace(",", "")), _amount(amount))
    return found


def _in_workbook(data: bytes, currency: str, claim: str) -> Figures:
    book = openpyxl.load_workbook(io.BytesIO(data))
    headings, *rows = book["Summary"].iter_rows(values_only=True)
    assert headings[:3] == ("Item", "Lines", currency)
    shown = {row[0]: row for row in rows}
    total = next(r for r in book["Reasons"].values if r[0] == f"{LABELS[claim]}, in all")
    assert total[4:6] == shown[LABELS[claim]][1:3]
    assert book[LABELS[claim]].max_row - 1 == total[4]
    return {
        name: (int(shown[LABELS[name]][1]), Decimal(str(shown[LABELS[name]][2])))
        for name in ("invoiced", claim)
    }


def _in_json(data: bytes, claim: str) -> Figures:
    document = json.loads(data)
    positions, reasons = document["positions"], document["reasons"]
    of_lines = [line for line in lines_of(document) if line["claim"] == claim]
    together = sum(Decimal(line["amount_invoiced"]) for line in of_lines)
    assert sum(reason["lines"] for reason in reasons) == len(of_lines)
    assert together + Decimal(document["arithmetic"]) == Decimal(positions[claim]["amount"])
    return {
        name: (positions[name]["lines"], Decimal(positions[name]["amount"]))
        for name in ("invoiced", claim)
    }


def lines_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines that a notice names, each by its columns' names."""
    lines = document["lines"]
    return [dict(zip(lines["columns"], row, strict=True)) for row in lines["rows"]]


def _in_response(data: bytes, currency: str, claim: str) -> Figures:
    (text, _) = (str(each.text) for each in etree.fromstring(data).iter("{*}StatusReason"))
    found = {}
    for name in ("invoiced", claim):
        words = name.replace("_", " ")
        ((lines, amount),) = re.findall(rf"{words} ([\d,]+) lines?, {_MONEY} {currency}", text)
        found[name] = (int(lines.replace(",", "")), _amount(amount))
    return found


_MONEY = r"(-?[\d,]+(?:\.\d+)?)"


def _amount(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))
