"""Golden months: the inputs of a month beside what comes of them, to the byte."""

import csv
import io
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import yaml

from tests.end_to_end.buyer import Buyer

FOLDER = Path(__file__).parent
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/contract.yml"))


def result(name: str) -> Mapping[str, bytes]:
    """Run a month in a lake of its own and return what is expected of it, by file name."""
    month = yaml.safe_load((FOLDER / name / "month.yml").read_text("utf-8"))
    as_of = f"{month['as_of']:%Y-%m-%dT%H:%M:%SZ}"
    with tempfile.TemporaryDirectory() as lake:
        buyer = Buyer(FOLDER / name / "contract.yml", Path(lake), month["period"])
        statement = buyer.statement(as_of=as_of)
        charges = buyer.mart("charges")
    text = json.dumps(statement, indent=1, ensure_ascii=False) + "\n"
    return {"statement.json": text.encode("utf-8"), "charges.csv": _table(charges)}


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
