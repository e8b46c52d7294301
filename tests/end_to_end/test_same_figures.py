"""The same figure everywhere, to the minor unit: in the marts, the mails and each document."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recount.lake import open_lake
from tests.end_to_end.buyer import Buyer, html_of
from tests.end_to_end.figures_of import every_form, in_mart
from tests.support.small import EVENTS, LINES, MONTH_END, write_contract
from tests.unit.notify.parsing import ReadMail, mails_in, one_mail_in

PARTIES = {
    "buyer": "Acme GmbH", "vendor": "Example AI Inc",
    "electronic_addresses": {"buyer": "0088:7300010000001", "vendor": "0196:6841569459"},
}  # fmt: skip
PRICES = {"USD": "12345.67", "JPY": "1234567", "KWD": "1234.567"}
SETTLEMENT = {"final_after": "30 days", "unverifiable": "query"}
LATER = "2026-05-20T00:00:00Z"
REOPENED = "e5,T1,ticket,reopened,2026-03-09T09:00:00Z,requester\n"


def buyer_of(folder: Path, currency: str = "USD", **changes: Any) -> Buyer:
    """A month of three lines, one of them no outcome, in a currency."""
    folder.mkdir(parents=True, exist_ok=True)
    price = PRICES[currency]
    (folder / "events.csv").write_text(EVENTS, "utf-8")
    head, *rows = csv.reader(LINES.splitlines())
    billed = [[*row[:6], price, price, currency, row[9]] for row in rows]
    text = "\n".join(",".join(row) for row in [head, *billed])
    (folder / "2026-03.csv").write_text(f"{text}\n", "utf-8")
    terms = {
        "currency": currency, "parties": PARTIES, "settlement": SETTLEMENT,
        "pricing": {"resolution": {"per_outcome": price}}, **changes,
    }  # fmt: skip
    return Buyer(write_contract(folder, "acme", **terms), folder / "lake")


def amendment_in(buyer: Buyer) -> ReadMail:
    """The draft that differs from what went out."""
    sent = set(buyer.objects("outbox").values())
    lake = open_lake(str(buyer.lake))
    drafts = mails_in(lake, "notices")
    (read,) = (mail for key, mail in drafts.items() if lake.get(key) not in sent)
    return read


def same(mail: ReadMail, buyer: Buyer, statement: Any, *, claim: str, contested: str) -> None:
    """Compare every form of a notice with the mart and with the statement."""
    expected = in_mart(buyer, statement, claim)
    amounts = statement["amounts"]
    assert expected["invoiced"][1] == Decimal(amounts["invoiced"])
    assert expected[claim] == (statement["over_invoiced"]["count"], Decimal(amounts[contested]))
    for form, found in every_form(mail, statement["currency"], claim).items():
        for name, (lines, amount) in found.items():
            assert (form, name, amount) == (form, name, expected[name][1])
            assert lines in (None, expected[name][0]), (form, name)


@pytest.mark.parametrize("currency", ["USD", pytest.param("JPY", marks=pytest.mark.deep), "KWD"])
def test_a_dispute_has_the_same_figures_in_every_form(tmp_path: Path, currency: str) -> None:
    buyer = buyer_of(tmp_path, currency)
    statement = buyer.statement()
    assert (statement["decision"], statement["amounts"]["disputed"]) == (
        "dispute", PRICES[currency],
    )  # fmt: skip
    mail = one_mail_in(open_lake(str(buyer.lake)), "outbox", "notice")
    same(mail, buyer, statement, claim="disputed", contested="disputed")


def test_a_query_has_the_same_figures_in_every_form(tmp_path: Path) -> None:
    buyer = buyer_of(tmp_path, rights={"reclassify": False, "raw_event_export": True})
    statement = buyer.statement()
    assert (statement["decision"], statement["notice"]["state"]) == ("query", "approved")
    mail = one_mail_in(open_lake(str(buyer.lake)), "outbox", "notice")
    assert str(mail.headers["Subject"]).startswith("Query: ")
    same(mail, buyer, statement, claim="in_question", contested="reserved")


def test_on_hold_there_is_no_notice_and_finance_has_the_marts_figures(tmp_path: Path) -> None:
    buyer = buyer_of(tmp_path)
    statement = buyer.statement(as_of=MONTH_END)
    assert (statement["decision"], statement["notice"]) == ("hold", None)
    assert buyer.mails("notice") == []
    (mail,) = buyer.mails("finance")
    (row,) = buyer.mart("statements")
    shown = " ".join(html_of(mail).split())
    for amount in (row["amount_invoiced"], row["amount_contested"]):
        assert f"{amount:,.2f} USD" in shown


def test_an_amendment_has_the_same_figures_in_every_form_and_says_what_it_replaces(
    tmp_path: Path,
) -> None:
    buyer = buyer_of(tmp_path)
    buyer.statement()
    with (tmp_path / "events.csv").open("a", encoding="utf-8") as log:
        log.write(REOPENED)
    statement = buyer.statement("--refresh", as_of=LATER)
    assert statement["notice"]["state"] == "amendment_drafted"
    mail = amendment_in(buyer)
    text = " ".join(mail.text.split())
    assert "This replaces our notice of 2 May 2026 about the same invoice." in text
    assert str(mail.headers["Subject"]).startswith("Amended dispute notice: ")
    same(mail, buyer, statement, claim="disputed", contested="disputed")
