"""Invoices in the formats of others, made of a few values, and how a test reads them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recount.errors import ContractError, SourceError
from recount.sources.invoices.invoice_file import InvoiceFile
from recount.sources.source import parse
from recount.sources.terms import SourceTerms


def terms_of(source: InvoiceFile, base: Path = Path(), **settings: Any) -> SourceTerms:
    """Return the terms of an invoice in euros."""

    def error(where: str, because: str) -> ContractError:
        return ContractError(f"acme.yml:7: {where}: {because}")

    said = {"location": "invoice", **settings}
    return SourceTerms("invoice", source.system, "buyer", said, error, "UTC", "EUR", base)


def rows(source: InvoiceFile, stream: str, data: bytes | str, **settings: Any) -> list[Any]:
    """Return the typed rows of a stream."""
    content = data.encode() if isinstance(data, str) else data
    terms = terms_of(source, **settings)
    table = parse(source, terms, stream, "a.file", content)
    assert table.schema == source.streams[stream]
    return list(table.to_pylist())


def refusal_of(source: InvoiceFile, data: bytes | str, **settings: Any) -> str:
    """Return the sentence with which a file is refused."""
    with pytest.raises(SourceError) as refused:
        rows(source, "lines", data, **settings)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def changed(text: str, *changes: tuple[str, str]) -> str:
    """Return a text with each piece replaced, of which there is exactly one."""
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def brief(found: list[Any], *names: str) -> list[tuple[str, ...]]:
    """Return some fields of rows as text."""
    plain: Callable[[Any], str] = lambda value: str(value).removesuffix(".000000")  # noqa: E731
    return [tuple(plain(row[name]) for name in names) for row in found]
