"""How a contract says what stands in the columns of a file that no standard describes."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from recount.sources.invoices.figures import date_reader
from recount.sources.invoices.invoice_file import InvoiceSettings

REQUIRED = ("outcome", "quantity", "unit_price", "currency")
FIELDS = (
    *REQUIRED, "invoice_id", "line_id", "subject_id", "concluded_at", "amount", "issued_on",
    "due_on", "purchase_order",
)  # fmt: skip


def _mark(said: str) -> str:
    if len(said) > 1 or said.isalnum() or said in ("-", "+"):
        raise ValueError("write one character, for example a point or a comma")
    return said


def _delimiter(said: str) -> str:
    if len(said) != 1 or said.isalnum() or said in '"\r\n':
        raise ValueError('write one character, for example ";"; a tab is "\\t"')
    return said


def _date_format(said: str) -> str:
    date_reader(said)
    return said


def _row(said: object) -> object:
    if isinstance(said, str) and not (said.isascii() and said.isdigit() and 0 < int(said) < 1000):
        raise ValueError("write the number of the header's row, from 1")
    return said


Mark = Annotated[str, AfterValidator(_mark)]


class MappedSettings(InvoiceSettings):
    """`columns` names the file's column of each of our fields; `constants` is the same in all."""

    columns: dict[str, str]
    constants: dict[str, str] = Field(default_factory=dict)
    decimal_mark: Annotated[str, AfterValidator(_mark)] = "."
    thousands_mark: Mark = ""
    date_format: Annotated[str, AfterValidator(_date_format)] = "YYYY-MM-DD"
    header_row: Annotated[int, BeforeValidator(_row)] = 1

    @model_validator(mode="after")
    def _says_each_field_once(self) -> "MappedSettings":
        for name in (*self.columns, *self.constants):
            if name not in FIELDS:
                raise ValueError(f"{name!r} is no field of a line; it has {', '.join(FIELDS)}")
            if name in self.columns and name in self.constants:
                raise ValueError(f"{name} is a column and a constant; keep one")
        for name in REQUIRED:
            if name not in self.columns and name not in self.constants:
                raise ValueError(f"say where {name} is, under columns or constants")
        if not self.decimal_mark or self.decimal_mark == self.thousands_mark:
            raise ValueError("decimal_mark and thousands_mark must differ")
        return self


class MappedCsvSettings(MappedSettings):
    """The dialect of a CSV file."""

    delimiter: Annotated[str, AfterValidator(_delimiter)] = ","
    encoding: Literal["utf-8", "cp1252", "utf-16"] = "utf-8"


class MappedXlsxSettings(MappedSettings):
    """`sheet` is needed where a workbook has several."""

    sheet: str = ""
