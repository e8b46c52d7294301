"""The versions of Stripe's API, and how objects looked in those before the current one.

Names and first days of the versions: docs.stripe.com/api-versions and changelog (prose). Only two
breaking changes are kept, those that a reader of payments and invoices meets: charges brought their
refunds until 2022-11-15 (changelog/2022-11-15/deprecates-charges-auto-expand), and invoice lines
had `price` and no `pricing` or `parent` until 2025-03-31.basil
(changelog/basil/2025-03-31/invoice-pricing-configurations).
"""

import re
from typing import Any

Json = dict[str, Any]

VERSION = "2026-10-28.endive"
FIRST_DAYS = {"2024-09-30": "acacia", "2025-03-31": "basil", "2025-09-30": "clover",
              "2026-03-25": "dahlia", "2026-09-30": "endive"}  # fmt: skip
REFUNDS_LEFT, LINES_CHANGED = "2022-11-15", "2025-03-31"


def is_version(version: str) -> bool:
    """Tell whether the server knows a version; until 2024 they had no names."""
    if not re.fullmatch(r"20\d\d-\d\d-\d\d(\.[a-z]+)?", version):
        return False
    day, _, name = version.partition(".")
    names = [name for first, name in FIRST_DAYS.items() if first <= day]
    return day <= VERSION.partition(".")[0] and name == (names[-1] if names else "")


def in_version(document: Any, version: str) -> Any:
    """Return a document as a version writes it; changes the document, but no event."""
    if version >= LINES_CHANGED or (isinstance(document, dict) and _is(document, "event")):
        return document
    if isinstance(document, list):
        return [in_version(one, version) for one in document]
    if not isinstance(document, dict):
        return document
    for name, value in document.items():
        document[name] = in_version(value, version)
    if _is(document, "line_item"):
        return _line_before_basil(document)
    if _is(document, "charge") and version < REFUNDS_LEFT:
        url = f"/v1/charges/{document['id']}/refunds"
        document.setdefault("refunds", {"object": "list", "data": [], "has_more": False,
                                        "url": url})  # fmt: skip
    return document


def _is(document: Json, kind: str) -> bool:
    return document.get("object") == kind


def _line_before_basil(line: Json) -> Json:
    """Put the unit price where it was; of `price`, which was whole, only the ids."""
    pricing, parent = line.pop("pricing"), line.pop("parent")
    line.pop("taxes")
    details = (pricing or {}).get("price_details")
    unit = (pricing or {}).get("unit_amount_decimal")
    line["price"] = {"id": details["price"], "object": "price", "product": details["product"],
                     "unit_amount_decimal": unit} if details else None  # fmt: skip
    is_metered = parent["type"] == "subscription_item_details"
    line |= {"type": "subscription" if is_metered else "invoiceitem", "proration": False,
             "unit_amount_excluding_tax": unit}  # fmt: skip
    return line
