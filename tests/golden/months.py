"""Golden months: the inputs of a month beside what comes of them, to the byte.

`month.yml` names the month and, where it depends on others, those that are run before it.
"""

import csv
import io
import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from recount.recomputing.proof import Report, chained, verify
from tests.end_to_end.buyer import Buyer

FOLDER = Path(__file__).parent
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/contract.yml"))


def run(name: str, lake: Path) -> tuple[Buyer, dict[str, Any]]:
    """Run a month, and those before it that it depends on; return its buyer and statement."""
    month = yaml.safe_load((FOLDER / name / "month.yml").read_text("utf-8"))
    buyer = Buyer(FOLDER / name / "contract.yml", lake)
    for earlier in month.get("earlier", ()):
        replace(buyer, period=earlier["period"]).statement(as_of=_instant(earlier["as_of"]))
    buyer = replace(buyer, period=month["period"])
    return buyer, buyer.statement(as_of=_instant(month["as_of"]))


def result(name: str) -> Mapping[str, bytes]:
    """Run a month in a lake of its own and return what is expected of it, by file name."""
    with tempfile.TemporaryDirectory() as lake:
        return written(*run(name, Path(lake)))


def written(buyer: Buyer, statement: dict[str, Any]) -> Mapping[str, bytes]:
    """Write down what came of a month, by file name."""
    charges = buyer.mart("charges")
    # where the pack is depends on the lake
    text = json.dumps(statement | {"evidence": None}, indent=1, ensure_ascii=False) + "\n"
    return {"statement.json": text.encode("utf-8"), "charges.csv": _table(charges)}


def reports(buyer: Buyer) -> list[Report]:
    """What comes of checking the evidence packs of a month and of those run before it."""
    return chained([verify(str(path)) for path in buyer.lake.glob("evidence/**/*.zip")])


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def expected(name: str) -> Mapping[str, bytes]:
    """Return what was written down for a month; empty where nothing was yet."""
    files = (FOLDER / name / file for file in ("statement.json", "charges.csv"))
    return {path.name: path.read_bytes() for path in files if path.exists()}


def _table(charges: list[dict[str, object]]) -> bytes:
    columns = ("basis", "term", "tier", "quantity", "amount", "amount_of_rounding")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([charge[column] for column in columns] for charge in charges)
    return text.getvalue().encode("utf-8")
