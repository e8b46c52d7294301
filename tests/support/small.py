"""A buyer's month in a folder: small files that a contract names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from recount.periods import following
from tests.support.cases import MINIMAL

EVENTS = """\
event_id,subject_id,subject_type,event_type,occurred_at,actor_type
e1,T1,ticket,solved,2026-03-02T09:00:00Z,ai_agent
e2,T2,ticket,solved,2026-03-03T09:00:00Z,ai_agent
e3,T2,ticket,reopened,2026-03-05T09:00:00Z,requester
e4,T3,ticket,solved,2026-03-30T09:00:00Z,ai_agent
"""
LINES = """\
invoice_id,line_id,subject_id,outcome,concluded_at,quantity,unit_price,amount,currency,issued_on
INV-1,1,T1,resolution,2026-03-02T09:00:00Z,1,1.00,1.00,USD,2026-04-01
INV-1,2,T2,resolution,2026-03-03T09:00:00Z,1,1.00,1.00,USD,2026-04-01
INV-1,3,T3,resolution,2026-03-30T09:00:00Z,1,1.00,1.00,USD,2026-04-01
"""
MONTH_END, FINAL = "2026-04-02T00:00:00Z", "2026-05-02T00:00:00Z"


def write_month(folder: Path, name: str = "acme", **changes: Any) -> Path:
    """Write a log, an invoice and a contract into a folder; return the contract's path.

    Of March 2026, T1 is an outcome, T2 is not, and T3 is pending until mid-April.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "events.csv").write_text(EVENTS, "utf-8")
    (folder / "2026-03.csv").write_text(LINES, "utf-8")
    return write_contract(folder, name, **changes)


def write_contract(folder: Path, name: str, **changes: Any) -> Path:
    """Write the contract of what lies in a folder, and return its path."""
    helpdesk = {"system": "event_log", "location": "events.csv", "shows": ["solved", "reopened"]}
    invoice = {"system": "recount_csv", "location": "{period}.csv"}
    terms: Mapping[str, Any] = {
        **MINIMAL,
        "contract": name,
        "effective": {"from": "2026-03-01", "until": "2026-04-01"},
        "sources": {"helpdesk": helpdesk, "invoice": invoice},
        "notify": {
            "operations": ["data@acme.example"], "finance": ["ap@acme.example"],
            "vendor": ["billing@vendor.example"], "approval": "automatic",
        },
        **changes,
    }  # fmt: skip
    path = folder / f"{name}.yml"
    path.write_text(yaml.safe_dump(terms, sort_keys=False), "utf-8")
    return path


def two_years() -> list[str]:
    """Twenty-four months in a row."""
    months = ["2025-01"]
    while len(months) < 24:
        months.append(following(months[-1]))
    return months


def write_months(
    folder: Path, billed: Mapping[str, int], name: str = "year", **changes: Any
) -> Path:
    """Write a contract, a log and an invoice for each month; return the contract's path.

    Each month has as many outcomes as are billed, all of them agreed, at 10.00 each.
    """
    folder.mkdir(parents=True, exist_ok=True)
    head, lines_head = EVENTS.splitlines()[0], LINES.splitlines()[0]
    events = [head]
    for period, count in billed.items():
        lines = [lines_head]
        for number in range(1, count + 1):
            subject, at = f"{period}-T{number}", f"{period}-03T09:00:00Z"
            events.append(f"{period}-{number:04},{subject},ticket,solved,{at},ai_agent")
            lines.append(
                f"INV-{period},{number},{subject},resolution,{at},1,10.00,10.00,USD,{period}-28"
            )
        (folder / f"{period}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "events.csv").write_text("\n".join(events) + "\n", "utf-8")
    first, *_, last = [*billed, *billed]
    return write_contract(
        folder,
        name,
        effective={"from": f"{first}-01", "until": f"{following(last)}-01"},
        **{"pricing": {"resolution": {"per_outcome": "10.00"}}, **changes},
    )
