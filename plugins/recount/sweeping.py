"""What a killed run left in a lake: complete objects that nothing names.

A run puts what is named by its hash first, and then the numbered document that makes it count. So
what no document names counts nowhere: the next run uses it or leaves it. It is listed and never
deleted, as a run that is under way may be about to name it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from email import message_from_bytes, policy
from typing import Any

from recount import published
from recount.evidence.attesting import SIGNATURE, TIME_STAMP, beside
from recount.lake import Lake

_READERS = 8
_DOCUMENT = re.compile(r"/\d{8}\.json$", re.ASCII)
# What counts by its own key: nothing else has to name it.
_BY_ITSELF = re.compile(
    r"(lake|people)\.json|evidence/.*/pack(-\d+)?\.zip|samples/.*/plan\.json", re.ASCII
)
_PART = re.compile(r"(landed/.+)/parts/(\d{8})-[0-9a-f]+/\d{8}\.json", re.ASCII)
_CONTRACT = re.compile(r"contract=([^/]+)")
_BECAUSE: Mapping[str, str] = {
    "landed": "no manifest lists this page",
    "marts": "no manifest lists this mart",
    "contracts": "no month was landed or recounted by this contract",
    "guard": "no findings name this page",
    "notices": "no step of the register names this draft",
    "mails": "no step of the register names this draft",
    "attachments": "no mail names this file",
    "outbox": "no step of a register names this mail",
    "audit": "no site has this page",
    "evidence": "no pack lies beside it",
}


@dataclass(frozen=True)
class Unreferenced:
    """A complete object that nothing in the lake names."""

    key: str
    because: str

    def as_json(self) -> dict[str, str]:
        """The object as JSON has it."""
        return asdict(self)


def unreferenced(lake: Lake) -> list[Unreferenced]:
    """Return the objects that nothing names, by key; LandingError where a document is damaged."""
    keys = lake.keys()
    documents = {key for key in keys if _DOCUMENT.search(key)}
    others = [key for key in keys if key not in documents and not _BY_ITSELF.fullmatch(key)]
    named = _named(lake, [key for key in documents if not _is_closed(key, documents)])
    packs = [key for key in keys if key.startswith("evidence/") and key.endswith(".zip")]
    named |= {beside(pack, ending) for pack in packs for ending in (SIGNATURE, TIME_STAMP)}
    if any(key.startswith("attachments/") for key in others):
        named |= _named_in_mails(lake, [key for key in others if key in named])
    return [Unreferenced(key, _because(key)) for key in others if key not in named]


def _is_closed(key: str, documents: set[str]) -> bool:
    """Say whether a document is a part of an extraction that a manifest closed: that one counts."""
    part = _PART.fullmatch(key)
    return part is not None and f"{part[1]}/manifests/{part[2]}.json" in documents


def _because(key: str) -> str:
    return _BECAUSE.get(key.partition("/")[0], "Recount makes no object of this name")


def _named(lake: Lake, documents: Iterable[str]) -> set[str]:
    with ThreadPoolExecutor(_READERS) as readers:
        return set().union(*readers.map(lambda key: set(_names(lake, key)), documents))


def _names(lake: Lake, key: str) -> Iterator[str]:
    """Yield the keys that a document names, whole or by a hash, among other words that it says."""
    said = published.parsed(lake, key, lake.get(key))
    yield from _texts(said)
    folder, contract = key.rpartition("/")[0], _CONTRACT.search(key)
    if contract and "contract_sha256" in said:
        yield f"contracts/{contract[1]}/{said['contract_sha256'].removeprefix('sha256:')}.json"
    if key.startswith(("notices/", "mails/")) and said.get("mail"):
        yield f"{folder}/{said['mail']}.eml"
    if key.startswith("audit/"):
        site = said["index"].rpartition("/")[0]
        yield from (f"{site}/{name}" for name in said["files"])


def _texts(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict | list):
        for each in said.values() if isinstance(said, dict) else said:
            yield from _texts(each)


def _named_in_mails(lake: Lake, keys: Iterable[str]) -> set[str]:
    """Return the attachments that drafts name: a mail says where what it does not carry is."""
    named: set[str] = set()
    for key in keys:
        if key.startswith(("notices/", "mails/")):
            body = message_from_bytes(lake.get(key), policy=policy.default).get_body(("plain",))
            text = body.get_content() if body else ""
            named.update(re.findall(r"attachments/[0-9a-f]{64}\.\w+", text))
    return named
