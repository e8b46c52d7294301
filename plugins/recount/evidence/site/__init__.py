"""A static site about one statement, for who checks it: published as one folder, and frozen."""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from recount import as_run, landing, published
from recount.contract.canonical import canonical_json
from recount.contract.model import Contract
from recount.dbt_build import document
from recount.evidence import tracing
from recount.evidence.exceptions import exceptions
from recount.evidence.register import Register, state
from recount.evidence.site.page import index_page
from recount.lake import KeyConflict, Lake
from recount.periods import format_instant, parse_instant
from recount.project import made_by
from recount.published import Marts, Slot
from recount.scratch import scratch_folder

# The page of the models runs scripts of its own; nothing may be asked of elsewhere.
_POLICY = (
    b'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; script-src '
    b"'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; font-src data:\">"
)
_HEAD = b"<head>"


def publish(
    lake: Lake, statement: Mapping[str, Any], *, progress: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Publish the site of a statement and return where it is, with the hash of each file.

    What is there already stays as it is: another site is made only where something in it changed.
    LandingError names what is altered or missing.
    """
    facts = as_run.facts_of(lake, statement)
    slot = Slot(statement["contract"], statement["period"], parse_instant(statement["as_of"]))
    models = _models(lake, progress)
    progress("writing the site")
    files = _files(lake, statement, facts, slot, models)
    hashes = {name: published.sha256(data) for name, data in sorted(files.items())}
    digest = published.sha256(published.canonical(hashes)).removeprefix("sha256:")[:32]
    folder = f"audit/{slot.path}/{digest}"
    for name, data in files.items():
        lake.put_once(f"{folder}/{name}", data)
    manifest = {"index": f"{folder}/index.html", "models": models, "made_by": made_by(),
                "files": hashes}  # fmt: skip
    published.publish(lake, f"audit/{slot.path}", manifest)
    return manifest


def copy(lake: Lake, site: Mapping[str, Any], folder: Path) -> Path:
    """Write a published site below a folder, and return its first page."""
    base = site["index"].rpartition("/")[0]
    for key in [*(f"{base}/{name}" for name in site["files"]), site["models"]]:
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(lake.get(key))
    return folder / str(site["index"])


def _models(lake: Lake, progress: Callable[[str], None]) -> str:
    """Return where the page of the models is; it is made once for all statements of one program."""
    key = f"audit/models/{made_by()['models']}.html"
    if not lake.exists(key):
        progress("documenting every model, once for this release")
        with scratch_folder() as folder:
            page = document(folder)
        assert page.count(_HEAD) >= 1
        # somebody else may have made it meanwhile, and dbt writes the time into it
        with contextlib.suppress(KeyConflict):
            lake.put_once(key, page.replace(_HEAD, _HEAD + _POLICY, 1))
    return key


def _files(
    lake: Lake, statement: Mapping[str, Any], facts: Mapping[str, Any], slot: Slot, models: str
) -> dict[str, bytes]:
    contract, marts = as_run.contract_of(lake, facts), Marts(lake, facts["marts"])
    guard = published.newest(lake, f"guard/{slot.path}")
    files = {
        "statement.json": published.canonical(dict(statement)),
        "contract.json": canonical_json(contract),
        "marts.json": published.canonical(facts["marts"]),
    }
    if guard:
        files["guard.html"] = lake.get(guard["page"])
    about = {
        "statement": statement,
        "contract": contract,
        "clauses": _clauses(marts),
        "figures": tracing.added_up(statement, contract, marts),
        "inputs": _inputs(lake, contract, facts),
        "exceptions": exceptions(lake, [contract], parse_instant(statement["as_of"]).date()),
        "notices": _notices(lake, statement),
        "samples": _samples(lake, slot),
        "made_by": made_by(),
        "models": "../" * (slot.path.count("/") + 2) + models.removeprefix("audit/"),
        "hashes": {name: published.sha256(data) for name, data in files.items()},
    }
    return {**files, "index.html": index_page(about)}


def _clauses(marts: Marts) -> dict[tuple[str, str], dict[str, int]]:
    """Count the verdicts of each clause of the definitions that decide."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for row in marts["clause_verdicts"].select(["outcome", "counted_by", "clause",
                                                "verdict"]).to_pylist():  # fmt: skip
        if row["counted_by"] == "buyer":
            of = counts.setdefault((row["outcome"], row["clause"]), {})
            of[row["verdict"]] = of.get(row["verdict"], 0) + 1
    return counts


def _inputs(lake: Lake, contract: Contract, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for source, streams in facts["streams"].items():
        for stream, digest in streams.items():
            manifests = landing.whole(lake, contract.contract, source, stream, digest)
            found.append({
                "source": source,
                "system": manifests[-1].system,
                "stream": stream,
                "digest": digest,
                "records": sum(each.record_count for each in manifests),
                "objects": sum(len(each.pages) for each in manifests),
                "received_at": format_instant(manifests[-1].received_at),
                "manifest": manifests[-1].key,
            })  # fmt: skip
    return found


def _notices(lake: Lake, statement: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the steps of the notices about the statement's month."""
    found = []
    for folder in sorted({key.split("/")[1] for key in lake.keys("notices")}):
        steps = Register(lake, f"notices/{folder}").steps()
        about = steps[0].facts if steps else {}
        if (about.get("contract"), about.get("period")) == (
            statement["contract"], statement["period"],
        ):  # fmt: skip
            found.append({"id": folder, "state": state(steps), "steps": steps})
    return found


def _samples(lake: Lake, slot: Slot) -> list[dict[str, Any]]:
    keys = [key for key in lake.keys(f"samples/{slot.path}") if key.endswith("/plan.json")]
    return [
        published.parsed(lake, key, lake.get(key))
        | {"found": published.newest(lake, f"{key.rpartition('/')[0]}/evaluations")}
        for key in keys
    ]
