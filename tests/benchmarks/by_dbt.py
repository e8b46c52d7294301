"""The month's determinations by the whole dbt build with its tests.

`python -m tests.benchmarks.by_dbt prepare DATA SCRATCH AS_OF` lands and parses what one build
reads.
"""

import json
import sys
from pathlib import Path

import pyarrow.parquet as pq

from recount import pins, published, stages
from recount.contract.balances import Balances
from recount.contract.reading import read
from recount.gathering import gather
from recount.month import Month
from recount.sources import unused_by
from recount.warehouse import Scratch, reconcile


def prepare(folder: Path, scratch_folder: Path, as_of: str) -> None:
    """Land and parse the month, and keep what one build reads."""
    contract_path = folder / "contract.yml"
    contract = read(contract_path)
    lake = str(scratch_folder / "lake")
    month = Month(str(contract_path), contract.contract, "2026-08", as_of, lake)
    for source in stages.sources_of(month):
        pins.land(month, source)
    streams = {source: pin["streams"] for source, pin in pins.pins_of(month).items()}
    scratch = Scratch(scratch_folder)
    terms, tables = gather(
        scratch, month.lake, contract, "2026-08", month.instant, streams, Balances()
    )
    for name, table in terms.items():
        pq.write_table(table, scratch_folder / f"terms-{name}.parquet")
    kept = {"tables": tables, "unused": sorted(unused_by(contract))}
    (scratch_folder / "build.json").write_bytes(published.canonical(kept))


def main() -> None:
    if sys.argv[1] == "prepare":
        prepare(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
        return
    scratch = Scratch(Path(sys.argv[1]))
    terms = {
        path.stem.removeprefix("terms-"): pq.read_table(path)
        for path in scratch.folder.glob("terms-*.parquet")
    }
    kept = json.loads((scratch.folder / "build.json").read_text("utf-8"))
    reconcile(scratch, terms, kept["tables"], kept["unused"])
    with scratch.reading() as built:
        verdicts = built.query(
            "select counted_by, verdict, count(*) as found from recount.determinations group by all"
        )
    found = {side: {"met": 0, "not_met": 0} for side in ("buyer", "vendor")}
    for row in verdicts.to_pylist():
        found[row["counted_by"]][row["verdict"]] = row["found"]
    print(json.dumps(found, sort_keys=True))


if __name__ == "__main__":
    main()
