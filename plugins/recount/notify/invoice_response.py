"""The notice as a Peppol BIS Invoice Response 3.1 (UBL ApplicationResponse), one for an invoice.

A dispute accepts the invoice on the condition of a credit note; a query says that more information
is needed. It is written where the contract names both sides' electronic addresses, and says no more
than the document does.
"""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from recount.contract.parties import ElectronicAddresses
from recount.evidence.register import canonical, sha256
from recount.notify.matter import Matter
from recount.notify.wording import count, money
from recount.plain_text import plain

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CAC = f"{{{_UBL}CommonAggregateComponents-2}}"
_CBC = f"{{{_UBL}CommonBasicComponents-2}}"
_NAMESPACES = {
    None: f"{_UBL}ApplicationResponse-2",
    "cac": f"{_UBL}CommonAggregateComponents-2",
    "cbc": f"{_UBL}CommonBasicComponents-2",
}
_SPECIFICATION = "urn:fdc:peppol.eu:poacc:trns:invoice_response:3"
_PROFILE = "urn:fdc:peppol.eu:poacc:bis:invoice_response:3"
_INVOICE = "380"  # UNCL1001: a commercial invoice


def invoice_response(
    document: Mapping[str, Any],
    matter: Matter,
    addresses: ElectronicAddresses,
    *,
    invoice_id: str,
) -> bytes:
    """Return the response to one invoice of a notice, as XML."""
    root = etree.Element(f"{{{_NAMESPACES[None]}}}ApplicationResponse", nsmap=_NAMESPACES)
    _text(root, "CustomizationID", _SPECIFICATION)
    _text(root, "ProfileID", _PROFILE)
    _text(root, "ID", sha256(canonical([document["id"], invoice_id]))[:32])
    _text(root, "IssueDate", document["as_of"][:10])
    for element, side in (("SenderParty", "buyer"), ("ReceiverParty", "vendor")):
        _party(root, element, document["parties"][side], getattr(addresses, side))
    response = etree.SubElement(root, f"{_CAC}DocumentResponse")
    _response(response, document, matter)
    reference = etree.SubElement(response, f"{_CAC}DocumentReference")
    _text(reference, "ID", invoice_id)
    if document["issued_on"]:
        _text(reference, "IssueDate", document["issued_on"])
    _text(reference, "DocumentTypeCode", _INVOICE)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _party(root: etree._Element, element: str, name: str, address: str) -> None:
    scheme, _, identifier = address.partition(":")
    party = etree.SubElement(root, f"{_CAC}{element}")
    _text(party, "EndpointID", identifier).set("schemeID", scheme)
    _text(etree.SubElement(party, f"{_CAC}PartyLegalEntity"), "RegistrationName", name)


def _response(parent: etree._Element, document: Mapping[str, Any], matter: Matter) -> None:
    response = etree.SubElement(parent, f"{_CAC}Response")
    _text(response, "ResponseCode", "CA" if matter.kind == "dispute" else "UQ")
    _status(response, "OPStatusReason", _reason(matter), _found(document, matter))
    _status(response, "OPStatusAction", _action(document, matter), _asked(document, matter))


def _status(response: etree._Element, code_list: str, code: str, words: str) -> None:
    status = etree.SubElement(response, f"{_CAC}Status")
    _text(status, "StatusReasonCode", code).set("listID", code_list)
    _text(status, "StatusReason", words)


def _reason(matter: Matter) -> str:
    """`PRI` where nothing but the price is off, else `QTY`: outcomes are what is counted.

    `OTH` where nothing is found to be off, and only cannot be verified.
    """
    if not matter.claimed:
        return "OTH"
    return "PRI" if all(row.group == "price" for row in matter.claimed) else "QTY"


def _action(document: Mapping[str, Any], matter: Matter) -> str:
    if matter.kind == "query":
        return "PIN"
    is_all = matter.amount == document["positions"]["invoiced"]["amount"]
    return "CNF" if is_all else "CNP"


def _found(document: Mapping[str, Any], matter: Matter) -> str:
    positions, currency = document["positions"], document["currency"]
    said = [
        (name, count(positions[key]["lines"], "line"), money(positions[key]["amount"], currency))
        for name, key in _PLACES
        if positions[key]["lines"] or key == "invoiced"
    ]
    told = "; ".join(f"{name} {number}, {amount}" for name, number, amount in said)
    return f"Month {document['period']['name']}: {told}."


_PLACES = (
    ("invoiced", "invoiced"),
    ("disputed", "disputed"),
    ("in question", "in_question"),
    ("not verifiable", "unverifiable"),
)


def _asked(document: Mapping[str, Any], matter: Matter) -> str:
    together = ", ".join(document["invoices"])
    if matter.kind == "query":
        words = "Show which events these lines rest on; this is a question and not a claim."
    else:
        words = f"Send a credit note for {money(matter.amount, document['currency'])}."
    of = f" Invoices {together} together." if len(document["invoices"]) > 1 else ""
    return f"{words}{of} Notice {document['id']}."


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, f"{_CBC}{name}")
    element.text = plain(text)
    return element
