"""Where each thing stands in a syntax of EN 16931, and the settings that its formats share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from lxml import etree
from pydantic import AfterValidator

from recount.sources.invoices.invoice_file import InvoiceSettings
from recount.sources.terms import Names

FACTS = (
    "item", "standard_item", "buyer_item", "name", "description", "classification",
    "charge", "allowance",
)  # fmt: skip
PLACES = ("note", "document_reference", "order_line", "accounting_cost", "name", "description")
# UNTDID 1001, of which EN 16931 says what each code is.
CREDIT_NOTES = frozenset(
    ("81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532")
)
INVOICES = frozenset(
    ("71", "80", "82", "84", "102", "218", "219", "326", "331", "380", "382", "383", "386",
     "388", "389", "393", "395", "553", "575", "623", "751", "780", "817", "870", "875", "876",
     "877")
)  # fmt: skip


def _subject(said: str | dict[str, str] | None) -> str | dict[str, str] | None:
    if isinstance(said, dict) and set(said) == {"property"} and said["property"]:
        return said
    if said is None or (isinstance(said, str) and said in PLACES):
        return said
    raise ValueError(f'write {{property: "..."}} or one of {", ".join(PLACES)}')


class TradeSettings(InvoiceSettings):
    """`subject` says where a line names its subject: a property of the item, or a place.

    `credit_notes` are files, with `{period}`; where one is not there, there is no credit note.
    """

    credit_notes: Names = ()
    subject: Annotated[str | dict[str, str] | None, AfterValidator(_subject)] = None

    def credit_note_files(self) -> tuple[str, ...]:
        """Return the locations of the credit notes."""
        return self.credit_notes


@dataclass(frozen=True)
class Adjustment:
    """Where an allowance or charge says what it is; `indicator` is None where it is a charge."""

    path: str
    indicator: str | None
    amount: str
    code: str
    reason: str


@dataclass(frozen=True)
class Syntax:
    """Paths from the document, and from a line; `is_credit_note` is None where the code says it."""

    namespaces: dict[str, str]
    is_credit_note: bool | None
    number: str
    type_code: str
    currency: str
    issued_on: str
    due_on: tuple[str, ...]
    order: str
    credited: str
    reason: str
    total_of_lines: str
    total_without_tax: str
    adjustments: tuple[Adjustment, ...]
    line: str
    line_id: str
    quantity: str
    amount: str
    price: str
    price_quantity: str
    line_adjustment: Adjustment
    item_facts: Mapping[str, str]
    property: tuple[str, str, str]  # the element of one, and in it the name and the value
    places: Mapping[str, str]
    to_date: Callable[[etree._Element], date | None] = field(repr=False)
