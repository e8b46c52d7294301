"""UN/CEFACT CII invoices, alone or inside a PDF (Factur-X, ZUGFeRD 2): `system: cii`."""

from datetime import date
from pathlib import Path

from lxml import etree

from recount.errors import SourceError
from recount.sources.invoices import attachment
from recount.sources.invoices.claims import Claim
from recount.sources.invoices.figures import date_reader
from recount.sources.invoices.invoice_file import InvoiceFile
from recount.sources.invoices.trade_claims import claims_of
from recount.sources.invoices.trade_syntax import FACTS, Adjustment, Syntax, TradeSettings
from recount.sources.invoices.xml_file import root_of
from recount.sources.terms import SourceTerms
from recount.sources.words import shown

_CII = "urn:un:unece:uncefact:data:standard:"
_ROOT = f"{{{_CII}CrossIndustryInvoice:100}}CrossIndustryInvoice"
_HEAD = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement"
_TOTALS = f"{_HEAD}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
_ORDER = "ram:ApplicableHeaderTradeAgreement/ram:BuyerOrderReferencedDocument"
_NET_PRICE = "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice"
_SETTLEMENT = "ram:SpecifiedLineTradeSettlement"
_LINE_REFERENCE = f"{_SETTLEMENT}/ram:AdditionalReferencedDocument"
_PRODUCT = "ram:SpecifiedTradeProduct"
_COMPACT_DATE = date_reader("YYYYMMDD")


def _adjustment(parent: str) -> Adjustment:
    return Adjustment(
        path=f"{parent}/ram:SpecifiedTradeAllowanceCharge",
        indicator="ram:ChargeIndicator/udt:Indicator",
        amount="ram:ActualAmount",
        code="ram:ReasonCode",
        reason="ram:Reason",
    )


_FREIGHT = Adjustment(
    path=f"{_HEAD}/ram:SpecifiedLogisticsServiceCharge",
    indicator=None,
    amount="ram:AppliedAmount",
    code="ram:ReasonCode",
    reason="ram:Description",
)


def _to_date(element: etree._Element) -> date | None:
    # 102 is YYYYMMDD, the only one that EN 16931 allows
    return _COMPACT_DATE((element.text or "").strip()) if element.get("format") == "102" else None


_SYNTAX = Syntax(
    namespaces={
        "rsm": f"{_CII}CrossIndustryInvoice:100",
        "ram": f"{_CII}ReusableAggregateBusinessInformationEntity:100",
        "udt": f"{_CII}UnqualifiedDataType:100",
    },
    is_credit_note=None,
    number="rsm:ExchangedDocument/ram:ID",
    type_code="rsm:ExchangedDocument/ram:TypeCode",
    currency=f"{_HEAD}/ram:InvoiceCurrencyCode",
    issued_on="rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString",
    due_on=(f"{_HEAD}/ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString",),
    order=f"rsm:SupplyChainTradeTransaction/{_ORDER}/ram:IssuerAssignedID",
    credited=f"{_HEAD}/ram:InvoiceReferencedDocument/ram:IssuerAssignedID",
    reason="rsm:ExchangedDocument/ram:IncludedNote/ram:Content",
    total_of_lines=f"{_TOTALS}/ram:LineTotalAmount",
    total_without_tax=f"{_TOTALS}/ram:TaxBasisTotalAmount",
    adjustments=(_adjustment(_HEAD), _FREIGHT),
    line="rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem",
    line_id="ram:AssociatedDocumentLineDocument/ram:LineID",
    quantity="ram:SpecifiedLineTradeDelivery/ram:BilledQuantity",
    amount=(f"{_SETTLEMENT}/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"),
    price=f"{_NET_PRICE}/ram:ChargeAmount",
    price_quantity=f"{_NET_PRICE}/ram:BasisQuantity",
    line_adjustment=_adjustment(_SETTLEMENT),
    item_facts={
        "item": f"{_PRODUCT}/ram:SellerAssignedID",
        "standard_item": f"{_PRODUCT}/ram:GlobalID",
        "buyer_item": f"{_PRODUCT}/ram:BuyerAssignedID",
        "name": f"{_PRODUCT}/ram:Name",
        "description": f"{_PRODUCT}/ram:Description",
        "classification": f"{_PRODUCT}/ram:DesignatedProductClassification/ram:ClassCode",
    },
    property=(f"{_PRODUCT}/ram:ApplicableProductCharacteristic", "ram:Description", "ram:Value"),
    places={
        "note": "ram:AssociatedDocumentLineDocument/ram:IncludedNote/ram:Content",
        "document_reference": f"{_LINE_REFERENCE}/ram:IssuerAssignedID",
        "order_line": "ram:SpecifiedLineTradeAgreement/ram:BuyerOrderReferencedDocument/ram:LineID",
        "accounting_cost": f"{_SETTLEMENT}/ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID",
        "name": f"{_PRODUCT}/ram:Name",
        "description": f"{_PRODUCT}/ram:Description",
    },
    to_date=_to_date,
)


class Cii(InvoiceFile):
    """`system: cii`."""

    system = "cii"
    settings = TradeSettings
    facts = FACTS

    def claims(self, terms: SourceTerms, file_name: str, data: bytes | Path) -> list[Claim]:
        """Read an invoice or a credit note, from its PDF where it is inside one."""
        xml = attachment.invoice_in(data, file_name) if attachment.is_pdf(data) else data
        root = root_of(xml, file_name)
        if root.tag != _ROOT:
            raise SourceError(
                f"{file_name} begins with {shown(root.tag)}, which is no CrossIndustryInvoice of "
                "2016 or later; correct the contract's system or the file"
            )
        return claims_of(root, _SYNTAX, terms.typed(TradeSettings), file_name)
