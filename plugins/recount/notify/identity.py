"""What makes a mail the same mail: ids and hashes that leave out when it was computed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from recount.evidence.register import canonical, sha256

# They change with the run or the place and not with the result.
_OF_THE_RUN = frozenset({"as_of", "inputs", "corrects", "notice", "evidence"})
_ACCUSED = (
    "contract", "version", "period", "kind", "currency", "decision", "billing_source",
    "outcomes", "over_invoiced", "under_invoiced", "amounts", "divergence", "gap",
)  # fmt: skip
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)


def result_hash(statement: Mapping[str, Any]) -> str:
    """Return the hash of a statement's result: two runs with an equal one say the same."""
    return _hash({key: statement[key] for key in statement if key not in _OF_THE_RUN})


def accused(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures that a notice rests on; findings are between us."""
    return {key: statement[key] for key in _ACCUSED}


def notice_id(contract: str, period: str, invoice_ids: Iterable[str]) -> str:
    """Return the id of the one notice about these invoices, whenever it is computed."""
    return _hash({"contract": contract, "period": period, "invoices": sorted(invoice_ids)})[:32]


def mail_id(kind: str, *parts: str) -> str:
    """Return the id of another mail by its kind and what it is about."""
    return _hash([kind, *parts])[:32]


def message_id(kind: str, identity: str, finance: Sequence[str]) -> str:
    """Return the Message-ID; its domain is finance's, whatever server sends it."""
    return f"<recount-{kind}-{identity}@{finance[0].rpartition('@')[2]}>"


def file_stem(contract: str, period: str) -> str:
    """Return the beginning of a file's name; a name that is not a plain one becomes its hash."""
    safe = contract if _SAFE.fullmatch(contract) else _hash(contract)[:16]
    return f"{period if _SAFE.fullmatch(period) else _hash(period)[:16]}-{safe}"


def _hash(value: object) -> str:
    return sha256(canonical(value))
