"""What a statement was made of: its contract as it was run, its inputs, and its marts."""

from collections.abc import Mapping
from typing import Any

from recount import published
from recount.contract.canonical import canonical_json, digest
from recount.contract.model import Contract
from recount.contract.reading import read
from recount.earlier import EarlierMonths
from recount.errors import LandingError
from recount.lake import Lake
from recount.periods import parse_instant
from recount.scratch import scratch_folder


def keep(lake: Lake, contract: Contract) -> None:
    """Put a contract into the lake as it is run; it is named by its hash."""
    lake.put_once(_key(contract.contract, digest(contract)), canonical_json(contract))


def contract_of(lake: Lake, facts: Mapping[str, Any]) -> Contract:
    """Return the contract that marts were made by; LandingError if it is missing or altered."""
    key = _key(facts["contract"], facts["contract_sha256"])
    if not lake.exists(key):
        raise LandingError(
            f"{lake.uri(key)} is missing; run the month again with the same --as-of and contract"
        )
    data = lake.get(key)
    if published.sha256(data) != facts["contract_sha256"]:
        raise LandingError(f"{lake.uri(key)} was altered; restore it from a backup")
    with scratch_folder() as folder:
        path = folder / "contract.yml"
        path.write_bytes(data)
        return read(path)


def facts_of(lake: Lake, statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the manifest of a statement's marts says: the newest that has its inputs.

    LandingError where there is none.
    """
    slot = published.Slot(
        statement["contract"], statement["period"], parse_instant(statement["as_of"])
    )
    folder = f"marts/manifest/{slot.path}"
    for facts in reversed(list(published.editions(lake, folder))):
        if inputs(facts) == statement["inputs"] and facts["version"] == statement["version"]:
            return facts
    raise LandingError(
        f"{lake.uri(folder)} holds no marts with the inputs of this statement; run the month again "
        "with the same --as-of"
    )


def inputs(facts: Mapping[str, Any]) -> dict[str, str]:
    """One digest per source: its stream's, or that of all its streams' digests together.

    Earlier months, where the month depends on any, are an input as well.
    """
    found = {}
    for source, digests in facts["streams"].items():
        if digests:
            (*_, last) = digests.values()
            together = published.sha256(published.canonical(digests))
            found[source] = last if len(digests) == 1 else together
    if digest_ := EarlierMonths.of(facts["earlier_months"]).digest:
        found["earlier_months"] = digest_
    return found


def _key(name: str, sha256: str) -> str:
    return f"contracts/{name}/{sha256.removeprefix('sha256:')}.json"
