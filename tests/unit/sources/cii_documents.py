"""CII invoices, alone and inside a PDF, made of a few values."""

import io

import pypdf

DECLARED = {"outcomes": {"resolution": {"item": "AR-RES"}}, "subject": {"property": "ticket"}}
FREIGHT = (
    "<ram:SpecifiedLogisticsServiceCharge><ram:Description>Freight</ram:Description>"
    "<ram:AppliedAmount>2.00</ram:AppliedAmount></ram:SpecifiedLogisticsServiceCharge>"
)


def adjustment(is_charge: str, amount: str) -> str:
    return (
        f"<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>{is_charge}"
        f"</udt:Indicator></ram:ChargeIndicator><ram:ActualAmount>{amount}</ram:ActualAmount>"
        "<ram:ReasonCode>95</ram:ReasonCode></ram:SpecifiedTradeAllowanceCharge>"
    )


def line(number: int, amount: str, *, quantity: str = "1.0000", price: str = "", ticket: str = "",
         more: str = "") -> str:  # fmt: skip
    subject = (
        "<ram:ApplicableProductCharacteristic><ram:Description>ticket</ram:Description>"
        f"<ram:Value>{ticket}</ram:Value></ram:ApplicableProductCharacteristic>"
    )
    return (
        "<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument>"
        f"<ram:LineID>{number}</ram:LineID></ram:AssociatedDocumentLineDocument>"
        "<ram:SpecifiedTradeProduct><ram:SellerAssignedID>AR-RES</ram:SellerAssignedID>"
        f"<ram:Name>Resolution</ram:Name>{subject if ticket else ''}</ram:SpecifiedTradeProduct>"
        "<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>"
        f"{price or amount}</ram:ChargeAmount></ram:NetPriceProductTradePrice>"
        "</ram:SpecifiedLineTradeAgreement><ram:SpecifiedLineTradeDelivery>"
        f'<ram:BilledQuantity unitCode="C62">{quantity}</ram:BilledQuantity>'
        f"</ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement>{more}"
        "<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>"
        f"{amount}</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>"
        "</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>"
    )


def document(*lines: str, total: str, net: str = "", more: str = "", code: str = "380") -> str:
    unit = "urn:un:unece:uncefact:data:standard"
    return (
        f'<rsm:CrossIndustryInvoice xmlns:rsm="{unit}:CrossIndustryInvoice:100"'
        f' xmlns:ram="{unit}:ReusableAggregateBusinessInformationEntity:100"'
        f' xmlns:udt="{unit}:UnqualifiedDataType:100"><rsm:ExchangedDocument><ram:ID>INV-1'
        f"</ram:ID><ram:TypeCode>{code}</ram:TypeCode><ram:IssueDateTime>"
        '<udt:DateTimeString format="102">20260402</udt:DateTimeString></ram:IssueDateTime>'
        f"</rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction>{''.join(lines)}"
        "<ram:ApplicableHeaderTradeAgreement><ram:BuyerOrderReferencedDocument>"
        "<ram:IssuerAssignedID>PO-1</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>"
        "</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement>"
        f"<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>{more}"
        "<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>"
        '<udt:DateTimeString format="102">20260502</udt:DateTimeString></ram:DueDateDateTime>'
        "</ram:SpecifiedTradePaymentTerms><ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"<ram:LineTotalAmount>{total}</ram:LineTotalAmount>"
        f"<ram:TaxBasisTotalAmount>{net or total}</ram:TaxBasisTotalAmount>"
        '<ram:TaxTotalAmount currencyID="EUR">0.19</ram:TaxTotalAmount>'
        "</ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        "</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction>"
        "</rsm:CrossIndustryInvoice>"
    )


ONE = document(line(1, "0.99", ticket="t1"), total="0.99")


def pdf(*attached: tuple[str, bytes]) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    for name, data in attached:
        writer.add_attachment(name, data)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
