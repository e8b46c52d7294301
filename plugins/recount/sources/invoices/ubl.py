"""UBL 2.1 invoices and credit notes, as Peppol BIS Billing 3 uses them: `system: ubl`."""

from datetime import date
from pathlib import Path

from lxml import etree

from recount.errors import SourceError
from recount.sources.invoices.claims import Claim
from recount.sources.invoices.figures import date_reader
from recount.sources.invoices.invoice_file import InvoiceFile
from recount.sources.invoices.trade_claims import claims_of
from recount.sources.invoices.trade_syntax import FACTS, Adjustment, Syntax, TradeSettings
from recount.sources.invoices.xml_file import root_of
from recount.sources.terms import SourceTerms
from recount.sources.words import shown

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_ADJUSTMENT = Adjustment(
    path="cac:AllowanceCharge",
    indicator="cbc:ChargeIndicator",
    amount="cbc:Amount",
    code="cbc:AllowanceChargeReasonCode",
    reason="cbc:AllowanceChargeReason",
)
_PLAIN_DATE = date_reader("YYYY-MM-DD")


def _to_date(element: etree._Element) -> date | None:
    said = (element.text or "").strip()
    # a date of XML may name its zone, which an invoice's date has no use for
    return _PLAIN_DATE(said[:10]) if said[10:] in ("", "Z") or said[10:11] in "+-" else None


def _syntax(name: str) -> Syntax:
    is_credit_note = name == "CreditNote"
    billed = "Credited" if is_credit_note else "Invoiced"
    return Syntax(
        namespaces={
            "cac": f"{_UBL}CommonAggregateComponents-2",
            "cbc": f"{_UBL}CommonBasicComponents-2",
        },
        is_credit_note=is_credit_note,
        number="cbc:ID",
        type_code=f"cbc:{name}TypeCode",
        currency="cbc:DocumentCurrencyCode",
        issued_on="cbc:IssueDate",
        due_on=("cbc:DueDate", "cac:PaymentMeans/cbc:PaymentDueDate"),
        order="cac:OrderReference/cbc:ID",
        credited="cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID",
        reason="cbc:Note",
        total_of_lines="cac:LegalMonetaryTotal/cbc:LineExtensionAmount",
        total_without_tax="cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount",
        adjustments=(_ADJUSTMENT,),
        line=f"cac:{name}Line",
        line_id="cbc:ID",
        quantity=f"cbc:{billed}Quantity",
        amount="cbc:LineExtensionAmount",
        price="cac:Price/cbc:PriceAmount",
        price_quantity="cac:Price/cbc:BaseQuantity",
        line_adjustment=_ADJUSTMENT,
        item_facts={
            "item": "cac:Item/cac:SellersItemIdentification/cbc:ID",
            "standard_item": "cac:Item/cac:StandardItemIdentification/cbc:ID",
            "buyer_item": "cac:Item/cac:BuyersItemIdentification/cbc:ID",
            "name": "cac:Item/cbc:Name",
            "description": "cac:Item/cbc:Description",
            "classification": "cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode",
        },
        property=("cac:Item/cac:AdditionalItemProperty", "cbc:Name", "cbc:Value"),
        places={
            "note": "cbc:Note",
            "document_reference": "cac:DocumentReference/cbc:ID",
            "order_line": "cac:OrderLineReference/cbc:LineID",
            "accounting_cost": "cbc:AccountingCost",
            "name": "cac:Item/cbc:Name",
            "description": "cac:Item/cbc:Description",
        },
        to_date=_to_date,
    )


_SYNTAXES = {f"{{{_UBL}{name}-2}}{name}": _syntax(name) for name in ("Invoice", "CreditNote")}


class Ubl(InvoiceFile):
    """`system: ubl`."""

    system = "ubl"
    settings = TradeSettings
    facts = FACTS

    def claims(self, terms: SourceTerms, file_name: str, data: bytes | Path) -> list[Claim]:
        """Read an invoice or a credit note."""
        root = root_of(data, file_name)
        if root.tag not in _SYNTAXES:
            raise SourceError(
                f"{file_name} begins with {shown(root.tag)}, which is neither Invoice nor "
                "CreditNote of UBL 2; correct the contract's system or the file"
            )
        said = terms.typed(TradeSettings)
        return claims_of(root, _SYNTAXES[str(root.tag)], said, file_name)
