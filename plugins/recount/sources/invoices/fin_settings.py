"""What a contract says of a list of Fin's outcomes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from recount.sources.terms import Names, Settings

# What the CSV of Intercom's reports calls its columns, as far as that is known.
REPORT = {"subject_id": "Conversation ID", "outcome": "Fin AI Agent resolution state"}
# What a column may be named for, beside the two above.
OPTIONAL = ("invoice_id", "line_id", "concluded_at", "quantity", "unit_price", "amount",
            "currency", "issued_on", "due_on", "purchase_order")  # fmt: skip


def _text(written: Any) -> Any:
    if isinstance(written, float):
        raise ValueError('quote the price ("0.99"); unquoted, it is a binary float')
    return written


Price = Annotated[Decimal, BeforeValidator(_text), Field(ge=0, decimal_places=6)]


class FinCsvSettings(Settings):
    """`columns` says under which header a column of an invoice stands, beside `REPORT`.

    `outcomes` turns the vendor's words into the contract's outcomes; `unbilled` are words that are
    not billed, such as Escalated, and "" for an empty cell. `unit_prices` has the price of each
    outcome where no column has it. `subjects_of` names the helpdesk whose conversations these are.
    """

    location: str
    connection: str | None = None
    currency: str
    subjects_of: str | None = None
    columns: Mapping[str, str] = Field(default_factory=dict)
    outcomes: Mapping[str, str] = Field(min_length=1)
    unbilled: Names = ()
    unit_prices: Mapping[str, Price] = Field(default_factory=dict)

    @field_validator("columns")
    @classmethod
    def _is_known(cls, columns: Mapping[str, str]) -> Mapping[str, str]:
        known = (*REPORT, *OPTIONAL)
        for name in columns:
            if name not in known:
                raise ValueError(f"{name!r} is no column of an invoice; it has {', '.join(known)}")
        headers = [*{**REPORT, **columns}.values()]
        if len({*headers}) < len(headers):
            raise ValueError("two columns stand under one header; name a header for each")
        return columns

    @model_validator(mode="after")
    def _has_prices(self) -> Self:
        lacking = {*self.outcomes.values()} - {*self.unit_prices}
        if lacking and "unit_price" not in self.columns:
            raise ValueError(
                f"{sorted(lacking)[0]!r} has no price; add it to unit_prices, or name the column "
                "unit_price under columns"
            )
        return self

    @property
    def headers(self) -> Mapping[str, str]:
        """The header of each column that the file has, by its name on an invoice."""
        return {**REPORT, **self.columns}
