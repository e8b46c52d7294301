"""A month with much in it, its evidence pack, and ways to falsify a pack."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from recount.evidence.shipping import as_one_file
from recount.recomputing.packs import MANIFEST, canonical, digest
from tests.end_to_end.buyer import Buyer
from tests.support.cases import MINIMAL
from tests.support.small import write_contract
from tests.support.tables import as_csv

AS_OF = "2026-06-01T00:00:00Z"
EVENTS = """
    event_id  subject_id  event_type  occurred_at           actor_type   actor_id  value  unit
    a1        T1          solved      2026-03-02T09:00:00Z  ai_agent     fin-bot
    a2        T2          solved      2026-03-03T09:00:00Z  ai_agent     fin-bot
    a3        T2          reopened    2026-03-05T09:00:00Z  requester
    a4        T3          solved      2026-03-04T09:00:00Z  human_agent  fin-bot
    a5        T4          contacted   2026-03-06T09:00:00Z  requester
    a6        T5          solved      2026-03-07T09:00:00Z  ai_agent
    a7        T5          rated       2026-03-08T09:00:00Z  requester              4      score_of_5
    a8        T6          solved      2026-03-09T09:00:00Z  ai_agent
    a9        T7          solved      2026-02-09T09:00:00Z  ai_agent
    b1        T8          solved      2026-03-10T09:00:00Z  ai_agent
    b2        T9          solved      2026-03-11T09:00:00Z  ai_agent
    b3        =cmd()      solved      2026-03-12T09:00:00Z  ai_agent
    b4        '-quoted    solved      2026-03-13T09:00:00Z  ai_agent
"""
# T3 and T4 are of one person, who comes back within the window of T3
SUBJECTS = """
    subject_id  opened_at             requester_key  queue
    T1          2026-03-01T09:00:00Z  r1             billing
    T2          2026-03-01T09:00:00Z  r2             billing
    T3          2026-03-01T09:00:00Z  r3             billing
    T4          2026-03-06T09:00:00Z  r3             orders
    T5          2026-03-01T09:00:00Z  r5             billing
    T6          2026-03-01T09:00:00Z  r6             sales
    T7          2026-02-01T09:00:00Z  r7             billing
    T8          2026-03-01T09:00:00Z  r8             billing
    T9          2026-03-01T09:00:00Z                 billing
    =cmd()      2026-03-01T09:00:00Z  r10            billing
    '-quoted    2026-03-01T09:00:00Z  r11            billing
"""
LINES = """
    line_id  subject_id  outcome       quantity  unit_price  amount
    1        T1          resolution    1         2.00        2.00
    2        T1          resolution    1         2.00        2.00
    3        T2          resolution    1         2.00        2.00
    4        T3          resolution    1         2.00        2.00
    5        T5          resolution    1         1.50        1.50
    6        T6          resolution    1         2.00        2.00
    7        T7          resolution    1         2.00        2.00
    8        T0          resolution    1         2.00        2.00
    9        T8          resolution    1         7.00        7.00
    10       T9          resolution    1         2.00        2.00
    11       =cmd()      resolution    1         1.50        1.50
    12                   platform_fee  1         5.00        5.00
    13                   minutes       12.5      0.10        1.25
"""
TERMS: Mapping[str, Any] = {
    "actors": {"ai_agent": [{"id": "fin-bot"}]},
    "outcomes": {
        "resolution": {
            "says": "A ticket that stayed solved, and whose person did not come back.",
            "subject": "ticket",
            "scope": {"queue": ["billing", "orders"]},
            "concluded_by": {"event": "solved", "by": "ai_agent"},
            "clauses": {
                "quiet": {"forbids": {"event": "reopened", "within": "14 days"}},
                "no_contact": {
                    "forbids": {"event": "contacted", "within": "14 days", "link": "requester"}
                },
            },
            "vendor_says": {"concluded_by": {"event": "solved"}},
        },
        "satisfaction": {
            "says": "A ticket that was rated 4 or 5.",
            "subject": "ticket",
            "concluded_by": {"event": "rated"},
            "clauses": {"good": {"requires": {"event": "rated", "at_least": "4"}}},
        },
    },
    "pricing": {
        "resolution": {"graduated": [{"up_to": "2", "each": "2.00"}, {"each": "1.50"}]},
        "usage": {"minutes": {"each": "0.10"}},
        "platform_fee": "5.00",
        "performance": {"bonus": {"of": "satisfaction", "at_least": "80", "pays": "10.00"}},
    },
}


def write_rich_month(folder: Path) -> Path:
    """Write a month in which nearly every status occurs; return its contract's path."""
    folder.mkdir(parents=True, exist_ok=True)
    log = {"subject_type": "ticket"}
    bill = {"invoice_id": "INV-1", "currency": "USD", "issued_on": "2026-04-01"}
    (folder / "events.csv").write_text(as_csv(EVENTS, **log), "utf-8")
    (folder / "subjects.csv").write_text(as_csv(SUBJECTS, **log), "utf-8")
    (folder / "2026-03.csv").write_text(as_csv(LINES, **bill), "utf-8")
    shows = ["solved", "reopened", "contacted", "rated"]
    helpdesk = {**MINIMAL["sources"]["helpdesk"], "subjects": "subjects.csv", "shows": shows}
    invoice = {"system": "recount_csv", "location": "{period}.csv"}
    return write_contract(
        folder, "rich", sources={"helpdesk": helpdesk, "invoice": invoice}, **TERMS
    )


def pack_of(buyer: Buyer, as_of: str = AS_OF) -> Path:
    """The one pack of a buyer's month."""
    folder = f"evidence/contract=*/period={buyer.period}/as_of={as_of}"
    (path,) = buyer.lake.glob(f"{folder}/pack*.zip")
    return path


Members = dict[str, bytes]


def members_of(pack: Path) -> Members:
    """What a pack holds, in its order."""
    with zipfile.ZipFile(pack) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(members: Mapping[str, bytes], path: Path) -> Path:
    """Write members into a zip as Recount does, in the given order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o100644 << 16
            archive.writestr(info, data)
    return path


def resealed(members: Members) -> Members:
    """The same with a manifest that fits: what somebody would do who falsifies with care."""
    manifest = json.loads(members[MANIFEST])
    for each in manifest["members"]:
        data = members[each["name"]]
        each |= {"sha256": digest(data), "bytes": len(data)}
        if each["rows"] is not None:
            each["rows"] = len(table(data)) - 1
    return {**members, MANIFEST: canonical(manifest)}


def table(data: bytes) -> list[list[str]]:
    """The lines of a CSV member, its heading among them."""
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def with_cells(data: bytes, change: Callable[[dict[str, str]], Any]) -> bytes:
    """Change cells of a CSV member, row by row."""
    heading, *lines = table(data)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heading)
    for line in lines:
        row = dict(zip(heading, line, strict=True))
        change(row)
        writer.writerow(row.values())
    return out.getvalue().encode()


def bare_python(folder: Path, *packs: Path) -> subprocess.CompletedProcess[str]:
    """Check packs by the one file that packs ship, in a folder in which nothing else lies."""
    (folder / "evaluator.py").write_text(as_one_file(), "utf-8")
    return subprocess.run(
        [sys.executable, "-I", "-S", "evaluator.py", *map(str, packs)],
        cwd=folder, env={}, capture_output=True, text=True, check=False,
    )  # fmt: skip
