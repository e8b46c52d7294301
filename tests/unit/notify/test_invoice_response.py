"""The invoice response keeps Peppol's own published rules, and says what the notice says.

The rules are no part of the repository: they are looked for beside it, or where RECOUNT_PEPPOL
points.
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from recount.contract.parties import ElectronicAddresses
from recount.notify.delivery import Post
from recount.project import ROOT
from tests.support.schematron import Rules
from tests.unit.notify.months import ACME, MARCH
from tests.unit.notify.test_vendor_notice import noticed

PEPPOL = Path(os.environ.get("RECOUNT_PEPPOL") or ROOT.parent.joinpath(
    "shared", "data", "peppol", "poacc-upgrade-3"
))  # fmt: skip
published = pytest.mark.skipif(
    not PEPPOL.exists(), reason=f"Peppol's rules are not at {PEPPOL}; RECOUNT_PEPPOL says where"
)
ADDRESSES = ElectronicAddresses(buyer="0088:7300010000001", vendor="0196:6841569459")
REACHED = replace(ACME, electronic_addresses=ADDRESSES)
ASKING = replace(REACHED, may_reclassify=False)
ONLY_PRICES = {("agreed", None): 10, ("wrong_price", None): 5}


def response(post: Post, letterhead: Any = REACHED, **changes: Any) -> etree._Element:
    """Draft the notice of a month, and return the response that it carries."""
    return etree.fromstring(noticed(post, letterhead, **changes).file(".xml"))


def words(root: etree._Element, name: str) -> list[str]:
    """Return the texts of all elements of that name."""
    return [str(found.text) for found in root.iter(f"{{*}}{name}")]


def tags(root: etree._Element, path: str) -> list[str]:
    """Return the names of what stands in an element, in order."""
    place = root.find(path)
    return [] if place is None else [str(each.tag) for each in place]


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules([PEPPOL / "PEPPOL-M-T111.sch", PEPPOL / "PEPPOL-M-T111-2.sch"])


@published
@pytest.mark.parametrize(
    ("letterhead", "counts", "decision"),
    [
        (REACHED, MARCH, "dispute"),
        (REACHED, ONLY_PRICES, "dispute"),
        (ASKING, MARCH, "query"),
        (ASKING, {("agreed", None): 300, ("unverifiable", None): 4}, "query"),
    ],
)
def test_no_published_rule_is_broken(
    outbox: Post, rules: Rules, letterhead: Any, counts: Any, decision: str
) -> None:
    xml = noticed(outbox, letterhead, counts, decision=decision).file(".xml")
    assert rules.tried_on(xml) >= 4
    assert rules.broken_by(xml) == []


@published
@pytest.mark.parametrize("file", ["PEPPOL-T111-R001.xml", "PEPPOL-T111-R002.xml"])
def test_the_rules_are_run_as_their_own_tests_expect(rules: Rules, file: str) -> None:
    cases = list(etree.parse(str(PEPPOL / file)).getroot().iter("{*}test"))
    assert len(cases) > 3
    for case in cases:
        (document,) = case.findall("{*}ApplicationResponse")
        (expected,) = case.findall("{*}assert/*")
        is_broken = expected.text in rules.broken_by(etree.tostring(document))
        assert is_broken == (etree.QName(expected).localname != "success"), expected.text


@published
@pytest.mark.parametrize("example", ["T111-uc005-Invoice_is_conditionally_accepted.xml",
                                     "T111-uc006c-Wrong_detail_partial_credit.xml"])  # fmt: skip
def test_elements_stand_in_the_order_of_the_published_examples(outbox: Post, example: str) -> None:
    ours, theirs = response(outbox), etree.parse(str(PEPPOL / example)).getroot()
    for path in (".", "{*}SenderParty", "{*}DocumentResponse", "{*}DocumentResponse/{*}Response",
                 "{*}DocumentResponse/{*}DocumentReference"):  # fmt: skip
        order = tags(theirs, path)
        known = [tag for tag in tags(ours, path) if tag in order]
        assert known == sorted(known, key=order.index)
        assert known


@published
@pytest.mark.parametrize(
    ("file", "element"),
    [("UNCL4343-T111.xml", "ResponseCode"), ("OPStatusReason.xml", None),
     ("OPStatusAction.xml", None)],
)  # fmt: skip
def test_codes_are_those_of_the_published_lists(
    outbox: Post, file: str, element: str | None
) -> None:
    known = set(words(etree.parse(str(PEPPOL / file)).getroot(), "Id"))
    used = response(outbox)
    if element:
        assert set(words(used, element)) <= known
        return
    codes = [each for each in used.iter("{*}StatusReasonCode") if each.get("listID") == file[:-4]]
    assert codes
    assert {str(each.text) for each in codes} <= known


def test_a_dispute_is_accepted_on_the_condition_of_a_partial_credit_note(outbox: Post) -> None:
    root = response(outbox)
    assert words(root, "ResponseCode") == ["CA"]
    assert words(root, "StatusReasonCode") == ["QTY", "CNP"]
    found, asked = words(root, "StatusReason")
    assert "disputed 32 lines, 31.68 USD" in found
    assert asked.startswith("Send a credit note for 31.68 USD.")
    assert (words(root, "ID")[-1], words(root, "IssueDate")) == (
        "INV-2016-03", ["2016-05-01", "2016-04-04"],
    )  # fmt: skip


def test_both_sides_are_named_by_the_addresses_of_the_contract(outbox: Post) -> None:
    root = response(outbox)
    named = [(each.get("schemeID"), each.text) for each in root.iter("{*}EndpointID")]
    assert named == [("0088", "7300010000001"), ("0196", "6841569459")]
    assert words(root, "RegistrationName") == ["Acme GmbH", "Example AI Inc"]


def test_a_query_asks_for_information_and_for_no_credit(outbox: Post) -> None:
    root = response(outbox, ASKING, decision="query")
    assert words(root, "ResponseCode") == ["UQ"]
    assert words(root, "StatusReasonCode") == ["QTY", "PIN"]
    assert "in question 32 lines, 31.68 USD" in words(root, "StatusReason")[0]
    assert "credit" not in "".join(words(root, "StatusReason"))


def test_what_only_cannot_be_verified_is_no_wrong_quantity(outbox: Post) -> None:
    dark = {("agreed", None): 300, ("unverifiable", None): 4}
    root = response(outbox, counts=dark, decision="query")
    assert words(root, "StatusReasonCode") == ["OTH", "PIN"]
    assert "not verifiable 4 lines, 3.96 USD" in words(root, "StatusReason")[0]


def test_where_only_prices_are_off_the_reason_is_the_price(outbox: Post) -> None:
    assert words(response(outbox, counts=ONLY_PRICES), "StatusReasonCode")[0] == "PRI"


def test_where_the_whole_invoice_is_disputed_the_whole_is_to_be_credited(outbox: Post) -> None:
    root = response(outbox, counts={("duplicate", None): 3})
    assert words(root, "StatusReasonCode") == ["QTY", "CNF"]


def test_each_invoice_of_a_month_gets_a_response_of_its_own(outbox: Post) -> None:
    mail = noticed(outbox, replace(REACHED, invoice_ids=("B", "A")))
    found = {name: data for name, data in mail.files.items() if name.endswith(".xml")}
    roots = [etree.fromstring(found[name]) for name in sorted(found)]
    assert [words(root, "ID")[-1] for root in roots] == ["A", "B"]
    assert len({words(root, "ID")[0] for root in roots}) == 2
    assert all("Invoices A, B together." in words(root, "StatusReason")[1] for root in roots)


def test_without_addresses_there_is_no_response(outbox: Post) -> None:
    assert not [name for name in noticed(outbox).files if name.endswith(".xml")]
