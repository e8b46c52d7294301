"""One way to write a contract, so that equal contracts have equal bytes and one hash."""

import hashlib
import json
from typing import Any

from recount.contract.model import Contract


def canonical_json(contract: Contract) -> bytes:
    """Write what was read as JSON with sorted keys and money as text.

    Layout, comments and defaults that are left out or written out make no difference. Clauses keep
    their order, as the first that fails is the reason (DESIGN 5). JSON is YAML, so the result reads
    as a contract again.
    """
    written = contract.model_dump(mode="json", by_alias=True, exclude_none=True)
    text = json.dumps(_sorted(written), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8")


def digest(contract: Contract) -> str:
    """Return the hash of the canonical JSON: `sha256:` and 64 hex digits."""
    return "sha256:" + hashlib.sha256(canonical_json(contract)).hexdigest()


def _sorted(value: Any, key: str = "") -> Any:
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    if not isinstance(value, dict):
        return value
    names = list(value) if key == "clauses" else sorted(value)
    return {name: _sorted(value[name], name) for name in names}
