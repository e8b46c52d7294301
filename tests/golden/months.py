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

import yaml

from tests.end_to_end.buyer import Buyer

FOLDER = Path(__file__).parent
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/contract.yml"))


def result(name: str) -> Mapping[str, bytes]:
    """Run a month in a lake of its own and return what is expected of it, by file name."""
    month = yaml.safe_load((FOLDER / name / "month.yml").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as lake:
        buyer = Buyer(FOLDER / name / "contract.yml", Path(lake))
        for earlier in month.get("earlier", ()):
            replace(buyer, period=earlier["period"]).statement(as_of=_instant(earlier["as_of"]))
        buyer = replace(buyer, period=month["period"])
        statement = buyer.statement(as_of=_instant(month["as_of"]))
        charges = buyer.mart("charges")
    text = json.dumps(statement, indent=1, ensure_ascii=False) + "\n"
    return {"statement.json": text.encode("utf-8"), "charges.csv": _table(charges)}


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
