"""UBL invoices and credit notes, made of a few values."""

from typing import Any

SPACES = """xmlns="urn:oasis:names:specification:ubl:schema:xsd:{name}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\""""
DECLARED: dict[str, Any] = {
    "outcomes": {"resolution": {"item": "AR-RES"}, "platform_fee": {"name": ["Platform"]}},
    "subject": {"property": "ticket_id"},
}


def adjustment(is_charge: str, amount: str, code: str) -> str:
    return (
        f"<cac:AllowanceCharge><cbc:ChargeIndicator>{is_charge}</cbc:ChargeIndicator>"
        f"<cbc:AllowanceChargeReasonCode>{code}</cbc:AllowanceChargeReasonCode>"
        f'<cbc:Amount currencyID="EUR">{amount}</cbc:Amount></cac:AllowanceCharge>'
    )


def line(number: int, amount: str, *, quantity: str = "1", price: str = "", item: str = "AR-RES",
         name: str = "Resolution", ticket: str = "", more: str = "", kind: str = "Invoice",
         ) -> str:  # fmt: skip
    subject = (
        "<cac:AdditionalItemProperty><cbc:Name>ticket_id</cbc:Name>"
        f"<cbc:Value>{ticket}</cbc:Value></cac:AdditionalItemProperty>"
    )
    billed = "Invoiced" if kind == "Invoice" else "Credited"
    return (
        f"<cac:{kind}Line><cbc:ID>{number}</cbc:ID>"
        f"<cbc:{billed}Quantity>{quantity}</cbc:{billed}Quantity>"
        f'<cbc:LineExtensionAmount currencyID="EUR">{amount}</cbc:LineExtensionAmount>{more}'
        f"<cac:Item><cbc:Name>{name}</cbc:Name><cac:SellersItemIdentification><cbc:ID>{item}"
        f"</cbc:ID></cac:SellersItemIdentification>{subject if ticket else ''}</cac:Item>"
        f"<cac:Price><cbc:PriceAmount>{price or amount}</cbc:PriceAmount></cac:Price>"
        f"</cac:{kind}Line>"
    )


def document(*lines: str, total: str, net: str = "", more: str = "", kind: str = "Invoice") -> str:
    code = "380" if kind == "Invoice" else "381"
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<{kind} {SPACES.format(name=kind)}>"
        "<cbc:ID>INV-1</cbc:ID><cbc:IssueDate>2026-04-02</cbc:IssueDate>"
        f"<cbc:DueDate>2026-05-02</cbc:DueDate><cbc:{kind}TypeCode>{code}</cbc:{kind}TypeCode>"
        "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>"
        f"<cac:OrderReference><cbc:ID>PO-1</cbc:ID></cac:OrderReference>{more}"
        "<cac:LegalMonetaryTotal>"
        f'<cbc:LineExtensionAmount currencyID="EUR">{total}</cbc:LineExtensionAmount>'
        f'<cbc:TaxExclusiveAmount currencyID="EUR">{net or total}</cbc:TaxExclusiveAmount>'
        f"</cac:LegalMonetaryTotal>{''.join(lines)}</{kind}>"
    )


ONE = document(line(1, "0.99", ticket="t1"), total="0.99")
BACK = (
    "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>INV-0</cbc:ID>"
    "</cac:InvoiceDocumentReference></cac:BillingReference><cbc:Note>Reopened</cbc:Note>"
)
NOTE = document(line(1, "0.99", ticket="t0", kind="CreditNote"), total="0.99", more=BACK,
                kind="CreditNote")  # fmt: skip
