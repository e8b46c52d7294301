"""Customers, products, prices, events and the account itself, as the API writes them.

Written from the vendor's published fixtures (stripe/openapi at f6c2a48f, `openapi/fixtures3.json`)
and from what its Python client 16.1.0, generated from the same OpenAPI document, says of fields.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.emulators.stripe_versions import in_version

Json = dict[str, Any]

ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
STREET = {"city": "Testville", "country": "DE", "line1": "1 Sample Street", "line2": None,
          "postal_code": "10115", "state": None}  # fmt: skip


def listed(data: list[Json], url: str, *, has_more: bool = False) -> Json:
    """Return the envelope of a list (docs.stripe.com/api/pagination)."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


@dataclass
class Customer:
    """A customer; a deleted one leaves its id behind (api/customers/retrieve)."""

    id: str
    created: int
    name: str
    email: str
    metadata: Json = field(default_factory=dict)
    is_deleted: bool = False

    def to_json(self) -> Json:
        if self.is_deleted:
            return {"id": self.id, "object": "customer", "deleted": True}
        return {
            "id": self.id, "object": "customer", "address": dict(STREET), "balance": 0,
            "created": self.created, "currency": None, "default_source": None,
            "delinquent": False, "description": None, "discount": None, "email": self.email,
            "invoice_prefix": self.id[-8:].upper(),
            "invoice_settings": {"custom_fields": None, "default_payment_method": None,
                                 "footer": None, "rendering_options": None},
            "livemode": True, "metadata": dict(self.metadata), "name": self.name,
            "next_invoice_sequence": 1, "phone": "+49 30 000000", "preferred_locales": [],
            "shipping": None, "tax_exempt": "none", "test_clock": None,
        }  # fmt: skip


@dataclass
class Product:
    """What a price is for (api/products/object)."""

    id: str
    created: int
    name: str
    metadata: Json = field(default_factory=dict)

    def to_json(self) -> Json:
        return {
            "id": self.id, "object": "product", "active": True, "created": self.created,
            "default_price": None, "description": None, "images": [], "livemode": True,
            "marketing_features": [], "metadata": dict(self.metadata), "name": self.name,
            "package_dimensions": None, "shippable": None, "statement_descriptor": None,
            "tax_code": None, "type": "service", "unit_label": None, "updated": self.created,
            "url": None,
        }  # fmt: skip


@dataclass
class Price:
    """A price; without a meter it is charged once (api/prices/object).

    `unit_amount` is None where the decimal amount has a fraction of the minor unit.
    """

    id: str
    created: int
    product: str
    currency: str
    unit_amount_decimal: str
    lookup_key: str | None = None
    meter: str | None = None
    metadata: Json = field(default_factory=dict)

    def to_json(self) -> Json:
        whole = int(self.unit_amount_decimal) if self.unit_amount_decimal.isdigit() else None
        recurring = {"interval": "month", "interval_count": 1, "meter": self.meter,
                     "trial_period_days": None, "usage_type": "metered"}  # fmt: skip
        return {
            "id": self.id, "object": "price", "active": True, "billing_scheme": "per_unit",
            "created": self.created, "currency": self.currency, "custom_unit_amount": None,
            "livemode": True, "lookup_key": self.lookup_key, "metadata": dict(self.metadata),
            "nickname": None, "product": self.product,
            "recurring": recurring if self.meter else None,
            "tax_behavior": "unspecified", "tiers_mode": None, "transform_quantity": None,
            "type": "recurring" if self.meter else "one_time", "unit_amount": whole,
            "unit_amount_decimal": self.unit_amount_decimal,
        }  # fmt: skip


@dataclass
class Event:
    """What happened to an object, with the object as it was then (api/events/object).

    The version of the API is that of the account at the time, whatever a reader asks for.
    """

    id: str
    created: int
    type: str
    record: Any
    previous: Json | None
    api_version: str

    def to_json(self) -> Json:
        data = {"object": in_version(self.record.to_json(), self.api_version)}
        if self.previous:
            data["previous_attributes"] = dict(self.previous)
        return {
            "id": self.id, "object": "event", "api_version": self.api_version,
            "created": self.created, "data": data, "livemode": True, "pending_webhooks": 0,
            "request": {"id": None, "idempotency_key": None}, "type": self.type,
        }  # fmt: skip


def account_document(id_: str, *, country: str, currency: str, time_zone: str) -> Json:
    """Return the account of the key (api/accounts/object), with little of its settings."""
    wanting: Json = {"alternatives": [], "current_deadline": None, "currently_due": [],
                     "disabled_reason": None, "errors": [], "eventually_due": [], "past_due": [],
                     "pending_verification": []}  # fmt: skip
    profile = dict.fromkeys((
        "annual_revenue", "estimated_worker_count", "mcc", "minority_owned_business_designation",
        "product_description", "support_email", "support_phone", "support_url", "url"))  # fmt: skip
    return {
        "id": id_, "object": "account",
        "business_profile": profile | {"name": "Acme GmbH", "support_address": dict(STREET)},
        "business_type": "company", "capabilities": {"card_payments": "active"},
        "charges_enabled": True, "controller": {"type": "account"}, "country": country,
        "created": 1500000000, "default_currency": currency, "details_submitted": True,
        "email": "owner@acme.example",
        "external_accounts": listed([], f"/v1/accounts/{id_}/external_accounts"),
        "future_requirements": dict(wanting), "metadata": {}, "payouts_enabled": True,
        "requirements": dict(wanting),
        "settings": {"dashboard": {"display_name": "Acme", "timezone": time_zone}},
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None}, "type": "standard",
    }  # fmt: skip
